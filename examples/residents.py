"""Made-up residents as a workbook, for the demo, the tests and the benchmarks.

    python -m examples.residents --rows 500 --wrong 0 --out bewoners.xlsx

Every name, address and number is invented. BSNs pass the 11-proef: the test range 99999xxxx holds
909 of them and is used as long as it suffices; larger files go on downwards through all numbers
that start with 99 (909,090 of them), because 100,000 rows with partners need some 130,000. The
same seed gives the same file.
"""

import argparse
import datetime as dt
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from openpyxl import Workbook

FIRST_NAMES = (
    "Anna", "Bram", "Carla", "Daan", "Eva", "Femke", "Gijs", "Hanna", "Ibrahim", "Jasmijn", "Koen",
    "Lotte", "Mehmet", "Noor", "Olga", "Pieter", "Quinten", "Roos", "Saïd", "Thijs", "Ümit", "Vera",
    "Willem", "Xander", "Yara", "Zoë", "André", "Brigitte", "Chantal", "Dirk", "Fatima", "René",
)  # fmt: skip
PREFIXES = (None, None, None, None, None, "de", "van", "van de", "van der", "ten", "'t", "van den")
SURNAMES = (
    "Jansen", "Bakker", "Visser", "Smit", "Meijer", "Mulder", "Bos", "Vos", "Peters", "Hendriks",
    "Dekker", "Brouwer", "Dijkstra", "Koning", "Vermeulen", "Postma", "Kuipers", "Veenstra",
    "Yildiz", "El Amrani", "Nguyen", "Kowalski", "Çelik", "Müller", "García", "Kramer-Schouten",
    "Hoekstra", "Willems", "Prins", "Molenaar", "Sahin", "Özdemir", "Zwaan", "Timmermans",
)  # fmt: skip
STREETS = (
    "Dorpsstraat", "Kerkstraat", "Molenweg", "Schoolstraat", "Stationsweg", "Julianalaan",
    "Wilhelminastraat", "Beatrixplein", "Eikenlaan", "Beukenhof", "Lindestraat", "Havenkade",
    "Burgemeester van Voorbeeldlaan", "Zonnebloemstraat", "Merelhof", "Prins Hendrikkade",
)  # fmt: skip
TOWNS = (
    ("Voorbeeldstad", 1230), ("Nieuwdorp", 2340), ("Oosterhaven", 3450), ("Westerveen", 4560),
    ("'s-Gravenvoorbeeld", 5670), ("Zuidermeer", 6780), ("Noordwoude", 7890), ("Bergen", 8910),
)  # fmt: skip
COLUMNS = (
    "BSN", "CONTRACTNUMMER", "VOORLETTERS", "VOORNAAM", "TUSSENVOEGSEL", "ACHTERNAAM", "GESLACHT",
    "GEBOORTEDATUM", "AANSCHRIJFNAAM", "STRAAT", "POSTBUS", "HUISNUMMER", "HUISLETTER",
    "HUISNUMMERTOEVOEGING", "POSTCODE", "WOONPLAATS", "LAND", "CORR_NAAM", "CORR_STRAAT",
    "CORR_HUISNUMMER", "CORR_POSTCODE", "CORR_WOONPLAATS", "INDICATIE", "EMAIL", "TELEFOON",
    "COMM_VOORK", "PARTNER_BSN", "PARTNER_VOORLETTERS", "PARTNER_TUSSENVOEGSEL",
    "PARTNER_ACHTERNAAM", "PARTNER_GEBOORTEDATUM", "EINDDATUM_POLIS", "OPMERKING",
)  # fmt: skip
PARTNER_SHARE = 0.3
_TOP = 999_999_999
_LOWEST = 990_000_000
_TEST_RANGE = 10_000  # 99999xxxx
_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)
_WAYS = (("EMAIL", 40), ("BRIEF", 35), ("BEIDE", 25))
_POSTCODE_LETTERS = "ABCDEGHJKLMNPRTVWXZ"  # leaves out the pairs SA, SD and SS

Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Planted:
    """A mistake that was put in on purpose: what a check must find, and where."""

    row: int
    column: str
    kind: str


