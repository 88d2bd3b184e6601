"""The end of an inzage: its time is over, or a case in it was destroyed.

The gateway follows no topic, so it asks cases, now and then and whenever somebody opens a file,
whether every case in it is still there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

import structlog

from services.gateway import tables
from services.gateway.inzage import reading
from services.gateway.inzage.rules import Inzage, Status
from services.gateway.inzage.shares import Shares
from services.gateway.upstream import Upstream
from shared.chassis.bucket import Bucket
from shared.chassis.service import Item
from shared.chassis.work import Work

ENDS = "inzage-ends"
#: One look at a time of each file: a look that waits for cases is not followed by others.
LOOK = timedelta(seconds=30)

log = structlog.get_logger()


async def look(work: Work) -> None:
    """Have every file looked at whose time may be over."""
    turn = int(work.now.timestamp() // LOOK.total_seconds())
    for inzage in await reading.kept(work):
        work.enqueue(ENDS, uuid5(inzage, f"end|{turn}"), {"inzage": str(inzage)})


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that is there, and whether its time is over."""

    inzage: Inzage
    is_expired: bool


@dataclass(frozen=True, slots=True)
class Ending:
    """Removes files, first from the store and then from the list."""

    upstream: Upstream
    bucket: Bucket

    async def prepare(self, items: Sequence[Item], work: Work) -> Mapping[Any, Kept]:
        """The inzagen that still have a file."""
        found = await reading.by_ids(work, {UUID(item.payload["inzage"]) for item in items})
        kept = {
            str(each.id): Kept(each, each.is_expired(work.now))
            for each in found
            if each.status == Status.READY
        }
        return {
            item.id: kept[item.payload["inzage"]]
            for item in items
            if item.payload["inzage"] in kept
        }

    async def perform(self, item: Item, kept: Kept) -> bool | None:
        """Delete the file when it must go; whether that is because of a destruction, or None."""
        inzage, is_destroyed = kept.inzage, False
        if not kept.is_expired:
            is_destroyed = await has_destroyed(self.upstream, inzage, item.traceparent)
        if not kept.is_expired and not is_destroyed:
            return None
        await self.bucket.delete(inzage.key)
        return is_destroyed

    async def record(self, item: Item, is_destroyed: bool | None, work: Work) -> None:
        """It is removed, and the list says why."""
        if is_destroyed is None:
            return
        for inzage in await reading.by_ids(work, [UUID(item.payload["inzage"])]):
            work.save(tables.inzagen, inzage.removed(because_destroyed=is_destroyed))
            log.info("inzage_removed", inzage=str(inzage.id), because_destroyed=is_destroyed)

    async def failed(self, item: Item, _: str, __: Work) -> None:
        """The next look tries again."""
        log.warning("inzage_not_removed", inzage=item.payload["inzage"])


async def has_destroyed(upstream: Upstream, inzage: Inzage, traceparent: str | None) -> bool:
    """Whether a case in the file is no more. Raises PartAway when cases does not say."""
    there = await Shares.of(upstream, inzage.gemeente, traceparent).there(inzage.case_ids)
    return bool(set(inzage.case_ids) - there)
