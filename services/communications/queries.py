"""What communications reads: the timeline of a case, and a colleague's notices."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.communications.domain import Case, Message, Notice, resident_id
from services.communications.tables import cases, messages, notices, participants
from shared.chassis.identity import Identity
from shared.chassis.tables import gebruikers


async def case(connection: AsyncConnection, case_id: UUID) -> Case | None:
    """One case, or None."""
    row = (await connection.execute(sa.select(cases).where(cases.c.id == case_id))).mappings()
    found = row.first()
    return None if found is None else Case(**found)


async def resident_name(connection: AsyncConnection, case_id: UUID) -> str | None:
    """The name of a case's resident, or None when it has not been told yet."""
    statement = sa.select(participants.c.name).where(participants.c.id == resident_id(case_id))
    name: str | None = (await connection.execute(statement)).scalar()
    return name


async def timeline(
    connection: AsyncConnection, gemeente: str, case_id: UUID, offset: int, limit: int
) -> tuple[int, list[Message]]:
    """How many messages a case has, and one page of them, newest first."""
    condition = sa.and_(messages.c.gemeente == gemeente, messages.c.case_id == case_id)
    count = sa.select(sa.func.count()).select_from(messages).where(condition)
    page = (
        sa.select(messages)
        .where(condition)
        .order_by(messages.c.placed_at.desc(), messages.c.id)
        .offset(offset)
        .limit(limit)
    )
    rows = (await connection.execute(page)).mappings()
    found = [Message(**row) for row in rows]
    return (await connection.execute(count)).scalar_one(), found


async def names(connection: AsyncConnection, users: Sequence[str]) -> dict[str, str]:
    """The names of the colleagues that communications has met."""
    statement = sa.select(gebruikers.c.id, gebruikers.c.name).where(gebruikers.c.id.in_(users))
    return {row[0]: row[1] for row in (await connection.execute(statement)).all()}


async def notices_of(
    connection: AsyncConnection, who: Identity, offset: int, limit: int
) -> tuple[int, int, list[Notice]]:
    """How many notices a user has, how many are unread, and one page of them, newest first."""
    condition = sa.and_(
        notices.c.gemeente == who.gemeente,
        sa.or_(notices.c.user_id == who.id, notices.c.role.in_(sorted(who.roles))),
    )
    unread = sa.func.count().filter(notices.c.read_at.is_(None))
    counted = await connection.execute(
        sa.select(sa.func.count(), unread).select_from(notices).where(condition)
    )
    total, open_ones = counted.one()
    page = (
        sa.select(notices)
        .where(condition)
        .order_by(notices.c.placed_at.desc(), notices.c.id)
        .offset(offset)
        .limit(limit)
    )
    rows = (await connection.execute(page)).mappings()
    return total, open_ones, [Notice(**row) for row in rows]
