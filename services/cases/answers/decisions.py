"""What is asked and answered about decisions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, StringConstraints

from services.cases.answers.shapes import Reason, Request
from services.cases.domain import Decision, Ground, Result

#: What the resident reads as the reason; several paragraphs at most.
Motivation = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        min_length=10,
        max_length=4000,
        pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$",
    ),
]


class DecisionRequest(Request):
    """A decision. Without a day it is today's."""

    versie: int
    resultaat: Result
    reden: Ground | None = None
    motivering: Motivation
    besluitDatum: date | None = None
    bevestigd: bool = False
    redenBevestiging: Reason | None = None


class RevisionRequest(DecisionRequest):
    """A decision in the place of an earlier one."""

    herzietBesluitId: UUID
    redenHerziening: Reason


class DecisionLine(BaseModel):
    """A decision as the case shows it, without what was written about it."""

    id: UUID
    resultaat: Result
    reden: Ground | None
    besluitDatum: date
    genomenDoor: str
    genomenOp: datetime
    herzietBesluitId: UUID | None

    @classmethod
    def of(cls, decision: Decision, names: Mapping[str, str]) -> DecisionLine:
        """A decision, with the name of who took it where that is known."""
        return cls(**_line(decision, names))


class DecisionAnswer(DecisionLine):
    """A decision with all that was written about it."""

    motivering: str
    redenHerziening: str | None
    redenBevestiging: str | None

    @classmethod
    def of(cls, decision: Decision, names: Mapping[str, str]) -> DecisionAnswer:
        """A decision, with the name of who took it where that is known."""
        return cls(
            **_line(decision, names),
            motivering=decision.motivation,
            redenHerziening=decision.revision_reason,
            redenBevestiging=decision.confirmed,
        )


def _line(decision: Decision, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": decision.id,
        "resultaat": Result(decision.result),
        "reden": None if decision.ground is None else Ground(decision.ground),
        "besluitDatum": decision.decided_on,
        "genomenDoor": names.get(decision.by, decision.by),
        "genomenOp": decision.at,
        "herzietBesluitId": decision.revises,
    }
