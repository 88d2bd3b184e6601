"""Days that people type: when something was posted or came back."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from services.documents import errors

ZONE = "Europe/Amsterdam"


def day_of(moment: datetime) -> date:
    """The date in the Netherlands at a moment."""
    return moment.astimezone(ZoneInfo(ZONE)).date()


def check_day(
    field: str, day: date, now: datetime, *, not_before: datetime | date, since: str
) -> None:
    """Raise DayRefused for a day in the future, or before something can have happened."""
    first = day_of(not_before) if isinstance(not_before, datetime) else not_before
    if day > day_of(now):
        raise errors.DayRefused(
            field, "datum-in-toekomst", "De datum ligt in de toekomst. Vul vandaag of eerder in."
        )
    if day < first:
        raise errors.DayRefused(
            field,
            "datum-te-vroeg",
            f"De datum ligt voor de dag waarop {since}: {first:%d-%m-%Y}. Vul die dag of later in.",
        )
