"""What is told of a batch that ended, and of the mails that came back after that.

Its starter hears of those once a day, and so do other systems: the counts that were published stay
the counts that there are.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from services.cases import queries, tables
from services.cases.domain import Batch, Figures
from services.cases.domain.late_bounces import TELL_AFTER, TELL_AT, LateBounces
from shared.chassis.work import Work
from shared.contracts.events import BatchAfgerond


def closing(batch: Batch, figures: Figures, *, late: int = 0) -> BatchAfgerond:
    """The counts of a batch that ended; they add up. `late` is how many came back since."""
    return BatchAfgerond(
        batchId=batch.id,
        aantalZaken=batch.case_count or 0,
        aantalBrieven=figures.letters,
        brievenGemaakt=figures.letters_made,
        brievenMislukt=figures.letters_failed,
        brievenUitgesloten=figures.letters_excluded,
        brievenIngetrokken=figures.letters_withdrawn,
        aantalEmails=figures.mails,
        emailsVerzonden=figures.mails_sent,
        emailsMislukt=figures.mails_failed,
        emailsNietBezorgd=figures.mails_bounced,
        emailsUitgesloten=figures.mails_excluded,
        emailsIngetrokken=figures.mails_withdrawn,
        laterNietBezorgd=late,
        gestartDoor=batch.started_by,
    )


def note_late_bounce(batch: Batch, closed_at: datetime, work: Work) -> None:
    """A mail of a closed batch came back: that is told with those that follow it."""
    known = work.found(LateBounces, batch.id)
    known = known or LateBounces(batch.id, batch.gemeente, 0, work.now)
    work.save(tables.late_bounces, known.another(closed_at, work.now))


async def tell_late_bounces(work: Work) -> None:
    """Batches whose counts changed after their end are told of anew.

    One that is open again, because something is tried again, tells its counts when it ends.
    """
    late = tables.late_bounces
    due = sa.or_(late.c.since <= work.now - TELL_AFTER, late.c.waiting >= TELL_AT)
    waiting = sa.select(late.c.id).where(late.c.gemeente == work.gemeente, late.c.waiting > 0, due)
    batches = await queries.lock_batches(work, tables.batches.c.id.in_(waiting))
    counts = await queries.progress(work.connection, work.gemeente, batches)
    for batch in batches:
        known = await _locked(batch, work)
        work.save(late, known.told())
        if known.is_news(batch.closed_at):
            event = closing(batch, counts[batch.id], late=known.waiting)
            work.record(event, sequence=batch.version)


async def _locked(batch: Batch, work: Work) -> LateBounces:
    late = tables.late_bounces
    statement = sa.select(late).where(late.c.id == batch.id).with_for_update()
    return LateBounces(**(await work.query(statement)).mappings().one())
