"""What could not be handled: kept with its bytes, listed, shown, replayed; and the brake.

A dead letter is a row in the service's database and a copy on `<topic>.<service>.dlq`, both by
one transaction. Replaying runs the service's own handler again; other readers of the topic never
notice. The inbox makes a second replay harmless.
"""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from shared.chassis import tables
from shared.chassis.codec import Outgoing, Record
from shared.chassis.database import Database, Transaction
from shared.chassis.work import write_outgoing
from shared.contracts.topics import DEAD_LETTERS, dead_letter_topic

if TYPE_CHECKING:
    from shared.chassis.consumer import Consumer

#: A gemeente, and what to write for it.
Telling = tuple[str, Callable[[Transaction], Awaitable[None]]]


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A record that was set aside. `parked` ones wait for a newer version of this service."""

    id: int
    record: Record
    reason: str
    parked: bool
    at: datetime
    replayed_at: datetime | None


async def keep(
    database: Database,
    service: str,
    record: Record,
    reason: str,
    *,
    parked: bool,
    telling: Telling | None = None,
) -> None:
    """Set a record aside; the same position twice is one dead letter.

    `telling` is a gemeente and what to do for it in the same transaction.
    """
    async with database.transaction(*([telling[0]] if telling else [])) as transaction:
        statement = (
            pg.insert(tables.dead_letters)
            .values(
                topic=record.topic,
                partition=record.partition,
                offset=record.offset,
                key=record.key,
                headers=record.headers,
                payload=record.value,
                reason=reason,
                parked=parked,
            )
            .on_conflict_do_nothing()
            .returning(tables.dead_letters.c.id)
        )
        if (await transaction.connection.execute(statement)).first() is not None:
            await write_outgoing(transaction.connection, [_copy(service, record, reason)])
            if telling:
                await telling[1](transaction)


def _copy(service: str, record: Record, reason: str) -> Outgoing:
    headers = {
        **record.headers,
        "dlq_reason": reason,
        "dlq_position": f"{record.topic}/{record.partition}/{record.offset}",
    }
    return Outgoing(dead_letter_topic(record.topic, service), record.key, headers, record.value)


async def pull_brake(database: Database, topic: str, reason: str) -> None:
    """Stop handling a topic until someone resumes it."""
    async with database.transaction() as transaction:
        await transaction.connection.execute(
            pg.insert(tables.brakes).values(topic=topic, reason=reason).on_conflict_do_nothing()
        )


async def is_braked(database: Database, topic: str) -> bool:
    """Whether the brake of a topic is pulled."""
    async with database.transaction() as transaction:
        found = await transaction.connection.execute(
            sa.select(tables.brakes.c.topic).where(tables.brakes.c.topic == topic)
        )
        return found.first() is not None


async def brakes(database: Database) -> list[str]:
    """The topics whose brake is pulled."""
    async with database.transaction() as transaction:
        return list(
            (await transaction.connection.execute(sa.select(tables.brakes.c.topic))).scalars()
        )


async def resume(database: Database, topic: str | None = None) -> list[str]:
    """Release one brake, or all; answers which."""
    statement = sa.delete(tables.brakes).returning(tables.brakes.c.topic)
    if topic is not None:
        statement = statement.where(tables.brakes.c.topic == topic)
    async with database.transaction() as transaction:
        return list((await transaction.connection.execute(statement)).scalars())


async def listed(database: Database, *, replayed: bool = False) -> list[DeadLetter]:
    """The dead letters that wait, oldest first; with `replayed`, also those that were replayed."""
    statement = sa.select(tables.dead_letters).order_by(tables.dead_letters.c.id)
    if not replayed:
        statement = statement.where(tables.dead_letters.c.replayed_at.is_(None))
    async with database.transaction() as transaction:
        return [
            _letter(row) for row in (await transaction.connection.execute(statement)).mappings()
        ]


async def replay(
    database: Database, consumer: Consumer, ids: Sequence[int] | None = None
) -> tuple[list[int], list[int]]:
    """Handle dead letters again, oldest first; answers which went well and which did not.

    One that fails again stays as it was, with its first reason.
    """
    done, failed = [], []
    for letter in await listed(database):
        if ids is None or letter.id in ids:
            if await consumer.handle_again(letter.record):
                done.append(letter.id)
            else:
                failed.append(letter.id)
    async with database.transaction() as transaction:
        await transaction.connection.execute(
            sa.update(tables.dead_letters)
            .where(tables.dead_letters.c.id.in_(done))
            .values(replayed_at=sa.func.clock_timestamp())
        )
    return done, failed


async def purge(transaction: Transaction) -> int:
    """Forget what is older than its copy on the dead-letter topic; answers how many were waiting.

    The inbox forgets a week later, so that nothing can be replayed that it no longer knows.
    """
    old = sa.delete(tables.dead_letters).where(
        tables.dead_letters.c.at < sa.func.clock_timestamp() - DEAD_LETTERS
    )
    gone = await transaction.connection.execute(old.returning(tables.dead_letters.c.replayed_at))
    return sum(replayed_at is None for replayed_at in gone.scalars())


def shown(letter: DeadLetter) -> dict[str, object]:
    """One dead letter for ops: position, reason, headers, and the bytes as base64.

    The bytes of a sealed topic stay sealed.
    """
    return {
        "id": letter.id,
        "topic": letter.record.topic,
        "partition": letter.record.partition,
        "offset": letter.record.offset,
        "at": letter.at.isoformat(),
        "reason": letter.reason,
        "parked": letter.parked,
        "headers": letter.record.headers,
        "payload_base64": base64.b64encode(letter.record.value).decode(),
    }


def _letter(row: sa.RowMapping) -> DeadLetter:
    record = Record(
        row["topic"],
        row["partition"],
        row["offset"],
        bytes(row["key"]),
        bytes(row["payload"]),
        row["headers"],
    )
    return DeadLetter(
        row["id"], record, row["reason"], row["parked"], row["at"], row["replayed_at"]
    )
