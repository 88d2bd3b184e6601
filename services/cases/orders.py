"""Orders letters and mails of an approved batch, in the file's order, a chunk at a time.

A chunk is one transaction and enqueues the next: 100,000 orders at once would hold their locks,
and the outbox, for minutes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

import sqlalchemy as sa
from pydantic_core import from_json

from services.cases import queries, tables
from services.cases.domain import Batch, Delivery, DeliveryState, Office, working_days
from services.cases.handlers.office import announced
from services.cases.written import Addressee, Unsendable, Writing, order_of
from shared.chassis.service import Item
from shared.chassis.work import Work
from shared.contracts.codes import CaseStatus, Channel
from shared.contracts.events import BatchVerzonden

CHUNK = 500


async def nothing(_: Item, __: Any) -> None:
    """Ordering is work for the database alone, so all of it happens in `order_chunk`."""


async def order_chunk(item: Item, _: None, work: Work) -> None:
    """Order the next letters and mails of a batch, and enqueue what comes after them."""
    batch = await queries.lock_batch(work, UUID(item.payload["batch"]))
    office = await queries.office(work.connection, work.mapper, work.gemeente)
    if batch is None or office is None:
        raise LookupError("an approved batch has its row and its settings")
    if item.payload.get("tell"):
        return await _tell_ordered(batch, work)
    if batch.stopped_at is not None or item.payload["round"] != batch.order_round:
        return None  # stopped, or to begin at another moment
    if batch.paused_at is not None:
        return _enqueue(item, "after the pause", item.payload, work)
    work.save(tables.batches, batch.began(work.now))
    writing = _writing(batch, office)
    await _give_term(item, batch, work)
    rows = await _next_rows(item, work)
    planned = [row for row in rows if row["state"] == DeliveryState.PLANNED]
    # A case that was stopped since the approval gets nothing: that many fewer are ordered.
    missed = item.payload.get("missed", False) or any(
        row["state"] == DeliveryState.WITHDRAWN for row in rows
    )
    for row in planned:
        delivery = work.mapper.to_item(tables.deliveries, row)
        missed = not _order(delivery, row, batch, writing, work) or missed
    return _go_on(item, rows, len(planned), batch, work, missed=missed)


def _go_on(
    item: Item,
    rows: Sequence[sa.RowMapping],
    ordered: int,
    batch: Batch,
    work: Work,
    *,
    missed: bool,
) -> None:
    """Enqueue the next chunk: at once, or on the next working day when a portion is full."""
    if len(rows) < _limit(item):
        if missed and not item.payload.get("again"):
            tell_later(batch.id, item, work)
        return
    last = {"place": rows[-1]["place"], "channel": rows[-1]["channel"]}
    payload = {**item.payload, "after": last, "missed": missed}
    not_before = None
    if "left" in item.payload:
        payload["left"] = item.payload["left"] - ordered
        if not payload["left"]:
            payload["left"] = batch.mails_per_day
            not_before = working_days.next_opening(work.now)
    _enqueue(item, "next", payload, work, not_before=not_before)


def _enqueue(
    item: Item,
    name: str,
    payload: Mapping[str, Any],
    work: Work,
    not_before: datetime | None = None,
) -> None:
    group = UUID(payload["batch"])
    new = uuid5(item.id, name)
    work.enqueue("orders", new, dict(payload), group=group, not_before=not_before)


def tell_later(batch_id: UUID, item: Item, work: Work) -> None:
    """Have it told how many were ordered, once the outcome of this chunk is written."""
    _enqueue(item, "tell", {"batch": str(batch_id), "tell": True}, work)


async def fail_rest(item: Item, reason: str, work: Work) -> None:
    """What was not ordered has failed, so that the batch comes to its end."""
    batch = await queries.lock_batch(work, UUID(item.payload["batch"]))
    if batch is None:
        raise LookupError("a batch whose letters are ordered has its row")
    rest = tables.deliveries.c
    mine = [rest.channel == item.payload["channel"]] if "channel" in item.payload else []
    if item.payload.get("round") == batch.order_round and batch.stopped_at is None:
        await work.query(
            sa.update(tables.deliveries)
            .where(
                rest.gemeente == work.gemeente,
                rest.batch_id == batch.id,
                rest.state == DeliveryState.PLANNED,
                *mine,
            )
            .values(state=DeliveryState.FAILED, reason=reason, ended_at=work.now)
        )
    if not item.payload.get("again"):
        await _tell_ordered(batch, work)


async def _tell_ordered(batch: Batch, work: Work) -> None:
    """Say how many were ordered when that is less than was approved: documents waits for them.

    It does not wait for what is tried again: those were counted out, or made and failed there.
    """
    counts = await queries.ordered_counts(work.connection, work.gemeente, batch.id)
    letters, mails = counts.get(Channel.LETTER, 0), counts.get(Channel.EMAIL, 0)
    if (letters, mails) == (batch.letters_approved, batch.mails_approved):
        return
    ordered = batch.ordered()
    work.save(tables.batches, ordered)
    work.record(
        BatchVerzonden.model_validate(
            {
                "batchId": batch.id,
                "aantalBrieven": letters,
                "aantalEmails": mails,
                "verzendDatum": batch.send_date,
                "reactieDatum": batch.response_date,
            }
        ),
        sequence=ordered.version,
    )


def _limit(item: Item) -> int:
    """How many deliveries a chunk looks at; of mails in portions no more than may leave today."""
    return min(CHUNK, int(item.payload.get("left", CHUNK)))


async def _give_term(item: Item, batch: Batch, work: Work) -> None:
    """The residents of this chunk get the term of their batch, unless theirs was moved already.

    Before the deliveries are locked: everybody else locks a case first, too.
    """
    case = tables.cases.c
    chunk = _chunk(item, work, tables.deliveries.c.case_id, tables.deliveries.c.state).subquery()
    mine = sa.select(chunk.c.case_id).where(chunk.c.state == DeliveryState.PLANNED)
    await work.query(
        sa.update(tables.cases)
        .where(case.gemeente == work.gemeente, case.id.in_(mine), case.response_date.is_(None))
        .values(response_date=batch.response_date)
    )


def _chunk(item: Item, work: Work, *columns: Any) -> sa.Select[Any]:
    """The next letters and mails of a batch, in the file's order."""
    delivery = tables.deliveries.c
    after = item.payload.get("after", {"place": -1, "channel": ""})
    mine = [delivery.channel == item.payload["channel"]] if "channel" in item.payload else []
    return (
        sa.select(*columns)
        .where(
            delivery.gemeente == work.gemeente,
            delivery.batch_id == UUID(item.payload["batch"]),
            sa.tuple_(delivery.place, delivery.channel)
            > sa.tuple_(sa.literal(after["place"]), sa.literal(after["channel"])),
            *mine,
        )
        .order_by(delivery.place, delivery.channel)
        .limit(_limit(item))
    )


