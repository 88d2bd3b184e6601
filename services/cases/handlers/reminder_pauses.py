"""What holds the reminders of a case or batch, and what makes the timer look again."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from services.cases import tables
from services.cases.domain import Pause, PauseKind, working_days
from shared.chassis.work import Work

#: A term lasts a year at most: what began before that is over.
LIVELY = timedelta(days=400)


def hold_reminders(of: UUID, kind: PauseKind, reason: str | None, work: Work) -> None:
    """Nothing is sent to a case, or a batch, as long as this lasts."""
    pause = Pause(of, kind, work.gemeente, reason, work.actor, work.now)
    work.save(tables.pauses, pause)


async def lift_pause(of: UUID, kind: PauseKind, work: Work) -> None:
    """What held the reminders is over; the timer finds out by itself within a day."""
    pause = tables.pauses.c
    gone = sa.delete(tables.pauses).where(
        pause.gemeente == work.gemeente, pause.id == of, pause.kind == kind
    )
    await work.query(gone)
    await look_again(work, of=of)


async def look_again(work: Work, *, of: UUID | None = None) -> None:
    """Have the timer look today, for one case or batch, or all: something changed.

    What ended is looked at as well: a term that moved lets it go on.
    """
    course, today = tables.courses.c, working_days.today(work.now)
    those = [course.gemeente == work.gemeente, course.started_at > work.now - LIVELY]
    if of is not None:
        those.append(sa.or_(course.id == of, course.batch_id == of))
    await work.query(sa.update(tables.courses).where(*those).values(due_on=today))
