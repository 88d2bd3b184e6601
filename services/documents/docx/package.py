"""What a .docx must be before any library reads it: a plain package of bounded size.

A few kB of zip can inflate to gigabytes, and an XML parser expands entities as long as it has
memory. So every part is inflated here first, in pieces and up to a limit, and a part that declares
anything is refused. The wall is the child process in which this runs.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Mapping
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, LargeZipFile, ZipFile, ZipInfo

_MIB = 1 << 20
MAX_PARTS = 500
#: A letter of ten pages with a logo inflates to half a megabyte.
MAX_TOTAL = 40 * _MIB
MAX_RATIO = 200
BLOCK = 64 * 1024
MAIN = "word/document.xml"
_END_OF_DIRECTORY = b"PK\x05\x06"
_LONGEST_TAIL = 65_557
_ENCRYPTED = 1
_OLD_WORD = b"\xd0\xcf\x11\xe0"
_MACROS = re.compile(r"vbaproject|vbadata", re.IGNORECASE)
_EMBEDDED = re.compile(r"/(?:embeddings|activex|controls|ctrlprops)/", re.IGNORECASE)
_DECLARED = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_OTHER_ENCODING = re.compile(rb"encoding\s*=\s*[\"'](?!utf-?8[\"'])", re.IGNORECASE)

REASONS: Mapping[str, str] = {
    "te-groot": "Het bestand is groter dan 5 MB. Maak de afbeeldingen erin kleiner.",
    "geen-docx": "Dit is geen Word-document (.docx). Sla het in Word op als .docx.",
    "oud-doc": "Dit is een oud Word-document (.doc), of er staat een wachtwoord op. Sla het in Word"
    " op als .docx, zonder wachtwoord.",
    "versleuteld": "Er staat een wachtwoord op het document. Sla het op zonder wachtwoord.",
    "macro's": "In het document zitten macro's. Sla het in Word op als .docx, zonder macro's.",
    "ingesloten": "In het document zit een ander bestand of een knop. Haal dat eruit.",
    "beschadigd": "Het document is beschadigd. Open het in Word en sla het opnieuw op.",
    "zipbom": "Het document is ingepakt veel kleiner dan uitgepakt. Dat vertrouwen wij niet.",
    "gevaarlijke-xml": "In het document staan opdrachten voor een ander programma. Open het in Word"
    " en sla het opnieuw op als .docx.",
    "te-zwaar": "Het document vraagt te veel tijd of geheugen. Maak het kleiner of eenvoudiger.",
}


class DocxRefused(Exception):
    """This document is not taken in; `code` names why."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(REASONS[code])

    def __reduce__(self) -> tuple[type[DocxRefused], tuple[str]]:
        """Travel out of the child process."""
        return (DocxRefused, (self.code,))


def guarded(content: bytes) -> dict[str, bytes]:
    """The parts of a harmless document; raises DocxRefused."""
    if content.startswith(_OLD_WORD):
        raise DocxRefused("oud-doc")
    if not content.startswith(b"PK"):
        raise DocxRefused("geen-docx")
    _check_directory(content)
    try:
        with ZipFile(BytesIO(content)) as archive:
            return _parts(archive)
    except (BadZipFile, LargeZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise DocxRefused("beschadigd") from error


def _check_directory(content: bytes) -> None:
    """Count the parts from the end record, before a list of them is built."""
    place = content.rfind(_END_OF_DIRECTORY, max(0, len(content) - _LONGEST_TAIL))
    if place < 0 or len(content) < place + 12:
        raise DocxRefused("beschadigd")
    (parts,) = struct.unpack_from("<H", content, place + 10)
    if parts > MAX_PARTS:
        raise DocxRefused("zipbom")


def _parts(archive: ZipFile) -> dict[str, bytes]:
    infos = archive.infolist()
    names = [info.filename for info in infos]
    if len({name.lower() for name in names}) != len(names):
        raise DocxRefused("beschadigd")
    if MAIN not in names or "[Content_Types].xml" not in names:
        raise DocxRefused("geen-docx")
    for info in infos:
        _check(info)
    if sum(info.file_size for info in infos) > MAX_TOTAL:
        raise DocxRefused("zipbom")
    found: dict[str, bytes] = {}
    room = MAX_TOTAL
    for info in infos:
        found[info.filename] = _inflated(archive, info, room)
        room -= len(found[info.filename])
    return found


def _check(info: ZipInfo) -> None:
    if info.flag_bits & _ENCRYPTED:
        raise DocxRefused("versleuteld")
    if info.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
        raise DocxRefused("beschadigd")
    if info.filename.startswith("/") or ".." in info.filename or "\\" in info.filename:
        raise DocxRefused("beschadigd")
    if _MACROS.search(info.filename):
        raise DocxRefused("macro's")
    if _EMBEDDED.search(info.filename):
        raise DocxRefused("ingesloten")
    if info.file_size > _MIB and info.file_size > MAX_RATIO * max(1, info.compress_size):
        raise DocxRefused("zipbom")


def _inflated(archive: ZipFile, info: ZipInfo, room: int) -> bytes:
    """A part, whatever size it says it has; XML without a declaration in it."""
    pieces, size = [], 0
    with archive.open(info) as part:
        while block := part.read(BLOCK):
            size += len(block)
            if size > room:
                raise DocxRefused("zipbom")
            pieces.append(block)
    content = b"".join(pieces)
    if info.filename.endswith((".xml", ".rels")) and _is_hostile(content):
        raise DocxRefused("gevaarlijke-xml")
    return content


def _is_hostile(xml: bytes) -> bool:
    """Whether it declares something, or is in an encoding in which we would not see that."""
    start = xml[:200]
    return bool(b"\0" in start or _OTHER_ENCODING.search(start) or _DECLARED.search(xml))
