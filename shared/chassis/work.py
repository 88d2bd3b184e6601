"""What a handler is given: the time, what was loaded, and a place to put what follows.

A handler never commits, catches, logs or sends. It finds (`loaded`, `found`), applies a rule from
domain.py, and says what changes (`add`, `save`), what happened (`record`) and what slow work is
due (`enqueue`). The chassis writes all of it in the transaction that also says the event is done.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from struct import Struct, pack
from typing import Any, TypeVar
from uuid import UUID, uuid5

import sqlalchemy as sa
from pydantic_core import to_json
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.chassis import tables
from shared.chassis.codec import Outgoing, encode
from shared.chassis.database import Transaction
from shared.chassis.loads import Load, Loaded, load_all
from shared.chassis.mapper import Mapper, Row, columns_of, insert, insert_new, upsert
from shared.chassis.telemetry import in_trace_of
from shared.contracts.envelope import Event, EventData

T = TypeVar("T")

#: Work that a person waits for goes before the work of a batch.
FOR_A_PERSON = 0
FOR_A_BATCH = 10
COPY_OUTGOING = "copy outbox (topic, key, headers, payload) from stdin (format binary)"


@dataclass(frozen=True, slots=True)
class Cause:
    """Why work is done: what its events' ids derive from, who acts, and which trace it belongs to.

    The same cause gives the same event ids, so doing it again after a crash repeats nothing.
    """

    id: UUID
    actor: str
    gemeente: str
    correlation_id: UUID
    traceparent: str | None = None

    @classmethod
    def of(cls, event: Event[Any], traceparent: str | None = None) -> Cause:
        """An event as the cause of what its handler does."""
        return cls(
            event.id,
            event.actor,
            event.gemeente,
            event.correlation_id,
            traceparent or event.traceparent,
        )


@dataclass(slots=True)
class Collected:
    """What the handlers of one transaction want written."""

    added: dict[sa.Table, list[Any]] = field(default_factory=lambda: defaultdict(list))
    saved: dict[sa.Table, dict[Any, Any]] = field(default_factory=lambda: defaultdict(dict))
    outgoing: list[Outgoing] = field(default_factory=list)
    queued: list[Row] = field(default_factory=list)


class Work:
    """One handler's share of a transaction."""

    def __init__(
        self,
        transaction: Transaction,
        mapper: Mapper,
        source: str,
        cause: Cause,
        loaded: Loaded | None = None,
        collected: Collected | None = None,
    ) -> None:
        self.now: datetime = transaction.now
        self.cause = cause
        self.gemeente = cause.gemeente
        self.actor = cause.actor
        self.connection = transaction.connection
        self.mapper = mapper
        self.collected = collected if collected is not None else Collected()
        self._transaction = transaction
        self._source = source
        self._loaded = loaded if loaded is not None else Loaded()
        self._nth: Counter[tuple[str, str]] = Counter()

    def because(self, cause: Cause) -> Work:
        """The same transaction, for another cause."""
        return Work(
            self._transaction, self.mapper, self._source, cause, self._loaded, self.collected
        )

    async def apart(self, cause: Cause, loads: Sequence[Load], command: Any) -> Work:
        """The same transaction for one command of many, with what it loads and writes its own.

        Whoever asks for it writes it too, in a savepoint: what one command may not do then undoes
        nothing of the others.
        """
        loaded = Loaded()
        wanted = [(load, [command]) for load in loads]
        await load_all(self._transaction, self.mapper, wanted, loaded)
        return Work(self._transaction, self.mapper, self._source, cause, loaded)

    def loaded(self, kind: type[T], value: Any, *, by: str = "id") -> T:
        """The loaded item; raises KeyError without one (declare a stub where that may be)."""
        item = self.found(kind, value, by=by)
        if item is None:
            raise KeyError(f"{kind.__name__} {by}")
        return item

    def found(self, kind: type[T], value: Any, *, by: str = "id") -> T | None:
        """The loaded item, or None when there is none."""
        item: T | None = self._loaded.find(kind, by, value)
        return item

    def add(self, table: sa.Table, item: Any) -> None:
        """A new item; its row must not exist yet."""
        self.collected.added[table].append(item)
        self._loaded.keep(item)

    def save(self, table: sa.Table, item: Any) -> None:
        """A changed item; the last one saved under a key is written, unless nothing changed."""
        if self._loaded.has(item):
            return
        key = tuple(getattr(item, column.name) for column in table.primary_key.columns)
        self.collected.saved[table][key] = item
        self._loaded.keep(item)

    def record(
        self,
        data: EventData,
        *,
        sequence: int = 0,
        json: bytes | None = None,
        trace: UUID | None = None,
    ) -> UUID:
        """A fact for others; its id follows from the cause. Returns that id.

        `json` is the data as JSON when the caller has it already. `trace` names the thing in whose
        own trace this goes on: for a fact that is one of thousands with the same cause.
        """
        subject = data.subject_id
        nth = self._nth[(data.type, subject)]
        self._nth[(data.type, subject)] += 1
        event_id = uuid5(self.cause.id, f"{data.type}|{subject}|{nth}")
        traceparent = self.cause.traceparent
        if trace is not None:
            traceparent = in_trace_of(trace, f"record {data.type}", traceparent)
        event = Event(
            id=event_id,
            type=data.type,
            source=self._source,
            subject=subject,
            time=self.now,
            gemeente=self.gemeente,
            actor=self.actor,
            correlation_id=self.cause.correlation_id,
            causation_id=self.cause.id,
            traceparent=traceparent,
            sequence=sequence,
            data=data,
        )
        self.collected.outgoing.append(encode(event, self.mapper.keys, json))
        return event_id

    def enqueue(
        self,
        queue: str,
        item_id: UUID,
        payload: dict[str, Any] | None = None,
        *,
        priority: int = FOR_A_BATCH,
        group: UUID | None = None,
        not_before: datetime | None = None,
    ) -> None:
        """Slow work for later. The same id twice is the same work: it is not queued again."""
        row: Row = {
            "id": item_id,
            "queue": queue,
            "gemeente": self.gemeente,
            "priority": priority,
            "group_id": group,
            "payload": payload or {},
            "not_before": not_before,
            "actor": self.actor,
            "correlation_id": self.cause.correlation_id,
            "traceparent": self.cause.traceparent,
        }
        self.collected.queued.append(row)

    async def query(self, statement: Any) -> sa.CursorResult[Any]:
        """Run a read in this transaction; it does not see what was added but not yet written."""
        found: sa.CursorResult[Any] = await self.connection.execute(statement)
        return found

    async def write(self) -> None:
        """Write all that was collected, each table once. Called by the chassis, not by handlers."""
        collected = self.collected
        for table in sorted(collected.added, key=_name):
            columns = self.mapper.to_columns(table, collected.added[table])
            await insert(self.connection, table, columns)
        for table in sorted(collected.saved, key=_name):
            columns = self.mapper.to_columns(table, list(collected.saved[table].values()))
            await upsert(self.connection, table, columns)
        await write_outgoing(self.connection, collected.outgoing)
        await write_queued(self.connection, collected.queued, self.now)
        collected.added.clear()
        collected.saved.clear()
        collected.outgoing.clear()
        collected.queued.clear()


