"""Runs a service's queues and timers. Any number of jobs processes may run at once."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import groupby
from time import monotonic
from typing import Any, TypeVar
from uuid import uuid4
from zlib import crc32

import psycopg
import sqlalchemy as sa
import structlog
from opentelemetry.trace import SpanKind

from shared.chassis import dead_letters, inbox, tables, work_queue
from shared.chassis.database import Database, Transaction
from shared.chassis.errors import Refused, Transient
from shared.chassis.mapper import Mapper
from shared.chassis.retry import is_transient, pause
from shared.chassis.service import Item, Queue, Service, Timer
from shared.chassis.telemetry import METRICS, note, span
from shared.chassis.work import Cause, Work

log = structlog.get_logger()

POLL_SECONDS = 1.0
#: Backoff of work that met something transient: 2 s, doubling, at most 10 minutes.
FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=10)
PURGE_EVERY = timedelta(hours=1)
GAUGE_SECONDS = 5.0
#: Some five minutes of an absent database; after that the lease has long passed on.
MOST_TRIES = 30

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Later:
    """Not now: the item goes back for a while."""

    wait: timedelta


#: The outcome of an item that nobody wants any more.
DROPPED = object()


class GoneWrong(Exception):
    """Work that failed for good; `reason` is for the user, without personal data."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class Jobs:
    """The queues and timers of one service."""

    def __init__(self, service: Service, database: Database, mapper: Mapper, source: str) -> None:
        self.service = service
        self.database = database
        self.mapper = mapper
        self.source = source
        self._wake = {name: asyncio.Event() for name in service.queues}

    async def run(self, dsn: str, stop: asyncio.Event) -> None:
        """Work until `stop`, then finish what is in hand; when cancelled, its lease ends it."""
        purge = Timer(self._purge, PURGE_EVERY)
        around = [self._listen(dsn), self._gauges(), self._repeat(purge, "purge", all_at_once=True)]
        around += [self._repeat(timer, timer.handler.__name__) for timer in self.service.timers]
        helping = [asyncio.create_task(one) for one in around]
        working = [
            asyncio.create_task(self._run_queue(name, queue, stop))
            for name, queue in self.service.queues.items()
        ]
        ending = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait([*helping, *working, ending], return_when=asyncio.FIRST_COMPLETED)
            for event in self._wake.values():
                event.set()
            await asyncio.gather(*(task for task in [*helping, *working] if task.done()))
            await asyncio.gather(*working)
        finally:
            for task in [*helping, *working, ending]:
                task.cancel()
            await asyncio.gather(*helping, *working, ending, return_exceptions=True)

    async def _listen(self, dsn: str) -> None:
        attempt = 0
        while True:
            with contextlib.suppress(psycopg.Error, OSError):
                async with await psycopg.AsyncConnection.connect(
                    dsn, autocommit=True, connect_timeout=5
                ) as connection:
                    await connection.execute("listen work")
                    attempt = 0
                    async for _ in connection.notifies():
                        for event in self._wake.values():
                            event.set()
            await asyncio.sleep(pause(attempt))
            attempt += 1

    async def _run_queue(self, name: str, queue: Queue, stop: asyncio.Event) -> None:
        attempt = 0
        while not stop.is_set():
            self._wake[name].clear()
            try:
                items = await work_queue.claim(self.database, name, queue.chunk, queue.lease)
                if items:
                    await self._do(name, queue, items)
                attempt = 0
            except Exception as error:
                if not is_transient(error):
                    log.exception("queue_interrupted", queue=name)
                await asyncio.sleep(pause(attempt))
                attempt += 1
                continue
            if len(items) < queue.chunk and not stop.is_set():
                await self._rest(name)

    async def _rest(self, name: str) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._wake[name].wait(), POLL_SECONDS)

    async def _do(self, name: str, queue: Queue, items: Sequence[Item]) -> None:
        ordered = sorted(items, key=lambda item: item.gemeente)
        for _, part in groupby(ordered, key=lambda item: item.gemeente):
            await self._do_part(name, queue, list(part))

    async def _do_part(self, name: str, queue: Queue, items: list[Item]) -> None:
        """One gemeente's share of a chunk: prepare, perform, record."""
        try:
            prepared = await patiently(lambda: self._prepare(queue, items))
        except Exception as error:  # noqa: BLE001 - sorted as when the work itself fails
            instead = [(item, _again_or_failed(name, queue, item, error)) for item in items]
            await self._record(name, queue, instead)
            return
        keeper = asyncio.create_task(self._keep_lease(queue, items))
        try:
            limit = asyncio.Semaphore(queue.concurrency)
            outcomes = await asyncio.gather(
                *(self._perform(name, queue, item, prepared, limit) for item in items)
            )
            if not queue.at_once:
                await self._record(name, queue, outcomes)
        finally:
            keeper.cancel()

    async def _prepare(self, queue: Queue, items: list[Item]) -> Mapping[Any, Any]:
        if queue.prepare is None:
            return {item.id: None for item in items}
        async with self.database.transaction(items[0].gemeente) as transaction:
            return await queue.prepare(items, self._work(transaction, items[0]))

    async def _keep_lease(self, queue: Queue, items: list[Item]) -> None:
        while True:
            await asyncio.sleep(queue.lease.total_seconds() / 3)
            with contextlib.suppress(Exception):  # the next round tries again; a lost lease is safe
                await work_queue.extend(self.database, items, queue.lease)

    async def _perform(
        self, name: str, queue: Queue, item: Item, prepared: Any, limit: asyncio.Semaphore
    ) -> tuple[Item, Any]:
        async with limit:
            outcome = await self._outcome(name, queue, item, prepared)
            if queue.at_once:
                await self._record(name, queue, [outcome])
            return outcome

    async def _outcome(
        self, name: str, queue: Queue, item: Item, prepared: Any
    ) -> tuple[Item, Any]:
        """What came of an item; what is recorded of it hangs below the span of the work."""
        if item.id not in prepared:
            return item, DROPPED
        told = {"work.item": str(item.id), "correlation.id": str(item.correlation_id)}
        started = monotonic()
        with span(f"work {name}", item.traceparent, SpanKind.INTERNAL, told) as traceparent:
            try:
                outcome = await queue.perform(item, prepared[item.id])
            except GoneWrong as error:
                outcome = error
            except Exception as error:  # noqa: BLE001 - sorted there, and logged when it is a bug
                outcome = _again_or_failed(name, queue, item, error)
            finally:
                METRICS.work_seconds.labels(self.service.name, name).observe(monotonic() - started)
            note(work_outcome=_label(outcome))
            return replace(item, traceparent=traceparent), outcome

    async def _record(self, name: str, queue: Queue, outcomes: list[tuple[Item, Any]]) -> None:
        """Write a part's outcomes in one transaction; halve it when one of them breaks it.

        What was done outside must not be forgotten because the database is away for a moment: a
        mail that was sent would be sent again. So this waits for it.
        """
        try:
            await patiently(lambda: self._transact(queue, outcomes))
        except Exception as error:  # noqa: BLE001 - the bad one is found by halving
            if len(outcomes) == 1:
                item, _ = outcomes[0]
                instead = _again_or_failed(name, queue, item, error)
                await patiently(lambda: self._transact(queue, [(item, instead)]))
                return
            middle = len(outcomes) // 2
            await self._record(name, queue, outcomes[:middle])
            await self._record(name, queue, outcomes[middle:])
            return
        for _, outcome in outcomes:
            METRICS.worked.labels(self.service.name, name, _label(outcome)).inc()

    async def _transact(self, queue: Queue, outcomes: list[tuple[Item, Any]]) -> None:
        first = outcomes[0][0]
        ended = [(item, outcome) for item, outcome in outcomes if not isinstance(outcome, Later)]
        async with self.database.transaction(first.gemeente) as transaction:
            ours = await work_queue.finish(transaction, [item for item, _ in ended])
            work = self._work(transaction, first)
            for item, outcome in ended:
                if item.id not in ours:
                    log.warning("outcome_of_lost_claim", item=str(item.id))
                elif isinstance(outcome, GoneWrong):
                    await queue.failed(item, outcome.reason, work.because(_cause(item)))
                elif outcome is not DROPPED:
                    await queue.record(item, outcome, work.because(_cause(item)))
            await work.write()
            for item, outcome in outcomes:
                if isinstance(outcome, Later):
                    await work_queue.put_back(transaction, item, outcome.wait)

    def _work(self, transaction: Transaction, item: Item) -> Work:
        return Work(transaction, self.mapper, self.source, _cause(item))

    async def _repeat(self, timer: Timer, name: str, *, all_at_once: bool = False) -> None:
        while True:
            try:
                for gemeente in [""] if all_at_once else await self._gemeenten():
                    await self._tick(timer, name, gemeente)
            except Exception as error:
                if not is_transient(error):
                    log.exception("timer_failed", timer=name)
            await asyncio.sleep(timer.every.total_seconds())

    async def _tick(self, timer: Timer, name: str, gemeente: str) -> None:
        """One run for one gemeente, unless another process is at it."""
        async with self.database.transaction(gemeente) as transaction:
            lock = sa.select(
                sa.func.pg_try_advisory_xact_lock(
                    crc32(name.encode()) >> 1, crc32(gemeente.encode()) >> 1
                )
            )
            if (await transaction.connection.execute(lock)).scalar():
                cause_id = uuid4()
                cause = Cause(cause_id, f"systeem:{name}", gemeente, cause_id)
                work = Work(transaction, self.mapper, self.source, cause)
                try:
                    await timer.handler(work)
                except Refused as refusal:
                    log.warning("timer_refused", timer=name, problem=refusal.problem)
                await work.write()

    async def _gemeenten(self) -> list[str]:
        async with self.database.transaction() as transaction:
            answer = await transaction.connection.execute(sa.select(tables.gemeenten.c.code))
            return sorted(answer.scalars())

    async def _purge(self, work: Work) -> None:
        transaction = Transaction(work.connection, work.now, ())
        old_events, old_work = await inbox.purge(transaction), await work_queue.purge(transaction)
        if expired := await dead_letters.purge(transaction):
            log.error("dead_letters_expired", count=expired)
        await work.connection.execute(
            sa.delete(tables.idempotency).where(
                tables.idempotency.c.at < sa.func.clock_timestamp() - timedelta(days=7)
            )
        )
        log.info("purged", events=old_events, work_items=old_work)

    async def _gauges(self) -> None:
        while True:
            with contextlib.suppress(
                Exception
            ):  # gauges keep their last value while the database is away
                await self._measure()
            await asyncio.sleep(GAUGE_SECONDS)

    async def _measure(self) -> None:
        found = {depth.queue: depth for depth in await work_queue.depths(self.database)}
        for name in self.service.queues:
            depth = found.get(name, work_queue.Depth(name, 0, 0.0))
            METRICS.queue_rows.labels(self.service.name, name).set(depth.items)
            METRICS.queue_seconds.labels(self.service.name, name).set(depth.oldest_seconds)
        async with self.database.transaction() as transaction:
            age = sa.func.extract(
                "epoch", sa.func.clock_timestamp() - sa.func.min(tables.outbox.c.at)
            )
            row = (
                await transaction.connection.execute(
                    sa.select(sa.func.count(), sa.func.coalesce(age, 0)).select_from(tables.outbox)
                )
            ).one()
        METRICS.outbox_rows.labels(self.service.name).set(row[0])
        METRICS.outbox_seconds.labels(self.service.name).set(float(row[1]))


