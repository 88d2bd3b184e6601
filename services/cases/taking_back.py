"""Takes back what was ordered for a case and has not left, because of what happened in the case.

What was not ordered yet ends here. For the rest the order is taken back on the topic that it went
by, under the same key, so that this comes after it; who makes or sends it answers with its one
outcome, whichever of the two was first.
"""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from services.cases import tables
from services.cases.domain import Case, Delivery, DeliveryState
from services.cases.domain.taking_back import TakingBack
from services.cases.handlers.changes import tell
from shared.chassis.work import Work
from shared.contracts.codes import Channel, Purpose
from shared.contracts.events import OpdrachtIngetrokken


async def take_back(case: Case, why: TakingBack, work: Work, *, but: UUID | None = None) -> None:
    """Have nothing leave any more of what this concerns, `but` the delivery that gave the news.

    The case is locked by who asks.
    """
    unsent = await _lock_unsent(case, work)
    concerned = [one for one in unsent if one.id != but and why.concerns(one)]
    planned = [one for one in concerned if one.state == DeliveryState.PLANNED]
    if planned and await _is_approved(case, work):
        for delivery in planned:
            ended = delivery.withdrawn(delivery.attempt_id, why.reason, work.now)
            work.save(tables.deliveries, ended)
            tell(case.id, f"Niet verstuurd per {delivery.channel}", why.reason, work)
    for delivery in concerned:
        if delivery.state != DeliveryState.PLANNED:
            _record(delivery, why, work)


def _record(delivery: Delivery, why: TakingBack, work: Work) -> None:
    work.record(
        OpdrachtIngetrokken(
            zaakId=delivery.case_id,
            bezorgingId=delivery.id,
            pogingId=delivery.attempt_id,
            batchId=delivery.batch_id,
            kanaal=Channel(delivery.channel),
            doel=Purpose(delivery.purpose),
            reden=why.reason,
        ),
        sequence=delivery.round,
    )


async def _lock_unsent(case: Case, work: Work) -> list[Delivery]:
    """What may not have left. Who orders at this moment is waited for: these rows are locked."""
    delivery = tables.deliveries.c
    statement = (
        sa.select(tables.deliveries)
        .where(
            delivery.gemeente == work.gemeente,
            delivery.case_id == case.id,
            delivery.state.in_([DeliveryState.PLANNED, DeliveryState.ASKED, DeliveryState.DONE]),
        )
        .order_by(delivery.id)
        .with_for_update()
    )
    rows = (await work.query(statement)).mappings().all()
    return [work.mapper.to_item(tables.deliveries, row) for row in rows]


async def _is_approved(case: Case, work: Work) -> bool:
    """Whether its batch is being sent; before that a resident is left out another way."""
    batch = tables.batches.c
    found = await work.query(sa.select(batch.approved_at).where(batch.id == case.batch_id))
    return found.scalar() is not None
