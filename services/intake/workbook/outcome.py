"""What a check hands over: counts and groups at once, rows and findings as files of lines."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from services.intake.contract.comparison import Comparison
from services.intake.contract.definition import Severity
from services.intake.contract.findings import Finding
from services.intake.workbook.files import FINDINGS_FILE, MARKS_FILE, ROWS_FILE


@dataclass(frozen=True, slots=True)
class FindingGroup:
    """All findings of one kind in one column, with the true count and the rows it covers.

    `ranges` holds pairs of first and last row, at most 200; `stored` findings are in the file.
    """

    kind: str
    severity: Severity
    title: str
    column: str | None
    expected: str
    message: str
    count: int
    stored: int
    ranges: tuple[tuple[int, int], ...]
    ranges_complete: bool
    is_systematic: bool


@dataclass(frozen=True, slots=True)
class ColumnMatch:
    """A column of the workbook; `how` is naam, alias, overgeslagen or onbekend."""

    letter: str
    header: str
    column: str | None
    how: str


@dataclass(frozen=True, slots=True)
class Summary:
    """The counts of a checked workbook."""

    gemeente: str
    contract_version: int
    sheet: str
    other_sheets: tuple[str, ...]
    reader: str
    columns: tuple[ColumnMatch, ...]
    rows: int
    wrong_rows: int
    hidden_rows: int
    ways: dict[str, int]
    indications: dict[str, int]
    counts: dict[Severity, int]
    groups: tuple[FindingGroup, ...]
    comparison: Comparison | None
    cpu_seconds: float
    peak_mib: float

    @property
    def good_rows(self) -> int:
        """Return how many rows could become a case."""
        return self.rows - self.wrong_rows

    @property
    def has_errors(self) -> bool:
        """Tell whether anything must be mended, file errors included."""
        return self.counts.get(Severity.FOUT, 0) > 0


@dataclass(frozen=True, slots=True)
class CheckResult:
    """A checked workbook; its files lie in `directory` until the caller removes that."""

    directory: Path
    summary: Summary

    @property
    def rows_path(self) -> Path:
        """Return the file with one row a line, in the workbook's order."""
        return self.directory / ROWS_FILE

    @property
    def findings_path(self) -> Path:
        """Return the file with one finding a line, by row."""
        return self.directory / FINDINGS_FILE

    @property
    def marks_path(self) -> Path:
        """Return the file with every error, packed."""
        return self.directory / MARKS_FILE

    def findings(self) -> Iterator[Finding]:
        """Yield the stored findings, by row."""
        read = TypeAdapter(Finding).validate_json
        with self.findings_path.open("rb") as file:
            yield from map(read, file)

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield the rows; a wrong one has `fout` set."""
        with self.rows_path.open("rb") as file:
            yield from map(json.loads, file)
