"""What is asked and answered about trying again what failed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from services.cases.answers.acts import ApprovalRequest, Handeling
from services.cases.answers.shapes import Request
from services.cases.domain.retry_offer import RetryOffer


class RetryRequest(Request):
    """What of the failed letters and mails to try again."""

    bezorgingIds: Annotated[list[UUID], Field(min_length=1, max_length=10_000)] | None = None
    akkoord: ApprovalRequest | None = None


class RetryAnswer(BaseModel):
    """What is tried again."""

    batchId: UUID
    aantalBrieven: int
    aantalEmails: int
    aangeboden: bool


class RetryOfferAnswer(BaseModel):
    """What waits for a second person before it is tried again, or was sent back by one."""

    aangebodenDoor: str
    aangebodenDoorNaam: str | None
    aangebodenOp: datetime
    aantalBrieven: int
    aantalEmails: int
    briefSjabloonVersieId: UUID | None
    emailSjabloonVersieId: UUID | None
    wachtOpAkkoord: bool
    terugzending: Handeling | None

    @classmethod
    def of(cls, offer: RetryOffer, names: Mapping[str, str]) -> RetryOfferAnswer:
        """The offer, with names where they are known."""
        return cls(
            aangebodenDoor=offer.by,
            aangebodenDoorNaam=names.get(offer.by),
            aangebodenOp=offer.at,
            aantalBrieven=offer.letters,
            aantalEmails=offer.mails,
            briefSjabloonVersieId=offer.letter_template_id,
            emailSjabloonVersieId=offer.mail_template_id,
            wachtOpAkkoord=offer.is_open,
            terugzending=Handeling.of(
                offer.sent_back_by, offer.sent_back_at, names, offer.sent_back_reason
            ),
        )
