"""The wrong rows alone, as a workbook of their own that can be mended and uploaded.

The values are those that Excel showed, so formulas became their outcome: a formula that pointed at
another row would point at nothing here. Text stays text, also when it starts with = + - or @.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from services.intake.contract.header import HEADER_ROW, OURS, letters
from services.intake.contract.marks import Mark, Marks
from services.intake.contract.verdicts import CellError
from services.intake.workbook.copies.cells import text_cell
from services.intake.workbook.copies.sheet import ELSEWHERE, SIGN
from services.intake.workbook.copies.styles import RED
from services.intake.workbook.exact import ExactReader
from services.intake.workbook.package import PREFERRED_SHEET, SheetPlace

_LEVEL = 3
_DAY_ZERO = dt.date(1899, 12, 30)
_LEAP_BUG = dt.date(1900, 3, 1)  # Excel counts a 29 February 1900 that never was
_GENERAL, _HEADER, _TEXT, _DATE, _WRAPPED = range(5)
_RED_OF = {_GENERAL: 5, _TEXT: 6, _DATE: 7}
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml."
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_XF = '<xf numFmtId="{number}" fontId="{font}" fillId="{fill}" borderId="0" xfId="0" {more}/>'
_AS_TEXT = 'applyNumberFormat="1" quotePrefix="1"'
_WRAP = (
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"'
    ' applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf>'
)
_STYLES = (
    f'{_XML}<styleSheet xmlns="{_MAIN}">'
    '<numFmts count="1"><numFmt numFmtId="164" formatCode="dd\\-mm\\-yyyy"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="3"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid">'
    f'<fgColor rgb="{RED}"/><bgColor indexed="64"/></patternFill></fill></fills>'
    '<borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="8">'
    + _XF.format(number=0, font=0, fill=0, more="")
    + _XF.format(number=49, font=1, fill=0, more=_AS_TEXT)
    + _XF.format(number=49, font=0, fill=0, more=_AS_TEXT)
    + _XF.format(number=164, font=0, fill=0, more='applyNumberFormat="1"')
    + _WRAP
    + _XF.format(number=0, font=0, fill=2, more='applyFill="1"')
    + _XF.format(number=49, font=0, fill=2, more=f'applyFill="1" {_AS_TEXT}')
    + _XF.format(number=164, font=0, fill=2, more='applyFill="1" applyNumberFormat="1"')
    + '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/>'
    "</cellStyles></styleSheet>"
)
_PARTS = {
    "[Content_Types].xml": (
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KIND}worksheet+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_KIND}styles+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1"'
        f' Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        f'<sheet name="{PREFERRED_SHEET.capitalize()}" sheetId="1" r:id="rId1"/></sheets>'
        "</workbook>"
    ),
    "xl/_rels/workbook.xml.rels": (
        f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1"'
        f' Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2"'
        f' Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
    ),
    "xl/styles.xml": _STYLES,
}
_TOP = (
    f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView>'
    "</sheetViews><cols>{columns}</cols><sheetData>"
)
_COLUMN = '<col min="{place}" max="{place}" width="{width}" customWidth="1"{style}/>'
_BOTTOM = "</sheetData></worksheet>"


@dataclass(frozen=True, slots=True)
class _Layout:
    """Which columns of the file are copied, and what follows them."""

    places: tuple[int, ...]
    red: Mapping[str, int]

    @property
    def original(self) -> int:
        """The column with the number of the row in the file."""
        return len(self.places)

    @property
    def told(self) -> int:
        """The column that tells what is wrong."""
        return len(self.places) + 1


def write_wrong_rows(source: Path, target: Path, place: SheetPlace, marks: Marks) -> int:
    """Write the wrong rows to a new workbook; answers how many they are."""
    written = 0
    with ZipFile(target, "w", ZIP_DEFLATED, compresslevel=_LEVEL) as package:
        for name, content in _PARTS.items():
            package.writestr(name, content)
        with package.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            layout = _layout(marks)
            sheet.write(_TOP.format(columns="".join(_columns(layout))).encode())
            for row in _rows(ExactReader(source, place).rows(), marks, layout):
                sheet.write(row)
                written += 1
            sheet.write(_BOTTOM.encode())
    return written - 1  # the header


def _layout(marks: Marks) -> _Layout:
    ours = {marks.columns[name] for name in OURS if name in marks.columns}
    places = tuple(place for place in range(marks.width) if place not in ours)
    moved = {place: number for number, place in enumerate(places)}
    return _Layout(places, {n: moved[p] for n, p in marks.columns.items() if p in moved})


def _columns(layout: _Layout) -> Iterator[str]:
    """Every column of the sender is text for what is typed in it, so that zeros stay."""
    for place in range(1, len(layout.places) + 1):
        yield _COLUMN.format(place=place, width=16, style=f' style="{_TEXT}"')
    yield _COLUMN.format(place=layout.original + 1, width=16, style="")
    yield _COLUMN.format(place=layout.told + 1, width=80, style=f' style="{_WRAPPED}"')


def _rows(
    rows: Iterable[tuple[int, Sequence[object]]], marks: Marks, layout: _Layout
) -> Iterator[bytes]:
    errors = marks.by_row()
    waiting = next(errors, None)
    number = HEADER_ROW
    told, original = OURS
    for row, values in rows:
        while waiting and waiting[0] < row:
            waiting = next(errors, None)
        chosen = [values[place] for place in layout.places]
        if row == HEADER_ROW:
            yield _row(number, [(value, _HEADER) for value in [*map(str, chosen), original, told]])
        elif row in marks.wrong:
            number += 1
            found = waiting[1] if waiting and waiting[0] == row else []
            yield _row(number, list(_wrong_cells(chosen, row, found, layout)))


def _wrong_cells(
    values: Sequence[object], row: int, errors: Sequence[Mark], layout: _Layout
) -> Iterator[tuple[object, int]]:
    red = {layout.red.get(error.kind.column or "") for error in errors}
    for place, value in enumerate(values):
        style = _style_of(value)
        yield value, _RED_OF[style] if place in red else style
    yield float(row), _GENERAL
    told = "\n".join(
        f"{SIGN}{f'{error.kind.column}: ' if error.kind.column else ''}{error.text}"
        for error in errors
    )
    yield told or ELSEWHERE, _WRAPPED


def _style_of(value: object) -> int:
    if isinstance(value, dt.date):
        return _DATE
    return _GENERAL if isinstance(value, float | bool) else _TEXT


def _row(number: int, cells: Sequence[tuple[object, int]]) -> bytes:
    made = b"".join(_cell(place, number, *cell) for place, cell in enumerate(cells))
    return b'<row r="%d">%b</row>' % (number, made)


def _cell(place: int, row: int, value: object, style: int) -> bytes:
    name = f"{letters(place)}{row}"
    if isinstance(value, bool):
        return f'<c r="{name}" s="{style}" t="b"><v>{int(value)}</v></c>'.encode()
    if isinstance(value, float):
        number = int(value) if value.is_integer() else value
        return f'<c r="{name}" s="{style}"><v>{number!r}</v></c>'.encode()
    if isinstance(value, dt.date):
        return f'<c r="{name}" s="{style}"><v>{_serial(value)!r}</v></c>'.encode()
    text = _shown(value)
    return (
        text_cell(b"", place, row, style, text) if text else f'<c r="{name}" s="{style}"/>'.encode()
    )


def _shown(value: object) -> str:
    return value.text if isinstance(value, CellError) else "" if value is None else str(value)


def _serial(value: dt.date) -> float | int:
    """Excel's number of a date, with its time as a part of a day."""
    day = value.date() if isinstance(value, dt.datetime) else value
    serial = (day - _DAY_ZERO).days - (1 if day < _LEAP_BUG else 0)
    if not isinstance(value, dt.datetime):
        return serial
    midnight = dt.datetime.combine(day, dt.time(), value.tzinfo)
    return serial + (value - midnight) / dt.timedelta(days=1)
