"""Cases with their people and history, the settings, and the colleagues."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.cases import domain, tables
from services.cases.domain import Batch, Office
from services.cases.queries.parts import Page, Rows, count
from shared.chassis.mapper import Mapper
from shared.chassis.tables import gebruikers

_cases = tables.cases.c
_persons = tables.persons.c
_deliveries = tables.deliveries.c


async def batch_of_case(connection: AsyncConnection, gemeente: str, case_id: UUID) -> UUID | None:
    """The batch of a case, also when the case was destroyed."""
    found = [
        sa.select(table.c.batch_id).where(table.c.gemeente == gemeente, table.c.id == case_id)
        for table in (tables.cases, tables.destroyed_cases)
    ]
    batch: UUID | None = (await connection.execute(sa.union_all(*found).limit(1))).scalar()
    return batch


async def case(connection: AsyncConnection, mapper: Mapper, case_id: UUID) -> domain.Case | None:
    """One case."""
    statement = sa.select(tables.cases).where(_cases.id == case_id)
    row = (await connection.execute(statement)).mappings().first()
    return None if row is None else mapper.to_item(tables.cases, row)


async def people(
    connection: AsyncConnection, mapper: Mapper, case_id: UUID
) -> dict[str, domain.Person]:
    """The resident and the partner of a case, by role."""
    ids = [case_id, domain.partner_of(case_id)]
    rows = await connection.execute(sa.select(tables.persons).where(_persons.id.in_(ids)))
    items = [mapper.to_item(tables.persons, row) for row in rows.mappings()]
    return {item.role: item for item in items}


async def deliveries(connection: AsyncConnection, gemeente: str, case_id: UUID) -> Rows:
    """What was sent to the resident of a case, or will be."""
    consents = tables.consents.c
    statement = (
        sa.select(
            tables.deliveries,
            consents.text.label("consent_text"),
            consents.source.label("consent_source"),
            consents.by.label("consent_by"),
            consents.at.label("consent_at"),
        )
        .outerjoin(tables.consents, consents.id == _deliveries.consent_id)
        .where(_deliveries.gemeente == gemeente, _deliveries.case_id == case_id)
        .order_by(_deliveries.purpose, _deliveries.ordinal, _deliveries.channel)
    )
    return (await connection.execute(statement)).mappings().all()


async def timeline(connection: AsyncConnection, case_id: UUID, limit: int) -> Rows:
    """What happened in a case, newest first."""
    entries = tables.timeline.c
    statement = (
        sa.select(tables.timeline)
        .where(entries.case_id == case_id)
        .order_by(entries.at.desc(), entries.id)
        .limit(limit)
    )
    return (await connection.execute(statement)).mappings().all()


async def timeline_page(
    connection: AsyncConnection, case_id: UUID, offset: int, limit: int
) -> Page:
    """A page of what happened in a case, newest first."""
    entries = tables.timeline.c
    those = entries.case_id == case_id
    statement = (
        sa.select(tables.timeline)
        .where(those)
        .order_by(entries.at.desc(), entries.id)
        .offset(offset)
        .limit(limit)
    )
    rows = (await connection.execute(statement)).mappings().all()
    return await count(connection, tables.timeline, those), rows


async def open_numbers(
    connection: AsyncConnection, gemeente: str, indexes: Sequence[bytes]
) -> list[tuple[bytes, str]]:
    """The numbers of the open cases in which somebody has one of these BSN indexes."""
    wanted = sa.bindparam("indexes", list(indexes), type_=sa.ARRAY(sa.LargeBinary))
    statement = sa.select(_persons.bsn_index, _persons.number).where(
        _persons.gemeente == gemeente, _persons.bsn_index == sa.any_(wanted), _persons.open
    )
    return [(bytes(row[0]), row[1]) for row in (await connection.execute(statement)).all()]


async def office(connection: AsyncConnection, mapper: Mapper, gemeente: str) -> Office | None:
    """The settings of a gemeente."""
    statement = sa.select(tables.offices).where(tables.offices.c.code == gemeente)
    row = (await connection.execute(statement)).mappings().first()
    return None if row is None else mapper.to_item(tables.offices, row)


async def recipient(connection: AsyncConnection, batch: Batch) -> sa.RowMapping | None:
    """The colleague to tell about a batch: who started it, else who approved it, if known here."""
    statement = sa.select(gebruikers).where(
        gebruikers.c.id.in_([batch.started_by, batch.approved_by or batch.started_by]),
        gebruikers.c.email != "",
    )
    known = {row["id"]: row for row in (await connection.execute(statement)).mappings()}
    return known.get(batch.started_by) or known.get(batch.approved_by)


async def names(connection: AsyncConnection, users: Sequence[str]) -> dict[str, str]:
    """The names of the users that this service has met."""
    statement = sa.select(gebruikers.c.id, gebruikers.c.name).where(gebruikers.c.id.in_(users))
    return {row[0]: row[1] for row in (await connection.execute(statement)).all()}


async def change_count(connection: AsyncConnection, gemeente: str, case_id: UUID) -> int:
    """How often the contact data of a case were corrected."""
    change = tables.contact_changes.c
    those = sa.and_(change.gemeente == gemeente, change.case_id == case_id)
    return await count(connection, tables.contact_changes, those)


async def contact_changes(
    connection: AsyncConnection, mapper: Mapper, gemeente: str, case_id: UUID
) -> list[domain.ContactChange]:
    """The corrections of the contact data of a case, newest first."""
    table = tables.contact_changes
    statement = (
        sa.select(table)
        .where(table.c.gemeente == gemeente, table.c.case_id == case_id)
        .order_by(table.c.number.desc())
    )
    rows = (await connection.execute(statement)).mappings()
    return [mapper.to_item(table, row) for row in rows]
