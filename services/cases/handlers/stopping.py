"""A case ends without a decision, and how that is undone.

Until its batch is approved a stopped case is left out like an excluded one, so that the counts of
the plan are right and an offer does not stand; afterwards what has not left is taken back.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from services.cases import errors, life_errors, queries, tables
from services.cases.domain import (
    Batch,
    BatchStatus,
    Case,
    Delivery,
    DeliveryState,
    Exclusion,
    life,
    taking_back,
)
from services.cases.handlers.changes import keep, set_open, shown
from services.cases.taking_back import take_back
from shared.chassis.work import Work

STOPPED = taking_back.STOPPED.reason
_GONE = frozenset({BatchStatus.WITHDRAWING, BatchStatus.WITHDRAWN})


@dataclass(frozen=True, slots=True)
class Stop:
    """A user stops a case of a batch, or takes that back."""

    case_id: UUID
    batch_id: UUID
    version: int
    reason: str


async def stop(command: Stop, work: Work) -> None:
    """Nothing more is sent or done, and what has not left is taken back; its people are free."""
    case = shown(command.case_id, command.version, work)
    after = life.stopped(case, command.reason, work.now)
    batch = _batch(command, work)
    keep(case, after, "Zaak gestopt", command.reason, work)
    await set_open(after, work, is_open=False)
    if batch.approved_at is None:
        for delivery in await queries.lock_deliveries(work, case.id, DeliveryState.PLANNED):
            work.save(tables.deliveries, delivery.excluded(STOPPED))
        if batch.status not in _GONE:
            await _leave_out(case, batch, work)
    await take_back(after, taking_back.STOPPED, work)


async def take_stop_back(command: Stop, work: Work) -> None:
    """It goes on where it was; what was withdrawn meanwhile is not sent by itself."""
    case = shown(command.case_id, command.version, work)
    after = life.stop_taken_back(case, work.now)
    batch = _batch(command, work)
    if batch.status in _GONE:
        raise life_errors.BatchWasWithdrawn
    if other := await queries.open_elsewhere(work, case.id):
        raise life_errors.OtherCaseOpen(other)
    keep(case, after, "Stoppen teruggedraaid", command.reason, work)
    await set_open(after, work, is_open=True)
    if batch.approved_at is None:
        await _take_in(case, batch, work)


def _batch(command: Stop, work: Work) -> Batch:
    batch = work.found(Batch, command.batch_id)
    if batch is None:
        raise errors.BatchStillOpening
    return batch


async def _leave_out(case: Case, batch: Batch, work: Work) -> None:
    known = sa.select(tables.exclusions.c.id).where(tables.exclusions.c.id == case.id)
    if (await work.query(known)).first() is None:
        out = Exclusion(case.id, work.gemeente, batch.id, STOPPED, work.actor, work.now)
        work.add(tables.exclusions, out)
    work.save(tables.batches, batch.changed())


async def _take_in(case: Case, batch: Batch, work: Work) -> None:
    """What was left out because of the stop comes in again; another exclusion stands."""
    exclusion = tables.exclusions.c
    gone = await work.query(
        sa.delete(tables.exclusions)
        .where(exclusion.id == case.id, exclusion.reason == STOPPED)
        .returning(exclusion.id)
    )
    if gone.first() is None:
        return
    left_out: list[Delivery] = await queries.lock_deliveries(work, case.id, DeliveryState.EXCLUDED)
    for delivery in left_out:
        work.save(tables.deliveries, delivery.included())
    work.save(tables.batches, batch.changed())
