"""The work list: cases by what somebody looks for, a page at a time, with counts beside it.

Each order has an index, and so has each filter, so that page 1 of 100,000 cases is found without
reading the others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.ext.asyncio import AsyncConnection

from services.cases import tables
from services.cases.domain import DeliveryState, partner_of
from services.cases.domain.work_list import CaseOrder
from services.cases.queries.parts import NAME, Page, Rows, count
from services.cases.queries.teams import of_team
from shared.contracts.codes import CaseStatus

_cases = tables.cases.c
_persons = tables.persons.c
_deliveries = tables.deliveries.c
_TERM = sa.literal_column(tables.TERM, sa.Date)
#: In which a case asks for something.
OPEN = tuple(
    status for status in CaseStatus if status not in {CaseStatus.CLOSED, CaseStatus.STOPPED}
)


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What somebody looks for. `overdue_on`: unanswered, and the term had passed on that day.

    `users` are whose cases it must be, `is_unassigned` that they are nobody's.
    """

    batch_id: UUID | None = None
    status: CaseStatus | None = None
    overdue_on: date | None = None
    has_objection: bool = False
    indication: str | None = None
    is_open: bool = False
    team_id: UUID | None = None
    users: tuple[str, ...] = ()
    is_unassigned: bool = False
    order: CaseOrder | None = None


@dataclass(frozen=True, slots=True)
class CaseCounts:
    """How many cases there are of each kind, in a batch or in all."""

    by_status: dict[CaseStatus, int]
    overdue: int
    objected: int


@dataclass(slots=True)
class Choices:
    """How many cases each choice of a filter would give, with the other filters as they are."""

    teams: Counter[UUID] = field(default_factory=Counter)
    users: Counter[str | None] = field(default_factory=Counter)
    batches: Counter[UUID] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a case stands in a list, and which cases are beside it."""

    before: UUID | None
    after: UUID | None
    position: int
    total: int


async def case_page(
    connection: AsyncConnection, gemeente: str, wanted: CaseFilter, offset: int, limit: int
) -> Page:
    """A page of cases with the resident's name and place."""
    those = sa.and_(*_conditions(gemeente, wanted))
    rows = await _shown(connection, wanted, those, limit, offset)
    return await count(connection, tables.cases, those), rows


async def cases_after(
    connection: AsyncConnection, gemeente: str, wanted: CaseFilter, last: Any, limit: int
) -> tuple[Rows, Any]:
    """The next cases of a list after where the one before ended, and where this one does."""
    those = _conditions(gemeente, wanted)
    if last is not None:
        those.append(_beyond(wanted, last, back=False))
    rows = await _shown(connection, wanted, sa.and_(*those), limit)
    return rows, tuple(rows[-1][f"key{at}"] for at in range(len(_keys(wanted)))) if rows else None


async def case_ids(connection: AsyncConnection, gemeente: str, wanted: CaseFilter) -> list[Any]:
    """All cases of a list, id and number."""
    statement = sa.select(_cases.id, _cases.number).where(*_conditions(gemeente, wanted))
    return list((await connection.execute(statement)).all())


async def place_in_list(
    connection: AsyncConnection, gemeente: str, wanted: CaseFilter, case_id: UUID
) -> Place | None:
    """Where a case stands in a list, or would; None when there is no such case."""
    keys = _keys(wanted)
    own = sa.select(*keys).where(_cases.gemeente == gemeente, _cases.id == case_id)
    here = (await connection.execute(own)).first()
    if here is None:
        return None
    those = _conditions(gemeente, wanted)
    before = _beyond(wanted, tuple(here), back=True)
    previous, following = [
        (await connection.execute(_nearest(wanted, those, tuple(here), back=back))).scalar()
        for back in (True, False)
    ]
    return Place(
        previous,
        following,
        position=1 + await count(connection, tables.cases, sa.and_(*those, before)),
        total=await count(connection, tables.cases, sa.and_(*those)),
    )


async def case_counts(
    connection: AsyncConnection, gemeente: str, wanted: CaseFilter, today: date
) -> CaseCounts:
    """The counts beside the list, whatever status was chosen: of a batch, of whom, or of all."""
    chosen = replace(wanted, status=None, overdue_on=None, has_objection=False, is_open=False)
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


async def choices(connection: AsyncConnection, gemeente: str, wanted: CaseFilter) -> Choices:
    """How many cases each team, colleague and batch would give: one look at the cases for all."""
    rest = replace(wanted, team_id=None, users=(), is_unassigned=False, batch_id=None)
    batches = tables.batches.c
    # Some conditions are plain text, which knows no other table than cases.
    those = (
        sa.select(_cases.team_id, _cases.assignee, _cases.batch_id)
        .where(*_conditions(gemeente, rest))
        .subquery()
    )
    team = sa.func.coalesce(those.c.team_id, batches.team_id).label("team")
    parts = (team, those.c.assignee, those.c.batch_id)
    statement = (
        sa.select(*parts, sa.func.count())
        .outerjoin(tables.batches, batches.id == those.c.batch_id)
        .group_by(*parts)
    )
    found = Choices()
    for team_id, user, batch_id, number in (await connection.execute(statement)).all():
        by_team = wanted.team_id in {None, team_id}
        by_batch = wanted.batch_id in {None, batch_id}
        by_user = user is None if wanted.is_unassigned else not wanted.users or user in wanted.users
        if by_user and by_batch and team_id is not None:
            found.teams[team_id] += number
        if by_team and by_batch:
            found.users[user] += number
        if by_team and by_user:
            found.batches[batch_id] += number
    return found


