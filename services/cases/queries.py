"""The read side of cases, and the counts that rules need.

Every statement names the gemeente although row security does so too: the planner then walks the
indexes, which begin with it, in order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.cases import domain, tables
from services.cases.domain import Batch, BatchStatus, DeliveryState, Figures, Office, PlanCounts
from shared.chassis.mapper import Mapper
from shared.chassis.tables import gebruikers
from shared.chassis.work import Work
from shared.contracts.codes import CaseStatus, Channel, Preference

Rows = Sequence[sa.RowMapping]
Page = tuple[int, Rows]
#: A starter that cases never met is looked for this long; after that the mail would be old news.
TELL_WITHIN = timedelta(days=1)

_batches, _cases, _persons = tables.batches.c, tables.cases.c, tables.persons.c
_deliveries, _refusals = tables.deliveries.c, tables.refusals.c
_exclusions = tables.exclusions.c
_FIGURE = {
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
        sa.select(tables.exclusions, _cases.number, _cases.row, *_NAME)
        .join(tables.cases, _cases.id == _exclusions.id)
        .join(tables.persons, _persons.id == _exclusions.id)
        .where(those)
        .order_by(_cases.number)
        .offset(offset)
        .limit(limit)
    )
    rows = (await connection.execute(statement)).mappings().all()
    return await _count(connection, tables.exclusions, those), rows


async def stopped_cases(
    connection: AsyncConnection, gemeente: str, batches: Sequence[UUID]
) -> dict[UUID, int]:
    """How many cases of each batch are stopped: how far its withdrawal is."""
    statement = (
        sa.select(_cases.batch_id, sa.func.count())
        .where(
            _cases.gemeente == gemeente,
            _cases.batch_id.in_(batches),
            _cases.status == CaseStatus.STOPPED,
        )
        .group_by(_cases.batch_id)
    )
    return {row[0]: row[1] for row in (await connection.execute(statement)).all()}


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
        found.setdefault(batch, {})[_FIGURE[Channel(channel), DeliveryState(state)]] = many
    return {batch: Figures(**counts) for batch, counts in found.items()}


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
    return await _count(connection, tables.batches, here), items


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
        )
        for batch in batches
        if batch.closed_at is not None
    }
    counted = [batch.id for batch in batches if batch.closed_at is None]
    return {**found, **await figures_of(connection, gemeente, counted)}


async def refusal_page(
    connection: AsyncConnection, gemeente: str, batch_id: UUID, offset: int, limit: int
) -> Page:
    """The rows of a batch that became no case, in the file's order."""
    those = sa.and_(_refusals.gemeente == gemeente, _refusals.batch_id == batch_id)
    statement = (
        sa.select(tables.refusals).where(those).order_by(_refusals.row).offset(offset).limit(limit)
    )
    rows = (await connection.execute(statement)).mappings().all()
    return await _count(connection, tables.refusals, those), rows


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
        sa.select(page, _cases.number, _cases.row, *_NAME)
        .join(tables.cases, _cases.id == page.c.case_id)
        .join(tables.persons, _persons.id == page.c.case_id)
        .order_by(page.c.place, page.c.channel)
    )
    rows = (await connection.execute(statement)).mappings().all()
    return await _count(connection, tables.deliveries, those), rows


async def case_page(
    connection: AsyncConnection,
    gemeente: str,
    batch_id: UUID | None,
    status: str | None,
    offset: int,
    limit: int,
) -> Page:
    """Cases in the order of their numbers, with the resident's name and place."""
    conditions = [_cases.gemeente == gemeente]
    if batch_id is not None:
        conditions.append(_cases.batch_id == batch_id)
    if status is not None:
        conditions.append(_cases.status == status)
    those = sa.and_(*conditions)
    page = (
        sa.select(tables.cases)
        .where(those)
        .order_by(_cases.number)
        .offset(offset)
        .limit(limit)
        .subquery()
    )
    statement = (
        sa.select(page, *_NAME, _persons.city)
        .join(tables.persons, _persons.id == page.c.id)
        .order_by(page.c.number)
    )
    rows = (await connection.execute(statement)).mappings().all()
    return await _count(connection, tables.cases, those), rows


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


async def open_numbers(
    connection: AsyncConnection, gemeente: str, indexes: Sequence[bytes]
) -> list[tuple[bytes, str]]:
    """The numbers of the open cases in which somebody has one of these BSN indexes."""
    wanted = sa.bindparam("indexes", list(indexes), type_=sa.ARRAY(sa.LargeBinary))
    statement = sa.select(_persons.bsn_index, _persons.number).where(
        _persons.gemeente == gemeente, _persons.bsn_index == sa.any_(wanted), _persons.open
    )
    return [(bytes(row[0]), row[1]) for row in (await connection.execute(statement)).all()]


async def _count(
    connection: AsyncConnection, table: sa.Table, those: sa.ColumnElement[bool]
) -> int:
    statement = sa.select(sa.func.count()).select_from(table).where(those)
    return int((await connection.execute(statement)).scalar_one())


_NAME = (
    _persons.initials,
    _persons.first_name,
    _persons.infix,
    _persons.last_name,
    _persons.written_name,
)
