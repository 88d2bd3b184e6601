"""The read side of intake."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.ext.asyncio import AsyncConnection

from services.intake import tables
from services.intake.domain import (
    AliasList,
    Batch,
    Copy,
    CopyStatus,
    RefusedRow,
    Status,
    Upload,
)
from services.intake.frames import place_of
from shared.chassis import tables as chassis
from shared.chassis.database import Transaction
from shared.chassis.service import Item
from shared.chassis.work import Work

Rows = Sequence[sa.RowMapping]


def _newest(kind: sa.Table, person: sa.Column[Any]) -> sa.Select[Any]:
    """Rows with the name of the colleague that `person` points at."""
    users = chassis.gebruikers
    return sa.select(kind, users.c.name.label("person_name")).select_from(
        kind.outerjoin(users, users.c.id == person)
    )


async def uploads_page(
    transaction: Transaction, status: Status | None, page: int, size: int
) -> tuple[int, Rows]:
    """How many uploads there are (with a status), and one page of them, newest first."""
    table = tables.uploads
    shown = table.c.status != Status.EXPIRED
    if status is not None:
        shown = sa.and_(shown, table.c.status == status)
    statement = (
        _newest(table, table.c.received_by)
        .where(shown)
        .order_by(table.c.received_at.desc(), table.c.id)
    )
    return await _page(transaction, sa.select(sa.func.count()).where(shown), statement, page, size)


async def upload_row(transaction: Transaction, upload_id: UUID) -> sa.RowMapping | None:
    """One upload, with the name of who sent it."""
    table = tables.uploads
    statement = _newest(table, table.c.received_by).where(
        table.c.id == upload_id, table.c.status != Status.EXPIRED
    )
    found: sa.RowMapping | None = (
        (await transaction.connection.execute(statement)).mappings().first()
    )
    return found


async def findings_page(
    transaction: Transaction,
    upload_id: UUID,
    kind: str | None,
    severity: str | None,
    page: int,
    size: int,
    from_row: int | None = None,
) -> tuple[int, Rows]:
    """How many stored findings there are of a kind and severity, and one page, by row."""
    table = tables.findings
    where = [table.c.upload_id == upload_id]
    if kind is not None:
        where.append(table.c.kind == kind)
    if severity is not None:
        where.append(table.c.severity == severity)
    if from_row is not None:
        where.append(table.c.row >= from_row)
    count = sa.select(sa.func.count()).select_from(table).where(*where)
    statement = sa.select(table).where(*where).order_by(table.c.place)
    return await _page(transaction, count, statement, page, size)


async def batch_row(transaction: Transaction, batch_id: UUID) -> tuple[Batch, str, int] | None:
    """A batch, the name of who confirmed it, and how many of its rows were refused."""
    table, refused = tables.batches, tables.refused_rows
    statement = _newest(table, table.c.confirmed_by).where(table.c.id == batch_id)
    row = (await transaction.connection.execute(statement)).mappings().first()
    if row is None:
        return None
    those = sa.and_(refused.c.batch_id == batch_id, ~refused.c.is_withdrawn)
    count = sa.select(sa.func.count()).select_from(refused).where(those)
    number = (await transaction.connection.execute(count)).scalar_one()
    batch = Batch(**{column.name: row[column.name] for column in table.columns})
    return batch, row["person_name"] or batch.confirmed_by, number


async def refused_rows_page(
    transaction: Transaction, batch_id: UUID, page: int, size: int
) -> tuple[int, list[RefusedRow]]:
    """How many rows of a batch were refused, and one page of them, by row."""
    table = tables.refused_rows
    those = sa.and_(table.c.batch_id == batch_id, ~table.c.is_withdrawn)
    count = sa.select(sa.func.count()).select_from(table).where(those)
    statement = sa.select(table).where(those).order_by(table.c.row)
    total, rows = await _page(transaction, count, statement, page, size)
    return total, [RefusedRow(**row) for row in rows]


async def _page(
    transaction: Transaction,
    count: sa.Select[Any],
    statement: sa.Select[Any],
    page: int,
    size: int,
) -> tuple[int, Rows]:
    total = (await transaction.connection.execute(count)).scalar_one()
    rows = await transaction.connection.execute(statement.limit(size).offset((page - 1) * size))
    return total, rows.mappings().all()


async def locked_upload(work: Work, upload_id: UUID) -> Upload | None:
    """An upload, locked until the transaction ends."""
    table = tables.uploads
    answer = await work.query(sa.select(table).where(table.c.id == upload_id).with_for_update())
    row = answer.mappings().first()
    return None if row is None else Upload(**row)


async def uploads_of(items: Sequence[Item], work: Work) -> dict[Any, Upload]:
    """The uploads that items are about, by item."""
    table = tables.uploads
    wanted = {item.id: UUID(item.payload["upload"]) for item in items}
    answer = await work.query(sa.select(table).where(table.c.id.in_(set(wanted.values()))))
    found = {row["id"]: Upload(**row) for row in answer.mappings()}
    return {item: found[upload] for item, upload in wanted.items() if upload in found}


async def batches_of(items: Sequence[Item], work: Work) -> dict[Any, Batch]:
    """The batches that items are about, by item."""
    table = tables.batches
    wanted = {UUID(item.payload["batch"]) for item in items}
    answer = await work.query(sa.select(table).where(table.c.id.in_(list(wanted))))
    found = {row["id"]: Batch(**row) for row in answer.mappings()}
    return {
        item.id: found[batch_id]
        for item in items
        if (batch_id := UUID(item.payload["batch"])) in found
    }


async def is_known_upload(work: Work, upload_id: UUID) -> bool:
    """Whether a gemeente has this upload, and it has not expired."""
    table = tables.uploads
    statement = sa.select(table.c.id).where(
        table.c.id == upload_id, table.c.status != Status.EXPIRED
    )
    return (await work.query(statement)).first() is not None


async def previous_upload(work: Work, upload: Upload) -> Upload | None:
    """The checked upload that this one is compared with.

    It is the one that its sender named, else the newest earlier one of the same sender that had
    errors and that no cases were opened for.
    """
    table = tables.uploads
    statement = sa.select(table).where(table.c.attempt > 0, table.c.status != Status.EXPIRED)
    if upload.replaces:
        statement = statement.where(table.c.id == upload.replaces)
    else:
        statement = statement.where(
            table.c.received_by == upload.received_by,
            table.c.id != upload.id,
            table.c.received_at <= upload.received_at,
            table.c.status == Status.CHECKED,
            table.c.errors > 0,
        )
    newest = statement.order_by(table.c.received_at.desc()).limit(1)
    row = (await work.query(newest)).mappings().first()
    return None if row is None else Upload(**row)


async def earlier_upload(work: Work, upload: Upload) -> sa.RowMapping | None:
    """The newest earlier upload of exactly the same file, with the name of who sent it."""
    table = tables.uploads
    statement = (
        _newest(table, table.c.received_by)
        .where(
            table.c.sha256 == upload.sha256,
            table.c.id != upload.id,
            table.c.received_at <= upload.received_at,
            table.c.status != Status.EXPIRED,
        )
        .order_by(table.c.received_at.desc())
        .limit(1)
    )
    return (await work.query(statement)).mappings().first()


async def reserve_numbers(work: Work, year: int, many: int) -> int:
    """Take the next `many` case numbers of a year; answers the first of them."""
    table = tables.case_numbers
    statement = pg.insert(table).values(gemeente=work.gemeente, year=year, last=many)
    answer = await work.query(
        statement.on_conflict_do_update(
            index_elements=[table.c.gemeente, table.c.year],
            set_={"last": table.c.last + statement.excluded.last},
        ).returning(table.c.last)
    )
    last: int = answer.scalar_one()
    return last - many + 1


async def expired_uploads(work: Work, many: int) -> list[Upload]:
    """Uploads whose retention has ended, locked; not while rows of theirs wait for publishing."""
    table, batches = tables.uploads, tables.batches
    waiting = sa.exists().where(
        batches.c.upload_id == table.c.id, batches.c.offered < batches.c.rows
    )
    statement = (
        sa.select(table)
        .where(table.c.expires_at <= work.now, ~waiting)
        .order_by(table.c.id)
        .limit(many)
        .with_for_update(of=table)
    )
    return [Upload(**row) for row in (await work.query(statement)).mappings()]


async def aliases(connection: AsyncConnection, gemeente: str) -> AliasList | None:
    """A gemeente's own names for columns, if it has any."""
    table = tables.alias_lists
    answer = await connection.execute(sa.select(table).where(table.c.gemeente == gemeente))
    row = answer.mappings().first()
    return None if row is None else AliasList(**row)


