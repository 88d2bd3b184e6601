"""Reminders: their course begins with an invitation that was accepted, a timer does the rest."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

import sqlalchemy as sa

from services.cases import errors, queries, tables
from services.cases.domain import (
    Batch,
    Case,
    Course,
    Delivery,
    PauseKind,
    ReminderSettings,
    Step,
    TimelineEntry,
    reminders,
    working_days,
)
from services.cases.domain.reminders import Rhythm, Verdict
from services.cases.handlers.reminder_pauses import hold_reminders, lift_pause, look_again
from services.cases.queries.reminders import Reminded
from services.cases.single_orders import Single, order_single
from shared.chassis.work import Work
from shared.contracts.codes import Channel, Purpose

#: Most who are looked at have answered long ago, which takes no more than reading and noting the
#: next day; so many take less than a second. An order with its merge fields takes more.
LOOKED_AT, REMINDED = 1_000, 200


@dataclass(frozen=True, slots=True)
class SwitchOfCase:
    """A user switches the reminders of a case off or on, and says why."""

    case_id: UUID
    is_on: bool
    reason: str


@dataclass(frozen=True, slots=True)
class SwitchOfBatch:
    """A user switches the reminders of a whole batch off or on, and says why."""

    batch_id: UUID
    is_on: bool
    reason: str


async def change_settings(wish: ReminderSettings, work: Work) -> dict[str, Any]:
    """A beheerder says how the gemeente reminds; `version` is the one that was on the screen."""
    before = work.found(ReminderSettings, wish.code, by="code")
    wish.check(before)
    after = replace(wish, version=wish.version + 1, by=work.actor, at=work.now)
    work.save(tables.reminder_settings, after)
    if before is None or before.rhythm != after.rhythm:
        await look_again(work)
    return {"versie": after.version}


def begin_reminders(delivery: Delivery, batch_id: UUID, at: datetime, work: Work) -> None:
    """The mail server accepted an invitation: the reminders count from it."""
    known = work.found(Course, delivery.case_id)
    work.save(tables.courses, reminders.started(known, delivery, batch_id, at))


async def send_reminders(work: Work) -> None:
    """Remind whose day it is, in daytime, and note for the others when to look again."""
    settings = await queries.reminder_settings(work.connection, work.mapper, work.gemeente)
    rhythm, today = settings.rhythm, working_days.today(work.now)
    if not rhythm.is_on or not reminders.is_daytime(rhythm, work.now):
        return
    left = REMINDED
    for one in await queries.lock_due(work, today, LOOKED_AT):
        course = one.course
        if course is None:
            raise LookupError("what is due has a course")
        verdict = reminders.decide(course, rhythm, one.standing, work.now)
        if verdict.send is not None:
            if not left:
                continue  # still due: the next tick finds it
            left -= 1
        await _follow(verdict, one, course, rhythm, work)


async def _follow(
    verdict: Verdict, one: Reminded, course: Course, rhythm: Rhythm, work: Work
) -> None:
    """Do what was decided about a resident, and note when to look again."""
    today = working_days.today(work.now)
    days = {planned.step: planned.day for planned in course.planned(rhythm)}
    for step in verdict.skipped:
        _note(one.case, course, step, days[step], work, reason=reminders.OVERTAKEN)
    if verdict.send is not None:
        delivery = await _remind(one, verdict.send, today, work)
        _note(one.case, course, verdict.send, days[verdict.send], work, delivery=delivery)
    work.save(tables.courses, course.went(verdict, today))


async def take_up_again(delivery: Delivery, work: Work) -> None:
    """A reminder that was not wanted when it was to leave did not go: its step is still to come."""
    course = work.found(Course, delivery.case_id)
    if course is None or delivery.purpose not in reminders.PURPOSES:
        return
    step = reminders.PURPOSES.index(Purpose(delivery.purpose)) + 1
    today = working_days.today(work.now)
    again = course.taken_back(delivery.ordinal, step, today)
    if again is course:
        return
    work.save(tables.courses, again)
    its_id = reminders.step_id(delivery.case_id, delivery.ordinal, step)
    await work.query(sa.delete(tables.steps).where(tables.steps.c.id == its_id))


async def _remind(one: Reminded, step: int, today: date, work: Work) -> Delivery:
    ordinal = one.course.ordinal if one.course else 1
    single = Single(
        purpose=reminders.PURPOSES[step - 1],
        ordinal=ordinal,
        channels=(Channel.EMAIL,),
        send_date=today,
        response_date=one.standing.response_date,
        consent_id=one.consent_id,
        anew=True,
    )
    (delivery,) = await order_single(one.case, single, work)
    return delivery


def _note(
    case: Case,
    course: Course,
    number: int,
    day: date,
    work: Work,
    *,
    delivery: Delivery | None = None,
    reason: str | None = None,
) -> None:
    """Keep what became of a step, and tell it in the case."""
    step = Step(
        id=reminders.step_id(case.id, course.ordinal, number),
        gemeente=case.gemeente,
        case_id=case.id,
        ordinal=course.ordinal,
        step=number,
        day=day,
        at=work.now,
        delivery_id=delivery.id if delivery else None,
        reason=reason,
    )
    work.save(tables.steps, step)
    what = f"Herinnering {number} {'gevraagd' if delivery else 'overgeslagen'}"
    entry = uuid5(step.id, f"told|{delivery.round if delivery else 0}")
    _tell(case.id, entry, what, reason, work)


async def switch_case(command: SwitchOfCase, work: Work) -> None:
    """The reminders of one case stop, or go on."""
    if work.found(Case, command.case_id) is None:
        raise errors.NoSuchCase
    if await _switch(command.case_id, command, work):
        what = f"Herinneringen {'aangezet' if command.is_on else 'uitgezet'}"
        entry = uuid5(work.cause.id, "reminders")
        _tell(command.case_id, entry, what, command.reason, work)


async def switch_batch(command: SwitchOfBatch, work: Work) -> None:
    """The reminders of a whole batch stop, or go on."""
    if work.found(Batch, command.batch_id) is None:
        raise errors.NoSuchBatch
    await _switch(command.batch_id, command, work)


async def _switch(of: UUID, command: SwitchOfCase | SwitchOfBatch, work: Work) -> bool:
    """Whether something changed. Off is a row; what is on has none."""
    was_off = await queries.switch_of(work.connection, of) is not None
    if command.is_on is not was_off:
        return False
    if command.is_on:
        await lift_pause(of, PauseKind.SWITCH, work)
    else:
        hold_reminders(of, PauseKind.SWITCH, command.reason, work)
    return True


def _tell(case_id: UUID, entry: UUID, what: str, why: str | None, work: Work) -> None:
    work.add(
        tables.timeline,
        TimelineEntry(entry, work.gemeente, case_id, work.now, work.actor, what, why),
    )
