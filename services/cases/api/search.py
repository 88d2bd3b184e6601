"""Finding a resident, and seeing a whole BSN. What is looked for is in the body, never in a URL."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Response

from services.cases import answers, errors, handlers, queries, tables, work_errors
from services.cases.api.cases import READERS
from services.cases.domain import PersonRole
from services.cases.domain.search import MOST_HITS
from services.cases.worker import CASE_OF_COMMAND
from shared.chassis.web import Run, TheDoors, Who
from shared.contracts.codes import Role

router = APIRouter(tags=["zaken"])

#: The gateway keeps it in the logboek, and hands it to nobody.
REASON_HEADER = "Logboek-Reden"
TOO_OFTEN: dict[int | str, dict[str, Any]] = {
    429: {"description": "U hebt dit uur te veel BSN's ingezien; Retry-After zegt hoe lang u wacht"}
}


@router.post("/zaken/zoeken")
async def search(body: answers.SearchRequest, who: Who, doors: TheDoors) -> answers.SearchAnswer:
    """Who fits, newest case first."""
    who.require(*READERS)
    sought = body.sought()
    async with doors.database.transaction(who.gemeente) as tx:
        rows = await queries.found_people(
            tx.connection, who.gemeente, sought, doors.mapper.keys, MOST_HITS + 1
        )
    is_cut = len(rows) > MOST_HITS
    hits = [
        answers.Hit.of(row, doors.mapper.to_item(tables.persons, row)) for row in rows[:MOST_HITS]
    ]
    notice = f"Er zijn meer dan {MOST_HITS} resultaten. Verfijn uw zoekvraag." if is_cut else None
    return answers.SearchAnswer(
        aantal=len(hits), isAfgekapt=is_cut, melding=notice, resultaten=hits
    )


@router.post("/zaken/{case_id}/bsn-inzage", responses=TOO_OFTEN)
async def unmask(
    case_id: UUID,
    body: answers.UnmaskRequest,
    who: Who,
    doors: TheDoors,
    run: Run,
    response: Response,
) -> answers.UnmaskAnswer:
    """The whole BSN of one person, for a reason that is kept."""
    who.require(Role.PERSOONSVERWERKER)
    role = PersonRole(body.wie)
    async with doors.database.transaction(who.gemeente) as tx:
        people = await queries.people(tx.connection, doors.mapper, case_id)
    if PersonRole.RESIDENT not in people:
        raise errors.NoSuchCase
    if role not in people:
        raise work_errors.NoPartner
    command = handlers.Unmask(case_id, role, body.reden)
    await run(handlers.unmask, command, loads=[CASE_OF_COMMAND])
    response.headers[REASON_HEADER] = quote(body.reden)
    return answers.UnmaskAnswer(bsn=people[role].bsn)
