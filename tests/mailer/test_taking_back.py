"""A mail that nobody wants any more does not leave, and is answered once."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from services.mailer import tables
from shared.contracts.codes import Channel
from shared.contracts.envelope import Event
from shared.contracts.events import (
    EmailMislukt,
    EmailVerzonden,
    OpdrachtIngetrokken,
    VerzendingGepauzeerd,
)
from tests.mailer.conftest import order, recorded, settings_event
from tests.mailer.smtp_double import SmtpDouble
from tests.support.parts import Bench, event_of

WHY = "De zaak is gestopt."


def taken_back(asked: Any, gemeente: str, channel: Channel = Channel.EMAIL) -> Event[Any]:
    """The order is not wanted any more."""
    data = OpdrachtIngetrokken(
        zaakId=asked.zaakId,
        bezorgingId=asked.bezorgingId,
        pogingId=asked.pogingId,
        batchId=asked.batchId,
        kanaal=channel,
        doel=asked.doel,
        reden=WHY,
    )
    return event_of(data, gemeente)


@pytest.mark.parametrize("early", [True, False])
async def test_a_mail_that_was_taken_back_is_answered_once(
    mailer: Bench, smtp: SmtpDouble, gemeente: str, *, early: bool
) -> None:
    """Also when that is heard before the order, twice, or in a batch that is paused."""
    asked = order()
    pause = event_of(VerzendingGepauzeerd(batchId=asked.batchId), gemeente, sequence=4)
    ordered, back = event_of(asked, gemeente), taken_back(asked, gemeente)
    await mailer.feed(settings_event(gemeente))
    if early:
        await mailer.feed(back, back)
        await mailer.feed(ordered)
    else:
        await mailer.feed(pause)
        await mailer.feed(ordered)
        await mailer.feed(back, back)
    await mailer.feed(back, ordered)
    await mailer.work_all("mails")
    assert smtp.accepted == []
    (answer,) = await recorded(mailer, EmailMislukt, gemeente)
    assert (answer["ingetrokken"], answer["reden"]) == (True, WHY)
    (mail,) = await mailer.rows(sa.select(tables.mails), gemeente)
    assert (mail["status"], mail["fields"]) == ("ingetrokken", None)


async def test_a_mail_that_left_stays_sent(mailer: Bench, smtp: SmtpDouble, gemeente: str) -> None:
    """So does one whose letter is taken back."""
    gone, other = order(), order()
    await mailer.feed(settings_event(gemeente), event_of(gone, gemeente))
    await mailer.work_all("mails")
    await mailer.feed(event_of(other, gemeente))
    await mailer.feed(
        taken_back(gone, gemeente), taken_back(other, gemeente, channel=Channel.LETTER)
    )
    await mailer.work_all("mails")
    assert len(smtp.accepted) == 2
    assert len(await recorded(mailer, EmailVerzonden, gemeente)) == 2
    assert await recorded(mailer, EmailMislukt, gemeente) == []


async def test_a_mail_that_waits_for_its_server_is_taken_back_at_once(
    mailer: Bench, smtp: SmtpDouble, gemeente: str
) -> None:
    """Its next try would be in minutes."""
    asked = order(str(uuid4().hex[:8]) + "@example.nl")
    smtp.on_recipient.append("451 4.7.1 later")
    await mailer.feed(settings_event(gemeente), event_of(asked, gemeente))
    await mailer.work_all("mails")
    assert smtp.accepted == []
    await mailer.feed(taken_back(asked, gemeente))
    await mailer.work_all("mails")
    (answer,) = await recorded(mailer, EmailMislukt, gemeente)
    assert answer["ingetrokken"] is True
    assert smtp.accepted == []
