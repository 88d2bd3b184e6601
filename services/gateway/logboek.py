"""Looking through the logboek: by period, colleague, action, case and result."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.gateway import seals, tables
from services.gateway.errors import PeriodReversed, TooManyLines
from shared.chassis.database import Transaction

#: What a spreadsheet still opens quickly; an auditor who needs more takes a shorter period.
MOST_LINES = 100_000

#: A file that was refused was not seen.
FIRST_REFUSAL = 300

_log = tables.audit_log.c


@dataclass(frozen=True, slots=True)
class Question:
    """Which lines are asked for; what is None does not matter."""

    begin: date | None = None
    end: date | None = None
    actor: str | None = None
    action: str | None = None
    case_id: UUID | None = None
    result: int | None = None
    #: Addresses of files that hold the case: what was handed out of them counts as about it.
    files: tuple[str, ...] = ()

    def conditions(self, gemeente: str) -> sa.ColumnElement[bool]:
        """The lines that fit; raises PeriodReversed when the last day is before the first."""
        if self.begin is not None and self.end is not None and self.end < self.begin:
            raise PeriodReversed
        found = [_log.gemeente == gemeente]
        if self.begin is not None:
            found.append(_log.at >= seals.bounds(self.begin)[0])
        if self.end is not None:
            found.append(_log.at < seals.bounds(self.end)[1])
        wanted = (
            (_log.actor, self.actor),
            (_log.action, self.action),
            (_log.result, self.result),
        )
        found += [column == value for column, value in wanted if value is not None]
        if self.case_id is not None:
            handed_out = sa.and_(_log.object.in_(self.files), _log.result < FIRST_REFUSAL)
            found.append(sa.or_(_log.case_id == self.case_id, handed_out))
        return sa.and_(*found)


async def page(
    transaction: Transaction, gemeente: str, question: Question, number: int, size: int
) -> tuple[int, list[dict[str, Any]]]:
    """How many lines fit, and one page of them, newest first."""
    those = question.conditions(gemeente)
    total = await _count(transaction, those)
    statement = _named().where(those).order_by(_log.id.desc())
    rows = await transaction.connection.execute(statement.limit(size).offset((number - 1) * size))
    return total, [dict(row) for row in rows.mappings()]


async def everything(
    transaction: Transaction, gemeente: str, question: Question
) -> list[dict[str, Any]]:
    """All lines that fit, oldest first; raises TooManyLines when a file cannot hold them."""
    those = question.conditions(gemeente)
    total = await _count(transaction, those)
    if total > MOST_LINES:
        raise TooManyLines(total, MOST_LINES)
    rows = await transaction.connection.execute(_named().where(those).order_by(_log.id))
    return [dict(row) for row in rows.mappings()]


def _named() -> sa.Select[Any]:
    """Lines with the name of who acted, where that is a user of ours."""
    return sa.select(tables.audit_log, tables.users.c.name.label("actor_name")).outerjoin(
        tables.users, tables.users.c.id == _log.actor
    )


async def _count(transaction: Transaction, those: sa.ColumnElement[bool]) -> int:
    statement = sa.select(sa.func.count()).select_from(tables.audit_log).where(those)
    return int((await transaction.connection.execute(statement)).scalar_one())
