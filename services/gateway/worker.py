"""What the gateway does by itself. It follows no topic: it answers people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from services.gateway import queries
from services.gateway.domain import SessionLimits
from services.gateway.inzage import ending
from services.gateway.inzage.asking import INZAGEN, MAILS, Inzagen
from services.gateway.inzage.collecting import Collecting
from services.gateway.inzage.ending import ENDS, Ending
from services.gateway.inzage.reading import orphans
from services.gateway.inzage.telling import Telling
from services.gateway.sealing import seal_days
from shared.chassis.service import Queue, Timer, every
from shared.chassis.shelves import Shelf, sweep_timer
from shared.chassis.work import Work

#: Its files in the store.
SHELVES = (Shelf("inzagen", orphans),)


def timers(limits: SessionLimits) -> Sequence[Timer]:
    """What happens without anybody asking."""

    async def sweep_sessions(work: Work) -> None:
        """What ended weighs nothing, but must not stay for ever."""
        await queries.sweep(work, limits)

    return (
        # A day is sealed some minutes after it ended; nobody waits for it.
        every(timedelta(minutes=10), seal_days),
        every(timedelta(minutes=5), sweep_sessions),
        # What was destroyed is opened by nobody any more; its file goes soon after.
        every(timedelta(seconds=30), ending.look),
        sweep_timer(),
    )


def queues(
    collecting: Collecting, inzagen: Inzagen, telling: Telling, end: Ending
) -> dict[str, Queue]:
    """The slow work: one inzage at a time, so that the desk notices nothing of it."""
    return {
        INZAGEN: Queue(
            collecting.perform,
            inzagen.record,
            inzagen.failed,
            prepare=collecting.prepare,
            chunk=1,
            concurrency=1,
        ),
        MAILS: Queue(telling.perform, telling.record, telling.failed, prepare=telling.prepare),
        ENDS: Queue(
            end.perform, end.record, end.failed, prepare=end.prepare, chunk=5, concurrency=2
        ),
    }
