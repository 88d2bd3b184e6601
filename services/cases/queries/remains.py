"""What a batch goes on counting of its cases when they are destroyed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.cases import tables
from shared.chassis.work import Work
from shared.contracts.codes import CaseStatus

_cases = tables.cases.c
_deliveries = tables.deliveries.c
_register = tables.destroyed_cases.c


@dataclass(frozen=True, slots=True)
class Remains:
    """Letters of a batch that were posted and came back, and cases that were stopped."""

    posted: int = 0
    returned: int = 0
    stopped: int = 0

    def and_also(self, other: Remains) -> Remains:
        """Both together."""
        return Remains(
            self.posted + other.posted,
            self.returned + other.returned,
            self.stopped + other.stopped,
        )


async def remains_of_cases(work: Work, ids: Sequence[UUID]) -> dict[UUID, Remains]:
    """What is to be kept of cases before they go; letters outside a batch count nowhere."""
    is_stopped = sa.case((_cases.status == CaseStatus.STOPPED, 1), else_=0)
    statement = (
        sa.select(
            _cases.id,
            sa.func.count(_deliveries.posted_on),
            sa.func.count(_deliveries.returned_on),
            is_stopped,
        )
        .select_from(tables.cases)
        .outerjoin(
            tables.deliveries,
            sa.and_(
                _deliveries.gemeente == _cases.gemeente,
                _deliveries.case_id == _cases.id,
                _deliveries.batch_id.is_not(None),
            ),
        )
        .where(_cases.gemeente == work.gemeente, _cases.id.in_(ids))
        .group_by(_cases.id, _cases.status)
    )
    return {row[0]: Remains(*row[1:]) for row in await work.query(statement)}


async def remains_of_batches(
    connection: AsyncConnection, gemeente: str, batches: Sequence[UUID]
) -> dict[UUID, Remains]:
    """What was kept of the destroyed cases of batches; one without is left out."""
    columns = (_register.posted, _register.returned, _register.stopped)
    statement = (
        sa.select(_register.batch_id, *(sa.func.sum(column) for column in columns))
        .where(
            _register.gemeente == gemeente,
            _register.batch_id.in_(batches),
            _register.destroyed_at.is_not(None),
        )
        .group_by(_register.batch_id)
    )
    return {row[0]: Remains(*row[1:]) for row in await connection.execute(statement)}
