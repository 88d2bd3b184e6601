"""The communication plan and its approval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from services.cases import errors, queries, tables
from services.cases.domain import Batch, Plan
from shared.chassis.work import Work
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


async def plan_sending(change: PlanChange, work: Work) -> None:
    """The plan of a batch changes, until it is approved."""
    batch = work.found(Batch, change.batch_id)
    if batch is None:
        raise errors.NoSuchBatch
    work.save(tables.batches, batch.planned(change.plan, work.actor, work.now))


async def approve_sending(approval: Approval, work: Work) -> dict[str, Any]:
    """Letters and mails of a batch are ordered, with what was shown, once."""
    batch = work.found(Batch, approval.batch_id)
    if batch is None:
        raise errors.NoSuchBatch
    counts = await queries.plan_counts(work.connection, work.gemeente, batch.id)
    approved = batch.approved(
        counts,
        shown=(approval.mails, approval.letters),
        templates=(approval.mail_template_id, approval.letter_template_id),
        by=work.actor,
        now=work.now,
    )
    if await queries.office(work.connection, work.mapper, work.gemeente) is None:
        raise errors.SettingsMissing
    work.save(tables.batches, approved)
    work.record(_sending(approved), sequence=approved.version)
    work.enqueue("orders", uuid5(batch.id, "orders"), {"batch": str(batch.id)}, group=batch.id)
    return _answer(approved)


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
