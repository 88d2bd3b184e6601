"""The tables of what comes after a batch's approval; services/cases/tables.py has them too."""

from __future__ import annotations

from services.cases.columns import id_, metadata, moment, number, text
from services.cases.domain.late_bounces import LateBounces
from services.cases.domain.retry_offer import RetryOffer
from shared.chassis.database import table

#: What waits for a second person, or was sent back by one; the id is the batch's.
retry_offers = table(
    "retry_offers",
    metadata,
    id_(key=True),
    number("letters"),
    number("mails"),
    id_("letter_template_id", nullable=True),
    id_("mail_template_id", nullable=True),
    text("by"),
    moment("at"),
    text("sent_back_by", nullable=True),
    moment("sent_back_at", nullable=True),
    text("sent_back_reason", nullable=True),
    of=RetryOffer,
)

#: Mails that came back after their batch was closed and told of; the id is the batch's.
late_bounces = table(
    "late_bounces",
    metadata,
    id_(key=True),
    number("waiting"),
    moment("since"),
    of=LateBounces,
)
