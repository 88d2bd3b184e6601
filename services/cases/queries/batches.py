"""Batches: which may move on, how far they are, and what was refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.cases import domain, tables
from services.cases.domain import Batch, BatchStatus, DeliveryState, Figures
from services.cases.queries.parts import Page, count
from services.cases.queries.remains import Remains, remains_of_batches
from shared.chassis.mapper import Mapper
from shared.chassis.work import Work
from shared.contracts.codes import Channel

#: A starter that cases never met is looked for this long; after that the mail would be old news.
TELL_WITHIN = timedelta(days=1)

_batches = tables.batches.c
_deliveries = tables.deliveries.c
_refusals = tables.refusals.c
#: Under which name a letter or mail in a state is counted.
FIGURE = {
    (Channel.LETTER, DeliveryState.PLANNED): "letters_planned",
    (Channel.LETTER, DeliveryState.ASKED): "letters_asked",
    (Channel.LETTER, DeliveryState.DONE): "letters_made",
    (Channel.LETTER, DeliveryState.FAILED): "letters_failed",
    (Channel.LETTER, DeliveryState.EXCLUDED): "letters_excluded",
    (Channel.LETTER, DeliveryState.WITHDRAWN): "letters_withdrawn",
    (Channel.EMAIL, DeliveryState.EXCLUDED): "mails_excluded",
    (Channel.EMAIL, DeliveryState.WITHDRAWN): "mails_withdrawn",
    (Channel.EMAIL, DeliveryState.PLANNED): "mails_planned",
    (Channel.EMAIL, DeliveryState.ASKED): "mails_asked",
    (Channel.EMAIL, DeliveryState.DONE): "mails_sent",
    (Channel.EMAIL, DeliveryState.FAILED): "mails_failed",
    (Channel.EMAIL, DeliveryState.BOUNCED): "mails_bounced",
}


def is_opening() -> sa.ColumnElement[bool]:
    """Batches whose rows are still coming in."""
    return _batches.status == BatchStatus.OPENING


def may_close(now: datetime) -> sa.ColumnElement[bool]:
    """Batches of which nothing is under way; those that send, and those without any case.

    One without a case may still get one as long as a row waits for the beheerder. Those that were
    looked at before and wait for their print file are left out until it is there, or too late.
    """
    under_way = sa.exists().where(
        _deliveries.gemeente == _batches.gemeente,
        _deliveries.batch_id == _batches.id,
        _deliveries.state.in_([DeliveryState.PLANNED, DeliveryState.ASKED]),
    )
    empty = sa.and_(
        _batches.status == BatchStatus.OPEN,
        _batches.case_count == 0,
        ~sa.exists().where(
            _refusals.gemeente == _batches.gemeente,
            _refusals.batch_id == _batches.id,
            _refusals.by_fault,
        ),
    )
    waiting = sa.and_(
        _batches.sent_at.is_not(None),
        _batches.sent_at > now - domain.PRINT_FILE_PATIENCE,
        _batches.printed_at.is_(None),
    )
    sent = sa.and_(
        _batches.status == BatchStatus.SENDING, ~sa.func.coalesce(waiting, sa.false()), ~under_way
    )
    return sa.or_(empty, sent)


def waits_for_telling(now: datetime) -> sa.ColumnElement[bool]:
    """Batches whose starter may have to be told although no print file came."""
    closed = sa.and_(
        _batches.status == BatchStatus.CLOSED,
        _batches.closed_at > now - TELL_WITHIN,
    )
    late = sa.and_(
        _batches.status == BatchStatus.SENDING,
        _batches.approved_at <= now - domain.READY_AFTER,
    )
    return sa.and_(_batches.told_at.is_(None), sa.or_(closed, late))


async def lock_batches(work: Work, which: sa.ColumnElement[bool]) -> list[Batch]:
    """Lock the batches of the gemeente that are so now; one that is locked waits for next time."""
    statement = (
        sa.select(tables.batches)
        .where(_batches.gemeente == work.gemeente, which)
        .order_by(_batches.id)
        .with_for_update(skip_locked=True, of=tables.batches)
    )
    rows = (await work.query(statement)).mappings()
    return [work.mapper.to_item(tables.batches, row) for row in rows]


async def lock_batch(work: Work, batch_id: UUID) -> Batch | None:
    """One batch, locked; who holds it is waited for."""
    statement = sa.select(tables.batches).where(_batches.id == batch_id).with_for_update()
    row = (await work.query(statement)).mappings().first()
    return None if row is None else work.mapper.to_item(tables.batches, row)


async def opened_rows(connection: AsyncConnection, gemeente: str, batch: UUID) -> tuple[int, int]:
    """How many rows of a batch became a case, and how many were refused."""
    counts = [
        sa.select(sa.func.count())
        .where(table.c.gemeente == gemeente, table.c.batch_id == batch)
        .scalar_subquery()
        for table in (tables.cases, tables.refusals)
    ]
    row = (await connection.execute(sa.select(*counts))).one()
    return row[0], row[1]


async def rows_by_fault(
    connection: AsyncConnection, gemeente: str, batches: Sequence[UUID]
) -> dict[UUID, int]:
    """How many refused rows of each batch wait for the beheerder; one without is left out."""
    statement = (
        sa.select(_refusals.batch_id, sa.func.count())
        .where(_refusals.gemeente == gemeente, _refusals.batch_id.in_(batches), _refusals.by_fault)
        .group_by(_refusals.batch_id)
    )
    return {row[0]: row[1] for row in (await connection.execute(statement)).all()}


async def figures(connection: AsyncConnection, gemeente: str, batch: UUID) -> Figures:
    """How many letters and mails of a batch are in which state."""
    return (await figures_of(connection, gemeente, [batch])).get(batch, Figures())


async def figures_of(
    connection: AsyncConnection, gemeente: str, batches: Sequence[UUID]
) -> dict[UUID, Figures]:
    """The figures of several batches; one without deliveries is left out."""
    group = (_deliveries.batch_id, _deliveries.channel, _deliveries.state)
    statement = (
        sa.select(*group, sa.func.count().label("many"))
        .where(_deliveries.gemeente == gemeente, _deliveries.batch_id.in_(batches))
        .group_by(*group)
    )
    found: dict[UUID, dict[str, int]] = {}
    for batch, channel, state, many in (await connection.execute(statement)).all():
        found.setdefault(batch, {})[FIGURE[Channel(channel), DeliveryState(state)]] = many
    return {batch: Figures(**counts) for batch, counts in found.items()}


async def batch(connection: AsyncConnection, mapper: Mapper, batch_id: UUID) -> Batch | None:
    """One batch."""
    statement = sa.select(tables.batches).where(_batches.id == batch_id)
    row = (await connection.execute(statement)).mappings().first()
    return None if row is None else mapper.to_item(tables.batches, row)


async def batch_page(
    connection: AsyncConnection, mapper: Mapper, gemeente: str, offset: int, limit: int
) -> tuple[int, list[Batch]]:
    """The batches of a gemeente, newest first, and how many there are."""
    here = _batches.gemeente == gemeente
    statement = (
        sa.select(tables.batches)
        .where(here)
        .order_by(_batches.confirmed_at.desc(), _batches.id.desc())
        .offset(offset)
        .limit(limit)
    )
    rows = (await connection.execute(statement)).mappings()
    items = [mapper.to_item(tables.batches, row) for row in rows]
    return await count(connection, tables.batches, here), items


async def progress(
    connection: AsyncConnection, gemeente: str, batches: Sequence[Batch]
) -> dict[UUID, Figures]:
    """The figures of batches: frozen ones from the batch, the others counted."""
    found = {
        batch.id: Figures(
            letters_made=batch.letters_made or 0,
            letters_failed=batch.letters_failed or 0,
            mails_sent=batch.mails_sent or 0,
            mails_failed=batch.mails_failed or 0,
            letters_excluded=batch.letters_excluded or 0,
            letters_withdrawn=batch.letters_withdrawn or 0,
            mails_excluded=batch.mails_excluded or 0,
            mails_withdrawn=batch.mails_withdrawn or 0,
            mails_bounced=batch.mails_bounced or 0,
        )
        for batch in batches
        if batch.closed_at is not None
    }
    counted = [batch.id for batch in batches if batch.closed_at is None]
    found |= await figures_of(connection, gemeente, counted)
    gone = await remains_of_batches(connection, gemeente, [batch.id for batch in batches])
    for batch, row in (await _after_sending(connection, gemeente, batches)).items():
        gone[batch] = row.and_also(gone.get(batch, Remains()))
    for batch, all_of_it in gone.items():
        before = found.get(batch, Figures())
        found[batch] = replace(
            before, letters_posted=all_of_it.posted, letters_returned=all_of_it.returned
        )
    return found


async def _after_sending(
    connection: AsyncConnection, gemeente: str, batches: Sequence[Batch]
) -> dict[UUID, Remains]:
    """How many letters of batches were posted and came back, also after a batch was closed."""
    posted, returned = _deliveries.posted_on.is_not(None), _deliveries.returned_on.is_not(None)
    statement = (
        sa.select(
            _deliveries.batch_id,
            sa.func.count().filter(posted).label("posted"),
            sa.func.count().filter(returned).label("returned"),
        )
        .where(
            _deliveries.gemeente == gemeente,
            _deliveries.batch_id.in_([batch.id for batch in batches]),
            sa.or_(posted, returned),
        )
        .group_by(_deliveries.batch_id)
    )
    return {row[0]: Remains(*row[1:]) for row in await connection.execute(statement)}


async def refusal_page(
    connection: AsyncConnection, gemeente: str, batch_id: UUID, offset: int, limit: int
) -> Page:
    """The rows of a batch that became no case, in the file's order."""
    those = sa.and_(_refusals.gemeente == gemeente, _refusals.batch_id == batch_id)
    statement = (
        sa.select(tables.refusals).where(those).order_by(_refusals.row).offset(offset).limit(limit)
    )
    rows = (await connection.execute(statement)).mappings().all()
    return await count(connection, tables.refusals, those), rows
