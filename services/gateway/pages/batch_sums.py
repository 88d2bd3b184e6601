"""What became of the letters and mails of a batch, in parts that add up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil

from services.gateway.pages.formatting import as_moment

MINUTE = 60
#: A guess of more minutes says nothing: a limit per day, or something stands still.
LONGEST = 600
#: Before that, how fast it goes is not known.
ENOUGH_SECONDS, ENOUGH = 3, 5


@dataclass(frozen=True)
class Sending:
    """The letters or the mails of a batch; the excluded and withdrawn are in no total."""

    waiting: int
    done: int
    failed: int
    bounced: int
    withdrawn: int

    @classmethod
    def of(cls, told: Mapping[str, int]) -> Sending:
        """From what the API counts."""
        done = told["verzonden"] if "verzonden" in told else told["gemaakt"]
        return cls(
            told["gepland"] + told["gevraagd"],
            done,
            told["mislukt"],
            told.get("nietBezorgd", 0),
            told.get("ingetrokken", 0),
        )

    @property
    def total(self) -> int:
        """All that is to be sent."""
        return self.waiting + self.done + self.failed + self.bounced

    @property
    def is_busy(self) -> bool:
        """Whether some still have to be made or sent."""
        return self.waiting > 0

    def minutes_left(self, since: str | None) -> int | None:
        """How long it takes by how fast it went; None when that cannot be said (yet)."""
        gone = self.total - self.waiting
        if since is None or gone < ENOUGH or not self.waiting:
            return None
        passed = (datetime.now(UTC) - as_moment(since)).total_seconds()
        if passed < ENOUGH_SECONDS:
            return None
        minutes = ceil(passed * self.waiting / gone / MINUTE)
        return minutes if minutes <= LONGEST else None
