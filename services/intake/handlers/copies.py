"""What happens with copies of a workbook: asked for, made, forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

import sqlalchemy as sa

from services.intake import queries, tables
from services.intake.domain import Copy, CopyKind, Status, ToCopy, Upload, ask_for_copy
from services.intake.errors import UploadNotFound
from shared.chassis.service import Item
from shared.chassis.work import FOR_A_PERSON, Work

COPIES, COPY_RETENTION_QUEUE = "copies", "copy-retention"
EXPIRED_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class RequestCopy:
    """A colleague wants the wrong rows of an upload back, or the whole workbook with its marks."""

    upload_id: UUID
    kind: CopyKind


async def request_copy(command: RequestCopy, work: Work) -> dict[str, Any]:
    """A copy is put in the line to be made; one that is there already is given again."""
    upload = work.found(Upload, command.upload_id)
    if upload is None or upload.status == Status.EXPIRED:
        raise UploadNotFound
    copy_id = uuid5(work.cause.id, f"{upload.id}|{command.kind}")
    copy = ask_for_copy(upload, command.kind, copy_id, work.actor, work.now)
    existing = await queries.usable_copy(work, upload.id, command.kind)
    if existing is not None:
        return {"id": str(existing)}
    work.add(tables.copies, copy)
    work.enqueue(COPIES, uuid5(copy.id, COPIES), _payload(copy), priority=FOR_A_PERSON)
    return {"id": str(copy.id)}


async def copies_to_make(items: Sequence[Item], work: Work) -> dict[Any, ToCopy]:
    """Those copies of the items that still wait, each with its upload."""
    copies = await queries.copies_of(items, work)
    uploads = await queries.uploads_of(items, work)
    return {
        item: ToCopy(copy, uploads[item])
        for item, copy in copies.items()
        if copy.is_awaited and item in uploads and uploads[item].status != Status.EXPIRED
    }


async def keep_copy(item: Item, size: int | None, work: Work) -> None:
    """A copy lies in the store; when its upload went meanwhile, it is deleted at once."""
    if size is None:
        return
    copy = await queries.locked_copy(work, UUID(item.payload["copy"]))
    if copy is None:
        _enqueue_removal(item.payload, work)
    else:
        work.save(tables.copies, copy.made(size))


async def give_up_copy(item: Item, reason: str, work: Work) -> None:
    """A copy that cannot be made says why."""
    copy = await queries.locked_copy(work, UUID(item.payload["copy"]))
    if copy is not None and copy.is_awaited:
        work.save(tables.copies, copy.failed(reason))


async def expire_copies(work: Work) -> None:
    """Copies whose days are over are deleted; nobody sees them from that moment."""
    for copy in await queries.expired_copies(work, EXPIRED_AT_ONCE):
        _enqueue_removal(_payload(copy), work)


async def forget_copy(item: Item, deleted: bool | None, work: Work) -> None:
    """The file is gone; now the copy itself."""
    if deleted:
        table = tables.copies
        await work.query(sa.delete(table).where(table.c.id == UUID(item.payload["copy"])))


async def leave_copy_for_later(_: Item, __: str, ___: Work) -> None:
    """The timer's next turn tries again: the copy still stands as expired."""


def _payload(copy: Copy) -> dict[str, Any]:
    return {"copy": str(copy.id), "upload": str(copy.upload_id)}


def _enqueue_removal(payload: dict[str, Any], work: Work) -> None:
    """The hour is part of the id: what fails for good now is tried again later."""
    copy_id = UUID(payload["copy"])
    item_id = uuid5(copy_id, f"{COPY_RETENTION_QUEUE}|{work.now:%Y-%m-%d %H}")
    work.enqueue(COPY_RETENTION_QUEUE, item_id, payload)
