"""Headers, sheets, gaps and what the exact reader tells apart."""

import datetime as dt
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from examples.residents import write_workbook
from services.intake.contract.header import UnknownAliasTarget
from services.intake.workbook.outcome import CheckResult
from services.intake.workbook.package import find_sheet
from services.intake.workbook.reader import SheetReader
from services.intake.workbook.scan import SheetMarks
from tests.unit.intake.workbooks import BSN, GOOD_ROW, OTHER_BSN, found, only, write

Check = Callable[..., Awaitable[CheckResult]]
HEADER = list(GOOD_ROW)
ROW = list(GOOD_ROW.values())


async def test_headers_match_without_regard_to_case_and_spaces(
    check: Check, tmp_path: Path
) -> None:
    """What was matched is shown, by the letter of the column."""
    header = [f" {name.lower().replace('_', ' ')} " for name in HEADER]
    result = await check(write(tmp_path / "a.xlsx", [header, ROW]))
    assert [column.column for column in result.summary.columns] == HEADER
    assert [column.letter for column in result.summary.columns][:2] == ["A", "B"]
    assert result.summary.counts == {}


async def test_a_gemeente_may_have_its_own_names(check: Check, tmp_path: Path) -> None:
    """An alias is data, and is shown as such."""
    header = ["Burgerservicenr", *HEADER[1:]]
    path = write(tmp_path / "a.xlsx", [header, ROW])
    result = await check(path, aliases={"burgerservicenr": "BSN"})
    assert (result.summary.columns[0].column, result.summary.columns[0].how) == ("BSN", "alias")
    assert result.summary.good_rows == 1


async def test_an_alias_for_a_column_that_does_not_exist_is_refused(
    check: Check, tmp_path: Path
) -> None:
    """A setting that cannot work is told at once."""
    with pytest.raises(UnknownAliasTarget, match="De kolom SOFI bestaat niet"):
        await check(write(tmp_path / "a.xlsx", [HEADER, ROW]), aliases={"x": "SOFI"})


async def test_an_unknown_column_is_a_warning(check: Check, tmp_path: Path) -> None:
    """Its name is shown, unless it looks like data."""
    path = write(tmp_path / "a.xlsx", [[*HEADER, "Klantmanager", "06-12345678"], [*ROW, "x", "y"]])
    result = await check(path)
    columns = {f.column for f in result.findings() if f.kind == "kolom-onbekend"}
    assert columns == {"Klantmanager", "11 tekens"}
    assert result.summary.good_rows == 1


async def test_a_missing_mandatory_column_is_one_error_of_the_file(
    check: Check, tmp_path: Path
) -> None:
    """The other columns are checked all the same, and no row is good."""
    path = write(tmp_path / "a.xlsx", [HEADER[1:], ROW[1:], [*ROW[1:-1], "FAX"]])
    result = await check(path)
    assert (1, "BSN", "kolom-ontbreekt") in found(result)
    assert (3, "COMM_VOORK", "code-onbekend") in found(result)
    assert "verplicht-leeg" not in {f.kind for f in result.findings()}
    assert all(row["fout"] for row in result.rows())
    assert result.summary.good_rows == 0


async def test_a_column_twice_is_an_error_of_the_file(check: Check, tmp_path: Path) -> None:
    """Nobody can tell which of the two is meant."""
    result = await check(write(tmp_path / "a.xlsx", [[*HEADER, "bsn"], [*ROW, OTHER_BSN]]))
    finding = only(result, "kolom-dubbel")
    assert (finding.column, finding.found) == ("BSN", "kolom A en kolom L")
    assert result.summary.good_rows == 0


async def test_a_file_without_a_header_is_one_error(check: Check, tmp_path: Path) -> None:
    """Its rows are not read as if they were headers."""
    result = await check(write(tmp_path / "a.xlsx", [ROW, ROW]))
    assert [f.kind for f in result.findings()] == ["kopregel-ontbreekt"]
    assert str(GOOD_ROW["EMAIL"]) not in result.findings_path.read_text()
    assert result.summary.rows == 0


async def test_a_header_below_row_one_is_no_header(check: Check, tmp_path: Path) -> None:
    """An empty first row is told, not guessed away."""
    result = await check(write(tmp_path / "a.xlsx", [[], HEADER, ROW]))
    assert [f.kind for f in result.findings()] == ["kopregel-ontbreekt"]


async def test_a_file_without_rows_says_so(check: Check, tmp_path: Path) -> None:
    """A header alone is nothing to start with."""
    result = await check(write(tmp_path / "a.xlsx", [HEADER]))
    assert [f.kind for f in result.findings()] == ["geen-rijen"]


