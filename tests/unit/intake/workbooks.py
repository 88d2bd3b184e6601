"""Small workbooks for the tests, and what a check found in them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from openpyxl import Workbook

from services.intake.contract.findings import Finding
from services.intake.workbook.outcome import CheckResult

BSN, OTHER_BSN, THIRD_BSN = "999990019", "999990020", "999990032"
GOOD_ROW: Mapping[str, object] = {
    "BSN": BSN,
    "VOORLETTERS": "A.B.",
    "ACHTERNAAM": "Voorbeeld",
    "GEBOORTEDATUM": "31-01-1970",
    "STRAAT": "Dorpsstraat",
    "HUISNUMMER": "12",
    "POSTCODE": "1234 AB",
    "WOONPLAATS": "Voorbeeldstad",
    "EMAIL": "a.voorbeeld@example.nl",
    "TELEFOON": "06-12345678",
    "COMM_VOORK": "BEIDE",
}


def write(path: Path, rows: Sequence[Sequence[object]], *, sheet: str = "Heronderzoek") -> Path:
    """Write cells as they are given, the header included."""
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = sheet
    for number, row in enumerate(rows, 1):
        for place, cell in enumerate(row, 1):
            page.cell(number, place).value = cell  # type: ignore[assignment]
    book.save(path)
    return path


def found(result: CheckResult) -> set[tuple[int, str | None, str]]:
    """Return where which kinds were found."""
    return {(finding.row, finding.column, finding.kind) for finding in result.findings()}


def only(result: CheckResult, kind: str) -> Finding:
    """Return the one finding of a kind."""
    findings = [finding for finding in result.findings() if finding.kind == kind]
    assert len(findings) == 1, findings
    return findings[0]
