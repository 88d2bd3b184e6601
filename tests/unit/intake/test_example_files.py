"""The example files do what examples/README.md says of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from services.intake.workbook.outcome import CheckResult

Check = Callable[..., Awaitable[CheckResult]]
FOLDER = Path(__file__).resolve().parents[3] / "examples" / "bestanden"


async def test_the_file_without_errors_has_none(check: Check) -> None:
    """Twelve residents, each of them a case."""
    result = await check(FOLDER / "zonder-fouten.xlsx")
    assert (result.summary.good_rows, result.summary.has_errors) == (12, False)


async def test_the_file_with_errors_has_one_of_each_kind(check: Check) -> None:
    """Thirty residents, of whom twenty-two have a mistake."""
    result = await check(FOLDER / "met-fouten.xlsx")
    assert (result.summary.rows, result.summary.wrong_rows) == (30, 22)
