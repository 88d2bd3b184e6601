"""Marked copies of workbooks of every make: what must change changes, and all else stays."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.worksheet.table import Table
from openpyxl.worksheet.worksheet import Worksheet

from services.intake.workbook.copies.copier import Made, copy_workbook
from services.intake.workbook.copies.styles import RED, with_red_styles
from services.intake.workbook.outcome import CheckResult
from services.intake.workbook.refusals import MESSAGES, UNUSUAL, Refusal
from tests.unit.intake.workbooks import GOOD_ROW, OTHER_BSN, write

Check = Callable[..., Awaitable[CheckResult]]
TESTDATA = Path(__file__).parent / "testdata"
SHEET = "xl/worksheets/sheet1.xml"
HEADER: list[object] = list(GOOD_ROW)
ROW: list[object] = list(GOOD_ROW.values())
#: Row 3 has no surname and a wrong postcode; its e-mail address is there once.
WRONG: list[object] = [
    OTHER_BSN,
    "B.",
    None,
    *ROW[3:6],
    "12 AB",
    *ROW[7:8],
    "b@example.nl",
    *ROW[9:],
]
Change = Callable[[str], str]


async def marked(check: Check, path: Path, kind: str = "gemarkeerd") -> Path:
    """The copy of a workbook."""
    made = await tried(check, path, kind)
    assert isinstance(made, Made), made
    return made.path


async def tried(check: Check, path: Path, kind: str = "gemarkeerd") -> Made | Refusal:
    """What came of copying a workbook that can be checked."""
    result = await check(path)
    assert isinstance(result, CheckResult), result
    folder = path.parent / f"kopie-{path.stem}-{kind}"
    folder.mkdir()
    return await copy_workbook(path, result.marks_path, folder, kind)


def sheet_of(path: Path) -> Worksheet:
    """The sheet of a copy, as another program reads it."""
    sheet = load_workbook(path).worksheets[0]
    assert isinstance(sheet, Worksheet)
    return sheet


def red_cells(sheet: Worksheet) -> set[str]:
    """The names of the red cells."""
    cells = (cell for row in sheet.iter_rows() for cell in row)
    return {str(cell.coordinate) for cell in cells if cell.fill.fgColor.rgb == RED}


def rewritten(path: Path, changes: Mapping[str, Change | None]) -> Path:
    """The same package with other XML in some parts; None takes a part away."""
    target = path.with_name(f"anders-{path.name}")
    with ZipFile(path) as old, ZipFile(target, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            change = changes.get(name, str)
            if change is not None:
                new.writestr(name, change(old.read(name).decode()))
    return target


def with_prefix(text: str) -> str:
    """XML as some programs write it: every element of its own namespace with a prefix."""
    text = re.sub(r"<(/?)(?=\w)(?!\w+:)", r"<\1x:", text)
    return text.replace('xmlns="', 'xmlns:x="', 1)


def without_references(text: str) -> str:
    """Rows and cells without their names: legal, they follow from the order."""
    return re.sub(r'(<(?:row|c)\b[^>]*?) r="[A-Z0-9]+"', r"\1", text)


def without_styles(text: str) -> str:
    """A workbook that has no styles at all."""
    return re.sub(r"<(?:Override|Relationship)\b[^>]*styles[^>]*/>", "", text)


def in_single_quotes(text: str) -> str:
    """Attributes in the other quotes, as XML allows."""
    return re.sub(r"(<(?:row|c)\b[^>]*>)", lambda m: m[1].replace('"', "'"), text)


MAKES: dict[str, Mapping[str, Change | None]] = {
    "prefix": {SHEET: with_prefix, "xl/styles.xml": with_prefix},
    "single quotes": {SHEET: in_single_quotes},
    "no styles": {
        "xl/styles.xml": None,
        "[Content_Types].xml": without_styles,
        "xl/_rels/workbook.xml.rels": without_styles,
        SHEET: lambda text: re.sub(r' s="\d+"', "", text),
    },
    "byte order mark": {"xl/styles.xml": lambda text: "\ufeff" + text},
}


@pytest.mark.parametrize("make", MAKES)
async def test_a_workbook_of_any_make_is_marked(check: Check, tmp_path: Path, make: str) -> None:
    """Prefixes, quotes and missing parts make no difference."""
    path = rewritten(write(tmp_path / "a.xlsx", [HEADER, ROW, WRONG]), MAKES[make])
    sheet = sheet_of(await marked(check, path))
    assert red_cells(sheet) == {"C3", "G3"}
    assert sheet["L1"].value == "FOUTEN"
    assert str(sheet["L3"].value).startswith("✖ ACHTERNAAM: ")
    assert sheet["G3"].comment is not None
    assert [cell.value for cell in sheet[2]][: len(ROW)] == ROW


async def test_cells_without_names_are_found_by_their_order(check: Check, tmp_path: Path) -> None:
    """Rows are counted, and cells in a row."""
    rows: list[list[object]] = [HEADER, ROW, ["x" if cell is None else cell for cell in WRONG]]
    path = rewritten(write(tmp_path / "a.xlsx", rows), {SHEET: without_references})
    sheet = sheet_of(await marked(check, path))
    assert red_cells(sheet) == {"G3"}
    assert sheet["L3"].value is not None


async def test_tables_links_and_notes_of_the_sender_stay(check: Check, tmp_path: Path) -> None:
    """A note of the sender on a wrong cell is kept; ours goes beside it in words."""
    path = write(tmp_path / "a.xlsx", [HEADER, ROW, WRONG])
    book = load_workbook(path)
    page = book.worksheets[0]
    page.add_table(Table(displayName="Bewoners", ref=f"A1:K{page.max_row}"))
    page["B2"].hyperlink = "https://example.nl/dossier"
    page["C3"].comment = Comment("Navragen bij de balie", "Sam")
    page["A2"].comment = Comment("Klopt", "Robin")
    page.conditional_formatting.add("A2:A9", _rule())
    book.save(path)
    copy = await marked(check, path)
    sheet = sheet_of(copy)
    assert sheet.tables["Bewoners"].ref == "A1:K3"
    assert sheet["B2"].hyperlink.target == "https://example.nl/dossier"
    notes = {c.coordinate: c.comment.text for row in sheet.iter_rows() for c in row if c.comment}
    assert notes["C3"] == "Navragen bij de balie"
    assert notes["A2"] == "Klopt"
    assert notes["G3"].startswith("✖ Dit is geen Nederlandse postcode.")
    assert len(sheet.conditional_formatting) == 1
    with ZipFile(copy) as package:
        text = package.read(SHEET).decode()
    assert text.count("<legacyDrawing ") == 1
    assert text.index("<legacyDrawing ") < text.index("<tableParts")


def _rule() -> Any:
    from openpyxl.formatting.rule import CellIsRule  # noqa: PLC0415 - for this test alone

    return CellIsRule(operator="greaterThan", formula=["5"])  # type: ignore[no-untyped-call]


async def test_every_other_part_is_the_same_byte_for_byte(check: Check, tmp_path: Path) -> None:
    """Only the sheet, the styles and what notes need are new."""
    path = write(tmp_path / "a.xlsx", [HEADER, ROW, WRONG])
    book = load_workbook(path)
    book.create_sheet("Anders")["A1"] = "blijft"
    book.save(path)
    copy = await marked(check, path)
    with ZipFile(path) as old, ZipFile(copy) as new:
        changed = {n for n in old.namelist() if new.read(n) != old.read(n)}
        added = set(new.namelist()) - set(old.namelist())
    assert changed == {SHEET, "xl/styles.xml", "[Content_Types].xml"}
    assert added == {
        "xl/commentsFouten.xml",
        "xl/drawings/vmlDrawingFouten.vml",
        "xl/worksheets/_rels/sheet1.xml.rels",
    }


async def test_a_mistake_of_the_whole_file_stands_at_the_header(
    check: Check, tmp_path: Path
) -> None:
    """A missing column has no cell: it is told where the reader begins, and rows point there."""
    sheet = sheet_of(await marked(check, write(tmp_path / "a.xlsx", [HEADER[1:], ROW[1:]])))
    assert sheet["K1"].value == "FOUTEN"
    note = sheet["K1"].comment
    assert note is not None
    assert "De kolom BSN is verplicht en ontbreekt." in note.text
    assert "rij 1" in str(sheet["K2"].value)


async def test_a_sheet_without_a_first_row_gets_one(check: Check, tmp_path: Path) -> None:
    """There is nothing to mark but the missing header."""
    sheet = sheet_of(await marked(check, write(tmp_path / "a.xlsx", [[], ROW])))
    assert sheet["A1"].value == "FOUTEN"
    assert sheet["A1"].comment is not None


async def test_two_mistakes_in_one_cell_are_one_note(check: Check, tmp_path: Path) -> None:
    """Excel opens no sheet with two notes on a cell."""
    rows = [HEADER, ROW, ROW, [ROW[0], *WRONG[1:]]]
    copy = await marked(check, write(tmp_path / "a.xlsx", rows))
    with ZipFile(copy) as package:
        found = re.findall(
            r'<comment ref="([A-Z0-9]+)"', package.read("xl/commentsFouten.xml").decode()
        )
    assert len(found) == len(set(found))


async def test_what_cannot_be_marked_safely_is_refused(check: Check, tmp_path: Path) -> None:
    """Text that hides tags would be taken for cells; the sender hears what to do."""
    path = write(tmp_path / "a.xlsx", [HEADER, ROW, WRONG])
    hidden = "<!-- <c r='C3'/> -->"
    path = rewritten(path, {SHEET: lambda text: text.replace("</row>", f"{hidden}</row>", 1)})
    made = await tried(check, path)
    assert isinstance(made, Refusal)
    assert (made.code, made.message) == (UNUSUAL, MESSAGES[UNUSUAL])


@pytest.mark.parametrize("text", ["=1+1", "+31", "-5", "@SUM(A1)", "=cmd|' /C calc'!A0"])
@pytest.mark.parametrize("kind", ["gemarkeerd", "foute-rijen"])
async def test_text_that_looks_like_a_formula_stays_text(
    check: Check, tmp_path: Path, text: str, kind: str
) -> None:
    """In the marked copy and in the wrong rows alone; nothing of it is run."""
    path = tmp_path / "a.xlsx"
    book = Workbook()
    page = book.worksheets[0]
    for row in (HEADER, ROW, WRONG):
        page.append(row)
    for name in ("E3", "G3"):
        page[name].value, page[name].data_type = text, "s"
    book.save(path)
    copy = await marked(check, path, kind)
    sheet = sheet_of(copy)
    cell = sheet["E3" if kind == "gemarkeerd" else "E2"]
    assert (cell.value, cell.data_type) == (text, "s")
    with ZipFile(copy) as package:
        assert "<f>" not in package.read(SHEET).decode()


async def test_a_file_saved_by_libreoffice_is_read_and_marked(check: Check, tmp_path: Path) -> None:
    """The empty file filled in there: example, formula, hidden row, drop-downs and all."""
    path = tmp_path / "libreoffice.xlsx"
    path.write_bytes((TESTDATA / "libreoffice-ingevuld.xlsx").read_bytes())
    result = await check(path)
    found = {(f.row, f.kind) for f in result.findings()}
    assert found == {
        (2, "voorbeeldrij"),
        (4, "verplicht-leeg"),
        (4, "huisnummer-gesplitst"),
        (4, "code-omgezet"),
        (4, "datum-gedeeltelijk"),
        (5, "rij-verborgen"),
        (5, "geen-adres"),
    }
    sheet = sheet_of(await marked(check, path))
    assert red_cells(sheet) == {"F4", "L4"}
    assert sheet["F5"].value == '="Jan"&"sen"'
    assert sheet.row_dimensions[5].hidden
    assert len(sheet.data_validations.dataValidation) >= 3


async def test_a_marked_copy_saved_by_libreoffice_comes_back(check: Check, tmp_path: Path) -> None:
    """Its marks are known as ours: they are not doubled, and not taken for data."""
    path = tmp_path / "libreoffice.xlsx"
    path.write_bytes((TESTDATA / "libreoffice-gemarkeerd.xlsx").read_bytes())
    result = await check(path)
    assert {column.how for column in result.summary.columns} == {"naam", "overgeslagen"}
    copy = await marked(check, path)
    sheet = sheet_of(copy)
    assert [cell.value for cell in sheet[1]].count("FOUTEN") == 1
    assert red_cells(sheet) == {"F4", "L4"}
    notes = [c.coordinate for row in sheet.iter_rows() for c in row if c.comment]
    assert sorted(notes) == ["AH1", "F4", "L4"]


def test_red_twins_do_not_pile_up() -> None:
    """A copy that is marked again and again soon keeps its number of styles."""
    first = with_red_styles(None)
    content = first.content
    sizes = []
    for _ in range(6):
        again = with_red_styles(content)
        content = again.content
        sizes.append(len(content))
    assert sizes[3] == sizes[5]
    assert again.red(first.red(0)) == first.red(0)
    assert again.clean(again.clean(first.red(0))) == again.clean(first.red(0))