async def partners(connection: AsyncConnection, ids: Sequence[UUID]) -> dict[UUID, sa.RowMapping]:
    """The partners of cases, by the id of the case."""
    theirs = [partner_of(case_id) for case_id in ids]
    statement = sa.select(_persons.case_id, *NAME).where(_persons.id.in_(theirs))
    rows = (await connection.execute(statement)).mappings()
    return {row["case_id"]: row for row in rows}


async def last_sent(
    connection: AsyncConnection, gemeente: str, ids: Sequence[UUID]
) -> dict[UUID, sa.RowMapping]:
    """The last letter or mail that each of these residents got."""
    statement = (
        sa.select(
            _deliveries.case_id, _deliveries.purpose, _deliveries.channel, _deliveries.ended_at
        )
        .ext(pg.distinct_on(_deliveries.case_id))
        .where(
            _deliveries.gemeente == gemeente,
            _deliveries.case_id.in_(ids),
            _deliveries.state == DeliveryState.DONE,
            _deliveries.ended_at.is_not(None),
        )
        .order_by(_deliveries.case_id, _deliveries.ended_at.desc())
    )
    rows = (await connection.execute(statement)).mappings()
    return {row["case_id"]: row for row in rows}


async def _shown(
    connection: AsyncConnection,
    wanted: CaseFilter,
    those: sa.ColumnElement[bool],
    limit: int,
    offset: int = 0,
) -> Rows:
    keys = [key.label(f"key{at}") for at, key in enumerate(_keys(wanted))]
    page = (
        sa.select(tables.cases, *keys)
        .where(those)
        .order_by(*_order(wanted))
        .offset(offset)
        .limit(limit)
        .subquery()
    )
    shown = [page.c[key.name] for key in keys]
    if _is_down(wanted):
        shown = [key.desc() for key in shown]
    statement = (
        sa.select(page, *NAME, _persons.city)
        .join(tables.persons, _persons.id == page.c.id)
        .order_by(*shown)
    )
    return (await connection.execute(statement)).mappings().all()


def _keys(wanted: CaseFilter) -> list[Any]:
    """What puts one case before another; the last of them is of one case alone."""
    if wanted.overdue_on is not None and (
        wanted.order is None or wanted.order.column == CaseOrder.TERM
    ):
        return [_cases.response_date, _cases.number]
    by: dict[CaseOrder, list[Any]] = {
        CaseOrder.TERM: [_TERM],
        CaseOrder.CHANGE: [_cases.changed_at],
    }
    first = by.get(CaseOrder(wanted.order.column), []) if wanted.order else []
    return [*first, _cases.number]


def _is_down(wanted: CaseFilter) -> bool:
    return wanted.order is not None and wanted.order.is_down


def _order(wanted: CaseFilter, *, back: bool = False) -> list[Any]:
    keys = _keys(wanted)
    return [key.desc() for key in keys] if _is_down(wanted) != back else keys


def _beyond(wanted: CaseFilter, here: tuple[Any, ...], *, back: bool) -> sa.ColumnElement[bool]:
    """The cases after a place in the list, or those before it."""
    keys = sa.tuple_(*_keys(wanted))
    there = sa.tuple_(*(sa.literal(value) for value in here))
    return keys < there if _is_down(wanted) != back else keys > there


def _nearest(
    wanted: CaseFilter, those: Sequence[Any], here: tuple[Any, ...], *, back: bool
) -> sa.Select[Any]:
    return (
        sa.select(_cases.id)
        .where(*those, _beyond(wanted, here, back=back))
        .order_by(*_order(wanted, back=back))
        .limit(1)
    )


def _conditions(gemeente: str, wanted: CaseFilter) -> list[sa.ColumnElement[bool]]:
    conditions: list[Any] = [_cases.gemeente == gemeente]
    if wanted.team_id is not None:
        conditions.append(of_team(wanted.team_id))
    if wanted.users:
        conditions.append(_cases.assignee.in_(wanted.users))
    if wanted.is_unassigned:
        conditions.append(_cases.assignee.is_(None))
    if wanted.batch_id is not None:
        conditions.append(_cases.batch_id == wanted.batch_id)
    if wanted.status is not None:
        conditions.append(_cases.status == wanted.status)
    if wanted.is_open:
        conditions.append(_cases.status.in_(OPEN))
    if wanted.overdue_on is not None:
        conditions += [sa.text(tables.UNANSWERED), _cases.response_date < wanted.overdue_on]
    if wanted.has_objection:
        conditions.append(sa.text(tables.OBJECTED))
    if wanted.indication is not None:
        conditions.append(_cases.indication == wanted.indication)
    return conditions
