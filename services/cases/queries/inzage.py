"""Everything that is known of one person: in which cases, and what each of them holds."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.cases import tables
from services.cases.queries.parts import Rows
from shared.chassis.mapper import Mapper

_persons, _cases = tables.persons.c, tables.cases.c
_holds, _excluded, _pauses = tables.holds.c, tables.exclusions.c, tables.pauses.c


async def cases_of_person(
    connection: AsyncConnection, mapper: Mapper, gemeente: str, bsn: str
) -> Rows:
    """The cases in which somebody is the resident or the partner, oldest first."""
    statement = (
        sa.select(
            _cases.id,
            _cases.number,
            _cases.batch_id,
            _cases.place,
            _cases.opened_at,
            _persons.role,
        )
        .join(tables.cases, _cases.id == _persons.case_id)
        .where(_persons.gemeente == gemeente, _persons.bsn_index.in_(mapper.keys.indexes(bsn)))
        .order_by(_cases.opened_at, _cases.number)
    )
    return (await connection.execute(statement)).mappings().all()


async def cases_there(
    connection: AsyncConnection, gemeente: str, ids: Sequence[UUID]
) -> list[UUID]:
    """Which of these cases were not destroyed."""
    statement = sa.select(_cases.id).where(_cases.gemeente == gemeente, _cases.id.in_(ids))
    return list((await connection.execute(statement.order_by(_cases.id))).scalars())


async def rows_about(
    connection: AsyncConnection, table: sa.Table, gemeente: str, case_id: UUID, order: str
) -> Rows:
    """The rows of a table that name a case, by one of their columns."""
    statement = (
        sa.select(table)
        .where(table.c.gemeente == gemeente, table.c.case_id == case_id)
        .order_by(table.c[order])
    )
    return (await connection.execute(statement)).mappings().all()


async def marks_of(connection: AsyncConnection, gemeente: str, case_id: UUID) -> Rows:
    """What holds a case or keeps it from being written to, with who decided so and why."""
    kinds = (
        (_holds, sa.literal("bewaarblokkade")),
        (_excluded, sa.literal("uitgesloten van verzending")),
        (_pauses, sa.literal("herinneringen: ") + _pauses.kind),
    )
    statement = sa.union_all(
        *(
            sa.select(kind.label("kind"), mark.reason, mark.by, mark.at).where(
                mark.gemeente == gemeente, mark.id == case_id
            )
            for mark, kind in kinds
        )
    )
    return (await connection.execute(statement)).mappings().all()
