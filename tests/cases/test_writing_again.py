"""An invitation anew and the last call: by which channels, until when, and who gets none."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from services.cases import handlers, tables
from services.cases.domain import Case, working_days
from shared.contracts.codes import Purpose
from shared.contracts.events import BriefGevraagd, EmailGevraagd
from tests.cases.files import Zaken, persoon, user
from tests.cases.test_outcomes import mailed
from tests.cases.test_reminders import change_case, course_of, day_after, invited, moments, reminded
from tests.support.moments import Moments

DECLARED = {"verklaring": "Koos e-mail aan de telefoon", "verklaringBron": "Gesprek"}
__all__ = ["moments"]


async def case_of(zaken: Zaken, gemeente: str) -> Case:
    """The one case of a gemeente."""
    (found,) = await zaken.table(tables.cases, gemeente)
    assert isinstance(found, Case)
    return found


async def asked(
    zaken: Zaken, door: Any, gemeente: str, what: str, **body: Any
) -> tuple[int, dict[str, Any]]:
    """What is answered to writing again."""
    case = await case_of(zaken, gemeente)
    answer = await door("POST", f"/zaken/{case.id}/{what}", user(gemeente), json=body)
    return answer.status_code, answer.json()


async def test_an_invitation_anew_is_an_extra_delivery(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """The same case, a new day to answer, both channels, under the consent of before."""
    await zaken.sent(gemeente, persoon(1, "BEIDE"))
    before = await case_of(zaken, gemeente)
    status, answer = await asked(
        zaken, door, gemeente, "uitnodigingen", reactietermijnDagen=60, reden="Brief zoek"
    )
    assert status == 202, answer
    after = await case_of(zaken, gemeente)
    assert after.response_date is not None
    assert before.response_date is not None
    assert after.response_date.isoformat() == answer["reactieDatum"]
    assert after.response_date > before.response_date
    assert after.status == before.status
    sent = await zaken.table(tables.deliveries, gemeente)
    assert sorted((one.ordinal, one.channel) for one in sent) == [
        (1, "brief"),
        (1, "email"),
        (2, "brief"),
        (2, "email"),
    ]
    assert len({one.consent_id for one in sent if one.channel == "email"}) == 1
    _, letter = await zaken.told(BriefGevraagd, gemeente)
    assert (letter.data.doel, letter.data.batchId) == (Purpose.INVITATION, None)
    entries = {one.what: one for one in await zaken.table(tables.timeline, gemeente)}
    assert "Reden: Brief zoek" in str(entries["Uitnodiging opnieuw verstuurd"].explanation)


async def test_reminders_count_from_the_new_mail(
    zaken: Zaken, door: Any, gemeente: str, moments: Moments
) -> None:
    """Until it was accepted none goes; then the first one once more, under its own id."""
    await invited(zaken, gemeente)
    moments.go_to(day_after(await course_of(zaken, gemeente), 5))
    await zaken.tick(handlers.send_reminders)
    await asked(zaken, door, gemeente, "uitnodigingen", reactietermijnDagen=60)
    assert (await course_of(zaken, gemeente)).due_on is None
    moments.go_to(day_after(await course_of(zaken, gemeente), 14))
    await zaken.tick(handlers.send_reminders)
    assert await reminded(zaken, gemeente) == ["herinnering-1"]
    newest = max(await zaken.table(tables.deliveries, gemeente), key=lambda one: one.ordinal)
    accepted = mailed(newest)
    await zaken.feed(replace(accepted, time=accepted.time + timedelta(days=14)))
    moments.go_to(day_after(await course_of(zaken, gemeente), 5))
    await zaken.tick(handlers.send_reminders)
    assert await reminded(zaken, gemeente) == ["herinnering-1", "herinnering-1"]
    made = await zaken.table(tables.steps, gemeente)
    assert sorted((one.ordinal, one.step) for one in made) == [(1, 1), (2, 1)]


async def test_a_mail_needs_consent(zaken: Zaken, door: Any, gemeente: str) -> None:
    """Who got letters until now is not mailed before somebody declares why (Wmebv)."""
    await zaken.sent(gemeente, persoon(2, "BRIEF", email="tester2@example.nl"))
    wish = {"kanalen": ["email"]}
    status, answer = await asked(zaken, door, gemeente, "uitnodigingen", **wish)
    assert status == 400
    assert [one["name"] for one in answer["invalidParams"]] == ["verklaring"]
    status, answer = await asked(zaken, door, gemeente, "uitnodigingen", **wish, **DECLARED)
    assert status == 202, answer
    (mail,) = [one for one in await zaken.table(tables.deliveries, gemeente) if one.ordinal == 2]
    (consent,) = await zaken.table(tables.consents, gemeente)
    assert mail.consent_id == consent.id
    assert (consent.text, consent.by) == (DECLARED["verklaring"], "gebruiker-akkoord")


async def test_a_channel_without_an_address_is_refused(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """With what to do."""
    await zaken.sent(gemeente, persoon(3, "EMAIL", adres=None))
    status, answer = await asked(zaken, door, gemeente, "uitnodigingen", kanalen=["brief"])
    assert status == 400
    assert "contactgegevens" in answer["invalidParams"][0]["reason"]


async def test_the_last_call_moves_the_last_day(zaken: Zaken, door: Any, gemeente: str) -> None:
    """By the resident's channels; fourteen days by itself, never earlier than promised."""
    await invited(zaken, gemeente, "BEIDE")
    before = await case_of(zaken, gemeente)
    _, answer = await asked(zaken, door, gemeente, "laatste-oproep")
    assert answer["reactieDatum"] == str(before.response_date)
    _, answer = await asked(zaken, door, gemeente, "laatste-oproep", reactietermijnDagen=40)
    today = working_days.today(before.opened_at)
    assert answer["reactieDatum"] == working_days.end_of_term(today, 40).isoformat()
    calls = [event.data for event in await zaken.told(EmailGevraagd, gemeente)][1:]
    assert {call.doel for call in calls} == {Purpose.LAST_CALL}
    assert len({call.bezorgingId for call in calls}) == 2


