"""The data of one row as the rest of the system takes it over: the body of `rij-aangeboden`."""

from collections.abc import Iterator

from pydantic_core import to_json

from services.intake.contract.batch import Batch
from services.intake.contract.verdicts import Problem

_COLUMNS = (
    "BSN", "CONTRACTNUMMER", "VOORLETTERS", "VOORNAAM", "TUSSENVOEGSEL", "ACHTERNAAM", "GESLACHT",
    "GEBOORTEDATUM", "AANSCHRIJFNAAM", "EMAIL", "TELEFOON", "INDICATIE", "OPMERKING",
    "EINDDATUM_POLIS", "COMM_VOORK",
)  # fmt: skip
_NAMES = (
    "bsn", "contractnummer", "voorletters", "voornaam", "tussenvoegsel", "achternaam", "geslacht",
    "geboortedatum", "aanschrijfnaam", "email", "telefoon", "indicatie", "opmerking",
    "einddatumPolis", "communicatievoorkeur",
)  # fmt: skip
_ADDRESS_COLUMNS = (
    "STRAAT", "POSTBUS", "HUISNUMMER", "HUISLETTER", "HUISNUMMERTOEVOEGING", "POSTCODE",
    "WOONPLAATS", "LAND",
)  # fmt: skip
_ADDRESS_NAMES = (
    "straat", "postbus", "huisnummer", "huisletter", "huisnummertoevoeging", "postcode",
    "woonplaats", "land",
)  # fmt: skip
_CORRESPONDENCE_COLUMNS = (
    "CORR_NAAM", "CORR_STRAAT", "CORR_HUISNUMMER", "CORR_POSTCODE", "CORR_WOONPLAATS",
)  # fmt: skip
_CORRESPONDENCE_NAMES = ("naam", "straat", "huisnummer", "postcode", "woonplaats")
_PARTNER_COLUMNS = (
    "PARTNER_BSN", "PARTNER_VOORLETTERS", "PARTNER_TUSSENVOEGSEL", "PARTNER_ACHTERNAAM",
    "PARTNER_GEBOORTEDATUM",
)  # fmt: skip
_PARTNER_NAMES = ("bsn", "voorletters", "tussenvoegsel", "achternaam", "geboortedatum")
_PARTS = (
    ("adres", _ADDRESS_COLUMNS, _ADDRESS_NAMES),
    ("correspondentie", _CORRESPONDENCE_COLUMNS, _CORRESPONDENCE_NAMES),
    ("partner", _PARTNER_COLUMNS, _PARTNER_NAMES),
)


def row_lines(batch: Batch) -> Iterator[bytes]:
    """Yield one line of JSON per row; a wrong row carries `"fout":true` and null in wrong cells."""
    persons = [dict(zip(_NAMES, values, strict=True)) for values in _rows(batch, _COLUMNS)]
    for part, columns, names in _PARTS:
        for person, values in zip(persons, _rows(batch, columns), strict=True):
            filled = any(values)
            person[part] = dict(zip(names, values, strict=True)) if filled else None
    for place, (row, person) in enumerate(zip(batch.rows, persons, strict=True)):
        if place in batch.wrong:
            yield mark_wrong(to_json({"rij": row, "persoon": _without_problems(person)}) + b"\n")
        else:
            yield to_json({"rij": row, "persoon": person}) + b"\n"


def mark_wrong(line: bytes) -> bytes:
    """Mark a line of a row that was found wrong after it was written."""
    head, _, rest = line.partition(b",")
    return head + b',"fout":true,' + rest


def row_number(line: bytes) -> int:
    """Return the row number of a line without parsing it."""
    return int(line[len(b'{"rij":') : line.index(b",")])


def _rows(batch: Batch, columns: tuple[str, ...]) -> Iterator[tuple[object, ...]]:
    return zip(*(batch.values[name] for name in columns), strict=True)


def _without_problems(person: dict[str, object]) -> dict[str, object]:
    clean: dict[str, object] = {}
    for name, value in person.items():
        if isinstance(value, dict):
            clean[name] = _without_problems(value)
        else:
            clean[name] = None if isinstance(value, Problem) else value
    return clean
