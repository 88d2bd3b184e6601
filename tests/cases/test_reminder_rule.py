"""The rule of the reminders by itself: when one goes, which one, and why not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.cases.domain import (
    Course,
    Delivery,
    PauseKind,
    ReminderSettings,
    Rhythm,
    Standing,
    reminders,
)
from services.cases.domain.working_days import ZONE, holidays, today
from services.cases.errors import RemindersChanged
from shared.chassis.errors import Invalid

AMSTERDAM = ZoneInfo(ZONE)
#: A Monday without a public holiday in the three weeks that follow.
START = datetime(2027, 2, 1, 14, tzinfo=AMSTERDAM)
USUAL = Rhythm()
INVITED = Standing("uitnodiging verzonden", "EMAIL", date(2027, 3, 1))


def course(start: datetime = START, **changes: Any) -> Course:
    """The reminders of somebody whose invitation was accepted at a moment."""
    return Course(uuid4(), "9001", uuid4(), 1, start, **changes)


def at(day: int, hour: int = 10) -> datetime:
    """So many days after the start, at an hour."""
    return datetime.combine(today(START) + timedelta(days=day), datetime.min.time(), AMSTERDAM) + (
        timedelta(hours=hour)
    )


def decided(now: datetime, of: Course | None = None, **changes: Any) -> reminders.Verdict:
    """What the rule says."""
    return reminders.decide(of or course(), USUAL, replace(INVITED, **changes), now)


@pytest.mark.parametrize(("day", "step"), [(5, 1), (8, 1), (9, 1)])
def test_the_first_goes_after_five_days(day: int, step: int) -> None:
    """And later when nobody looked before."""
    assert decided(at(day)).send == step


def test_before_that_it_is_planned() -> None:
    """The timer need not look earlier than the day itself."""
    assert decided(at(4)) == reminders.Verdict(look_on=today(START) + timedelta(days=5))


def test_the_three_go_on_their_days() -> None:
    """Each step moves the course on, and after the last there is nothing to look at."""
    now, sent, seen = course(), [], []
    for day in range(20):
        verdict = reminders.decide(now, USUAL, INVITED, at(day))
        now = now.went(verdict, today(at(day)))
        if verdict.send:
            sent.append((day, verdict.send))
        seen.append(now.due_on)
    assert sent == [(5, 1), (10, 2), (14, 3)]
    assert seen[-1] is None


def test_after_an_outage_only_the_latest_due_goes() -> None:
    """The earlier ones are passed over; the one that is not due yet stays planned."""
    verdict = decided(at(12))
    assert (verdict.send, verdict.skipped) == (2, (1,))
    assert verdict.look_on == today(START) + timedelta(days=14)
    after_all = decided(at(21))
    assert (after_all.send, after_all.skipped, after_all.look_on) == (3, (1, 2), None)


def test_at_most_one_a_day() -> None:
    """Somebody who had one today gets the next tomorrow at the earliest."""
    had = course(passed=1, last_on=today(at(10)))
    verdict = decided(at(10), had)
    assert (verdict.send, verdict.look_on) == (None, today(at(11)))
    assert decided(at(11), had).send == 2


def test_nothing_goes_after_the_last_day_to_answer() -> None:
    """On that day itself one may go; after it the course has ended."""
    last = today(at(10))
    assert decided(at(10), response_date=last).send == 2
    ended = decided(at(11), response_date=last)
    assert (ended.send, ended.look_on, ended.why) == (None, None, reminders.TERM_PASSED)


def test_nothing_goes_at_night() -> None:
    """Before the hour it waits for it, in the evening for the next day."""
    assert decided(at(5, 8)).look_on == today(at(5))
    assert decided(at(5, 8)).send is None
    assert decided(at(5, 9)).send == 1
    evening = decided(at(5, 20))
    assert (evening.send, evening.look_on) == (None, today(at(7)))  # day 6 is a Sunday


def test_sundays_and_public_holidays_are_passed() -> None:
    """A step that falls on one goes on the next day that is none."""
    christmas = course(datetime(2026, 12, 20, 12, tzinfo=AMSTERDAM))
    first = christmas.planned(USUAL)[0]
    assert first.day == date(2026, 12, 28)  # 25 and 26 are holidays, 27 is a Sunday
    kings_day = course(datetime(2027, 4, 22, 12, tzinfo=AMSTERDAM))
    assert kings_day.planned(USUAL)[0].day == date(2027, 4, 28)
    assert reminders.is_sending_day(date(2027, 2, 6))  # a Saturday is no Sunday


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"status": "gegevens aangeleverd"}, "gegevens aangeleverd"),
        ({"status": "gestopt"}, "gestopt"),
        ({"preference": "BRIEF"}, "krijgt brieven"),
        ({"has_email": False}, "geen e-mailadres"),
        ({"mail_arrived": False}, "niet bezorgd"),
        ({"is_excluded": True}, "uitgesloten"),
        ({"is_deceased": True}, "overleden"),
        ({"is_returned": True}, "kwam terug"),
        ({"is_sending_paused": True}, "gepauzeerd"),
        ({"pauses": (PauseKind.SWITCH,)}, "uitgezet"),
        ({"pauses": (PauseKind.DOCUMENT,)}, "document ontvangen"),
        ({"pauses": (PauseKind.MESSAGE,)}, "bericht"),
    ],
)
def test_what_stands_in_the_way_is_told(changes: dict[str, Any], words: str) -> None:
    """Nothing goes, it is looked at again the next day, and the reason is in plain words."""
    verdict = decided(at(5), **changes)
    assert verdict.send is None
    assert verdict.look_on == today(at(7))
    assert words in (verdict.why or "")


def test_who_also_got_a_letter_is_reminded_unless_the_gemeente_says_no() -> None:
    """A setting of the gemeente."""
    both = replace(INVITED, preference="BEIDE")
    assert reminders.decide(course(), USUAL, both, at(5)).send == 1
    spared = reminders.decide(course(), replace(USUAL, for_both=False), both, at(5))
    assert spared.send is None


def test_a_switch_that_is_on_again_sends_the_latest_only() -> None:
    """What came due meanwhile is passed over but for the newest."""
    now = course()
    for day in range(5, 12):
        paused = replace(INVITED, pauses=(PauseKind.SWITCH,))
        now = now.went(reminders.decide(now, USUAL, paused, at(day)), today(at(day)))
    assert now.passed == 0
    verdict = reminders.decide(now, USUAL, INVITED, at(12))
    assert (verdict.send, verdict.skipped) == (2, (1,))


def test_the_reminders_count_from_the_newest_invitation() -> None:
    """Late news of the earlier one changes nothing; the same one once more starts anew."""
    first = course(passed=2, last_on=today(at(10)))
    waiting = first.invited_again(2)
    assert (waiting.due_on, waiting.passed) == (None, 0)
    assert reminders.started(waiting, _mail(waiting.id, 1), uuid4(), at(12)) is waiting
    again = reminders.started(waiting, _mail(waiting.id, 2), waiting.batch_id, at(12))
    assert (again.passed, again.ordinal, again.last_on) == (0, 2, first.last_on)
    assert again.planned(USUAL)[0].day == today(at(17))


def _mail(case_id: UUID, ordinal: int) -> Any:
    """As much of a delivery as counts."""
    return Delivery(uuid4(), "9001", case_id, None, 1, "uitnodiging", ordinal, "email")


moments = st.integers(0, 6 * 365 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
rhythms = st.builds(
    Rhythm,
    days=st.lists(st.integers(1, 90), min_size=1, max_size=3, unique=True).map(
        lambda days: tuple(sorted(days))
    ),
    hour=st.integers(7, 18),
)


@given(moments, rhythms, st.integers(1, 120), st.lists(st.integers(0, 40 * 24), max_size=60))
@settings(max_examples=300, deadline=None)
def test_whenever_the_timer_runs_the_rules_hold(
    start: datetime, rhythm: Rhythm, term: int, gaps: list[int]
) -> None:
    """Ticks at any hours, with outages of any length between them.

    Never two on a day, never after the last day, never at night or on a holiday, each step once and
    in order, and of those that are due only the latest.
    """
    standing = replace(INVITED, response_date=today(start) + timedelta(days=term))
    now, moment = course(start), start
    sent: list[tuple[int, date]] = []
    for gap in sorted(gaps):
        moment = max(moment, start + timedelta(hours=gap))
        day, before = today(moment), now
        verdict = reminders.decide(now, rhythm, standing, moment)
        now = now.went(verdict, day)
        if verdict.send is None:
            assert not verdict.skipped
            continue
        sent.append((verdict.send, day))
        due = [one.step for one in before.planned(rhythm) if one.day <= day]
        assert verdict.send == due[-1]
        assert verdict.skipped == tuple(due[:-1])
        assert standing.response_date is not None
        assert day <= standing.response_date
        assert day.weekday() != 6
        assert day not in holidays(day.year)
        assert rhythm.hour <= moment.astimezone(AMSTERDAM).hour < 20
        assert now.due_on is None or now.due_on > day
    assert len({day for _, day in sent}) == len(sent)
    assert [step for step, _ in sent] == sorted({step for step, _ in sent})


@given(moments, rhythms)
@settings(max_examples=100, deadline=None)
def test_looking_when_it_says_to_look_misses_nothing(start: datetime, rhythm: Rhythm) -> None:
    """A timer that looks on the days that it noted sends every step, the first on its day."""
    standing = replace(INVITED, response_date=None)
    now = replace(course(start), due_on=today(start) + timedelta(days=1))
    first_days = {one.step: one.day for one in now.planned(rhythm)}
    rhythm = replace(rhythm, hour=9)
    sent, last = {}, None
    for _ in range(20):
        if now.due_on is None:
            break
        assert last is None or now.due_on > last
        last = now.due_on
        moment = datetime.combine(last, datetime.min.time(), AMSTERDAM) + timedelta(hours=11)
        verdict = reminders.decide(now, rhythm, standing, moment)
        now = now.went(verdict, last)
        if verdict.send:
            sent[verdict.send] = last
    assert now.due_on is None
    assert max(sent) == len(rhythm.days)
    assert all(day == first_days[step] or step > 1 for step, day in sent.items())


def test_settings_say_what_is_wrong_with_them() -> None:
    """All of it at once; a colleague who was first goes before."""
    wrong = ReminderSettings.of("9001", Rhythm((10, 5), 3))
    with pytest.raises(Invalid) as refused:
        wrong.check(None)
    assert [one.name for one in refused.value.errors] == ["dagen", "uur"]
    with pytest.raises(RemindersChanged):
        ReminderSettings.of("9001", Rhythm(), version=2).check(None)
