"""A hundred thousand rows: right counts, bounded lists, bounded memory."""

import datetime as dt
from pathlib import Path

from examples.residents import write_workbook
from services.intake.contract.definition import Severity, load_contract
from services.intake.contract.findings import FAIR_SHARE, MAX_STORED, Findings
from services.intake.workbook.checker import check_workbook
from services.intake.workbook.outcome import CheckResult
from tests.unit.intake.workbooks import found

ROWS, WRONG = 100_000, 2_200


async def test_a_hundred_thousand_rows_are_checked_right(tmp_path: Path) -> None:
    """Every planted mistake is found, nothing else is, and progress is told."""
    path = tmp_path / "upload.xlsx"
    planted = write_workbook(path, rows=ROWS, wrong=WRONG)
    heard: list[int] = []

    async def on_progress(rows: int) -> None:
        heard.append(rows)

    result = await check_workbook(
        path,
        tmp_path,
        gemeente="voorbeeldstad",
        aliases={},
        on_progress=on_progress,
        today=dt.date(2026, 11, 22),
    )
    assert isinstance(result, CheckResult), result
    summary = result.summary
    assert (summary.rows, summary.wrong_rows, summary.reader) == (ROWS, WRONG, "snel")
    assert found(result) == {(p.row, p.column, p.kind) for p in planted}
    assert heard == list(range(10_000, ROWS + 1, 10_000))
    numbers = [(row["rij"], "fout" in row) for row in result.rows()]
    wrong = {p.row for p in planted}
    assert numbers == [(row, row in wrong) for row in range(2, ROWS + 2)]
    assert summary.peak_mib <= 300


def test_the_list_is_bounded_and_the_counts_are_true() -> None:
    """A mistake on every row does not crowd out the rare one at the end."""
    findings = Findings(load_contract())
    for row in range(2, 50_002):
        findings.add("verplicht-leeg", "BSN", row, "leeg")
        findings.add("voorletters-leeg", "VOORLETTERS", row, "leeg")
    for row in range(50_002, 50_302):
        findings.add("email-vorm", "EMAIL", row, "3 tekens")
    assert findings.counts == {Severity.FOUT: 50_300, Severity.WAARSCHUWING: 50_000}
    groups = {(g.kind.code, g.column): g for g in findings.groups()}
    assert groups["verplicht-leeg", "BSN"].count == 50_000
    assert groups["verplicht-leeg", "BSN"].ranges == [[2, 50_001]]
    assert groups["email-vorm", "EMAIL"].count == 300
    assert len(groups["email-vorm", "EMAIL"].stored) == FAIR_SHARE
    stored = list(findings.in_row_order())
    assert sum(f.severity is Severity.FOUT for f in stored) == MAX_STORED
    assert sum(f.severity is Severity.WAARSCHUWING for f in stored) == MAX_STORED
    assert [f.row for f in stored] == sorted(f.row for f in stored)


def test_twelve_thousand_errors_of_one_kind_fill_the_whole_list() -> None:
    """Nothing is held back while there is room."""
    findings = Findings(load_contract())
    for row in range(2, 12_002):
        findings.add("verplicht-leeg", "BSN", row, "leeg")
    assert len(list(findings.in_row_order())) == MAX_STORED
