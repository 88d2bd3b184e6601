"""The outbox reaches Kafka in order, once, whatever is away for a while."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

import sqlalchemy as sa
from aiokafka import AIOKafkaConsumer, TopicPartition

from deploy.local.stack import Stack
from shared.chassis import tables
from shared.chassis.codec import Outgoing
from shared.chassis.relay import Relay
from shared.chassis.work import write_outgoing
from shared.contracts.topics import PARTITIONS
from tests.support import parts

TOPIC = "communicatie.berichten"


async def put(book: parts.Bench, mark: UUID, count: int, start: int = 0) -> None:
    """Add events of two keys to the outbox."""
    rows = [
        Outgoing(TOPIC, f"{mark}-{number % 2}".encode(), {"mark": str(mark)}, str(number).encode())
        for number in range(start, start + count)
    ]
    async with book.database.transaction() as transaction:
        await write_outgoing(transaction.connection, rows)


async def emptied(book: parts.Bench, seconds: float = 30) -> None:
    """Wait until the outbox is empty."""
    async with asyncio.timeout(seconds):
        while await book.rows(sa.select(tables.outbox.c.id).where(tables.outbox.c.topic == TOPIC)):
            await asyncio.sleep(0.05)


@asynccontextmanager
async def relays(stack: Stack, book: parts.Bench, count: int = 1) -> AsyncIterator[list[Relay]]:
    """That many relays of the ledger at once."""
    dsn, broker = book.parts.settings.dsn, stack.environment()["KAFKA_BOOTSTRAP"]
    made = [Relay("ledger", dsn, broker) for _ in range(count)]
    tasks = [asyncio.create_task(relay.run()) for relay in made]
    try:
        yield made
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def published(stack: Stack, mark: UUID) -> dict[bytes, list[int]]:
    """What stands on the topic with this mark, per key, in order."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=stack.environment()["KAFKA_BOOTSTRAP"],
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    await consumer.start()
    consumer.assign([TopicPartition(TOPIC, number) for number in range(PARTITIONS)])
    found: dict[bytes, list[int]] = {}
    try:
        ends = await consumer.end_offsets(consumer.assignment())
        while any([await consumer.position(tp) < end for tp, end in ends.items()]):
            for batch in (await consumer.getmany(timeout_ms=500)).values():
                for record in batch:
                    if ("mark", str(mark).encode()) in record.headers:
                        found.setdefault(record.key, []).append(int(record.value))
    finally:
        await consumer.stop()
    return found


def once_in_order(found: dict[bytes, list[int]], count: int) -> bool:
    """Whether every number is there once, in order per key."""
    flat = [number for numbers in found.values() for number in numbers]
    return sorted(flat) == list(range(count)) and all(
        numbers == sorted(numbers) for numbers in found.values()
    )


async def test_events_reach_kafka_once_and_in_order(stack: Stack, book: parts.Bench) -> None:
    """More than one batch, and what comes while it runs."""
    mark = uuid4()
    await put(book, mark, 2500)
    async with relays(stack, book):
        await emptied(book)
        await put(book, mark, 100, 2500)
        await emptied(book)
    assert once_in_order(await published(stack, mark), 2600)


async def test_of_two_relays_one_works_and_the_other_takes_over(
    stack: Stack, book: parts.Bench
) -> None:
    """Two jobs processes do not publish twice; when one goes, the other goes on."""
    mark = uuid4()
    async with relays(stack, book, 2) as (first, second):
        await put(book, mark, 300)
        await emptied(book)
        assert [first.active, second.active].count(True) == 1
    async with relays(stack, book) as (third,):
        await put(book, mark, 300, 300)
        await emptied(book)
        assert third.active
    assert once_in_order(await published(stack, mark), 600)


async def test_a_topic_that_does_not_exist_holds_up_nothing_else(
    stack: Stack, book: parts.Bench
) -> None:
    """Its rows wait; events of other topics that came after them are published."""
    mark = uuid4()
    async with book.database.transaction() as transaction:
        lost = Outgoing("bestaat.niet", b"k", {"mark": str(mark)}, b"0")
        await write_outgoing(transaction.connection, [lost])
    await put(book, mark, 50)
    async with relays(stack, book):
        await emptied(book)
    async with book.database.transaction() as transaction:
        gone = sa.delete(tables.outbox).where(tables.outbox.c.topic == "bestaat.niet")
        assert (await transaction.connection.execute(gone)).rowcount == 1
    assert once_in_order(await published(stack, mark), 50)
