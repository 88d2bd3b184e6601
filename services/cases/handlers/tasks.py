"""Tasks: opened by what happens in a case or by hand, finished, and opened again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid5

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from services.cases import queries, tables
from services.cases.domain import Case, Task, TimelineEntry
from services.cases.domain.task import ROLES
from services.cases.errors import NoSuchCase
from services.cases.work_errors import NoSuchTask
from shared.chassis.work import Work
from shared.contracts.codes import Role, TaskKind
from shared.contracts.events import TaakGeopend


@dataclass(frozen=True, slots=True)
class NewTask:
    """A colleague thinks of something to do in a case."""

    case_id: UUID
    kind: TaskKind
    explanation: str
    due_on: date | None


@dataclass(frozen=True, slots=True)
class Finish:
    """A colleague is done with a task; `outcome` says what came of it."""

    task_id: UUID
    outcome: str | None
    roles: frozenset[Role] = frozenset()


@dataclass(frozen=True, slots=True)
class Reopen:
    """A task turns out not to be done."""

    task_id: UUID
    reason: str
    roles: frozenset[Role] = frozenset()


async def open_task(
    work: Work,
    case_id: UUID,
    kind: TaskKind,
    explanation: str,
    *,
    id: UUID,  # noqa: A002 - it is the task's id, as everywhere
    due_on: date | None = None,
) -> bool:
    """Open a task and tell so in the case; False when there is a task with this id already.

    Derive the id from what gives cause for the task (say, `uuid5(event.id, kind)`), so that the
    same news twice opens one.
    """
    number, team_id, assignee = await queries.place_of(work, case_id)
    task = Task(
        id=id,
        gemeente=work.gemeente,
        case_id=case_id,
        kind=kind,
        explanation=explanation,
        opened_at=work.now,
        opened_by=work.actor,
        due_on=due_on,
        team_id=team_id,
        assignee=None if kind in ROLES else assignee,
    )
    row = work.mapper.to_row(tables.tasks, task)
    inserted = pg.insert(tables.tasks).values(row).on_conflict_do_nothing()
    if (await work.query(inserted.returning(tables.tasks.c.id))).first() is None:
        return False
    _tell(task, f"Taak: {task.title}", explanation, uuid5(id, "opened"), work)
    told = TaakGeopend(
        zaakId=case_id,
        zaaknummer=number,
        taakId=id,
        soort=kind,
        team=str(team_id) if team_id else None,
        behandelaar=task.assignee,
    )
    work.record(told, sequence=1)
    return True


async def add_task(command: NewTask, work: Work) -> dict[str, Any]:
    """A colleague opens a task."""
    if work.found(Case, command.case_id) is None:
        raise NoSuchCase
    task_id = uuid5(work.cause.id, "task")
    await open_task(
        work,
        command.case_id,
        command.kind,
        command.explanation,
        id=task_id,
        due_on=command.due_on,
    )
    return {"id": str(task_id)}


async def finish_task(command: Finish, work: Work) -> None:
    """The work is done; who did it and what came of it stays with the task."""
    before = task_of(command.task_id, work)
    before.check_doer(command.roles)
    task = before.finished(work.actor, command.outcome, work.now)
    work.save(tables.tasks, task)
    _tell(task, f"Taak afgerond: {task.title}", command.outcome, _nth(task, work), work)


async def reopen_task(command: Reopen, work: Work) -> None:
    """Somebody has to look at it again."""
    before = task_of(command.task_id, work)
    before.check_doer(command.roles)
    task = before.reopened()
    work.save(tables.tasks, task)
    _tell(task, f"Taak heropend: {task.title}", command.reason, _nth(task, work), work)


async def finish_tasks_of(
    work: Work, case_id: UUID, outcome: str, *, kind: TaskKind | None = None
) -> None:
    """What happened makes open tasks of a case superfluous; all of them, or those of one kind."""
    tasks = tables.tasks.c
    statement = sa.select(tables.tasks).where(
        tasks.gemeente == work.gemeente, tasks.case_id == case_id, tasks.done_at.is_(None)
    )
    if kind is not None:
        statement = statement.where(tasks.kind == kind)
    locked = await work.query(statement.order_by(tasks.id).with_for_update())
    for row in locked.mappings().all():
        task = work.mapper.to_item(tables.tasks, row).finished(work.actor, outcome, work.now)
        work.save(tables.tasks, task)
        _tell(task, f"Taak afgerond: {task.title}", outcome, _nth(task, work), work)


def finish_by_itself(task: Task, outcome: str, work: Work) -> None:
    """What happened makes this task superfluous, unless somebody was done with it already."""
    if task.done_at is None:
        done = task.finished(work.actor, outcome, work.now)
        work.save(tables.tasks, done)
        _tell(done, f"Taak afgerond: {task.title}", outcome, _nth(task, work), work)


def task_of(task_id: UUID, work: Work) -> Task:
    """The task of a command; raises NoSuchTask."""
    task = work.found(Task, task_id)
    if task is None:
        raise NoSuchTask
    return task


def _nth(task: Task, work: Work) -> UUID:
    """The id of an entry of this cause about a task."""
    return uuid5(work.cause.id, f"task|{task.id}")


def _tell(task: Task, what: str, explanation: str | None, entry: UUID, work: Work) -> None:
    work.add(
        tables.timeline,
        TimelineEntry(entry, work.gemeente, task.case_id, work.now, work.actor, what, explanation),
    )
