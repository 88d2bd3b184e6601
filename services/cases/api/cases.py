"""Batches, cases and settings: parse, call a handler or a query, answer."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from sqlalchemy.ext.asyncio import AsyncConnection

from services.cases import answers, errors, handlers, queries
from services.cases.domain import (
    Batch,
    Case,
    Figures,
    Office,
    OfficeChange,
    PersonRole,
    working_days,
)
from services.cases.worker import OFFICE_OF_COMMAND
from shared.chassis.web import Doors, Run, TheDoors, Who
from shared.contracts.codes import Role

router = APIRouter(tags=["zaken"])

SENDERS = (Role.BEHANDELAAR, Role.COORDINATOR)
READERS = (Role.RAADPLEGER, *SENDERS)
#: A case page shows this much history; nobody reads further back at a glance.
TIMELINE_ENTRIES = 200

PageNumber = Annotated[int, Query(alias="pagina", ge=1, le=100_000)]
#: Nothing at all is a size too: the counts beside a list, without showing anybody.
PageSize = Annotated[int, Query(alias="perPagina", ge=0, le=200)]


@router.get("/batches")
async def list_batches(
    who: Who, doors: TheDoors, page: PageNumber = 1, size: PageSize = 50
) -> answers.Page[answers.BatchAnswer]:
    """A page of batches with their progress."""
    who.require(*SENDERS)
    async with doors.database.transaction(who.gemeente) as tx:
        total, batches = await queries.batch_page(
            tx.connection, doors.mapper, who.gemeente, (page - 1) * size, size
        )
        results = await _with_progress(tx.connection, who.gemeente, batches)
    return answers.Page[answers.BatchAnswer](aantal=total, pagina=page, resultaten=results)


@router.get("/batches/{batch_id}")
async def show_batch(batch_id: UUID, who: Who, doors: TheDoors) -> answers.BatchAnswer:
    """One batch."""
    who.require(*SENDERS)
    return await batch_answer(batch_id, who.gemeente, doors)


@router.get("/batches/{batch_id}/mislukt")
async def list_failures(
    batch_id: UUID, who: Who, doors: TheDoors, page: PageNumber = 1, size: PageSize = 50
) -> answers.Page[answers.FailureAnswer]:
    """Failed letters and mails with their reason."""
    who.require(*SENDERS)
    async with doors.database.transaction(who.gemeente) as tx:
        await batch_of(doors, tx.connection, batch_id)
        total, rows = await queries.failure_page(
            tx.connection, who.gemeente, batch_id, (page - 1) * size, size
        )
    results = [answers.FailureAnswer.of(row) for row in rows]
    return answers.Page[answers.FailureAnswer](aantal=total, pagina=page, resultaten=results)


@router.get("/batches/{batch_id}/geweigerd")
async def list_refusals(
    batch_id: UUID, who: Who, doors: TheDoors, page: PageNumber = 1, size: PageSize = 50
) -> answers.Page[answers.RefusalAnswer]:
    """Refused rows with their reason."""
    who.require(*SENDERS)
    async with doors.database.transaction(who.gemeente) as tx:
        await batch_of(doors, tx.connection, batch_id)
        total, rows = await queries.refusal_page(
            tx.connection, who.gemeente, batch_id, (page - 1) * size, size
        )
    results = [answers.RefusalAnswer.of(row) for row in rows]
    return answers.Page[answers.RefusalAnswer](aantal=total, pagina=page, resultaten=results)


@router.get("/zaken/{case_id}")
async def show_case(case_id: UUID, who: Who, doors: TheDoors) -> answers.CaseAnswer:
    """One case, with people, deliveries and history."""
    who.require(*READERS)
    return await case_answer(case_id, who.gemeente, doors)


@router.post("/open-zaken")
async def find_open_cases(
    body: answers.OpenCasesRequest, who: Who, doors: TheDoors
) -> answers.OpenCasesAnswer:
    """For intake: which BSN indexes belong to somebody in an open case."""
    who.require(Role.SYSTEEM)
    indexes = [bytes.fromhex(index) for index in body.bsnIndexen]
    async with doors.database.transaction(who.gemeente) as tx:
        found = await queries.open_numbers(tx.connection, who.gemeente, indexes)
    return answers.OpenCasesAnswer(
        gevonden=[answers.OpenCase(bsnIndex=index.hex(), zaaknummer=nr) for index, nr in found]
    )


@router.post("/batch-van-zaak")
async def find_batch(
    body: answers.BatchOfCaseRequest, who: Who, doors: TheDoors
) -> answers.BatchOfCaseAnswer:
    """For the gateway: the batch of a case, also of one that was destroyed; None for no case."""
    who.require(Role.SYSTEEM)
    async with doors.database.transaction(who.gemeente) as tx:
        batch_id = await queries.batch_of_case(tx.connection, who.gemeente, body.zaakId)
    return answers.BatchOfCaseAnswer(batchId=batch_id)


@router.get("/instellingen")
async def show_office(who: Who, doors: TheDoors) -> answers.OfficeAnswer:
    """The settings of the user's gemeente."""
    who.require(Role.BEHEERDER)
    async with doors.database.transaction(who.gemeente) as tx:
        office = await queries.office(tx.connection, doors.mapper, who.gemeente)
    if office is None:
        raise errors.NoSettings
    return answers.OfficeAnswer.model_validate(handlers.shown(office))


