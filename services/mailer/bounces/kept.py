"""What came back as it is kept: written down, found and listed."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.ext.asyncio import AsyncConnection

from services.mailer.domain import Bounce
from services.mailer.tables import bounces
from shared.chassis.mapper import Mapper
from shared.chassis.shelves import id_in


async def keep_bounce(connection: AsyncConnection, mapper: Mapper, bounce: Bounce) -> bool:
    """Write down what came back; False when it was there already."""
    adding = pg.insert(bounces).values(mapper.to_row(bounces, bounce)).on_conflict_do_nothing()
    return bool((await connection.execute(adding.returning(bounces.c.id))).first())


async def bounces_by_id(
    connection: AsyncConnection, mapper: Mapper, ids: Sequence[UUID]
) -> list[Bounce]:
    """What came back, by id."""
    rows = await connection.execute(sa.select(bounces).where(bounces.c.id.in_(ids)))
    return [mapper.to_item(bounces, row) for row in rows.mappings()]


async def bounce_page(
    connection: AsyncConnection,
    mapper: Mapper,
    gemeenten: Sequence[str],
    which: sa.ColumnElement[bool],
    offset: int,
    limit: int,
) -> tuple[int, list[Bounce]]:
    """What came back to these gemeenten, newest first, and how many there are."""
    those = sa.and_(bounces.c.gemeente.in_(gemeenten), which)
    count = sa.select(sa.func.count()).select_from(bounces).where(those)
    page = (
        sa.select(bounces)
        .where(those)
        .order_by(bounces.c.came_at.desc(), bounces.c.id)
        .offset(offset)
        .limit(limit)
    )
    rows = (await connection.execute(page)).mappings().all()
    total: int = (await connection.execute(count)).scalar_one()
    return total, [mapper.to_item(bounces, row) for row in rows]


def wanted(*, is_open: bool | None, is_set_aside: bool | None) -> sa.ColumnElement[bool]:
    """What is asked for; None does not matter."""
    conditions: list[sa.ColumnElement[bool]] = [sa.true()]
    if is_open is not None:
        done = bounces.c.handled_at.is_not(None)
        conditions.append(~done if is_open else done)
    if is_set_aside is not None:
        aside = bounces.c.mail_id.is_(None)
        conditions.append(aside if is_set_aside else ~aside)
    return sa.and_(*conditions)


async def orphaned_bounces(connection: AsyncConnection, keys: Sequence[str]) -> set[str]:
    """The keys of kept notifications that no row names."""
    ids = {key: id_in(key.rpartition("/")[2].removesuffix(".eml")) for key in keys}
    wanted = sa.select(bounces.c.id).where(bounces.c.id.in_({one for one in ids.values() if one}))
    known = set((await connection.execute(wanted)).scalars())
    return {key for key, found in ids.items() if found is not None and found not in known}
