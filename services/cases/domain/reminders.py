"""When a resident is reminded by e-mail, and why not.

A reminder goes on a number of days after the resident's own invitation was accepted by the mail
server, as long as nothing was supplied. Of reminders that are late (an outage, a switch that was
off) only the newest goes, at most one a day, by day, not on Sundays and public holidays, and never
after the last day to answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from services.cases.domain import working_days
from shared.contracts.codes import CaseStatus, Preference, Purpose

if TYPE_CHECKING:
    from services.cases.domain.case import Delivery

#: The purposes of the reminders, in order: there are at most as many.
PURPOSES = (Purpose.FIRST_REMINDER, Purpose.SECOND_REMINDER, Purpose.THIRD_REMINDER)
#: Later than any reminder makes sense; a term is seldom longer.
LONGEST_DAYS = 90
#: Reminders begin within these hours, and none leaves in the evening.
EARLIEST_HOUR, LATEST_HOUR, EVENING = 7, 18, 20


class PauseKind(StrEnum):
    """What holds the reminders of a case or batch, apart from where the case stands."""

    SWITCH = "uitgezet"
    DOCUMENT = "document ontvangen"
    MESSAGE = "onbehandeld bericht"


_PAUSES: Mapping[str, str] = MappingProxyType(
    {
        PauseKind.SWITCH: "Een collega heeft de herinneringen uitgezet.",
        PauseKind.DOCUMENT: "Er is een document ontvangen.",
        PauseKind.MESSAGE: "Er wacht een bericht van de inwoner op antwoord.",
    }
)
OFF = "De herinneringen van uw gemeente staan uit."
ALL_PASSED = "Alle herinneringen zijn geweest."
TERM_PASSED = "De reactiedatum is voorbij."
OVERTAKEN = "Er was al een latere herinnering aan de beurt."
NOT_IN_TIME = "De herinnering kwam niet op tijd weg."
GONE = "De zaak is er niet meer."
AFTER_TERM = "De volgende herinnering zou na de reactiedatum vallen."


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How a gemeente reminds: after which days, from which hour, and also who got a letter."""

    days: tuple[int, ...] = (5, 10, 14)
    hour: int = 9
    is_on: bool = True
    for_both: bool = True


@dataclass(frozen=True, slots=True)
class Pause:
    """Something that holds the reminders; `id` is that of a case or of a batch."""

    id: UUID
    kind: str
    gemeente: str
    reason: str | None
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands with a resident, as far as reminders go by it.

    `mail_arrived`: the invitation that they count from was accepted, and no mail came back.
    `pauses` are kinds of pauses of the case and of its batch.
    """

    status: str
    preference: str
    response_date: date | None
    has_email: bool = True
    mail_arrived: bool = True
    is_excluded: bool = False
    is_deceased: bool = False
    is_returned: bool = False
    is_sending_paused: bool = False
    pauses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Planned:
    """A reminder that may go on a day."""

    step: int
    day: date


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be done now: send a step, and pass over earlier ones; when to look again.

    `why` says why nothing goes; without `look_on` it has ended.
    """

    send: int | None = None
    skipped: tuple[int, ...] = ()
    look_on: date | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """The reminders of one resident; `id` is the case's.

    `ordinal` is that of the invitation that they count from, which was accepted at `started_at`.
    `passed` steps were sent or passed over. The timer looks at it on `due_on`; never when None.
    """

    id: UUID
    gemeente: str
    batch_id: UUID
    ordinal: int
    started_at: datetime
    passed: int = 0
    due_on: date | None = None
    last_on: date | None = None

    def planned(self, rhythm: Rhythm) -> list[Planned]:
        """The steps that are still to come, with the first day that each may go."""
        start = working_days.today(self.started_at)
        days = list(enumerate(rhythm.days, start=1))[self.passed :]
        return [Planned(step, sending_day_from(start + timedelta(days=n))) for step, n in days]

    def went(self, verdict: Verdict, today: date) -> Course:
        """The course after what was decided was done."""
        passed = max((self.passed, *verdict.skipped, verdict.send or 0))
        last = today if verdict.send else self.last_on
        return replace(self, passed=passed, last_on=last, due_on=verdict.look_on)

    def taken_back(self, ordinal: int, step: int, today: date) -> Course:
        """Its newest reminder did not leave because it was not wanted then: it is still to come."""
        if (ordinal, step) != (self.ordinal, self.passed):
            return self
        return replace(self, passed=step - 1, due_on=today)

    def looked_at(self, day: date | None) -> Course:
        """The timer looks at it on another day."""
        return replace(self, due_on=day)

    def invited_again(self, ordinal: int) -> Course:
        """Another invitation is under way: reminders wait until its mail was accepted."""
        return replace(self, ordinal=ordinal, passed=0, due_on=None)


@dataclass(frozen=True, slots=True)
class Step:
    """A reminder that was sent, or passed over for a reason."""

    id: UUID
    gemeente: str
    case_id: UUID
    ordinal: int
    step: int
    day: date
    at: datetime
    delivery_id: UUID | None
    reason: str | None