def _name(table: sa.Table) -> str:
    return table.name


async def write_outgoing(connection: AsyncConnection, outgoing: Sequence[Outgoing]) -> None:
    """Add rows to the outbox, in order, by COPY: the fastest, and it has no row security."""
    if not outgoing:
        return
    driver: Any = (await connection.get_raw_connection()).driver_connection
    async with driver.cursor() as cursor, cursor.copy(COPY_OUTGOING) as copy:
        await copy.write(COPY_HEAD + b"".join(map(_copied, outgoing)) + COPY_END)


#: PostgreSQL's binary COPY format: signature, no flags, no extension; rows; minus one as the end.
COPY_HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)
COPY_END = b"\xff\xff"
_FIELDS = pack("!h", 4)
_length = Struct("!i").pack


def _copied(row: Outgoing) -> bytes:
    """A row as binary COPY takes it: each field behind its length, jsonb behind its version."""
    topic, headers = row.topic.encode(), _headers(tuple(row.headers.items()))
    key, payload = row.key, row.payload
    return b"".join(
        (
            _FIELDS,
            _length(len(topic)),
            topic,
            _length(len(key)),
            key,
            _length(len(headers)),
            headers,
            _length(len(payload)),
            payload,
        )
    )


@lru_cache(maxsize=256)
def _headers(headers: tuple[tuple[str, str], ...]) -> bytes:
    return b"\x01" + to_json(dict(headers))


async def write_queued(connection: AsyncConnection, queued: list[Row], now: datetime) -> None:
    """Add work items that are not there yet; how long work is tried goes by business time."""
    for row in queued:
        row["not_before"] = row["not_before"] or now
        row["created_at"] = now
    await insert_new(connection, tables.work_items, columns_of(queued))
