"""One act on many cases: what was asked, how far it is, and what was not done and why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class BulkKind(StrEnum):
    """What can be done with many cases at once: only what needs no look at each of them."""

    ASSIGN = "toewijzen"
    DIVIDE = "verdelen"
    EXAMINE = "in onderzoek nemen"
    WAIT = "afwachten"
    POSTPONE = "uitstel geven"
    LAST_CALL = "laatste oproep"
    CLOSE = "sluiten"
    REMINDERS = "herinneringen"


class LineState(StrEnum):
    """What became of one case."""

    WAITING = "wacht"
    DONE = "gedaan"
    SKIPPED = "overgeslagen"


@dataclass(frozen=True, slots=True)
class BulkAct:
    """An act on many cases. `wish` is what it says besides, as JSON."""

    id: UUID
    gemeente: str
    kind: str
    wish: str
    by: str
    is_coordinator: bool
    at: datetime
    total: int
    done: int
    skipped: int
    ended_at: datetime | None

    def went(self, done: int, skipped: int) -> BulkAct:
        """Further by so many cases."""
        return replace(self, done=self.done + done, skipped=self.skipped + skipped)

    def ended(self, now: datetime) -> BulkAct:
        """Every case had its turn; one that was destroyed meanwhile has no line any more."""
        return replace(self, ended_at=now)


@dataclass(frozen=True, slots=True)
class BulkLine:
    """One case of it. `assignee` is to whom a division gives it."""

    act_id: UUID
    gemeente: str
    case_id: UUID
    number: str
    state: str
    reason: str | None
    assignee: str | None
