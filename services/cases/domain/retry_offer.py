"""Newer templates for what is tried again: approved anew, by a second person where that is set."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from services.cases import errors, retry_errors
from services.cases.domain.batch import Batch
from services.cases.domain.plan import PlanCounts, Templates, check_templates


@dataclass(frozen=True, slots=True)
class RetryOffer:
    """A colleague wants these counts tried again with these templates; `id` is the batch's.

    It stays when it is sent back, so that who offered it reads why, until it is offered anew.
    """

    id: UUID
    gemeente: str
    letters: int
    mails: int
    letter_template_id: UUID | None
    mail_template_id: UUID | None
    by: str
    at: datetime
    sent_back_by: str | None = None
    sent_back_at: datetime | None = None
    sent_back_reason: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether it waits for a second person."""
        return self.sent_back_at is None

    @property
    def people(self) -> set[str]:
        """Who had to do with it."""
        return {self.by} | ({self.sent_back_by} if self.sent_back_by else set())

    def sent_back(self, reason: str, by: str, at: datetime) -> RetryOffer:
        """A second person wants something else first, or what it is about changed."""
        if not self.is_open:
            raise retry_errors.NoRetryOffered
        return replace(self, sent_back_by=by, sent_back_at=at, sent_back_reason=reason)

    def replaced_by(self, other: RetryOffer) -> RetryOffer:
        """The same colleague offers something else instead; just this again is refused."""
        if other.content == self.content:
            raise retry_errors.RetryAlreadyOffered
        return other

    def approved_by(self, other: RetryOffer, *, is_coordinator: bool) -> None:
        """Raise unless a second person, who is a coordinator, agrees with just this."""
        if other.by == self.by:
            raise errors.OwnOffer
        if not is_coordinator:
            raise errors.OnlyCoordinators
        if other.content != self.content:
            raise retry_errors.RetryOfferOutdated(self.mails, self.letters)

    @property
    def content(self) -> tuple[int, int, UUID | None, UUID | None]:
        """What is agreed with."""
        return self.mails, self.letters, self.mail_template_id, self.letter_template_id


def check_retry(found: tuple[int, int], shown: tuple[int, int], templates: Templates) -> None:
    """Raise unless what was shown is what failed (mails, letters), each with its template."""
    mails, letters = found
    if shown != found:
        raise errors.CountsChanged(mails, letters)
    counts = PlanCounts(only_mail=mails, only_letter=letters, both=0, without_address=0)
    check_templates(counts, templates)


def is_newer(batch: Batch, templates: Templates) -> bool:
    """Whether a template is named that was not approved for the batch."""
    approved = (batch.mail_template_id, batch.letter_template_id)
    return any(new and new != old for new, old in zip(templates, approved, strict=True))


def with_templates(batch: Batch, templates: Templates) -> Batch:
    """The batch, with what its letters and mails are made with from now on."""
    mails, letters = templates
    return replace(
        batch,
        mail_template_id=mails or batch.mail_template_id,
        letter_template_id=letters or batch.letter_template_id,
    )
