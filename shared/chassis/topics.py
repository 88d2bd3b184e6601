"""Makes the Kafka topics that the contracts name: `python -m shared.chassis.topics`.

Nothing auto-creates. What exists already is left as it is.
"""

from __future__ import annotations

import asyncio
import os
import sys

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError

from shared.contracts.topics import DEAD_LETTERS, PARTITIONS, TOPICS, dead_letter_topic

TRIES = 30


def wanted(replication: int) -> list[NewTopic]:
    """Every topic with its settings, and a dead-letter topic per reader."""
    found = []
    for topic in TOPICS.values():
        cleanup = "compact" if topic.compacted else "delete"
        settings = {"cleanup.policy": cleanup}
        if not topic.compacted:
            settings["retention.ms"] = str(int(topic.retention.total_seconds() * 1000))
        found.append(NewTopic(topic.name, PARTITIONS, replication, topic_configs=settings))
        for reader in topic.readers:
            name = dead_letter_topic(topic.name, reader)
            keep = {"retention.ms": str(int(DEAD_LETTERS.total_seconds() * 1000))}
            found.append(NewTopic(name, 1, replication, topic_configs=keep))
    return found


async def make(bootstrap: str, replication: int) -> list[str]:
    """Make what is missing; answers the names that were made."""
    client = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await client.start()
    try:
        there = set(await client.list_topics())
        missing = [topic for topic in wanted(replication) if topic.name not in there]
        if missing:
            answer = await client.create_topics(missing)
            for name, code, *_ in answer.topic_errors:
                if code not in {0, TopicAlreadyExistsError.errno}:
                    raise KafkaError(f"topic {name}: error {code}")
        return [topic.name for topic in missing]
    finally:
        await client.close()


async def main() -> int:
    """Make the topics of KAFKA_BOOTSTRAP, waiting a while for the broker."""
    bootstrap = os.environ["KAFKA_BOOTSTRAP"]
    replication = int(os.environ.get("KAFKA_REPLICATION", "1"))
    for attempt in range(TRIES):
        try:
            made = await make(bootstrap, replication)
        except (KafkaError, OSError) as error:
            if attempt == TRIES - 1:
                sys.stderr.write(f"topics: {error}\n")
                return 1
            await asyncio.sleep(1)
        else:
            sys.stdout.write(f"topics made: {len(made)}\n")
            return 0
    return 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
