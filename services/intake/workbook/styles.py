"""Which cell styles show a number as a date or as a duration."""

import re
from typing import Literal
from zipfile import ZipFile

from defusedxml.ElementTree import fromstring

_BUILT_IN_DATES = frozenset({*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)})
_BUILT_IN_DURATION = 46
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.')
_BRACKET = re.compile(r"\[[^\]]*\]")
_DURATION = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_DATE_LETTER = re.compile(r"[dmyhs]", re.IGNORECASE)

Style = Literal["date", "duration"]


def date_styles(archive: ZipFile) -> dict[str, str]:
    """Return the cell styles, by the number that cells carry, that stand for a date or duration."""
    if "xl/styles.xml" not in archive.namelist():
        return {}
    sheet = fromstring(archive.read("xl/styles.xml"))
    formats = {
        int(entry.get("numFmtId", "0")): entry.get("formatCode", "")
        for entry in sheet.iterfind("{*}numFmts/{*}numFmt")
    }
    styles: dict[str, str] = {}
    for place, entry in enumerate(sheet.iterfind("{*}cellXfs/{*}xf")):
        number = int(entry.get("numFmtId", "0"))
        style = _style(formats.get(number)) if number in formats else _built_in(number)
        if style:
            styles[str(place)] = style
    return styles


def _built_in(number: int) -> Style | None:
    if number == _BUILT_IN_DURATION:
        return "duration"
    return "date" if number in _BUILT_IN_DATES else None


def _style(code: str | None) -> Style | None:
    plain = _LITERAL.sub("", code or "")
    if _DURATION.search(plain):
        return "duration"
    plain = _BRACKET.sub("", plain).split(";")[0]
    if "general" in plain.casefold():
        return None
    return "date" if _DATE_LETTER.search(plain) else None
