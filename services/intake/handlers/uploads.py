"""What happens with uploads and their rows: received, checked, confirmed, offered, forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid5

import sqlalchemy as sa

from services.intake import queries, tables
from services.intake.domain import (
    LOCAL_TIME,
    Batch,
    OfferedRow,
    Outcome,
    RefusedRow,
    Status,
    ToCheck,
    Unreadable,
    Upload,
    batch_id_of,
    year_of,
)
from services.intake.errors import UnknownUpload, UploadNotFound
from shared.chassis.mapper import columns_of, insert
from shared.chassis.service import Item
from shared.chassis.work import FOR_A_PERSON, Work
from shared.contracts.envelope import Event
from shared.contracts.events import (
    BatchBevestigd,
    RijAangeboden,
    RijGeweigerd,
    WeigeringIngetrokken,
)

CHECKS, FRAMES, RETENTION = "checks", "frames", "retention"
#: A day brings some tens of uploads; what is left over is taken at the next turn.
EXPIRED_AT_ONCE = 1000
CHECK_FAILED = "controle-mislukt"


@dataclass(frozen=True, slots=True)
class ReceiveUpload:
    """A colleague sent a file; it lies in the store under `id`."""

    id: UUID
    file_name: str
    sha256: str
    size: int
    replaces: UUID | None = None


@dataclass(frozen=True, slots=True)
class ConfirmUpload:
    """A colleague agrees to open a case for every row of an upload, or for every good one."""

    upload_id: UUID
    without_wrong_rows: bool = False


async def receive_upload(command: ReceiveUpload, work: Work) -> dict[str, Any]:
    """A file that came in is put in the line to be checked."""
    if command.replaces and not await queries.is_known_upload(work, command.replaces):
        raise UnknownUpload
    upload = Upload(
        command.id,
        work.gemeente,
        command.file_name,
        command.sha256,
        command.size,
        Status.RECEIVED,
        received_at=work.now,
        received_by=work.actor,
        replaces=command.replaces,
    )
    work.add(tables.uploads, upload)
    work.enqueue(
        CHECKS, uuid5(upload.id, CHECKS), {"upload": str(upload.id)}, priority=FOR_A_PERSON
    )
    return {"id": str(upload.id), "bestandsnaam": upload.file_name, "status": upload.status.value}


async def confirm_upload(command: ConfirmUpload, work: Work) -> dict[str, Any]:
    """A checked file becomes a batch, once; its good rows are numbered and offered."""
    upload = work.found(Upload, command.upload_id)
    if upload is None or upload.status == Status.EXPIRED:
        raise UploadNotFound
    if upload.status != Status.CONFIRMED:
        upload.require_confirmable(without_wrong_rows=command.without_wrong_rows)
        await _open_batch(upload, work)
    return {
        "batchId": str(batch_id_of(upload.id)),
        "aantalRijen": upload.good_rows,
        "aantalWeggelaten": upload.wrong_rows,
    }


async def _open_batch(upload: Upload, work: Work) -> None:
    year = year_of(work.now)
    batch = Batch(
        batch_id_of(upload.id),
        upload.gemeente,
        upload.id,
        upload.file_name,
        upload.good_rows,
        upload.attempt,
        year,
        first=await queries.reserve_numbers(work, year, upload.good_rows),
        left_out=upload.wrong_rows,
        confirmed_at=work.now,
        confirmed_by=work.actor,
    )
    work.save(tables.uploads, upload.confirmed(batch.id, work.now))
    work.add(tables.batches, batch)
    work.record(
        BatchBevestigd(batchId=batch.id, bestandsnaam=batch.file_name, aantalRijen=batch.rows),
        sequence=1,
    )
    for number in range(1, batch.frames + 1):
        payload = {"batch": str(batch.id), "frame": number}
        work.enqueue(FRAMES, uuid5(batch.id, f"{FRAMES}|{number}"), payload, group=batch.id)


async def uploads_to_check(items: Sequence[Item], work: Work) -> dict[Any, ToCheck]:
    """Those uploads of the items that still wait for the outcome of a check."""
    today = work.now.astimezone(LOCAL_TIME).date()
    uploads = await queries.uploads_of(items, work)
    aliases = await queries.aliases(work.connection, work.gemeente)
    own_names = aliases.by_header if aliases else {}
    return {
        item_id: ToCheck(upload, today, own_names, await queries.previous_upload(work, upload))
        for item_id, upload in uploads.items()
        if upload.is_awaiting_check
    }


async def keep_outcome(item: Item, outcome: Outcome | Unreadable | None, work: Work) -> None:
    """What a check found is kept with the upload."""
    upload = await queries.locked_upload(work, UUID(item.payload["upload"]))
    if outcome is None or upload is None or not upload.is_awaiting_check:
        return
    if isinstance(outcome, Unreadable):
        work.save(tables.uploads, upload.refused(outcome.code, outcome.reason, work.now))
        return
    outcome = await _with_earlier(upload, outcome, work)
    work.save(tables.uploads, upload.checked(outcome, work.now))
    await insert(work.connection, tables.findings, columns_of(_finding_rows(upload, outcome)))


async def _with_earlier(upload: Upload, outcome: Outcome, work: Work) -> Outcome:
    """Add the warning that this very file came before, with when and by whom."""
    earlier = await queries.earlier_upload(work, upload)
    if earlier is None:
        return outcome
    moment = earlier["received_at"].astimezone(LOCAL_TIME)
    person = earlier["person_name"] or earlier["received_by"]
    return outcome.with_earlier(f"geüpload op {moment:%d-%m-%Y} om {moment:%H.%M} door {person}")


def _finding_rows(upload: Upload, outcome: Outcome) -> list[dict[str, Any]]:
    return [
        {
            "gemeente": upload.gemeente,
            "upload_id": upload.id,
            "place": place,
            "row": finding.row,
            "column": finding.column,
            "kind": finding.kind,
            "severity": finding.severity,
            "found": finding.found,
            "expected": finding.expected,
            "message": finding.message,
            "related": list(finding.related),
        }
        for place, finding in enumerate(outcome.findings)
    ]


async def give_up_check(item: Item, reason: str, work: Work) -> None:
    """A check that failed for good refuses the file, and says why."""
    upload = await queries.locked_upload(work, UUID(item.payload["upload"]))
    if upload is not None and upload.is_awaiting_check:
        work.save(tables.uploads, upload.refused(CHECK_FAILED, reason, work.now))


async def offer_rows(item: Item, rows: list[OfferedRow] | None, work: Work) -> None:
    """The rows of a frame are published, each with its case number."""
    if rows is None:
        return
    batch_id = UUID(item.payload["batch"])
    for row in rows:
        # Our own rows, checked when they were read: only what the envelope needs is filled in.
        known: dict[str, Any] = {"zaakId": row.case_id}
        offered = RijAangeboden.trusted(**known)
        work.record(offered, json=row.data, trace=row.case_id)
    batches = tables.batches
    await work.query(
        sa.update(batches)
        .where(batches.c.id == batch_id)
        .values(offered=batches.c.offered + len(rows))
    )


async def note_trouble(item: Item, reason: str, work: Work) -> None:
    """Rows that cannot be published are told on the batch."""
    batches = tables.batches
    await work.query(
        sa.update(batches).where(batches.c.id == UUID(item.payload["batch"])).values(trouble=reason)
    )


async def keep_refused_row(event: Event[RijGeweigerd], work: Work) -> None:
    """A row for which no case could be opened is kept for who sent the file."""
    data = event.data
    row = RefusedRow(
        data.zaakId,
        event.gemeente,
        data.batchId,
        data.rij,
        data.reden,
        data.lopendeZaak,
        event.sequence,
    )
    _keep_newest(row, work)


async def withdraw_refused_row(event: Event[WeigeringIngetrokken], work: Work) -> None:
    """A row that was refused got its case after all; the refusal is shown no more."""
    data = event.data
    row = RefusedRow(
        data.zaakId, event.gemeente, data.batchId, data.rij, "", None, event.sequence, True
    )
    _keep_newest(row, work)


def _keep_newest(row: RefusedRow, work: Work) -> None:
    known = work.found(RefusedRow, row.id)
    if known is None or known.sequence < row.sequence:
        work.save(tables.refused_rows, row)


async def expire_uploads(work: Work) -> None:
    """Uploads whose retention has ended disappear for users at once, and are deleted after."""
    for upload in await queries.expired_uploads(work, EXPIRED_AT_ONCE):
        work.save(tables.uploads, replace(upload, status=Status.EXPIRED))
        # The day is part of the id: what fails for good today is tried again tomorrow.
        item_id = uuid5(upload.id, f"{RETENTION}|{work.now.date()}")
        work.enqueue(RETENTION, item_id, {"upload": str(upload.id)})


async def expired_of(items: Sequence[Item], work: Work) -> dict[Any, Upload]:
    """Those uploads of the items whose retention has ended."""
    uploads = await queries.uploads_of(items, work)
    return {key: upload for key, upload in uploads.items() if upload.status == Status.EXPIRED}


async def forget_upload(item: Item, deleted: int | None, work: Work) -> None:
    """The files are gone; now the findings and the upload itself."""
    if deleted is None:
        return
    upload_id = UUID(item.payload["upload"])
    for table, column in (
        (tables.findings, tables.findings.c.upload_id),
        (tables.copies, tables.copies.c.upload_id),
        (tables.uploads, tables.uploads.c.id),
    ):
        await work.query(sa.delete(table).where(column == upload_id))


async def leave_for_tomorrow(_: Item, __: str, ___: Work) -> None:
    """The timer of the next day tries again: the upload still stands as expired."""
