"""What is read of inzagen, and of the logboek for one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.gateway import description, tables
from services.gateway.inzage.rules import OPEN, Inzage, Status
from shared.chassis.database import Transaction
from shared.chassis.shelves import id_in
from shared.chassis.tables import gebruikers
from shared.chassis.work import Work

_table = tables.inzagen
_rows = _table.c
_log = tables.audit_log.c
#: What has no address of its own.
_OWN_WORDS = {"inzageVerzamelen": "Lees alles van een inwoner voor een inzage"}


def _of(rows: Iterable[Any]) -> list[Inzage]:
    columns = [column.name for column in _table.columns]
    return [Inzage(**{name: row[name] for name in columns}) for row in rows]


async def by_ids(work: Work, ids: Collection[Any]) -> list[Inzage]:
    """The inzagen with these ids."""
    return _of((await work.query(sa.select(_table).where(_rows.id.in_(ids)))).mappings())


async def one(connection: AsyncConnection, inzage_id: UUID) -> Inzage | None:
    """One inzage."""
    found = await connection.execute(sa.select(_table).where(_rows.id == inzage_id))
    return next(iter(_of(found.mappings())), None)


async def page(
    connection: AsyncConnection, gemeente: str, number: int, size: int
) -> tuple[int, list[Inzage]]:
    """How many inzagen a gemeente has, and one page of them, newest first."""
    those = _rows.gemeente == gemeente
    count = sa.select(sa.func.count()).select_from(_table).where(those)
    statement = sa.select(_table).where(those).order_by(_rows.asked_at.desc(), _rows.id)
    rows = await connection.execute(statement.limit(size).offset((number - 1) * size))
    return (await connection.execute(count)).scalar_one(), _of(rows.mappings())


async def under_way(work: Work, case_id: UUID, who: str) -> Inzage | None:
    """The inzage of this person that is being made now."""
    statement = sa.select(_table).where(
        _rows.gemeente == work.gemeente,
        _rows.case_id == case_id,
        _rows.who == who,
        _rows.status.in_(OPEN),
    )
    return next(iter(_of((await work.query(statement)).mappings())), None)


async def asked_by(work: Work, user: str, limit: int) -> list[datetime]:
    """The newest moments at which a user asked for one."""
    statement = (
        sa.select(_rows.asked_at)
        .where(_rows.gemeente == work.gemeente, _rows.asked_by == user)
        .order_by(_rows.asked_at.desc())
        .limit(limit)
    )
    return list((await work.query(statement)).scalars())


async def one_at_a_time(work: Work) -> None:
    """Two requests in a gemeente wait for each other, so that both see what the other asked."""
    key = sa.func.hashtextextended(f"inzage in {work.gemeente}", 0)
    await work.query(sa.select(sa.func.pg_advisory_xact_lock(key)))


async def kept(work: Work) -> Sequence[UUID]:
    """The inzagen whose file is there, the one that ends first before the others."""
    statement = (
        sa.select(_rows.id)
        .where(_rows.gemeente == work.gemeente, sa.text("status = 'gereed'"))
        .order_by(_rows.expires_at)
    )
    return (await work.query(statement)).scalars().all()


async def colleague(work: Work, user: str) -> sa.RowMapping | None:
    """Name and address of a colleague whom this service has met."""
    statement = sa.select(gebruikers).where(gebruikers.c.id == user)
    return (await work.query(statement)).mappings().first()


async def names(connection: AsyncConnection, users: Collection[str]) -> dict[str, str]:
    """The names of colleagues whom this service has met."""
    statement = sa.select(gebruikers.c.id, gebruikers.c.name).where(gebruikers.c.id.in_(users))
    return {row[0]: row[1] for row in (await connection.execute(statement)).all()}


async def orphans(connection: AsyncConnection, keys: Sequence[str]) -> set[str]:
    """The keys of files that no inzage has; one that failed or was removed has none."""
    ids = {key: id_in(key.rpartition("/")[2].partition(".")[0]) for key in keys}
    named = _rows.id.in_({one for one in ids.values() if one})
    wanted = sa.select(_rows.id).where(named, _rows.status.in_((*OPEN, Status.READY)))
    known = set((await connection.execute(wanted)).scalars())
    return {key for key, found in ids.items() if found is not None and found not in known}


async def logboek_of(
    transaction: Transaction, gemeente: str, case_ids: Sequence[str]
) -> Sequence[sa.RowMapping]:
    """The lines about these cases, oldest first."""
    statement = (
        sa.select(
            _log.at, _log.actor, _log.action, _log.result, _log.case_id, _log.detail, _log.reason
        )
        .where(_log.gemeente == gemeente, _log.case_id.in_([UUID(each) for each in case_ids]))
        .order_by(_log.id)
    )
    return (await transaction.connection.execute(statement)).mappings().all()


def logboek_line(row: sa.RowMapping) -> tuple[str, dict[str, Any]]:
    """The case of a line, and the line as a resident reads it: no address, no trace."""
    return str(row["case_id"]), {
        "op": row["at"].isoformat(),
        "door": row["actor"],
        "handeling": words_of_actions().get(row["action"], row["action"]),
        "isGelukt": row["result"] < 400,  # noqa: PLR2004 - where HTTP's errors begin
        "toelichting": row["detail"],
        "reden": row["reason"],
    }


@lru_cache(maxsize=1)
def words_of_actions() -> dict[str, str]:
    """What each action of the logboek is, in the words of the API's description."""
    paths = description.load()["paths"].values()
    found = {
        each["operationId"]: each["summary"]
        for path in paths
        for each in path.values()
        if isinstance(each, dict) and "operationId" in each
    }
    return found | _OWN_WORDS