@router.get("/huisstijl")
async def show_house_style(who: Who, doors: TheDoors) -> answers.HouseStyleAnswer:
    """Name and colours of the user's gemeente."""
    who.require(*(set(Role) - {Role.SYSTEEM}))
    async with doors.database.transaction(who.gemeente) as tx:
        office = await queries.office(tx.connection, doors.mapper, who.gemeente)
    if office is None:
        raise errors.NoSettings
    return answers.HouseStyleAnswer.model_validate(handlers.shown(office))


@router.put("/instellingen")
async def change_office(body: answers.OfficeRequest, who: Who, run: Run) -> answers.OfficeAnswer:
    """Replace the settings of the user's gemeente; every service gets them."""
    who.require(Role.BEHEERDER)
    change = OfficeChange(Office.of(who.gemeente, body.model_dump()), body.versie)
    answer = await run(handlers.replace_office, change, loads=[OFFICE_OF_COMMAND])
    return answers.OfficeAnswer.model_validate(answer)


async def case_answer(case_id: UUID, gemeente: str, doors: Doors) -> answers.CaseAnswer:
    """A case as it is answered."""
    async with doors.database.transaction(gemeente) as tx:
        case = await case_of(doors, tx.connection, case_id)
        people = await queries.people(tx.connection, doors.mapper, case_id)
        deliveries = await queries.deliveries(tx.connection, gemeente, case_id)
        decisions = await queries.decisions(tx.connection, doors.mapper, gemeente, case_id)
        entries = await queries.timeline(tx.connection, case_id, TIMELINE_ENTRIES)
        users = {row["actor"] for row in entries} | {one.by for one in decisions}
        users |= {case.assignee} if case.assignee else set()
        names = await queries.colleagues(tx.connection, gemeente, sorted(users))
        return answers.CaseAnswer.of(
            case,
            (people[PersonRole.RESIDENT], people.get(PersonRole.PARTNER)),
            (
                [answers.DecisionLine.of(one, names) for one in decisions],
                [answers.DeliveryAnswer.of(row) for row in deliveries],
            ),
            [answers.TimelineAnswer.of(row, names) for row in entries],
            names.get(case.assignee or ""),
            working_days.today(tx.now),
        )


async def case_of(doors: Doors, connection: AsyncConnection, case_id: UUID) -> Case:
    """One case; raises NoSuchCase."""
    case = await queries.case(connection, doors.mapper, case_id)
    if case is None:
        raise errors.NoSuchCase
    return case


async def batch_of(doors: Doors, connection: AsyncConnection, batch_id: UUID) -> Batch:
    """One batch; raises NoSuchBatch."""
    batch = await queries.batch(connection, doors.mapper, batch_id)
    if batch is None:
        raise errors.NoSuchBatch
    return batch


async def batch_answer(batch_id: UUID, gemeente: str, doors: Doors) -> answers.BatchAnswer:
    """A batch as it is answered."""
    async with doors.database.transaction(gemeente) as tx:
        batch = await batch_of(doors, tx.connection, batch_id)
        return (await _with_progress(tx.connection, gemeente, [batch]))[0]


async def _with_progress(
    connection: AsyncConnection, gemeente: str, batches: list[Batch]
) -> list[answers.BatchAnswer]:
    figures = await queries.progress(connection, gemeente, batches)
    waiting = await queries.rows_by_fault(connection, gemeente, [batch.id for batch in batches])
    stopped = await queries.stopped_cases(connection, gemeente, [batch.id for batch in batches])
    offers = await queries.retry_offers(connection, gemeente, [batch.id for batch in batches])
    people = {who for batch in batches for who in batch.people}
    people |= {who for offer in offers.values() for who in offer.people}
    names = await queries.names(connection, sorted(people))
    return [
        answers.BatchAnswer.of(
            batch,
            (*await _rows(connection, gemeente, batch), waiting.get(batch.id, 0)),
            figures.get(batch.id, Figures()),
            names,
            stopped.get(batch.id, 0),
            offers.get(batch.id),
        )
        for batch in batches
    ]


async def _rows(connection: AsyncConnection, gemeente: str, batch: Batch) -> tuple[int, int]:
    """How many cases and refusals: frozen once the batch is open, counted before."""
    if batch.case_count is not None and batch.refused_count is not None:
        return batch.case_count, batch.refused_count
    return await queries.opened_rows(connection, gemeente, batch.id)
