"""A decision about a case. It covers both partners, and is never changed: it is revised."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from services.cases.domain import working_days
from shared.chassis.errors import FieldError, Invalid
from shared.contracts.codes import Purpose


class Result(StrEnum):
    """What was decided."""

    GRANTED = "toekennen"
    REJECTED = "afwijzen"

    @property
    def purpose(self) -> Purpose:
        """What the letter about it is for."""
        return Purpose.GRANTED if self is Result.GRANTED else Purpose.REJECTED

    @property
    def outcome(self) -> str:
        """What came of a case that ends so; the terms of keeping know it by this word."""
        return "toegekend" if self is Result.GRANTED else "afgewezen"


class Ground(StrEnum):
    """Why it was decided so."""

    INCOME = "inkomen-te-hoog"
    CAPITAL = "vermogen-te-hoog"
    INCOMPLETE = "geen-of-onvolledige-gegevens"
    ADJUSTED = "aangepast"


#: The grounds that a result can have; no ground is possible for granting what was.
GROUNDS: Mapping[Result, frozenset[Ground | None]] = MappingProxyType(
    {
        Result.GRANTED: frozenset({None, Ground.ADJUSTED}),
        Result.REJECTED: frozenset(Ground),
    }
)

#: $BESLUIT$ in the letter.
WORDS: Mapping[tuple[Result, Ground | None], str] = MappingProxyType(
    {
        (Result.GRANTED, None): "U houdt recht op de regeling.",
        (Result.GRANTED, Ground.ADJUSTED): "U houdt recht op de regeling, maar wij passen die aan.",
        (Result.REJECTED, Ground.INCOME): (
            "U hebt geen recht meer op de regeling, omdat uw inkomen te hoog is."
        ),
        (Result.REJECTED, Ground.CAPITAL): (
            "U hebt geen recht meer op de regeling, omdat uw vermogen te hoog is."
        ),
        (Result.REJECTED, Ground.INCOMPLETE): (
            "U hebt geen recht meer op de regeling, omdat wij niet alle gegevens van u kregen."
        ),
        (Result.REJECTED, Ground.ADJUSTED): (
            "U hebt geen recht meer op de regeling, omdat uw situatie is veranderd."
        ),
    }
)

_NUMBER = re.compile(r"(?<!\d)\d{9}(?!\d)")
_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What somebody wants to decide."""

    result: Result
    ground: Ground | None
    motivation: str
    decided_on: date

    def check(self, opened_at: datetime, now: datetime) -> None:
        """Raise Invalid with everything that is wrong."""
        wrong = []
        if self.ground not in GROUNDS[self.result]:
            allowed = ", ".join(sorted(one for one in GROUNDS[self.result] if one))
            what = "Kies bij afwijzen" if self.result is Result.REJECTED else "Kies bij toekennen"
            rest = "." if self.result is Result.REJECTED else ", of geen reden."
            wrong.append(FieldError("reden", "past-niet", f"{what}: {allowed}{rest}"))
        first, last = working_days.today(opened_at), working_days.today(now)
        if not first <= self.decided_on <= last:
            reason = f"Kies een dag van {first:%d-%m-%Y} tot en met vandaag."
            wrong.append(FieldError("besluitDatum", "geen-goede-dag", reason))
        if holds_a_bsn(self.motivation):
            reason = "Er staat een BSN in de motivering. Haal het weg: een BSN gaat niet mee."
            wrong.append(FieldError("motivering", "bsn-in-tekst", reason))
        if wrong:
            raise Invalid("Verbeter het besluit.", tuple(wrong))


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision as it was taken. `revises` is the one before it, `ordinal` its place among them.

    `confirmed` says why it was taken although nobody was reminded in vain.
    """

    id: UUID
    gemeente: str
    case_id: UUID
    ordinal: int
    result: str
    ground: str | None
    motivation: str
    decided_on: date
    by: str
    at: datetime
    revises: UUID | None = None
    revision_reason: str | None = None
    confirmed: str | None = None

    @property
    def words(self) -> str:
        """The decision in words, for the letter."""
        ground = None if self.ground is None else Ground(self.ground)
        return WORDS[(Result(self.result), ground)]

    @property
    def purpose(self) -> Purpose:
        """What the letter about it is for."""
        return Result(self.result).purpose


def holds_a_bsn(text: str) -> bool:
    """Whether a number in a text passes the 11-proef, as a BSN does."""
    bare = re.sub(r"(?<=\d)[ .-](?=\d)", "", text)
    numbers = {*_NUMBER.findall(text), *_NUMBER.findall(bare)}
    return any(_passes(number) for number in numbers)


def _passes(digits: str) -> bool:
    total = sum(w * int(digit) for w, digit in zip(_WEIGHTS, digits, strict=True))
    return int(digits) > 0 and total % 11 == 0
