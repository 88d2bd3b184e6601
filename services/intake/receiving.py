"""Takes in one uploaded file: at most 50 MB, in a scratch folder that only this user may enter.

The size is counted while the bytes come in, so nobody can fill the disk; what is no workbook is
named at once, by its first bytes. The full guard runs later, in the child process of the check.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from services.intake.domain import clean_file_name
from services.intake.errors import FileTooLarge, NotAWorkbook
from services.intake.workbook.identify import MAX_FILE, require_zip
from services.intake.workbook.refusals import MESSAGES, Refused
from shared.chassis.errors import FieldError
from shared.chassis.scratch import Scratch

FIELD = "bestand"
#: What multipart itself adds: boundaries and headers.
OVERHEAD = 16 * 1024
NO_FILE = "Stuur het bestand mee in het veld 'bestand'."


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file that looks like a workbook."""

    name: str
    content: bytes
    sha256: str


async def receive(request: Request, scratch: Scratch) -> ReceivedFile:
    """The file of a request; raises FileTooLarge or NotAWorkbook with what to do."""
    async with _file_of(request) as file:
        content = await file.read()
        name = clean_file_name(file.filename or "")
    return await asyncio.to_thread(_looked_at, name, content, scratch)


@asynccontextmanager
async def _file_of(request: Request) -> AsyncIterator[UploadFile]:
    kind = request.headers.get("content-type", "")
    if not kind.startswith("multipart/form-data"):
        raise _refused("geen-bestand", NO_FILE)
    if int(request.headers.get("content-length", "0")) > MAX_FILE + OVERHEAD:
        raise FileTooLarge(MESSAGES["te-groot"])
    parser = MultiPartParser(request.headers, _limited(request), max_files=1, max_fields=0)
    try:
        form = await parser.parse()
    except MultiPartException:
        raise _refused("geen-bestand", NO_FILE) from None
    try:
        file = form.get(FIELD)
        if not isinstance(file, UploadFile):
            raise _refused("geen-bestand", NO_FILE)
        if (file.size or 0) > MAX_FILE:
            raise FileTooLarge(MESSAGES["te-groot"])
        yield file
    finally:
        await form.close()


async def _limited(request: Request) -> AsyncGenerator[bytes, None]:
    """The body, as long as it stays within the limit; the parser removes its file on an error."""
    total = 0
    async for piece in request.stream():
        total += len(piece)
        if total > MAX_FILE + OVERHEAD:
            raise FileTooLarge(MESSAGES["te-groot"])
        yield piece


def _looked_at(name: str, content: bytes, scratch: Scratch) -> ReceivedFile:
    """Name what is no workbook; the look needs a file, which only this user may read."""
    with scratch.folder() as folder:
        path = folder / "upload"
        path.write_bytes(content)
        try:
            require_zip(path)
        except Refused as refused:
            raise _refused(refused.refusal.code, refused.refusal.message) from None
    return ReceivedFile(name, content, hashlib.sha256(content).hexdigest())


def _refused(code: str, reason: str) -> NotAWorkbook:
    return NotAWorkbook(reason, (FieldError(FIELD, code, reason),))
