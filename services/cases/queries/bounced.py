"""The mails of a batch that came back, and whether their residents get a letter instead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.cases import domain, tables
from services.cases.domain import DeliveryState
from services.cases.queries.parts import NAME, Page, count
from shared.chassis.work import Work
from shared.contracts.codes import Channel, Purpose

_cases, _persons = tables.cases.c, tables.persons.c
_mails = tables.deliveries.c
_letters = tables.deliveries.alias("letters")


@dataclass(frozen=True, slots=True)
class Bounced:
    """A resident whose mail came back; `has_letter` when one is or was ordered too."""

    case: domain.Case
    name: sa.RowMapping
    has_letter: bool


def _those(gemeente: str, batch_id: UUID) -> sa.ColumnElement[bool]:
    return sa.and_(
        _mails.gemeente == gemeente,
        _mails.batch_id == batch_id,
        _mails.state == DeliveryState.BOUNCED,
    )


def _its_letter() -> sa.ColumnElement[bool]:
    """The invitation by letter of the same resident."""
    return sa.and_(
        _letters.c.gemeente == _mails.gemeente,
        _letters.c.case_id == _mails.case_id,
        _letters.c.channel == Channel.LETTER,
        _letters.c.purpose == Purpose.INVITATION,
    )


async def bounced_page(
    connection: AsyncConnection, gemeente: str, batch_id: UUID, offset: int, limit: int
) -> Page:
    """The mails of a batch that came back, in the file's order, with their resident."""
    those = _those(gemeente, batch_id)
    its_letter = (
        sa.select(_letters.c.state)
        .where(_its_letter())
        .order_by(_letters.c.ordinal.desc())
        .limit(1)
        .scalar_subquery()
    )
    statement = (
        sa.select(
            tables.deliveries,
            its_letter.label("letter_state"),
            _cases.number,
            _cases.row,
            _cases.has_address,
            *NAME,
        )
        .join(tables.cases, _cases.id == _mails.case_id)
        .join(tables.persons, _persons.id == _mails.case_id)
        .where(those)
        .order_by(_mails.place, _mails.id)
        .offset(offset)
        .limit(limit)
    )
    rows = (await connection.execute(statement)).mappings().all()
    return await count(connection, tables.deliveries, those), rows


async def lock_bounced(work: Work, batch_id: UUID, chosen: Sequence[UUID] | None) -> list[Bounced]:
    """Lock the cases of a batch whose mail came back; of the chosen ones, when there are."""
    those = _those(work.gemeente, batch_id)
    if chosen is not None:
        those = sa.and_(those, _mails.case_id.in_(chosen))
    came_back = sa.select(_mails.case_id).where(those)
    locked = (
        sa.select(tables.cases, *NAME)
        .join(tables.persons, _persons.id == _cases.id)
        .where(_cases.gemeente == work.gemeente, _cases.id.in_(came_back))
        .order_by(_cases.place)
        .with_for_update(of=tables.cases)
    )
    rows = (await work.query(locked)).mappings().all()
    invited = sa.select(_mails.case_id).where(
        _mails.gemeente == work.gemeente,
        _mails.case_id.in_([row["id"] for row in rows]),
        _mails.channel == Channel.LETTER,
        _mails.purpose == Purpose.INVITATION,
    )
    with_letter = set((await work.query(invited)).scalars())
    return [
        Bounced(work.mapper.to_item(tables.cases, row), row, row["id"] in with_letter)
        for row in rows
    ]
