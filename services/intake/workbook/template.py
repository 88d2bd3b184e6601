"""The empty workbook that a heronderzoek starts with, made from the column contract.

Formats are set on whole columns and never on empty cells: a hundred thousand styled cells would
come back as a hundred thousand rows. Lists stand on a hidden sheet, because Excel takes at most
255 characters of a list in the rule itself.
"""

from __future__ import annotations

import io
from functools import cache
from typing import TYPE_CHECKING, Any

from services.intake.contract.definition import Column, Contract, load_contract
from services.intake.contract.header import EXAMPLE, HEADER_ROW, letters
from services.intake.workbook.scan import MAX_ROWS

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

SHEET, GUIDE, LISTS = "Heronderzoek", "Uitleg", "Lijsten"
REQUIRED_MARK = "FF1F4E79"  # dark blue under white letters: 8.6 to 1
OPTIONAL_MARK = "FFD9E2F3"
_GREY = "FF595959"
_TEXT_FORMAT, _DATE_FORMAT = "@", "dd-mm-yyyy"
#: Values that Excel would turn into a number or a date lose their zeros or their meaning.
_AS_TEXT = frozenset(
    {"bsn", "postcode", "phone", "house-number", "postbox", "text", "house-letter", "note"}
)
_DATES = frozenset({"birth-date", "date"})
_WIDTHS = {"BSN": 14, "EMAIL": 28, "OPMERKING": 40, "AANSCHRIJFNAAM": 30}
_STEPS = (
    "Zo vult u het bestand in",
    f"1. Vul het blad {SHEET} in, vanaf rij 2. Eén rij is één zaak. Een paar is ook één rij.",
    f"2. Rij 2 is een voorbeeld: in BSN staat {EXAMPLE}. Typ er overheen, of laat de rij staan.",
    "3. Donkerblauwe kolommen zijn verplicht. Wanneer u de andere nodig hebt, staat hieronder.",
    "4. Verander de namen in rij 1 niet. De volgorde van de kolommen mag wel anders.",
    "5. Kopieert u uit een ander bestand? Kies dan Plakken als waarden.",
    "6. Sla het bestand op als Excel-werkmap (.xlsx) en upload het.",
    "Wij controleren elke rij. Klopt er iets niet, dan ziet u per rij en kolom wat u moet doen.",
)
_GUIDE_HEADER = ("Kolom", "Verplicht", "Wat vult u in", "Regel", "Voorbeeld")
_GUIDE_WIDTHS = (28, 36, 60, 62, 40)


@cache
def empty_workbook() -> bytes:
    """The workbook as bytes; it is the same for everybody until the contract changes."""
    from openpyxl import Workbook  # noqa: PLC0415 - slow to import, and seldom needed

    contract = load_contract()
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = SHEET
    guide, lists = book.create_sheet(GUIDE), book.create_sheet(LISTS)
    lists.sheet_state = "hidden"
    _fill_sheet(sheet, contract)
    _fill_guide(guide, contract)
    _add_lists(sheet, lists, contract)
    return _saved(book)


def _saved(book: Workbook) -> bytes:
    target = io.BytesIO()
    book.properties.title = "Leeg bestand voor een heronderzoek"
    book.properties.creator = "Heronderzoek"
    book.save(target)
    return target.getvalue()


def _fill_sheet(sheet: Worksheet, contract: Contract) -> None:
    """The header, the formats of whole columns and the example row."""
    from openpyxl.styles import Alignment, Font, PatternFill  # noqa: PLC0415 - see above

    for place, column in enumerate(contract.columns.values()):
        letter = letters(place)
        whole = sheet.column_dimensions[letter]
        whole.width = _WIDTHS.get(column.name, max(14, len(column.name) + 6))
        whole.number_format = _format_of(column)
        header = sheet.cell(HEADER_ROW, place + 1, column.name)
        colour = REQUIRED_MARK if column.required else OPTIONAL_MARK
        header.fill = PatternFill("solid", fgColor=colour)
        header.font = Font(bold=True, color="FFFFFFFF" if column.required else "FF000000")
        header.alignment = Alignment(vertical="center")
        example = sheet.cell(HEADER_ROW + 1, place + 1)
        example.value = EXAMPLE if column.name == "BSN" else column.example or None
        example.font = Font(italic=True, color=_GREY)
        example.number_format = _TEXT_FORMAT
    sheet.row_dimensions[HEADER_ROW].height = 22
    sheet.freeze_panes = "B2"


def _format_of(column: Column) -> str:
    if column.kind in _DATES:
        return _DATE_FORMAT
    return _TEXT_FORMAT if column.kind in _AS_TEXT else "General"


def _fill_guide(guide: Worksheet, contract: Contract) -> None:
    """What to do, and every column with its rule and an example."""
    from openpyxl.styles import Alignment, Font, PatternFill  # noqa: PLC0415 - see above

    for line in _STEPS:
        guide.append([line])
    guide["A1"].font = Font(bold=True, size=14)
    guide.append([])
    top = guide.max_row + 1
    guide.append(_GUIDE_HEADER)
    for cell in guide[top]:
        cell.font = Font(bold=True, color="FFFFFFFF")
        cell.fill = PatternFill("solid", fgColor=REQUIRED_MARK)
    for column in contract.columns.values():
        guide.append([column.name, column.needed, column.meaning, _rule_of(column), column.example])
        for cell in guide[guide.max_row]:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.number_format = _TEXT_FORMAT
        guide.cell(guide.max_row, 1).font = Font(bold=column.required)
    for place, width in enumerate(_GUIDE_WIDTHS):
        guide.column_dimensions[letters(place)].width = width
    guide.freeze_panes = f"A{top + 1}"
    guide.page_setup.orientation = "landscape"
    guide.page_setup.fitToHeight = 0
    guide.sheet_properties.pageSetUpPr.fitToPage = True  # type: ignore[union-attr]


def _rule_of(column: Column) -> str:
    return column.expected[:1].upper() + column.expected[1:] + "."


def _add_lists(sheet: Worksheet, lists: Worksheet, contract: Contract) -> None:
    """A drop-down for each code list, and a warning for what is no date."""
    for place, column in enumerate(contract.columns.values()):
        cells = f"{letters(place)}{HEADER_ROW + 1}:{letters(place)}{MAX_ROWS}"
        if column.codes:
            rule = _list_rule(lists, column, contract)
        elif column.kind in _DATES:
            rule = _prompt(column)
        else:
            continue
        sheet.add_data_validation(rule)
        rule.add(cells)


def _list_rule(lists: Worksheet, column: Column, contract: Contract) -> Any:
    from openpyxl.worksheet.datavalidation import DataValidation  # noqa: PLC0415 - see above

    values = contract.codes[column.codes or ""].values
    place = lists.max_column + (1 if lists["A1"].value else 0)
    for row, value in enumerate((column.name, *values), 1):
        lists.cell(row, place, value)
    letter = letters(place - 1)
    return DataValidation(
        type="list",
        formula1=f"{LISTS}!${letter}$2:${letter}${len(values) + 1}",
        allow_blank=not column.required,
        showErrorMessage=True,
        errorStyle="warning",  # POST for BRIEF is understood, so it may stay
        errorTitle=column.name,
        error=f"Kies uit de lijst: {column.expected}.",
    )


def _prompt(column: Column) -> Any:
    """A hint beside a date: partial dates are text, so no rule can refuse them."""
    from openpyxl.worksheet.datavalidation import DataValidation  # noqa: PLC0415 - see above

    return DataValidation(
        showInputMessage=True,
        promptTitle=column.name,
        prompt=f"Vul in: {column.expected}."[:255],
    )
