"""Slow work waits in a table: rendering, sending, publishing a batch, building a print file.

A claim takes items by priority and in turn per gemeente, raises their attempts and gives them a
claim id and a lease by the database's clock. The work is done outside a transaction. Its outcome
counts only with the claim id, so a worker that was thought dead cannot overwrite its successor.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.chassis import tables
from shared.chassis.database import Database, Transaction
from shared.chassis.service import Item

#: In turn per gemeente: each has its first items ranked before another's later ones. Only the
#: heads of the gemeenten's lines are looked at, so a long line costs nothing.
CLAIM = sa.text("""
with recursive lines(gemeente) as (
  (select gemeente from work_items where queue = :queue and done_at is null
   order by gemeente limit 1)
  union all
  select (select w.gemeente from work_items w where w.queue = :queue and w.done_at is null
          and w.gemeente > lines.gemeente order by w.gemeente limit 1)
  from lines where lines.gemeente is not null
), heads as (
  select head.id, head.priority, row_number() over (partition by lines.gemeente) as place
  from lines cross join lateral (
    select id, priority from work_items w
    where w.queue = :queue and w.done_at is null and w.gemeente = lines.gemeente
      and w.not_before <= :now
      and (w.leased_until is null or w.leased_until < clock_timestamp())
      and not exists (select 1 from work_pauses p
                      where p.queue = w.queue and p.group_id = w.group_id)
    order by w.priority, w.turn limit :many
  ) head where lines.gemeente is not null
), chosen as (
  select w.id from work_items w
  join heads on heads.id = w.id
  where w.done_at is null and (w.leased_until is null or w.leased_until < clock_timestamp())
  order by heads.priority, heads.place limit :many
  for update of w skip locked
)
update work_items w
set claim = :claim, attempts = w.attempts + 1, leased_until = clock_timestamp() + :lease
from chosen where chosen.id = w.id
returning w.id, w.gemeente, w.payload, w.attempts, w.claim, w.actor, w.correlation_id,
  w.traceparent, w.turn, w.priority, cast(:now as timestamptz) - w.created_at as age
""").bindparams(sa.bindparam("lease", type_=sa.Interval))

DEPTH = sa.text("""
select queue, count(*),
  coalesce(extract(epoch from max(:now - not_before) filter (where not_before <= :now)), 0)
from work_items where done_at is null group by queue
""")


@dataclass(frozen=True, slots=True)
class Depth:
    """How much work waits in a queue, and for how long."""

    queue: str
    items: int
    oldest_seconds: float


async def claim(database: Database, queue: str, many: int, lease: timedelta) -> list[Item]:
    """Take up to `many` items; each is ours until the lease ends."""
    async with database.transaction() as transaction:
        answer = await transaction.connection.execute(
            CLAIM,
            {
                "queue": queue,
                "many": many,
                "lease": lease,
                "claim": uuid4(),
                "now": transaction.now,
            },
        )
        rows = sorted(answer.mappings(), key=lambda row: (row["priority"], row["turn"]))
    return [
        Item(
            row["id"],
            row["gemeente"],
            row["payload"],
            row["attempts"],
            row["claim"],
            row["actor"],
            row["correlation_id"],
            row["traceparent"],
            row["age"],
        )
        for row in rows
    ]


async def finish(transaction: Transaction, items: Sequence[Item]) -> set[UUID]:
    """End items; answers those that were still ours. The others' outcome must not be written."""
    statement = (
        sa.update(tables.work_items)
        .where(
            tables.work_items.c.id.in_([item.id for item in items]),
            tables.work_items.c.claim.in_({item.claim for item in items}),
            tables.work_items.c.done_at.is_(None),
        )
        .values(done_at=sa.func.clock_timestamp(), leased_until=None)
        .returning(tables.work_items.c.id)
    )
    return set((await transaction.connection.execute(statement)).scalars())


async def put_back(transaction: Transaction, item: Item, wait: timedelta) -> None:
    """Give an item up for now; it may be claimed again after `wait`."""
    await transaction.connection.execute(
        sa.update(tables.work_items)
        .where(tables.work_items.c.id == item.id, tables.work_items.c.claim == item.claim)
        .values(claim=None, leased_until=None, not_before=transaction.now + wait)
    )


async def extend(database: Database, items: Sequence[Item], lease: timedelta) -> None:
    """Prolong the lease of items that are still being worked on."""
    async with database.transaction() as transaction:
        await transaction.connection.execute(
            sa.update(tables.work_items)
            .where(
                tables.work_items.c.id.in_([item.id for item in items]),
                tables.work_items.c.claim.in_({item.claim for item in items}),
                tables.work_items.c.done_at.is_(None),
            )
            .values(leased_until=sa.func.clock_timestamp() + lease)
        )


async def pause(connection: AsyncConnection, queue: str, group: UUID) -> None:
    """Nothing more of this group is claimed, until `go_on`."""
    await connection.execute(
        sa.text("insert into work_pauses (queue, group_id) values (:q, :g) on conflict do nothing"),
        {"q": queue, "g": group},
    )


async def go_on(connection: AsyncConnection, queue: str, group: UUID) -> None:
    """Work of this group may be claimed again."""
    await connection.execute(
        sa.delete(tables.work_pauses).where(
            tables.work_pauses.c.queue == queue, tables.work_pauses.c.group_id == group
        )
    )


async def hasten(connection: AsyncConnection, queue: str, item_id: UUID, now: datetime) -> None:
    """Have an item looked at next, also when its group is paused or it waits for a moment.

    Whoever is ending the item at this moment is waited for, so a read after this sees what came
    of it.
    """
    item = tables.work_items.c
    await connection.execute(
        sa.update(tables.work_items)
        .where(item.id == item_id, item.queue == queue, item.done_at.is_(None))
        .values(group_id=None, priority=0, not_before=sa.func.least(item.not_before, now))
    )


async def depths(database: Database) -> list[Depth]:
    """How much waits in each queue."""
    async with database.transaction() as transaction:
        rows = await transaction.connection.execute(DEPTH, {"now": transaction.now})
        return [Depth(row[0], row[1], float(row[2])) for row in rows]


async def purge(transaction: Transaction) -> int:
    """Forget work that ended over 30 days ago; answers how many items."""
    answer: Any = await transaction.connection.execute(
        sa.delete(tables.work_items).where(
            tables.work_items.c.done_at < sa.func.clock_timestamp() - timedelta(days=30)
        )
    )
    return int(answer.rowcount)
