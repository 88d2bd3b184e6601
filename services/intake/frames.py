"""Where the files of an upload lie in the object store.

A file is checked once, but a check that was thought dead may still write; so its frames carry the
attempt that made them, and the upload says which attempt counts.
"""

from __future__ import annotations

import re
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from services.intake.domain import ROWS_PER_FRAME

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shared.chassis.bucket import Bucket

_ID = r"(?P<upload>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
_PART = r"/rijen/(?P<rows>\d+)/\d+|/fouten/(?P<marks>\d+)|/kopieen/[0-9a-f-]+\.xlsx"
_KEY = re.compile(rf"\d+/uploads/{_ID}(?:\.xlsx|{_PART})")


def prefix_of(gemeente: str, upload_id: UUID) -> str:
    """What the keys of all files of an upload begin with."""
    return f"{gemeente}/uploads/{upload_id}"


def file_key(gemeente: str, upload_id: UUID) -> str:
    """The key of the workbook as it was sent."""
    return f"{prefix_of(gemeente, upload_id)}.xlsx"


def frame_key(gemeente: str, upload_id: UUID, attempt: int, number: int) -> str:
    """The key of the `number`th thousand of good rows, as lines of JSON, counted from 1."""
    return f"{prefix_of(gemeente, upload_id)}/rijen/{attempt}/{number:06d}"


def marks_key(gemeente: str, upload_id: UUID, attempt: int) -> str:
    """The key of everything that is wrong in an upload, packed."""
    return f"{prefix_of(gemeente, upload_id)}/fouten/{attempt}"


def copy_key(gemeente: str, upload_id: UUID, copy_id: UUID) -> str:
    """The key of a copy for who sent the upload."""
    return f"{prefix_of(gemeente, upload_id)}/kopieen/{copy_id}.xlsx"


def place_of(key: str) -> tuple[UUID, int | None] | None:
    """The upload that a key belongs to, and the check that made it; None for any other key."""
    found = _KEY.fullmatch(key)
    if found is None:
        return None
    attempt = found["rows"] or found["marks"]
    return UUID(found["upload"]), int(attempt) if attempt else None


class FrameWriter:
    """Gathers rows and stores each full thousand, sealed."""

    def __init__(self, bucket: Bucket, gemeente: str, upload_id: UUID, attempt: int) -> None:
        self._bucket = bucket
        self._place = (gemeente, upload_id, attempt)
        self._lines: list[bytes] = []
        self._written = 0

    async def add(self, line: bytes) -> None:
        """Add a row: one line of JSON with its newline."""
        self._lines.append(line)
        if len(self._lines) == ROWS_PER_FRAME:
            await self.finish()

    async def finish(self) -> None:
        """Store what is left."""
        if self._lines:
            self._written += 1
            key = frame_key(*self._place, self._written)
            await self._bucket.put_sealed(key, b"".join(self._lines))
            self._lines.clear()


def line_chunks(path: Path, size: int) -> Iterator[list[bytes]]:
    """The lines of a file, `size` at a time."""
    with path.open("rb") as file:
        while chunk := list(islice(file, size)):
            yield chunk
