"""What every act on a case has in common: it is found as it was shown, kept, told and dated."""

from __future__ import annotations

from uuid import UUID, uuid5

import sqlalchemy as sa

from services.cases import domain, errors, tables
from services.cases.domain import Case, TimelineEntry, life
from shared.chassis.work import Work
from shared.contracts.codes import CaseStatus
from shared.contracts.events import ZaakstatusGewijzigd


def shown(case_id: UUID, version: int, work: Work) -> Case:
    """The case that its load locked, as the user saw it; raises NoSuchCase and CaseChanged."""
    case = work.found(Case, case_id)
    if case is None:
        raise errors.NoSuchCase
    return life.expected(case, version)


def keep(before: Case, after: Case, what: str, why: str | None, work: Work) -> None:
    """Write the case, tell it in the timeline, and tell others when its status is another."""
    work.save(tables.cases, after)
    if after.status != before.status:
        moved = f"van '{before.status}' naar '{after.status}'"
        why = f"Status {moved}. {why}" if why else f"Status {moved}."
        told = ZaakstatusGewijzigd(
            zaakId=after.id,
            zaaknummer=after.number,
            batchId=after.batch_id,
            van=CaseStatus(before.status),
            naar=CaseStatus(after.status),
        )
        work.record(told, sequence=after.version)
    tell(after.id, what, why, work)


def tell(case_id: UUID, what: str, why: str | None, work: Work) -> None:
    """An entry in the timeline of a case."""
    entry = uuid5(work.cause.id, f"{what}|{case_id}")
    work.add(
        tables.timeline,
        TimelineEntry(entry, work.gemeente, case_id, work.now, work.actor, what, why),
    )


async def set_open(case: Case, work: Work, *, is_open: bool) -> None:
    """Whether another case of the gemeente may have the people of this one."""
    people = [case.id, domain.partner_of(case.id)]
    await work.query(
        sa.update(tables.persons).where(tables.persons.c.id.in_(people)).values(open=is_open)
    )
