"""The reminders of residents: which are due, how it stands with each, and what went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.cases import tables
from services.cases.domain import Case, Course, DeliveryState, ReminderSettings, Standing
from services.cases.domain.plan import DECEASED
from services.cases.queries.parts import Rows
from shared.chassis.mapper import Mapper
from shared.chassis.work import Work
from shared.contracts.codes import Channel, Purpose

_cases = tables.cases.c
_batches = tables.batches.c
_courses = tables.courses.c
_deliveries = tables.deliveries.c
_pauses = tables.pauses.c
_steps = tables.steps.c


@dataclass(frozen=True, slots=True)
class Reminded:
    """A case with its reminders; without a course no mail of it was ever accepted.

    `consent_id` is what the invitation that they count from was mailed by.
    """

    case: Case
    course: Course | None
    standing: Standing
    consent_id: UUID | None


async def lock_due(work: Work, today: date, limit: int) -> list[Reminded]:
    """The next cases whose reminders must be looked at; what another has in hand is left alone."""
    statement = (
        _selecting()
        .join(tables.courses, _courses.id == _cases.id)
        .where(_courses.gemeente == work.gemeente, _courses.due_on <= today)
        .order_by(_courses.due_on, _courses.id)
        .limit(limit)
        .with_for_update(of=[tables.courses, tables.cases], skip_locked=True)
    )
    rows = (await work.query(statement)).mappings().all()
    return [_reminded(row, work.mapper) for row in rows]


async def reminded(
    connection: AsyncConnection, mapper: Mapper, gemeente: str, case_id: UUID
) -> Reminded | None:
    """One case with its reminders."""
    statement = (
        _selecting()
        .outerjoin(tables.courses, _courses.id == _cases.id)
        .where(_cases.gemeente == gemeente, _cases.id == case_id)
    )
    row = (await connection.execute(statement)).mappings().first()
    return None if row is None else _reminded(row, mapper)


async def of_deliveries(
    connection: AsyncConnection, mapper: Mapper, gemeente: str, deliveries: Sequence[UUID]
) -> dict[UUID, Reminded]:
    """The cases of some letters or mails, with their reminders, by the delivery."""
    ours = sa.and_(_deliveries.gemeente == gemeente, _deliveries.id.in_(deliveries))
    found = await connection.execute(sa.select(_deliveries.id, _deliveries.case_id).where(ours))
    cases = {row.id: row.case_id for row in found}
    statement = (
        _selecting()
        .outerjoin(tables.courses, _courses.id == _cases.id)
        .where(_cases.gemeente == gemeente, _cases.id.in_(set(cases.values())))
    )
    rows = (await connection.execute(statement)).mappings().all()
    known = {one.case.id: one for one in (_reminded(row, mapper) for row in rows)}
    return {delivery: known[case] for delivery, case in cases.items() if case in known}


async def steps_of(connection: AsyncConnection, gemeente: str, case_id: UUID) -> Rows:
    """The reminders that went or were passed over, oldest first, with what became of the mail."""
    statement = (
        sa.select(tables.steps, _deliveries.state, _deliveries.reason.label("failure"))
        .outerjoin(tables.deliveries, _deliveries.id == _steps.delivery_id)
        .where(_steps.gemeente == gemeente, _steps.case_id == case_id)
        .order_by(_steps.ordinal, _steps.step)
    )
    return (await connection.execute(statement)).mappings().all()


async def switch_of(connection: AsyncConnection, of: UUID) -> sa.RowMapping | None:
    """Who switched the reminders of a case or batch off; None when they are on."""
    statement = sa.select(tables.pauses).where(_pauses.id == of, _pauses.kind == "uitgezet")
    return (await connection.execute(statement)).mappings().first()


async def lock_passed_terms(work: Work, today: date, limit: int) -> list[Case]:
    """Invited cases whose last day to answer has passed, and of which that was not told yet."""
    statement = (
        sa.select(tables.cases)
        .where(
            _cases.gemeente == work.gemeente,
            sa.text("status = 'uitnodiging verzonden'"),  # in the index's own words
            sa.text("term_noted is distinct from response_date"),
            _cases.response_date < today,
            _cases.returned_at.is_(None),
        )
        .order_by(_cases.response_date)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = (await work.query(statement)).mappings().all()
    return [work.mapper.to_item(tables.cases, row) for row in rows]


async def reminder_settings(
    connection: AsyncConnection, mapper: Mapper, gemeente: str
) -> ReminderSettings:
    """How a gemeente reminds; as usual when nobody said otherwise."""
    table = tables.reminder_settings
    row = (await connection.execute(sa.select(table).where(table.c.code == gemeente))).mappings()
    found = row.first()
    return ReminderSettings.usual(gemeente) if found is None else mapper.to_item(table, found)


def _selecting() -> sa.Select[Any]:
    """Cases with everything that the rule of the reminders looks at."""
    person = tables.persons.c
    return (
        sa.select(
            *_named("case", tables.cases),
            *_named("course", tables.courses),
            _batches.response_date.label("batch_response_date"),
            _batches.paused_at.label("batch_paused_at"),
            person.email.is_not(None).label("has_email"),
            tables.exclusions.c.id.is_not(None).label("is_excluded"),
            _arrived().label("mail_arrived"),
            _consent().label("consent_id"),
            _kinds().label("pauses"),
        )
        .select_from(tables.cases)
        .join(tables.persons, person.id == _cases.id)
        .outerjoin(tables.batches, _batches.id == _cases.batch_id)
        .outerjoin(tables.exclusions, tables.exclusions.c.id == _cases.id)
    )


def _named(prefix: str, table: sa.Table) -> list[sa.Label[Any]]:
    return [column.label(f"{prefix}_{column.name}") for column in table.columns]


def _is_invitation() -> sa.ColumnElement[bool]:
    """Whether a delivery is the mailed invitation that a course counts from."""
    return sa.and_(
        _deliveries.gemeente == _cases.gemeente,
        _deliveries.case_id == _cases.id,
        _deliveries.purpose == Purpose.INVITATION,
        _deliveries.channel == Channel.EMAIL,
        _deliveries.ordinal == _courses.ordinal,
    )


def _arrived() -> sa.ColumnElement[bool]:
    """Whether the invitation arrived, and no mail came back since a correction."""
    invited = sa.exists().where(_is_invitation(), _deliveries.state == DeliveryState.DONE)
    change = tables.contact_changes.c
    corrected = (
        sa.select(sa.func.max(change.at))
        .where(change.gemeente == _cases.gemeente, change.case_id == _cases.id)
        .correlate(tables.cases)
        .scalar_subquery()
    )
    came_back = sa.exists().where(
        _deliveries.gemeente == _cases.gemeente,
        _deliveries.case_id == _cases.id,
        _deliveries.channel == Channel.EMAIL,
        _deliveries.state == DeliveryState.BOUNCED,
        sa.or_(corrected.is_(None), _deliveries.ended_at > corrected),
    )
    return sa.and_(invited, ~came_back)


def _consent() -> sa.ScalarSelect[Any]:
    chosen = sa.select(_deliveries.consent_id).where(_is_invitation()).limit(1)
    return chosen.correlate(tables.cases, tables.courses).scalar_subquery()


def _kinds() -> sa.ScalarSelect[Any]:
    """The kinds of pauses of the case and of its batch."""
    mine = _pauses.id.in_([_cases.id, _cases.batch_id])
    kinds = sa.select(sa.func.array_agg(sa.distinct(_pauses.kind))).where(
        _pauses.gemeente == _cases.gemeente, mine
    )
    return kinds.correlate(tables.cases).scalar_subquery()


def _reminded(row: Any, mapper: Mapper) -> Reminded:
    case: Case = mapper.to_item(tables.cases, _stripped(row, "case", tables.cases))
    course = None
    if row["course_id"] is not None:
        course = mapper.to_item(tables.courses, _stripped(row, "course", tables.courses))
    return Reminded(case, course, _standing(case, row), row["consent_id"])


def _stripped(row: Any, prefix: str, table: sa.Table) -> dict[str, Any]:
    return {column.name: row[f"{prefix}_{column.name}"] for column in table.columns}


def _standing(case: Case, row: Any) -> Standing:
    kinds: Sequence[str] = row["pauses"] or ()
    return Standing(
        status=case.status,
        preference=case.preference,
        response_date=case.response_date or row["batch_response_date"],
        has_email=row["has_email"],
        mail_arrived=row["mail_arrived"],
        is_excluded=row["is_excluded"],
        is_deceased=case.deceased_at is not None or case.indication == DECEASED,
        is_returned=case.returned_at is not None,
        is_sending_paused=row["batch_paused_at"] is not None,
        pauses=tuple(sorted(kinds, reverse=True)),
    )