async def patiently(step: Callable[[], Awaitable[T]]) -> T:
    """Do a step of the database, again and again while what stops it is transient."""
    attempt = 0
    while True:
        try:
            return await step()
        except Exception as error:
            if not is_transient(error) or attempt >= MOST_TRIES:
                raise
            await asyncio.sleep(pause(attempt))
            attempt += 1


def _again_or_failed(name: str, queue: Queue, item: Item, error: Exception) -> Later | GoneWrong:
    """Later when another try makes sense; else a failure with a reason."""
    if is_transient(error):
        if item.age < queue.give_up_after:
            log.warning("work_postponed", queue=name, item=str(item.id), error=type(error).__name__)
            return Later(_wait(item.attempts))
        known = error if isinstance(error, Transient) else Transient
        return GoneWrong(known.too_late)
    log.error("work_failed", queue=name, item=str(item.id), attempt=item.attempts, exc_info=error)
    if item.attempts < queue.attempts:
        return Later(_wait(item.attempts))
    return GoneWrong("Er ging iets mis in het systeem. De beheerder kan in de log zien wat.")


def _label(outcome: Any) -> str:
    if isinstance(outcome, GoneWrong):
        return "failed"
    if outcome is DROPPED:
        return "dropped"
    return "later" if isinstance(outcome, Later) else "done"


def _wait(attempts: int) -> timedelta:
    wait: timedelta = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(attempts - 1, 10))
    return wait


def _cause(item: Item) -> Cause:
    """The item's id is the cause: redoing it after a crash gives the same event ids."""
    return Cause(item.id, item.actor, item.gemeente, item.correlation_id, item.traceparent)
