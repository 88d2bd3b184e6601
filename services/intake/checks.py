"""The slow work of the queue `checks`: one workbook, from the store to findings and frames.

The opened file is personal data on a disk, because its reader, a process in walls, wants a file: it
lies in a scratch folder that only this user may enter, and that a kill does not leave behind.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from pathlib import Path
from time import monotonic
from typing import Any

import sqlalchemy as sa
from pydantic_core import from_json

from services.intake import tables
from services.intake.cases_client import CasesClient
from services.intake.contract.marks import Marks
from services.intake.domain import (
    OPEN_CASE,
    OpenCases,
    Outcome,
    Sheet,
    Status,
    ToCheck,
    Unreadable,
    Upload,
    merged,
)
from services.intake.frames import FrameWriter, file_key, line_chunks, marks_key
from services.intake.workbook.checker import check_workbook
from services.intake.workbook.outcome import CheckResult, Summary
from services.intake.workbook.refusals import Refusal
from shared.chassis.bucket import Bucket
from shared.chassis.database import Database
from shared.chassis.jobs import GoneWrong
from shared.chassis.scratch import Scratch
from shared.chassis.sealing import KeyRing
from shared.chassis.service import Item

PROGRESS_SECONDS = 0.5
ROWS_AT_ONCE = 1000
Places = dict[str, list[tuple[int, str]]]


class WorkbookChecks:
    """Checks workbooks: the contract's rules in a child process, then what cases knows."""

    def __init__(
        self,
        bucket: Bucket,
        cases: CasesClient,
        keys: KeyRing,
        database: Database,
        scratch: Scratch,
    ) -> None:
        self._bucket = bucket
        self._cases = cases
        self._keys = keys
        self._database = database
        self._scratch = scratch

    async def perform(self, item: Item, prepared: ToCheck) -> Outcome | Unreadable:
        """Check one upload; its frames lie in the store when this returns."""
        upload = prepared.upload
        content = await self._bucket.get_sealed(file_key(upload.gemeente, upload.id))
        if content is None:
            raise GoneWrong("Het bestand is niet goed bewaard. Upload het opnieuw.")
        await self._tell_progress(upload, 0)
        with self._scratch.folder() as directory:
            path = directory / "upload.xlsx"
            path.touch(0o600)
            path.write_bytes(content)
            del content
            before = await self._marks_before(prepared.previous, directory)
            result = await check_workbook(
                path,
                directory,
                gemeente=upload.gemeente,
                aliases=prepared.aliases,
                on_progress=self._progress_of(upload),
                today=prepared.today,
                before=before,
            )
            if isinstance(result, Refusal):
                return Unreadable(result.code, result.message)
            return await self._outcome(prepared, item.attempts, result, before)

    async def _marks_before(self, previous: Upload | None, directory: Path) -> Path | None:
        """The errors of the upload that this one corrects, on the disk; None without one."""
        if previous is None:
            return None
        key = marks_key(previous.gemeente, previous.id, previous.attempt)
        content = await self._bucket.get_sealed(key)
        if content is None:
            return None
        path = directory / "vorige.bin"
        path.touch(0o600)
        path.write_bytes(content)
        return path

    def _progress_of(self, upload: Upload) -> Callable[[int], Awaitable[None]]:
        last = 0.0

        async def tell(rows: int) -> None:
            nonlocal last
            if monotonic() - last >= PROGRESS_SECONDS:
                last = monotonic()
                await self._tell_progress(upload, rows)

        return tell

    async def _tell_progress(self, upload: Upload, rows: int) -> None:
        uploads = tables.uploads
        async with self._database.transaction(upload.gemeente) as transaction:
            await transaction.connection.execute(
                sa.update(uploads)
                .where(
                    uploads.c.id == upload.id,
                    uploads.c.status.in_([Status.RECEIVED, Status.CHECKING]),
                )
                .values(status=Status.CHECKING, progress=rows)
            )

    async def _outcome(
        self, prepared: ToCheck, attempt: int, result: CheckResult, before: Path | None
    ) -> Outcome:
        upload = prepared.upload
        open_cases, spoiled = await self._read_rows(upload, attempt, result)
        marks = await asyncio.to_thread(_with_open_cases, result.marks_path, open_cases)
        await self._bucket.put_sealed(marks_key(upload.gemeente, upload.id, attempt), marks)
        summary = result.summary
        return Outcome(
            attempt=attempt,
            rows=summary.rows,
            wrong_rows=summary.wrong_rows + spoiled,
            groups=merged(summary.groups, open_cases.groups(summary.rows)),
            findings=sorted(
                [*result.findings(), *open_cases.findings()], key=lambda finding: finding.row
            ),
            sheet=_sheet_of(summary),
            comparison=await asyncio.to_thread(_compared, prepared, summary, before, marks),
        )

    async def _read_rows(
        self, upload: Upload, attempt: int, result: CheckResult
    ) -> tuple[OpenCases, int]:
        """Ask about every row and store the good ones; answers how many rows that made wrong."""
        open_cases, spoiled = OpenCases(), 0
        frames = FrameWriter(self._bucket, upload.gemeente, upload.id, attempt)
        for lines in line_chunks(result.rows_path, ROWS_AT_ONCE):
            rows = [from_json(line) for line in lines]
            await self._ask(upload.gemeente, self._indexed(rows), open_cases)
            for line, row in zip(lines, rows, strict=True):
                if "fout" in row:
                    continue
                if row["rij"] in open_cases.rows:
                    spoiled += 1
                    continue
                await frames.add(line)
        await frames.finish()
        return open_cases, spoiled

    def _indexed(self, rows: list[dict[str, object]]) -> Places:
        """The rows and columns in which each BSN stands, by its index under every key version."""
        places: Places = {}
        for row in rows:
            person = row["persoon"]
            partner = person["partner"] or {}  # type: ignore[index]
            for column, bsn in (
                ("BSN", person["bsn"]),  # type: ignore[index]
                ("PARTNER_BSN", partner.get("bsn")),
            ):
                if bsn:
                    for index in self._keys.indexes(bsn):
                        places.setdefault(index.hex(), []).append((row["rij"], column))  # type: ignore[arg-type]
        return places

    async def _ask(self, gemeente: str, places: Places, open_cases: OpenCases) -> None:
        found = await self._cases.open_cases(gemeente, list(places))
        hits = [
            (row, column, number)
            for index, number in found.items()
            for row, column in places.get(index, [])
        ]
        for row, column, number in sorted(hits):
            open_cases.add(row, column, number)


