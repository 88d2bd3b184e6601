"""Mails that came back: in the case, in the counts, in one list, and letters instead."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from services.cases import errors, handlers, tables
from services.cases.domain import Batch, Delivery
from services.cases.handlers.bounced import HAS_LETTER, NO_ADDRESS
from shared.contracts.codes import Channel, Purpose
from shared.contracts.events import BatchAfgerond, BriefGevraagd, EmailNietBezorgd
from tests.cases.files import File, Zaken, persoon, user
from tests.cases.test_outcomes import by_channel, made, mailed, unmailed
from tests.support.parts import event_of

REASON = "De mailbox van de ontvanger is vol."


def bounced(delivery: Delivery) -> Any:
    """The news that a mail came back."""
    return event_of(
        EmailNietBezorgd(
            zaakId=delivery.case_id,
            bezorgingId=delivery.id,
            pogingId=delivery.attempt_id,
            batchId=delivery.batch_id,
            doel=Purpose.INVITATION,
            berichtId=delivery.attempt_id,
            reden=REASON,
            blijvend=True,
        ),
        delivery.gemeente,
    )


@pytest.mark.parametrize("order", [(0, 1), (1, 0), (0, 1, 1, 0)])
@pytest.mark.parametrize("together", [True, False])
async def test_a_mail_that_came_back_is_not_delivered_in_any_order(
    zaken: Zaken, gemeente: str, order: tuple[int, ...], *, together: bool
) -> None:
    """The invitation was sent all the same; the timeline tells both, once."""
    await zaken.sent(gemeente, persoon(1, "EMAIL"))
    mail = (await by_channel(zaken, gemeente))["email"]
    news = [mailed(mail), bounced(mail)]
    chosen = [news[place] for place in order]
    for part in [chosen] if together else [[one] for one in chosen]:
        await zaken.feed(*part)
    after = (await by_channel(zaken, gemeente))["email"]
    assert (after.state, after.reason) == ("niet bezorgd", REASON)
    told = sorted(one.what for one in await zaken.table(tables.timeline, gemeente))
    assert told == [
        "E-mail niet bezorgd",
        "E-mail verzonden",
        "Status gewijzigd",
        "Zaak aangemaakt",
    ]
    (case,) = await zaken.table(tables.cases, gemeente)
    assert case.status == "uitnodiging verzonden"


async def test_the_counts_add_up_before_and_after_the_end(zaken: Zaken, gemeente: str) -> None:
    """Mails are sent, failed or not delivered, and each is one of these alone."""
    await zaken.sent(gemeente, *(persoon(nr, "EMAIL") for nr in range(4)))
    mails = await zaken.table(tables.deliveries, gemeente)
    await zaken.feed(*map(mailed, mails[:3]), unmailed(mails[3]), bounced(mails[0]))
    await zaken.tick(handlers.close_batches)
    (end,) = await zaken.told(BatchAfgerond, gemeente)
    told = end.data
    assert (told.emailsVerzonden, told.emailsMislukt, told.emailsNietBezorgd) == (2, 1, 1)
    for _ in range(2):
        await zaken.feed(bounced(mails[1]))
    (batch,) = await zaken.table(tables.batches, gemeente)
    assert (batch.mails_sent, batch.mails_failed, batch.mails_bounced) == (1, 1, 2)


def test_a_batch_counts_a_mail_that_came_back_only_when_it_is_closed() -> None:
    """While it is open its mails are counted themselves."""
    now = datetime.now(UTC)
    batch = Batch(uuid4(), "1234", "a.xlsx", 1, "u", now, mails_sent=1)
    assert batch.bounced() is batch
    closed = Batch(uuid4(), "1234", "a.xlsx", 1, "u", now, mails_sent=1, closed_at=now)
    assert (closed.bounced().mails_sent, closed.bounced().mails_bounced) == (0, 1)


async def _came_back(zaken: Zaken, gemeente: str) -> File:
    """A batch of three whose mails came back: one with an address, one without, one with both."""
    file = await zaken.sent(
        gemeente,
        persoon(1, "EMAIL"),
        persoon(2, "EMAIL", adres=None),
        persoon(3, "BEIDE"),
    )
    deliveries = await zaken.table(tables.deliveries, gemeente)
    mails = [one for one in deliveries if one.channel == Channel.EMAIL]
    letters = [one for one in deliveries if one.channel == Channel.LETTER]
    await zaken.feed(*map(mailed, mails), *map(made, letters))
    await zaken.feed(*map(bounced, mails))
    return file


async def test_letters_for_all_whose_mail_came_back(door: Any, zaken: Zaken, gemeente: str) -> None:
    """Who has an address and no letter gets one; the others are named with the reason."""
    file = await _came_back(zaken, gemeente)
    listed = (await door("GET", f"/batches/{file.id}/niet-bezorgd", user(gemeente))).json()
    assert [one["rij"] for one in listed["resultaten"]] == [2, 3, 4]
    assert {one["reden"] for one in listed["resultaten"]} == {REASON}
    assert [one["brief"] for one in listed["resultaten"]] == [None, None, "gelukt"]
    assert [one["adresIsVolledig"] for one in listed["resultaten"]] == [True, False, True]
    path = f"/batches/{file.id}/niet-bezorgd/brieven"
    for expected in (1, 0):
        header = {"Idempotency-Key": str(uuid4())}
        answer = await door("POST", path, user(gemeente), json={}, headers=header)
        assert (answer.status_code, answer.json()["aantalBrieven"]) == (202, expected)
        reasons = [one["reden"] for one in answer.json()["nietGemaakt"]]
        first = [HAS_LETTER] if not expected else []
        assert reasons == [*first, NO_ADDRESS, HAS_LETTER]
        await zaken.work_all("orders")
    orders = await zaken.told(BriefGevraagd, gemeente)
    assert len(orders) == 2
    (later,) = [one for one in orders if one.sequence == 2]
    assert later.data.batchId == file.id
    assert later.data.zaakId == file.rows[0].data.zaakId
    entries = await zaken.table(tables.timeline, gemeente)
    asked = [one for one in entries if one.what == "Brief aangevraagd"]
    assert [(one.actor, one.explanation) for one in asked] == [
        ("gebruiker-akkoord", "De e-mail is niet bezorgd.")
    ]
    shown = (await door("GET", f"/batches/{file.id}", user(gemeente))).json()
    assert (shown["emails"]["nietBezorgd"], shown["emails"]["verzonden"]) == (3, 0)
    assert shown["status"] == "verzenden"


async def test_letters_of_a_batch_of_mails_alone_use_the_active_template(
    zaken: Zaken, gemeente: str
) -> None:
    """No letter template was approved; the order leaves the choice to documents."""
    file = await zaken.sent(gemeente, persoon(5, "EMAIL"))
    mail = (await by_channel(zaken, gemeente))["email"]
    await zaken.feed(mailed(mail), bounced(mail))
    await zaken.tick(handlers.close_batches)
    command = handlers.LettersForBounced(file.id, (mail.case_id,))
    answer = await zaken.command(handlers.write_letters, command, user(gemeente))
    assert answer["aantalBrieven"] == 1
    await zaken.work_all("orders")
    (ordered,) = await zaken.told(BriefGevraagd, gemeente)
    assert ordered.sequence == 2
    (batch,) = await zaken.table(tables.batches, gemeente)
    assert (batch.status, batch.closed_at) == ("verzenden", None)


async def test_before_approval_no_mail_can_have_come_back(zaken: Zaken, gemeente: str) -> None:
    """There is nothing to write a letter for."""
    file = await zaken.opened(gemeente, persoon(6, "EMAIL"))
    command = handlers.LettersForBounced(file.id, None)
    with pytest.raises(errors.NotSentYet):
        await zaken.command(handlers.write_letters, command, user(gemeente))
