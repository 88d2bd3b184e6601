"""The contact data of a resident: looked at and corrected."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic_core import from_json

from services.cases import answers, errors, handlers, queries
from services.cases.api.cases import SENDERS
from services.cases.domain import DeliveryState, PersonRole
from services.cases.worker import CASE_OF_COMMAND, PERSON_OF_COMMAND
from shared.chassis.web import Doors, Run, TheDoors, Who

router = APIRouter(tags=["zaken"])

MEANWHILE: dict[int | str, dict[str, Any]] = {
    409: {"description": "Een collega was u voor, of dit kan nu niet; de uitleg zegt waarom"}
}


@router.get("/zaken/{case_id}/contactgegevens")
async def show_contact(case_id: UUID, who: Who, doors: TheDoors) -> answers.ContactAnswer:
    """The contact data as they are, and what they were."""
    who.require(*SENDERS)
    return await _contact(case_id, who.gemeente, doors)


@router.post("/zaken/{case_id}/contactgegevens", responses=MEANWHILE)
async def correct_contact(
    case_id: UUID, body: answers.ContactRequest, who: Who, doors: TheDoors, run: Run
) -> answers.ContactAnswer:
    """Correct contact data; the next letter or mail uses them."""
    who.require(*SENDERS)
    correction = handlers.Correction(case_id, body.versie, body.reden, body.wishes())
    loads = [CASE_OF_COMMAND, PERSON_OF_COMMAND]
    await run(handlers.correct_contact, correction, loads=loads)
    return await _contact(case_id, who.gemeente, doors)


async def _contact(case_id: UUID, gemeente: str, doors: Doors) -> answers.ContactAnswer:
    async with doors.database.transaction(gemeente) as tx:
        people = await queries.people(tx.connection, doors.mapper, case_id)
        if PersonRole.RESIDENT not in people:
            raise errors.NoSuchCase
        changes = await queries.contact_changes(tx.connection, doors.mapper, gemeente, case_id)
        sent = await queries.deliveries(tx.connection, gemeente, case_id)
        names = await queries.names(tx.connection, sorted({change.by for change in changes}))
    known = from_json(people[PersonRole.RESIDENT].whole or "{}")
    return answers.ContactAnswer(
        versie=1 + len(changes),
        gegevens=answers.Contactgegevens.model_validate(known),
        onderweg=sorted({row["channel"] for row in sent if row["state"] == DeliveryState.ASKED}),
        wijzigingen=[answers.ContactChangeAnswer.of(change, names) for change in changes],
    )
