"""Deciding about a case, revising that, and trying again what could not be sent of it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid5

from services.cases import case_letters, errors, life_errors, queries, tables
from services.cases.domain import (
    Case,
    Decision,
    DeliveryState,
    Ground,
    Verdict,
    life,
    taking_back,
    working_days,
)
from services.cases.handlers.changes import keep, shown, tell
from services.cases.taking_back import take_back
from shared.chassis.work import Work
from shared.contracts.events import BesluitGenomen


@dataclass(frozen=True, slots=True)
class TakeDecision:
    """A user decides. `confirmed` says why, although nobody was reminded in vain.

    With `revises` the decision takes the place of that one, for `revision_reason`.
    """

    case_id: UUID
    version: int
    verdict: Verdict
    confirmed: str | None = None
    revises: UUID | None = None
    revision_reason: str | None = None


@dataclass(frozen=True, slots=True)
class TryOneAgain:
    """A user wants a letter or mail of a case again that failed."""

    case_id: UUID
    delivery_id: UUID


async def decide(command: TakeDecision, work: Work) -> None:
    """A decision is taken or revised, told to others, and sent to the resident and the partner."""
    case = shown(command.case_id, command.version, work)
    earlier = await queries.decision_count(work.connection, work.gemeente, case.id)
    decision = _decision(command, earlier + 1, work)
    after = _decided(command, case, decision.id, work)
    command.verdict.check(case.opened_at, work.now)
    if command.verdict.ground is Ground.INCOMPLETE and command.confirmed is None:
        await _refuse_too_soon(case, work)
    work.add(tables.decisions, decision)
    what = "Besluit genomen" if decision.revises is None else "Besluit herzien"
    keep(case, after, what, _summary(decision), work)
    work.record(_taken(after, decision), sequence=after.version)
    await take_back(after, taking_back.DECIDED, work)
    await case_letters.write_decision(after, decision, work)


async def write_again(command: TryOneAgain, work: Work) -> None:
    """A letter or mail of this case alone that failed, or was taken back, is ordered once more."""
    case = work.found(Case, command.case_id)
    if case is None:
        raise errors.NoSuchCase
    delivery = await queries.lock_delivery(work, case.id, command.delivery_id)
    if delivery is None:
        raise life_errors.NoSuchDelivery
    if delivery.batch_id is not None:
        raise life_errors.NotSingle
    if delivery.state not in {DeliveryState.FAILED, DeliveryState.WITHDRAWN}:
        raise life_errors.DidNotFail(delivery.state)
    tell(case.id, "Opnieuw proberen", f"{delivery.purpose} per {delivery.channel}", work)
    await case_letters.write_again(case, delivery, work)


def _decision(command: TakeDecision, ordinal: int, work: Work) -> Decision:
    verdict = command.verdict
    return Decision(
        id=uuid5(command.case_id, f"decision|{ordinal}"),
        gemeente=work.gemeente,
        case_id=command.case_id,
        ordinal=ordinal,
        result=verdict.result,
        ground=verdict.ground,
        motivation=verdict.motivation,
        decided_on=verdict.decided_on,
        by=work.actor,
        at=work.now,
        revises=command.revises,
        revision_reason=command.revision_reason,
        confirmed=command.confirmed,
    )


def _decided(command: TakeDecision, case: Case, decision_id: UUID, work: Work) -> Case:
    outcome = command.verdict.result.outcome
    if command.revises is None:
        return life.decided(case, decision_id, outcome, work.now)
    return life.revised(case, command.revises, decision_id, outcome, work.now)


async def _refuse_too_soon(case: Case, work: Work) -> None:
    """Raise IncompleteTooSoon unless the resident was reminded and the term has passed."""
    term = case.response_date
    passed = term is not None and term < working_days.today(work.now)
    if not passed or not await queries.was_reminded(work.connection, work.gemeente, case.id):
        raise life_errors.IncompleteTooSoon(term)


def _summary(decision: Decision) -> str:
    """The decision for the timeline, without its motivation."""
    ground = f" ({decision.ground})" if decision.ground else ""
    parts = [f"{decision.result}{ground}, besluitdatum {decision.decided_on:%d-%m-%Y}."]
    if decision.revision_reason:
        parts.append(f"Reden om te herzien: {decision.revision_reason}")
    if decision.confirmed:
        parts.append(f"Bevestigd zonder herinnering: {decision.confirmed}")
    return " ".join(parts)


def _taken(case: Case, decision: Decision) -> BesluitGenomen:
    return BesluitGenomen(
        zaakId=case.id,
        zaaknummer=case.number,
        besluitId=decision.id,
        besluitDatum=decision.decided_on,
        herzietBesluitId=decision.revises,
    )
