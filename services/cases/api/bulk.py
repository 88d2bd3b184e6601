"""One act on many cases, and the searches that somebody keeps."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.cases import answers, handlers, list_errors, queries
from services.cases.api.cases import READERS, SENDERS, PageNumber, PageSize
from services.cases.api.work_list import Listing
from services.cases.domain.bulk import BulkKind, LineState
from shared.chassis.errors import FieldError, Invalid
from shared.chassis.web import Doors, Run, TheDoors, Who
from shared.contracts.codes import Role

router = APIRouter(tags=["zaken"])

CHANGED: dict[int | str, dict[str, Any]] = {
    409: {"description": "De lijst is intussen veranderd; de uitleg zegt hoeveel zaken er nu zijn"}
}
#: What an act cannot do without: the first of each line that is filled will do.
NEEDED: dict[BulkKind, tuple[tuple[str, ...], ...]] = {
    BulkKind.ASSIGN: (("behandelaar", "teamId"),),
    BulkKind.DIVIDE: (("teamId",),),
    BulkKind.EXAMINE: (),
    BulkKind.WAIT: (("totDatum",), ("reden",)),
    BulkKind.POSTPONE: (("weken", "totDatum"), ("reden",)),
    BulkKind.LAST_CALL: (),
    BulkKind.CLOSE: (),
    BulkKind.REMINDERS: (("aan",), ("reden",)),
}
WORDS = {
    "behandelaar": "Kies een collega of een team.",
    "teamId": "Kies een team.",
    "totDatum": "Kies een datum.",
    "weken": "Kies een aantal weken, of een datum.",
    "aan": "Kies of de herinneringen aan of uit gaan.",
    "reden": "Schrijf op waarom.",
}


@router.post("/bulkacties", status_code=202, responses=CHANGED)
async def ask_bulk(
    body: answers.BulkRequest, who: Who, doors: TheDoors, run: Run
) -> answers.BulkAnswer:
    """Have one act done to many cases."""
    who.require(*SENDERS)
    _check(body)
    chosen = body.selectie or answers.Selectie()
    listing = Listing(
        chosen.batchId,
        chosen.status,
        chosen.open,
        chosen.mijn,
        chosen.teamId,
        chosen.behandelaar,
        chosen.onverdeeld,
        chosen.termijnVoorbij,
        chosen.bezwaar,
        chosen.indicatie,
    )
    async with doors.database.transaction(who.gemeente) as tx:
        wanted = await listing.wanted(who, tx)
    wish = body.model_dump(
        mode="json", exclude={"actie", "zaakIds", "selectie", "aantal"}, exclude_none=True
    )
    command = handlers.AskBulk(
        body.actie,
        wish,
        tuple(body.zaakIds) if body.zaakIds is not None else None,
        wanted,
        body.aantal,
        Role.COORDINATOR in who.roles,
    )
    answer = await run(handlers.ask_bulk, command)
    return await _act(UUID(answer["id"]), who.gemeente, doors)


@router.get("/bulkacties")
async def list_bulk(
    who: Who, doors: TheDoors, page: PageNumber = 1, size: PageSize = 50
) -> answers.Page[answers.BulkAnswer]:
    """The acts on many cases that the user asked for, newest first."""
    who.require(*SENDERS)
    async with doors.database.transaction(who.gemeente) as tx:
        total, rows = await queries.act_page(
            tx.connection, who.gemeente, who.id, (page - 1) * size, size
        )
    results = [answers.BulkAnswer.of(row, {who.id: who.name}) for row in rows]
    return answers.Page[answers.BulkAnswer](aantal=total, pagina=page, resultaten=results)


@router.get("/bulkacties/{act_id}")
async def show_bulk(act_id: UUID, who: Who, doors: TheDoors) -> answers.BulkAnswer:
    """How far an act on many cases is."""
    who.require(*SENDERS)
    return await _act(act_id, who.gemeente, doors)


@router.get("/bulkacties/{act_id}/zaken")
async def list_bulk_cases(
    act_id: UUID,
    who: Who,
    doors: TheDoors,
    state: Annotated[LineState | None, Query(alias="uitkomst")] = None,
    page: PageNumber = 1,
    size: PageSize = 50,
) -> answers.Page[answers.BulkLineAnswer]:
    """What became of each case, and why it was not done."""
    who.require(*SENDERS)
    await _act(act_id, who.gemeente, doors)
    async with doors.database.transaction(who.gemeente) as tx:
        total, rows = await queries.line_page(
            tx.connection, who.gemeente, act_id, state, (page - 1) * size, size
        )
    results = [answers.BulkLineAnswer.of(row) for row in rows]
    return answers.Page[answers.BulkLineAnswer](aantal=total, pagina=page, resultaten=results)


@router.get("/zoekopdrachten")
async def list_searches(who: Who, doors: TheDoors) -> answers.Page[answers.KeptSearchAnswer]:
    """The searches that the user keeps."""
    who.require(*READERS)
    async with doors.database.transaction(who.gemeente) as tx:
        rows = await queries.own_searches(tx.connection, who.gemeente, who.id)
    results = [answers.KeptSearchAnswer.of(row) for row in rows]
    return answers.Page[answers.KeptSearchAnswer](aantal=len(rows), pagina=1, resultaten=results)


@router.post("/zoekopdrachten", status_code=201, responses=CHANGED)
async def keep_search(
    body: answers.KeptSearchRequest, who: Who, run: Run
) -> answers.KeptSearchAnswer:
    """Keep a search by a name."""
    who.require(*READERS)
    kept = await run(handlers.keep_search, handlers.KeepSearch(body.naam, body.keuzes))
    return answers.KeptSearchAnswer.model_validate(kept)


@router.post("/zoekopdrachten/{search_id}/verwijdering", status_code=204, response_class=Response)
async def drop_search(search_id: UUID, who: Who, run: Run) -> None:
    """Keep a search no longer."""
    who.require(*READERS)
    await run(handlers.drop_search, handlers.DropSearch(search_id))


def _check(body: answers.BulkRequest) -> None:
    """What each kind of act asks, and that it is clear for which cases."""
    wrong = []
    if (body.zaakIds is None) == (body.selectie is None):
        reason = "Noem de zaken, of kies alle zaken van een lijst. Niet allebei."
        wrong.append(FieldError("zaakIds", "kies-een", reason))
    if body.zaakIds is not None and len(set(body.zaakIds)) != body.aantal:
        reason = f"U noemt {len(set(body.zaakIds))} zaken."
        wrong.append(FieldError("aantal", "klopt-niet", reason))
    wrong += [
        FieldError(names[0], "ontbreekt", WORDS[names[0]])
        for names in NEEDED[body.actie]
        if all(getattr(body, name) is None for name in names)
    ]
    if body.weken is not None and body.totDatum is not None:
        wrong.append(FieldError("weken", "kies-een", WORDS["weken"]))
    if wrong:
        raise Invalid("Vul aan wat ontbreekt.", tuple(wrong))


async def _act(act_id: UUID, gemeente: str, doors: Doors) -> answers.BulkAnswer:
    async with doors.database.transaction(gemeente) as tx:
        row = await queries.bulk_act(tx.connection, gemeente, act_id)
        if row is None:
            raise list_errors.NoSuchBulkAct
        names = await queries.colleagues(tx.connection, gemeente, [row["by"]])
    return answers.BulkAnswer.of(row, names)