def _with_open_cases(path: Path, open_cases: OpenCases) -> bytes:
    """All errors of a file, those included that only cases could tell."""
    content = path.read_bytes()
    if not open_cases.rows:
        return content
    marks = Marks.unpacked(content)
    open_cases.mark(marks)
    return marks.packed()


def _sheet_of(summary: Summary) -> Sheet:
    columns = [asdict(column) for column in summary.columns]
    return Sheet(summary.sheet, list(summary.other_sheets), columns, summary.hidden_rows)


def _compared(
    prepared: ToCheck, summary: Summary, before: Path | None, marks: bytes
) -> dict[str, Any] | None:
    """The errors that were solved, are left and are new; an open case is told by its number.

    Without a word of the sender, a file that has nothing in common with the one before it is
    another file, and is not compared.
    """
    found, previous = summary.comparison, prepared.previous
    if found is None or before is None or previous is None:
        return None
    old = Marks.unpacked(before.read_bytes()).texts_of(OPEN_CASE.code)
    new = Marks.unpacked(marks).texts_of(OPEN_CASE.code)
    left = (old & new).total()
    if not (prepared.upload.replaces or found.found_again or left):
        return None
    return {
        "upload": str(previous.id),
        "solved": found.solved + old.total() - left,
        "left": found.left + left,
        "new": found.new + new.total() - left,
    }
