"""A run of rows, read column by column.

Reading by column lets one list comprehension do what would be a call per cell, and lets repeated
values (streets, towns, codes) be read once.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from services.intake.contract.cells import Reader, reader_of
from services.intake.contract.definition import Column, Contract
from services.intake.contract.findings import Findings
from services.intake.contract.header import Header
from services.intake.contract.masking import describe
from services.intake.contract.verdicts import REQUIRED, CellError, Problem, Remarked

_MAX_REMEMBERED = 50_000
_REPEATING = frozenset(
    {"text", "birth-date", "date", "postcode", "house-number", "house-letter", "code", "country"}
)
_VERDICTS = frozenset({Problem, Remarked})
Values = Sequence[object]


@dataclass(slots=True)
class Batch:
    """Rows in file order: their Excel row numbers, raw cells and read values by column name.

    A value is None when the cell is empty and a Problem when it is wrong.
    """

    rows: list[int]
    raw: Mapping[str, Values]
    values: dict[str, list[object]]
    wrong: set[int] = field(default_factory=set)


class Remembered(dict[object, object]):
    """Remembers what was read from equal cells; bounded, for a column may be all different."""

    def __init__(self, read: Reader) -> None:
        """Read unknown cells with this reader."""
        super().__init__()
        self._read = read

    def __missing__(self, raw: object) -> object:
        """Read a cell that was not seen before."""
        if len(self) > _MAX_REMEMBERED:
            self.clear()
        value = self[raw] = self._read(raw)
        return value


class BatchReader:
    """Reads rows into batches and reports what is wrong with single cells."""

    def __init__(
        self,
        contract: Contract,
        header: Header,
        findings: Findings,
        *,
        today: dt.date,
        since_1904: bool = False,
    ) -> None:
        """Prepare a reader for each column that the header has."""
        self._contract = contract
        self._positions = header.positions
        self._findings = findings
        self._readers: dict[str, Callable[[Values], list[object]]] = {}
        for name in header.positions:
            column = contract.columns[name]
            self._readers[name] = _column_reader(
                column, reader_of(column, contract, today, since_1904=since_1904)
            )

    def read(self, numbered: Sequence[tuple[int, Sequence[object]]]) -> Batch:
        """Read rows of equal width; nothing is reported yet."""
        rows = [number for number, _ in numbered]
        cells: list[Values] = list(zip(*(cells for _, cells in numbered), strict=True))
        raw = {name: cells[place] for name, place in self._positions.items()}
        batch = Batch(rows, raw, {})
        for name in self._contract.columns:
            reader = self._readers.get(name)
            batch.values[name] = reader(raw[name]) if reader else [None] * len(rows)
        return batch

    def report_cells(self, batch: Batch) -> None:
        """Report every cell that is wrong or remarkable."""
        for name in batch.raw:
            values = batch.values[name]
            if _VERDICTS.isdisjoint(map(type, values)):
                continue
            for place, value in enumerate(values):
                if isinstance(value, Remarked | Problem):
                    self.report(batch, value.kind, name, place, hint=value.hint)
                if isinstance(value, Remarked):
                    values[place] = value.value

    def report(
        self,
        batch: Batch,
        kind: str,
        name: str,
        place: int,
        *,
        hint: Mapping[str, str] | None = None,
        found: str | None = None,
    ) -> None:
        """Report a finding about one cell of the batch."""

        def shape() -> str:
            raw = batch.raw[name][place] if name in batch.raw else None
            return describe(self._contract.columns[name].kind, raw, self._contract.harmless)

        if self._findings.add(kind, name, batch.rows[place], found or shape, hint=hint):
            batch.wrong.add(place)


def _column_reader(column: Column, read: Reader) -> Callable[[Values], list[object]]:
    """Return what reads a whole column; empty cells of a required column become problems."""
    one: Reader = Remembered(read).__getitem__ if column.kind in _REPEATING else read
    unusual = {bool, CellError}

    def read_column(raw: Values) -> list[object]:
        if unusual.isdisjoint(map(type, raw)):
            values = list(map(one, raw))
        else:
            values = [_unusual(cell) if type(cell) in unusual else one(cell) for cell in raw]
        if column.required and None in values:
            values = [REQUIRED if value is None else value for value in values]
        return values

    return read_column


def _unusual(cell: object) -> Problem:
    if isinstance(cell, CellError):
        return Problem("formule-zonder-waarde" if cell.is_formula else "cel-foutwaarde")
    return Problem("waar-onwaar")
