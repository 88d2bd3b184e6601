"""A batch is taken back before its approval, or its sending is paused, goes on, or stops."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid5

from services.cases import tables
from services.cases.handlers.sending import batch_of
from shared.chassis import work_queue
from shared.chassis.work import FOR_A_PERSON, Work
from shared.contracts.events import VerzendingGepauzeerd, VerzendingGestopt, VerzendingHervat

ORDERS, WITHDRAWALS = "orders", "withdrawals"


@dataclass(frozen=True, slots=True)
class Withdraw:
    """A user takes a batch back; `is_replaced` when a better file comes in its place."""

    batch_id: UUID
    reason: str
    is_replaced: bool


@dataclass(frozen=True, slots=True)
class OfBatch:
    """A user pauses, resumes or stops the sending of a batch."""

    batch_id: UUID


async def withdraw_batch(command: Withdraw, work: Work) -> None:
    """The cases of a batch that was not approved are going to be stopped."""
    batch = batch_of(command.batch_id, work)
    taken_back = batch.withdrawing(
        command.reason, work.actor, work.now, is_replaced=command.is_replaced
    )
    work.save(tables.batches, taken_back)
    payload = {"batch": str(batch.id), "kind": "batch"}
    item = uuid5(batch.id, "withdrawal")
    work.enqueue(WITHDRAWALS, item, payload, priority=FOR_A_PERSON, group=batch.id)


async def pause_sending(command: OfBatch, work: Work) -> None:
    """Nothing new of a batch leaves."""
    batch = batch_of(command.batch_id, work)
    paused = batch.paused(work.actor, work.now)
    if paused is batch:
        return
    work.save(tables.batches, paused)
    await work_queue.pause(work.connection, ORDERS, batch.id)
    work.record(VerzendingGepauzeerd(batchId=batch.id), sequence=paused.version)


async def resume_sending(command: OfBatch, work: Work) -> None:
    """A paused batch goes on."""
    batch = batch_of(command.batch_id, work)
    resumed = batch.resumed()
    if resumed is batch:
        return
    work.save(tables.batches, resumed)
    await work_queue.go_on(work.connection, ORDERS, batch.id)
    work.record(VerzendingHervat(batchId=batch.id), sequence=resumed.version)


async def stop_sending(command: OfBatch, work: Work) -> None:
    """What of a batch did not leave will not leave; what did is not taken back."""
    batch = batch_of(command.batch_id, work)
    stopped = batch.stopped(work.actor, work.now)
    work.save(tables.batches, stopped)
    await work_queue.go_on(work.connection, ORDERS, batch.id)
    payload = {"batch": str(batch.id), "kind": "rest"}
    item = uuid5(batch.id, "withdraw rest")
    work.enqueue(WITHDRAWALS, item, payload, priority=FOR_A_PERSON, group=batch.id)
    work.record(VerzendingGestopt(batchId=batch.id), sequence=stopped.version)