async def test_a_last_call_takes_the_task_away(
    zaken: Zaken, door: Any, gemeente: str, moments: Moments
) -> None:
    """The term runs anew; when it passes too, there is a new task."""
    await invited(zaken, gemeente)
    case = await case_of(zaken, gemeente)
    assert case.response_date is not None
    moments.go_to(case.response_date + timedelta(days=1))
    await zaken.tick(handlers.note_passed_terms)
    _, answer = await asked(zaken, door, gemeente, "laatste-oproep")
    (task,) = await zaken.table(tables.tasks, gemeente)
    assert task.done_at is not None
    after = await case_of(zaken, gemeente)
    assert answer["reactieDatum"] == str(after.response_date)
    assert after.response_date is not None
    await zaken.tick(handlers.note_passed_terms)
    assert len(await zaken.table(tables.tasks, gemeente)) == 1
    moments.go_to(after.response_date + timedelta(days=1))
    await zaken.tick(handlers.note_passed_terms)
    assert len(await zaken.table(tables.tasks, gemeente)) == 2


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"status": "gestopt"}, "zaak-is-klaar"),
        ({"status": "besloten"}, "zaak-is-klaar"),
        ({"deceased_at": sa.func.now()}, "inwoner-overleden"),
        ({"indication": "overleden"}, "inwoner-overleden"),
    ],
)
async def test_who_is_not_written_to_any_more(
    zaken: Zaken, door: Any, gemeente: str, change: dict[str, Any], problem: str
) -> None:
    """409, in plain words, and nothing is ordered."""
    await invited(zaken, gemeente)
    await change_case(zaken, gemeente, **change)
    for what in ("uitnodigingen", "laatste-oproep"):
        status, answer = await asked(zaken, door, gemeente, what)
        assert status == 409
        assert answer["type"].endswith(problem)
    assert len(await zaken.table(tables.deliveries, gemeente)) == 1


async def test_before_the_first_invitation_there_is_nothing_to_repeat(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """The batch was not sent."""
    await zaken.opened(gemeente, persoon(5, "EMAIL"))
    for what in ("uitnodigingen", "laatste-oproep"):
        status, answer = await asked(zaken, door, gemeente, what)
        assert (status, answer["type"].rsplit(":", 1)[-1]) == (409, "nog-niet-uitgenodigd")


async def test_the_same_key_twice_writes_once(zaken: Zaken, door: Any, gemeente: str) -> None:
    """A double click is one letter."""
    await zaken.sent(gemeente, persoon(6, "BRIEF"))
    case = await case_of(zaken, gemeente)
    key = {"Idempotency-Key": "0f9f5a0e-5df3-4b2b-8a43-1f3f6f5a0c11"}
    path = f"/zaken/{case.id}/uitnodigingen"
    answers = [
        (await door("POST", path, user(gemeente), json={}, headers=key)).json() for _ in range(2)
    ]
    assert answers[0] == answers[1]
    assert len(await zaken.told(BriefGevraagd, gemeente)) == 2


@pytest.mark.parametrize("days", [0, 366])
async def test_a_term_has_its_bounds(zaken: Zaken, door: Any, gemeente: str, days: int) -> None:
    """As with a batch."""
    await zaken.sent(gemeente, persoon(7, "BRIEF"))
    status, answer = await asked(zaken, door, gemeente, "uitnodigingen", reactietermijnDagen=days)
    assert status == 400
    assert [one["name"] for one in answer["invalidParams"]] == ["reactietermijnDagen"]
