"""Mails that come back after their batch was closed: told together, not one by one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

#: Most come back within a day of each other, so who is told then is told once.
TELL_AFTER = timedelta(days=1)
#: So many at once are no trickle: something is wrong, and a day is long.
TELL_AT = 100


@dataclass(frozen=True, slots=True)
class LateBounces:
    """How many mails came back that nobody was told of, and since when; `id` is the batch's."""

    id: UUID
    gemeente: str
    waiting: int
    since: datetime

    def another(self, closed_at: datetime, now: datetime) -> LateBounces:
        """One more came back; those from before the batch closed (again) were told with that."""
        if not self.waiting or self.since < closed_at:
            return replace(self, waiting=1, since=now)
        return replace(self, waiting=self.waiting + 1)

    def told(self) -> LateBounces:
        """All of them are told."""
        return replace(self, waiting=0)

    def is_news(self, closed_at: datetime | None) -> bool:
        """Whether the batch is closed, and was so before they came."""
        return closed_at is not None and self.since >= closed_at
