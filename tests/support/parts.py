"""Build a service's parts in a test's own process, on the real stack."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from pydantic_core import from_json

from deploy.local.environment import SERVICES
from deploy.local.stack import Stack, create_database
from shared.chassis import tables, work_queue
from shared.chassis.codec import Record, encode
from shared.chassis.commands import Commands
from shared.chassis.consumer import Consumer
from shared.chassis.jobs import Jobs
from shared.chassis.migrate import chassis_statements, upgrade
from shared.chassis.run import Build, Built, Parts, parts_of
from shared.chassis.service import Service, Timer
from shared.chassis.settings import ChassisSettings
from shared.contracts.envelope import Event, EventData, source

OIN = "00000001823288444000"
_codes = itertools.count(1001)
_offsets = itertools.count()


def new_gemeente() -> str:
    """A gemeente of the test's own, so that tests can share a database."""
    return str(next(_codes))


def settings_of(stack: Stack, service: str, kind: type[ChassisSettings], **changes: Any) -> Any:
    """A service's settings on this stack."""
    given = {key.lower(): value for key, value in environment_of(stack, service).items()}
    return kind(**{**given, **changes})


def environment_of(stack: Stack, service: str) -> dict[str, str]:
    """A service's environment, also for a service of the tests' own."""
    known = service in {*SERVICES, "gateway"}
    return {
        **stack.environment(service if known else None),
        "DATABASE_URL": stack.database_url(service),
        "DATABASE_OWNER_URL": stack.database_url(service, owner=True),
    }


_migrated: set[tuple[str, str]] = set()


def migrated(stack: Stack, service: str) -> None:
    """The database of one of our services, at its newest version; made once."""
    if (str(stack.state), service) not in _migrated:
        create_database(stack, service)
        upgrade(stack.database_url(service, owner=True), f"services.{service}", service)
        _migrated.add((str(stack.state), service))


def made(stack: Stack, name: str, metadata: sa.MetaData) -> None:
    """A database for a service of the tests' own, straight from its tables."""
    create_database(stack, name)
    engine = sa.create_engine(stack.database_url(name, owner=True))
    with engine.begin() as connection:
        if not sa.inspect(connection).get_table_names():
            metadata.create_all(connection)
            data = [table.name for table in metadata.sorted_tables if table.info.get("isolated")]
            for statement in chassis_statements(data):
                connection.execute(sa.text(statement))
            connection.execute(sa.text(f"grant all on all tables in schema public to {name}"))
            connection.execute(sa.text(f"grant all on all sequences in schema public to {name}"))
    engine.dispose()


class Bench:
    """A service built in this process: feed it events, run its queues, look into its database."""

    def __init__(self, parts: Parts, built: Built) -> None:
        self.parts = parts
        self.built = built
        self.service: Service = built.service
        self.database = parts.database
        self.consumer = Consumer(
            built.service, parts.database, parts.mapper, parts.source, brake_after=50
        )
        self.jobs = Jobs(built.service, parts.database, parts.mapper, parts.source)
        self.commands = Commands(parts.database, parts.mapper, parts.source)

    async def feed(self, *events: Event[Any]) -> None:
        """Handle events as the worker would: one micro-batch per topic, in the order given."""
        for topic in dict.fromkeys(event.data.topic for event in events):
            records = [self.record(event) for event in events if event.data.topic == topic]
            assert await self.consumer.handle(records, lambda: False)

    def record(self, event: Event[Any]) -> Record:
        """The Kafka record of an event."""
        return record_of(self.parts, event)

    async def rows(self, statement: Any, *gemeenten: str) -> list[Any]:
        """The rows of a query, as the named gemeenten see them."""
        async with self.database.transaction(*gemeenten) as transaction:
            return list((await transaction.connection.execute(statement)).mappings())

    async def recorded(self, kind: type[EventData] | None = None) -> list[dict[str, Any]]:
        """The events that wait in the outbox, as JSON, oldest first."""
        statement = sa.select(tables.outbox).order_by(tables.outbox.c.id)
        rows = await self.rows(statement.where(~tables.outbox.c.topic.like("%.dlq")))
        events = [from_json(bytes(row["payload"])) for row in rows]
        return [event for event in events if kind is None or event["type"] == kind.type]

    async def tick(self, timer: Any) -> None:
        """Run one timer handler once, for every gemeente that the service has met."""
        for gemeente in await self.jobs._gemeenten():  # noqa: SLF001
            await self.jobs._tick(Timer(timer, timedelta(seconds=1)), timer.__name__, gemeente)  # noqa: SLF001

    async def work(self, queue: str) -> int:
        """Claim and do one chunk of a queue, as the jobs process would; answers its size."""
        settings = self.service.queues[queue]
        items = await work_queue.claim(self.database, queue, settings.chunk, settings.lease)
        if items:
            await self.jobs._do(queue, settings, items)  # noqa: SLF001
        return len(items)

    async def work_all(self, queue: str) -> int:
        """Do chunks until nothing may be claimed; answers how many items."""
        total = 0
        while done := await self.work(queue):
            total += done
        return total


def bench_of(
    stack: Stack, service: str, settings: type[ChassisSettings], build: Build, **changes: Any
) -> Bench:
    """One of our services, built here, on its migrated database."""
    parts = parts_of(service, settings_of(stack, service, settings, **changes))
    return Bench(parts, build(parts))


def build_of(service: str) -> tuple[type[ChassisSettings], Build]:
    """How one of our services is built: its settings class and its `build`."""
    settings = import_module(f"services.{service}.settings").Settings
    return settings, import_module(f"services.{service}.__main__").build


def event_of(
    data: EventData,
    gemeente: str,
    *,
    sequence: int = 1,
    actor: str = "systeem:test",
    cause: UUID | None = None,
) -> Event[Any]:
    """An event as another service would send it."""
    cause = cause or uuid4()
    return Event(
        id=uuid4(),
        type=data.type,
        source=source(OIN, "test"),
        subject=data.subject_id,
        time=datetime.now(UTC),
        gemeente=gemeente,
        actor=actor,
        correlation_id=cause,
        causation_id=None,
        traceparent=None,
        sequence=sequence,
        data=data,
    )


def record_of(parts: Parts, event: Event[Any]) -> Record:
    """The Kafka record of an event, at the next free offset."""
    row = encode(event, parts.keys)
    return Record(row.topic, 0, next(_offsets), row.key, row.payload, row.headers)


def garbage(
    topic: str, values: Iterable[bytes], headers: Sequence[dict[str, str]] = ()
) -> list[Record]:
    """Records whose bytes are no event."""
    given = list(headers)
    return [
        Record(topic, 0, next(_offsets), b"k", value, given[nr] if nr < len(given) else {})
        for nr, value in enumerate(values)
    ]
