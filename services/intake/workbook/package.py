"""The frame of a workbook: which sheets it has, in which part each lies, which calendar it uses."""

import posixpath
import re
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError
from zipfile import ZipFile

from defusedxml.ElementTree import fromstring

from services.intake.workbook.refusals import Refused

PREFERRED_SHEET = "heronderzoek"
_RELATION_ID = re.compile(r"\{[^}]*relationships\}id$")


@dataclass(frozen=True, slots=True)
class SheetPlace:
    """The sheet to read, and the others that were left alone."""

    name: str
    part: str
    others: tuple[str, ...]
    since_1904: bool


def find_sheet(path: Path) -> SheetPlace:
    """Find the sheet `Heronderzoek`, or else the first visible one."""
    try:
        with ZipFile(path) as archive:
            book = fromstring(archive.read("xl/workbook.xml"))
            relations = fromstring(archive.read("xl/_rels/workbook.xml.rels"))
            parts = set(archive.namelist())
    except (ParseError, KeyError) as error:
        raise Refused("beschadigd", type(error).__name__) from error
    targets = {entry.get("Id", ""): _part_name(entry) for entry in relations}
    visible = [
        (sheet.get("name", ""), targets.get(_relation_id(sheet), ""))
        for sheet in book.iterfind(".//{*}sheets/{*}sheet")
        if sheet.get("state", "visible") == "visible"
    ]
    sheets = [(name, part) for name, part in visible if part in parts and "/worksheets/" in part]
    if not sheets:
        raise Refused("geen-werkblad")
    preferred = [s for s in sheets if s[0].strip().casefold() == PREFERRED_SHEET]
    name, part = (preferred or sheets)[0]
    others = tuple(other for other, _ in sheets if other != name)
    return SheetPlace(name, part, others, _since_1904(book))


def _part_name(relation: Element) -> str:
    target = relation.get("Target", "")
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath("xl/" + target)


def _relation_id(sheet: Element) -> str:
    return next((value for key, value in sheet.items() if _RELATION_ID.search(key)), "")


def _since_1904(book: Element) -> bool:
    properties = book.find("{*}workbookPr")
    return properties is not None and properties.get("date1904") in {"1", "true"}
