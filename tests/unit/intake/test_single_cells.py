"""Each column's own rule, good and bad, read as calamine hands the cells over."""

import datetime as dt

import pytest

from services.intake.contract.cells import reader_of
from services.intake.contract.definition import load_contract
from services.intake.contract.masking import describe
from services.intake.contract.verdicts import Problem, Remarked

TODAY = dt.date(2026, 11, 22)


def read(column: str, raw: object, *, since_1904: bool = False) -> object:
    """Read a cell, and return its value or the code of what is wrong with it."""
    contract = load_contract()
    value = reader_of(contract.columns[column], contract, TODAY, since_1904=since_1904)(raw)
    if isinstance(value, Problem):
        return f"!{value.kind}"
    return (value.value, value.kind) if isinstance(value, Remarked) else value


@pytest.mark.parametrize(
    ("column", "raw", "value"),
    [
        ("BSN", "999990019", "999990019"),
        ("BSN", " 999990019\u00a0", "999990019"),
        ("BSN", 123456782.0, "123456782"),
        ("BSN", 12345672.0, "012345672"),
        ("BSN", "12345672", "012345672"),
        ("CONTRACTNUMMER", 12345.0, "12345"),
        ("VOORNAAM", "Zoe\u0308", "Zoë"),
        ("VOORNAAM", "Jan\u00a0Willem\n", "Jan Willem"),
        ("OPMERKING", "regel 1\r\nregel 2", "regel 1\nregel 2"),
        ("GESLACHT", "v", "V"),
        ("GEBOORTEDATUM", "31-01-1970", "1970-01-31"),
        ("GEBOORTEDATUM", "1-2-1970", "1970-02-01"),
        ("GEBOORTEDATUM", dt.date(1970, 1, 31), "1970-01-31"),
        ("GEBOORTEDATUM", dt.datetime(1970, 1, 31), "1970-01-31"),  # noqa: DTZ001 - Excel has no zone
        ("GEBOORTEDATUM", "00-00-1970", ("1970-00-00", "datum-gedeeltelijk")),
        ("GEBOORTEDATUM", "00-00-0000", ("0000-00-00", "datum-gedeeltelijk")),
        ("GEBOORTEDATUM", 25569.0, ("1970-01-01", "datum-als-getal")),
        ("EINDDATUM_POLIS", "01-01-2027", "2027-01-01"),
        ("POSTCODE", "1234ab", "1234 AB"),
        ("HUISNUMMER", 12.0, 12),
        ("HUISNUMMER", "99999", 99999),
        ("HUISLETTER", "a", "a"),
        ("POSTBUS", "Postbus 123", "123"),
        ("LAND", "Nederland", None),
        ("LAND", "België", "België"),
        ("INDICATIE", "Geheim", "geheim"),
        ("EMAIL", "A.Naam@Example.NL", "A.Naam@example.nl"),
        ("TELEFOON", "06-12345678", "+31612345678"),
        ("TELEFOON", 612345678.0, "+31612345678"),
        ("TELEFOON", "030 - 2345678", "+31302345678"),
        ("COMM_VOORK", "email", "EMAIL"),
        ("COMM_VOORK", "POST", ("BRIEF", "code-omgezet")),
        ("COMM_VOORK", "Mail", ("EMAIL", "code-omgezet")),
        ("COMM_VOORK", "BEIDEN", ("BEIDE", "code-omgezet")),
        ("PARTNER_GEBOORTEDATUM", "00-00-1960", ("1960-00-00", "datum-gedeeltelijk")),
    ],
)
def test_a_right_cell_is_normalised(column: str, raw: object, value: object) -> None:
    """What Excel or a typist made of a value does not matter."""
    assert read(column, raw) == value


