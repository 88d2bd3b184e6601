"""The doors of the life of a case: each takes the version that was shown and answers the case."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends

from services.cases import answers, handlers
from services.cases.api.cases import case_answer, case_of
from services.cases.domain.life import TRANSITIONS, Act
from services.cases.worker import BATCH_OF_COMMAND, CASE_OF_COMMAND
from shared.chassis.errors import FieldError, Invalid
from shared.chassis.loads import Load
from shared.chassis.web import Run, TheDoors, Who
from shared.chassis.work import Work

router = APIRouter(tags=["zaken"])

CHANGED: dict[int | str, dict[str, Any]] = {
    409: {
        "description": "De zaak is intussen veranderd of dit past er niet bij; de uitleg zegt het"
    }
}


class Life:
    """Runs an act of a user on a case, and answers how the case is then."""

    def __init__(self, who: Who, doors: TheDoors, run: Run) -> None:
        self._who, self._doors, self._run = who, doors, run

    async def __call__(
        self,
        act: Act,
        handler: Callable[[Any, Work], Awaitable[None]],
        command: Any,
        *more: Load,
    ) -> answers.CaseAnswer:
        """Whoever may not do it is told so before anything else."""
        self._who.require(*TRANSITIONS[act].by)
        await self._run(handler, command, loads=[CASE_OF_COMMAND, *more])
        return await case_answer(command.case_id, self._who.gemeente, self._doors)

    async def stop(
        self,
        act: Act,
        handler: Callable[[handlers.Stop, Work], Awaitable[None]],
        case_id: UUID,
        body: answers.BecauseRequest,
    ) -> answers.CaseAnswer:
        """An act that also concerns the batch, which is locked before its case."""
        self._who.require(*TRANSITIONS[act].by)
        async with self._doors.database.transaction(self._who.gemeente) as tx:
            case = await case_of(self._doors, tx.connection, case_id)
        command = handlers.Stop(case_id, case.batch_id, body.versie, body.reden)
        return await self(act, handler, command, BATCH_OF_COMMAND)


TheLife = Annotated[Life, Depends(Life)]


@router.post("/zaken/{case_id}/aanleveringen", responses=CHANGED)
async def supply(case_id: UUID, body: answers.SupplyRequest, life: TheLife) -> answers.CaseAnswer:
    """The data of the resident came in."""
    command = handlers.Supply(
        case_id,
        body.versie,
        body.bron,
        body.ontvangstDatum,
        body.toelichting,
        body.ontvangstbevestiging,
    )
    return await life(Act.SUPPLY, handlers.supply, command)


@router.post("/zaken/{case_id}/aanlevering-terugdraaien", responses=CHANGED)
async def take_supply_back(
    case_id: UUID, body: answers.BecauseRequest, life: TheLife
) -> answers.CaseAnswer:
    """The data are not here after all."""
    command = handlers.Change(case_id, body.versie, body.reden)
    return await life(Act.TAKE_SUPPLY_BACK, handlers.take_supply_back, command)


@router.post("/zaken/{case_id}/onderzoeken", responses=CHANGED)
async def examine(case_id: UUID, body: answers.ChangeRequest, life: TheLife) -> answers.CaseAnswer:
    """Look into the case, or go on after waiting."""
    command = handlers.Change(case_id, body.versie, body.reden)
    return await life(Act.EXAMINE, handlers.examine, command)


@router.post("/zaken/{case_id}/afwachten", responses=CHANGED)
async def wait(case_id: UUID, body: answers.WaitRequest, life: TheLife) -> answers.CaseAnswer:
    """Wait until a day; then the case comes back by itself."""
    command = handlers.Wait(case_id, body.versie, body.totDatum, body.reden)
    return await life(Act.WAIT, handlers.wait, command)


@router.post("/zaken/{case_id}/uitstel", responses=CHANGED)
async def postpone(
    case_id: UUID, body: answers.PostponeRequest, life: TheLife
) -> answers.CaseAnswer:
    """Give the resident more time."""
    if (body.weken is None) == (body.totDatum is None):
        reason = "Vul een aantal weken in, of een datum. Niet allebei."
        raise Invalid("Kies hoe lang.", (FieldError("weken", "kies-een", reason),))
    command = handlers.Postpone(case_id, body.versie, body.weken, body.totDatum, body.reden)
    return await life(Act.POSTPONE, handlers.postpone, command)


@router.post("/zaken/{case_id}/sluiten", responses=CHANGED)
async def close(case_id: UUID, body: answers.CloseRequest, life: TheLife) -> answers.CaseAnswer:
    """Nothing more is to be done, and the decision was sent, or came to the resident otherwise."""
    if body.bevestigd and body.redenBevestiging is None:
        reason = "Schrijf op hoe de inwoner het besluit heeft gekregen."
        raise Invalid("Vul de reden in.", (FieldError("redenBevestiging", "ontbreekt", reason),))
    confirmed = body.redenBevestiging if body.bevestigd else None
    command = handlers.Close(case_id, body.versie, body.reden, confirmed)
    return await life(Act.CLOSE, handlers.close, command)


@router.post("/zaken/{case_id}/heropenen", responses=CHANGED)
async def reopen(case_id: UUID, body: answers.BecauseRequest, life: TheLife) -> answers.CaseAnswer:
    """There is something to be done after all."""
    command = handlers.Change(case_id, body.versie, body.reden)
    return await life(Act.REOPEN, handlers.reopen, command)


@router.post("/zaken/{case_id}/stoppen", responses=CHANGED)
async def stop_case(
    case_id: UUID, body: answers.BecauseRequest, life: TheLife
) -> answers.CaseAnswer:
    """End the case without a decision."""
    return await life.stop(Act.STOP, handlers.stop, case_id, body)


@router.post("/zaken/{case_id}/stoppen-terugdraaien", responses=CHANGED)
async def take_stop_back(
    case_id: UUID, body: answers.BecauseRequest, life: TheLife
) -> answers.CaseAnswer:
    """Go on where the case was stopped."""
    return await life.stop(Act.TAKE_STOP_BACK, handlers.take_stop_back, case_id, body)


@router.post("/zaken/{case_id}/bezwaar", responses=CHANGED)
async def note_objection(
    case_id: UUID, body: answers.ObjectionRequest, life: TheLife
) -> answers.CaseAnswer:
    """An objection came in."""
    command = handlers.Objection(case_id, body.versie, body.ontvangstDatum)
    return await life(Act.OBJECT, handlers.note_objection, command)


@router.post("/zaken/{case_id}/bezwaar-verwijderen", responses=CHANGED)
async def take_objection_back(
    case_id: UUID, body: answers.BecauseRequest, life: TheLife
) -> answers.CaseAnswer:
    """There is no objection, or no longer."""
    command = handlers.Change(case_id, body.versie, body.reden)
    return await life(Act.TAKE_OBJECTION_BACK, handlers.take_objection_back, command)
