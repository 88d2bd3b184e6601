"""Failed letters and mails are tried again, because a person asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from services.cases import errors, failures, tables
from services.cases.domain import Batch, TimelineEntry
from shared.chassis.work import FOR_A_PERSON, Work
from shared.contracts.codes import Channel


@dataclass(frozen=True, slots=True)
class Retry:
    """A user wants these letters and mails again; None means all of the batch that failed."""

    batch_id: UUID
    deliveries: tuple[UUID, ...] | None


async def try_again(command: Retry, work: Work) -> dict[str, Any]:
    """What failed is ordered once more, with the templates of the approval.

    What did not fail, or is tried again already, stays as it is: asking twice does no harm.
    """
    batch = work.found(Batch, command.batch_id)
    if batch is None:
        raise errors.NoSuchBatch
    reopened = batch.redone()
    failed = await failures.lock_failures(work, batch.id, command.deliveries)
    answer = {
        "batchId": str(batch.id),
        "aantalBrieven": sum(one.channel == Channel.LETTER for one in failed),
        "aantalEmails": sum(one.channel == Channel.EMAIL for one in failed),
    }
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


def _entry(delivery_id: UUID, case_id: UUID, failed_round: int, work: Work) -> TimelineEntry:
    return TimelineEntry(
        uuid5(delivery_id, f"again|{failed_round}"),
        work.gemeente,
        case_id,
        work.now,
        work.actor,
        "Opnieuw proberen",
    )
