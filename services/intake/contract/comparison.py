"""A corrected file beside the one before it: what was solved, what is left, what is new.

Errors are compared row by row. A row is found again by its BSN, else by who it is about, and only
when neither is in the new file any more by its number: rows that moved count as the same.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from services.intake.contract.header import HEADER_ROW
from services.intake.contract.identity import Identities
from services.intake.contract.marks import Identity, Marks

Kinds = Counter[tuple[str, str | None]]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The counts; `found_again` rows of the file before were recognised in the new one."""

    solved: int
    left: int
    new: int
    found_again: int


def compare(
    before: Marks, now: Marks, rows: Identities, *, leaving_out: frozenset[str] = frozenset()
) -> Comparison:
    """Compare the errors of two files, but for some kinds; `rows` are all rows of the new one."""
    old, new = _errors(before, leaving_out), _errors(now, leaving_out)
    pairs = _pairs(before.wrong, now.wrong, rows)
    pairs[HEADER_ROW] = HEADER_ROW
    left = sum((old[was] & new[became]).total() for was, became in pairs.items())
    known_bsns, known_contents = rows.bsns, rows.contents
    again = sum(
        identity.bsn in known_bsns or identity.content in known_contents
        for identity in before.wrong.values()
    )
    return Comparison(_total(old) - left, left, _total(new) - left, again)


def _total(errors: Mapping[int, Kinds]) -> int:
    return sum(kinds.total() for kinds in errors.values())


def _errors(marks: Marks, leaving_out: frozenset[str]) -> defaultdict[int, Kinds]:
    found: defaultdict[int, Kinds] = defaultdict(Counter)
    for row, errors in marks.by_row():
        found[row] = Counter(
            (error.kind.code, error.kind.column)
            for error in errors
            if error.kind.code not in leaving_out
        )
    return found


def _pairs(
    before: dict[int, Identity], now: dict[int, Identity], rows: Identities
) -> dict[int, int]:
    """Which wrong row of the file before is which wrong row now."""
    pairs: dict[int, int] = {}
    free = dict(now)
    for key in (_by_bsn, _by_content):
        places: defaultdict[int, list[int]] = defaultdict(list)
        for row, identity in reversed(free.items()):
            places[key(identity)].append(row)
        for row, identity in before.items():
            if row not in pairs and key(identity) and (found := places[key(identity)]):
                pairs[row] = found.pop()
                del free[pairs[row]]
    known_bsns, known_contents = rows.bsns, rows.contents
    for row, identity in before.items():
        gone = identity.bsn not in known_bsns and identity.content not in known_contents
        if row not in pairs and row in free and gone:
            pairs[row] = row
            del free[row]
    return pairs


def _by_bsn(identity: Identity) -> int:
    return identity.bsn


def _by_content(identity: Identity) -> int:
    return identity.content
