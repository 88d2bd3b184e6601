"""Residents whom nothing is sent to, until approval: out, for a reason, and in again."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid5

import sqlalchemy as sa

from services.cases import queries, tables
from services.cases.domain import Case, Delivery, Exclusion, TimelineEntry
from services.cases.handlers.sending import batch_of
from shared.chassis.errors import FieldError, Invalid
from shared.chassis.work import Work
from shared.contracts.codes import CaseStatus


@dataclass(frozen=True, slots=True)
class Exclude:
    """A user leaves residents out of what will be sent."""

    batch_id: UUID
    case_ids: tuple[UUID, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Include:
    """A user takes that back."""

    batch_id: UUID
    case_ids: tuple[UUID, ...]


async def exclude(command: Exclude, work: Work) -> None:
    """Nothing is sent to these residents; another reason replaces the one before."""
    batch = batch_of(command.batch_id, work)
    work.save(tables.batches, batch.changed())
    for case, deliveries in await _asked_for(command, work):
        out = Exclusion(case.id, work.gemeente, batch.id, command.reason, work.actor, work.now)
        work.save(tables.exclusions, out)
        for delivery in deliveries:
            work.save(tables.deliveries, delivery.excluded(command.reason))
        _tell(case, work, "Uitgesloten van verzending", command.reason)


async def include(command: Include, work: Work) -> None:
    """These residents are written to after all."""
    batch = batch_of(command.batch_id, work)
    work.save(tables.batches, batch.changed())
    wanted = await _asked_for(command, work)
    if gone := sum(case.status == CaseStatus.STOPPED for case, _ in wanted):
        reason = f"{gone} van deze zaken zijn gestopt. Draai dat eerst terug in de zaak."
        raise Invalid("Kies andere zaken.", (FieldError("zaakIds", "gestopt", reason),))
    ids = [case.id for case, _ in wanted]
    await work.query(sa.delete(tables.exclusions).where(tables.exclusions.c.id.in_(ids)))
    for case, deliveries in wanted:
        for delivery in deliveries:
            work.save(tables.deliveries, delivery.included())
        _tell(case, work, "Krijgt toch bericht", None)


async def _asked_for(command: Exclude | Include, work: Work) -> list[tuple[Case, list[Delivery]]]:
    """The cases of a command with their deliveries; all of them are of its batch."""
    found = await queries.cases_with_deliveries(work, command.batch_id, command.case_ids)
    missing = len(set(command.case_ids)) - len(found)
    if missing:
        reason = f"{missing} van deze zaken horen niet bij deze batch. Kies zaken uit de batch."
        raise Invalid("Kies andere zaken.", (FieldError("zaakIds", "onbekend", reason),))
    return found


def _tell(case: Case, work: Work, what: str, explanation: str | None) -> None:
    entry = uuid5(work.cause.id, f"{what}|{case.id}")
    work.add(
        tables.timeline,
        TimelineEntry(entry, work.gemeente, case.id, work.now, work.actor, what, explanation),
    )
