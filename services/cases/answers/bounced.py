"""What is asked and answered about mails that came back."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from services.cases.answers.cases import full_name
from services.cases.answers.shapes import Request, Row
from services.cases.domain import DeliveryState


class BouncedAnswer(BaseModel):
    """A mail that came back, and whether its resident gets a letter."""

    bezorgingId: UUID
    zaakId: UUID
    zaaknummer: str
    rij: int
    naam: str
    reden: str | None
    nietBezorgdOp: datetime | None
    adresIsVolledig: bool
    brief: DeliveryState | None

    @classmethod
    def of(cls, row: Row) -> BouncedAnswer:
        """A row of the query."""
        return cls(
            bezorgingId=row["id"],
            zaakId=row["case_id"],
            zaaknummer=row["number"],
            rij=row["row"],
            naam=full_name(row),
            reden=row["reason"],
            nietBezorgdOp=row["ended_at"],
            adresIsVolledig=row["has_address"],
            brief=row["letter_state"],
        )


class LettersRequest(Request):
    """Whose mail came back and who gets a letter; empty is everyone."""

    zaakIds: Annotated[list[UUID], Field(min_length=1, max_length=10_000)] | None = None


class WithoutLetter(BaseModel):
    """A resident who gets no letter, and why."""

    zaakId: UUID
    zaaknummer: str
    naam: str
    reden: str


class LettersAnswer(BaseModel):
    """How many letters are made, and for whom none is."""

    batchId: UUID
    aantalBrieven: int
    nietGemaakt: list[WithoutLetter]
