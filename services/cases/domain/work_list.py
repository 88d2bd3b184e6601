"""In which order the work list can stand, and what somebody keeps of it to look for again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.cases.list_errors import TooManySearches

#: A list of names that is longer is no help any more.
MOST_SEARCHES = 20


class CaseOrder(StrEnum):
    """By what the list is sorted; a minus is downwards."""

    NUMBER = "zaaknummer"
    NUMBER_DOWN = "-zaaknummer"
    TERM = "reactieDatum"
    TERM_DOWN = "-reactieDatum"
    CHANGE = "gewijzigdOp"
    CHANGE_DOWN = "-gewijzigdOp"

    @property
    def column(self) -> str:
        """By what, whichever way."""
        return self.value.removeprefix("-")

    @property
    def is_down(self) -> bool:
        """Whether the last comes first."""
        return self.value.startswith("-")


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """What a user looks for again and again: a name, and the choices as an address has them."""

    id: UUID
    gemeente: str
    user_id: str
    name: str
    choices: str
    at: datetime


def check_room(count: int) -> None:
    """Raise TooManySearches when a user keeps as many as anybody may."""
    if count >= MOST_SEARCHES:
        raise TooManySearches(MOST_SEARCHES)
