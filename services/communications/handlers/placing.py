"""Where every notice is placed: for whom it is, and for who stands in meanwhile."""

from __future__ import annotations

import sqlalchemy as sa

from services.communications import tables
from services.communications.domain import CaseNews, Notice, day_of
from shared.chassis.work import Work


async def place(notice: Notice, work: Work) -> None:
    """A notice as it stands now; the deputy of who is away today gets one too."""
    work.save(tables.notices, notice)
    if notice.user_id is not None:
        for deputy in await deputies_of(notice.user_id, work):
            if deputy != work.actor:
                work.save(tables.notices, notice.passed_to(deputy))


async def bundle(news: CaseNews, notice: Notice, work: Work) -> Notice:
    """The notice with what was placed of the same kind today."""
    await _one_at_a_time(work)
    before = work.found(Notice, notice.id)
    if before is None:
        before = await _stored(notice, work)
    return news.bundled(notice, before)


async def deputies_of(user_id: str, work: Work) -> list[str]:
    """Who does the work of a colleague today; nobody when he is there."""
    absences, day = tables.absences.c, day_of(work.now)
    statement = sa.select(absences.deputy).where(
        absences.gemeente == work.gemeente,
        absences.user_id == user_id,
        absences.from_on <= day,
        absences.until_on >= day,
        ~absences.is_withdrawn,
    )
    return sorted(set((await work.query(statement)).scalars()) - {user_id})


async def _one_at_a_time(work: Work) -> None:
    """Notices that are counted wait for each other until the commit, or a count would be lost."""
    key = sa.func.hashtextextended(f"notices of {work.gemeente}", 0)
    await work.query(sa.select(sa.func.pg_advisory_xact_lock(key)))


async def _stored(notice: Notice, work: Work) -> Notice | None:
    statement = sa.select(tables.notices).where(tables.notices.c.id == notice.id).with_for_update()
    row = (await work.query(statement)).mappings().first()
    return None if row is None else Notice(**row)