def write_workbook(path: Path, *, rows: int, wrong: int = 0, seed: int = 1) -> list[Planted]:
    """Write a workbook and return the planted mistakes, by row."""
    if not 0 <= wrong <= rows:
        raise ValueError(f"Van {rows} rijen kunnen er geen {wrong} fout zijn.")
    chance = random.Random(seed)  # noqa: S311 - the same seed must give the same file
    mistakes = _choose_mistakes(chance, rows, wrong)
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Heronderzoek")
    sheet.append(COLUMNS)
    planted: list[Planted] = []
    for number, row in enumerate(residents(rows, chance), 2):
        if number in mistakes:
            mistake = mistakes[number]
            column = mistake.spoil(row)
            planted.append(Planted(number, column, mistake.kind))
        sheet.append([row.get(name) for name in COLUMNS])
    book.save(path)
    return planted


def residents(rows: int, chance: random.Random) -> Iterator[Row]:
    """Yield made-up residents, all with different BSNs, e-mail addresses and contract numbers."""
    with_partner = [chance.random() < PARTNER_SHARE for _ in range(rows)]
    numbers = iter(_shuffled_bsns(rows + sum(with_partner), chance))
    ways = chance.choices([way for way, _ in _WAYS], [share for _, share in _WAYS], k=rows)
    for place in range(rows):
        row = _person(place, chance) | _address(chance)
        row |= {"BSN": next(numbers), "COMM_VOORK": ways[place]}
        if ways[place] == "BRIEF" and chance.random() < 0.5:  # noqa: PLR2004 - half of them
            row["EMAIL"] = None
        if with_partner[place]:
            row |= _partner(next(numbers), chance)
        yield row


def bsns() -> Iterator[str]:
    """Yield numbers that pass the 11-proef, from 999999999 downwards."""
    for number in range(_TOP, _LOWEST - 1, -1):
        text = str(number)
        if sum(w * int(d) for w, d in zip(_WEIGHTS, text, strict=True)) % 11 == 0:
            yield text


def _shuffled_bsns(count: int, chance: random.Random) -> list[str]:
    source = bsns()
    numbers = [number for number, _ in zip(source, range(count), strict=False)]
    if len(numbers) < count:
        raise ValueError(f"Er zijn maar {len(numbers)} nummers die met 99 beginnen.")
    chance.shuffle(numbers)
    return numbers


def _person(place: int, chance: random.Random) -> Row:
    first = chance.choice(FIRST_NAMES)
    surname = chance.choice(SURNAMES)
    prefix = chance.choice(PREFIXES)
    initials = f"{first[0]}." + (f"{chance.choice('ABCDEHJKLMPRSTW')}." if place % 3 else "")
    mailbox = f"{first}.{surname}.{place + 1}".lower().encode("ascii", "ignore").decode()
    return {
        "CONTRACTNUMMER": f"C{place + 1:07d}" if place % 2 else None,
        "VOORLETTERS": initials,
        "VOORNAAM": first,
        "TUSSENVOEGSEL": prefix,
        "ACHTERNAAM": surname,
        "GESLACHT": chance.choice("MVX"),
        "GEBOORTEDATUM": _birth_date(chance),
        "EMAIL": f"{mailbox.replace(' ', '').replace(chr(39), '')}@example.nl",
        "TELEFOON": f"06-{chance.randrange(10_000_000, 59_999_999):08d}",
        "EINDDATUM_POLIS": "31-12-2027" if place % 5 == 0 else None,
        "OPMERKING": "Belt liever 's middags" if place % 40 == 0 else None,
    }


def _address(chance: random.Random) -> Row:
    town, digits = chance.choice(TOWNS)
    letters = chance.choice(_POSTCODE_LETTERS) + chance.choice(_POSTCODE_LETTERS)
    return {
        "STRAAT": chance.choice(STREETS),
        "HUISNUMMER": chance.randint(1, 289),
        "HUISLETTER": chance.choice("ABC") if chance.random() < 0.1 else None,  # noqa: PLR2004
        "HUISNUMMERTOEVOEGING": chance.choice(("1", "2", "bis")) if chance.random() < 0.1 else None,  # noqa: PLR2004
        "POSTCODE": f"{digits + chance.randrange(40)} {letters}",
        "WOONPLAATS": town,
    }


