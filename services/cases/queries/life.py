"""What the acts in the life of a case must know, and cases that belong together."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.cases import domain, tables
from services.cases.domain import DeliveryState, working_days
from services.cases.queries.parts import NAME, Rows
from shared.chassis.mapper import Mapper
from shared.chassis.work import Work
from shared.contracts.codes import Purpose
from shared.contracts.merge_fields import DECISIONS

#: After one of these, in vain, a decision without data is due.
REMINDERS = (
    Purpose.FIRST_REMINDER,
    Purpose.SECOND_REMINDER,
    Purpose.THIRD_REMINDER,
    Purpose.LAST_CALL,
)
_cases = tables.cases.c
_persons = tables.persons.c
_deliveries = tables.deliveries.c
_decisions = tables.decisions.c


async def lock_waited(work: Work, limit: int) -> list[domain.Case]:
    """The cases that waited until today or earlier, locked; one that somebody has is for later."""
    statement = (
        sa.select(tables.cases)
        .where(
            _cases.gemeente == work.gemeente,
            sa.text(tables.WAITING),
            _cases.waiting_until <= working_days.today(work.now),
        )
        .order_by(_cases.waiting_until)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = (await work.query(statement)).mappings()
    return [work.mapper.to_item(tables.cases, row) for row in rows]


async def lock_deliveries(work: Work, case_id: UUID, state: DeliveryState) -> list[domain.Delivery]:
    """The letters and mails of a case, within its batch, that are so; locked."""
    statement = (
        sa.select(tables.deliveries)
        .where(
            _deliveries.gemeente == work.gemeente,
            _deliveries.case_id == case_id,
            _deliveries.batch_id.is_not(None),
            _deliveries.state == state,
        )
        .order_by(_deliveries.id)
        .with_for_update()
    )
    rows = (await work.query(statement)).mappings()
    return [work.mapper.to_item(tables.deliveries, row) for row in rows]


async def lock_delivery(work: Work, case_id: UUID, delivery_id: UUID) -> domain.Delivery | None:
    """One letter or mail of a case, locked."""
    statement = (
        sa.select(tables.deliveries)
        .where(_deliveries.id == delivery_id, _deliveries.case_id == case_id)
        .with_for_update()
    )
    row = (await work.query(statement)).mappings().first()
    return None if row is None else work.mapper.to_item(tables.deliveries, row)


async def deliveries_of_decision(work: Work, case: domain.Case) -> list[domain.Delivery]:
    """The letters and mails about the newest decision of a case."""
    newest = sa.select(_decisions.ordinal).where(_decisions.id == case.decision_id)
    statement = (
        sa.select(tables.deliveries)
        .where(
            _deliveries.gemeente == work.gemeente,
            _deliveries.case_id == case.id,
            _deliveries.purpose.in_(DECISIONS),
            _deliveries.ordinal == newest.scalar_subquery(),
        )
        .order_by(_deliveries.channel)
    )
    rows = (await work.query(statement)).mappings()
    return [work.mapper.to_item(tables.deliveries, row) for row in rows]


async def open_elsewhere(work: Work, case_id: UUID) -> str | None:
    """The number of another open case with somebody of this one, if there is one."""
    statement = sa.select(_persons.number).where(
        _persons.gemeente == work.gemeente,
        _persons.bsn_index.in_(await _indexes(work.connection, work.mapper, case_id)),
        _persons.open,
        _persons.case_id != case_id,
    )
    found: str | None = (await work.query(statement.limit(1))).scalar()
    return found


async def related(
    connection: AsyncConnection, mapper: Mapper, gemeente: str, case_id: UUID
) -> Rows:
    """Other cases, closed ones too, in which the resident or the partner occurs; newest first."""
    person = tables.persons.alias()
    theirs = sa.select(person.c.case_id).where(
        person.c.gemeente == gemeente,
        person.c.bsn_index.in_(await _indexes(connection, mapper, case_id)),
        person.c.case_id != case_id,
    )
    statement = (
        sa.select(tables.cases, *NAME, _persons.city)
        .join(tables.persons, _persons.id == _cases.id)
        .where(_cases.id.in_(theirs))
        .order_by(_cases.opened_at.desc(), _cases.number)
    )
    return (await connection.execute(statement)).mappings().all()


async def _indexes(connection: AsyncConnection, mapper: Mapper, case_id: UUID) -> list[bytes]:
    """Under what the people of a case can be found, with each key that is in use."""
    ids = [case_id, domain.partner_of(case_id)]
    rows = await connection.execute(sa.select(tables.persons).where(_persons.id.in_(ids)))
    people = [mapper.to_item(tables.persons, row) for row in rows.mappings()]
    return [index for person in people for index in mapper.keys.indexes(person.bsn)]


async def decisions(
    connection: AsyncConnection, mapper: Mapper, gemeente: str, case_id: UUID
) -> list[domain.Decision]:
    """The decisions of a case, newest first."""
    statement = (
        sa.select(tables.decisions)
        .where(_decisions.gemeente == gemeente, _decisions.case_id == case_id)
        .order_by(_decisions.ordinal.desc())
    )
    rows = (await connection.execute(statement)).mappings()
    return [mapper.to_item(tables.decisions, row) for row in rows]


async def decision_count(connection: AsyncConnection, gemeente: str, case_id: UUID) -> int:
    """How many decisions a case has."""
    statement = (
        sa.select(sa.func.count())
        .select_from(tables.decisions)
        .where(_decisions.gemeente == gemeente, _decisions.case_id == case_id)
    )
    return int((await connection.execute(statement)).scalar_one())


async def was_reminded(connection: AsyncConnection, gemeente: str, case_id: UUID) -> bool:
    """Whether a reminder or last call of this case was sent."""
    statement = sa.select(
        sa.exists().where(
            _deliveries.gemeente == gemeente,
            _deliveries.case_id == case_id,
            _deliveries.purpose.in_(REMINDERS),
            _deliveries.state == DeliveryState.DONE,
        )
    )
    return bool((await connection.execute(statement)).scalar_one())
