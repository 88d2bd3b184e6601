"""What several queries of cases are made of."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.cases import tables

Rows = Sequence[sa.RowMapping]
Page = tuple[int, Rows]

_persons = tables.persons.c


async def count(connection: AsyncConnection, table: sa.Table, those: sa.ColumnElement[bool]) -> int:
    """How many rows of a table are so."""
    statement = sa.select(sa.func.count()).select_from(table).where(those)
    return int((await connection.execute(statement)).scalar_one())


#: What a list shows a resident's name from.
NAME = (
    _persons.initials,
    _persons.first_name,
    _persons.infix,
    _persons.last_name,
    _persons.written_name,
)
