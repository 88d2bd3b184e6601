"""What became of each resident of a batch, in pages that follow the numbers of their cases."""

from __future__ import annotations

from collections import defaultdict
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.cases import tables
from services.cases.queries.parts import NAME, Rows

_cases = tables.cases.c
_persons = tables.persons.c
_deliveries = tables.deliveries.c


async def result_page(
    connection: AsyncConnection, gemeente: str, batch_id: UUID, after: str, limit: int
) -> tuple[Rows, dict[UUID, list[sa.RowMapping]]]:
    """The next cases after a number with their resident, and what the batch sent them."""
    statement = (
        sa.select(
            _cases.id,
            _cases.number,
            _cases.status,
            _cases.preference,
            _persons.bsn,
            *NAME,
        )
        .join(tables.persons, _persons.id == _cases.id)
        .where(_cases.gemeente == gemeente, _cases.batch_id == batch_id, _cases.number > after)
        .order_by(_cases.number)
        .limit(limit)
    )
    rows = (await connection.execute(statement)).mappings().all()
    sent = sa.select(tables.deliveries).where(
        _deliveries.gemeente == gemeente,
        _deliveries.batch_id == batch_id,
        _deliveries.case_id.in_([row["id"] for row in rows]),
    )
    of_case: dict[UUID, list[sa.RowMapping]] = defaultdict(list)
    for delivery in (await connection.execute(sent)).mappings():
        of_case[delivery["case_id"]].append(delivery)
    return rows, of_case
