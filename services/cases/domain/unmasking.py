"""Who may see a whole BSN, how often, and what is kept of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.cases.work_errors import SeenTooOften

#: A desk needs a whole BSN now and then; who needs more of them in an hour is reading a file.
MOST_AN_HOUR = 20
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Unmasking:
    """Somebody saw the whole BSN of a resident or partner, for a reason."""

    id: UUID
    gemeente: str
    case_id: UUID
    role: str
    by: str
    reason: str
    at: datetime


def check_rate(seen: Sequence[datetime], now: datetime) -> None:
    """Raise SeenTooOften when this user saw as many in the past hour as anybody may."""
    recent = sorted(moment for moment in seen if moment > now - HOUR)
    if len(recent) >= MOST_AN_HOUR:
        free_at = recent[len(recent) - MOST_AN_HOUR] + HOUR
        # who waited for another request began earlier than what that one saw
        raise SeenTooOften(MOST_AN_HOUR, min(free_at - now, HOUR))