def started(known: Course | None, delivery: Delivery, batch_id: UUID, at: datetime) -> Course:
    """The mail server accepted an invitation; late news of an earlier one changes nothing.

    The timer looks at it the next day, and finds the gemeente's own days then.
    """
    if known is not None and known.ordinal > delivery.ordinal:
        return known
    again = known is not None and known.ordinal == delivery.ordinal
    return Course(
        id=delivery.case_id,
        gemeente=delivery.gemeente,
        batch_id=batch_id,
        ordinal=delivery.ordinal,
        started_at=at,
        passed=known.passed if known and again else 0,
        due_on=working_days.today(at) + timedelta(days=1),
        last_on=known.last_on if known else None,
    )


def decide(course: Course, rhythm: Rhythm, standing: Standing, now: datetime) -> Verdict:
    """What to do about a resident's reminders at this moment."""
    today = working_days.today(now)
    steps = course.planned(rhythm)
    if not steps:
        return Verdict(why=ALL_PASSED)
    if standing.response_date is not None and today > standing.response_date:
        return Verdict(why=TERM_PASSED)
    due = [step for step in steps if step.day <= today]
    why = obstacle(standing, rhythm)
    if not due:
        return Verdict(look_on=steps[0].day, why=why)
    if why is not None:
        return Verdict(look_on=next_sending_day(today), why=why)
    if (moment := _sending_day(course, rhythm, now)) is not None:
        return Verdict(look_on=moment)
    rest = steps[len(due) :]
    return Verdict(
        send=due[-1].step,
        skipped=tuple(step.step for step in due[:-1]),
        look_on=rest[0].day if rest else None,
    )


def unwanted(standing: Standing, rhythm: Rhythm, now: datetime) -> str | None:
    """Why a reminder that was ordered must not leave any more; None when it may.

    One that is not sent for such a reason was no reminder: its course takes it up again.
    """
    today = working_days.today(now)
    if standing.response_date is not None and today > standing.response_date:
        return TERM_PASSED
    if (why := obstacle(standing, rhythm)) is not None:
        return why
    return None if is_daytime(rhythm, now) else NOT_IN_TIME


def _sending_day(course: Course, rhythm: Rhythm, now: datetime) -> date | None:
    """The day on which one may go; None when that is at this moment."""
    today = working_days.today(now)
    if not is_sending_day(today):
        return next_sending_day(today)
    had_one = course.last_on is not None and course.last_on >= today
    hour = now.astimezone(ZoneInfo(working_days.ZONE)).hour
    if had_one or hour >= EVENING:
        return next_sending_day(today)
    return today if hour < rhythm.hour else None


def is_daytime(rhythm: Rhythm, now: datetime) -> bool:
    """Whether reminders may leave at all at this moment."""
    hour = now.astimezone(ZoneInfo(working_days.ZONE)).hour
    return rhythm.hour <= hour < EVENING and is_sending_day(working_days.today(now))


def obstacle(standing: Standing, rhythm: Rhythm) -> str | None:
    """Why this resident gets no reminder now, in the user's words; None when nothing is against."""
    both_spared = standing.preference == Preference.BOTH and not rhythm.for_both
    reasons = (
        (not rhythm.is_on, OFF),
        (standing.is_deceased, "De inwoner is overleden."),
        (standing.is_excluded, "De inwoner is uitgesloten van verzending."),
        (standing.status != CaseStatus.INVITED, f"De status van de zaak is: {standing.status}."),
        (standing.is_returned, "Een brief kwam terug; kijk eerst het adres na."),
        (standing.preference == Preference.LETTER, "De inwoner krijgt brieven, geen e-mail."),
        (both_spared, "Wie ook een brief krijgt, krijgt in uw gemeente geen herinnering."),
        (not standing.has_email, "Er is geen e-mailadres."),
        (not standing.mail_arrived, "Een e-mail aan de inwoner is niet bezorgd."),
        (standing.is_sending_paused, "Het verzenden van deze batch is gepauzeerd."),
    )
    against = [why for holds, why in reasons if holds]
    against += [_PAUSES[kind] for kind in standing.pauses]
    return against[0] if against else None


def is_sending_day(day: date) -> bool:
    """Whether a reminder may go on this day: not on Sundays and public holidays."""
    return day.weekday() != working_days.SUNDAY and day not in working_days.holidays(day.year)


def sending_day_from(day: date) -> date:
    """The day itself, or the first one after it on which a reminder may go."""
    while not is_sending_day(day):
        day += timedelta(days=1)
    return day


def next_sending_day(day: date) -> date:
    """The first day after this one on which a reminder may go."""
    return sending_day_from(day + timedelta(days=1))


def step_id(case_id: UUID, ordinal: int, step: int) -> UUID:
    """The id of what became of a step."""
    return uuid5(case_id, f"reminder|{ordinal}|{step}")
