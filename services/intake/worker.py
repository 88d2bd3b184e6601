"""All that intake reacts to: events of cases, its slow work, its timer."""

from __future__ import annotations

from datetime import timedelta

from services.intake import destroying, handlers, tables
from services.intake.checks import WorkbookChecks
from services.intake.copying import WorkbookCopies
from services.intake.publisher import FramePublisher
from services.intake.queries import batches_of, orphaned_files
from services.intake.retention import Retention
from services.intake.withdrawal import note_withdrawal
from shared.chassis.loads import Load
from shared.chassis.service import Queue, Subscription, every, on
from shared.chassis.shelves import Shelf, sweep_timer
from shared.contracts.envelope import EventData
from shared.contracts.events import (
    BatchIngetrokken,
    RijGeweigerd,
    WeigeringIngetrokken,
    ZaakVernietigd,
)

#: A lease is prolonged while the work goes on; after a kill a person waits this long, not more.
LEASE = timedelta(seconds=30)

REFUSED_ROW = Load(tables.refused_rows, lambda event: event.data.zaakId)

UPLOAD = Load(tables.uploads, lambda event: event.data.batchId, column="batch_id")

SUBSCRIPTIONS: dict[type[EventData], Subscription] = {
    RijGeweigerd: on(handlers.keep_refused_row, loads=[REFUSED_ROW]),
    BatchIngetrokken: on(note_withdrawal, loads=[UPLOAD]),
    ZaakVernietigd: on(destroying.destroy, even_destroyed=True),
    WeigeringIngetrokken: on(handlers.withdraw_refused_row, loads=[REFUSED_ROW]),
}

TIMERS = [
    every(timedelta(days=1), handlers.expire_uploads),
    every(timedelta(hours=1), handlers.expire_copies),
    sweep_timer(),
]

#: Its files in the store.
SHELVES = (Shelf("uploads", orphaned_files),)


def queues(
    checks: WorkbookChecks,
    copies: WorkbookCopies,
    publisher: FramePublisher,
    retention: Retention,
) -> dict[str, Queue]:
    """The slow work: one workbook at a time, a few frames at a time."""
    return {
        handlers.CHECKS: Queue(
            checks.perform,
            handlers.keep_outcome,
            handlers.give_up_check,
            prepare=handlers.uploads_to_check,
            chunk=1,
            concurrency=1,
            lease=LEASE,
        ),
        handlers.COPIES: Queue(
            copies.perform,
            handlers.keep_copy,
            handlers.give_up_copy,
            prepare=handlers.copies_to_make,
            chunk=1,
            concurrency=1,
            lease=LEASE,
        ),
        handlers.COPY_RETENTION_QUEUE: Queue(
            copies.remove,
            handlers.forget_copy,
            handlers.leave_copy_for_later,
            chunk=5,
            concurrency=2,
        ),
        handlers.FRAMES: Queue(
            publisher.perform,
            handlers.offer_rows,
            handlers.note_trouble,
            prepare=batches_of,
            chunk=2,
            concurrency=2,
            lease=LEASE,
        ),
        handlers.RETENTION: Queue(
            retention.perform,
            handlers.forget_upload,
            handlers.leave_for_tomorrow,
            prepare=handlers.expired_of,
            chunk=5,
            concurrency=2,
        ),
    }
