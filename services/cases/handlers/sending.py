"""The communication plan, its approval by one or two people, and when sending begins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from services.cases import errors, queries, tables
from services.cases.domain import Batch, Consent, Plan, working_days
from shared.chassis.work import Work
from shared.contracts.codes import Channel
from shared.contracts.events import BatchVerzonden


@dataclass(frozen=True, slots=True)
class PlanChange:
    """A user sets the plan of a batch."""

    batch_id: UUID
    plan: Plan


@dataclass(frozen=True, slots=True)
class Approval:
    """A user agrees with the counts and templates that were on the screen."""

    batch_id: UUID
    mails: int
    letters: int
    mail_template_id: UUID | None
    letter_template_id: UUID | None
    is_coordinator: bool = False

    @property
    def shown(self) -> tuple[int, int]:
        """The counts, as the rules take them."""
        return (self.mails, self.letters)

    @property
    def templates(self) -> tuple[UUID | None, UUID | None]:
        """The templates, as the rules take them."""
        return (self.mail_template_id, self.letter_template_id)


@dataclass(frozen=True, slots=True)
class SendBack:
    """A second person wants something changed before it is sent."""

    batch_id: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class NewMoment:
    """A user lets sending begin at another moment; None is: at once."""

    batch_id: UUID
    send_at: datetime | None


def batch_of(batch_id: UUID, work: Work) -> Batch:
    """The batch of a command, which its load locked; raises NoSuchBatch."""
    batch = work.found(Batch, batch_id)
    if batch is None:
        raise errors.NoSuchBatch
    return batch


async def plan_sending(change: PlanChange, work: Work) -> None:
    """The plan of a batch changes, until it is approved."""
    batch = batch_of(change.batch_id, work)
    work.save(tables.batches, batch.planned(change.plan, work.actor, work.now))


async def offer_sending(offer: Approval, work: Work) -> None:
    """A second person may look at what this one agrees with."""
    batch = batch_of(offer.batch_id, work)
    counts = await queries.plan_counts(work.connection, work.gemeente, batch.id)
    offered = batch.offered(counts, offer.shown, offer.templates, work.actor, work.now)
    work.save(tables.batches, offered)


async def send_back(command: SendBack, work: Work) -> None:
    """The second person does not agree, and says why."""
    batch = batch_of(command.batch_id, work)
    work.save(tables.batches, batch.sent_back(command.reason, work.actor, work.now))


async def approve_sending(approval: Approval, work: Work) -> dict[str, Any]:
    """Letters and mails of a batch are ordered, with what was shown, once."""
    batch = batch_of(approval.batch_id, work)
    counts = await queries.plan_counts(work.connection, work.gemeente, batch.id)
    approved = batch.approved(
        counts,
        shown=approval.shown,
        templates=approval.templates,
        by=work.actor,
        now=work.now,
        is_coordinator=approval.is_coordinator,
    )
    if await queries.office(work.connection, work.mapper, work.gemeente) is None:
        raise errors.SettingsMissing
    work.save(tables.batches, approved)
    if counts.mails:
        work.add(tables.consents, _consent(approved))
    work.record(_sending(approved), sequence=approved.version)
    start_ordering(approved, work)
    return _answer(approved)


async def move_sending(command: NewMoment, work: Work) -> None:
    """Sending begins at another moment; what waited for the earlier one is void."""
    moved = batch_of(command.batch_id, work).moved(command.send_at, work.now)
    work.save(tables.batches, moved)
    start_ordering(moved, work)


def start_ordering(batch: Batch, work: Work) -> None:
    """Order everything from the chosen moment on; in portions, mails wait for a working day."""
    payload = {"batch": str(batch.id), "round": batch.order_round}
    start = max(batch.send_at or work.now, work.now)
    portion = batch.mails_per_day
    if portion is None:
        lines = [(payload, start)]
    else:
        mails = {**payload, "channel": Channel.EMAIL, "left": portion}
        letters = {**payload, "channel": Channel.LETTER}
        lines = [(letters, start), (mails, working_days.working_moment(start))]
    for line, moment in lines:
        name = f"orders|{batch.order_round}|{line.get('channel', '')}"
        item = uuid5(batch.id, name)
        work.enqueue("orders", item, line, group=batch.id, not_before=moment)


def _consent(batch: Batch) -> Consent:
    """What was declared about e-mail when the batch was approved."""
    return Consent(
        id=batch.consent_id,
        gemeente=batch.gemeente,
        text=batch.declaration or "",
        source=batch.consent_source,
        by=batch.planned_by or batch.approved_by or "",
        at=batch.planned_at or batch.approved_at or batch.confirmed_at,
    )


def _sending(batch: Batch) -> BatchVerzonden:
    return BatchVerzonden.model_validate(
        {
            "batchId": batch.id,
            "aantalBrieven": batch.letters_approved,
            "aantalEmails": batch.mails_approved,
            "verzendDatum": batch.send_date,
            "reactieDatum": batch.response_date,
        }
    )


def _answer(batch: Batch) -> dict[str, Any]:
    sending = _sending(batch).model_dump(mode="json")
    return {**sending, "status": str(batch.status)}
