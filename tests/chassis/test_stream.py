"""A topic is read in lanes: partitions go on side by side, and each in its own order."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from uuid import uuid4

from aiokafka import AIOKafkaProducer

from deploy.local.stack import Stack
from shared.chassis.codec import Record
from shared.chassis.stream import LANES, SIZE, Stream

TOPIC = "zaken.zaken"
MANY = 3000
#: How often a second member joins and leaves, and how long it stays.
COMINGS = 3
GUEST_SECONDS = 4.0
#: Batches that are given up un-acked before positions go back.
GIVEN_UP = 4


class Readings:
    """A handler that notes what it was given, and waits as a database would make it wait."""

    def __init__(self, run: bytes) -> None:
        self._run = run
        self.offsets: dict[int, list[int]] = defaultdict(list)
        self.in_hand: Counter[int] = Counter()
        self.most_at_once = 0
        self.largest = 0
        self.shared_partition = False

    async def handle(self, records: Sequence[Record], stopping: Callable[[], bool]) -> bool:
        """Note a batch."""
        ours = [record for record in records if record.key == self._run]
        partitions = {record.partition for record in ours}
        self.shared_partition |= any(self.in_hand[partition] for partition in partitions)
        self.in_hand.update(partitions)
        self.most_at_once = max(self.most_at_once, _lanes_of(self.in_hand))
        self.largest = max(self.largest, len(records))
        await asyncio.sleep(0.02)
        self.in_hand.subtract(partitions)
        for record in ours:
            self.offsets[record.partition].append(record.offset)
        return not stopping()

    @property
    def count(self) -> int:
        """How many records were handled."""
        return sum(map(len, self.offsets.values()))

    @property
    def different(self) -> int:
        """How many different ones."""
        return sum(len(set(offsets)) for offsets in self.offsets.values())


def _lanes_of(in_hand: Counter[int]) -> int:
    return len({partition % LANES for partition, count in in_hand.items() if count})


async def test_lanes_work_at_once_and_each_partition_keeps_its_order(stack: Stack) -> None:
    """All records come once, in the order of their partition, in more than one lane."""
    bootstrap = stack.environment()["KAFKA_BOOTSTRAP"]
    run = uuid4().bytes
    await _publish(bootstrap, run)
    readings = Readings(run)
    stop = asyncio.Event()
    stream = Stream(f"lanes-{run.hex()[:8]}", bootstrap, [TOPIC], readings.handle)
    reading = asyncio.create_task(stream.run(stop))
    try:
        async with asyncio.timeout(60):
            while readings.count < MANY and not reading.done():
                await asyncio.sleep(0.05)
    finally:
        stop.set()
        await reading
    assert readings.count == MANY
    assert all(offsets == sorted(set(offsets)) for offsets in readings.offsets.values())
    assert not readings.shared_partition
    assert readings.most_at_once == LANES
    assert readings.largest <= SIZE


async def _publish(bootstrap: str, run: bytes) -> None:
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, linger_ms=20) as producer:
        sent = [
            await producer.send(TOPIC, b"{}", key=run, partition=number % 12)
            for number in range(MANY)
        ]
        await asyncio.gather(*sent)


async def test_nothing_is_skipped_while_members_come_and_go(stack: Stack) -> None:
    """Positions go back at each rebalance; every record is handled, however often that is."""
    bootstrap = stack.environment()["KAFKA_BOOTSTRAP"]
    run = uuid4().bytes
    group = f"leden-{run.hex()[:8]}"
    seen = Readings(run)
    steady = _follow(group, bootstrap, seen)
    try:
        for _ in range(COMINGS):
            await _publish(bootstrap, run)
            guest = _follow(group, bootstrap, seen)
            await asyncio.sleep(GUEST_SECONDS)
            await guest.leave()
            await _publish(bootstrap, run)
        everything = 2 * COMINGS * MANY
        async with asyncio.timeout(90):
            while seen.different < everything and not steady.reading.done():
                await asyncio.sleep(0.1)
    finally:
        await steady.leave()
    assert seen.different == everything


class _Member:
    """A member of a group that reads until it leaves."""

    def __init__(self, stream: Stream) -> None:
        self._stop = asyncio.Event()
        self.reading = asyncio.create_task(stream.run(self._stop))

    async def leave(self) -> None:
        """Stop reading, as a process that is told to end."""
        self._stop.set()
        await self.reading


def _follow(group: str, bootstrap: str, seen: Readings) -> _Member:
    return _Member(Stream(group, bootstrap, [TOPIC], seen.handle))


async def test_what_was_never_committed_is_read_from_its_beginning(stack: Stack) -> None:
    """Positions that go back before the first commit go back to the first record."""
    bootstrap = stack.environment()["KAFKA_BOOTSTRAP"]
    run = uuid4().bytes
    await _publish(bootstrap, run)
    seen = Readings(run)
    given_up: list[int] = []

    async def handle(records: Sequence[Record], stopping: Callable[[], bool]) -> bool:
        if len(given_up) < GIVEN_UP:
            given_up.append(len(records))
            return False
        return await seen.handle(records, stopping)

    stream = Stream(f"begin-{run.hex()[:8]}", bootstrap, [TOPIC], handle)
    member = _Member(stream)
    try:
        async with asyncio.timeout(60):
            while len(given_up) < GIVEN_UP:
                await asyncio.sleep(0.05)
            await stream._app.consumer.perform_seek()  # noqa: SLF001 - as a rebalance does
            while seen.different < MANY:
                await asyncio.sleep(0.1)
    finally:
        await member.leave()
    assert seen.different == MANY


async def test_what_nobody_here_wants_is_passed_by_and_committed(stack: Stack) -> None:
    """It is not handled, and nothing is behind when only such records are left."""
    bootstrap = stack.environment()["KAFKA_BOOTSTRAP"]
    run = uuid4().bytes
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, linger_ms=20) as producer:
        for number in range(240):
            kind = b"wanted" if number % 3 == 0 else b"unwanted"
            await producer.send(
                TOPIC, b"{}", key=run, partition=number % 12, headers=[("ce_type", kind)]
            )
    seen = Readings(run)
    stream = Stream(f"voorbij-{run.hex()[:8]}", bootstrap, [TOPIC], seen.handle, ["unwanted"])
    member = _Member(stream)
    try:
        async with asyncio.timeout(60):
            while seen.different < 80 or stream.lag() != {TOPIC: 0}:
                await asyncio.sleep(0.1)
    finally:
        await member.leave()
    assert seen.different == 80
