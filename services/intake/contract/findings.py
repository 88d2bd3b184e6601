"""All findings of one file: true counts for each kind, and a bounded list to show.

A mistake made once in an export stands on every row. It is one group here, with its true count and
the rows it covers; the list keeps room for the rarer kinds, so that none is crowded out.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from services.intake.contract.definition import Contract, Kind, Severity
from services.intake.contract.marks import MarkedKind, Marks

MAX_STORED = 10_000  # per severity: more than a person reads, less than a database minds
FAIR_SHARE = 100  # so many of a group stay, however many another group has
MAX_RANGES = 200
SYSTEMATIC_ROWS = 20  # in a smaller file "nearly every row" says nothing
SYSTEMATIC_SHARE = 0.9
_ROWS_NAMED = 5

Found = str | Callable[[], str]


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding as it is stored and shown; `found` holds a shape, never personal data."""

    kind: str
    severity: Severity
    row: int
    column: str | None
    found: str
    expected: str
    message: str
    related: tuple[int, ...] = ()


@dataclass(slots=True)
class Group:
    """All findings of one kind in one column."""

    kind: Kind
    column: str | None
    expected: str
    message: str
    count: int = 0
    stored: list[Finding] = field(default_factory=list)
    ranges: list[list[int]] = field(default_factory=list)
    ranges_complete: bool = True

    @property
    def marked(self) -> MarkedKind:
        """The kind and column, as the marks of a file name them."""
        return MarkedKind(self.kind.code, self.column, self.expected)

    def cover(self, row: int) -> None:
        """Add a row to the ranges; rows come in rising order within a pass."""
        if self.ranges and self.ranges[-1][0] <= row <= self.ranges[-1][1] + 1:
            self.ranges[-1][1] = max(row, self.ranges[-1][1])
        elif len(self.ranges) < MAX_RANGES:
            self.ranges.append([row, row])
        else:
            self.ranges_complete = False

    def is_systematic(self, rows: int) -> bool:
        """Tell whether nearly every row of the file has it."""
        return self.count >= max(SYSTEMATIC_ROWS, SYSTEMATIC_SHARE * rows)


class Findings:
    """Collects findings; adding a hundred thousand of one kind costs hardly any memory."""

    def __init__(self, contract: Contract) -> None:
        """Start empty, for the kinds of this contract."""
        self._contract = contract
        self._groups: dict[tuple[str, str | None], Group] = {}
        self._stored: Counter[Severity] = Counter()
        self.counts: Counter[Severity] = Counter()
        #: Every error, also those for which there is no room in the list.
        self.marks = Marks()

    def add(
        self,
        kind: str,
        column: str | None,
        row: int,
        found: Found,
        *,
        related: Sequence[int] = (),
        hint: Mapping[str, str] | None = None,
    ) -> bool:
        """Add a finding and tell whether it makes its row wrong."""
        group = self._group(kind, column)
        group.count += 1
        group.cover(row)
        severity = group.kind.severity
        self.counts[severity] += 1
        message = group.message
        if self._make_room(group):
            self._stored[severity] += 1
            text = found if isinstance(found, str) else found()
            message = _filled(group.kind.message, column, hint)
            group.stored.append(
                Finding(kind, severity, row, column, text, group.expected, message, tuple(related))
            )
        if severity is not Severity.FOUT:
            return False
        self.marks.add(row, group.marked, message)
        return True

    def groups(self) -> list[Group]:
        """Return the groups, the serious and frequent ones first."""
        order = list(Severity)
        return sorted(
            self._groups.values(),
            key=lambda g: (order.index(g.kind.severity), -g.count, g.kind.code, g.column or ""),
        )

    def in_row_order(self) -> Iterator[Finding]:
        """Yield what was stored, by row."""
        stored = [finding for group in self._groups.values() for finding in group.stored]
        yield from sorted(stored, key=lambda f: (f.row, f.severity, f.column or "", f.kind))

    def _group(self, code: str, column: str | None) -> Group:
        group = self._groups.get((code, column))
        if group is None:
            kind = self._contract.kinds[code]
            rule = self._contract.columns.get(column or "")
            expected = kind.expected or (rule.expected if rule else "")
            group = Group(
                kind,
                column,
                expected=_filled(expected, column, None),
                message=_filled(kind.message, column, _GENERAL),
            )
            self._groups[code, column] = group
        return group

    def _make_room(self, group: Group) -> bool:
        """Tell whether a finding of this group may be stored, if need be in place of another."""
        severity = group.kind.severity
        if self._stored[severity] < MAX_STORED:
            return True
        if len(group.stored) >= FAIR_SHARE:
            return False
        same = [g for g in self._groups.values() if g.kind.severity is severity]
        largest = max(same, key=lambda g: len(g.stored))
        if len(largest.stored) <= FAIR_SHARE:
            return False
        largest.stored.pop()
        self._stored[severity] -= 1
        return True


_GENERAL = {"rows": "andere rijen", "proposal": "zie de afzonderlijke rijen"}


def _filled(text: str, column: str | None, hint: Mapping[str, str] | None) -> str:
    return text.format_map({"column": column or "", "rows": "", "proposal": "", **(hint or {})})


def named_rows(rows: Sequence[int]) -> str:
    """Name rows in a sentence: `rij 14`, `rij 14 en rij 208`, `rij 2, rij 3 … en 40 andere`."""
    names = [f"rij {row}" for row in rows[:_ROWS_NAMED]]
    if len(rows) > _ROWS_NAMED:
        return f"{', '.join(names)} en {len(rows) - _ROWS_NAMED} andere"
    return " en ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
