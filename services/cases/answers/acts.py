"""What somebody did, or agrees with: the same for a batch and for what of it is tried again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.cases.answers.shapes import Request


class Handeling(BaseModel):
    """What somebody did with a batch."""

    door: str
    doorNaam: str | None
    op: datetime
    reden: str | None

    @classmethod
    def of(
        cls,
        who: str | None,
        at: datetime | None,
        names: Mapping[str, str],
        reason: str | None = None,
    ) -> Handeling | None:
        """Who did it, when and why; None when nobody did."""
        if who is None or at is None:
            return None
        return cls(door=who, doorNaam=names.get(who), op=at, reden=reason)


class ApprovalRequest(Request):
    """Agreement with the counts and the template versions that were on the screen."""

    aantalEmails: int = Field(ge=0)
    aantalBrieven: int = Field(ge=0)
    briefSjabloonVersieId: UUID | None = None
    emailSjabloonVersieId: UUID | None = None
