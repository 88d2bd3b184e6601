"""Teams, who is in them, who is away, and how cases are divided over a team."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from services.cases.domain.batch import Batch


@dataclass(frozen=True, slots=True)
class Team:
    """Colleagues who do the cases together. What begins without a team goes to the default one."""

    id: UUID
    gemeente: str
    name: str
    is_default: bool
    version: int = 1

    def changed(self, name: str, *, is_default: bool) -> Team:
        """The same team under another name, or (no longer) the default one."""
        return replace(self, name=name, is_default=is_default, version=self.version + 1)


@dataclass(frozen=True, slots=True)
class Member:
    """A colleague in a team, known by the id and name of the sign-in."""

    team_id: UUID
    user_id: str
    gemeente: str
    name: str


@dataclass(frozen=True, slots=True)
class Absence:
    """A colleague is away from the first to the last day; the deputy does the work meanwhile."""

    id: UUID
    gemeente: str
    user_id: str
    deputy: str
    from_on: date
    until_on: date
    set_by: str
    set_at: datetime
    withdrawn_by: str | None = None
    withdrawn_at: datetime | None = None

    def withdrawn(self, by: str, at: datetime) -> Absence:
        """The colleague is there after all; a second time changes nothing."""
        if self.withdrawn_at is not None:
            return self
        return replace(self, withdrawn_by=by, withdrawn_at=at)


def with_team(batch: Batch, team_id: UUID) -> Batch:
    """The cases of a batch go to this team, as far as they have none of their own."""
    return replace(batch, team_id=team_id, version=batch.version + 1)


def together(people: Iterable[tuple[UUID, bytes]]) -> list[list[UUID]]:
    """Cases by their residents: what shares a person, directly or through others, is one group.

    `people` are pairs of a case and the index of somebody in it.
    """
    cases_of: dict[bytes, list[UUID]] = defaultdict(list)
    neighbours: dict[UUID, set[UUID]] = defaultdict(set)
    for case, person in people:
        neighbours[case].update(cases_of[person])
        for other in cases_of[person]:
            neighbours[other].add(case)
        cases_of[person].append(case)
    seen: set[UUID] = set()
    return [_reached(case, neighbours, seen) for case in neighbours if case not in seen]


def _reached(start: UUID, neighbours: Mapping[UUID, set[UUID]], seen: set[UUID]) -> list[UUID]:
    group, waiting = [], [start]
    seen.add(start)
    while waiting:
        case = waiting.pop()
        group.append(case)
        fresh = neighbours[case] - seen
        seen |= fresh
        waiting += fresh
    return group


def divided(
    groups: Sequence[Sequence[UUID]], members: Sequence[str], load: Mapping[str, int]
) -> dict[UUID, str]:
    """Who gets which case: as many each as can be, a group whole.

    The largest groups go first, so that small ones even out what is left; with as many given, the
    member with the smallest `load` (open cases) comes first.
    """
    given = dict.fromkeys(members, 0)
    outcome: dict[UUID, str] = {}
    for group in sorted(groups, key=len, reverse=True):
        member = min(members, key=lambda each: (given[each], load.get(each, 0), each))
        given[member] += len(group)
        outcome.update(dict.fromkeys(group, member))
    return outcome
