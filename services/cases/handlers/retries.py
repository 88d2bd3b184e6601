"""Failed letters and mails are tried again, because a person asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

import sqlalchemy as sa

from services.cases import errors, failures, retry_errors, tables
from services.cases.domain import Batch, TimelineEntry
from services.cases.domain.retry_offer import RetryOffer, check_retry, is_newer, with_templates
from services.cases.handlers.sending import Approval, SendBack, batch_of
from shared.chassis.work import FOR_A_PERSON, Work
from shared.contracts.codes import Channel


@dataclass(frozen=True, slots=True)
class Retry:
    """A user wants these letters and mails again; None means all of the batch that failed.

    With an `approval` they are made with the templates that it names, which may be newer ones.
    """

    batch_id: UUID
    deliveries: tuple[UUID, ...] | None
    approval: Approval | None = None


async def try_again(command: Retry, work: Work) -> dict[str, Any]:
    """What failed is ordered once more, with the templates of the approval or newly approved ones.

    What did not fail, or is tried again already, stays as it is: asking twice does no harm.
    """
    batch = batch_of(command.batch_id, work)
    reopened = batch.redone()
    failed = await failures.lock_failures(work, batch.id, command.deliveries)
    letters = sum(one.channel == Channel.LETTER for one in failed)
    mails = len(failed) - letters
    answer = {"batchId": str(batch.id), "aantalBrieven": letters, "aantalEmails": mails}
    answer |= {"aangeboden": False}
    if command.approval is not None:
        check_retry((mails, letters), command.approval.shown, command.approval.templates)
        if not await _is_agreed(batch, command.approval, work):
            return answer | {"aangeboden": True}
        reopened = with_templates(reopened, command.approval.templates)
    else:
        await _refuse_while_offered(batch, work)
    if not failed:
        return answer
    if await failures.is_ordering(work.connection, work.gemeente, batch.id):
        raise errors.StillOrdering
    for delivery in failed:
        work.save(tables.deliveries, delivery.again())
        work.add(tables.timeline, _entry(delivery.id, delivery.case_id, delivery.round, work))
    work.save(tables.batches, reopened)
    payload = {"batch": str(batch.id), "round": batch.order_round, "again": True}
    work.enqueue(
        "orders",
        uuid5(batch.id, f"orders|{reopened.version}"),
        payload,
        priority=FOR_A_PERSON,
        group=batch.id,
    )
    return answer


async def send_retry_back(command: SendBack, work: Work) -> None:
    """The second person does not agree with trying again, and says why."""
    batch_of(command.batch_id, work)
    offer = await _offer(command.batch_id, work)
    if offer is None:
        raise retry_errors.NoRetryOffered
    work.save(tables.retry_offers, offer.sent_back(command.reason, work.actor, work.now))


async def lapse_offer(batch_id: UUID, reason: str, work: Work) -> None:
    """What was offered is not what it was any more: nobody agrees with it unseen."""
    offer = await _offer(batch_id, work)
    if offer is not None and offer.is_open:
        work.save(tables.retry_offers, offer.sent_back(reason, work.actor, work.now))


async def _is_agreed(batch: Batch, approval: Approval, work: Work) -> bool:
    """Whether it may be done now; newer templates of a batch with four eyes are offered first."""
    offer = await _offer(batch.id, work)
    waits = offer is not None and offer.is_open
    if not waits and (not batch.four_eyes or not is_newer(batch, approval.templates)):
        return True
    asked = RetryOffer(
        batch.id,
        batch.gemeente,
        approval.letters,
        approval.mails,
        approval.letter_template_id,
        approval.mail_template_id,
        work.actor,
        work.now,
    )
    table = tables.retry_offers
    if offer is None or not offer.is_open:
        work.save(table, asked)
        return False
    if offer.by == work.actor:
        work.save(table, offer.replaced_by(asked))
        return False
    offer.approved_by(asked, is_coordinator=approval.is_coordinator)
    await work.query(sa.delete(table).where(table.c.id == batch.id))
    return True


async def _refuse_while_offered(batch: Batch, work: Work) -> None:
    offer = await _offer(batch.id, work)
    if offer is not None and offer.is_open:
        raise retry_errors.RetryWaits(offer.mails, offer.letters)


async def _offer(batch_id: UUID, work: Work) -> RetryOffer | None:
    table = tables.retry_offers
    found = await work.query(sa.select(table).where(table.c.id == batch_id).with_for_update())
    row = found.mappings().first()
    return None if row is None else RetryOffer(**row)


def _entry(delivery_id: UUID, case_id: UUID, failed_round: int, work: Work) -> TimelineEntry:
    return TimelineEntry(
        uuid5(delivery_id, f"again|{failed_round}"),
        work.gemeente,
        case_id,
        work.now,
        work.actor,
        "Opnieuw proberen",
    )