async def _next_rows(item: Item, work: Work) -> list[sa.RowMapping]:
    person = tables.persons.c
    statement = (
        _chunk(
            item,
            work,
            tables.deliveries,
            person.whole,
            person.number,
            tables.cases.c.deceased_at,
            tables.cases.c.status,
        )
        .join(tables.persons, person.id == tables.deliveries.c.case_id)
        .join(tables.cases, tables.cases.c.id == tables.deliveries.c.case_id)
        .with_for_update(of=tables.deliveries)
    )
    return list((await work.query(statement)).mappings().all())


def _order(
    delivery: Delivery, row: sa.RowMapping, batch: Batch, writing: Writing, work: Work
) -> bool:
    """Record the order; what cannot be ordered has failed with its reason. Answers which it is."""
    resident = {"id": delivery.case_id, "whole": row["whole"]}
    person = from_json(work.mapper.open(tables.persons, "whole", resident))
    try:
        is_deceased = row["deceased_at"] is not None
        is_stopped = row["status"] == CaseStatus.STOPPED
        addressee = Addressee(person, row["number"], is_deceased, is_stopped)
        event = order_of(delivery, addressee, writing)
    except Unsendable as unsendable:
        failed = delivery.failed(delivery.attempt_id, unsendable.reason, work.now)
        work.save(tables.deliveries, failed)
        return False
    consent = batch.consent_id if delivery.channel == Channel.EMAIL else None
    work.save(tables.deliveries, delivery.asked(work.now, consent))
    work.record(event, sequence=delivery.round, trace=delivery.case_id)
    return True


def _writing(batch: Batch, office: Office) -> Writing:
    """What was approved for this batch."""
    return Writing(
        announced(office).model_dump(),
        batch.send_date,
        batch.response_date,
        batch.letter_template_id,
        batch.mail_template_id,
    )
