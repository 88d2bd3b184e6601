"""How a gemeente reminds its residents, as a beheerder sets it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import datetime

from services.cases import errors
from services.cases.domain.reminders import (
    EARLIEST_HOUR,
    LATEST_HOUR,
    LONGEST_DAYS,
    PURPOSES,
    Rhythm,
)
from shared.chassis.errors import FieldError, Invalid


@dataclass(frozen=True, slots=True)
class ReminderSettings:
    """The settings of one gemeente; `code` is its CBS code, the same as `gemeente`.

    `days` are numbers of days after the invitation, with commas between them. Version 0: nobody
    changed anything yet.
    """

    code: str
    gemeente: str
    days: str
    hour: int
    is_on: bool
    for_both: bool
    version: int = 0
    by: str = ""
    at: datetime | None = None

    @classmethod
    def usual(cls, gemeente: str) -> ReminderSettings:
        """The settings of a gemeente that set nothing."""
        return cls.of(gemeente, Rhythm())

    @classmethod
    def of(cls, gemeente: str, rhythm: Rhythm, version: int = 0) -> ReminderSettings:
        """Settings that remind in a rhythm."""
        days = ",".join(map(str, rhythm.days))
        return cls(
            gemeente, gemeente, days, rhythm.hour, rhythm.is_on, rhythm.for_both, version=version
        )

    @property
    def rhythm(self) -> Rhythm:
        """The rhythm that they set."""
        days = tuple(int(day) for day in self.days.split(",") if day)
        return Rhythm(days, self.hour, self.is_on, self.for_both)

    def check(self, before: ReminderSettings | None) -> None:
        """Raise when they cannot be, or when a colleague was first."""
        if self.version != (before.version if before else 0):
            raise errors.RemindersChanged
        days, wrong = self.rhythm.days, []
        in_order = all(day < later for day, later in itertools.pairwise(days))
        in_range = all(1 <= day <= LONGEST_DAYS for day in days)
        if not (0 < len(days) <= len(PURPOSES) and in_order and in_range):
            reason = (
                f"Geef 1 tot en met {len(PURPOSES)} aantallen dagen, oplopend,"
                f" van 1 tot en met {LONGEST_DAYS}. Uitzetten kan met de schakelaar."
            )
            wrong.append(FieldError("dagen", "buiten-bereik", reason))
        if not EARLIEST_HOUR <= self.hour <= LATEST_HOUR:
            reason = f"Kies een heel uur van {EARLIEST_HOUR} tot en met {LATEST_HOUR}."
            wrong.append(FieldError("uur", "buiten-bereik", reason))
        if wrong:
            raise Invalid("Pas de herinneringen aan.", tuple(wrong))
