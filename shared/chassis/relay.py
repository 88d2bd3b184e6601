"""From the outbox to Kafka: one active relay per service, in the order of the rows.

Whoever holds the advisory lock publishes; the others wait for it. A trigger wakes the relay, a
poll stands behind it. Rows go in order per partition, in batches of our own making (a future per
row costs more than twice as much), and leave the outbox only after the broker's yes; what is
behind a failed batch is not sent. A producer that met a fatal error never heals (aiokafka#1017),
so it is replaced. The partition is crc32 of the key: every writer is a relay, so they all agree.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from time import monotonic
from typing import Any
from zlib import crc32

import psycopg
import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, UnknownTopicOrPartitionError

from shared.chassis.codec import traceparent_of
from shared.chassis.retry import is_transient, pause
from shared.chassis.telemetry import METRICS, is_tracing, published

log = structlog.get_logger()

BATCH = 1000
POLL_SECONDS = 1.0
#: A topic that the broker does not know is left out this long; its rows wait, the others go on.
MISSING_SECONDS = 30.0
METADATA_SECONDS = 3.0
#: The relay's lock; each service has a database of its own, so one number serves all.
LOCK = 0x0B0C
SELECT = (
    "select id, topic, key, headers, payload, at from outbox"
    " where topic <> all(%s::text[]) order by id limit %s"
)
DELETE = "delete from outbox where id = any(%s)"
PRODUCER: dict[str, Any] = {
    "acks": "all",
    "enable_idempotence": True,
    "linger_ms": 5,
    "max_batch_size": 256 * 1024,
    "request_timeout_ms": 15_000,
}

Row = tuple[Any, ...]
Connection = psycopg.AsyncConnection[tuple[Any, ...]]


class Relay:
    """Publishes the outbox of one service."""

    def __init__(self, service: str, dsn: str, bootstrap: str) -> None:
        self.service = service
        self.active = False
        self._dsn = dsn
        self._bootstrap = bootstrap
        self._wake = asyncio.Event()
        self._counts: dict[str, int] = {}
        self._missing: dict[str, float] = {}

    async def run(self) -> None:
        """Publish until cancelled; faults of database and broker are waited out."""
        attempt = 0
        while True:
            try:
                await self._session()
            except Exception as error:
                if not is_transient(error):
                    raise
                log.warning("relay_interrupted", error=type(error).__name__)
                await asyncio.sleep(pause(attempt))
                attempt = min(attempt + 1, 6)

    async def _session(self) -> None:
        connection = await psycopg.AsyncConnection.connect(
            self._dsn, autocommit=True, connect_timeout=5, application_name="heronderzoek-relay"
        )
        async with connection:
            await self._lock(connection)
            self.active = True
            listener = asyncio.create_task(self._listen())
            try:
                await self._publish_all(connection)
            finally:
                self.active = False
                listener.cancel()
                await asyncio.gather(listener, return_exceptions=True)

    async def _lock(self, connection: Connection) -> None:
        while True:
            answer = await connection.execute("select pg_try_advisory_lock(%s)", [LOCK])
            row = await answer.fetchone()
            if row and row[0]:
                return
            await asyncio.sleep(POLL_SECONDS)

    async def _listen(self) -> None:
        """Notifications come over a connection of their own: the other one is busy publishing."""
        async with await psycopg.AsyncConnection.connect(self._dsn, autocommit=True) as connection:
            await connection.execute("listen outbox")
            async for _ in connection.notifies():
                self._wake.set()

    async def _publish_all(self, connection: Connection) -> None:
        producer = await self._producer()
        try:
            while True:
                self._wake.clear()  # before reading, so that no wake-up is lost
                rows = await self._pass(connection, producer)
                if rows is None:
                    await producer.stop()
                    await asyncio.sleep(0.2)
                    producer = await self._producer()
                elif rows < BATCH:
                    await self._rest()
        finally:
            await producer.stop()

    async def _producer(self) -> AIOKafkaProducer:
        producer = AIOKafkaProducer(bootstrap_servers=self._bootstrap, **PRODUCER)
        try:
            await producer.start()
        except BaseException:
            await producer.stop()
            raise
        return producer

    async def _rest(self) -> None:
        try:
            await asyncio.wait_for(self._wake.wait(), POLL_SECONDS)
        except TimeoutError:
            return

    async def _pass(self, connection: Connection, producer: AIOKafkaProducer) -> int | None:
        """Publish one batch; answers its size, or None when the producer must be replaced."""
        now = monotonic()
        self._missing = {topic: end for topic, end in self._missing.items() if end > now}
        given = [list(self._missing), BATCH]
        rows = await (await connection.execute(SELECT, given, binary=True)).fetchall()
        if not rows:
            return 0
        done, fatal = await self._send(rows, producer)
        if done:
            await connection.execute(DELETE, [done])
            METRICS.published.labels(self.service).inc(len(done))
            _trace(rows, done)
        if fatal is not None:
            log.warning("relay_producer_replaced", error=type(fatal).__name__)
            return None
        return len(rows)

    async def _send(
        self, rows: Sequence[Row], producer: AIOKafkaProducer
    ) -> tuple[list[int], BaseException | None]:
        """Send rows per partition, in order; answers which the broker has, and what went wrong."""
        lines: dict[tuple[str, int], list[Row]] = {}
        for topic in {row[1] for row in rows}:
            await self._learn(topic, producer)
        for row in rows:
            if row[1] not in self._missing:
                line = row[1], crc32(row[2]) % self._counts[row[1]]
                lines.setdefault(line, []).append(row)
        answers = await asyncio.gather(
            *(
                _send_line(producer, topic, partition, line)
                for (topic, partition), line in lines.items()
            )
        )
        done = [row_id for ids, _ in answers for row_id in ids]
        return done, next((error for _, error in answers if error is not None), None)

    async def _learn(self, topic: str, producer: AIOKafkaProducer) -> None:
        """Find out how many partitions a topic has; one that is not there is left out for now."""
        if topic in self._counts:
            return
        try:
            known = await asyncio.wait_for(producer.partitions_for(topic), METADATA_SECONDS)
        except (UnknownTopicOrPartitionError, TimeoutError):
            known = None
        if known:
            self._counts[topic] = len(known)
        else:
            self._missing[topic] = monotonic() + MISSING_SECONDS
            log.error("topic_missing", topic=topic)


async def _send_line(
    producer: AIOKafkaProducer, topic: str, partition: int, rows: Sequence[Row]
) -> tuple[list[int], BaseException | None]:
    """Send one partition's rows, batch after batch; what follows a failure is not sent."""
    done: list[int] = []
    waiting = deque(rows)
    while waiting:
        batch, ids = producer.create_batch(), []
        while waiting and _append(batch, waiting[0]):
            ids.append(waiting.popleft()[0])
        batch.close()
        try:
            await (await producer.send_batch(batch, topic, partition=partition))
        except KafkaError as error:
            return done, error
        done += ids
    return done, None


def _trace(rows: Sequence[Row], done: Sequence[int]) -> None:
    """A span for each published event; reading them costs, so only when somebody looks."""
    if is_tracing():
        there = set(done)
        for row_id, topic, _, _, payload, at in rows:
            if row_id in there:
                published(topic, traceparent_of(payload), at)


def _append(batch: Any, row: Row) -> bool:
    """Whether the row still fit."""
    headers = [(name, value.encode()) for name, value in row[3].items()]
    return batch.append(key=row[2], value=row[4], timestamp=None, headers=headers) is not None
