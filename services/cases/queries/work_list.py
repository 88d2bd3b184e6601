"""The work list: cases by what somebody looks for, a page at a time, with counts beside it.

Each filter has an index that also gives the order, so that page 1 of 100,000 cases is found without
reading the others.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.cases import tables
from services.cases.queries.parts import NAME, Page, count
from shared.contracts.codes import CaseStatus

_cases = tables.cases.c
_persons = tables.persons.c


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What somebody looks for. `overdue_on`: unanswered, and the term had passed on that day."""

    batch_id: UUID | None = None
    status: CaseStatus | None = None
    overdue_on: date | None = None
    has_objection: bool = False
    also: tuple[sa.ColumnElement[bool], ...] = ()


@dataclass(frozen=True, slots=True)
class CaseCounts:
    """How many cases there are of each kind, in a batch or in all."""

    by_status: dict[CaseStatus, int]
    overdue: int
    objected: int


async def case_page(
    connection: AsyncConnection, gemeente: str, wanted: CaseFilter, offset: int, limit: int
) -> Page:
    """Cases with the resident's name and place: by number, or by term when that has passed."""
    those = sa.and_(*_conditions(gemeente, wanted))
    order: list[Any] = [_cases.number]
    if wanted.overdue_on is not None:
        order.insert(0, _cases.response_date)
    page = sa.select(tables.cases).where(those).order_by(*order).offset(offset).limit(limit)
    those_shown = page.subquery()
    shown = [those_shown.c[column.name] for column in order]
    statement = (
        sa.select(those_shown, *NAME, _persons.city)
        .join(tables.persons, _persons.id == those_shown.c.id)
        .order_by(*shown)
    )
    rows = (await connection.execute(statement)).mappings().all()
    return await count(connection, tables.cases, those), rows


async def case_counts(
    connection: AsyncConnection, gemeente: str, wanted: CaseFilter, today: date
) -> CaseCounts:
    """The counts beside the list, whatever status was chosen: of a batch, of whom, or of all."""
    chosen = CaseFilter(wanted.batch_id, also=wanted.also)
    mine = _conditions(gemeente, chosen)
    found = await connection.execute(
        sa.select(_cases.status, sa.func.count()).where(*mine).group_by(_cases.status)
    )
    by_status = {CaseStatus(row[0]): row[1] for row in found.all()}
    overdue = sa.and_(*_conditions(gemeente, replace(chosen, overdue_on=today)))
    objected = sa.and_(*_conditions(gemeente, replace(chosen, has_objection=True)))
    return CaseCounts(
        by_status,
        await count(connection, tables.cases, overdue),
        await count(connection, tables.cases, objected),
    )


def _conditions(gemeente: str, wanted: CaseFilter) -> list[sa.ColumnElement[bool]]:
    conditions: list[Any] = [_cases.gemeente == gemeente, *wanted.also]
    if wanted.batch_id is not None:
        conditions.append(_cases.batch_id == wanted.batch_id)
    if wanted.status is not None:
        conditions.append(_cases.status == wanted.status)
    if wanted.overdue_on is not None:
        conditions += [sa.text(tables.UNANSWERED), _cases.response_date < wanted.overdue_on]
    if wanted.has_objection:
        conditions.append(sa.text(tables.OBJECTED))
    return conditions