def _partner(bsn: str, chance: random.Random) -> Row:
    return {
        "PARTNER_BSN": bsn,
        "PARTNER_VOORLETTERS": f"{chance.choice('ABCDEFGHJKLMNPRSTW')}.",
        "PARTNER_TUSSENVOEGSEL": chance.choice(PREFIXES),
        "PARTNER_ACHTERNAAM": chance.choice(SURNAMES),
        "PARTNER_GEBOORTEDATUM": _birth_date(chance),
    }


def _birth_date(chance: random.Random) -> str:
    day = dt.date(1935, 1, 1) + dt.timedelta(days=chance.randrange(25_000))
    return f"{day:%d-%m-%Y}"


@dataclass(frozen=True, slots=True)
class _Mistake:
    """A way to spoil a row: the kind of finding it must lead to, and the column it is found in."""

    kind: str
    column: str
    changes: Callable[[Row], Row]

    def spoil(self, row: Row) -> str:
        row.update(self.changes(row))
        return self.column


def _set(kind: str, column: str, value: object, **others: object) -> _Mistake:
    return _Mistake(kind, column, lambda _: {column: value, **others})


def _broken_bsn(row: Row) -> Row:
    """Raise the last digit by one: the 11-proef finds every single changed digit."""
    number = str(row["BSN"])
    return {"BSN": number[:-1] + str((int(number[-1]) + 1) % 10)}


MISTAKES = (
    _Mistake("bsn-elfproef", "BSN", _broken_bsn),
    _Mistake("bsn-vorm", "BSN", lambda row: {"BSN": str(row["BSN"])[:7]}),
    _set("verplicht-leeg", "BSN", None),
    _set("verplicht-leeg", "ACHTERNAAM", None),
    _set("verplicht-leeg", "GEBOORTEDATUM", None),
    _set("datum-bestaat-niet", "GEBOORTEDATUM", "31-02-1970"),
    _set("datum-vorm", "GEBOORTEDATUM", "1970-01-31"),
    _set("datum-toekomst", "GEBOORTEDATUM", "01-01-2099"),
    _set("code-onbekend", "COMM_VOORK", "FAX"),
    _set("verplicht-leeg", "COMM_VOORK", None),
    _set("email-vorm", "EMAIL", "naam.example.nl"),
    _set("email-ontbreekt", "EMAIL", None, COMM_VOORK="EMAIL"),
    _set("adres-ontbreekt", "STRAAT", None, COMM_VOORK="BRIEF"),
    _set("postcode-vorm", "POSTCODE", "0123 AB"),
    _set("huisnummer-gesplitst", "HUISNUMMER", "12A"),
    _set("huisletter-vorm", "HUISLETTER", "bis"),
    _set("telefoon-ongeldig", "TELEFOON", "06-123"),
    _set("te-lang", "TUSSENVOEGSEL", "van den allerlangste"),
    _set("code-onbekend", "GESLACHT", "MAN"),
    _set("indicatie-overleden", "INDICATIE", "overleden"),
    _Mistake("partner-gelijk", "PARTNER_BSN", lambda row: _whole_partner(str(row["BSN"]))),
    _Mistake(
        "partner-onvolledig",
        "PARTNER_BSN",
        lambda _: {**_whole_partner(None), "PARTNER_BSN": None},
    ),
)


def _whole_partner(bsn: str | None) -> Row:
    return {
        "PARTNER_BSN": bsn,
        "PARTNER_VOORLETTERS": "P.",
        "PARTNER_ACHTERNAAM": "Voorbeeld",
        "PARTNER_GEBOORTEDATUM": "01-02-1960",
    }


def _choose_mistakes(chance: random.Random, rows: int, wrong: int) -> dict[int, _Mistake]:
    """Spread the kinds evenly over randomly chosen rows."""
    chosen = chance.sample(range(2, rows + 2), wrong)
    return {row: MISTAKES[place % len(MISTAKES)] for place, row in enumerate(chosen)}


def main() -> None:
    """Write a workbook, and on request the list of planted mistakes beside it."""
    parser = argparse.ArgumentParser(prog="examples.residents", description=__doc__)
    parser.add_argument("--rows", type=int, default=500)
    parser.add_argument("--wrong", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--truth", type=Path, help="write the planted mistakes here, as JSON")
    options = parser.parse_args()
    planted = write_workbook(options.out, rows=options.rows, wrong=options.wrong, seed=options.seed)
    if options.truth:
        options.truth.write_text(json.dumps([asdict(p) for p in planted], indent=1))


if __name__ == "__main__":
    main()
