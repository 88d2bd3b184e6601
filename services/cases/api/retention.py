"""Keeping and destroying: terms, what may go, who agrees, and the register of what went."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query

from services.cases import answers, errors, handlers, queries, retention_errors
from services.cases.api.cases import PageNumber, PageSize
from services.cases.worker import CASE_OF_COMMAND, DESTRUCTION_OF_COMMAND
from shared.chassis.identity import Identity
from shared.chassis.web import Doors, Run, TheDoors, Who
from shared.contracts.codes import Role

router = APIRouter(tags=["bewaren"])

#: Who may keep a case, and be the second person.
KEEPERS = (Role.BEHEERDER, Role.COORDINATOR)
CHANGED: dict[int | str, dict[str, Any]] = {
    409: {"description": "Dit kan nu niet; de uitleg zegt waarom"}
}


@router.get("/bewaartermijnen")
async def show_terms(who: Who, doors: TheDoors) -> answers.TermsAnswer:
    """How long cases of each kind are kept."""
    who.require(*KEEPERS)
    async with doors.database.transaction(who.gemeente) as tx:
        own = await queries.own_terms(tx.connection, doors.mapper, who.gemeente)
        counting = await queries.terms_of(tx.connection, doors.mapper, who.gemeente)
    return answers.TermsAnswer.of(own, counting)


@router.put("/bewaartermijnen", responses=CHANGED)
async def change_terms(
    body: answers.TermsRequest, who: Who, doors: TheDoors, run: Run
) -> answers.TermsAnswer:
    """Choose other terms."""
    who.require(Role.BEHEERDER)
    await run(handlers.change_terms, handlers.TermChange(body.termijnen, body.versie))
    return await show_terms(who, doors)


@router.get("/vernietigbare-zaken")
async def list_due(
    who: Who,
    doors: TheDoors,
    kind: Annotated[str | None, Query(alias="soort", max_length=50)] = None,
    page: PageNumber = 1,
    size: PageSize = 50,
) -> answers.DuePage:
    """What would be destroyed now, and what is in the way of the rest: nothing happens."""
    who.require(*KEEPERS)
    async with doors.database.transaction(who.gemeente) as tx:
        counting = await queries.terms_of(tx.connection, doors.mapper, who.gemeente)
        (total, rows), kinds = await queries.dry_run(
            tx.connection, who.gemeente, counting, tx.now, kind, (page - 1) * size, size
        )
    return answers.DuePage(
        aantal=total,
        pagina=page,
        resultaten=[answers.DueAnswer.of(row) for row in rows],
        perSoort=[
            answers.KindCount(
                soort=row["kind"], aantal=row["free"], aantalGeblokkeerd=row["blocked"]
            )
            for row in kinds
        ],
    )


@router.post("/vernietigingen", status_code=201, responses=CHANGED)
async def ask_destruction(
    body: answers.DestructionRequest, who: Who, doors: TheDoors, run: Run
) -> answers.DestructionAnswer:
    """Ask for everything to be destroyed that may go now."""
    who.require(Role.BEHEERDER)
    asked = await run(handlers.ask_destruction, handlers.Ask(tuple(body.soorten)))
    return await _answer(UUID(asked["id"]), who, doors)


@router.get("/vernietigingen")
async def list_destructions(
    who: Who, doors: TheDoors, page: PageNumber = 1, size: PageSize = 50
) -> answers.Page[answers.DestructionAnswer]:
    """Lists of destruction, newest first."""
    who.require(*KEEPERS)
    async with doors.database.transaction(who.gemeente) as tx:
        total, rows = await queries.destruction_page(
            tx.connection, who.gemeente, (page - 1) * size, size
        )
        names = await queries.names(tx.connection, sorted(_people(*rows)))
    results = [answers.DestructionAnswer.of(row, names) for row in rows]
    return answers.Page[answers.DestructionAnswer](aantal=total, pagina=page, resultaten=results)


@router.get("/vernietigingen/{destruction_id}")
async def show_destruction(
    destruction_id: UUID, who: Who, doors: TheDoors
) -> answers.DestructionAnswer:
    """One list."""
    who.require(*KEEPERS)
    return await _answer(destruction_id, who, doors)


@router.get("/vernietigingen/{destruction_id}/zaken")
async def list_destroyed(
    destruction_id: UUID, who: Who, doors: TheDoors, page: PageNumber = 1, size: PageSize = 50
) -> answers.Page[answers.DestroyedAnswer]:
    """The register: each case of a list, with when each service deleted what it had."""
    who.require(*KEEPERS)
    await _answer(destruction_id, who, doors)
    async with doors.database.transaction(who.gemeente) as tx:
        total, rows = await queries.register_page(
            tx.connection, who.gemeente, destruction_id, (page - 1) * size, size
        )
    results = [answers.DestroyedAnswer.of(row) for row in rows]
    return answers.Page[answers.DestroyedAnswer](aantal=total, pagina=page, resultaten=results)


@router.post("/vernietigingen/{destruction_id}/akkoord", status_code=202, responses=CHANGED)
async def approve_destruction(
    destruction_id: UUID, who: Who, doors: TheDoors, run: Run
) -> answers.DestructionAnswer:
    """Agree, as a second person: the cases of the list are destroyed."""
    who.require(*KEEPERS)
    command = handlers.Decide(destruction_id, None)
    await run(handlers.approve_destruction, command, loads=[DESTRUCTION_OF_COMMAND])
    return await _answer(destruction_id, who, doors)


@router.post("/vernietigingen/{destruction_id}/afwijzing", responses=CHANGED)
async def reject_destruction(
    destruction_id: UUID, body: answers.ReasonedRequest, who: Who, doors: TheDoors, run: Run
) -> answers.DestructionAnswer:
    """Do not destroy them."""
    who.require(*KEEPERS)
    command = handlers.Decide(destruction_id, body.reden)
    await run(handlers.reject_destruction, command, loads=[DESTRUCTION_OF_COMMAND])
    return await _answer(destruction_id, who, doors)


@router.get("/zaken/{case_id}/bewaarblokkade")
async def show_hold(case_id: UUID, who: Who, doors: TheDoors) -> answers.HoldAnswer:
    """Whether a case must be kept."""
    who.require(*KEEPERS)
    return await _hold(case_id, who, doors)


@router.post("/zaken/{case_id}/bewaarblokkade", responses=CHANGED)
async def hold_case(
    case_id: UUID, body: answers.ReasonedRequest, who: Who, doors: TheDoors, run: Run
) -> answers.HoldAnswer:
    """Keep a case, whatever its term says."""
    who.require(*KEEPERS)
    command = handlers.OfCase(case_id, body.reden)
    await run(handlers.hold_case, command, loads=[CASE_OF_COMMAND])
    return await _hold(case_id, who, doors)


@router.post("/zaken/{case_id}/bewaarblokkade/opheffing", responses=CHANGED)
async def release_case(
    case_id: UUID, body: answers.ReasonedRequest, who: Who, doors: TheDoors, run: Run
) -> answers.HoldAnswer:
    """Let the term of a case count again."""
    who.require(*KEEPERS)
    command = handlers.OfCase(case_id, body.reden)
    await run(handlers.release_case, command, loads=[CASE_OF_COMMAND])
    return await _hold(case_id, who, doors)


async def _hold(case_id: UUID, who: Identity, doors: Doors) -> answers.HoldAnswer:
    async with doors.database.transaction(who.gemeente) as tx:
        if await queries.case(tx.connection, doors.mapper, case_id) is None:
            raise errors.NoSuchCase
        found = await queries.hold(tx.connection, who.gemeente, case_id)
        names = await queries.names(tx.connection, [found["by"]] if found else [])
    return answers.HoldAnswer(
        zaakId=case_id,
        reden=found["reason"] if found else None,
        gezetDoor=names.get(found["by"], found["by"]) if found else None,
        gezetOp=found["at"] if found else None,
    )


async def _answer(destruction_id: UUID, who: Identity, doors: Doors) -> answers.DestructionAnswer:
    async with doors.database.transaction(who.gemeente) as tx:
        row = await queries.destruction(tx.connection, who.gemeente, destruction_id)
        if row is None:
            raise retention_errors.NoSuchDestruction
        names = await queries.names(tx.connection, sorted(_people(row)))
    return answers.DestructionAnswer.of(row, names)


def _people(*rows: Any) -> set[str]:
    return {who for row in rows for who in (row["asked_by"], row["decided_by"]) if who}
