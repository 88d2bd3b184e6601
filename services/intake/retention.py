"""The slow work of the queue `retention`: the files of an upload are deleted before its rows."""

from __future__ import annotations

from services.intake.domain import Upload
from services.intake.frames import prefix_of
from shared.chassis.bucket import Bucket
from shared.chassis.service import Item


class Retention:
    """Deletes the files of uploads whose time is up."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket

    async def perform(self, _: Item, prepared: Upload) -> int:
        """Delete every file of one upload; answers how many."""
        keys = await self._bucket.keys(prefix_of(prepared.gemeente, prepared.id))
        for key in keys:
            await self._bucket.delete(key)
        return len(keys)
