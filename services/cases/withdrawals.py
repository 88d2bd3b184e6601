"""Takes back a batch that was not approved, or what of an approved one was not ordered yet.

A chunk is one transaction and enqueues the next: 100,000 cases at once would hold their locks, and
the outbox, for minutes. What is taken back is found by its state, so that a chunk that is done
again after a crash goes on where the last one that counted ended.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

import sqlalchemy as sa

from services.cases import domain, orders, queries, tables
from services.cases.domain import Batch, Case, DeliveryState, TimelineEntry
from shared.chassis.service import Item
from shared.chassis.work import FOR_A_PERSON, Work
from shared.contracts.codes import CaseStatus
from shared.contracts.events import BatchIngetrokken, ZaakstatusGewijzigd

CHUNK = 500
#: An unexpected error may be mended by then; a batch must not stay half taken back.
AGAIN_AFTER = timedelta(minutes=10)
WITHDRAWN = "De batch is ingetrokken."
REST_WITHDRAWN = "De rest van de batch is ingetrokken voordat dit werd verstuurd."


async def withdraw_chunk(item: Item, _: Any, work: Work) -> None:
    """Take the next part back, and enqueue what comes after it."""
    batch = await queries.lock_batch(work, UUID(item.payload["batch"]))
    if batch is None:
        raise LookupError("a batch that is taken back has its row")
    take_back = _stop_cases if item.payload["kind"] == "batch" else _withdraw_rest
    if await take_back(batch, item, work) == CHUNK:
        _enqueue(item, "next", work)
    elif item.payload["kind"] == "batch":
        withdrawn = batch.withdrawn()
        work.save(tables.batches, withdrawn)
        told = BatchIngetrokken(batchId=batch.id, wordtVervangen=batch.is_replaced)
        work.record(told, sequence=withdrawn.version)
    else:
        orders.tell_later(batch.id, item, work)


async def try_again(item: Item, _: str, work: Work) -> None:
    """It went wrong too often; after a while it is tried anew."""
    _enqueue(item, "again", work, after=AGAIN_AFTER)


def _enqueue(item: Item, name: str, work: Work, after: timedelta = timedelta()) -> None:
    work.enqueue(
        "withdrawals",
        uuid5(item.id, name),
        item.payload,
        priority=FOR_A_PERSON,
        group=UUID(item.payload["batch"]),
        not_before=work.now + after,
    )


async def _stop_cases(batch: Batch, item: Item, work: Work) -> int:
    """Stop the next cases of a batch; answers how many."""
    cases = await queries.lock_cases_to_stop(work, batch.id, CHUNK)
    for case in cases:
        _stop(case, batch, item, work)
    ids = [case.id for case in cases]
    people = [*ids, *map(domain.partner_of, ids)]
    person, delivery = tables.persons.c, tables.deliveries.c
    await work.query(sa.update(tables.persons).where(person.id.in_(people)).values(open=False))
    await work.query(
        sa.update(tables.deliveries)
        .where(
            delivery.gemeente == work.gemeente,
            delivery.case_id.in_(ids),
            delivery.state == DeliveryState.PLANNED,
        )
        .values(state=DeliveryState.WITHDRAWN, reason=WITHDRAWN, ended_at=work.now)
    )
    return len(cases)


def _stop(case: Case, batch: Batch, item: Item, work: Work) -> None:
    why = f"Batch ingetrokken: {batch.withdrawn_reason}"
    stopped = case.withdrawn(why, work.now)
    work.save(tables.cases, stopped)
    told = ZaakstatusGewijzigd(
        zaakId=case.id,
        zaaknummer=case.number,
        batchId=batch.id,
        van=CaseStatus(case.status),
        naar=CaseStatus(stopped.status),
    )
    work.record(told, sequence=stopped.version)
    _tell(case.id, item, work, "Zaak gestopt", why)


async def _withdraw_rest(batch: Batch, item: Item, work: Work) -> int:
    """Withdraw the next letters and mails that were not ordered; answers how many."""
    deliveries = await queries.lock_planned(work, batch.id, CHUNK)
    for delivery in deliveries:
        withdrawn = delivery.withdrawn(delivery.attempt_id, REST_WITHDRAWN, work.now)
        work.save(tables.deliveries, withdrawn)
        what = f"Niet verstuurd per {delivery.channel}"
        _tell(delivery.case_id, item, work, what, REST_WITHDRAWN)
    return len(deliveries)


def _tell(case_id: UUID, item: Item, work: Work, what: str, why: str) -> None:
    entry = uuid5(item.id, f"{what}|{case_id}")
    work.add(
        tables.timeline,
        TimelineEntry(entry, work.gemeente, case_id, work.now, work.actor, what, why),
    )
