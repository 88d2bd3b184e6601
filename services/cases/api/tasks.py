"""Tasks: what somebody still has to do, listed and done."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query

from services.cases import answers, handlers, queries, work_errors
from services.cases.api.cases import READERS, SENDERS, PageNumber, PageSize
from services.cases.domain import working_days
from services.cases.worker import CASE_OF_COMMAND, TASK_OF_COMMAND
from shared.chassis.web import Doors, Run, TheDoors, Who
from shared.contracts.codes import TaskKind

router = APIRouter(tags=["taken"])

DONE_BEFORE: dict[int | str, dict[str, Any]] = {
    409: {"description": "Een collega was u voor; de uitleg zegt wat er is gebeurd"}
}


@router.get("/taken")
async def list_tasks(
    who: Who,
    doors: TheDoors,
    is_open: Annotated[bool, Query(alias="open")] = True,
    mine: Annotated[bool, Query(alias="mijn")] = False,
    kind: Annotated[TaskKind | None, Query(alias="soort")] = None,
    team_id: Annotated[UUID | None, Query(alias="teamId")] = None,
    case_id: Annotated[UUID | None, Query(alias="zaakId")] = None,
    is_due: Annotated[bool, Query(alias="vandaagKlaar")] = False,
    page: PageNumber = 1,
    size: PageSize = 50,
) -> answers.TaskPage:
    """A page of tasks, the one that ends first at the top."""
    who.require(*SENDERS)
    async with doors.database.transaction(who.gemeente) as tx:
        day = working_days.today(tx.now)
        mine_of = (
            await queries.stands_in_for(tx.connection, who.gemeente, who.id, day) if mine else None
        )
        wanted = queries.TaskFilter(
            is_open=is_open,
            kind=kind,
            case_id=case_id,
            team_id=team_id,
            assignees=mine_of,
            of_roles=who.roles,
            due_by=day if is_due else None,
        )
        (total, rows), kinds = await queries.task_page(
            tx.connection, who.gemeente, wanted, (page - 1) * size, size
        )
        names = await queries.colleagues(tx.connection, who.gemeente, sorted(_people(*rows)))
    return answers.TaskPage(
        aantal=total,
        pagina=page,
        aantalPerSoort={TaskKind(kind): count for kind, count in sorted(kinds.items())},
        resultaten=[answers.TaskAnswer.of(row, names, day) for row in rows],
    )


@router.get("/taken/{task_id}")
async def show_task(task_id: UUID, who: Who, doors: TheDoors) -> answers.TaskAnswer:
    """One task."""
    who.require(*SENDERS)
    return await _task(task_id, who.gemeente, doors)


@router.post("/zaken/{case_id}/taken", status_code=201)
async def add_task(
    case_id: UUID, body: answers.TaskRequest, who: Who, doors: TheDoors, run: Run
) -> answers.TaskAnswer:
    """Add a task by hand; who answers the telephone may do so too."""
    who.require(*READERS)
    command = handlers.NewTask(case_id, body.soort, body.toelichting, body.uiterlijkDatum)
    made = await run(handlers.add_task, command, loads=[CASE_OF_COMMAND])
    return await _task(UUID(made["id"]), who.gemeente, doors)


@router.post("/taken/{task_id}/afronding", responses=DONE_BEFORE)
async def finish_task(
    task_id: UUID, body: answers.FinishRequest, who: Who, doors: TheDoors, run: Run
) -> answers.TaskAnswer:
    """Be done with a task."""
    who.require(*SENDERS)
    command = handlers.Finish(task_id, body.uitkomst or None, who.roles)
    await run(handlers.finish_task, command, loads=[TASK_OF_COMMAND])
    return await _task(task_id, who.gemeente, doors)


@router.post("/taken/{task_id}/heropening", responses=DONE_BEFORE)
async def reopen_task(
    task_id: UUID, body: answers.ReopenRequest, who: Who, doors: TheDoors, run: Run
) -> answers.TaskAnswer:
    """Put a task back on the list."""
    who.require(*SENDERS)
    command = handlers.Reopen(task_id, body.reden, who.roles)
    await run(handlers.reopen_task, command, loads=[TASK_OF_COMMAND])
    return await _task(task_id, who.gemeente, doors)


@router.post("/taken/{task_id}/toewijzing", responses=DONE_BEFORE)
async def assign_task(
    task_id: UUID, body: answers.TaskAssignmentRequest, who: Who, doors: TheDoors, run: Run
) -> answers.TaskAnswer:
    """Give a task to a colleague, or to nobody in particular."""
    who.require(*SENDERS)
    command = handlers.AssignTask(task_id, body.behandelaar, who.roles)
    await run(handlers.assign_task, command, loads=[TASK_OF_COMMAND])
    return await _task(task_id, who.gemeente, doors)


async def _task(task_id: UUID, gemeente: str, doors: Doors) -> answers.TaskAnswer:
    async with doors.database.transaction(gemeente) as tx:
        row = await queries.task(tx.connection, task_id)
        if row is None:
            raise work_errors.NoSuchTask
        names = await queries.colleagues(tx.connection, gemeente, sorted(_people(row)))
        return answers.TaskAnswer.of(row, names, working_days.today(tx.now))


def _people(*rows: Any) -> set[str]:
    """The users that these tasks name."""
    named = {row[column] for row in rows for column in ("opened_by", "assignee", "done_by")}
    return {name for name in named if name}
