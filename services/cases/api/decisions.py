"""Decisions, cases that belong together, and letters and mails of one case that failed."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from fastapi import APIRouter

from services.cases import answers, handlers, queries
from services.cases.api.cases import SENDERS, case_answer, case_of
from services.cases.api.life import CHANGED, TheLife
from services.cases.domain import Verdict, working_days
from services.cases.domain.life import Act
from services.cases.worker import CASE_OF_COMMAND
from shared.chassis.errors import FieldError, Invalid
from shared.chassis.web import Doors, Run, TheDoors, Who

router = APIRouter(tags=["zaken"])


@router.get("/zaken/{case_id}/besluiten")
async def list_decisions(
    case_id: UUID, who: Who, doors: TheDoors
) -> answers.Page[answers.DecisionAnswer]:
    """The decisions of a case, newest first; revised ones stay to be read."""
    who.require(*SENDERS)
    async with doors.database.transaction(who.gemeente) as tx:
        await case_of(doors, tx.connection, case_id)
        found = await queries.decisions(tx.connection, doors.mapper, who.gemeente, case_id)
        takers = sorted({one.by for one in found})
        names = await queries.colleagues(tx.connection, who.gemeente, takers)
    results = [answers.DecisionAnswer.of(one, names) for one in found]
    return answers.Page[answers.DecisionAnswer](aantal=len(found), pagina=1, resultaten=results)


@router.post("/zaken/{case_id}/besluiten", responses=CHANGED)
async def decide(
    case_id: UUID, body: answers.DecisionRequest, doors: TheDoors, who: Who, life: TheLife
) -> answers.CaseAnswer:
    """Take a decision; the resident and the partner are told by letter, and by mail if chosen."""
    verdict = await _verdict(body, who.gemeente, doors)
    command = handlers.TakeDecision(case_id, body.versie, verdict, _confirmed(body))
    return await life(Act.DECIDE, handlers.decide, command)


@router.post("/zaken/{case_id}/herzieningen", responses=CHANGED)
async def revise(
    case_id: UUID, body: answers.RevisionRequest, doors: TheDoors, who: Who, life: TheLife
) -> answers.CaseAnswer:
    """Take a decision in the place of the newest one, which stays."""
    command = handlers.TakeDecision(
        case_id,
        body.versie,
        await _verdict(body, who.gemeente, doors),
        _confirmed(body),
        body.herzietBesluitId,
        body.redenHerziening,
    )
    return await life(Act.REVISE, handlers.decide, command)


@router.get("/zaken/{case_id}/verwante-zaken")
async def list_related(case_id: UUID, who: Who, doors: TheDoors) -> answers.Page[answers.CaseLine]:
    """Other cases in which the resident or the partner occurs."""
    who.require(*SENDERS)
    async with doors.database.transaction(who.gemeente) as tx:
        await case_of(doors, tx.connection, case_id)
        rows = await queries.related(tx.connection, doors.mapper, who.gemeente, case_id)
        assignees = [row["assignee"] for row in rows if row["assignee"]]
        names = await queries.colleagues(tx.connection, who.gemeente, assignees)
    results = [answers.CaseLine.of(row, names) for row in rows]
    return answers.Page[answers.CaseLine](aantal=len(rows), pagina=1, resultaten=results)


@router.post(
    "/zaken/{case_id}/bezorgingen/{delivery_id}/opnieuw",
    responses={409: {"description": "De brief of e-mail is niet mislukt, of hoort bij een batch"}},
)
async def write_again(
    case_id: UUID, delivery_id: UUID, who: Who, doors: TheDoors, run: Run
) -> answers.CaseAnswer:
    """Try a letter or mail of this case alone again that failed."""
    who.require(*SENDERS)
    command = handlers.TryOneAgain(case_id, delivery_id)
    await run(handlers.write_again, command, loads=[CASE_OF_COMMAND])
    return await case_answer(case_id, who.gemeente, doors)


async def _verdict(body: answers.DecisionRequest, gemeente: str, doors: Doors) -> Verdict:
    day = body.besluitDatum or await _today(gemeente, doors)
    return Verdict(body.resultaat, body.reden, body.motivering, day)


async def _today(gemeente: str, doors: Doors) -> date:
    async with doors.database.transaction(gemeente) as tx:
        return working_days.today(tx.now)


def _confirmed(body: answers.DecisionRequest) -> str | None:
    """Why it is decided although nobody was reminded; whoever confirms says why."""
    if body.bevestigd and body.redenBevestiging is None:
        reason = "Schrijf op waarom u toch nu besluit."
        wrong = FieldError("redenBevestiging", "ontbreekt", reason)
        raise Invalid("Vul de reden in.", (wrong,))
    return body.redenBevestiging if body.bevestigd else None
