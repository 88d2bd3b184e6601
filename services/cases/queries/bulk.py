"""Acts on many cases with their lines, and the searches that somebody keeps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.cases import tables
from services.cases.domain.bulk import BulkAct, BulkLine, LineState
from services.cases.queries.parts import Page, Rows, count
from shared.chassis.work import Work

_acts, _lines = tables.bulk_acts.c, tables.bulk_lines.c
_searches, _cases = tables.saved_searches.c, tables.cases.c


async def bulk_act(
    connection: AsyncConnection, gemeente: str, act_id: UUID
) -> sa.RowMapping | None:
    """One act."""
    those = sa.and_(_acts.gemeente == gemeente, _acts.id == act_id)
    found = await connection.execute(sa.select(tables.bulk_acts).where(those))
    return found.mappings().first()


async def act_page(
    connection: AsyncConnection, gemeente: str, user: str, offset: int, limit: int
) -> Page:
    """The acts of a user, newest first."""
    those = sa.and_(_acts.gemeente == gemeente, _acts.by == user)
    statement = sa.select(tables.bulk_acts).where(those).order_by(_acts.at.desc(), _acts.id)
    rows = (await connection.execute(statement.offset(offset).limit(limit))).mappings().all()
    return await count(connection, tables.bulk_acts, those), rows


async def line_page(
    connection: AsyncConnection,
    gemeente: str,
    act_id: UUID,
    state: LineState | None,
    offset: int,
    limit: int,
) -> Page:
    """What became of the cases of an act, by number."""
    those = sa.and_(_lines.gemeente == gemeente, _lines.act_id == act_id)
    if state is not None:
        those = sa.and_(those, _lines.state == state)
    statement = sa.select(tables.bulk_lines).where(those).order_by(_lines.number)
    rows = (await connection.execute(statement.offset(offset).limit(limit))).mappings().all()
    return await count(connection, tables.bulk_lines, those), rows


async def known_cases(connection: AsyncConnection, gemeente: str, ids: Sequence[UUID]) -> list[Any]:
    """Those of these cases that are there, id and number."""
    statement = sa.select(_cases.id, _cases.number).where(
        _cases.gemeente == gemeente, _cases.id.in_(ids)
    )
    return list((await connection.execute(statement)).all())


async def lock_act(work: Work, act_id: UUID) -> BulkAct | None:
    """An act, so that no other worker goes on with it."""
    statement = (
        sa.select(tables.bulk_acts)
        .where(_acts.gemeente == work.gemeente, _acts.id == act_id)
        .with_for_update()
    )
    row = (await work.query(statement)).mappings().first()
    return None if row is None else work.mapper.to_item(tables.bulk_acts, row)


async def lock_lines(work: Work, act_id: UUID, limit: int | None) -> list[BulkLine]:
    """The next cases of an act that had no turn yet, in order of id."""
    statement = (
        sa.select(tables.bulk_lines)
        .where(
            _lines.gemeente == work.gemeente,
            _lines.act_id == act_id,
            _lines.state == LineState.WAITING,
        )
        .order_by(_lines.case_id)
        .limit(limit)
        .with_for_update()
    )
    rows = (await work.query(statement)).mappings()
    return [work.mapper.to_item(tables.bulk_lines, row) for row in rows]


async def own_searches(connection: AsyncConnection, gemeente: str, user: str) -> Rows:
    """The searches that a user keeps, by name."""
    statement = (
        sa.select(tables.saved_searches)
        .where(_searches.gemeente == gemeente, _searches.user_id == user)
        .order_by(_searches.name)
    )
    return (await connection.execute(statement)).mappings().all()


def search_of(gemeente: str, user: str, search_id: UUID) -> sa.ColumnElement[bool]:
    """One search of a user."""
    return sa.and_(
        _searches.gemeente == gemeente, _searches.user_id == user, _searches.id == search_id
    )
