"""From a micro-batch of records to committed work.

A batch is read, split per gemeente, and each part is one transaction: inbox rows, new state,
outbox rows. A part that fails is rolled back and halved until the bad event stands alone; that
one is set aside as a dead letter. What is transient is tried again in place, for as long as it
takes: an outage is not the event's fault. Many dead letters in a row pull the brake.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby
from time import monotonic
from typing import Any
from uuid import uuid5

import structlog

from shared.chassis import dead_letters, destruction, inbox
from shared.chassis.codec import Record, decode
from shared.chassis.database import Database, Transaction
from shared.chassis.errors import Malformed, UnknownType
from shared.chassis.loads import Load, Loaded, load_all
from shared.chassis.mapper import Mapper
from shared.chassis.retry import is_transient, pause
from shared.chassis.service import Handler, Service
from shared.chassis.telemetry import METRICS, handling
from shared.chassis.work import Cause, Collected, Work
from shared.contracts.envelope import Event

log = structlog.get_logger()

Read = tuple[Record, Event[Any]]
Stopping = Callable[[], bool]


class Consumer:
    """Handles records for one service; used by the worker and by `dead-letters replay`."""

    def __init__(
        self,
        service: Service,
        database: Database,
        mapper: Mapper,
        source: str,
        *,
        brake_after: int,
    ) -> None:
        self.service = service
        self.database = database
        self.mapper = mapper
        self.source = source
        self.brake_after = brake_after
        self.known: set[str] = set()
        #: Per topic: unreadable records in a row, and events in a row whose handler failed.
        self._unreadable: Counter[str] = Counter()
        self._failing: Counter[str] = Counter()
        #: Topics that are not behind a brake, as far as this process knows.
        self._clear: set[str] = set()

    async def handle(self, records: Sequence[Record], stopping: Stopping) -> bool:
        """Handle a batch of one topic. True: all of it is durable; False: stopped on the way.

        Records that are behind a pulled brake wait here until it is released.
        """
        topic = records[0].topic
        if topic not in self._clear:
            if not await self.released(topic, stopping):
                return False
            self._clear.add(topic)
        reads = []
        for record in records:
            read = await self._read(record, stopping)
            if read is None:
                return False
            if read:
                reads.append(read)
        for part in _per_gemeente(reads):
            if not await self._part(part, stopping):
                return False
        return True

    async def _read(self, record: Record, stopping: Stopping) -> Read | tuple[()] | None:
        """The event, () when it was set aside or is not for us, None when stopping."""
        try:
            event = decode(record, self.mapper.keys)
        except Malformed as error:
            parked = isinstance(error, UnknownType)
            done = await self._set_aside(record, error.reason, parked, self._unreadable, stopping)
            return () if done else None
        self._unreadable[record.topic] = 0
        return (record, event) if type(event.data) in self.service.subscriptions else ()

    async def _part(self, part: Sequence[Read], stopping: Stopping) -> bool:
        attempt = 0
        while not stopping():
            try:
                await self._transact(part)
            except Exception as error:  # noqa: BLE001 - sorted here: tried again, or set aside
                if is_transient(error) and not (attempt >= _LONGEST_COLLISION and _collides(error)):
                    METRICS.retried.labels(self.service.name).inc()
                    log.warning("event_batch_retried", attempt=attempt, error=type(error).__name__)
                    await _sleep(pause(attempt), stopping)
                    attempt += 1
                    continue
                return await self._halve(part, error, stopping)
            self._failing[part[0][0].topic] = 0
            return True
        return False

    async def _halve(self, part: Sequence[Read], error: Exception, stopping: Stopping) -> bool:
        if len(part) == 1:
            record, event = part[0]
            log.error("event_failed", event_id=str(event.id), event_type=event.type, exc_info=error)
            reason = f"fout: {type(error).__name__}"
            return await self._set_aside(record, reason, False, self._failing, stopping, event)
        middle = len(part) // 2
        return await self._part(part[:middle], stopping) and await self._part(
            part[middle:], stopping
        )

    async def _transact(self, part: Sequence[Read]) -> None:
        events = [event for _, event in part]
        gemeente = events[0].gemeente
        started = monotonic()
        async with self.database.transaction(gemeente) as transaction:
            await inbox.meet(transaction, gemeente, self.known)
            fresh = await inbox.claim(transaction, [event.id for event in events])
            todo = [event for event in events if event.id in fresh]
            todo = await self._of_living(transaction, gemeente, todo)
            loaded, collected = Loaded(), Collected()
            await load_all(transaction, self.mapper, self._loads(todo), loaded)
            for event in todo:
                if event.id in fresh:
                    fresh.discard(event.id)
                    with handling(event) as traceparent:
                        work = Work(
                            transaction,
                            self.mapper,
                            self.source,
                            Cause.of(event, traceparent),
                            loaded,
                            collected,
                        )
                        await self.service.subscriptions[type(event.data)].handler(event, work)
            if todo:
                await work.write()
        self.known.add(gemeente)
        METRICS.handled.labels(self.service.name).inc(len(todo))
        METRICS.batch_seconds.labels(self.service.name).observe(monotonic() - started)
        METRICS.observe_age(self.service.name, events)

    async def _of_living(
        self, transaction: Transaction, gemeente: str, events: list[Event[Any]]
    ) -> list[Event[Any]]:
        """The events that are not about something that was destroyed; the others change nothing."""
        about = self.service.about
        if about is None or not events:
            return events
        subjects = {event.id: about(event) for event in events}
        known = sorted({subject for subject in subjects.values() if subject is not None})
        gone = await destruction.buried(transaction.connection, gemeente, known)
        kept = [
            event
            for event in events
            if subjects[event.id] not in gone
            or self.service.subscriptions[type(event.data)].even_destroyed
        ]
        if len(kept) < len(events):
            log.info("events_of_destroyed", count=len(events) - len(kept))
        return kept

    async def handle_again(self, record: Record) -> bool:
        """Handle one record that was set aside; False when it fails again."""
        try:
            event = decode(record, self.mapper.keys)
            if type(event.data) in self.service.subscriptions:
                await self._transact([(record, event)])
        except Exception as error:  # noqa: BLE001 - whatever it is, the letter stays and ops see why
            log.warning("dead_letter_failed_again", topic=record.topic, error=type(error).__name__)
            return False
        return True

    def _loads(self, events: Sequence[Event[Any]]) -> list[tuple[Load, list[Event[Any]]]]:
        wanted: dict[int, tuple[Load, list[Event[Any]]]] = {}
        for event in events:
            for load in self.service.subscriptions[type(event.data)].loads:
                wanted.setdefault(id(load), (load, []))[1].append(event)
        return list(wanted.values())

    async def _set_aside(
        self,
        record: Record,
        reason: str,
        parked: bool,
        row: Counter[str],
        stopping: Stopping,
        event: Event[Any] | None = None,
    ) -> bool:
        """Keep a record as a dead letter; False when stopped before that was durable."""
        if not await self._until_durable(
            lambda: self._keep(record, reason, parked, event), stopping
        ):
            return False
        METRICS.dead_lettered.labels(self.service.name, record.topic).inc()
        log.error("event_dead_lettered", topic=record.topic, offset=record.offset, reason=reason)
        row[record.topic] += 1
        count = row[record.topic]
        if count >= self.brake_after:
            row[record.topic] = 0
            self._clear.discard(record.topic)
            await self._until_durable(
                lambda: dead_letters.pull_brake(self.database, record.topic, f"{count} op rij"),
                stopping,
            )
            log.error("brake_pulled", topic=record.topic, count=count)
        return await self.released(record.topic, stopping)

    async def _keep(
        self, record: Record, reason: str, parked: bool, event: Event[Any] | None
    ) -> None:
        """Keep it, and let the service say what that means; a fault in saying so changes nothing.

        What keeps a handler from its work may keep this one too.
        """
        keep = partial(
            dead_letters.keep, self.database, self.service.name, record, reason, parked=parked
        )
        if event is not None and (told := self.service.subscriptions[type(event.data)].set_aside):
            try:
                await keep(telling=(event.gemeente, partial(self._tell, event, told)))
            except Exception as error:
                if is_transient(error) and not _collides(error):
                    raise
                log.exception("dead_letter_untold", event_id=str(event.id), event_type=event.type)
            else:
                return
        await keep()

    async def _tell(self, event: Event[Any], told: Handler, transaction: Transaction) -> None:
        """What is recorded has ids of its own: the handler's are left for the replay."""
        await inbox.meet(transaction, event.gemeente, self.known)
        cause = replace(Cause.of(event), id=uuid5(event.id, "set-aside"))
        work = Work(transaction, self.mapper, self.source, cause)
        await told(event, work)
        await work.write()

    async def released(self, topic: str, stopping: Stopping) -> bool:
        """Wait while the brake of a topic is pulled; False when stopping."""
        while not stopping():
            try:
                if not await dead_letters.is_braked(self.database, topic):
                    return True
            except Exception as error:
                if not is_transient(error):
                    raise
            await _sleep(1.0, stopping)
        return False

    async def _until_durable(self, step: Callable[[], Awaitable[None]], stopping: Stopping) -> bool:
        attempt = 0
        while not stopping():
            try:
                await step()
            except Exception as error:
                if not is_transient(error):
                    raise
                await _sleep(pause(attempt), stopping)
                attempt += 1
            else:
                return True
        return False


#: Two transactions that make the same row collide once or twice, never for long: after this many
#: tries a unique violation is the event's own fault.
_LONGEST_COLLISION = 3


def _collides(error: Exception) -> bool:
    return getattr(getattr(error, "orig", None), "sqlstate", None) == "23505"


def _per_gemeente(reads: Sequence[Read]) -> list[list[Read]]:
    """Split a batch per gemeente; the order within a gemeente stays."""
    ordered = sorted(reads, key=lambda read: read[1].gemeente)
    return [list(group) for _, group in groupby(ordered, key=lambda read: read[1].gemeente)]


async def _sleep(seconds: float, stopping: Stopping) -> None:
    """Sleep in short steps, so that stopping is noticed."""
    end = monotonic() + seconds
    while not stopping() and (left := end - monotonic()) > 0:  # noqa: ASYNC110 - it is asked
        await asyncio.sleep(min(left, 0.1))
