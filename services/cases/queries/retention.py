"""Which cases may be destroyed, why others may not, and the register of what was."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.cases import tables, terms
from services.cases.domain import BatchStatus, DeliveryState
from services.cases.domain.retention import (
    Destroyed,
    Destruction,
    DestructionStatus,
    OwnTerms,
    Term,
    chosen,
)
from services.cases.queries.parts import Page, Rows, count
from shared.chassis.mapper import Mapper
from shared.chassis.work import Work

_cases = tables.cases.c
_holds = tables.holds.c
_lists = tables.destructions.c
_register = tables.destroyed_cases.c
#: A batch must be counted for good before a case of it may go.
_COUNTED = (BatchStatus.CLOSED, BatchStatus.WITHDRAWN)


async def own_terms(connection: AsyncConnection, mapper: Mapper, gemeente: str) -> OwnTerms | None:
    """What a gemeente chose itself."""
    table = tables.retention_terms
    statement = sa.select(table).where(table.c.gemeente == gemeente)
    row = (await connection.execute(statement)).mappings().first()
    return None if row is None else mapper.to_item(table, row)


async def terms_of(connection: AsyncConnection, mapper: Mapper, gemeente: str) -> tuple[Term, ...]:
    """The terms that count in a gemeente."""
    return chosen(terms.shipped(), await own_terms(connection, mapper, gemeente))


def due(gemeente: str, counting: Sequence[Term], now: datetime) -> sa.ColumnElement[bool]:
    """The cases whose term has passed."""
    return sa.and_(
        _cases.gemeente == gemeente,
        _cases.status.in_({term.status for term in counting}),
        _cases.closed_at <= sa.literal(now) - sa.func.make_interval(0, _months(counting)),
    )


def blocked() -> sa.ColumnElement[str | None]:
    """Why a case may not go all the same; null when it may."""
    batches, deliveries = tables.batches.c, tables.deliveries.c
    open_batch = sa.exists().where(
        batches.gemeente == _cases.gemeente,
        batches.id == _cases.batch_id,
        batches.status.not_in(_COUNTED),
    )
    under_way = sa.exists().where(
        deliveries.gemeente == _cases.gemeente,
        deliveries.case_id == _cases.id,
        deliveries.state == DeliveryState.ASKED,
    )
    held = sa.exists().where(_holds.gemeente == _cases.gemeente, _holds.id == _cases.id)
    return sa.case(
        (_cases.objection_at.isnot(None), "Er is bezwaar gemaakt."),
        (held, "Er staat een bewaarblokkade op."),
        (open_batch, "De batch van deze zaak is nog niet afgerond."),
        (under_way, "Er is nog een brief of e-mail onderweg."),
    )


def asked_already() -> sa.ColumnElement[bool]:
    """Whether a case stands in a list that nobody decided about yet, or that is being done."""
    return sa.exists().where(
        _register.gemeente == _cases.gemeente,
        _register.id == _cases.id,
        _register.kept_because.is_(None),
    )


async def dry_run(
    connection: AsyncConnection,
    gemeente: str,
    counting: Sequence[Term],
    now: datetime,
    kind: str | None,
    offset: int,
    limit: int,
) -> tuple[Page, Rows]:
    """A page of the cases that would go or are blocked, and how many there are per kind."""
    those = due(gemeente, counting, now)
    why, its_kind = blocked().label("blocked"), _kind(counting).label("kind")
    found = sa.select(
        _cases.id, _cases.number, _cases.closed_at, its_kind, _months(counting).label("months"), why
    ).where(those, ~asked_already())
    inner = found.subquery()
    per_kind = sa.select(
        inner.c.kind,
        sa.func.count().filter(inner.c.blocked.is_(None)).label("free"),
        sa.func.count().filter(inner.c.blocked.isnot(None)).label("blocked"),
    ).group_by(inner.c.kind)
    wanted = sa.select(inner)
    if kind is not None:
        wanted = wanted.where(inner.c.kind == kind)
    total = (
        await connection.execute(sa.select(sa.func.count()).select_from(wanted.subquery()))
    ).scalar_one()
    rows = await connection.execute(wanted.order_by(inner.c.number).offset(offset).limit(limit))
    counts = (await connection.execute(per_kind.order_by(inner.c.kind))).mappings().all()
    return (int(total), rows.mappings().all()), counts


async def due_cases(
    work: Work, counting: Sequence[Term], kinds: Sequence[str] | None
) -> Sequence[Any]:
    """Every case that may go now, of these kinds if any are named."""
    its_kind = _kind(counting).label("kind")
    those = sa.and_(due(work.gemeente, counting, work.now), blocked().is_(None), ~asked_already())
    months = _months(counting).label("months")
    statement = sa.select(
        _cases.id, _cases.batch_id, _cases.number, _cases.closed_at, its_kind, months
    ).where(those)
    if kinds:
        statement = statement.where(_kind(counting).in_(kinds))
    return (await work.query(statement.order_by(_cases.number))).mappings().all()


async def next_to_destroy(work: Work, destruction_id: UUID, limit: int) -> Sequence[Destroyed]:
    """The next cases of an approved list, locked."""
    table = tables.destroyed_cases
    statement = (
        sa.select(table)
        .where(
            _register.gemeente == work.gemeente,
            _register.destruction_id == destruction_id,
            _register.destroyed_at.is_(None),
            _register.kept_because.is_(None),
        )
        .order_by(_register.id)
        .limit(limit)
        .with_for_update()
    )
    return [work.mapper.to_item(table, row) for row in (await work.query(statement)).mappings()]


async def still_due(work: Work, counting: Sequence[Term], ids: Sequence[UUID]) -> dict[UUID, Any]:
    """Of these cases, locked: why each may not go now, or None."""
    why = sa.case(
        (~due(work.gemeente, counting, work.now), "De zaak is heropend."), else_=blocked()
    )
    statement = (
        sa.select(_cases.id, why.label("why"))
        .where(_cases.gemeente == work.gemeente, _cases.id.in_(ids))
        .order_by(_cases.id)
        .with_for_update(of=tables.cases)
    )
    return {row.id: row.why for row in await work.query(statement)}


async def running(work: Work) -> Sequence[Destruction]:
    """Lists that are being done, and of which every case was destroyed and answered, or kept."""
    table = tables.destructions
    waits = sa.exists().where(
        _register.gemeente == _lists.gemeente,
        _register.destruction_id == _lists.id,
        _register.kept_because.is_(None),
        sa.or_(
            _register.destroyed_at.is_(None),
            _register.letters_gone_at.is_(None),
            _register.mails_gone_at.is_(None),
            _register.messages_gone_at.is_(None),
            _register.row_gone_at.is_(None),
        ),
    )
    statement = (
        sa.select(table)
        .where(
            _lists.gemeente == work.gemeente,
            _lists.status == DestructionStatus.RUNNING,
            ~waits,
        )
        .with_for_update()
    )
    return [work.mapper.to_item(table, row) for row in (await work.query(statement)).mappings()]


async def destruction_page(
    connection: AsyncConnection, gemeente: str, offset: int, limit: int
) -> Page:
    """Lists, newest first, with how many of their cases are gone everywhere, and kept."""
    those = _lists.gemeente == gemeente
    statement = _with_counts().where(those).order_by(_lists.asked_at.desc(), _lists.id)
    rows = await connection.execute(statement.offset(offset).limit(limit))
    return await count(connection, tables.destructions, those), rows.mappings().all()


async def destruction(
    connection: AsyncConnection, gemeente: str, destruction_id: UUID
) -> sa.RowMapping | None:
    """One list with its counts."""
    statement = _with_counts().where(_lists.gemeente == gemeente, _lists.id == destruction_id)
    row: sa.RowMapping | None = (await connection.execute(statement)).mappings().first()
    return row


async def register_page(
    connection: AsyncConnection, gemeente: str, destruction_id: UUID, offset: int, limit: int
) -> Page:
    """The cases of a list, by number."""
    table = tables.destroyed_cases
    those = sa.and_(_register.gemeente == gemeente, _register.destruction_id == destruction_id)
    statement = sa.select(table).where(those).order_by(_register.number)
    rows = await connection.execute(statement.offset(offset).limit(limit))
    return await count(connection, table, those), rows.mappings().all()


async def hold(connection: AsyncConnection, gemeente: str, case_id: UUID) -> sa.RowMapping | None:
    """What keeps a case, if something does."""
    statement = sa.select(tables.holds).where(_holds.gemeente == gemeente, _holds.id == case_id)
    row: sa.RowMapping | None = (await connection.execute(statement)).mappings().first()
    return row


def _with_counts() -> sa.Select[Any]:
    ours = sa.and_(_register.gemeente == _lists.gemeente, _register.destruction_id == _lists.id)
    everywhere = sa.and_(
        _register.destroyed_at.isnot(None),
        _register.letters_gone_at.isnot(None),
        _register.mails_gone_at.isnot(None),
        _register.messages_gone_at.isnot(None),
        _register.row_gone_at.isnot(None),
    )
    gone = sa.select(sa.func.count()).where(ours, everywhere).scalar_subquery()
    kept = sa.select(sa.func.count()).where(ours, _register.kept_because.isnot(None))
    return sa.select(tables.destructions, gone.label("gone"), kept.scalar_subquery().label("kept"))


def _fits(term: Term) -> sa.ColumnElement[bool]:
    status = _cases.status == term.status
    return status if term.result is None else sa.and_(status, _cases.result == term.result)


def _kind(counting: Sequence[Term]) -> sa.ColumnElement[Any]:
    return sa.case(*((_fits(term), term.kind) for term in counting))


def _months(counting: Sequence[Term]) -> sa.ColumnElement[Any]:
    return sa.case(*((_fits(term), sa.literal(term.months, sa.Integer)) for term in counting))
