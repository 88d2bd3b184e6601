"""Which events were handled: the row is written in the transaction of their effects."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from shared.chassis import tables
from shared.chassis.database import Transaction
from shared.chassis.mapper import unnested
from shared.contracts.topics import DEAD_LETTERS, LONG

#: Longer than an event can come back: its topic, then its dead letter, and a margin.
PURGE_AFTER = LONG + DEAD_LETTERS + timedelta(days=7)


async def claim(transaction: Transaction, event_ids: Sequence[UUID]) -> set[UUID]:
    """Mark events as handled; answers those that were not yet.

    Ids go in sorted, so two workers that got the same events wait for each other, not deadlock.
    """
    statement = (
        pg.insert(tables.inbox)
        .from_select(["event_id"], unnested(tables.inbox, ["event_id"]))
        .on_conflict_do_nothing()
        .returning(tables.inbox.c.event_id)
    )
    answer = await transaction.connection.execute(statement, {"event_id_": sorted(set(event_ids))})
    return set(answer.scalars())


async def meet(transaction: Transaction, gemeente: str, known: set[str]) -> None:
    """Remember a gemeente that this service had not met; timers run for it from now on."""
    if gemeente not in known:
        await transaction.connection.execute(
            pg.insert(tables.gemeenten).values(code=gemeente).on_conflict_do_nothing()
        )


async def purge(transaction: Transaction) -> int:
    """Forget events that cannot come back; answers how many."""
    old = sa.func.clock_timestamp() - PURGE_AFTER
    answer = await transaction.connection.execute(
        sa.delete(tables.inbox).where(tables.inbox.c.at < old)
    )
    return answer.rowcount