async def locked_alias_version(work: Work) -> int:
    """The version of the list of own names; others who change it wait until this one is done."""
    name = f"aliases|{work.gemeente}"
    await work.query(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(name, 0))))
    found = await aliases(work.connection, work.gemeente)
    return found.version if found else 0


async def copies_page(
    transaction: Transaction, upload_id: UUID, page: int, size: int
) -> tuple[int, list[Copy]]:
    """How many copies of an upload may be had, and one page of them, newest first."""
    table = tables.copies
    where = (table.c.upload_id == upload_id, table.c.expires_at > transaction.now)
    count = sa.select(sa.func.count()).select_from(table).where(*where)
    statement = sa.select(table).where(*where).order_by(table.c.requested_at.desc(), table.c.id)
    total, rows = await _page(transaction, count, statement, page, size)
    return total, [Copy(**row) for row in rows]


async def copy_row(transaction: Transaction, copy_id: UUID) -> Copy | None:
    """A copy that may still be had."""
    table = tables.copies
    statement = sa.select(table).where(table.c.id == copy_id, table.c.expires_at > transaction.now)
    row = (await transaction.connection.execute(statement)).mappings().first()
    return None if row is None else Copy(**row)


async def usable_copy(work: Work, upload_id: UUID, kind: str) -> UUID | None:
    """The id of a copy of this kind that is being made or can be had."""
    table = tables.copies
    statement = sa.select(table.c.id).where(
        table.c.upload_id == upload_id,
        table.c.kind == kind,
        table.c.status != CopyStatus.FAILED,
        table.c.expires_at > work.now,
    )
    found: UUID | None = (await work.query(statement)).scalars().first()
    return found


