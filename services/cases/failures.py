"""The letters and mails of a batch that failed, for whoever tries them again."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.cases import tables
from services.cases.domain import Delivery, DeliveryState
from shared.chassis.work import Work

_deliveries = tables.deliveries.c


async def lock_failures(
    work: Work, batch_id: UUID, chosen: Sequence[UUID] | None
) -> list[Delivery]:
    """Lock the letters and mails of a batch that failed; of the chosen ones, when there are."""
    which = [
        _deliveries.gemeente == work.gemeente,
        _deliveries.batch_id == batch_id,
        _deliveries.state == DeliveryState.FAILED,
    ]
    if chosen is not None:
        which.append(_deliveries.id.in_(chosen))
    statement = (
        sa.select(tables.deliveries)
        .where(*which)
        .order_by(_deliveries.place, _deliveries.channel)
        .with_for_update()
    )
    rows = (await work.query(statement)).mappings()
    return [work.mapper.to_item(tables.deliveries, row) for row in rows]


async def is_ordering(connection: AsyncConnection, gemeente: str, batch_id: UUID) -> bool:
    """Whether letters or mails of a batch are still to be ordered."""
    statement = sa.select(
        sa.exists().where(
            _deliveries.gemeente == gemeente,
            _deliveries.batch_id == batch_id,
            _deliveries.state == DeliveryState.PLANNED,
        )
    )
    return bool((await connection.execute(statement)).scalar_one())
