"""Who does which case, and what colleagues write down with it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter

from services.cases import answers, errors, handlers, queries
from services.cases.api.cases import READERS, SENDERS, PageNumber, PageSize, show_case
from services.cases.worker import CASE_OF_COMMAND, TEAM_OF_COMMAND
from shared.chassis.errors import FieldError, Invalid
from shared.chassis.web import Run, TheDoors, Who
from shared.contracts.codes import Role

router = APIRouter(tags=["zaken"])

NOT_NOW: dict[int | str, dict[str, Any]] = {
    409: {"description": "Dit kan nu niet; de uitleg zegt waarom"}
}


@router.post("/zaken/{case_id}/overname", responses=NOT_NOW)
async def take_over(
    case_id: UUID, body: answers.TakeOverRequest, who: Who, doors: TheDoors, run: Run
) -> answers.CaseAnswer:
    """Take a case over, whoever has it."""
    who.require(*SENDERS)
    command = handlers.Assign((case_id,), None, who.id, body.reden, Role.COORDINATOR in who.roles)
    await run(handlers.assign_cases, command, loads=[TEAM_OF_COMMAND])
    return await show_case(case_id, who, doors)


@router.post("/zaken/{case_id}/teruggave", responses=NOT_NOW)
async def give_back(
    case_id: UUID, body: answers.GiveBackRequest, who: Who, doors: TheDoors, run: Run
) -> answers.CaseAnswer:
    """Give a case back to the list of its team."""
    who.require(*SENDERS)
    command = handlers.Assign(
        (case_id,), None, None, body.reden, Role.COORDINATOR in who.roles, to_nobody=True
    )
    await run(handlers.assign_cases, command, loads=[TEAM_OF_COMMAND])
    return await show_case(case_id, who, doors)


@router.post("/toewijzingen", responses=NOT_NOW)
async def assign(body: answers.AssignmentRequest, who: Who, run: Run) -> answers.AssignmentAnswer:
    """Give cases to a team, to a colleague, or both; all of them or none."""
    who.require(*SENDERS)
    if body.teamId is None and body.behandelaar is None:
        reason = "Kies een team, een collega of beide."
        raise Invalid(reason, (FieldError("behandelaar", "ontbreekt", reason),))
    command = handlers.Assign(
        tuple(body.zaakIds),
        body.teamId,
        body.behandelaar,
        body.reden,
        Role.COORDINATOR in who.roles,
    )
    await run(handlers.assign_cases, command, loads=[TEAM_OF_COMMAND])
    return answers.AssignmentAnswer(aantalZaken=len(set(body.zaakIds)))


@router.post("/verdelingen", responses=NOT_NOW)
async def divide(
    body: answers.DivisionRequest, who: Who, doors: TheDoors, run: Run
) -> answers.DivisionAnswer:
    """Divide cases evenly over who is at work in a team."""
    who.require(Role.COORDINATOR)
    command = handlers.Divide(tuple(body.zaakIds), body.teamId)
    given = await run(handlers.divide_cases, command, loads=[TEAM_OF_COMMAND])
    async with doors.database.transaction(who.gemeente) as tx:
        names = await queries.colleagues(tx.connection, who.gemeente, list(given))
    return answers.DivisionAnswer.of(given, names)


@router.post("/zaken/{case_id}/notities", status_code=201)
async def add_note(
    case_id: UUID, body: answers.NoteRequest, who: Who, doors: TheDoors, run: Run
) -> answers.Page[answers.TimelineAnswer]:
    """Write something down with a case; answers its newest history."""
    who.require(*READERS)
    await run(handlers.add_note, handlers.Note(case_id, body.tekst), loads=[CASE_OF_COMMAND])
    return await list_timeline(case_id, who, doors)


@router.get("/zaken/{case_id}/tijdlijn")
async def list_timeline(
    case_id: UUID, who: Who, doors: TheDoors, page: PageNumber = 1, size: PageSize = 50
) -> answers.Page[answers.TimelineAnswer]:
    """What happened in a case, newest first: who, what, and why."""
    who.require(*READERS)
    async with doors.database.transaction(who.gemeente) as tx:
        if await queries.case(tx.connection, doors.mapper, case_id) is None:
            raise errors.NoSuchCase
        total, rows = await queries.timeline_page(tx.connection, case_id, (page - 1) * size, size)
        actors = [row["actor"] for row in rows]
        names = await queries.colleagues(tx.connection, who.gemeente, actors)
    results = [answers.TimelineAnswer.of(row, names) for row in rows]
    return answers.Page[answers.TimelineAnswer](aantal=total, pagina=page, resultaten=results)
