"""Commands for ops on one service: dead letters, the brake, rotating keys, stray files."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from shared.chassis import dead_letters, tables
from shared.chassis.consumer import Consumer
from shared.chassis.database import Database
from shared.chassis.mapper import Mapper, columns_of, upsert
from shared.chassis.sealing import key_of
from shared.chassis.service import Service
from shared.chassis.shelves import Shelves

#: Rows sealed anew in one transaction: short locks, and progress that a stop does not lose.
CHUNK = 500


async def dead_letters_command(consumer: Consumer, arguments: argparse.Namespace) -> int:
    """`dead-letters list | show N… | replay [N…] | resume [topic…]`."""
    database = consumer.database
    try:
        if arguments.act == "resume":
            return await _resume(database, arguments.which)
        ids = [int(which) for which in arguments.which] or None
        if arguments.act == "replay":
            return await _replay(consumer, ids)
        letters = [
            letter
            for letter in await dead_letters.listed(database, replayed=arguments.act == "show")
            if ids is None or letter.id in ids
        ]
        for letter in letters:
            if arguments.act == "show":
                _say(json.dumps(dead_letters.shown(letter), ensure_ascii=False, indent=2))
            else:
                place = f"{letter.record.topic}/{letter.record.partition}/{letter.record.offset}"
                kind = "parked" if letter.parked else "dead"
                _say(
                    f"{letter.id}\t{letter.at:%Y-%m-%d %H:%M:%S}\t{kind}\t{place}\t{letter.reason}"
                )
        _say(
            f"{len(letters)} dead letters; brakes: {await dead_letters.brakes(database) or 'none'}"
        )
    finally:
        await database.close()
    return 0


async def _resume(database: Database, topics: list[str]) -> int:
    wanted: list[str | None] = [*topics] or [None]
    released = [name for topic in wanted for name in await dead_letters.resume(database, topic)]
    _say(f"released: {', '.join(released) or 'no brake was pulled'}")
    return 0


async def _replay(consumer: Consumer, ids: list[int] | None) -> int:
    done, failed = await dead_letters.replay(consumer.database, consumer, ids)
    _say(f"replayed: {len(done)}; failed again: {failed or 'none'}")
    return 1 if failed else 0


async def rotate_keys_command(
    database: Database,
    mapper: Mapper,
    service: Service,
    shelves: Shelves | None = None,
) -> int:
    """Seal every sealed column and file with the newest key, and index with the newest one too.

    Stopping is fine: what has the newest key is left alone the next time.
    """
    broken: list[str] = []
    try:
        async with database.transaction() as transaction:
            known = (
                await transaction.connection.execute(sa.select(tables.gemeenten.c.code))
            ).scalars()
            gemeenten = sorted(known)
        for table in service.metadata.sorted_tables:
            if any(column.info.get("sealed") for column in table.columns):
                for gemeente in gemeenten:
                    count = await _reseal(database, mapper, table, gemeente)
                    _say(f"{table.name}\t{gemeente}\t{count} rows sealed anew")
        if shelves is not None:
            for gemeente in gemeenten:
                broken += await _reseal_files(shelves, gemeente)
    finally:
        await database.close()
    return 1 if broken else 0


async def _reseal_files(shelves: Shelves, gemeente: str) -> Sequence[str]:
    done = await shelves.reseal(gemeente)
    _say(f"files\t{gemeente}\t{done.anew} files sealed anew, {done.fine} were fine")
    for key in done.broken:
        _say(f"files\t{gemeente}\tdoes not open with any key: {key}")
    return done.broken


async def sweep_command(database: Database, shelves: Shelves | None, *, really: bool) -> int:
    """List the files that no row names; with `really` remove them, as happens once a week."""
    try:
        if shelves is None:
            _say("this service keeps no files")
            return 0
        for gemeente in await shelves.gemeenten():
            for name, swept in (await shelves.sweep(gemeente, really=really)).items():
                for key in swept.orphans:
                    _say(key)
                what = "removed" if really else "without a row"
                _say(f"{name}\t{gemeente}\t{swept.files} files, {len(swept.orphans)} {what}")
    finally:
        await database.close()
    return 0


async def _reseal(database: Database, mapper: Mapper, table: sa.Table, gemeente: str) -> int:
    """Chunk by chunk, in order of key; rows that are up to date are left alone."""
    keys, after, count = list(table.primary_key.columns), None, 0
    while True:
        async with database.transaction(gemeente) as transaction:
            statement = sa.select(table).order_by(*keys).limit(CHUNK).with_for_update()
            if after is not None:
                statement = statement.where(sa.tuple_(*keys) > sa.tuple_(*after))
            rows = (await transaction.connection.execute(statement)).mappings().all()
            stale = [dict(row) for row in rows if _is_stale(table, row, mapper)]
            for row in stale:
                _seal_anew(table, row, mapper)
            await upsert(transaction.connection, table, columns_of(stale))
        if not rows:
            return count
        count += len(stale)
        after = [rows[-1][column.name] for column in keys]


def _is_stale(table: sa.Table, row: Any, mapper: Mapper) -> bool:
    for column in table.columns:
        value = row[column.name]
        if value is None:
            continue
        if column.info.get("sealed") and key_of(value) != mapper.keys.current:
            return True
        if column.info.get("index_of") and value[0] != mapper.keys.current_index:
            return True
    return False


def _seal_anew(table: sa.Table, row: dict[str, Any], mapper: Mapper) -> None:
    for column in table.columns:
        if column.info.get("sealed") and row[column.name] is not None:
            plain = mapper.open(table, column.name, row)
            row[column.name] = mapper.reseal(table, column.name, row, plain)
            for index in table.columns:
                if index.info.get("index_of") == column.name:
                    found = plain.casefold() if index.info["caseless"] else plain
                    row[index.name] = mapper.keys.index(found)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
