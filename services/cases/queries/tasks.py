"""Tasks as lists show them: with the number of their case and the name of its resident."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.cases import tables
from services.cases.domain.task import ROLES
from services.cases.queries.parts import NAME, Page
from shared.contracts.codes import Role, TaskKind

_tasks, _persons = tables.tasks.c, tables.persons.c


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """Which tasks are asked for; what is left out does not matter."""

    is_open: bool = True
    kind: TaskKind | None = None
    case_id: UUID | None = None
    team_id: UUID | None = None
    #: Only of these colleagues.
    assignees: tuple[str, ...] | None = None
    #: With them, what nobody has yet of the kinds that are for these roles.
    of_roles: frozenset[Role] = frozenset()
    #: Only what has to be done on this day at last.
    due_by: date | None = None


async def task(connection: AsyncConnection, task_id: UUID) -> sa.RowMapping | None:
    """One task."""
    found = await connection.execute(_with_names(sa.select(_tasks.id).where(_tasks.id == task_id)))
    return found.mappings().first()


async def task_page(
    connection: AsyncConnection, gemeente: str, wanted: TaskFilter, offset: int, limit: int
) -> tuple[Page, Counter[str]]:
    """A page of tasks, the one that ends first at the top, with how many there are of each kind.

    Done tasks come newest first: their last day does not matter any more.
    """
    those = sa.and_(*_conditions(gemeente, wanted))
    order = (
        (_tasks.due_on.asc(), _tasks.opened_at, _tasks.id)
        if wanted.is_open
        else (_tasks.opened_at.desc(), _tasks.id)
    )
    page = sa.select(_tasks.id).where(those).order_by(*order).offset(offset).limit(limit)
    rows = (await connection.execute(_with_names(page).order_by(*order))).mappings().all()
    kinds = sa.select(_tasks.kind, sa.func.count()).where(those).group_by(_tasks.kind)
    counts = Counter({row[0]: row[1] for row in (await connection.execute(kinds)).all()})
    return (counts.total(), rows), counts


def _with_names(ids: sa.Select[tuple[UUID]]) -> sa.Select[tuple[object, ...]]:
    return (
        sa.select(tables.tasks, _persons.number, *NAME)
        .join(tables.persons, _persons.id == _tasks.case_id)
        .where(_tasks.id.in_(ids))
    )


def _conditions(gemeente: str, wanted: TaskFilter) -> list[sa.ColumnElement[bool]]:
    conditions = [
        _tasks.gemeente == gemeente,
        _tasks.done_at.is_(None) if wanted.is_open else _tasks.done_at.is_not(None),
    ]
    if wanted.kind is not None:
        conditions.append(_tasks.kind == wanted.kind)
    if wanted.case_id is not None:
        conditions.append(_tasks.case_id == wanted.case_id)
    if wanted.team_id is not None:
        conditions.append(_tasks.team_id == wanted.team_id)
    if wanted.assignees is not None:
        kinds = [kind for kind, role in ROLES.items() if role in wanted.of_roles]
        theirs = sa.and_(_tasks.assignee.is_(None), _tasks.kind.in_(kinds))
        conditions.append(sa.or_(_tasks.assignee.in_(wanted.assignees), theirs))
    if wanted.due_by is not None:
        conditions.append(_tasks.due_on <= wanted.due_by)
    return conditions
