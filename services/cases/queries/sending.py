"""What of a batch is to be sent, and what is not: counted, listed and locked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.cases import domain, tables
from services.cases.domain import DeliveryState, PlanCounts
from services.cases.domain.retry_offer import RetryOffer
from services.cases.queries.parts import NAME, Page, count
from services.cases.queries.remains import remains_of_batches
from shared.chassis.work import Work
from shared.contracts.codes import CaseStatus, Preference

_cases = tables.cases.c
_persons = tables.persons.c
_deliveries = tables.deliveries.c
_exclusions = tables.exclusions.c


async def lock_cases_to_stop(work: Work, batch_id: UUID, limit: int) -> list[domain.Case]:
    """The next cases of a batch that are not stopped, by number, locked."""
    statement = (
        sa.select(tables.cases)
        .where(
            _cases.gemeente == work.gemeente,
            _cases.batch_id == batch_id,
            _cases.status != CaseStatus.STOPPED,
        )
        .order_by(_cases.number)
        .limit(limit)
        .with_for_update()
    )
    rows = (await work.query(statement)).mappings()
    return [work.mapper.to_item(tables.cases, row) for row in rows]


async def lock_planned(work: Work, batch_id: UUID, limit: int) -> list[domain.Delivery]:
    """The next letters and mails of a batch that were not ordered, locked."""
    statement = (
        sa.select(tables.deliveries)
        .where(
            _deliveries.gemeente == work.gemeente,
            _deliveries.batch_id == batch_id,
            _deliveries.state == DeliveryState.PLANNED,
        )
        .order_by(_deliveries.place, _deliveries.channel)
        .limit(limit)
        .with_for_update()
    )
    rows = (await work.query(statement)).mappings()
    return [work.mapper.to_item(tables.deliveries, row) for row in rows]


async def cases_with_deliveries(
    work: Work, batch_id: UUID, ids: Sequence[UUID]
) -> list[tuple[domain.Case, list[domain.Delivery]]]:
    """Those of the named cases that a batch has, with their deliveries, locked."""
    those = sa.and_(_cases.gemeente == work.gemeente, _cases.batch_id == batch_id)
    chosen = sa.select(tables.cases).where(those, _cases.id.in_(ids))
    locked = chosen.order_by(_cases.id).with_for_update()
    rows = (await work.query(locked)).mappings()
    cases = [work.mapper.to_item(tables.cases, row) for row in rows]
    sent = (
        sa.select(tables.deliveries)
        .where(_deliveries.gemeente == work.gemeente, _deliveries.case_id.in_(ids))
        .order_by(_deliveries.id)
        .with_for_update()
    )
    of_case: dict[UUID, list[domain.Delivery]] = {case.id: [] for case in cases}
    for row in (await work.query(sent)).mappings():
        if row["case_id"] in of_case:
            delivery = work.mapper.to_item(tables.deliveries, row)
            of_case[delivery.case_id].append(delivery)
    return [(case, of_case[case.id]) for case in cases]


async def ordered_counts(
    connection: AsyncConnection, gemeente: str, batch_id: UUID
) -> dict[str, int]:
    """How many letters and mails of a batch were ordered or still will be, by channel."""
    statement = (
        sa.select(_deliveries.channel, sa.func.count())
        .where(
            _deliveries.gemeente == gemeente,
            _deliveries.batch_id == batch_id,
            sa.or_(_deliveries.asked_at.is_not(None), _deliveries.state == DeliveryState.PLANNED),
        )
        .group_by(_deliveries.channel)
    )
    return {row[0]: row[1] for row in (await connection.execute(statement)).all()}


async def exclusion_page(
    connection: AsyncConnection, gemeente: str, batch_id: UUID, offset: int, limit: int
) -> Page:
    """The residents of a batch whom nothing is sent to, in the order of their numbers."""
    those = sa.and_(_exclusions.gemeente == gemeente, _exclusions.batch_id == batch_id)
    statement = (
        sa.select(tables.exclusions, _cases.number, _cases.row, *NAME)
        .join(tables.cases, _cases.id == _exclusions.id)
        .join(tables.persons, _persons.id == _exclusions.id)
        .where(those)
        .order_by(_cases.number)
        .offset(offset)
        .limit(limit)
    )
    rows = (await connection.execute(statement)).mappings().all()
    return await count(connection, tables.exclusions, those), rows


async def retry_offers(
    connection: AsyncConnection, gemeente: str, batches: Sequence[UUID]
) -> dict[UUID, RetryOffer]:
    """What of these batches waits for a second person, or was sent back by one."""
    offers = tables.retry_offers
    statement = sa.select(offers).where(offers.c.gemeente == gemeente, offers.c.id.in_(batches))
    rows = (await connection.execute(statement)).mappings().all()
    return {row["id"]: RetryOffer(**row) for row in rows}


async def stopped_cases(
    connection: AsyncConnection, gemeente: str, batches: Sequence[UUID]
) -> dict[UUID, int]:
    """How many cases of each batch were stopped, destroyed ones too: how far its withdrawal is."""
    statement = (
        sa.select(_cases.batch_id, sa.func.count())
        .where(
            _cases.gemeente == gemeente,
            _cases.batch_id.in_(batches),
            _cases.status == CaseStatus.STOPPED,
        )
        .group_by(_cases.batch_id)
    )
    found = {row[0]: row[1] for row in (await connection.execute(statement)).all()}
    for batch, gone in (await remains_of_batches(connection, gemeente, batches)).items():
        found[batch] = found.get(batch, 0) + gone.stopped
    return found


async def plan_counts(connection: AsyncConnection, gemeente: str, batch: UUID) -> PlanCounts:
    """Who of a batch gets a mail, a letter or both, and what deserves a look before sending."""
    is_excluded = _exclusions.id.is_not(None).label("is_excluded")
    group = (_cases.preference, _cases.has_address, _cases.indication, is_excluded)
    statement = (
        sa.select(*group, sa.func.count().label("many"))
        .select_from(sa.outerjoin(tables.cases, tables.exclusions, _exclusions.id == _cases.id))
        .where(_cases.gemeente == gemeente, _cases.batch_id == batch)
        .group_by(*group)
    )
    by_preference: Counter[str] = Counter()
    indications: Counter[str] = Counter()
    homeless = excluded = 0
    for row in (await connection.execute(statement)).all():
        if row.is_excluded:
            excluded += row.many
            continue
        by_preference[row.preference] += row.many
        homeless += 0 if row.has_address else row.many
        if row.indication:
            indications[row.indication] += row.many
    return PlanCounts(
        only_mail=by_preference[Preference.EMAIL],
        only_letter=by_preference[Preference.LETTER],
        both=by_preference[Preference.BOTH],
        without_address=homeless,
        indications=tuple(sorted(indications.items())),
        excluded=excluded,
    )


async def failure_page(
    connection: AsyncConnection, gemeente: str, batch_id: UUID, offset: int, limit: int
) -> Page:
    """The letters and mails of a batch that failed, in the file's order, with their resident."""
    those = sa.and_(
        _deliveries.gemeente == gemeente,
        _deliveries.batch_id == batch_id,
        _deliveries.state == DeliveryState.FAILED,
    )
    page = (
        sa.select(tables.deliveries)
        .where(those)
        .order_by(_deliveries.place, _deliveries.channel)
        .offset(offset)
        .limit(limit)
        .subquery()
    )
    statement = (
        sa.select(page, _cases.number, _cases.row, *NAME)
        .join(tables.cases, _cases.id == page.c.case_id)
        .join(tables.persons, _persons.id == page.c.case_id)
        .order_by(page.c.place, page.c.channel)
    )
    rows = (await connection.execute(statement)).mappings().all()
    return await count(connection, tables.deliveries, those), rows