async def copies_of(items: Sequence[Item], work: Work) -> dict[Any, Copy]:
    """The copies that items are about, by item."""
    table = tables.copies
    wanted = {UUID(item.payload["copy"]): item.id for item in items}
    answer = await work.query(sa.select(table).where(table.c.id.in_(list(wanted))))
    return {wanted[row["id"]]: Copy(**row) for row in answer.mappings()}


async def locked_copy(work: Work, copy_id: UUID) -> Copy | None:
    """A copy, locked until the transaction ends."""
    table = tables.copies
    answer = await work.query(sa.select(table).where(table.c.id == copy_id).with_for_update())
    row = answer.mappings().first()
    return None if row is None else Copy(**row)


async def expired_copies(work: Work, many: int) -> list[Copy]:
    """Copies whose days are over."""
    table = tables.copies
    statement = (
        sa.select(table).where(table.c.expires_at <= work.now).order_by(table.c.id).limit(many)
    )
    return [Copy(**row) for row in (await work.query(statement)).mappings()]


async def orphaned_files(connection: AsyncConnection, keys: Sequence[str]) -> set[str]:
    """The keys of files of no upload that is kept, and of frames of a check that did not count."""
    places = {key: place for key in keys if (place := place_of(key)) is not None}
    table = tables.uploads
    rows = await connection.execute(
        sa.select(table.c.id, table.c.attempt).where(
            table.c.id.in_({upload_id for upload_id, _ in places.values()}),
            table.c.status != Status.EXPIRED,
        )
    )
    counts = {row.id: row.attempt for row in rows}
    return {
        key
        for key, (upload_id, attempt) in places.items()
        if upload_id not in counts or (attempt is not None and attempt < counts[upload_id])
    }
