"""Another system of the municipality that follows our public topics.

    python -m examples.subscriber --bootstrap 127.0.0.1:8101 --max 100 --idle 10

It knows nothing of our code: only Kafka, CloudEvents and the JSON Schemas in docs/schemas. It shows
what a subscriber owes itself: check each event against its schema, expect any event twice, and
leave alone what it does not know.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer
from jsonschema import Draft202012Validator, FormatChecker

#: Every public topic; those with personal data are sealed and closed to other systems.
TOPICS = (
    "intake.batches",
    "zaken.zaken",
    "zaken.batches",
    "zaken.medewerkers",
    "gemeenten.instellingen",
    "documenten.documenten",
    "documenten.afdrukken",
    "berichten.bezorging",
    "communicatie.berichten",
)
SCHEMAS = Path(__file__).resolve().parent.parent / "docs" / "schemas"
#: Event ids to remember. A repeat comes soon after the first; a real system keeps them in its
#: database, in the transaction that also holds what it did with the event.
REMEMBERED = 100_000


class Reader:
    """Turns records into lines to show; repeats are skipped."""

    def __init__(self, schemas: Path) -> None:
        self._schemas: Mapping[str, Draft202012Validator] = {
            file.stem: Draft202012Validator(
                json.loads(file.read_text()), format_checker=FormatChecker()
            )
            for file in schemas.glob("*.json")
        }
        self._seen: OrderedDict[tuple[str, str], None] = OrderedDict()
        self.counts = {"nieuw": 0, "herhaald": 0, "onbekend": 0, "ongeldig": 0}

    def line(self, topic: str, value: bytes) -> str | None:
        """The line of a new event; None for a repeat."""
        event = _json(value)
        schema = self._schemas.get(str(event.get("type")))
        if schema is None:
            self.counts["onbekend"] += 1
            return f"{topic}: onbekend type {event.get('type')!r}; overgeslagen"
        if wrong := next(schema.iter_errors(event), None):
            self.counts["ongeldig"] += 1
            return f"{topic}: past niet bij het schema, veld {wrong.json_path}; overgeslagen"
        if self._is_repeat(event["source"], event["id"]):
            self.counts["herhaald"] += 1
            return None
        self.counts["nieuw"] += 1
        return f"{event['time']} {event['gemeente']} {event['type']} {event['subject']}"

    def _is_repeat(self, source: str, event_id: str) -> bool:
        """By CloudEvents, source and id together name an event."""
        if (source, event_id) in self._seen:
            return True
        self._seen[source, event_id] = None
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        return False


def _json(value: bytes) -> dict[str, Any]:
    try:
        event = json.loads(value)
    except ValueError:
        return {}
    return event if isinstance(event, dict) else {}


async def follow(bootstrap: str, group: str, reader: Reader, most: int, idle: float) -> None:
    """Print events until `most` new ones were seen or none came for `idle` seconds."""
    consumer = AIOKafkaConsumer(
        *TOPICS,
        bootstrap_servers=bootstrap,
        group_id=group,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    await consumer.start()
    try:
        last = time.monotonic()
        while reader.counts["nieuw"] < most and time.monotonic() - last < idle:
            wanted = most - reader.counts["nieuw"]
            records = await consumer.getmany(timeout_ms=500, max_records=wanted)
            for partition, batch in records.items():
                for record in batch:
                    _show(reader, partition.topic, record.value)
                last = time.monotonic()
            if records:
                await consumer.commit()  # after the work: a fall means a repeat, never a loss
    finally:
        await consumer.stop()


def _show(reader: Reader, topic: str, value: bytes) -> None:
    line = reader.line(topic, value)
    if line is not None:
        print(line, flush=True)


def main() -> int:
    """Follow the topics; the exit code is 1 when an event did not fit its schema."""
    parser = argparse.ArgumentParser(prog="python -m examples.subscriber", description=__doc__)
    parser.add_argument("--bootstrap", default="127.0.0.1:8101", help="Kafka, host:poort")
    parser.add_argument("--group", default="subscriber-voorbeeld", help="naam van de afnemer")
    parser.add_argument("--max", type=int, default=1000, help="stop na zoveel nieuwe events")
    parser.add_argument("--idle", type=float, default=10.0, help="stop na zoveel stille seconden")
    parser.add_argument("--schemas", type=Path, default=SCHEMAS, help="map met de JSON Schemas")
    options = parser.parse_args()
    reader = Reader(options.schemas)
    asyncio.run(follow(options.bootstrap, options.group, reader, options.max, options.idle))
    print(", ".join(f"{count} {name}" for name, count in reader.counts.items()), file=sys.stderr)
    return 1 if reader.counts["ongeldig"] else 0


if __name__ == "__main__":
    sys.exit(main())
