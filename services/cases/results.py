"""The results of a batch as a workbook: one row per resident, written while it is read.

Written by hand, as the few parts that a workbook needs: its rows go out as they come from the
database, so 100,000 residents take no more memory than 500. Every text is a string cell, which no
program runs as a formula; one that looks like a formula is marked as text, so that it stays one
when somebody edits the cell.

Source: ECMA-376 part 1, 18.3 (worksheets), 18.8.45 (quotePrefix).
"""

from __future__ import annotations

import zipfile
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date, datetime
from io import RawIOBase
from typing import Any
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

from services.cases.answers.cases import full_name
from services.cases.domain import working_days
from services.cases.domain.case import RETURNED
from shared.contracts.codes import Channel

COLUMNS = (
    "Zaaknummer",
    "Naam",
    "BSN",
    "Status van de zaak",
    "Kanaal",
    "E-mail",
    "E-mail: reden",
    "E-mail verzonden op",
    "Brief",
    "Brief: reden",
    "Brief gemaakt op",
    "Brief gepost op",
    "Brief retour op",
    "Brief retour: reden",
)
#: What a spreadsheet would take for a formula, or a tab that leads to one.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
_PLAIN, _QUOTED, _HEAD = 0, 1, 2
_FIXED = {
    "[Content_Types].xml": (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
        'relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-'
        'officedocument.spreadsheetml.sheet.main+xml"/>'
        '<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.'
        'openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
        '<Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-'
        'officedocument.spreadsheetml.styles+xml"/></Types>'
    ),
    "_rels/.rels": (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        'relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        '<sheets><sheet name="{name}" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        'relationships/worksheet" Target="worksheets/sheet1.xml"/>'
        '<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        'relationships/styles" Target="styles.xml"/></Relationships>'
    ),
    "xl/styles.xml": (
        '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
        '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>'
        "</cellStyleXfs>"
        '<cellXfs count="3"><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" '
        'applyNumberFormat="1"/>'
        '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1" '
        'applyNumberFormat="1"/>'
        '<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
        "</styleSheet>"
    ),
}
#: Where the name of the sheet goes.
_NAME = "{name}"
_HEADER = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" '
    'activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
    '<cols><col min="1" max="14" width="22" customWidth="1"/></cols><sheetData>'
)
_SHEET_END = "</sheetData></worksheet>"
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_ALLOWED_BELOW_SPACE = frozenset("\t\n\r")

Row = Mapping[Any, Any]


async def workbook(
    chunks: AsyncIterator[Sequence[Sequence[str]]],
    columns: Sequence[str] = COLUMNS,
    name: str = "Resultaten",
) -> AsyncIterator[bytes]:
    """A workbook of these rows, in pieces, with one sheet of this name."""
    outlet = _Outlet()
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in _FIXED.items():
            archive.writestr(
                zipfile.ZipInfo(path, _ZIP_DATE), _HEADER + content.replace(_NAME, escape(name))
            )
        sheet = zipfile.ZipInfo("xl/worksheets/sheet1.xml", _ZIP_DATE)
        sheet.compress_type = zipfile.ZIP_DEFLATED
        with archive.open(sheet, "w") as target:
            head = "".join(_cell(text, _HEAD) for text in columns)
            target.write(f"{_HEADER}{_SHEET}<row>{head}</row>".encode())
            async for rows in chunks:
                target.write("".join(map(_row, rows)).encode())
                yield outlet.taken()
            target.write(_SHEET_END.encode())
    yield outlet.taken()


def _row(cells: Sequence[str]) -> str:
    return f"<row>{''.join(map(_cell, cells))}</row>"


def _cell(text: str, style: int = _PLAIN) -> str:
    if not text:
        return "<c/>"
    clean = "".join(sign for sign in text if sign >= " " or sign in _ALLOWED_BELOW_SPACE)
    if style == _PLAIN and clean.startswith(FORMULA):
        style = _QUOTED
    body = escape(clean)
    return f'<c t="inlineStr" s="{style}"><is><t xml:space="preserve">{body}</t></is></c>'


def line_of(case: Row, bsn: str, deliveries: Sequence[Row]) -> list[str]:
    """The row of one resident; of each channel the invitation's delivery."""
    by_channel = {row["channel"]: row for row in deliveries}
    mail, letter = by_channel.get(Channel.EMAIL), by_channel.get(Channel.LETTER)
    return [
        case["number"],
        full_name(case),
        f"*****{bsn[-4:]}",
        case["status"],
        case["preference"],
        *_state(mail),
        *_state(letter),
        day_of(letter["posted_on"] if letter else None),
        day_of(letter["returned_on"] if letter else None),
        (letter["return_reason"] or "") if letter else "",
    ]


def _state(delivery: Row | None) -> list[str]:
    """How far a letter or mail is, why, and when it ended."""
    if delivery is None:
        return ["", "", ""]
    state = RETURNED if delivery["returned_on"] else delivery["state"]
    return [state, delivery["reason"] or "", day_of(delivery["ended_at"])]


def day_of(moment: datetime | date | None) -> str:
    """A day as it is read here, or nothing."""
    if isinstance(moment, datetime):
        moment = moment.astimezone(ZoneInfo(working_days.ZONE)).date()
    return f"{moment:%d-%m-%Y}" if moment else ""


class _Outlet(RawIOBase):
    """What the workbook is written to: it cannot be sought, and is emptied again and again."""

    def __init__(self) -> None:
        self._pieces = bytearray()

    def writable(self) -> bool:
        """Only written to."""
        return True

    def write(self, data: Any) -> int:
        """Keep the bytes until they are taken."""
        self._pieces += data
        return len(data)

    def taken(self) -> bytes:
        """What was written since the last time."""
        taken = bytes(self._pieces)
        self._pieces.clear()
        return taken
