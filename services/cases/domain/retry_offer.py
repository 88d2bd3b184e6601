"""Newer templates for what is tried again: approved anew, by a second person where that is set."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from services.cases import errors
from services.cases.domain.batch import Batch
from services.cases.domain.plan import PlanCounts, Templates, check_templates


@dataclass(frozen=True, slots=True)
class RetryOffer:
    """A colleague wants these counts tried again with these templates; `id` is the batch's."""

    id: UUID
    gemeente: str
    letters: int
    mails: int
    letter_template_id: UUID | None
    mail_template_id: UUID | None
    by: str
    at: datetime

    def approved_by(self, other: RetryOffer, *, is_coordinator: bool) -> None:
        """Raise unless a second person, who is a coordinator, agrees with just this."""
        if other.by == self.by:
            raise errors.OwnOffer
        if not is_coordinator:
            raise errors.OnlyCoordinators
        if other.content != self.content:
            raise errors.RetryOfferOutdated(self.mails, self.letters)

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
