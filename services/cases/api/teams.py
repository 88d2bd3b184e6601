"""Teams and who is away: made by a beheerder, told by colleagues."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter

from services.cases import answers, handlers, queries, work_errors
from services.cases.api.cases import SENDERS, PageNumber, PageSize, batch_answer
from services.cases.domain import working_days
from services.cases.worker import ABSENCE_OF_COMMAND, BATCH_OF_COMMAND, TEAM_OF_COMMAND
from shared.chassis.web import Doors, Run, TheDoors, Who
from shared.contracts.codes import Role

router = APIRouter(tags=["teams"])

TEAM_READERS = (*SENDERS, Role.BEHEERDER)
CHANGED: dict[int | str, dict[str, Any]] = {
    409: {"description": "Dit kan nu niet; de uitleg zegt waarom"}
}


@router.get("/teams")
async def list_teams(
    who: Who, doors: TheDoors, page: PageNumber = 1, size: PageSize = 50
) -> answers.Page[answers.TeamAnswer]:
    """Teams by name, with their members."""
    who.require(*TEAM_READERS)
    async with doors.database.transaction(who.gemeente) as tx:
        total, rows = await queries.team_page(tx.connection, who.gemeente, (page - 1) * size, size)
        members = await queries.members_of(tx.connection, [row["id"] for row in rows])
    results = [answers.TeamAnswer.of(row, members) for row in rows]
    return answers.Page[answers.TeamAnswer](aantal=total, pagina=page, resultaten=results)


@router.get("/teams/{team_id}")
async def show_team(team_id: UUID, who: Who, doors: TheDoors) -> answers.TeamAnswer:
    """One team."""
    who.require(*TEAM_READERS)
    return await _team(team_id, who.gemeente, doors)


@router.post("/teams", status_code=201, responses=CHANGED)
async def add_team(
    body: answers.TeamRequest, who: Who, doors: TheDoors, run: Run
) -> answers.TeamAnswer:
    """Make a team; the first one is the default."""
    who.require(Role.BEHEERDER)
    made = await run(handlers.add_team, _wish(None, body))
    return await _team(UUID(made["id"]), who.gemeente, doors)


@router.put("/teams/{team_id}", responses=CHANGED)
async def change_team(
    team_id: UUID, body: answers.TeamChangeRequest, who: Who, doors: TheDoors, run: Run
) -> answers.TeamAnswer:
    """Replace the name and the members of a team."""
    who.require(Role.BEHEERDER)
    wish = _wish(team_id, body, body.versie)
    await run(handlers.change_team, wish, loads=[TEAM_OF_COMMAND])
    return await _team(team_id, who.gemeente, doors)


@router.put("/batches/{batch_id}/team")
async def give_batch(
    batch_id: UUID, body: answers.TeamOfBatchRequest, who: Who, doors: TheDoors, run: Run
) -> answers.BatchAnswer:
    """Give a batch to a team."""
    who.require(Role.COORDINATOR)
    command = handlers.TeamOfBatch(batch_id, body.teamId)
    await run(handlers.give_batch, command, loads=[BATCH_OF_COMMAND, TEAM_OF_COMMAND])
    return await batch_answer(batch_id, who.gemeente, doors)


@router.get("/afwezigheden")
async def list_absences(
    who: Who, doors: TheDoors, page: PageNumber = 1, size: PageSize = 50
) -> answers.Page[answers.AbsenceAnswer]:
    """Who is away or will be, who is back first at the top."""
    who.require(*SENDERS)
    async with doors.database.transaction(who.gemeente) as tx:
        total, rows = await queries.absence_page(
            tx.connection,
            who.gemeente,
            working_days.today(tx.now),
            (page - 1) * size,
            size,
        )
        users = [row[column] for row in rows for column in ("user_id", "deputy")]
        names = await queries.colleagues(tx.connection, who.gemeente, users)
    results = [answers.AbsenceAnswer.of(row, names) for row in rows]
    return answers.Page[answers.AbsenceAnswer](aantal=total, pagina=page, resultaten=results)


@router.post("/afwezigheden", status_code=201, responses=CHANGED)
async def note_absence(
    body: answers.AbsenceRequest, who: Who, doors: TheDoors, run: Run
) -> answers.AbsenceAnswer:
    """Somebody is away, and somebody else does the work."""
    who.require(*SENDERS)
    command = handlers.Away(
        body.gebruikerId or who.id,
        body.waarnemer,
        body.vanafDatum,
        body.totEnMetDatum,
        Role.COORDINATOR in who.roles,
    )
    made = await run(handlers.note_absence, command)
    return await _absence(UUID(made["id"]), who.gemeente, doors)


@router.post("/afwezigheden/{absence_id}/intrekking", responses=CHANGED)
async def end_absence(
    absence_id: UUID, who: Who, doors: TheDoors, run: Run
) -> answers.AbsenceAnswer:
    """Who was away is there again."""
    who.require(*SENDERS)
    command = handlers.BackAgain(absence_id, Role.COORDINATOR in who.roles)
    await run(handlers.end_absence, command, loads=[ABSENCE_OF_COMMAND])
    return await _absence(absence_id, who.gemeente, doors)


def _wish(
    team_id: UUID | None, body: answers.TeamRequest, version: int | None = None
) -> handlers.TeamWish:
    members = tuple((member.gebruikerId, member.naam) for member in body.leden)
    return handlers.TeamWish(team_id, body.naam, members, body.isStandaard, version)


async def _team(team_id: UUID, gemeente: str, doors: Doors) -> answers.TeamAnswer:
    async with doors.database.transaction(gemeente) as tx:
        row = await queries.team(tx.connection, team_id)
        if row is None:
            raise work_errors.NoSuchTeam
        return answers.TeamAnswer.of(row, await queries.members_of(tx.connection, [team_id]))


async def _absence(absence_id: UUID, gemeente: str, doors: Doors) -> answers.AbsenceAnswer:
    async with doors.database.transaction(gemeente) as tx:
        row = await queries.absence(tx.connection, absence_id)
        if row is None:
            raise work_errors.NoSuchAbsence
        users = [row["user_id"], row["deputy"]]
        names = await queries.colleagues(tx.connection, gemeente, users)
        return answers.AbsenceAnswer.of(row, names)
