"""Files that are no workbook, or one that means harm; each is built here, byte by byte."""

import io
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

from openpyxl import Workbook

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_SHEET_OPEN = f'<?xml version="1.0"?><worksheet xmlns="{_MAIN}"><sheetData>'.encode()
_SHEET_CLOSE = b"</sheetData></worksheet>"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
_SHEET = "xl/worksheets/sheet1.xml"
Parts = dict[str, bytes]


def plain_parts() -> Parts:
    """Return the parts of a small, good workbook."""
    book = Workbook()
    assert book.active is not None
    book.active.append(["BSN", "ACHTERNAAM", "GEBOORTEDATUM", "COMM_VOORK"])
    stream = io.BytesIO()
    book.save(stream)
    with zipfile.ZipFile(stream) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(parts: Parts) -> bytes:
    """Return a package of these parts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def with_part(name: str, content: bytes) -> bytes:
    """Return a good workbook with one part added or replaced."""
    return zipped(plain_parts() | {name: content})


def with_sheet(rows: Iterable[bytes]) -> bytes:
    """Return a workbook with this sheet."""
    return with_part(_SHEET, _SHEET_OPEN + b"".join(rows) + _SHEET_CLOSE)


def with_content_type(old: str, new: str) -> bytes:
    """Return a package that says to be another kind of document."""
    parts = plain_parts()
    frame = "[Content_Types].xml"
    return zipped(parts | {frame: parts[frame].replace(old.encode(), new.encode())})


def _ole(stream: str) -> bytes:
    return _OLE + stream.encode("utf-16-le") + b"\0" * 512


def _docx() -> bytes:
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    types = f"<Types><Override ContentType='{kind}'/></Types>".encode()
    return zipped({"[Content_Types].xml": types, "word/document.xml": b"<w/>"})


def _entity_bomb() -> bytes:
    lines = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    text = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "ha">{lines}]><sst xmlns="{_MAIN}"/>'
    return with_part("xl/sharedStrings.xml", text.encode())


def _zip_bomb() -> bytes:
    return with_part("xl/sharedStrings.xml", b"<sst>" + b" " * (120 << 20) + b"</sst>")


def _slow_zip_bomb() -> bytes:
    """Stay under the allowed ratio, and inflate past the allowed size of a part."""
    block = bytes(range(32, 60)) + b"a" * 3_000
    return with_part("xl/theme/theme1.xml", b"<x>" + block * 8_000 + b"</x>")


def _external_link() -> bytes:
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLink"
    text = f'<Relationships><Relationship Id="r9" Type="{relation}" Target="x"/></Relationships>'
    return with_part("xl/worksheets/_rels/sheet1.xml.rels", text.encode())


def _million_rows() -> bytes:
    return with_sheet(b'<row r="%d" s="1" customFormat="1"/>' % n for n in range(1, 1_000_001))


def _wide() -> bytes:
    cells = "".join(f'<c r="{_letters(n)}1"><v>{n}</v></c>' for n in range(16_384))
    return with_sheet([b'<row r="1">', cells.encode(), b"</row>"])


def _wide_without_references() -> bytes:
    return with_sheet([b"<row>" + b"<c><v>1</v></c>" * 16_384 + b"</row>"] * 3)


def _letters(place: int) -> str:
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(65 + rest) + name
    return name


_CORNER = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
_QUOTED_CORNER = b"<row r='1'><c\nr='XFD1'><v>1</v></c></row>"
_UTF_16 = '<?xml version="1.0" encoding="UTF-16"?><sst/>'.encode("utf-16")
_ODS = {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<x/>"}
_TYPE = "spreadsheetml.sheet.main+xml"


def _broken() -> bytes:
    content = bytearray(zipped(plain_parts()))
    place = content.find(b"xl/worksheets/sheet1.xml") + 60
    content[place : place + 40] = b"\xff" * 40
    return bytes(content)


def _without_sheets() -> bytes:
    parts = plain_parts()
    book = parts["xl/workbook.xml"]
    start, end = book.index(b"<sheets>"), book.index(b"</sheets>")
    return zipped(parts | {"xl/workbook.xml": book[:start] + b"<sheets>" + book[end:]})


HOSTILE: dict[str, tuple[str, Callable[[], bytes]]] = {
    "empty": ("leeg-bestand", lambda: b""),
    "csv": ("tekst-of-csv", lambda: b"BSN;ACHTERNAAM\n999990019;Voorbeeld\n"),
    "utf-16 text": ("tekst-of-csv", lambda: "BSN\tACHTERNAAM".encode("utf-16")),
    "html named xlsx": ("webpagina-of-xml", lambda: b"<html><table><tr><td>BSN</td></tr></table>"),
    "pdf": ("pdf", lambda: b"%PDF-1.7\n..."),
    "picture": ("geen-excel", lambda: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
    "xls": ("oud-xls", lambda: _ole("Workbook")),
    "doc": ("oud-office", lambda: _ole("WordDocument")),
    "encrypted": ("versleuteld", lambda: _ole("EncryptedPackage")),
    "docx": ("word-document", _docx),
    "pptx": ("presentatie", lambda: with_content_type(_TYPE, "presentationml.main+xml")),
    "xlsb": ("binaire-werkmap", lambda: with_content_type(_TYPE, "ms-excel.sheet.binary.main")),
    "template": ("sjabloon", lambda: with_content_type(".sheet.main+xml", ".template.main+xml")),
    "ods": ("opendocument", lambda: zipped(_ODS)),
    "zip": ("zip-bestand", lambda: zipped({"a.txt": b"a"})),
    "truncated": ("afgekapt", lambda: zipped(plain_parts())[:-200]),
    "broken inside": ("beschadigd", _broken),
    "many parts": ("te-veel-onderdelen", lambda: zipped({f"a{n}.xml": b"" for n in range(2_500)})),
    "zip bomb": ("zipbom", _zip_bomb),
    "slow zip bomb": ("zipbom", _slow_zip_bomb),
    "entity bomb": ("entiteiten", _entity_bomb),
    "utf-16 part": ("codering", lambda: with_part("xl/sharedStrings.xml", _UTF_16)),
    "macros": ("macro's", lambda: with_part("xl/vbaProject.bin", b"x")),
    "macro type": ("macro's", lambda: with_content_type(_TYPE, "sheet.macroEnabled.main+xml")),
    "external part": (
        "externe-koppelingen",
        lambda: with_part("xl/externalLinks/externalLink1.xml", b"<x/>"),
    ),
    "external relation": ("externe-koppelingen", _external_link),
    "connections": ("externe-koppelingen", lambda: with_part("xl/connections.xml", b"<x/>")),
    "embedded": ("ingesloten-objecten", lambda: with_part("xl/embeddings/ole1.bin", b"x")),
    "million rows": ("te-veel-rijen", _million_rows),
    "16,384 columns": ("te-veel-kolommen", _wide),
    "16,384 columns unnamed": ("te-veel-kolommen", _wide_without_references),
    "corner": ("te-veel-rijen", lambda: with_sheet([_CORNER])),
    "corner, odd quotes": ("te-veel-kolommen", lambda: with_sheet([_QUOTED_CORNER])),
    "no sheets": ("geen-werkblad", _without_sheets),
    "no xml in sheet": ("beschadigd", lambda: with_part(_SHEET, b'BSN;ACHTERNAAM hidden="1"')),
}


def write_hostile(name: str, path: Path) -> str:
    """Write a hostile file and return the code of the refusal that it must meet."""
    code, build = HOSTILE[name]
    path.write_bytes(build())
    return code
