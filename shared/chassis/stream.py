"""A service's topics, read in micro-batches; with strict_consumer.py all that knows Faust.

Stock Faust acks a message whose handler raised. Here events are acked only after their
transaction, an offset is committed only when every earlier delivered one was acked, and a member
that lost its group ends the process.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from pathlib import Path
from tempfile import gettempdir
from time import monotonic
from typing import Any, cast

import faust
from mode import CrashingSupervisor

from shared.chassis.codec import Record
from shared.chassis.strict_consumer import StrictConsumer, StrictTransport

SIZE = 200
LINGER_SECONDS = 0.02
#: When many come, a fuller batch is worth a longer wait: most of a transaction's cost is fixed.
MANY = 20
LINGER_WHEN_MANY_SECONDS = 0.1
#: Batches of one topic that are in hand at once.
LANES = 2

Stopping = Callable[[], bool]
HandleBatch = Callable[[Sequence[Record], Stopping], Awaitable[bool]]


class StrictApp(faust.App):
    """A Faust app on the strict transport."""

    #: CloudEvents types, as in a record's header, that no handler of this service wants.
    unwanted: frozenset[bytes] = frozenset()

    def _new_transport(self) -> Any:
        return StrictTransport(self.conf.broker_consumer, self)


class MicroBatches:
    """Hands the events of one topic over in micro-batches; acks a batch when it is durable.

    Each lane has partitions of its own, so that one works while another waits for the database.
    A key lives in one partition: its order holds.
    """

    def __init__(self, app: StrictApp, handle: HandleBatch) -> None:
        self._lanes: list[_Lane] = []
        for _ in range(LANES):
            self._lanes.append(_Lane(app, handle, self._lanes))

    async def run(self, stream: Any) -> None:
        """Read, batch, handle, ack, until the stream ends; raises what broke a lane."""
        source = stream.noack()
        tasks = [asyncio.create_task(lane.run(source)) for lane in self._lanes]
        tasks.append(asyncio.create_task(self._read(source)))
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
            for task in tasks:
                if task.done():
                    task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for lane in self._lanes:
                lane.abandon_waiting()

    @property
    def oldest(self) -> float | None:
        """Since when the oldest batch in hand is being handled."""
        return min((lane.since for lane in self._lanes if lane.since is not None), default=None)

    async def _read(self, source: Any) -> None:
        async for event in source.events():
            await self._lanes[event.message.partition % LANES].queue.put(event)
            del event
        for lane in self._lanes:
            await lane.queue.put(None)


class _Lane:
    """The events of some partitions of a topic, one batch at a time."""

    def __init__(self, app: StrictApp, handle: HandleBatch, lanes: Sequence[_Lane]) -> None:
        self.queue: asyncio.Queue[Any] = asyncio.Queue(maxsize=SIZE)
        self.since: float | None = None
        self._app = app
        self._handle = handle
        self._lanes = lanes
        self._before = 0

    async def run(self, source: Any) -> None:
        """Handle batches until the end of the stream is read from the queue."""
        while (first := await self.queue.get()) is not None:
            batch = [first, *await self._more()]
            self.since, self._before = monotonic(), len(batch)
            await self._one_batch(source, [event for event in batch if event is not None])
            self.since = None
            if batch[-1] is None:
                return

    async def _one_batch(self, source: Any, batch: list[Any]) -> None:
        stale = [self._stale(event) for event in batch]
        self._abandon(event for event, is_stale in zip(batch, stale, strict=True) if is_stale)
        fresh = [event for event, is_stale in zip(batch, stale, strict=True) if not is_stale]
        durable = False
        try:
            records = [_record(event) for event in fresh]
            durable = not fresh or await self._handle(records, self._stopping)
        finally:
            if not durable:
                self._abandon(fresh)
        if durable:
            for event in fresh:
                await source.ack(event)

    async def _more(self) -> list[Any]:
        """What is there already, lingering a moment for a fuller batch."""
        events: list[Any] = []
        begun = monotonic()
        while len(events) < SIZE - 1 and (not events or events[-1] is not None):
            if not self.queue.empty():
                events.append(self.queue.get_nowait())
            elif monotonic() - begun < self._linger():
                await asyncio.sleep(0.004)
            else:
                break
        return events

    def _linger(self) -> float:
        """Longer when many come, or while another lane works: two small batches cost double."""
        others = any(lane.since is not None for lane in self._lanes if lane is not self)
        return LINGER_WHEN_MANY_SECONDS if others or self._before >= MANY else LINGER_SECONDS

    def abandon_waiting(self) -> None:
        """Give up what was read and not begun."""
        while not self.queue.empty():
            event = self.queue.get_nowait()
            self._abandon([] if event is None else [event])

    def _abandon(self, events: Iterable[Any]) -> None:
        consumer = cast(StrictConsumer, self._app.consumer)
        for event in events:
            consumer.abandon(event.message)

    def _stopping(self) -> bool:
        return bool(self._app.rebalancing or self._app.should_stop)

    def _stale(self, event: Any) -> bool:
        return self._stopping() or (event.message.generation_id != self._app.consumer_generation_id)


def _record(event: Any) -> Record:
    message = event.message
    headers = message.headers.items() if isinstance(message.headers, dict) else message.headers
    return Record(
        message.topic,
        message.partition,
        message.offset,
        message.key or b"",
        message.value or b"",
        {name: (value or b"").decode(errors="replace") for name, value in headers or ()},
    )


class Stream:
    """A service's subscription to its topics, as one member of its consumer group.

    Records of `unwanted` types are passed by unread.
    """

    def __init__(
        self,
        service: str,
        bootstrap: str,
        topics: Sequence[str],
        handle: HandleBatch,
        unwanted: Iterable[str] = (),
    ) -> None:
        self._app = _app(service, bootstrap)
        self._app.unwanted = frozenset(name.encode() for name in unwanted)
        self._topics = topics
        self._batches: dict[str, MicroBatches] = {}
        for name in topics:
            self._subscribe(name, handle)

    def _subscribe(self, name: str, handle: HandleBatch) -> None:
        topic = self._app.topic(
            name, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw"
        )

        async def agent(stream: Any) -> None:
            self._batches[name] = MicroBatches(self._app, handle)
            await self._batches[name].run(stream)

        self._app.agent(topic, name=f"follow.{name}")(agent)

    async def run(self, stop: asyncio.Event) -> None:
        """Follow the topics until `stop`; raises when Faust crashed, so that the process ends."""
        self._app.loop = asyncio.get_running_loop()
        self._app.finalize()
        await self._app.start()
        try:
            while not stop.is_set() and not self._app.crashed:
                try:
                    await asyncio.wait_for(stop.wait(), 0.25)
                except TimeoutError:
                    continue
            if self._app.crashed:
                raise RuntimeError("the stream crashed") from self._app._crash_reason  # noqa: SLF001
        finally:
            await self._app.stop()

    @property
    def is_member(self) -> bool:
        """Whether this process takes part in its group and is not rebalancing."""
        consumer = getattr(self._app, "_consumer", None)
        thread = getattr(consumer, "_thread", None)
        coordinator = getattr(getattr(thread, "_consumer", None), "_coordinator", None)
        return bool(
            coordinator is not None
            and getattr(coordinator, "member_id", None)
            and not self._app.rebalancing
            and not self._app.crashed
        )

    @property
    def oldest_unacked_seconds(self) -> float:
        """How long the oldest batch is being handled; 0 when nothing is."""
        ages = [monotonic() - batch.oldest for batch in self._batches.values() if batch.oldest]
        return max(ages, default=0.0)

    def lag(self) -> dict[str, int]:
        """Records behind the end, per topic, as far as this process' partitions know."""
        behind = dict.fromkeys(self._topics, 0)
        consumer = getattr(self._app, "_consumer", None)
        if consumer is not None and self.is_member:
            for tp in consumer.assignment():
                highwater, position = consumer.highwater(tp), consumer._committed_offset[tp]  # noqa: SLF001
                if highwater is not None and position is not None and tp.topic in behind:
                    behind[tp.topic] += max(0, highwater - position)
        return behind


def _app(service: str, bootstrap: str) -> StrictApp:
    return StrictApp(
        f"heronderzoek-{service}",
        broker=[f"kafka://{address}" for address in bootstrap.split(",")],
        agent_supervisor=CrashingSupervisor,
        stream_wait_empty=True,
        key_serializer="raw",
        value_serializer="raw",
        store="memory://",
        # Faust makes this folder even when it keeps nothing in it.
        datadir=str(Path(gettempdir()) / f"heronderzoek-{service}"),
        topic_allow_declare=False,
        topic_disable_leader=True,
        table_standby_replicas=0,
        stream_buffer_maxsize=1024,
        broker_max_poll_interval=1e7,  # the watchdog guards membership; this limit wedges Faust
        broker_session_timeout=10,  # heartbeats have a thread of their own: a dead one is missed
        broker_heartbeat_interval=3,
        broker_request_timeout=60,
        broker_rebalance_timeout=120,
        broker_commit_interval=1.0,
        consumer_auto_offset_reset="earliest",
        producer_request_timeout=30,
        web_enabled=False,
        worker_redirect_stdouts=False,
    )
