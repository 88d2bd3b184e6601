"""Seals the days of the logboek, and looks whether they are still as they were sealed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any, cast

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from services.gateway import seals, tables
from services.gateway.domain import INSTALLATION
from services.gateway.seals import Day, Fault, Seal
from shared.chassis import tables as chassis
from shared.chassis.database import Database
from shared.chassis.sealing import KeyRing
from shared.chassis.work import Work

log = structlog.get_logger()

#: Lines read at once: a busy day of a large gemeente has some tens of thousands.
LINES = 5000
#: After a long outage the days of a month are sealed in one go; the next round does the rest.
DAYS = 31
#: A seal may be this many days behind before `verify` calls the logboek unsealed.
LATE = 1

_log = tables.audit_log.c
_seals = tables.audit_seals.c


async def seal_days(work: Work) -> None:
    """Seal every day of a gemeente that has ended, in order. Real time: lines are of real time."""
    last = seals.last_settled(await _clock(work.connection))
    before = await _last_seal(work.connection, work.gemeente)
    first = await _first_day(work.connection) if before is None else _next(before)
    if first is None:
        return
    chain = seals.BEGINNING if before is None else before.hash
    for day in list(seals.days_from(first, last))[:DAYS]:
        sealed = await _read(work.connection, Day(work.gemeente, day, chain), work.mapper.keys)
        await _keep(work.connection, sealed)
        chain = sealed.hash
        # Who keeps the log elsewhere has a hash that nobody with this database can change.
        log.info("logboek_sealed", gemeente=work.gemeente, day=str(day), hash=sealed.hash.hex())


async def gemeenten(database: Database) -> Sequence[str]:
    """Who has a logboek here: every gemeente that was met or has users, and the installation."""
    async with database.transaction() as transaction:
        statement = sa.union(
            sa.select(chassis.gemeenten.c.code), sa.select(tables.user_rights.c.gemeente)
        )
        found = (await transaction.connection.execute(statement)).scalars().all()
    return sorted({INSTALLATION, *found})


async def verify(database: Database, keys: KeyRing, gemeente: str) -> tuple[int, list[Fault]]:
    """How many days of a gemeente are sealed, and everything that does not fit."""
    faults: list[Fault] = []
    async with database.transaction(gemeente) as transaction:
        connection = transaction.connection
        found = await _all_seals(connection, gemeente)
        now = await _clock(connection)
        chain, due = seals.BEGINNING, await _first_day(connection)
        for sealed in found:
            missing = seals.days_from(due or sealed.day, sealed.day - timedelta(days=1))
            faults += [Fault(gemeente, day, "its seal is missing") for day in missing]
            today = Day(gemeente, sealed.day, chain)
            current = await _read(connection, today, keys)
            faults += seals.faults_of(sealed, current, keys.indexes(today.marked))
            chain, due = sealed.hash, sealed.day + timedelta(days=1)
        late = seals.last_settled(now) - timedelta(days=LATE)
        if due is not None:
            unsealed = seals.days_from(due, late)
            faults += [Fault(gemeente, day, "was not sealed") for day in unsealed]
    return len(found), faults


async def _read(connection: AsyncConnection, day: Day, keys: KeyRing) -> Seal:
    """A day as it stands in the logboek now."""
    async for row in _lines(connection, day.gemeente, day.day):
        day.take(row)
    return day.seal(keys.index(day.marked))


async def _lines(connection: AsyncConnection, gemeente: str, day: date) -> AsyncIterator[Any]:
    begin, end = seals.bounds(day)
    after = -1
    while True:
        statement = (
            sa.select(tables.audit_log)
            .where(_log.gemeente == gemeente, _log.at >= begin, _log.at < end, _log.id > after)
            .order_by(_log.id)
            .limit(LINES)
        )
        rows = (await connection.execute(statement)).mappings().all()
        for row in rows:
            yield row
        if len(rows) < LINES:
            return
        after = rows[-1]["id"]


async def _keep(connection: AsyncConnection, sealed: Seal) -> None:
    await connection.execute(
        sa.insert(tables.audit_seals).values(
            gemeente=sealed.gemeente,
            day=sealed.day,
            hash=sealed.hash,
            mark=sealed.mark,
            lines=sealed.lines,
        )
    )


async def _all_seals(connection: AsyncConnection, gemeente: str) -> list[Seal]:
    statement = (
        sa.select(tables.audit_seals).where(_seals.gemeente == gemeente).order_by(_seals.day)
    )
    return [_seal(row) for row in (await connection.execute(statement)).mappings()]


async def _last_seal(connection: AsyncConnection, gemeente: str) -> Seal | None:
    statement = (
        sa.select(tables.audit_seals)
        .where(_seals.gemeente == gemeente)
        .order_by(_seals.day.desc())
        .limit(1)
    )
    row = (await connection.execute(statement)).mappings().first()
    return None if row is None else _seal(row)


def _seal(row: Any) -> Seal:
    return Seal(
        row["gemeente"], row["day"], bytes(row["hash"]), bytes(row["mark"]), bytes(row["lines"])
    )


async def _first_day(connection: AsyncConnection) -> date | None:
    """The day of the oldest line; None when the logboek is empty."""
    found = (await connection.execute(sa.select(sa.func.min(_log.at)))).scalar()
    return None if found is None else seals.day_of(found)


def _next(seal: Seal) -> date:
    return seal.day + timedelta(days=1)


async def _clock(connection: AsyncConnection) -> datetime:
    return cast(
        "datetime", (await connection.execute(sa.select(sa.func.clock_timestamp()))).scalar()
    )
