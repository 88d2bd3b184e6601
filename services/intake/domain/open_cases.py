"""What cases knows of the people in a file: their open cases are errors that name the case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from services.intake.contract.definition import Kind, Severity
from services.intake.contract.findings import MAX_STORED, Finding, Group
from services.intake.contract.marks import NOBODY, Marks

OPEN_CASE = Kind(
    "lopende-zaak",
    Severity.FOUT,
    "Er loopt al een zaak",
    "Voor deze persoon loopt al een zaak. Verwijder de rij, of sluit die zaak.",
    "een persoon zonder lopende zaak",
)


class OpenCases:
    """Collects the rows whose person has an open case; a whole file of them costs little memory."""

    def __init__(self) -> None:
        self.rows: set[int] = set()
        self._hits: list[tuple[int, str, str]] = []
        self._groups: dict[str, Group] = {}

    def add(self, row: int, column: str, case_number: str) -> None:
        """The person in this column of this row has an open case."""
        group = self._groups.setdefault(column, new_group(OPEN_CASE, column))
        group.count += 1
        group.cover(row)
        self.rows.add(row)
        self._hits.append((row, column, case_number))
        if len(group.stored) < MAX_STORED // 2:  # there are two columns with a BSN
            group.stored.append(_open_case(row, column, case_number))

    def mark(self, marks: Marks) -> None:
        """Add every row to the marks of the file."""
        for row, column, case_number in self._hits:
            marks.add(row, self._groups[column].marked, _message(case_number))
            marks.wrong.setdefault(row, NOBODY)

    def groups(self, rows: int) -> list[dict[str, Any]]:
        """What was found, as groups of the upload."""
        return [group_of(group, rows) for group in self._groups.values()]

    def findings(self) -> list[Finding]:
        """What was found, one by one, as far as it is kept."""
        return [finding for group in self._groups.values() for finding in group.stored]


def _open_case(row: int, column: str, case_number: str) -> Finding:
    return Finding(
        OPEN_CASE.code,
        OPEN_CASE.severity,
        row,
        column,
        f"zaak {case_number} loopt nog",
        OPEN_CASE.expected or "",
        _message(case_number),
    )


def _message(case_number: str) -> str:
    return f"Voor deze persoon loopt al zaak {case_number}. Verwijder de rij, of sluit die zaak."


def new_group(kind: Kind, column: str | None, rows: Sequence[int] = ()) -> Group:
    """A group of a kind that the column contract does not know, with the rows it covers."""
    group = Group(kind, column, expected=kind.expected or "", message=kind.message)
    for row in rows:
        group.count += 1
        group.cover(row)
    return group


def group_of(group: Group, rows: int) -> dict[str, Any]:
    """A group as it is kept with the upload; the check's own groups have the same fields."""
    return {
        "kind": group.kind.code,
        "severity": group.kind.severity.value,
        "title": group.kind.title,
        "column": group.column,
        "expected": group.expected,
        "message": group.message,
        "count": group.count,
        "ranges": group.ranges,
        "ranges_complete": group.ranges_complete,
        "is_systematic": group.is_systematic(rows),
    }


def merged(groups: Sequence[Any], extra: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The check's own groups (dataclasses) and others: errors first, then the frequent ones."""
    order = {severity.value: place for place, severity in enumerate(Severity)}
    both = [{**asdict(group), "severity": group.severity.value} for group in groups]
    return sorted(
        [*both, *map(dict, extra)], key=lambda group: (order[group["severity"]], -group["count"])
    )
