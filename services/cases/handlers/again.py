"""A resident is written to once more by hand, and told of when the term has passed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID, uuid5

import sqlalchemy as sa

from services.cases import errors, queries, tables
from services.cases.domain import (
    Case,
    Consent,
    Course,
    Delivery,
    DeliveryState,
    Person,
    TimelineEntry,
    again,
    working_days,
)
from services.cases.handlers.tasks import finish_tasks_of, open_task
from services.cases.single_orders import Single, order_single
from shared.chassis.work import Work
from shared.contracts.codes import Channel, Purpose, TaskKind

PASSED = TaskKind.TERM_PASSED
#: One tick tells of this many passed terms; the next goes on.
CHUNK = 200
_NAMES = {Channel.EMAIL: "e-mail", Channel.LETTER: "brief"}


@dataclass(frozen=True, slots=True)
class WriteAgain:
    """A user writes to a resident again. Without channels the resident's own are taken.

    `declaration` and `source` say why e-mail is allowed; without them what was declared before is.
    """

    case_id: UUID
    purpose: Purpose
    days: int
    channels: tuple[Channel, ...] | None = None
    declaration: str | None = None
    source: str | None = None
    reason: str | None = None


async def invite_again(command: WriteAgain, work: Work) -> dict[str, Any]:
    """The same case is invited anew, with new dates; reminders count from the new mail."""
    case = _case(command, work)
    again.check_open(case)
    answer = await _write(case, command, work)
    course = work.found(Course, case.id)
    if course is not None:
        work.save(tables.courses, course.invited_again(answer["ordinal"]))
    return answer


async def call_last(command: WriteAgain, work: Work) -> dict[str, Any]:
    """The last call before a decision, with a new last day to answer."""
    case = _case(command, work)
    again.check_invited(case)
    return await _write(case, command, work)


def _case(command: WriteAgain, work: Work) -> Case:
    case = work.found(Case, command.case_id)
    if case is None:
        raise errors.NoSuchCase
    return case


async def _write(case: Case, command: WriteAgain, work: Work) -> dict[str, Any]:
    sent = await _deliveries(case, work)
    if command.purpose is Purpose.INVITATION and any(
        one.state == DeliveryState.PLANNED for one in sent
    ):
        raise errors.NotInvitedYet
    consent = _consent(command, sent, work)
    may_mail = consent is not None
    person = work.loaded(Person, case.id)
    channels = again.channels_of(case, person, command.channels, may_mail=may_mail)
    today = working_days.today(work.now)
    term = again.new_term(case, today, command.days)
    ordinal = again.next_ordinal(sent, command.purpose)
    await finish_tasks_of(work, case.id, "De inwoner is opnieuw aangeschreven.", kind=PASSED)
    work.save(tables.cases, again.with_term(case, term, work.now))
    single = Single(command.purpose, ordinal, channels, today, term, consent)
    ordered = await order_single(case, single, work)
    _tell(case, command, channels, term, work)
    return {
        "zaakId": str(case.id),
        "ordinal": ordinal,
        "reactieDatum": term.isoformat(),
        "bezorgingen": [
            {"id": str(one.id), "kanaal": one.channel, "status": one.state, "reden": one.reason}
            for one in ordered
        ],
    }


async def _deliveries(case: Case, work: Work) -> list[Delivery]:
    """What was sent in a case, or will be; oldest consent first."""
    table = tables.deliveries
    statement = (
        sa.select(table)
        .where(table.c.gemeente == work.gemeente, table.c.case_id == case.id)
        .order_by(table.c.asked_at.asc().nulls_last(), table.c.id)
    )
    rows = (await work.query(statement)).mappings().all()
    return [work.mapper.to_item(table, row) for row in rows]


def _consent(command: WriteAgain, sent: Sequence[Delivery], work: Work) -> UUID | None:
    """What a mail is sent by: a new declaration, else the newest that a mail was sent by before."""
    if command.declaration is None:
        known = [one.consent_id for one in sent if one.consent_id is not None]
        return known[-1] if known else None
    consent = Consent(
        id=uuid5(work.cause.id, "consent"),
        gemeente=work.gemeente,
        text=command.declaration,
        source=command.source or "Opgegeven door een collega",
        by=work.actor,
        at=work.now,
    )
    work.add(tables.consents, consent)
    return consent.id


def _tell(
    case: Case, command: WriteAgain, channels: Sequence[Channel], term: date, work: Work
) -> None:
    is_call = command.purpose is Purpose.LAST_CALL
    what = "Laatste oproep verstuurd" if is_call else "Uitnodiging opnieuw verstuurd"
    ways = " en ".join(_NAMES[channel] for channel in channels)
    why = f"Per {ways}; reageren kan tot en met {term:%d-%m-%Y}."
    if command.reason:
        why = f"{why} Reden: {command.reason}"
    entry = uuid5(work.cause.id, f"again|{command.purpose}")
    work.add(
        tables.timeline,
        TimelineEntry(entry, work.gemeente, case.id, work.now, work.actor, what, why),
    )


async def note_passed_terms(work: Work) -> None:
    """Who did not answer in time becomes a task, once for each last day to answer."""
    today = working_days.today(work.now)
    for case in await queries.lock_passed_terms(work, today, CHUNK):
        if case.response_date is None:
            raise LookupError("a term that passed has its last day")
        text = f"De inwoner kon reageren tot en met {case.response_date:%d-%m-%Y}."
        task_id = uuid5(case.id, f"{PASSED}|{case.response_date}")
        await open_task(work, case.id, PASSED, text, id=task_id)
        work.save(tables.cases, replace(case, term_noted=case.response_date))
