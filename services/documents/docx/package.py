"""What a .docx must be before any library reads it: a plain package of bounded size.

Every part is inflated here first, in pieces and up to a limit, and a part that declares anything is
refused: shared/chassis/zip_guard.py says why. The wall is the child process in which this runs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from io import BytesIO
from zipfile import ZipFile

from shared.chassis.zip_guard import (
    UnsafeZip,
    ZipFlaw,
    ZipLimits,
    guarded_zip,
    inflated,
    refuse_declarations,
)

_MIB = 1 << 20
MAX_PARTS = 500
#: A letter of ten pages with a logo inflates to half a megabyte.
MAX_TOTAL = 40 * _MIB
MAIN = "word/document.xml"
_OLD_WORD = b"\xd0\xcf\x11\xe0"
_MACROS = re.compile(r"vbaproject|vbadata", re.IGNORECASE)
_EMBEDDED = re.compile(r"/(?:embeddings|activex|controls|ctrlprops)/", re.IGNORECASE)
_CODES: Mapping[ZipFlaw, str] = {
    ZipFlaw.TRUNCATED: "beschadigd",
    ZipFlaw.CROWDED: "zipbom",
    ZipFlaw.DAMAGED: "beschadigd",
    ZipFlaw.ENCRYPTED: "versleuteld",
    ZipFlaw.BOMB: "zipbom",
    ZipFlaw.DECLARATION: "gevaarlijke-xml",
    ZipFlaw.ENCODING: "gevaarlijke-xml",
}

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
    try:
        with guarded_zip(BytesIO(content), ZipLimits(MAX_PARTS, MAX_TOTAL)) as archive:
            return _parts(archive)
    except UnsafeZip as unsafe:
        raise DocxRefused(_CODES[unsafe.flaw]) from unsafe


def _parts(archive: ZipFile) -> dict[str, bytes]:
    names = archive.namelist()
    if MAIN not in names or "[Content_Types].xml" not in names:
        raise DocxRefused("geen-docx")
    for name in names:
        _check_name(name)
    found: dict[str, bytes] = {}
    room = MAX_TOTAL
    for name in names:
        found[name] = b"".join(inflated(archive, name, room))
        room -= len(found[name])
        if name.endswith((".xml", ".rels")):
            refuse_declarations(found[name], is_start=True)
    return found


def _check_name(name: str) -> None:
    if _MACROS.search(name):
        raise DocxRefused("macro's")
    if _EMBEDDED.search(name):
        raise DocxRefused("ingesloten")
