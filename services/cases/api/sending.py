"""What happens to a batch between its cases and its end: plan, approval, brakes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter

from services.cases import answers, handlers, queries
from services.cases.api.cases import SENDERS, PageNumber, PageSize, batch_answer, batch_of
from services.cases.domain import Plan, PlanCounts
from services.cases.worker import BATCH_OF_COMMAND
from shared.chassis.identity import Identity
from shared.chassis.web import Doors, Run, TheDoors, Who
from shared.contracts.codes import Role

router = APIRouter(tags=["zaken"])

TOO_LATE: dict[int | str, dict[str, Any]] = {
    409: {"description": "Dit kan niet meer, of nog niet; de uitleg zegt waarom"}
}


@router.get("/batches/{batch_id}/plan")
async def show_plan(batch_id: UUID, who: Who, doors: TheDoors) -> answers.PlanAnswer:
    """Who gets what, with the dates as planned or as proposed."""
    who.require(*SENDERS)
    return await _plan(batch_id, who.gemeente, doors)


@router.put("/batches/{batch_id}/plan", responses=TOO_LATE)
async def change_plan(
    batch_id: UUID, body: answers.PlanRequest, who: Who, doors: TheDoors, run: Run
) -> answers.PlanAnswer:
    """Set dates, declaration and moment, until approval; an offer does not stand any more."""
    who.require(*SENDERS)
    plan = Plan(
        body.verzendDatum,
        body.reactietermijnDagen,
        body.verklaring or None,
        body.verklaringBron or None,
        body.verzendenOp,
        body.emailsPerWerkdag,
    )
    change = handlers.PlanChange(batch_id, plan)
    await run(handlers.plan_sending, change, loads=[BATCH_OF_COMMAND])
    return await _plan(batch_id, who.gemeente, doors)


@router.get("/batches/{batch_id}/voorbeelden")
async def list_examples(
    batch_id: UUID, who: Who, doors: TheDoors
) -> answers.Page[answers.ExampleAnswer]:
    """The residents whose letter or mail most likely looks wrong, one per kind."""
    who.require(*SENDERS)
    async with doors.database.transaction(who.gemeente) as tx:
        await batch_of(doors, tx.connection, batch_id)
        rows = await queries.examples(tx.connection, who.gemeente, batch_id)
    results = [answers.ExampleAnswer.of(row) for row in rows]
    return answers.Page[answers.ExampleAnswer](aantal=len(rows), pagina=1, resultaten=results)


@router.get("/batches/{batch_id}/uitsluitingen")
async def list_exclusions(
    batch_id: UUID, who: Who, doors: TheDoors, page: PageNumber = 1, size: PageSize = 50
) -> answers.Page[answers.ExclusionAnswer]:
    """Residents whom nothing is sent to, with the reason."""
    who.require(*SENDERS)
    async with doors.database.transaction(who.gemeente) as tx:
        await batch_of(doors, tx.connection, batch_id)
        total, rows = await queries.exclusion_page(
            tx.connection, who.gemeente, batch_id, (page - 1) * size, size
        )
        names = await queries.names(tx.connection, sorted({row["by"] for row in rows}))
    results = [answers.ExclusionAnswer.of(row, names) for row in rows]
    return answers.Page[answers.ExclusionAnswer](aantal=total, pagina=page, resultaten=results)


@router.post("/batches/{batch_id}/uitsluitingen", responses=TOO_LATE)
async def exclude_residents(
    batch_id: UUID, body: answers.ExclusionRequest, who: Who, doors: TheDoors, run: Run
) -> answers.PlanAnswer:
    """Send nothing to these residents; the plan's counts follow."""
    who.require(*SENDERS)
    command = handlers.Exclude(batch_id, tuple(body.zaakIds), body.reden)
    await run(handlers.exclude, command, loads=[BATCH_OF_COMMAND])
    return await _plan(batch_id, who.gemeente, doors)


@router.post("/batches/{batch_id}/insluitingen", responses=TOO_LATE)
async def include_residents(
    batch_id: UUID, body: answers.InclusionRequest, who: Who, doors: TheDoors, run: Run
) -> answers.PlanAnswer:
    """Write to these residents after all."""
    who.require(*SENDERS)
    command = handlers.Include(batch_id, tuple(body.zaakIds))
    await run(handlers.include, command, loads=[BATCH_OF_COMMAND])
    return await _plan(batch_id, who.gemeente, doors)


@router.post("/batches/{batch_id}/aanbieding", responses=TOO_LATE)
async def offer(
    batch_id: UUID, body: answers.ApprovalRequest, who: Who, doors: TheDoors, run: Run
) -> answers.BatchAnswer:
    """Let a second person look at it, with the counts and templates that were shown."""
    who.require(*SENDERS)
    command = _approval(batch_id, body, who)
    await run(handlers.offer_sending, command, loads=[BATCH_OF_COMMAND])
    return await batch_answer(batch_id, who.gemeente, doors)


@router.post("/batches/{batch_id}/terugzending", responses=TOO_LATE)
async def send_back(
    batch_id: UUID, body: answers.ReasonRequest, who: Who, doors: TheDoors, run: Run
) -> answers.BatchAnswer:
    """Do not agree, and say why."""
    who.require(Role.COORDINATOR)
    command = handlers.SendBack(batch_id, body.reden)
    await run(handlers.send_back, command, loads=[BATCH_OF_COMMAND])
    return await batch_answer(batch_id, who.gemeente, doors)


