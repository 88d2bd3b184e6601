"""A whole sheet against the contract: rows in, lines of JSON and findings out."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from services.intake.contract.batch import Batch, BatchReader
from services.intake.contract.definition import Contract
from services.intake.contract.file_rules import FileRules
from services.intake.contract.findings import Findings
from services.intake.contract.header import (
    EXAMPLE,
    HEADER_ROW,
    Header,
    MatchedColumn,
    letters,
    match_header,
)
from services.intake.contract.identity import Identities
from services.intake.contract.marks import Marks, kept
from services.intake.contract.person import row_lines
from services.intake.contract.row_rules import RULES, release_foreign_postcodes

_BATCH = 256  # rows at a time: the cells of a batch stay in the processor's cache
Row = tuple[int, Sequence[object]]


@dataclass(slots=True)
class SheetCheck:
    """Counts of a checked sheet; the findings lie beside it."""

    columns: tuple[MatchedColumn, ...] = ()
    rows: int = 0
    last_row: int = HEADER_ROW
    wrong_rows: set[int] = field(default_factory=set)
    late_rows: set[int] = field(default_factory=set)
    ways: Counter[str] = field(default_factory=Counter)
    indications: Counter[str] = field(default_factory=Counter)
    width: int = 0
    identities: Identities = field(default_factory=Identities)


class SheetChecker:
    """Checks one sheet; the caller writes the lines where it wants them."""

    def __init__(
        self,
        contract: Contract,
        findings: Findings,
        *,
        aliases: Mapping[str, str],
        today: dt.date,
        since_1904: bool = False,
    ) -> None:
        """Check against this contract, with a gemeente's own header names."""
        self._contract = contract
        self._findings = findings
        self._aliases = aliases
        self._today = today
        self._since_1904 = since_1904
        self._checked = SheetCheck()

    def check(self, rows: Iterable[Row], write: Callable[[Iterable[bytes]], object]) -> SheetCheck:
        """Check every row; lines of rows in `late_rows` were written before they proved wrong."""
        remaining = iter(rows)
        number, cells = next(remaining, (HEADER_ROW, ()))
        header_cells = cells if number == HEADER_ROW else ()
        header = match_header(header_cells, self._contract, self._aliases, self._findings)
        self._checked.columns = header.matched
        self._checked.width = header.width
        if header.is_usable:
            self._check_rows(header, remaining, write)
        self._complete(header, self._findings.marks)
        return self._checked

    def _complete(self, header: Header, marks: Marks) -> None:
        """Tell the marks what only the whole sheet tells."""
        checked = self._checked
        marks.columns = {**header.positions, **header.ours}
        marks.width = checked.width
        marks.wrong = kept(checked.wrong_rows, dict(checked.identities.of(checked.wrong_rows)))

    def _check_rows(
        self, header: Header, rows: Iterator[Row], write: Callable[[Iterable[bytes]], object]
    ) -> None:
        checked, findings = self._checked, self._findings
        reader = BatchReader(
            self._contract, header, findings, today=self._today, since_1904=self._since_1904
        )
        file_rules = FileRules(self._contract, findings)
        unnamed = set(header.unnamed)
        for run in _runs(self._without_examples(header, self._filled(rows))):
            self._note_unnamed(run, unnamed)
            batch = reader.read(run)
            release_foreign_postcodes(batch)
            reader.report_cells(batch)
            for rule in RULES:
                rule(batch, reader.report)
            if not header.is_complete:  # without its columns no row can become a case
                batch.wrong.update(range(len(run)))
            file_rules.note(batch)
            checked.identities.note(batch)
            self._count(batch)
            write(row_lines(batch))
        if not checked.rows:
            findings.add("geen-rijen", None, HEADER_ROW, "alleen een kopregel")
        checked.late_rows = file_rules.decide() - checked.wrong_rows
        checked.wrong_rows |= checked.late_rows

    def _filled(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Leave out empty rows, and report those that have data below them."""
        for number, cells in rows:
            if _is_empty(cells):
                continue
            for gap in range(self._checked.last_row + 1, number):
                self._findings.add("lege-rij", None, gap, "geen enkele gevulde cel")
            self._checked.last_row = number
            yield number, cells

    def _without_examples(self, header: Header, rows: Iterator[Row]) -> Iterator[Row]:
        """Leave out the example of the empty workbook: a word in BSN is nobody's number."""
        place = header.positions.get("BSN")
        for number, cells in rows:
            bsn = "" if place is None else cells[place]
            if isinstance(bsn, str) and bsn.strip().upper() == EXAMPLE:
                self._findings.add("voorbeeldrij", "BSN", number, f"het woord {EXAMPLE}")
            else:
                yield number, cells

    def _note_unnamed(self, run: Sequence[Row], unnamed: set[int]) -> None:
        """Report once each column that has data but no name."""
        for place in tuple(unnamed):
            if any(cells[place] not in {"", None} for _, cells in run):
                unnamed.discard(place)
                self._checked.width = max(self._checked.width, place + 1)
                self._findings.add(
                    "kolom-zonder-kop", None, HEADER_ROW, f"gegevens in kolom {letters(place)}"
                )

    def _count(self, batch: Batch) -> None:
        checked = self._checked
        checked.rows += len(batch.rows)
        checked.wrong_rows.update(batch.rows[place] for place in batch.wrong)
        checked.ways.update(way for way in batch.values["COMM_VOORK"] if isinstance(way, str))
        checked.indications.update(
            word for word in batch.values["INDICATIE"] if isinstance(word, str)
        )


def _runs(rows: Iterator[Row]) -> Iterator[list[Row]]:
    run: list[Row] = []
    for row in rows:
        run.append(row)
        if len(run) == _BATCH:
            yield run
            run = []
    if run:
        yield run


def _is_empty(cells: Sequence[object]) -> bool:
    """Tell whether a row has nothing but empty cells and spaces."""
    return not any(not isinstance(cell, str) or (cell and not cell.isspace()) for cell in cells)
