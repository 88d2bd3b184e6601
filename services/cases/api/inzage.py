"""For the gateway: who somebody is in which cases, and what each case holds about that person.

The answers hold a whole BSN and everything else, so no user may ask for them.
"""

from __future__ import annotations

from collections.abc import Iterable

from fastapi import APIRouter

from services.cases import errors, queries, tables, work_errors
from services.cases.answers import inzage as answers
from services.cases.api.cases import case_of
from services.cases.domain import PersonRole
from services.cases.queries import inzage as reads
from shared.chassis.database import Transaction
from shared.chassis.web import Doors, TheDoors, Who
from shared.contracts.codes import Role
from shared.contracts.inzage import (
    Inzagedeel,
    Inzageonderdeel,
    Inzagepersoon,
    Inzagevraag,
)

router = APIRouter(tags=["zaken"])


@router.post("/inzage-personen")
async def find_person(body: answers.InzagezoekVraag, who: Who, doors: TheDoors) -> Inzagepersoon:
    """Who somebody is, with every case of the same BSN."""
    who.require(Role.SYSTEEM)
    async with doors.database.transaction(who.gemeente) as tx:
        people = await queries.people(tx.connection, doors.mapper, body.zaakId)
        if PersonRole.RESIDENT not in people:
            raise errors.NoSuchCase
        person = people.get(PersonRole(body.wie))
        if person is None:
            raise work_errors.NoPartner
        rows = await reads.cases_of_person(tx.connection, doors.mapper, who.gemeente, person.bsn)
    return answers.person_found(person, rows)


@router.post("/inzage-delen")
async def hand_over(body: Inzagevraag, who: Who, doors: TheDoors) -> Inzagedeel:
    """Everything that a case holds about the person."""
    who.require(Role.SYSTEEM)
    role = PersonRole(body.wie)
    async with doors.database.transaction(who.gemeente) as tx:
        case = await case_of(doors, tx.connection, body.zaakId)
        people = await queries.people(tx.connection, doors.mapper, case.id)
        if role not in people:
            raise work_errors.NoPartner
        parts = [answers.own_person(people, role), answers.case_itself(case, role)]
        if role is PersonRole.RESIDENT:
            parts += await _of_resident(doors, tx, who.gemeente, body)
        parts += await _of_both(doors, tx, who.gemeente, body)
    return Inzagedeel(onderdelen=parts)


async def _of_resident(
    doors: Doors, tx: Transaction, gemeente: str, body: Inzagevraag
) -> Iterable[Inzageonderdeel]:
    """What was sent to the resident, and how he or she can be reached."""
    connection, case_id = tx.connection, body.zaakId
    changes = await queries.contact_changes(connection, doors.mapper, gemeente, case_id)
    return [
        answers.corrections(changes),
        answers.deliveries(await queries.deliveries(connection, gemeente, case_id)),
        answers.reminders(await queries.steps_of(connection, gemeente, case_id)),
    ]


async def _of_both(
    doors: Doors, tx: Transaction, gemeente: str, body: Inzagevraag
) -> Iterable[Inzageonderdeel]:
    """What is about the case, and so about both people in it."""
    role, connection = PersonRole(body.wie), tx.connection
    about = (gemeente, body.zaakId)
    found = await queries.decisions(connection, doors.mapper, *about)
    history = await reads.rows_about(connection, tables.timeline, *about, "at")
    tasks = await reads.rows_about(connection, tables.tasks, *about, "opened_at")
    unmaskings = await reads.rows_about(connection, tables.unmaskings, *about, "at")
    return [
        answers.decisions(found),
        answers.history(history, role),
        answers.tasks(tasks),
        answers.marks(await reads.marks_of(connection, *about)),
        answers.unmaskings(unmaskings, role),
    ]


@router.post("/bestaande-zaken")
async def which_are_there(
    body: answers.ZakenVraag, who: Who, doors: TheDoors
) -> answers.ZakenAntwoord:
    """Which of these cases were not destroyed."""
    who.require(Role.SYSTEEM)
    async with doors.database.transaction(who.gemeente) as tx:
        there = await reads.cases_there(tx.connection, who.gemeente, body.zaakIds)
    return answers.ZakenAntwoord(zaakIds=there)
