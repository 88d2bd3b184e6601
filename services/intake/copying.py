"""The slow work of the queue `copies`: one copy of a workbook, made and sealed; and its end."""

from __future__ import annotations

import asyncio
from pathlib import Path
from uuid import UUID

import structlog

from services.intake.domain import ToCopy
from services.intake.frames import copy_key, file_key, marks_key
from services.intake.workbook.copies.copier import copy_workbook
from services.intake.workbook.refusals import Refusal
from shared.chassis.bucket import Bucket
from shared.chassis.jobs import GoneWrong
from shared.chassis.scratch import Scratch
from shared.chassis.service import Item

log = structlog.get_logger()
GONE = "Het bestand is niet meer bewaard. Upload het opnieuw."


class WorkbookCopies:
    """Makes copies of workbooks in a child process, and deletes them again."""

    def __init__(self, bucket: Bucket, scratch: Scratch) -> None:
        self._bucket = bucket
        self._scratch = scratch

    async def perform(self, _: Item, prepared: ToCopy) -> int:
        """Make one copy; it lies in the store when this returns. Answers its size."""
        copy, upload = prepared.copy, prepared.upload
        with self._scratch.folder() as directory:
            await self._fetch(file_key(upload.gemeente, upload.id), directory / "upload.xlsx")
            key = marks_key(upload.gemeente, upload.id, upload.attempt)
            await self._fetch(key, directory / "fouten.bin")
            made = await copy_workbook(
                directory / "upload.xlsx", directory / "fouten.bin", directory, copy.kind
            )
            if isinstance(made, Refusal):
                raise GoneWrong(made.message)
            content = made.path.read_bytes()
        await self._bucket.put_sealed(copy_key(copy.gemeente, copy.upload_id, copy.id), content)
        log.info(
            "copy_made",
            copy=str(copy.id),
            kind=str(copy.kind),
            bytes=len(content),
            cpu_seconds=round(made.cpu_seconds, 2),
            peak_mib=round(made.peak_mib),
        )
        return len(content)

    async def _fetch(self, key: str, path: Path) -> None:
        content = await self._bucket.get_sealed(key)
        if content is None:
            raise GoneWrong(GONE)
        await asyncio.to_thread(path.write_bytes, content)

    async def remove(self, item: Item, _: object) -> bool:
        """Delete the file of a copy; its row may be gone already."""
        upload_id, copy_id = UUID(item.payload["upload"]), UUID(item.payload["copy"])
        await self._bucket.delete(copy_key(item.gemeente, upload_id, copy_id))
        return True
