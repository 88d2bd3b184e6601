"""Whether a reminder is still wanted just before it leaves, and what becomes of one that is not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from deploy.local.stack import Stack
from services.cases import handlers, tables
from services.cases.domain import reminders
from services.cases.domain.reminders import Rhythm, Standing
from shared.chassis.identity import system
from shared.contracts.codes import CaseStatus, Purpose, Role
from shared.contracts.events import EmailMislukt
from tests.cases.files import File, Zaken, user
from tests.cases.lives import Life
from tests.cases.test_reminders import course_of, day_after, invited, reminded
from tests.support.moments import Moments, moments_of
from tests.support.parts import event_of

STANDING = Standing(CaseStatus.INVITED, "EMAIL", date(2026, 12, 21))
NOON = datetime(2026, 12, 1, 11, tzinfo=UTC)  # a Tuesday


@pytest.fixture
def moments(zaken: Zaken, stack: Stack) -> Iterator[Moments]:
    """The business time of cases."""
    assert zaken.service.name == "cases"
    with moments_of(stack, "cases") as found:
        yield found


@pytest.mark.parametrize(
    ("standing", "now", "part"),
    [
        (STANDING, NOON, None),
        (Standing(CaseStatus.SUPPLIED, "EMAIL", date(2026, 12, 21)), NOON, "status"),
        (Standing(CaseStatus.INVITED, "EMAIL", date(2026, 11, 30)), NOON, "reactiedatum"),
        (STANDING, NOON + timedelta(hours=10), "niet op tijd"),
        (STANDING, NOON - timedelta(hours=9), "niet op tijd"),
        (STANDING, NOON + timedelta(days=5), "niet op tijd"),  # a Sunday
    ],
)
def test_a_reminder_is_judged_as_it_leaves(
    standing: Standing, now: datetime, part: str | None
) -> None:
    """By the rule that had it ordered, and by the day and the hour that it is by then."""
    why = reminders.unwanted(standing, Rhythm(), now)
    assert (why is None) if part is None else (part in str(why))


async def asked_about(door: Any, gemeente: str, *deliveries: UUID) -> dict[str, str]:
    """What mailer hears."""
    body = {"bezorgingIds": [str(one) for one in deliveries]}
    answer = await door("POST", "/herinneringen-nagaan", system("mailer", gemeente), json=body)
    assert answer.status_code == 200, answer.text
    return {one["bezorgingId"]: one["reden"] for one in answer.json()["nietGewenst"]}


async def ordered(zaken: Zaken, gemeente: str, moments: Moments) -> tuple[File, Any]:
    """A resident whose first reminder was ordered today."""
    file = await invited(zaken, gemeente)
    moments.go_to(day_after(await course_of(zaken, gemeente), 5))
    await zaken.tick(handlers.send_reminders)
    (delivery,) = [d for d in await zaken.table(tables.deliveries, gemeente) if not d.batch_id]
    return file, delivery


async def test_mailer_hears_that_a_resident_reacted(
    zaken: Zaken, door: Any, gemeente: str, moments: Moments
) -> None:
    """Until then it may go; nobody else may ask, and another gemeente knows nothing of it."""
    file, delivery = await ordered(zaken, gemeente, moments)
    assert await asked_about(door, gemeente, delivery.id) == {}
    life = Life(zaken, door, gemeente, str(file.rows[0].data.zaakId))
    day = str(await life.today())
    await life.did("aanleveringen", bron="post", ontvangstDatum=day, ontvangstbevestiging=False)
    heard = await asked_about(door, gemeente, delivery.id)
    assert heard == {str(delivery.id): "De status van de zaak is: gegevens aangeleverd."}
    assert await asked_about(door, "9999", delivery.id) == {str(delivery.id): reminders.GONE}
    for role in (Role.BEHANDELAAR, Role.BEHEERDER):
        body = {"bezorgingIds": [str(delivery.id)]}
        colleague = user(gemeente, roles={role})
        assert (
            await door("POST", "/herinneringen-nagaan", colleague, json=body)
        ).status_code == 403


async def test_a_reminder_that_was_not_wanted_is_still_to_come(
    zaken: Zaken, door: Any, gemeente: str, moments: Moments
) -> None:
    """It goes on a later day when nothing is against it any more, as a new attempt, once."""
    file, delivery = await ordered(zaken, gemeente, moments)
    today = day_after(await course_of(zaken, gemeente), 5)
    news = unwanted(delivery)
    await zaken.feed(news, news)
    await zaken.feed(news)
    path = f"/zaken/{file.rows[0].data.zaakId}/herinneringen"
    shown = (await door("GET", path, user(gemeente))).json()["stappen"]
    assert [(one["nummer"], one["status"]) for one in shown[:1]] == [(1, "gepland")]
    await zaken.tick(handlers.send_reminders)
    assert await reminded(zaken, gemeente) == ["herinnering-1"]
    moments.go_to(reminders.next_sending_day(today))
    for _ in range(3):
        await zaken.tick(handlers.send_reminders)
    assert await reminded(zaken, gemeente) == ["herinnering-1", "herinnering-1"]
    (again,) = [d for d in await zaken.table(tables.deliveries, gemeente) if d.id == delivery.id]
    assert (again.state, again.round) == ("gevraagd", 2)


async def test_a_late_answer_about_an_older_reminder_changes_nothing(
    zaken: Zaken, gemeente: str, moments: Moments
) -> None:
    """The next one went meanwhile."""
    _, delivery = await ordered(zaken, gemeente, moments)
    moments.go_to(day_after(await course_of(zaken, gemeente), 10))
    await zaken.tick(handlers.send_reminders)
    before = await course_of(zaken, gemeente)
    await zaken.feed(unwanted(delivery))
    assert await course_of(zaken, gemeente) == before


def unwanted(delivery: Any) -> Any:
    """The answer to an order that was not wanted any more."""
    data = EmailMislukt(
        zaakId=delivery.case_id,
        bezorgingId=delivery.id,
        pogingId=delivery.attempt_id,
        batchId=None,
        doel=Purpose(delivery.purpose),
        berichtId=uuid4(),
        reden=reminders.NOT_IN_TIME,
        ingetrokken=True,
    )
    return event_of(data, delivery.gemeente)
