"""A whole BSN is seen one at a time, with a reason, and not too often."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid5

from services.cases import queries, tables
from services.cases.domain import Case, PersonRole, TimelineEntry, Unmasking
from services.cases.domain.unmasking import MOST_AN_HOUR, check_rate
from services.cases.errors import NoSuchCase
from shared.chassis.work import Work


@dataclass(frozen=True, slots=True)
class Unmask:
    """A persoonsverwerker needs the whole BSN of somebody in a case."""

    case_id: UUID
    role: PersonRole
    reason: str


async def unmask(command: Unmask, work: Work) -> None:
    """Keep who sees it and why; the BSN itself is no part of the answer that is kept."""
    if work.found(Case, command.case_id) is None:
        raise NoSuchCase
    await queries.one_look_at_a_time(work)
    seen = await queries.seen_by(work.connection, work.gemeente, work.actor, MOST_AN_HOUR)
    check_rate(seen, work.now)
    look = Unmasking(
        uuid5(work.cause.id, "unmasking"),
        work.gemeente,
        command.case_id,
        command.role,
        work.actor,
        command.reason,
        work.now,
    )
    work.add(tables.unmaskings, look)
    work.add(
        tables.timeline,
        TimelineEntry(
            look.id,
            work.gemeente,
            command.case_id,
            work.now,
            work.actor,
            f"BSN ingezien ({command.role})",
            command.reason,
        ),
    )
