"""Copies of a workbook in which every row has the same mistake, made in the limited child."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

from openpyxl import Workbook

from examples.residents import COLUMNS, residents
from services.intake.workbook.checker import check_workbook
from services.intake.workbook.copies.copier import Made, copy_workbook
from services.intake.workbook.outcome import CheckResult
from tests.bench.figures import Figure


def copies(folder: Path, rows: int) -> list[Figure]:
    """The whole workbook with its errors marked, and the wrong rows alone."""
    file = folder / "systematisch.xlsx"
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Heronderzoek")
    sheet.append(COLUMNS)
    for row in residents(rows, random.Random(3)):
        row["GEBOORTEDATUM"] = "1970-01-31"
        sheet.append([row.get(name) for name in COLUMNS])
    book.save(file)
    return asyncio.run(_made(folder, file, rows))


async def _made(folder: Path, file: Path, rows: int) -> list[Figure]:
    async def progress(_: int) -> None:
        return None

    result = await check_workbook(file, folder, gemeente="9001", aliases={}, on_progress=progress)
    if not isinstance(result, CheckResult):
        raise TypeError(result.message)
    figures = []
    for kind in ("gemarkeerd", "foute-rijen"):
        target = folder / kind
        target.mkdir()
        made = await copy_workbook(file, result.marks_path, target, kind)
        if not isinstance(made, Made):
            raise TypeError(made.message)
        note = f"{rows:,} rows, all wrong"
        figures += [
            Figure(f"copy {kind}, CPU", made.cpu_seconds, "s", note),
            Figure(f"copy {kind}, memory", made.peak_mib, "MiB", note),
        ]
    return figures