async def test_row_and_column_numbers_survive_gaps(check: Check, tmp_path: Path) -> None:
    """An empty first column and empty rows shift nothing, and gaps are told."""
    rows: list[list[object]] = [
        [None, *HEADER],
        [None, *ROW],
        [],
        [None, " "],
        [None, "1", *ROW[1:]],
    ]
    result = await check(write(tmp_path / "a.xlsx", rows))
    assert (5, "BSN", "bsn-vorm") in found(result)
    assert {row for row, _, kind in found(result) if kind == "lege-rij"} == {3, 4}
    assert result.summary.columns[0].letter == "B"


async def test_data_under_no_name_is_a_warning(check: Check, tmp_path: Path) -> None:
    """It would silently be lost otherwise."""
    result = await check(write(tmp_path / "a.xlsx", [HEADER, [*ROW, "kwijt"]]))
    assert only(result, "kolom-zonder-kop").found == "gegevens in kolom L"


async def test_the_sheet_heronderzoek_goes_before_the_first(check: Check, tmp_path: Path) -> None:
    """And the others are named."""
    path = write(tmp_path / "a.xlsx", [["iets anders"]], sheet="Uitleg")
    book = load_workbook(path)
    for cells in (HEADER, ROW):
        sheet = (
            book["HERONDERZOEK"] if "HERONDERZOEK" in book else book.create_sheet("HERONDERZOEK")
        )
        sheet.append(cells)
    book.save(path)
    result = await check(path)
    assert (result.summary.sheet, result.summary.other_sheets) == ("HERONDERZOEK", ("Uitleg",))
    assert result.summary.good_rows == 1


async def test_hidden_rows_count_and_are_reported(check: Check, tmp_path: Path) -> None:
    """A filter in Excel leaves rows out of sight only."""
    path = write(tmp_path / "a.xlsx", [HEADER, ROW, [OTHER_BSN, *ROW[1:]]])
    book = load_workbook(path)
    book.worksheets[0].row_dimensions[3].hidden = True
    book.save(path)
    result = await check(path)
    assert (3, None, "rij-verborgen") in found(result)
    assert (result.summary.rows, result.summary.hidden_rows) == (2, 1)
    assert result.summary.reader == "exact"


@pytest.mark.parametrize("since_1904", [False, True])
async def test_dates_of_excel_stay_on_their_day(
    check: Check, tmp_path: Path, since_1904: bool
) -> None:
    """In both calendars, by both readers."""
    book = Workbook()
    if since_1904:
        book.epoch = dt.datetime(1904, 1, 1)  # noqa: DTZ001 - Excel has no zone
    sheet = book.active
    assert sheet is not None
    birth = HEADER.index("GEBOORTEDATUM")
    cells: list[object] = [*ROW]
    cells[birth] = dt.date(1970, 1, 31)
    sheet.append(HEADER)
    sheet.append(cells)
    book.save(tmp_path / "fast.xlsx")
    sheet.row_dimensions[2].hidden = True
    book.save(tmp_path / "exact.xlsx")
    for name, reader in (("fast", "snel"), ("exact", "exact")):
        result = await check(tmp_path / f"{name}.xlsx")
        assert result.summary.reader == reader
        assert [row["persoon"]["geboortedatum"] for row in result.rows()] == ["1970-01-31"]


def test_both_readers_read_the_same(tmp_path: Path) -> None:
    """Cell by cell: 1,000 residents with mistakes, and every type of cell both can tell."""
    path = tmp_path / "a.xlsx"
    write_workbook(path, rows=1_000, wrong=110)
    book = load_workbook(path)
    sheet = book.worksheets[0]
    moment = dt.datetime(1970, 1, 31, 13, 45, 30)  # noqa: DTZ001 - Excel has no zone
    odd = [1, 1.5, 1e16, -3, "  x  ", "é\n", "_x0041_", moment, moment.date(), dt.time(12)]
    sheet.append([*odd, dt.timedelta(hours=30), "", None, "einde"])
    for place, number in enumerate((1, 59, 60, 61, 25569, 0.5, -2, 3e6), 1):
        sheet.cell(1003, place, number).number_format = "dd-mm-yyyy"
    book.save(path)
    where = find_sheet(path)
    fast = list(SheetReader(path, where, SheetMarks()).rows())
    exact = list(SheetReader(path, where, SheetMarks(needs_exact=True)).rows())
    assert [number for number, _ in fast] == [number for number, _ in exact]
    for (number, ours), (_, theirs) in zip(fast, exact, strict=True):
        same = [(type(a), a) for a in ours]
        other = [(type(b), b) for b in theirs[: len(same)]]
        assert _timeless(same) == _timeless(other), number
        assert set(theirs[len(same) :]) <= {""}
    assert fast[1][1][0] != BSN


def _timeless(cells: list[tuple[type, object]]) -> list[tuple[type, object]]:
    """A time of day without a date is an error in every column; its value is never used."""
    return [(kind, None if kind is dt.time else value) for kind, value in cells]
