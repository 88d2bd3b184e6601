"""Word documents, made by hand: as small as they can be, or as hostile."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels"'
    ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="png" ContentType="image/png"/>'
    '<Default Extension="emf" ContentType="image/x-emf"/>'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-'
    'officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
_PLACED = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
_PICTURE = "http://schemas.openxmlformats.org/drawingml/2006/picture"
FIELDS = (
    "$ADRESBLOK$ $DATUM$ $AANHEF$ $ZAAKNUMMER$ $REACTIEDATUM$ $GEMEENTE$ $TELEFOON_GEMEENTE$ $LINK$"
)


def paragraph(text: str, properties: str = "") -> str:
    """One paragraph."""
    return f"<w:p>{properties}<w:r><w:t xml:space='preserve'>{text}</w:t></w:r></w:p>"


def picture(number: int) -> str:
    """A paragraph with the picture of a relation."""
    blip = f'<pic:pic><pic:blipFill><a:blip r:embed="rId{number}"/></pic:blipFill></pic:pic>'
    graphic = f"<a:graphic><a:graphicData>{blip}</a:graphicData></a:graphic>"
    inside = f"<wp:inline>{graphic}</wp:inline>"
    return f"<w:p><w:r><w:drawing>{inside}</w:drawing></w:r></w:p>"


def docx(body: str, parts: Mapping[str, bytes] | None = None, start: str = "") -> bytes:
    """A document with this body; further parts under `word/media` are its pictures, rId1 and on."""
    main = (
        f'{start}<w:document xmlns:w="{_MAIN}" xmlns:r="{_RELATION}" xmlns:a="{_DRAWING}"'
        f' xmlns:wp="{_PLACED}" xmlns:pic="{_PICTURE}">'
        f"<w:body>{body}</w:body></w:document>"
    )
    pictures = [name for name in parts or {} if name.startswith("word/media/")]
    targets = "".join(
        f'<Relationship Id="rId{number}" Type="{_RELATION}/image"'
        f' Target="{name.removeprefix("word/")}"/>'
        for number, name in enumerate(pictures, 1)
    )
    package = {
        "[Content_Types].xml": _TYPES.encode(),
        "_rels/.rels": (
            f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="rId1"'
            f' Type="{_RELATION}/officeDocument" Target="word/document.xml"/></Relationships>'
        ).encode(),
        "word/document.xml": main.encode(),
        "word/_rels/document.xml.rels": (
            f'<Relationships xmlns="{_RELATIONS}">{targets}</Relationships>'
        ).encode(),
        **(parts or {}),
    }
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, content in package.items():
            archive.writestr(name, content)
    return out.getvalue()


def png(width: int = 2, height: int = 2) -> bytes:
    """A black picture of this size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack("!I", len(data)) + kind + data + struct.pack("!I", zlib.crc32(kind + data))
        )

    rows = b"".join(b"\0" + bytes(width) for _ in range(height))
    head = struct.pack("!IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def upload() -> dict[str, Any]:
    """A request with a small letter."""
    return {"files": {"bestand": ("brief.docx", docx(paragraph(FIELDS)), DOCX)}}
