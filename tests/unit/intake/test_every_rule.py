"""Every rule of the column contract: each finding says row, column, what was found and expected.

What was found is told by its shape, so that no list of errors holds a BSN, a name or an address.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from openpyxl import load_workbook

from examples.residents import bsns
from services.intake.contract.definition import Severity, load_contract
from services.intake.contract.findings import Finding
from services.intake.contract.header import EXAMPLE
from services.intake.workbook.outcome import CheckResult
from tests.unit.intake.workbooks import GOOD_ROW, write

Check = Callable[..., Awaitable[CheckResult]]
FIRST = 2
PARTNER: Mapping[str, object] = {
    "PARTNER_BSN": "999999011",
    "PARTNER_VOORLETTERS": "C.",
    "PARTNER_ACHTERNAAM": "Ander",
    "PARTNER_GEBOORTEDATUM": "01-02-1971",
}
NO_ADDRESS: Mapping[str, object] = dict.fromkeys(("STRAAT", "HUISNUMMER", "POSTCODE", "WOONPLAATS"))


@dataclass(frozen=True)
class Rule:
    """One mistake in an otherwise good row, and the finding that it must lead to."""

    kind: str
    column: str
    change: Mapping[str, object]
    found: str


def cell(kind: str, column: str, value: object, found: str) -> Rule:
    """A mistake in one cell."""
    return Rule(kind, column, {column: value}, found)


def too_long(column: str, limit: int) -> Rule:
    """A text of one character more than may be."""
    return cell("te-lang", column, "w" * (limit + 1), f"{limit + 1} tekens")


RULES = (
    cell("verplicht-leeg", "BSN", None, "leeg"),
    cell("bsn-vorm", "BSN", "1234567", "7 cijfers"),
    cell("bsn-vorm", "BSN", "9999900198", "10 cijfers, eindigt op 0198"),
    cell("bsn-vorm", "BSN", "99999001A", "bevat een letter, 8 cijfers"),
    cell("bsn-vorm", "BSN", "999.990.019", "bevat een ander teken dan cijfers, 9 cijfers"),
    cell("bsn-elfproef", "BSN", "123456789", "9 cijfers, eindigt op 6789"),
    cell("bsn-elfproef", "BSN", "000000000", "9 cijfers, eindigt op 0000"),
    cell("bsn-elfproef", "BSN", 123456789.0, "9 cijfers, eindigt op 6789 (als getal)"),
    too_long("CONTRACTNUMMER", 40),
    cell("getal-afgerond", "CONTRACTNUMMER", 1e17, "18 cijfers, eindigt op 0000 (als getal)"),
    cell("voorletters-leeg", "VOORLETTERS", None, "leeg"),
    too_long("VOORLETTERS", 20),
    too_long("VOORNAAM", 200),
    cell("waar-onwaar", "VOORNAAM", True, "WAAR"),
    cell("cel-foutwaarde", "VOORNAAM", "#N/A", "foutwaarde #N/A"),
    cell("formule-zonder-waarde", "VOORNAAM", "=A1", "een formule zonder uitkomst"),
    too_long("TUSSENVOEGSEL", 10),
    cell("verplicht-leeg", "ACHTERNAAM", "  ", "leeg"),
    too_long("ACHTERNAAM", 200),
    cell("stuurtekens", "ACHTERNAAM", "Jan\u200bsen", "onzichtbaar teken U+200B, 7 tekens"),
    cell("code-onbekend", "GESLACHT", "MAN", "MAN"),
    cell("code-onbekend", "GESLACHT", "Jansen", "6 tekens"),
    cell("verplicht-leeg", "GEBOORTEDATUM", None, "leeg"),
    cell("datum-vorm", "GEBOORTEDATUM", "1970-01-31", "de vorm 9999-99-99"),
    cell("datum-vorm", "GEBOORTEDATUM", "01/02/1970", "de vorm 99/99/9999"),
    cell("datum-bestaat-niet", "GEBOORTEDATUM", "31-02-1970", "de vorm 99-99-9999"),
    cell("datum-toekomst", "GEBOORTEDATUM", "01-01-2099", "de vorm 99-99-9999"),
    cell("datum-buiten-bereik", "GEBOORTEDATUM", "31-12-1899", "de vorm 99-99-9999"),
    cell("datum-alleen-jaar", "GEBOORTEDATUM", 1970.0, "4 cijfers (als getal)"),
    cell("datum-gedeeltelijk", "GEBOORTEDATUM", "00-00-1970", "de vorm 99-99-9999"),
    cell("datum-gedeeltelijk", "GEBOORTEDATUM", "00-00-0000", "de vorm 99-99-9999"),
    cell("datum-als-getal", "GEBOORTEDATUM", 25599.0, "5 cijfers (als getal)"),
    cell(
        "datum-met-tijd", "GEBOORTEDATUM", dt.datetime(1970, 1, 31, 23),  # noqa: DTZ001 - as Excel has it
        "een Excel-datum met tijdstip",
    ),
    too_long("AANSCHRIJFNAAM", 200),
    cell("adres-ontbreekt", "STRAAT", None, "leeg"),
    cell("adres-ontbreekt", "HUISNUMMER", None, "leeg"),
    cell("adres-ontbreekt", "POSTCODE", None, "leeg"),
    cell("adres-ontbreekt", "WOONPLAATS", None, "leeg"),
    Rule(
        "geen-adres", "STRAAT", {**NO_ADDRESS, "COMM_VOORK": "EMAIL"},
        "leeg: STRAAT, HUISNUMMER, POSTCODE, WOONPLAATS",
    ),
    too_long("STRAAT", 80),
    cell("straat-en-postbus", "POSTBUS", "12", "2 cijfers"),
    Rule(
        "postbus-vorm", "POSTBUS", {"POSTBUS": "twaalf", "STRAAT": None},
        "geen cijfers, wel letters",
    ),
    cell("huisnummer-vorm", "HUISNUMMER", "100000", "de vorm 999999"),
    cell("huisnummer-vorm", "HUISNUMMER", 0.0, "1 cijfer (als getal)"),
    cell("huisnummer-gesplitst", "HUISNUMMER", "12A", "de vorm 99a"),
    cell("huisnummer-gesplitst", "HUISNUMMER", "12-2", "de vorm 99-9"),
    cell("huisnummer-datum", "HUISNUMMER", dt.date(2026, 2, 12), "een Excel-datum"),
    cell("huisletter-vorm", "HUISLETTER", "bis", "3 tekens"),
    too_long("HUISNUMMERTOEVOEGING", 5),
    cell("postcode-vorm", "POSTCODE", "0123 AB", "de vorm 9999 aa"),
    cell("postcode-vorm", "POSTCODE", "1234 SA", "de vorm 9999 aa"),
    cell("postcode-vorm", "POSTCODE", 1234.0, "4 cijfers (als getal)"),
    too_long("WOONPLAATS", 80),
    too_long("LAND", 80),
    too_long("CORR_NAAM", 200),
    cell("correspondentie-onvolledig", "CORR_STRAAT", None, "leeg"),
    cell("correspondentie-onvolledig", "CORR_POSTCODE", None, "leeg"),
    cell("correspondentie-onvolledig", "CORR_WOONPLAATS", None, "leeg"),
    cell("indicatie-overleden", "INDICATIE", "Overleden", "Overleden"),
    cell("code-onbekend", "INDICATIE", "verhuisd", "8 tekens"),
    cell("email-ontbreekt", "EMAIL", None, "leeg"),
    cell("email-vorm", "EMAIL", "naam.example.nl", "15 tekens, geen @"),
    cell("email-vorm", "EMAIL", "naam@example", "12 tekens, geen punt na de @"),
    cell("te-lang", "EMAIL", f"{'a' * 250}@example.nl", "261 tekens"),
    cell("telefoon-ongeldig", "TELEFOON", "06-123", "5 cijfers"),
    cell("verplicht-leeg", "COMM_VOORK", None, "leeg"),
    cell("code-onbekend", "COMM_VOORK", "FAX", "FAX"),
    cell("code-omgezet", "COMM_VOORK", "BEIDEN", "BEIDEN"),
    Rule("partner-onvolledig", "PARTNER_BSN", {**PARTNER, "PARTNER_BSN": None}, "leeg"),
    Rule(
        "partner-onvolledig", "PARTNER_ACHTERNAAM", {**PARTNER, "PARTNER_ACHTERNAAM": None},
        "leeg",
    ),
    Rule(
        "partner-onvolledig", "PARTNER_GEBOORTEDATUM",
        {**PARTNER, "PARTNER_GEBOORTEDATUM": None}, "leeg",
    ),
    Rule(
        "voorletters-leeg", "PARTNER_VOORLETTERS", {**PARTNER, "PARTNER_VOORLETTERS": None},
        "leeg",
    ),
    Rule(
        "bsn-elfproef", "PARTNER_BSN", {**PARTNER, "PARTNER_BSN": "123456789"},
        "9 cijfers, eindigt op 6789",
    ),
    Rule(
        "partner-gelijk", "PARTNER_BSN", {**PARTNER, "PARTNER_BSN": "zichzelf"},
        "9 cijfers, eindigt op zichzelf",
    ),
    cell("datum-vorm", "EINDDATUM_POLIS", "volgend jaar", "de vorm aaaaaaa aaaa"),
    cell("datum-buiten-bereik", "EINDDATUM_POLIS", "01-01-2101", "de vorm 99-99-9999"),
    too_long("OPMERKING", 500),
    cell("geen-tekst", "VOORNAAM", dt.date(2026, 2, 12), "een Excel-datum"),
)  # fmt: skip
#: Tried where they belong: between rows below, of whole sheets in test_sheets.py.
BETWEEN_ROWS = {
    "bsn-dubbel", "contractnummer-dubbel", "email-gedeeld", "partner-dubbel",
    "partner-is-hoofdpersoon", "echtpaar-in-twee-rijen",
}  # fmt: skip
OF_THE_SHEET = {
    "kopregel-ontbreekt", "kolom-ontbreekt", "kolom-dubbel", "geen-rijen", "kolom-onbekend",
    "kolom-zonder-kop", "lege-rij", "rij-verborgen", "voorbeeldrij",
}  # fmt: skip


def test_no_rule_is_left_out() -> None:
    """A kind of finding that nobody tries here is a rule that may be wrong."""
    kinds = set(load_contract().kinds)
    assert {rule.kind for rule in RULES} | BETWEEN_ROWS | OF_THE_SHEET == kinds


def row_of(rule: Rule, bsn: str, place: int) -> dict[str, object]:
    """A good row of somebody else, with the mistake of a rule."""
    row = {
        **GOOD_ROW,
        "BSN": bsn,
        "EMAIL": f"bewoner{place}@example.nl",
        "CORR_NAAM": None,
        **rule.change,
    }
    if rule.kind == "correspondentie-onvolledig":
        row |= {"CORR_NAAM": "Bewind BV", "CORR_HUISNUMMER": "1"}
    if row.get("PARTNER_BSN") == "zichzelf":
        row["PARTNER_BSN"] = bsn
    return row


@pytest.fixture(name="rows")
def _rows() -> list[dict[str, object]]:
    """One row per rule, each of another person; row 2 is the first."""
    numbers = (number for number in bsns() if number[:5] == "99999")
    rows = [row_of(rule, next(numbers), place) for place, rule in enumerate(RULES)]
    partner = next(numbers)
    for rule, row in zip(RULES, rows, strict=True):
        if row.get("PARTNER_BSN") == PARTNER["PARTNER_BSN"] and rule.column != "PARTNER_BSN":
            row["PARTNER_BSN"] = partner
            partner = next(numbers)
    return rows


async def test_each_mistake_is_told_with_row_column_found_and_expected(
    check: Check, tmp_path: Path, rows: list[dict[str, object]]
) -> None:
    """All in one file: each row has its own finding, and nothing of the cell is shown."""
    names = list(load_contract().columns)
    table: list[list[object]] = [[*names], *([row.get(name) for name in names] for row in rows)]
    result = await check(write(tmp_path / "a.xlsx", table))
    findings = list(result.findings())
    contract = load_contract()
    for place, rule in enumerate(RULES):
        here = [
            f
            for f in findings
            if (f.row, f.column, f.kind) == (FIRST + place, rule.column, rule.kind)
        ]
        assert len(here) == 1, (rule, [f for f in findings if f.row == FIRST + place])
        finding = here[0]
        own = str(rows[place]["BSN"])[-4:]
        assert finding.found == rule.found.replace("zichzelf", own), rule
        kind = contract.kinds[rule.kind]
        assert finding.expected == (kind.expected or contract.columns[rule.column].expected)
        assert finding.severity is kind.severity
        assert finding.message.endswith("."), finding.message
        assert not has_open_place(finding.message)
        wrong = rows[place].get("BSN")
        assert str(wrong) == "None" or str(wrong) not in f"{finding.found}{finding.message}"


def has_open_place(text: str) -> bool:
    """Whether a text has a place that nobody filled in."""
    return "{" in text or "}" in text


async def test_only_errors_make_a_row_wrong(
    check: Check, tmp_path: Path, rows: list[dict[str, object]]
) -> None:
    """Warnings and notices leave it as it is."""
    names = list(load_contract().columns)
    table: list[list[object]] = [[*names], *([row.get(name) for name in names] for row in rows)]
    result = await check(write(tmp_path / "a.xlsx", table))
    wrong = {row["rij"] for row in result.rows() if "fout" in row}
    contract = load_contract()
    expected = {
        FIRST + place
        for place, rule in enumerate(RULES)
        if contract.kinds[rule.kind].severity is Severity.FOUT
    }
    assert wrong == expected


SPLITS = {
    "12A": "HUISNUMMER 12 en HUISLETTER A",
    "12-2": "HUISNUMMER 12 en HUISNUMMERTOEVOEGING 2",
    "12 bis": "HUISNUMMER 12 en HUISNUMMERTOEVOEGING bis",
    "12A2": "HUISNUMMER 12, HUISLETTER A en HUISNUMMERTOEVOEGING 2",
}


@pytest.mark.parametrize(("typed", "proposal"), SPLITS.items())
async def test_a_house_number_is_split_for_its_sender(
    check_rows: Check, typed: str, proposal: str
) -> None:
    """The message says what to type where."""
    result = await check_rows({"HUISNUMMER": typed})
    (finding,) = result.findings()
    assert finding.message == f"Splits het huisnummer: {proposal}."


async def test_what_stands_in_two_rows_names_the_other(check_rows: Check) -> None:
    """By number, for each of the kinds between rows."""
    own = {"EMAIL": None, "COMM_VOORK": "BRIEF"}
    partner = {**PARTNER, "PARTNER_BSN": "999990032"}
    result = await check_rows(
        {**own, "CONTRACTNUMMER": "C1", "EMAIL": "samen@example.nl"},
        {**own, "CONTRACTNUMMER": "c1", "EMAIL": "Samen@example.nl"},
        {**own, "BSN": "999990020", **partner},
        {**own, "BSN": "999990044", **partner},
        {**own, "BSN": "999990068", **PARTNER, "PARTNER_BSN": "999990020"},
    )
    named = {(f.kind, f.row): f for f in result.findings() if f.related}
    assert {kind for kind, _ in named} == BETWEEN_ROWS - {"echtpaar-in-twee-rijen"}
    for (kind, row), finding in named.items():
        assert finding.related
        assert row not in finding.related
        assert f"rij {finding.related[0]}" in finding.message, kind
        assert finding.expected
    assert named["bsn-dubbel", 2].found == "komt 2 keer voor"


async def test_the_example_row_is_left_out_with_a_notice(check: Check, tmp_path: Path) -> None:
    """In any case and with spaces round it; in another column the word is a name."""
    names = list(GOOD_ROW)
    example = [f" {EXAMPLE.lower()} ", *list(GOOD_ROW.values())[1:]]
    path = write(tmp_path / "a.xlsx", [names, example, list(GOOD_ROW.values())])
    result = await check(path)
    (finding,) = result.findings()
    assert (finding.kind, finding.row, finding.column) == ("voorbeeldrij", 2, "BSN")
    assert [row["rij"] for row in result.rows()] == [3]


async def test_a_hidden_row_counts_and_is_reported_by_number(check: Check, tmp_path: Path) -> None:
    """Whoever hid it may have meant to leave it out."""
    path = write(tmp_path / "a.xlsx", [list(GOOD_ROW), list(GOOD_ROW.values())])
    book = load_workbook(path)
    book.worksheets[0].row_dimensions[2].hidden = True
    book.save(path)
    result = await check(path)
    found: list[Finding] = [f for f in result.findings() if f.kind == "rij-verborgen"]
    assert [(f.row, f.found) for f in found] == [(2, "een verborgen rij")]
    assert (result.summary.hidden_rows, result.summary.good_rows) == (1, 1)
