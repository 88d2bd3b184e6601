"""The system's Kafka as a stranger sees it: plain records in and out."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

#: Everything that one test sends goes here, so that its order holds.
PARTITION = 0


@dataclass(frozen=True)
class Plain:
    """A record: bytes and headers, whatever they are."""

    topic: str
    value: bytes
    key: bytes = b"sleutel"
    headers: dict[str, str] = field(default_factory=dict)


class Broker:
    """Produces and reads, each call on a connection of its own."""

    def __init__(self, bootstrap: str) -> None:
        self.bootstrap = bootstrap

    def send(self, records: Iterable[Plain]) -> None:
        """Produce in this order, all to one partition."""
        asyncio.run(self._send(list(records)))

    def read(self, topics: Iterable[str] | None = None) -> list[Plain]:
        """Everything that lies on these topics now, or on all that are not Kafka's own."""
        return asyncio.run(self._read(None if topics is None else list(topics)))

    def up_to_date(self, group: str, topics: Iterable[str]) -> None:
        """Let a consumer group start behind what is there now."""
        asyncio.run(self._up_to_date(group, list(topics)))

    def make(self, topic: str) -> None:
        """Make a topic of the test's own."""
        asyncio.run(self._administer(topic, make=True))

    def remove(self, topic: str) -> None:
        """Remove it again."""
        asyncio.run(self._administer(topic, make=False))

    async def _send(self, records: list[Plain]) -> None:
        async with AIOKafkaProducer(bootstrap_servers=self.bootstrap, acks="all") as producer:
            for record in records:
                headers = [(name, text.encode()) for name, text in record.headers.items()]
                await producer.send(
                    record.topic, record.value, record.key, partition=PARTITION, headers=headers
                )
            await producer.flush()

    async def _read(self, topics: list[str] | None) -> list[Plain]:
        # Not "latest", Kafka's default: its answer may come after a seek to the beginning.
        async with AIOKafkaConsumer(
            bootstrap_servers=self.bootstrap, auto_offset_reset="earliest"
        ) as consumer:
            partitions = await self._partitions(topics)
            consumer.assign(partitions)
            ends = await consumer.end_offsets(partitions)
            found: list[Plain] = []
            while any([await consumer.position(each) < ends[each] for each in partitions]):
                for batch in (await consumer.getmany(timeout_ms=500)).values():
                    found += [_plain(record) for record in batch]
            return found

    async def _up_to_date(self, group: str, topics: list[str]) -> None:
        async with AIOKafkaConsumer(
            bootstrap_servers=self.bootstrap, group_id=group, enable_auto_commit=False
        ) as consumer:
            partitions = await self._partitions(topics)
            consumer.assign(partitions)
            await consumer.commit(await consumer.end_offsets(partitions))

    async def _partitions(self, topics: list[str] | None) -> list[TopicPartition]:
        """Of these topics, or of all that are not Kafka's own."""
        client = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap)
        await client.start()
        try:
            wanted = topics or [name for name in await client.list_topics() if name[0] != "_"]
            return [
                TopicPartition(topic["topic"], partition["partition"])
                for topic in await client.describe_topics(wanted)
                for partition in topic["partitions"]
            ]
        finally:
            await client.close()

    async def _administer(self, topic: str, *, make: bool) -> None:
        client = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap)
        await client.start()
        try:
            if make:
                await client.create_topics([NewTopic(topic, 1, 1)])
            else:
                await client.delete_topics([topic])
        finally:
            await client.close()


def _plain(record: object) -> Plain:
    headers = {name: (value or b"").decode("latin-1") for name, value in record.headers}  # type: ignore[attr-defined]
    return Plain(record.topic, record.value or b"", record.key or b"", headers)  # type: ignore[attr-defined]