@router.post(
    "/batches/{batch_id}/akkoord",
    status_code=202,
    responses={409: {"description": "Er is al akkoord, of de aantallen zijn veranderd"}},
)
async def approve(
    batch_id: UUID, body: answers.ApprovalRequest, who: Who, run: Run
) -> answers.ApprovalAnswer:
    """Approve what was shown. With other counts than there are now: 409 with the new ones."""
    who.require(*SENDERS)
    approval = _approval(batch_id, body, who)
    answer = await run(handlers.approve_sending, approval, loads=[BATCH_OF_COMMAND])
    return answers.ApprovalAnswer.model_validate(answer)


@router.post("/batches/{batch_id}/intrekking", status_code=202, responses=TOO_LATE)
async def withdraw(
    batch_id: UUID, body: answers.WithdrawalRequest, who: Who, doors: TheDoors, run: Run
) -> answers.BatchAnswer:
    """Take the batch back before its approval: its cases are stopped."""
    who.require(*SENDERS)
    command = handlers.Withdraw(batch_id, body.reden, body.wordtVervangen)
    await run(handlers.withdraw_batch, command, loads=[BATCH_OF_COMMAND])
    return await batch_answer(batch_id, who.gemeente, doors)


@router.put("/batches/{batch_id}/verzendmoment", responses=TOO_LATE)
async def move(
    batch_id: UUID, body: answers.MomentRequest, who: Who, doors: TheDoors, run: Run
) -> answers.BatchAnswer:
    """Begin at another moment, as long as sending did not begin."""
    who.require(*SENDERS)
    command = handlers.NewMoment(batch_id, body.verzendenOp)
    await run(handlers.move_sending, command, loads=[BATCH_OF_COMMAND])
    return await batch_answer(batch_id, who.gemeente, doors)


@router.post("/batches/{batch_id}/pauze", responses=TOO_LATE)
async def pause(batch_id: UUID, who: Who, doors: TheDoors, run: Run) -> answers.BatchAnswer:
    """Within five seconds nothing new leaves."""
    return await _brake(handlers.pause_sending, batch_id, who, doors, run)


@router.post("/batches/{batch_id}/hervatting", responses=TOO_LATE)
async def resume(batch_id: UUID, who: Who, doors: TheDoors, run: Run) -> answers.BatchAnswer:
    """Go on after a pause."""
    return await _brake(handlers.resume_sending, batch_id, who, doors, run)


@router.post("/batches/{batch_id}/beeindiging", responses=TOO_LATE)
async def stop(batch_id: UUID, who: Who, doors: TheDoors, run: Run) -> answers.BatchAnswer:
    """Withdraw what did not leave yet."""
    return await _brake(handlers.stop_sending, batch_id, who, doors, run)


@router.post(
    "/batches/{batch_id}/opnieuw",
    status_code=202,
    responses={409: {"description": "De batch is nog niet verzonden of wordt nog klaargezet"}},
)
async def try_again(
    batch_id: UUID, body: answers.RetryRequest, who: Who, run: Run
) -> answers.RetryAnswer:
    """Try failed letters and mails again, all of them or those that are chosen."""
    who.require(*SENDERS)
    chosen = None if body.bezorgingIds is None else tuple(body.bezorgingIds)
    approval = None if body.akkoord is None else _approval(batch_id, body.akkoord, who)
    retry = handlers.Retry(batch_id, chosen, approval)
    answer = await run(handlers.try_again, retry, loads=[BATCH_OF_COMMAND])
    return answers.RetryAnswer.model_validate(answer)


@router.post("/batches/{batch_id}/opnieuw/terugzending", responses=TOO_LATE)
async def send_retry_back(
    batch_id: UUID, body: answers.ReasonRequest, who: Who, doors: TheDoors, run: Run
) -> answers.BatchAnswer:
    """Do not agree with what was offered to be tried again, and say why."""
    who.require(Role.COORDINATOR)
    command = handlers.SendBack(batch_id, body.reden)
    await run(handlers.send_retry_back, command, loads=[BATCH_OF_COMMAND])
    return await batch_answer(batch_id, who.gemeente, doors)


async def _brake(
    handler: Any, batch_id: UUID, who: Identity, doors: Doors, run: Any
) -> answers.BatchAnswer:
    who.require(*SENDERS)
    await run(handler, handlers.OfBatch(batch_id), loads=[BATCH_OF_COMMAND])
    return await batch_answer(batch_id, who.gemeente, doors)


def _approval(batch_id: UUID, body: answers.ApprovalRequest, who: Identity) -> handlers.Approval:
    return handlers.Approval(
        batch_id,
        body.aantalEmails,
        body.aantalBrieven,
        body.emailSjabloonVersieId,
        body.briefSjabloonVersieId,
        is_coordinator=Role.COORDINATOR in who.roles,
    )


async def _plan(batch_id: UUID, gemeente: str, doors: Doors) -> answers.PlanAnswer:
    async with doors.database.transaction(gemeente) as tx:
        batch = await batch_of(doors, tx.connection, batch_id)
        counts: PlanCounts = await queries.plan_counts(tx.connection, gemeente, batch_id)
        return answers.PlanAnswer.of(counts, batch.plan(tx.now))
