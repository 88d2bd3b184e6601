"""An inzage is asked for, made or not: each moment is kept, and the colleague hears of the end."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

from services.gateway import queries, tables
from services.gateway.domain import AuditEntry
from services.gateway.inzage import reading
from services.gateway.inzage.rules import MOST_AN_HOUR, Inzage, Made, check_rate
from shared.chassis.service import Item
from shared.chassis.work import FOR_A_PERSON, Work

INZAGEN = "inzagen"
MAILS = "inzage-mails"


@dataclass(frozen=True, slots=True)
class Ask:
    """A colleague asks for everything of somebody, with the line for the logboek."""

    case_id: UUID
    case_number: str
    who: str
    reason: str
    entry: AuditEntry


async def ask(command: Ask, work: Work) -> dict[str, Any]:
    """It is made in a while. Who asks for what is being made already gets that one."""
    await reading.one_at_a_time(work)
    await queries.write_audit(work, replace(command.entry, reason=command.reason))
    same = await reading.under_way(work, command.case_id, command.who)
    if same is not None:
        return {"id": str(same.id)}
    check_rate(await reading.asked_by(work, work.actor, MOST_AN_HOUR), work.now)
    inzage = Inzage(
        uuid5(work.cause.id, "inzage"),
        work.gemeente,
        command.case_id,
        command.case_number,
        command.who,
        command.reason,
        work.actor,
        work.now,
    )
    work.add(tables.inzagen, inzage)
    work.enqueue(INZAGEN, inzage.id, priority=FOR_A_PERSON)
    return {"id": str(inzage.id)}


@dataclass(frozen=True, slots=True)
class Inzagen:
    """What is recorded when the work on an inzage ended. `kept`: how long there is a file."""

    kept: timedelta

    async def record(self, item: Item, made: Made, work: Work) -> None:
        """Its file lies in the store."""
        for inzage in await reading.by_ids(work, [item.id]):
            work.save(tables.inzagen, inzage.made(made, work.now, self.kept))
            _tell(inzage, work)

    async def failed(self, item: Item, reason: str, work: Work) -> None:
        """It could not be made, and says why."""
        for inzage in await reading.by_ids(work, [item.id]):
            work.save(tables.inzagen, inzage.failed(reason, work.now))
            _tell(inzage, work)


def _tell(inzage: Inzage, work: Work) -> None:
    work.enqueue(MAILS, uuid5(inzage.id, "mail"), {"inzage": str(inzage.id)})
