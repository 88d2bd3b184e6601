"""What a file is, by its content: its name says nothing.

Each way of not being an .xlsx gets its own refusal, because each asks something else of the user.
"""

import re
from pathlib import Path
from zipfile import ZipFile

from services.intake.workbook.refusals import Refused

MAX_FILE = 50 << 20
_HEAD = 4096
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_TEXT_CONTROLS = frozenset(b"\t\n\r\f")
_FIRST_PRINTABLE = 32
_MARKUP = re.compile(
    rb"\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|table|\?xml|meta|style)", re.IGNORECASE
)
_SHEET = "spreadsheetml.sheet.main+xml"
_OTHER_TYPES = (
    ("macroEnabled", "macro's"),
    ("vbaProject", "macro's"),
    ("sheet.binary", "binaire-werkmap"),
    ("spreadsheetml.template.main+xml", "sjabloon"),
    ("wordprocessingml", "word-document"),
    ("presentationml", "presentatie"),
)


def require_zip(path: Path) -> int:
    """Refuse what does not start as a ZIP, naming what it is; return the size in bytes."""
    size = path.stat().st_size
    if size == 0:
        raise Refused("leeg-bestand")
    if size > MAX_FILE:
        raise Refused("te-groot")
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if head.startswith(_ZIP):
        return size
    if head.startswith(_OLE):
        raise Refused(_ole_code(path))
    raise Refused(_other_code(head))


def require_workbook(archive: ZipFile, content_types: str) -> None:
    """Refuse a ZIP that is another kind of document; macros count as one."""
    for mark, code in _OTHER_TYPES:
        if mark in content_types:
            raise Refused(code)
    if _SHEET not in content_types:
        raise Refused("geen-excel")
    if "xl/workbook.xml" not in archive.namelist():
        raise Refused("geen-werkblad")


def refuse_other_zip(archive: ZipFile) -> None:
    """Refuse a ZIP that is no Office document at all."""
    names = set(archive.namelist())
    if "[Content_Types].xml" in names:
        return
    raise Refused("opendocument" if "mimetype" in names else "zip-bestand")


def _ole_code(path: Path) -> str:
    """Tell an encrypted workbook from an old one; both are OLE files, with telling stream names."""
    content = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in content:
        return "versleuteld"
    if "WordDocument".encode("utf-16-le") in content:
        return "oud-office"
    if "PowerPoint Document".encode("utf-16-le") in content:
        return "oud-office"
    return "oud-xls"


def _other_code(head: bytes) -> str:
    if head.startswith(b"%PDF"):
        return "pdf"
    if _MARKUP.match(head):
        return "webpagina-of-xml"
    if head[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return "tekst-of-csv"
    is_text = all(byte >= _FIRST_PRINTABLE or byte in _TEXT_CONTROLS for byte in head)
    return "tekst-of-csv" if is_text else "geen-excel"