@pytest.mark.parametrize(
    ("column", "raw", "kind"),
    [
        ("BSN", "123456789", "bsn-elfproef"),
        ("BSN", "000000000", "bsn-elfproef"),
        ("BSN", "1234567", "bsn-vorm"),
        ("BSN", "1234567890", "bsn-vorm"),
        ("BSN", "12345678A", "bsn-vorm"),
        ("BSN", "١٢٣٤٥٦٧٨٢", "bsn-vorm"),
        ("BSN", 123456782.5, "bsn-vorm"),
        ("CONTRACTNUMMER", "x" * 41, "te-lang"),
        ("CONTRACTNUMMER", 1e16, "getal-afgerond"),
        ("CONTRACTNUMMER", dt.date(2026, 2, 1), "geen-tekst"),
        ("VOORLETTERS", "x" * 21, "te-lang"),
        ("VOORNAAM", "x" * 201, "te-lang"),
        ("TUSSENVOEGSEL", "x" * 11, "te-lang"),
        ("ACHTERNAAM", "Jan\x01sen", "stuurtekens"),
        ("ACHTERNAAM", "Jan\u200bsen", "stuurtekens"),
        ("ACHTERNAAM", "Jan\x1fsen", "stuurtekens"),
        ("GESLACHT", "MAN", "code-onbekend"),
        ("GEBOORTEDATUM", "31-02-1970", "datum-bestaat-niet"),
        ("GEBOORTEDATUM", "1970-01-31", "datum-vorm"),
        ("GEBOORTEDATUM", "01/02/1970", "datum-vorm"),
        ("GEBOORTEDATUM", "31-01-70", "datum-vorm"),
        ("GEBOORTEDATUM", "23-11-2026", "datum-toekomst"),
        ("GEBOORTEDATUM", "31-12-1899", "datum-buiten-bereik"),
        ("GEBOORTEDATUM", "00-13-1970", "datum-bestaat-niet"),
        ("GEBOORTEDATUM", "1970", "datum-alleen-jaar"),
        ("GEBOORTEDATUM", 1970.0, "datum-alleen-jaar"),
        ("GEBOORTEDATUM", 19700131.0, "datum-vorm"),
        ("GEBOORTEDATUM", dt.datetime(1970, 1, 31, 23), "datum-met-tijd"),  # noqa: DTZ001 - see above
        ("EINDDATUM_POLIS", "00-00-2027", "datum-bestaat-niet"),
        ("EINDDATUM_POLIS", "01-01-2101", "datum-buiten-bereik"),
        ("AANSCHRIJFNAAM", "x" * 201, "te-lang"),
        ("STRAAT", "x" * 81, "te-lang"),
        ("POSTBUS", "twaalf", "postbus-vorm"),
        ("HUISNUMMER", "0", "huisnummer-vorm"),
        ("HUISNUMMER", "100000", "huisnummer-vorm"),
        ("HUISNUMMER", "12A", "huisnummer-gesplitst"),
        ("HUISNUMMER", "12-2", "huisnummer-gesplitst"),
        ("HUISNUMMER", dt.date(2026, 2, 12), "huisnummer-datum"),
        ("HUISLETTER", "AB", "huisletter-vorm"),
        ("HUISNUMMERTOEVOEGING", "x" * 6, "te-lang"),
        ("POSTCODE", "0123 AB", "postcode-vorm"),
        ("POSTCODE", "1234 SA", "postcode-vorm"),
        ("POSTCODE", "1234 sd", "postcode-vorm"),
        ("POSTCODE", "1234 SS", "postcode-vorm"),
        ("POSTCODE", 1234.0, "postcode-vorm"),
        ("WOONPLAATS", "x" * 81, "te-lang"),
        ("INDICATIE", "verhuisd", "code-onbekend"),
        ("EMAIL", "naam.example.nl", "email-vorm"),
        ("EMAIL", "a@b", "email-vorm"),
        ("EMAIL", f"{'x' * 64}@{'y' * 190}.nl", "te-lang"),
        ("TELEFOON", "06-123", "telefoon-ongeldig"),
        ("TELEFOON", "0" * 21, "te-lang"),
        ("COMM_VOORK", "FAX", "code-onbekend"),
        ("COMM_VOORK", 1.0, "code-onbekend"),
        ("OPMERKING", "x" * 501, "te-lang"),
    ],
)
def test_a_wrong_cell_is_named(column: str, raw: object, kind: str) -> None:
    """Each mistake has a code of its own."""
    assert read(column, raw) == f"!{kind}"


@pytest.mark.parametrize("column", [name for name in load_contract().columns if name != "BSN"])
def test_an_empty_cell_has_no_value(column: str) -> None:
    """Spaces, also hard ones, are nothing."""
    assert read(column, "") is None
    assert read(column, " \u00a0 ") is None


def test_days_are_counted_from_1904_where_the_workbook_says_so() -> None:
    """The old Macintosh calendar is four years and a day behind."""
    assert read("GEBOORTEDATUM", 24107.0, since_1904=True) == ("1970-01-01", "datum-als-getal")


@pytest.mark.parametrize(
    ("raw", "proposal"),
    [
        ("12A", "HUISNUMMER 12 en HUISLETTER A"),
        ("12-2", "HUISNUMMER 12 en HUISNUMMERTOEVOEGING 2"),
        ("12 bis", "HUISNUMMER 12 en HUISNUMMERTOEVOEGING bis"),
        ("12a3", "HUISNUMMER 12, HUISLETTER A en HUISNUMMERTOEVOEGING 3"),
    ],
)
def test_a_house_number_with_more_in_it_comes_with_a_split(raw: str, proposal: str) -> None:
    """The user is told what to write where."""
    contract = load_contract()
    verdict = reader_of(contract.columns["HUISNUMMER"], contract, TODAY)(raw)
    assert isinstance(verdict, Problem)
    assert verdict.hint["proposal"] == proposal


@pytest.mark.parametrize(
    ("kind", "raw", "shape"),
    [
        ("bsn", "12341234", "8 cijfers, eindigt op 1234"),
        ("bsn", "1234123A", "bevat een letter, 7 cijfers"),
        ("bsn", 1234567.0, "7 cijfers (als getal)"),
        ("bsn", "123.456.782", "bevat een ander teken dan cijfers, 9 cijfers"),
        ("birth-date", "1970-01-31", "de vorm 9999-99-99"),
        ("email", "naam.example.nl", "15 tekens, geen @"),
        ("text", "Jan\u200bsen", "onzichtbaar teken U+200B, 7 tekens"),
        ("code", "FAX", "FAX"),
        ("code", "Jansen", "6 tekens"),
        ("bsn", True, "WAAR"),
        ("text", "", "leeg"),
    ],
)
def test_what_was_found_is_told_by_its_shape(kind: str, raw: object, shape: str) -> None:
    """Enough to find the mistake, too little to know the person."""
    assert describe(kind, raw, load_contract().harmless) == shape
