"""What is read about letters that wait to be printed, were posted or came back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.documents import tables
from services.documents.domain import LetterState, PrintState
from services.documents.domain.printing import PrintOptions, ToPrint, default_options_id
from services.documents.queries import TO_PRINT, Rows, of_deceased, page_of
from shared.chassis.tables import gebruikers
from shared.contracts.codes import Purpose

_letters = tables.documents.c
_inside = tables.print_file_letters.c
_files = tables.print_files.c
_back = tables.returned_letters.c
_options = tables.print_options.c


class Waiting(NamedTuple):
    """How many letters of a purpose wait, and since when the oldest does."""

    purpose: str
    many: int
    oldest: datetime


def _waits(gemeente: str, purpose: Purpose | None = None) -> sa.ColumnElement[bool]:
    """Letters of single cases that are made and in no print file."""
    which = [
        _letters.gemeente == gemeente,
        _letters.batch_id.is_(None),
        _letters.state == LetterState.MADE,
        ~sa.exists().where(_inside.document_id == _letters.id),
        ~of_deceased(_letters.case_id),
    ]
    if purpose is not None:
        which.append(_letters.purpose == purpose)
    return sa.and_(*which)


async def counts(connection: AsyncConnection, gemeente: str) -> list[Waiting]:
    """The letters that wait, per purpose."""
    statement = (
        sa.select(_letters.purpose, sa.func.count(), sa.func.min(_letters.ended_at))
        .where(_waits(gemeente))
        .group_by(_letters.purpose)
        .order_by(_letters.purpose)
    )
    return [Waiting(*row) for row in await connection.execute(statement)]


async def page(
    connection: AsyncConnection, gemeente: str, purpose: Purpose | None, number: int, size: int
) -> tuple[int, Rows]:
    """One page of the letters that wait, the oldest first."""
    columns = [column for column in tables.documents.columns if column.name != "merge_values"]
    statement = sa.select(*columns).where(_waits(gemeente, purpose))
    return await page_of(connection, statement, (_letters.ended_at, _letters.id), number, size)


async def to_print(
    connection: AsyncConnection,
    gemeente: str,
    chosen: Collection[UUID] | None,
    purpose: Purpose | None,
) -> list[ToPrint]:
    """The letters that wait: all, those of a purpose, or of those the chosen ones.

    Their place is their turn: the letter that waits longest is first.
    """
    statement = sa.select(*TO_PRINT).where(_waits(gemeente, purpose))
    if chosen is not None:
        statement = statement.where(_letters.id.in_(chosen))
    rows = await connection.execute(statement.order_by(_letters.ended_at, _letters.id))
    found = [ToPrint(*row) for row in rows]
    return [letter._replace(place=turn) for turn, letter in enumerate(found, start=1)]


async def last_number(connection: AsyncConnection, gemeente: str) -> int:
    """The number of the newest print file of single cases; 0 without one."""
    statement = sa.select(sa.func.coalesce(sa.func.max(_files.number), 0)).where(
        _files.gemeente == gemeente, _files.batch_id.is_(None)
    )
    return int((await connection.execute(statement)).scalar_one())


async def print_files_of_cases(
    connection: AsyncConnection, gemeente: str, number: int, size: int
) -> tuple[int, Rows]:
    """One page of the print files of single cases, newest first."""
    statement = sa.select(tables.print_files).where(
        _files.gemeente == gemeente, _files.batch_id.is_(None)
    )
    return await page_of(connection, statement, (_files.number.desc(), _files.part), number, size)


async def print_files_with(
    connection: AsyncConnection, gemeente: str, case_id: UUID, batch_id: UUID | None
) -> list[UUID]:
    """The print files with a letter of a case.

    Of a destroyed case nobody knows that any more: then those of its batch, and those of single
    cases, that were closed because a case in them was destroyed.
    """
    inside = sa.select(_inside.print_file_id).join(
        tables.documents, _letters.id == _inside.document_id
    )
    mine = inside.where(_letters.gemeente == gemeente, _letters.case_id == case_id)
    has_letters = sa.exists().where(_letters.gemeente == gemeente, _letters.case_id == case_id)
    of_batch = sa.or_(_files.batch_id == batch_id, _files.batch_id.is_(None))
    gone = sa.and_(~has_letters, of_batch, _files.state == PrintState.GONE)
    statement = (
        sa.select(_files.id)
        .where(_files.gemeente == gemeente, sa.or_(_files.id.in_(mine), gone))
        .order_by(_files.id)
    )
    return list((await connection.execute(statement)).scalars())


async def options(connection: AsyncConnection, options_id: UUID) -> PrintOptions | None:
    """What was chosen under an id."""
    statement = sa.select(tables.print_options).where(_options.id == options_id)
    row = (await connection.execute(statement)).mappings().first()
    return None if row is None else PrintOptions(**row)


async def options_of_batch(
    connection: AsyncConnection, gemeente: str, batch_id: UUID
) -> PrintOptions:
    """What was chosen for a batch, else what the gemeente has for all its batches."""
    default = default_options_id(gemeente)
    found = await options(connection, batch_id) or await options(connection, default)
    return found or PrintOptions(default, gemeente)


async def is_deceased(connection: AsyncConnection, case_id: UUID) -> bool:
    """Whether a letter of this case came back because the resident died."""
    return bool((await connection.execute(sa.select(of_deceased(sa.literal(case_id))))).scalar())


async def letters_to_post(
    connection: AsyncConnection, gemeente: str, file_id: UUID, after: int, limit: int
) -> Rows:
    """The next letters of a print file after a place, with what their news says."""
    statement = (
        sa.select(
            _inside.place,
            _letters.id,
            _letters.case_id,
            _letters.delivery_id,
            _letters.purpose,
        )
        .join(tables.documents, _letters.id == _inside.document_id)
        .where(
            _inside.gemeente == gemeente,
            _inside.print_file_id == file_id,
            _inside.place > after,
            _letters.state == LetterState.MADE,
        )
        .order_by(_inside.place)
        .limit(limit)
    )
    return list((await connection.execute(statement)).mappings())


async def printed_letters(connection: AsyncConnection, gemeente: str, number: str) -> Rows:
    """The letters of a case by its number, the last one printed first; unprinted ones last."""
    statement = (
        sa.select(
            _letters.id,
            _letters.case_id,
            _letters.batch_id,
            _letters.delivery_id,
            _letters.case_number,
            _letters.purpose,
            _files.ended_at.label("printed_at"),
            _files.posted_on,
        )
        .outerjoin(tables.print_file_letters, _inside.document_id == _letters.id)
        .outerjoin(
            tables.print_files,
            sa.and_(
                _files.id == _inside.print_file_id,
                _files.state.not_in([PrintState.BUILDING, PrintState.FAILED]),
            ),
        )
        .where(_letters.gemeente == gemeente, _letters.case_number == number)
        .order_by(_files.ended_at.desc().nulls_last(), _letters.asked_at.desc())
    )
    return list((await connection.execute(statement)).mappings())


async def returned_page(
    connection: AsyncConnection,
    gemeente: str,
    batch_id: UUID | None,
    number: str | None,
    page_number: int,
    size: int,
) -> tuple[int, Rows]:
    """One page of returned letters, newest first; of a batch or a case number when given."""
    statement = sa.select(tables.returned_letters).where(_back.gemeente == gemeente)
    if batch_id is not None:
        statement = statement.where(_back.batch_id == batch_id)
    if number is not None:
        statement = statement.where(_back.case_number == number)
    return await page_of(connection, statement, (_back.at.desc(), _back.id), page_number, size)


async def names(connection: AsyncConnection, users: Sequence[str]) -> dict[str, str]:
    """The names of the users that this service has met."""
    statement = sa.select(gebruikers.c.id, gebruikers.c.name).where(gebruikers.c.id.in_(users))
    return {row[0]: row[1] for row in await connection.execute(statement)}
