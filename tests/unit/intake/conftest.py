"""Runs of the real child process."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from pathlib import Path

import pytest

from services.intake.workbook.checker import check_workbook
from services.intake.workbook.outcome import CheckResult
from services.intake.workbook.refusals import Refusal
from tests.unit.intake.workbooks import GOOD_ROW, write

TODAY = date(2026, 11, 22)

Check = Callable[..., Awaitable[CheckResult | Refusal]]


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """Check a file in the child process, for a gemeente without header names of its own."""

    async def run(path: Path, *, aliases: Mapping[str, str] | None = None) -> CheckResult | Refusal:
        async def ignore(_: int) -> None:
            return None

        return await check_workbook(
            path,
            tmp_path,
            gemeente="voorbeeldstad",
            aliases=aliases or {},
            on_progress=ignore,
            today=TODAY,
        )

    return run


@pytest.fixture
def check_rows(tmp_path: Path, check: Check) -> Callable[..., Awaitable[CheckResult]]:
    """Check rows given as changes to a good row; None empties a cell."""

    async def run(
        *changes: Mapping[str, object], aliases: Mapping[str, str] | None = None
    ) -> CheckResult:
        rows = [{**GOOD_ROW, **change} for change in changes]
        header = list(dict.fromkeys(name for row in rows for name in row))
        path = write(
            tmp_path / "upload.xlsx", [header, *([r.get(n) for n in header] for r in rows)]
        )
        result = await check(path, aliases=aliases)
        assert isinstance(result, CheckResult), result
        return result

    return run
