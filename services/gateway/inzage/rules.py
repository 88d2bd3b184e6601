"""What an inzage is, how long it is kept, and what of other people may not be in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.gateway.inzage.errors import InzageGone, InzageNotReady, TooManyInzagen
from shared.contracts.inzage import ACTORS

#: An inzage shows a whole BSN, so there are no more in an hour than BSNs that may be seen.
MOST_AN_HOUR = 20
HOUR = timedelta(hours=1)

_EXPIRED = "De bewaartijd van dit bestand is voorbij. Vraag zo nodig een nieuwe inzage aan."
_DESTROYED = "Een zaak in dit bestand is vernietigd. Vraag zo nodig een nieuwe inzage aan."
#: Nine digits that stand alone, also in the groups that people write; or eight, when they are not
#: a part of a telephone number or an id.
_NUMBER = re.compile(
    r"(?<!\w)(?:\d{3}[. ]?\d{3}[. ]?\d{3}|\d{4}[. ]\d{2}[. ]\d{3})(?!\w)"
    r"|(?<![\w/-])\d{2}[. ]?\d{3}[. ]?\d{3}(?![\w/-])"
)
_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)
_MODULUS = 11
_SHOWN_DIGITS = 4


class Status(StrEnum):
    """Where an inzage stands."""

    ASKED = "aangevraagd"
    BUSY = "bezig"
    READY = "gereed"
    FAILED = "mislukt"
    REMOVED = "verwijderd"


OPEN = (Status.ASKED, Status.BUSY)


@dataclass(frozen=True, slots=True)
class Inzage:
    """Somebody asked for everything of the resident or partner of a case.

    `done` of `total` pieces are in the file so far. `case_ids` are the cases that it shows.
    """

    id: UUID
    gemeente: str
    case_id: UUID
    case_number: str
    who: str
    reason: str | None
    asked_by: str
    asked_at: datetime
    status: str = Status.ASKED
    done: int = 0
    total: int = 0
    case_ids: list[str] = field(default_factory=list)
    size: int | None = None
    sha256: str | None = None
    ended_at: datetime | None = None
    expires_at: datetime | None = None
    explanation: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether it is still being made."""
        return self.status in OPEN

    @property
    def key(self) -> str:
        """Where its file lies in the store."""
        return f"{self.gemeente}/inzagen/{self.id}.zip"

    def made(self, made: Made, at: datetime, kept: timedelta) -> Inzage:
        """It lies in the store, for as long as it is kept."""
        return replace(
            self,
            status=Status.READY,
            done=made.pieces,
            total=made.pieces,
            case_ids=made.case_ids,
            size=made.size,
            sha256=made.sha256,
            ended_at=at,
            expires_at=at + kept,
        )

    def failed(self, reason: str, at: datetime) -> Inzage:
        """It could not be made; the colleague may ask again."""
        return replace(self, status=Status.FAILED, ended_at=at, explanation=reason)

    def is_expired(self, now: datetime) -> bool:
        """Whether its time is over."""
        return self.expires_at is not None and self.expires_at <= now

    def removed(self, *, because_destroyed: bool) -> Inzage:
        """Its file is gone. What was written about somebody who was destroyed goes as well."""
        return replace(
            self,
            status=Status.REMOVED,
            reason=None if because_destroyed else self.reason,
            explanation=_DESTROYED if because_destroyed else _EXPIRED,
        )

    def require_file(self, now: datetime) -> None:
        """Raise InzageNotReady or InzageGone unless there is a file to open."""
        if self.status == Status.REMOVED or self.is_expired(now):
            raise InzageGone(self.explanation or _EXPIRED)
        if self.status != Status.READY:
            raise InzageNotReady(self.explanation)

    @staticmethod
    def destroyed() -> InzageGone:
        """What who opens it hears when a case in it is no more."""
        return InzageGone(_DESTROYED)


@dataclass(frozen=True, slots=True)
class Made:
    """A file that lies in the store."""

    case_ids: list[str]
    pieces: int
    size: int
    sha256: str


def check_rate(asked: Iterable[datetime], now: datetime) -> None:
    """Raise TooManyInzagen when this user asked for as many in the past hour as anybody may."""
    recent = sorted(moment for moment in asked if moment > now - HOUR)
    if len(recent) >= MOST_AN_HOUR:
        free_at = recent[len(recent) - MOST_AN_HOUR] + HOUR
        raise TooManyInzagen(MOST_AN_HOUR, max(1, int((free_at - now).total_seconds())))


class Eyes:
    """What one resident may see: the own BSN, nobody else's, and no names of colleagues.

    A colleague is *medewerker 1*, the same one throughout. Who looked is not the resident's
    business unless that is needed to judge it; that somebody did, when and what for, is
    (CJEU C-579/21, Pankki S).
    """

    def __init__(self, own_bsn: str) -> None:
        self._own = own_bsn
        self._numbers: dict[str, int] = {}

    def seen(self, value: Any) -> Any:
        """A value of JSON as the resident may see it."""
        if isinstance(value, str):
            return self.masked(value)
        if isinstance(value, list):
            return [self.seen(each) for each in value]
        if isinstance(value, Mapping):
            return {
                name: self._actor(each) if name in ACTORS and each else self.seen(each)
                for name, each in value.items()
            }
        return value

    def masked(self, text: str) -> str:
        """The text, with every BSN that is not the resident's own masked."""
        return _NUMBER.sub(self._mask, text)

    def _mask(self, match: re.Match[str]) -> str:
        digits = "".join(filter(str.isdigit, match[0]))
        if not is_bsn(digits) or digits.zfill(len(_WEIGHTS)) == self._own:
            return match[0]
        return f"*****{digits[-_SHOWN_DIGITS:]}"

    def _actor(self, who: Any) -> str:
        if str(who) == "inwoner":
            return "de inwoner"
        if str(who).startswith("systeem:"):
            return "het systeem"
        number = self._numbers.setdefault(str(who), len(self._numbers) + 1)
        return f"medewerker {number}"


def is_bsn(digits: str) -> bool:
    """Whether these eight or nine digits pass the test of a BSN (Logisch Ontwerp BSN, 11-proef)."""
    whole = digits.zfill(len(_WEIGHTS))
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, whole, strict=True))
    return int(digits) > 0 and total % _MODULUS == 0
