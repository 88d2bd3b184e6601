"""A service's files in the object store: which no row names any more, and which an old key sealed.

A file is stored before the row that names it, so a kill between the two leaves a file that nobody
will ever ask for. Once a week each service looks through its own files; what has no row and is old
enough that no work can still be about to name it, goes.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.chassis import sealed_file, tables
from shared.chassis.bucket import Bucket, Peek
from shared.chassis.database import Database
from shared.chassis.errors import SealBroken
from shared.chassis.scratch import Scratch
from shared.chassis.sealing import KeyRing, key_of
from shared.chassis.service import Item, Queue, Timer, every
from shared.chassis.work import Work

SWEEPS = "sweeps"
#: Work gives up after two days; until then a file may still get its row.
LEFT_ALONE = timedelta(days=2)
#: Orders a sweep that is not ordered yet: a new week is noticed within this time.
LOOK = timedelta(hours=1)
#: Files read at once while keys rotate: the largest is an upload of 50 MB, held twice.
AT_ONCE = 4

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Shelf:
    """Files of one kind: their keys begin with the gemeente and this name.

    `orphans` answers which of some keys no row names; a key that it does not know is none.
    """

    name: str
    orphans: Callable[[AsyncConnection, Sequence[str]], Awaitable[Collection[str]]]

    def prefix(self, gemeente: str) -> str:
        """What the keys of a gemeente's files begin with."""
        return f"{gemeente}/{self.name}/"


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep found: files, and those among them without a row."""

    files: int
    orphans: Sequence[str]


@dataclass(frozen=True, slots=True)
class Resealed:
    """What became of files while keys rotate. Broken ones open with no key that is known."""

    anew: int = 0
    fine: int = 0
    broken: Sequence[str] = ()


class Shelves:
    """All files of one service."""

    def __init__(
        self,
        shelves: Sequence[Shelf],
        bucket: Bucket,
        database: Database,
        keys: KeyRing,
        scratch: Scratch,
    ) -> None:
        self._shelves = shelves
        self._bucket = bucket
        self._database = database
        self._keys = keys
        self._scratch = scratch

    @property
    def queue(self) -> Queue:
        """The slow work of sweeping, a gemeente at a time."""
        return Queue(self._perform, _forget, _forget_failure, chunk=1, concurrency=1)

    async def gemeenten(self) -> list[str]:
        """Whose files there may be."""
        async with self._database.transaction() as transaction:
            answer = await transaction.connection.execute(sa.select(tables.gemeenten.c.code))
            return sorted(answer.scalars())

    async def _perform(self, item: Item, _: None) -> Mapping[str, Swept]:
        return await self.sweep(item.gemeente, really=True)

    async def sweep(self, gemeente: str, *, really: bool) -> Mapping[str, Swept]:
        """Look through a gemeente's files, per shelf; with `really` orphans are removed."""
        found = {}
        for shelf in self._shelves:
            swept = await self._sweep_shelf(shelf, gemeente, really=really)
            found[shelf.name] = swept
            if really:
                log.info(
                    "objects_swept",
                    gemeente=gemeente,
                    shelf=shelf.name,
                    files=swept.files,
                    removed=len(swept.orphans),
                )
        return found

    async def _sweep_shelf(self, shelf: Shelf, gemeente: str, *, really: bool) -> Swept:
        files, orphans = 0, list[str]()
        before = datetime.now(UTC) - LEFT_ALONE
        async for page in self._bucket.pages(shelf.prefix(gemeente)):
            files += len(page)
            old = [stored.key for stored in page if stored.modified_at < before]
            if not old:
                continue
            async with self._database.transaction(gemeente) as transaction:
                nameless = await shelf.orphans(transaction.connection, old)
            orphans += sorted(nameless)
            for key in nameless if really else ():
                await self._bucket.delete(key)
        return Swept(files, orphans)

    async def reseal(self, gemeente: str) -> Resealed:
        """Seal every file of a gemeente with the newest key; what has it already is left alone."""
        anew = fine = 0
        broken: list[str] = []

        async def work_off(waiting: AsyncIterator[str]) -> None:
            nonlocal anew, fine
            async for key in waiting:
                try:
                    if await reseal(self._bucket, key, self._keys, self._scratch):
                        anew += 1
                    else:
                        fine += 1
                except SealBroken:
                    broken.append(key)

        waiting = _Shared(self._keys_of(gemeente))
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(work_off(waiting))
        return Resealed(anew, fine, sorted(broken))

    async def _keys_of(self, gemeente: str) -> AsyncIterator[str]:
        for shelf in self._shelves:
            async for page in self._bucket.pages(shelf.prefix(gemeente)):
                for stored in page:
                    if stored.size:  # an empty file holds nothing, not even a seal
                        yield stored.key


class _Shared(AsyncIterator[str]):
    """An iterator that several tasks take from in turn."""

    def __init__(self, keys: AsyncIterator[str]) -> None:
        self._keys = keys
        self._turn = asyncio.Lock()

    async def __anext__(self) -> str:
        async with self._turn:
            return await anext(self._keys)


async def reseal(bucket: Bucket, key: str, keys: KeyRing, scratch: Scratch) -> bool:
    """Seal one file with the newest key, in one step for who reads it; False when it was fine.

    What is written anew or removed meanwhile is left as it then is.
    """
    before = await bucket.peek(key)
    if before is None or key_of(before.first) == keys.current:
        return False
    if before.content_type != sealed_file.MEDIA_TYPE:
        content = await bucket.get_sealed(key)
        if content is None or not await _is_same(bucket, key, before):
            return False
        await bucket.put_sealed(key, content)
        return True
    with scratch.folder() as folder:
        target = folder / "file.sealed"
        found = await sealed_file.open_stream(bucket, keys, key)
        if found is None:
            return False
        copy = sealed_file.SealedFile(target, key, keys)
        async for piece in found[1]:
            await asyncio.to_thread(copy.write, piece)
        copy.finish()
        if not await _is_same(bucket, key, before):
            return False
        await bucket.put_file(key, str(target), sealed_file.MEDIA_TYPE)
    return True


async def _is_same(bucket: Bucket, key: str, before: Peek) -> bool:
    return await bucket.peek(key) == before


async def order_sweep(work: Work) -> None:
    """Once a week, the files of a gemeente are looked through."""
    year, week, _ = work.now.isocalendar()
    work.enqueue(SWEEPS, uuid5(NAMESPACE_URL, f"sweep|{work.gemeente}|{year}-{week}"))


def sweep_timer() -> Timer:
    """Looks whether this week's sweep was ordered."""
    return every(LOOK, order_sweep)


async def _forget(_: Item, __: Any, ___: Work) -> None:
    """The log says what was removed."""


async def _forget_failure(_: Item, __: str, ___: Work) -> None:
    """The log says why; next week it is tried again."""


def id_in(name: str) -> UUID | None:
    """The id that (a part of) a key is, or None when it is something else."""
    try:
        return UUID(name)
    except ValueError:
        return None
