"""What a ZIP of a stranger must be before any library reads it: plain, bounded, without surprises.

Office documents are ZIPs of XML. A few kB of them can inflate to gigabytes, a directory can name a
million parts, and an XML parser expands entities as long as it has memory. So the end record is
looked at before a list of parts is built, every part is inflated in pieces and up to a limit, and
XML that declares something is refused. What each service takes in beyond that, and in which words
it refuses, is its own. The guard is not the wall: that is the child process in which it runs.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, LargeZipFile, ZipFile, ZipInfo

_MIB = 1 << 20
BLOCK = 1 << 18
#: Of the directory: a part takes some 100 bytes of it.
_OF_A_PART = 400
#: Of real files it is 6 to 10; below a MiB a part may shrink as it likes.
MAX_RATIO = 200
_END_OF_DIRECTORY = b"PK\x05\x06"
_LONGEST_TAIL = 65_557  # the record itself and the longest comment
_RECORD = 20
_MANY = 0xFFFF  # the true number stands elsewhere (ZIP64)
_ENCRYPTED = 1
_BYTE_ORDER_MARKS = frozenset({b"\xff\xfe", b"\xfe\xff"})
_START = 200
#: In any other encoding a declaration may look like something else.
_HIDING = re.compile(
    rb"encoding\s*=\s*[\"'](?!(?:utf-?8|us-ascii|ascii|iso-8859-1|windows-1252)[\"'])",
    re.IGNORECASE,
)
_DAMAGE = (BadZipFile, LargeZipFile, zlib.error, EOFError, NotImplementedError)


class ZipFlaw(StrEnum):
    """Why a ZIP is not read."""

    TRUNCATED = "truncated"
    CROWDED = "crowded"
    DAMAGED = "damaged"
    ENCRYPTED = "encrypted"
    BOMB = "bomb"
    DECLARATION = "declaration"
    ENCODING = "encoding"


class UnsafeZip(Exception):
    """This ZIP is not read; `detail` is for the log and holds nothing of its content."""

    def __init__(self, flaw: ZipFlaw, detail: str = "") -> None:
        self.flaw = flaw
        self.detail = detail
        super().__init__(f"{flaw} {detail}".strip())


@dataclass(frozen=True, slots=True)
class ZipLimits:
    """How many parts a ZIP may have, and how many bytes they may say they inflate to."""

    parts: int
    total: int


@contextmanager
def guarded_zip(file: IO[bytes], limits: ZipLimits) -> Iterator[ZipFile]:
    """The ZIP, after a look at its directory. Raises UnsafeZip, also for what is read inside."""
    try:
        count = _check_directory(file, limits)
        with ZipFile(file) as archive:
            _check_parts(archive.infolist(), count, limits)
            yield archive
    except _DAMAGE as error:
        raise UnsafeZip(ZipFlaw.DAMAGED, type(error).__name__) from error


def inflated(archive: ZipFile, part: ZipInfo | str, limit: int) -> Iterator[bytes]:
    """The blocks of a part, whatever size it says it has. Raises UnsafeZip past the limit."""
    total = 0
    with archive.open(part) as file:
        while block := file.read(BLOCK):
            total += len(block)
            if total > limit:
                raise UnsafeZip(ZipFlaw.BOMB, "inflated part")
            yield block


def refuse_declarations(xml: bytes, *, is_start: bool) -> None:
    """Refuse a document type, entities, and at the start an encoding that would hide them."""
    start = xml[:_START] if is_start else b""
    if start[:2] in _BYTE_ORDER_MARKS or b"\0" in start or _HIDING.search(start):
        raise UnsafeZip(ZipFlaw.ENCODING)
    if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
        raise UnsafeZip(ZipFlaw.DECLARATION)


def _check_directory(file: IO[bytes], limits: ZipLimits) -> int:
    """Count the parts from the end record, before a list of them is built."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _LONGEST_TAIL))
    tail = file.read()
    file.seek(0)
    place = tail.rfind(_END_OF_DIRECTORY)
    if place < 0 or len(tail) < place + _RECORD:
        raise UnsafeZip(ZipFlaw.TRUNCATED)
    parts, directory, begin = struct.unpack_from("<HII", tail, place + 10)
    if parts == _MANY or parts > limits.parts or directory > limits.parts * _OF_A_PART:
        raise UnsafeZip(ZipFlaw.CROWDED, f"{parts} parts")
    if begin + directory > size - len(tail) + place:
        raise UnsafeZip(ZipFlaw.DAMAGED, "directory behind its end")
    found: int = parts
    return found


def _check_parts(parts: list[ZipInfo], count: int, limits: ZipLimits) -> None:
    names = {part.filename.lower() for part in parts}
    if len(names) != len(parts) or len(parts) != count:
        raise UnsafeZip(ZipFlaw.DAMAGED, "parts that are twice there, or not in the directory")
    for part in parts:
        _check_part(part)
    if sum(part.file_size for part in parts) > limits.total:
        raise UnsafeZip(ZipFlaw.BOMB, "declared total")


def _check_part(part: ZipInfo) -> None:
    if part.flag_bits & _ENCRYPTED:
        raise UnsafeZip(ZipFlaw.ENCRYPTED)
    if part.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
        raise UnsafeZip(ZipFlaw.DAMAGED, f"compression {part.compress_type}")
    if part.filename.startswith("/") or ".." in part.filename or "\\" in part.filename:
        raise UnsafeZip(ZipFlaw.DAMAGED, "part outside the package")
    if part.file_size > _MIB and part.file_size > MAX_RATIO * max(1, part.compress_size):
        raise UnsafeZip(ZipFlaw.BOMB, f"ratio {part.file_size // max(1, part.compress_size)}")
