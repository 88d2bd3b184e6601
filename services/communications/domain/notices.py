"""Notices: what a colleague must know, bundled so that a busy day is a handful of lines.

A notice is for one colleague or for a role. What happens in the cases of a colleague is one notice
per kind and day: a second case makes it say two, and unread again. While the colleague is away the
deputy gets a notice of the same, which says for whom.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Self
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from services.communications.domain.words import counted
from shared.contracts.codes import Role

ZONE = ZoneInfo("Europe/Amsterdam")
#: Ids of notices of a day follow from this and from whom and what they are about.
_NAMES = UUID("5a0c7c38-8d0e-5a0b-9f57-6f2c1c3b3b1d")


class NoticeKind(StrEnum):
    """What a notice is about."""

    BATCH_CLOSED = "batch-afgerond"
    CASE_ASSIGNED = "zaak-toegewezen"
    TASK_OPENED = "taak-geopend"
    STATUS_CHANGED = "status-gewijzigd"
    COMPLAINT = "klacht"
    LATE_BOUNCES = "niet-bezorgd"
    TRIAL_FAILED = "proef-mislukt"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that a colleague must know, or one of those with a role.

    `items` is how many things it bundles, `item_ids` would be too many to keep. `for_user` is whose
    notice it is when `user_id` stands in. Reading a notice for a role reads it for all of them.
    """

    id: UUID
    gemeente: str
    user_id: str | None
    kind: str
    title: str
    text: str
    placed_at: datetime
    read_at: datetime | None = None
    role: str | None = None
    for_user: str | None = None
    batch_id: UUID | None = None
    case_id: UUID | None = None
    print_file_id: UUID | None = None
    items: int = 1

    def quietly(self, before: Self) -> Self:
        """This notice with what it says now, but read and placed when `before` was."""
        return replace(self, placed_at=before.placed_at, read_at=before.read_at)

    def read(self, now: datetime) -> Self:
        """Read now; who reads it again changes nothing."""
        return self if self.read_at else replace(self, read_at=now)

    def is_for(self, user_id: str, roles: frozenset[Role]) -> bool:
        """Whether somebody with these roles may read it."""
        return self.user_id == user_id or (self.role is not None and self.role in roles)

    def passed_to(self, deputy: str) -> Self:
        """The same, for who does the work meanwhile."""
        made = uuid5(self.id, f"waarnemer|{deputy}")
        return replace(self, id=made, user_id=deputy, for_user=self.user_id)


@dataclass(frozen=True, slots=True)
class CaseNews:
    """Something that happened in a case: what it is about, and how it is told.

    `one` is the text about a single case with `{zaak}` in it, `many` what stands behind a number of
    cases. `about` divides a kind further: tasks are bundled per kind of task.
    """

    kind: NoticeKind
    title: str
    one: str
    many: str
    about: str = ""

    def notice(
        self,
        case_id: UUID,
        number: str,
        now: datetime,
        gemeente: str,
        *,
        user_id: str | None = None,
        role: Role | None = None,
    ) -> Notice:
        """The notice of the day for a colleague or a role, of this one case."""
        whom = user_id or f"rol:{role}"
        place = f"{gemeente}|{whom}|{self.kind}|{self.about}|{day_of(now)}"
        return Notice(
            id=uuid5(_NAMES, place),
            gemeente=gemeente,
            user_id=user_id,
            kind=self.kind.value,
            title=self.title,
            text=self.one.format(zaak=number),
            placed_at=now,
            role=role.value if role else None,
            case_id=case_id,
        )

    def bundled(self, notice: Notice, before: Notice | None) -> Notice:
        """The notice with what it said already: a number of cases instead of one."""
        if before is None:
            return notice
        items = before.items + 1
        text = f"{counted(items, 'zaak', 'zaken')}: {self.many}"
        return replace(notice, items=items, text=text, case_id=None)


@dataclass(frozen=True, slots=True)
class Absence:
    """A colleague is away from the first to the last day; the deputy gets the notices meanwhile."""

    id: UUID
    gemeente: str
    user_id: str
    deputy: str | None = None
    from_on: date | None = None
    until_on: date | None = None
    is_withdrawn: bool = False

    def told(self, deputy: str, from_on: date, until_on: date) -> Self:
        """The absence as it was called; that it was withdrawn may have come before."""
        return replace(self, deputy=deputy, from_on=from_on, until_on=until_on)

    def withdrawn(self) -> Self:
        """The colleague is there after all."""
        return replace(self, is_withdrawn=True)

    def covers(self, day: date) -> bool:
        """Whether the colleague is away on a day."""
        if self.is_withdrawn or self.from_on is None or self.until_on is None:
            return False
        return self.from_on <= day <= self.until_on


def day_of(moment: datetime) -> date:
    """The day of a moment, where the people are."""
    return moment.astimezone(ZONE).date()


def notice_id(batch_id: UUID) -> UUID:
    """The id of the one notice of a batch; news changes it and makes it unread."""
    return uuid5(batch_id, "melding")
