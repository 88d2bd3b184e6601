"""The rows of a sheet, with Excel's row numbers, by the fast or by the exact reader.

calamine reads 80,000 rows a second, but an error cell, a formula without a cached value and a
hidden row look to it like any other. Where the scan saw one of those, the exact reader reads.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from services.intake.workbook.exact import ExactReader
from services.intake.workbook.package import SheetPlace
from services.intake.workbook.refusals import Refused
from services.intake.workbook.scan import MAX_COLUMNS, SheetMarks

Row = tuple[int, Sequence[object]]


class SheetReader:
    """Reads one sheet once; `hidden` is complete after the last row."""

    def __init__(self, path: Path, place: SheetPlace, marks: SheetMarks) -> None:
        """Choose the reader by what the scan saw."""
        self._path = path
        self._place = place
        self.is_exact = marks.needs_exact or marks.is_too_dense
        self.hidden: list[int] = []

    def rows(self) -> Iterator[Row]:
        """Yield the rows from the top; every row is as wide as the widest one."""
        if self.is_exact:
            exact = ExactReader(self._path, self._place)
            self.hidden = exact.hidden
            return exact.rows()
        return self._fast_rows()

    def _fast_rows(self) -> Iterator[Row]:
        try:
            with CalamineWorkbook.from_path(self._path) as book:
                sheet = book.get_sheet_by_name(self._place.name)
                if sheet.start is None:
                    return
                first_row, skipped = sheet.start
                if sheet.width + skipped > MAX_COLUMNS:
                    raise Refused("te-veel-kolommen")
                margin: list[object] = [""] * skipped
                for number, cells in enumerate(sheet.iter_rows(), first_row + 1):
                    yield number, [*margin, *cells] if margin else cells
        except CalamineError as error:
            raise Refused("beschadigd", type(error).__name__) from error
