"""Reminders on the database: a course per case, a timer, switches, and what the case tells."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from deploy.local.stack import Stack
from services.cases import handlers, tables
from services.cases.domain import Course, reminders, working_days
from services.cases.handlers.reminders import REMINDED
from shared.contracts.codes import CaseStatus, Purpose, Role
from shared.contracts.events import EmailGevraagd
from tests.cases.files import File, Zaken, persoon, user
from tests.cases.test_bounced import bounced
from tests.cases.test_outcomes import by_channel, mailed
from tests.support.moments import Moments, moments_of

BEHEERDER = {Role.BEHEERDER}


@pytest.fixture
def moments(zaken: Zaken, stack: Stack) -> Iterator[Moments]:
    """The business time of cases."""
    assert zaken.service.name == "cases"
    with moments_of(stack, "cases") as found:
        yield found


async def invited(zaken: Zaken, gemeente: str, choice: str = "EMAIL", number: int = 1) -> File:
    """A resident whose invitation was accepted by the mail server today."""
    file = await zaken.sent(gemeente, persoon(number, choice))
    await zaken.feed(mailed((await by_channel(zaken, gemeente))["email"]))
    return file


async def course_of(zaken: Zaken, gemeente: str) -> Course:
    """The one course of a gemeente."""
    (found,) = await zaken.table(tables.courses, gemeente)
    assert isinstance(found, Course)
    return found


def day_after(course: Course, days: int) -> date:
    """The day on which a step after so many days may go."""
    start = working_days.today(course.started_at)
    return reminders.sending_day_from(start + timedelta(days=days))


async def reminded(zaken: Zaken, gemeente: str) -> list[str]:
    """The purposes of the reminders that were ordered, oldest first."""
    orders = [event.data for event in await zaken.told(EmailGevraagd, gemeente)]
    return [order.doel.value for order in orders if order.doel != Purpose.INVITATION]


async def test_twenty_days_bring_three_mails(zaken: Zaken, gemeente: str, moments: Moments) -> None:
    """Looked at every hour of every day; each on its day, by the consent of the invitation."""
    await invited(zaken, gemeente, "BEIDE")
    course = await course_of(zaken, gemeente)
    start, days = working_days.today(course.started_at), []
    for number in range(21):
        day = start + timedelta(days=number)
        for hour in (7, 9, 21):
            moments.go_to(day, hour)
            before = len(await reminded(zaken, gemeente))
            await zaken.tick(handlers.send_reminders)
            await zaken.tick(handlers.send_reminders)
            if len(await reminded(zaken, gemeente)) > before:
                days.append((day, hour))
    assert days == [(day_after(course, step), 9) for step in (5, 10, 14)]
    assert await reminded(zaken, gemeente) == ["herinnering-1", "herinnering-2", "herinnering-3"]
    mails = [one for one in await zaken.table(tables.deliveries, gemeente) if not one.batch_id]
    (invitation,) = [
        one
        for one in await zaken.table(tables.deliveries, gemeente)
        if one.batch_id and one.channel == "email"
    ]
    assert {one.consent_id for one in mails} == {invitation.consent_id}
    told = [one.what for one in await zaken.table(tables.timeline, gemeente)]
    assert sorted(what for what in told if what.startswith("Herinnering")) == [
        "Herinnering 1 gevraagd",
        "Herinnering 2 gevraagd",
        "Herinnering 3 gevraagd",
    ]
    assert (await course_of(zaken, gemeente)).due_on is None


async def test_a_reminder_says_until_when_one_can_answer(
    zaken: Zaken, gemeente: str, moments: Moments
) -> None:
    """With the date of the invitation, in the words of a letter, and the day on which it goes."""
    await invited(zaken, gemeente)
    course = await course_of(zaken, gemeente)
    moments.go_to(day_after(course, 5))
    await zaken.tick(handlers.send_reminders)
    invitation, reminder = await zaken.told(EmailGevraagd, gemeente)
    assert reminder.data.velden["REACTIEDATUM"] == invitation.data.velden["REACTIEDATUM"]
    assert reminder.data.velden["DATUM"] != invitation.data.velden["DATUM"]
    assert (reminder.data.batchId, reminder.actor) == (None, "systeem:send_reminders")


async def test_after_an_outage_only_the_latest_due_goes(
    zaken: Zaken, door: Any, gemeente: str, moments: Moments
) -> None:
    """The one that was passed over is noted, with the reason."""
    file = await invited(zaken, gemeente)
    moments.go_to(day_after(await course_of(zaken, gemeente), 11))
    for _ in range(3):
        await zaken.tick(handlers.send_reminders)
    assert await reminded(zaken, gemeente) == ["herinnering-2"]
    path = f"/zaken/{file.rows[0].data.zaakId}/herinneringen"
    answer = (await door("GET", path, user(gemeente))).json()
    assert [(one["nummer"], one["status"]) for one in answer["stappen"]] == [
        (1, "overgeslagen"),
        (2, "gevraagd"),
        (3, "gepland"),
    ]
    assert answer["stappen"][0]["reden"] == reminders.OVERTAKEN
    assert answer["status"] == "gepland"


async def test_two_timers_at_once_send_each_reminder_once(
    zaken: Zaken, gemeente: str, moments: Moments
) -> None:
    """Ten residents, eight timers: ten mails."""
    await zaken.sent(gemeente, *(persoon(number, "EMAIL") for number in range(30, 40)))
    sent = await zaken.table(tables.deliveries, gemeente)
    await zaken.feed(*(mailed(one) for one in sent))
    started = (await zaken.table(tables.courses, gemeente))[0]
    moments.go_to(day_after(started, 5))
    await asyncio.gather(*(zaken.tick(handlers.send_reminders) for _ in range(8)))
    assert len(await reminded(zaken, gemeente)) == 10
    made = [one for one in await zaken.table(tables.deliveries, gemeente) if not one.batch_id]
    assert len({one.case_id for one in made}) == 10


async def test_who_answered_keeps_nobody_waiting(
    zaken: Zaken, gemeente: str, moments: Moments
) -> None:
    """One tick looks past all who answered; of those who did not it reminds so many at most."""
    silent, answered = REMINDED + 3, 60
    people = (persoon(number, "EMAIL") for number in range(silent + answered))
    await zaken.sent(gemeente, *people)
    await zaken.feed(*(mailed(one) for one in await zaken.table(tables.deliveries, gemeente)))
    first = sa.select(tables.cases.c.id).order_by(tables.cases.c.place).limit(answered)
    async with zaken.database.transaction(gemeente) as tx:
        supplied = {"status": CaseStatus.SUPPLIED}
        chosen = tables.cases.c.id.in_(first)
        await tx.connection.execute(sa.update(tables.cases).where(chosen).values(supplied))
    moments.go_to(day_after((await zaken.table(tables.courses, gemeente))[0], 5))
    await zaken.tick(handlers.send_reminders)
    assert len(await reminded(zaken, gemeente)) == REMINDED
    for _ in range(2):
        await zaken.tick(handlers.send_reminders)
    assert len(await reminded(zaken, gemeente)) == silent


async def test_what_another_timer_has_in_hand_is_left_alone(
    zaken: Zaken, gemeente: str, moments: Moments
) -> None:
    """A locked row is not waited for; it is looked at in the next tick."""
    await invited(zaken, gemeente)
    moments.go_to(day_after(await course_of(zaken, gemeente), 5))
    async with zaken.database.transaction(gemeente) as other:
        await other.connection.execute(sa.select(tables.courses).with_for_update())
        await asyncio.wait_for(zaken.tick(handlers.send_reminders), 5)
        assert await reminded(zaken, gemeente) == []
    await zaken.tick(handlers.send_reminders)
    assert await reminded(zaken, gemeente) == ["herinnering-1"]


async def test_the_same_news_twice_starts_one_course(zaken: Zaken, gemeente: str) -> None:
    """Redelivered, or told once more in another event."""
    await zaken.sent(gemeente, persoon(3, "EMAIL"))
    delivery = (await by_channel(zaken, gemeente))["email"]
    event = mailed(delivery)
    await zaken.feed(event, event)
    before = await course_of(zaken, gemeente)
    await zaken.feed(mailed(delivery))
    assert await course_of(zaken, gemeente) == before


async def test_who_gets_letters_is_not_reminded(zaken: Zaken, door: Any, gemeente: str) -> None:
    """And the case says so."""
    file = await zaken.sent(gemeente, persoon(4, "BRIEF"))
    answer = await door("GET", f"/zaken/{file.rows[0].data.zaakId}/herinneringen", user(gemeente))
    assert answer.json()["status"] == "geen"
    assert await zaken.table(tables.courses, gemeente) == []


async def test_a_switch_of_the_case_holds_them_until_it_is_on_again(
    zaken: Zaken, door: Any, gemeente: str, moments: Moments
) -> None:
    """With who and why in the history; meanwhile the case says that it waits."""
    file = await invited(zaken, gemeente)
    path = f"/zaken/{file.rows[0].data.zaakId}/herinneringen"
    off = await door("PUT", path, user(gemeente), json={"aan": False, "reden": "In ziekenhuis"})
    assert off.status_code == 200, off.text
    assert off.json()["schakelaar"]["reden"] == "In ziekenhuis"
    course = await course_of(zaken, gemeente)
    for days in (5, 7, 11):
        moments.go_to(day_after(course, days))
        await zaken.tick(handlers.send_reminders)
    assert await reminded(zaken, gemeente) == []
    held = (await door("GET", path, user(gemeente))).json()
    assert (held["status"], "uitgezet" in held["uitleg"]) == ("gepauzeerd", True)
    await door("PUT", path, user(gemeente), json={"aan": True, "reden": "Weer thuis"})
    await zaken.tick(handlers.send_reminders)
    assert await reminded(zaken, gemeente) == ["herinnering-2"]
    told = {one.what: one for one in await zaken.table(tables.timeline, gemeente)}
    assert told["Herinneringen uitgezet"].explanation == "In ziekenhuis"
    assert told["Herinneringen aangezet"].actor == "gebruiker-akkoord"


async def test_a_switch_of_the_batch_holds_all_its_cases(
    zaken: Zaken, door: Any, gemeente: str, moments: Moments
) -> None:
    """Of this batch only; off twice is off once."""
    file = await invited(zaken, gemeente)
    path = f"/batches/{file.id}/herinneringen"
    for _ in range(2):
        off = await door("PUT", path, user(gemeente), json={"aan": False, "reden": "Fout in tekst"})
        assert (off.json()["aan"], off.json()["doorNaam"]) == (False, "Collega gebruiker-akkoord")
    moments.go_to(day_after(await course_of(zaken, gemeente), 5))
    await zaken.tick(handlers.send_reminders)
    assert await reminded(zaken, gemeente) == []
    await door("PUT", path, user(gemeente), json={"aan": True, "reden": "Tekst verbeterd"})
    await zaken.tick(handlers.send_reminders)
    assert await reminded(zaken, gemeente) == ["herinnering-1"]


async def test_a_gemeente_sets_its_own_days(
    zaken: Zaken, door: Any, gemeente: str, moments: Moments
) -> None:
    """Also for cases that run already; another tab with the old version is refused."""
    await invited(zaken, gemeente)
    course, who = await course_of(zaken, gemeente), user(gemeente, roles=BEHEERDER)
    usual = (await door("GET", "/herinneringen", who)).json()
    assert usual == {"aan": True, "dagen": [5, 10, 14], "uur": 9, "ookBijBrief": True, "versie": 0}
    body = {**usual, "dagen": [2, 20], "uur": 12}
    assert (await door("PUT", "/herinneringen", who, json=body)).json()["versie"] == 1
    assert (await door("PUT", "/herinneringen", who, json=body)).status_code == 409
    moments.go_to(day_after(course, 2), 11)
    await zaken.tick(handlers.send_reminders)
    assert await reminded(zaken, gemeente) == []
    moments.go_to(day_after(course, 2), 12)
    await zaken.tick(handlers.send_reminders)
    assert await reminded(zaken, gemeente) == ["herinnering-1"]
    wrong = {**body, "versie": 1, "dagen": [5, 5], "uur": 3}
    refused = await door("PUT", "/herinneringen", who, json=wrong)
    assert refused.status_code == 400
    assert {one["name"] for one in refused.json()["invalidParams"]} == {"dagen", "uur"}


async def test_a_switch_that_comes_on_late_sends_the_latest_due_only(
    zaken: Zaken, door: Any, gemeente: str, moments: Moments
) -> None:
    """Off for the whole gemeente: nothing is looked at; then the second goes, not the first."""
    await invited(zaken, gemeente)
    who = user(gemeente, roles=BEHEERDER)
    body = {"aan": False, "dagen": [5, 10, 14], "uur": 9, "ookBijBrief": True, "versie": 0}
    await door("PUT", "/herinneringen", who, json=body)
    course = await course_of(zaken, gemeente)
    for days in (5, 11):
        moments.go_to(day_after(course, days))
        await zaken.tick(handlers.send_reminders)
    assert await reminded(zaken, gemeente) == []
    await door("PUT", "/herinneringen", who, json={**body, "aan": True, "versie": 1})
    await zaken.tick(handlers.send_reminders)
    assert await reminded(zaken, gemeente) == ["herinnering-2"]


@pytest.mark.parametrize(
    "change",
    [
        {"status": "gegevens aangeleverd"},
        {"status": "gestopt"},
        {"returned_at": sa.func.now()},
        {"deceased_at": sa.func.now()},
        {"preference": "BRIEF"},
    ],
)
async def test_where_the_case_stands_decides(
    zaken: Zaken, gemeente: str, moments: Moments, change: dict[str, Any]
) -> None:
    """What supplied something, was stopped or came back gets none; what is undone goes on."""
    await invited(zaken, gemeente)
    (before,) = await zaken.table(tables.cases, gemeente)
    await change_case(zaken, gemeente, **change)
    course = await course_of(zaken, gemeente)
    moments.go_to(day_after(course, 5))
    await zaken.tick(handlers.send_reminders)
    assert await reminded(zaken, gemeente) == []
    undone = {name: getattr(before, name) for name in change}
    await change_case(zaken, gemeente, **undone)
    moments.go_to(reminders.next_sending_day(day_after(course, 5)))
    await zaken.tick(handlers.send_reminders)
    assert await reminded(zaken, gemeente) == ["herinnering-1"]


async def change_case(zaken: Zaken, gemeente: str, **values: Any) -> None:
    """What another part of the service will do to a case."""
    async with zaken.database.transaction(gemeente) as transaction:
        await transaction.connection.execute(sa.update(tables.cases).values(values))


async def test_a_mail_that_came_back_holds_them_until_the_address_is_corrected(
    zaken: Zaken, door: Any, gemeente: str, moments: Moments
) -> None:
    """A reminder that bounced says as much of the address as an invitation does."""
    file = await invited(zaken, gemeente)
    course = await course_of(zaken, gemeente)
    moments.go_to(day_after(course, 5))
    await zaken.tick(handlers.send_reminders)
    (reminder,) = [
        one for one in await zaken.table(tables.deliveries, gemeente) if one.batch_id is None
    ]
    await zaken.feed(mailed(reminder))
    await zaken.feed(bounced(reminder))
    moments.go_to(day_after(course, 10))
    await zaken.tick(handlers.send_reminders)
    assert await reminded(zaken, gemeente) == ["herinnering-1"]
    path = f"/zaken/{file.rows[0].data.zaakId}/contactgegevens"
    body = {"versie": 1, "reden": "Tikfout", "email": "goed@example.nl"}
    assert (await door("POST", path, user(gemeente), json=body)).status_code == 200
    moments.go_to(reminders.next_sending_day(day_after(course, 10)))
    await zaken.tick(handlers.send_reminders)
    assert await reminded(zaken, gemeente) == ["herinnering-1", "herinnering-2"]
    assert (await zaken.told(EmailGevraagd, gemeente))[-1].data.aan == "goed@example.nl"


async def test_nothing_goes_after_the_last_day_to_answer(
    zaken: Zaken, gemeente: str, moments: Moments
) -> None:
    """A whole term of outage: all three are too late."""
    await invited(zaken, gemeente)
    (case,) = await zaken.table(tables.cases, gemeente)
    assert case.response_date is not None
    moments.go_to(reminders.next_sending_day(case.response_date))
    await zaken.tick(handlers.send_reminders)
    assert await reminded(zaken, gemeente) == []
    assert (await course_of(zaken, gemeente)).due_on is None


async def test_a_term_that_passed_becomes_one_task(
    zaken: Zaken, door: Any, gemeente: str, moments: Moments
) -> None:
    """And the case is found by it; not on the last day itself."""
    await invited(zaken, gemeente)
    (case,) = await zaken.table(tables.cases, gemeente)
    path = "/zaken?termijnVoorbij=true"
    moments.go_to(case.response_date)
    await zaken.tick(handlers.note_passed_terms)
    assert await zaken.table(tables.tasks, gemeente) == []
    assert (await door("GET", path, user(gemeente))).json()["aantal"] == 0
    moments.go_to(case.response_date + timedelta(days=1))
    for _ in range(2):
        await zaken.tick(handlers.note_passed_terms)
    (task,) = await zaken.table(tables.tasks, gemeente)
    assert task.kind == "termijn-verlopen"
    assert (await door("GET", path, user(gemeente))).json()["aantal"] == 1


async def test_only_what_is_due_is_looked_at(zaken: Zaken, gemeente: str) -> None:
    """However many cases there are: the timer reads an index of days."""
    async with zaken.database.transaction(gemeente) as transaction:
        await transaction.connection.execute(sa.text("set local enable_seqscan = off"))
        plan = await transaction.connection.execute(
            sa.text(
                "explain select * from reminder_courses where gemeente = '1'"
                " and due_on <= '2027-01-01' order by due_on, id limit 200"
            )
        )
        lines = " ".join(plan.scalars())
    assert "reminder_courses_due" in lines
    assert "Sort" not in lines


async def test_an_unknown_case_or_batch_is_told_so(door: Any, gemeente: str) -> None:
    """404, also for a change."""
    body = {"aan": False, "reden": "Bestaat niet"}
    for path in (f"/zaken/{uuid4()}/herinneringen", f"/batches/{uuid4()}/herinneringen"):
        assert (await door("GET", path, user(gemeente))).status_code == 404
        assert (await door("PUT", path, user(gemeente), json=body)).status_code == 404
