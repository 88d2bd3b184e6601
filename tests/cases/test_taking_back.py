"""What has not left is taken back when it must not leave any more, and counts add up."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from services.cases import tables
from services.cases.domain import Delivery, DeliveryState, attempt_of
from services.cases.domain.taking_back import CLOSED, DECEASED, DECIDED, STOPPED, SUPPLIED
from shared.contracts.codes import Channel, Purpose
from shared.contracts.envelope import Event
from shared.contracts.events import (
    BriefGepost,
    BriefGevraagd,
    BriefNietPosten,
    BriefTegengehouden,
    DocumentMislukt,
    EmailMislukt,
    OpdrachtIngetrokken,
)
from tests.cases.files import Zaken, persoon, user
from tests.cases.lives import Life, invited
from tests.cases.test_after_sending import POSTED, news, returned
from tests.cases.test_outcomes import by_channel, end_all, made, mailed
from tests.support.parts import event_of

WHY = "De inwoner is overleden."


def a_delivery(purpose: Purpose, channel: Channel, state: str, **more: Any) -> Delivery:
    """A letter or mail of some case."""
    plain = {"gemeente": "1000", "case_id": uuid4(), "batch_id": None, "place": 1, "ordinal": 1}
    given = {**plain, "purpose": purpose, "channel": channel, "state": state, **more}
    return Delivery(id=uuid4(), **given)


@pytest.mark.parametrize(
    ("why", "purpose", "state", "expected"),
    [
        (DECEASED, Purpose.GRANTED, "gevraagd", True),
        (DECEASED, Purpose.GRANTED, "gelukt", True),
        (STOPPED, Purpose.INVITATION, "gelukt", True),
        (STOPPED, Purpose.GRANTED, "gevraagd", False),
        (CLOSED, Purpose.LAST_CALL, "gevraagd", True),
        (CLOSED, Purpose.LAST_CALL, "gelukt", False),
        (CLOSED, Purpose.REJECTED, "gevraagd", False),
        (DECIDED, Purpose.INVITATION, "gevraagd", True),
        (DECIDED, Purpose.RECEIPT, "gevraagd", False),
        (SUPPLIED, Purpose.THIRD_REMINDER, "gevraagd", True),
        (SUPPLIED, Purpose.INVITATION, "gevraagd", False),
        (DECEASED, Purpose.INVITATION, "mislukt", False),
        (DECEASED, Purpose.INVITATION, "ingetrokken", False),
    ],
)
def test_what_must_not_leave_follows_from_what_happened(
    why: Any, purpose: Purpose, state: str, *, expected: bool
) -> None:
    """A letter, on its way or made; what ended otherwise is never taken back."""
    assert why.concerns(a_delivery(purpose, Channel.LETTER, state)) is expected


def test_what_left_is_never_taken_back() -> None:
    """A mail that was sent, a letter that was posted or came back."""
    sent = a_delivery(Purpose.INVITATION, Channel.EMAIL, "gelukt")
    posted = a_delivery(Purpose.INVITATION, Channel.LETTER, "gelukt", posted_on=POSTED)
    back = a_delivery(Purpose.INVITATION, Channel.LETTER, "gelukt", returned_on=POSTED)
    assert not any(DECEASED.concerns(one) for one in (sent, posted, back))


async def taken(zaken: Zaken, gemeente: str) -> set[tuple[str, str, UUID]]:
    """Which orders were taken back."""
    told = await zaken.told(OpdrachtIngetrokken, gemeente)
    assert len({one.id for one in told}) == len(told)
    return {(one.data.kanaal, one.data.doel, one.data.pogingId) for one in told}


async def test_of_who_died_all_that_has_not_left_is_taken_back(zaken: Zaken, gemeente: str) -> None:
    """The letter that came back is not; twice the same news takes back once."""
    await zaken.sent(gemeente, persoon(700, "BEIDE"))
    both = await by_channel(zaken, gemeente)
    await zaken.feed(made(both["brief"]))
    back = returned(both["brief"], reason="overleden")
    await zaken.feed(back, back)
    await zaken.feed(back)
    mail = both["email"]
    assert await taken(zaken, gemeente) == {("email", "uitnodiging", mail.attempt_id)}


async def test_a_stopped_case_takes_back_what_is_on_its_way(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """The mail left, so it stays; the letter was made and not posted."""
    life = await invited(zaken, door, gemeente, 701)
    await life.did("stoppen", reden="De inwoner is verhuisd naar een andere gemeente")
    letter = (await by_channel(zaken, gemeente))["brief"]
    assert await taken(zaken, gemeente) == {("brief", "uitnodiging", letter.attempt_id)}


async def test_a_stopped_case_whose_orders_run_takes_them_back(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """Each order ends once, as what its maker answers, and the batch comes to its end."""
    file = await zaken.sent(gemeente, persoon(702, "BEIDE"), persoon(703, "BEIDE"))
    rows = await zaken.table(tables.deliveries, gemeente)
    case_id = file.rows[0].data.zaakId
    mine = [one for one in rows if one.case_id == case_id]
    life = Life(zaken, door, gemeente, str(case_id))
    await life.did("stoppen", reden="De inwoner is verhuisd naar een andere gemeente")
    assert len(await taken(zaken, gemeente)) == 2
    for one in mine:
        await zaken.feed(withdrawn(one))
    others = [one for one in rows if one.case_id != case_id]
    await zaken.feed(*(made(one) if one.channel == "brief" else mailed(one) for one in others))
    after = {one.id: one.state for one in await zaken.table(tables.deliveries, gemeente)}
    assert [after[one.id] for one in mine] == ["ingetrokken", "ingetrokken"]


async def test_what_leaves_before_the_news_stays_sent(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """The mail server was first: the case says so, and nothing is counted twice."""
    file = await zaken.sent(gemeente, persoon(704, "EMAIL"))
    mail = (await by_channel(zaken, gemeente))["email"]
    life = Life(zaken, door, gemeente, str(file.rows[0].data.zaakId))
    await life.did("stoppen", reden="De inwoner is verhuisd naar een andere gemeente")
    await zaken.feed(mailed(mail))
    assert (await by_channel(zaken, gemeente))["email"].state == DeliveryState.DONE


async def test_a_stopped_case_is_not_written_to_by_a_retry(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """It fails with the reason, in the words of what to do."""
    file = await zaken.sent(gemeente, persoon(705), persoon(706))
    await end_all(zaken, file, failing=2)
    life = Life(zaken, door, gemeente, str(file.rows[0].data.zaakId))
    await life.did("stoppen", reden="De inwoner is verhuisd naar een andere gemeente")
    before = len(await zaken.told(BriefGevraagd, gemeente))
    answer = await door(
        "POST",
        f"/batches/{file.id}/opnieuw",
        user(gemeente),
        json={},
        headers={"Idempotency-Key": str(uuid4())},
    )
    assert answer.status_code < 300, answer.text
    await zaken.work_all("orders")
    assert len(await zaken.told(BriefGevraagd, gemeente)) == before + 1
    states = {one.case_id: one for one in await zaken.table(tables.deliveries, gemeente)}
    stopped = states[UUID(life.id)]
    assert (stopped.state, "gestopt" in stopped.reason) == ("mislukt", True)


async def test_supply_and_decision_take_back_what_asks_to_react(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """The last call, not what the resident is told of the supply or decision itself."""
    life = await invited(zaken, door, gemeente, 707)
    await last_call(life)
    day = str(await life.today())
    await life.did("aanleveringen", bron="post", ontvangstDatum=day, ontvangstbevestiging=True)
    assert {(channel, purpose) for channel, purpose, _ in await taken(zaken, gemeente)} == {
        ("brief", "laatste-oproep"),
        ("email", "laatste-oproep"),
    }
    await life.decided()
    purposes = {purpose for _, purpose, _ in await taken(zaken, gemeente)}
    assert purposes == {"laatste-oproep"}


async def last_call(life: Life) -> None:
    """Ask for a last call at its door."""
    answer = await life.door(
        "POST",
        f"/zaken/{life.id}/laatste-oproep",
        user(life.gemeente),
        json={"reactietermijnDagen": 14},
        headers={"Idempotency-Key": str(uuid4())},
    )
    assert answer.status_code < 300, answer.text


@pytest.mark.parametrize("is_reversed", [False, True])
async def test_a_letter_that_was_held_back_counts_as_withdrawn(
    zaken: Zaken, door: Any, gemeente: str, *, is_reversed: bool
) -> None:
    """Also when that is told before its making, and after the batch was closed."""
    file = await zaken.sent(gemeente, persoon(708))
    letter = (await by_channel(zaken, gemeente))["brief"]
    events = [made(letter), held(letter)]
    for event in events[::-1] if is_reversed else events:
        await zaken.feed(event, event)
        await zaken.feed(event)
    figures = (await door("GET", f"/batches/{file.id}", user(gemeente))).json()["brieven"]
    assert (figures["gemaakt"], figures["ingetrokken"], figures["gevraagd"]) == (0, 1, 0)


@pytest.mark.parametrize("order", ["told, held", "held, told", "told, posted", "posted, told"])
async def test_who_must_take_a_letter_out_has_a_task_until_it_is_settled(
    zaken: Zaken, gemeente: str, order: str
) -> None:
    """With the print file, place and page; in any order no task is left behind."""
    await zaken.sent(gemeente, persoon(709))
    letter = (await by_channel(zaken, gemeente))["brief"]
    events = {
        "told": to_pull(letter),
        "held": held(letter),
        "posted": news(BriefGepost, letter, 1, gepostDatum=POSTED),
    }
    await zaken.feed(made(letter))
    for name in order.split(", "):
        await zaken.feed(events[name], events[name])
        await zaken.feed(events[name])
    tasks = await zaken.table(tables.tasks, gemeente)
    assert all(one.done_at is not None for one in tasks)
    if order.startswith("told"):
        (task,) = tasks
        assert task.kind == "brief-tegenhouden"
        assert "Afdrukbestand 2a van de batch: brief 13, vanaf pagina 37" in task.explanation


async def test_what_was_taken_back_can_be_written_again_by_hand(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """A decision of somebody who turned out not to have died."""
    life = await invited(zaken, door, gemeente, 710)
    await life.decided()
    decision = next(
        one
        for one in await zaken.table(tables.deliveries, gemeente)
        if one.purpose == "besluit-afwijzen" and one.channel == "brief"
    )
    await zaken.feed(withdrawn(decision))
    answer = await door(
        "POST",
        f"/zaken/{life.id}/bezorgingen/{decision.id}/opnieuw",
        user(gemeente),
        headers={"Idempotency-Key": str(uuid4())},
    )
    assert answer.status_code < 300, answer.text
    (again,) = [d for d in await zaken.table(tables.deliveries, gemeente) if d.id == decision.id]
    assert (again.state, again.round) == ("gevraagd", 2)


def about(delivery: Delivery) -> dict[str, Any]:
    """What each event about a letter says of it."""
    return {
        "zaakId": delivery.case_id,
        "documentId": attempt_of(delivery.id, delivery.round),
        "bezorgingId": delivery.id,
        "pogingId": delivery.attempt_id,
        "doel": Purpose(delivery.purpose),
    }


def held(delivery: Delivery) -> Event[Any]:
    """A letter that was made is not posted."""
    data = BriefTegengehouden(**about(delivery), batchId=delivery.batch_id, reden=WHY)
    return event_of(data, delivery.gemeente, sequence=2)


def to_pull(delivery: Delivery) -> Event[Any]:
    """A letter must be taken out of a print file."""
    data = BriefNietPosten(
        **about(delivery),
        batchId=delivery.batch_id,
        afdrukbestandId=uuid4(),
        afdrukbestand="2a",
        volgnummer=13,
        pagina=37,
        reden=WHY,
    )
    return event_of(data, delivery.gemeente, sequence=2)


def withdrawn(delivery: Delivery) -> Event[Any]:
    """The answer to an order that was taken back."""
    told = {**about(delivery), "batchId": delivery.batch_id, "reden": WHY, "ingetrokken": True}
    if delivery.channel == "brief":
        return event_of(DocumentMislukt(**told), delivery.gemeente)
    told["berichtId"] = told.pop("documentId")
    return event_of(EmailMislukt(**told), delivery.gemeente)
