"""What a service keeps of one thing is deleted for good, and never comes back.

A tombstone is written first: from then on no event about the thing is handled, however late it
comes, but for those that say they want to be (`even_destroyed`). Then files and rows go, files
first, so that a crash in between still finds them by their rows. A minute later all is looked for
once more: a transaction that was under way, or a file that was being written, may have come between
the tombstone and the deletion.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

import sqlalchemy as sa
import structlog
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.chassis import tables
from shared.chassis.service import Item, Queue
from shared.chassis.work import Work
from shared.contracts.envelope import EventData

if TYPE_CHECKING:
    from shared.chassis.bucket import Bucket

log = structlog.get_logger()

DESTRUCTIONS = "destructions"
#: Longer than any transaction of a handler, or the writing of one file, takes.
LOOK_AGAIN = timedelta(minutes=1)
#: An unexpected error may be mended by then; nothing may stay half destroyed.
TRY_AGAIN = timedelta(minutes=10)

About = Mapping[str, Any]
Found = Callable[[Work, UUID, About], Awaitable[Sequence[Any]]]


async def _none(_: Work, __: UUID, ___: About) -> Sequence[Any]:
    return ()


async def _nothing(_: Work, __: UUID, ___: About) -> None:
    """Rows are all there is."""


@dataclass(frozen=True)
class Belongings:
    """What a service keeps of a thing: rows with its id in `column`, and what else there is.

    `files` answers what the keys of its files begin with, `work` the ids of work that waits for it,
    `also` deletes rows that do not name it in `column`. `answer` tells the others that it is gone.
    """

    metadata: sa.MetaData
    column: str
    answer: Callable[[UUID, About], EventData]
    files: Found = _none
    work: Found = _none
    also: Callable[[Work, UUID, About], Awaitable[None]] = _nothing


class Destruction:
    """Deletes what a service keeps of destroyed things."""

    def __init__(self, belongings: Belongings, bucket: Bucket | None = None) -> None:
        self._belongings = belongings
        self._bucket = bucket

    @property
    def queue(self) -> Queue:
        """The slow work of deleting."""
        return Queue(self._perform, self._record, try_again, prepare=self._prepare, concurrency=4)

    async def _prepare(self, items: Sequence[Item], work: Work) -> Mapping[Any, list[str]]:
        found = {}
        for item in items:
            subject, about = UUID(item.payload["subject"]), item.payload["about"]
            files = await self._belongings.files(work, subject, about)
            found[item.id] = sorted({*files, *item.payload.get("files", ())})
        return found

    async def _perform(self, _: Item, files: list[str]) -> list[str]:
        if self._bucket is not None:
            for beginning in files:
                for key in await self._bucket.keys(beginning):
                    await self._bucket.delete(key)
        return files

    async def _record(self, item: Item, files: list[str], work: Work) -> None:
        subject, about = UUID(item.payload["subject"]), item.payload["about"]
        await self._remove(work, subject, about)
        if item.payload.get("again"):
            return
        work.record(self._belongings.answer(subject, about), sequence=1)
        payload = {**item.payload, "again": True, "files": files}
        work.enqueue(
            DESTRUCTIONS, uuid5(subject, "again"), payload, not_before=work.now + LOOK_AGAIN
        )

    async def _remove(self, work: Work, subject: UUID, about: About) -> None:
        belongings = self._belongings
        waiting = await belongings.work(work, subject, about)
        await work.query(sa.delete(tables.work_items).where(tables.work_items.c.id.in_(waiting)))
        await belongings.also(work, subject, about)
        await remove_rows(work, belongings.metadata, belongings.column, subject)


async def begin(work: Work, subject: UUID, **about: Any) -> None:
    """Write the tombstone, and have everything deleted."""
    await bury(work, subject)
    payload = {"subject": str(subject), "about": about}
    work.enqueue(DESTRUCTIONS, uuid5(subject, "destroyed"), payload)


async def bury(work: Work, subject: UUID) -> None:
    """Nothing about this thing is handled from now on; once is enough."""
    statement = pg.insert(tables.tombstones).values(gemeente=work.gemeente, subject=subject)
    await work.query(statement.on_conflict_do_nothing())


async def buried(connection: AsyncConnection, gemeente: str, subjects: Sequence[UUID]) -> set[UUID]:
    """Which of these things were destroyed."""
    stone = tables.tombstones.c
    wanted = sa.bindparam("subjects", list(subjects), type_=sa.ARRAY(sa.Uuid))
    statement = sa.select(stone.subject).where(
        stone.gemeente == gemeente, stone.subject == sa.any_(wanted)
    )
    return set((await connection.execute(statement)).scalars())


async def remove_rows(work: Work, metadata: sa.MetaData, column: str, subject: UUID) -> None:
    """Delete every row of data that names the thing, and its dead letters."""
    for table in reversed(metadata.sorted_tables):
        if table.info.get("isolated") and column in table.c:
            ours = sa.and_(table.c.gemeente == work.gemeente, table.c[column] == subject)
            await work.query(sa.delete(table).where(ours))
    letters = tables.dead_letters
    await work.query(sa.delete(letters).where(letters.c.key == str(subject).encode()))


async def try_again(item: Item, _: str, work: Work) -> None:
    """It went wrong too often; after a while it is tried anew, until it is done."""
    log.error("destruction_postponed", item=str(item.id))
    work.enqueue(
        DESTRUCTIONS, uuid5(item.id, "later"), item.payload, not_before=work.now + TRY_AGAIN
    )
