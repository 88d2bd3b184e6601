"""A batch is paused, goes on or is stopped while its mails wait."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from services.mailer import tables
from shared.contracts.codes import Purpose
from shared.contracts.envelope import Event
from shared.contracts.events import (
    EmailMislukt,
    EmailVerzonden,
    VerzendingGepauzeerd,
    VerzendingGestopt,
    VerzendingHervat,
)
from tests.mailer.conftest import order, recorded, settings_event
from tests.mailer.smtp_double import SmtpDouble
from tests.support.parts import Bench, event_of


async def test_nothing_leaves_while_a_batch_is_paused(
    mailer: Bench, smtp: SmtpDouble, gemeente: str
) -> None:
    """After the pause all leaves, once; a pause that was heard of late changes nothing."""
    batch = uuid4()
    await mailer.feed(settings_event(gemeente), news(VerzendingGepauzeerd, gemeente, batch, 4))
    await asked(mailer, gemeente, batch)
    await mailer.work_all("mails")
    assert smtp.accepted == []
    await mailer.feed(news(VerzendingHervat, gemeente, batch, 5))
    await mailer.feed(news(VerzendingGepauzeerd, gemeente, batch, 4))
    await mailer.work_all("mails")
    assert len(smtp.accepted) == 2


@pytest.mark.parametrize("early", [True, False])
async def test_each_mail_of_a_stopped_batch_is_answered_once(
    mailer: Bench, smtp: SmtpDouble, gemeente: str, *, early: bool
) -> None:
    """Also when the stop is heard before the order, and when a pause comes too late."""
    batch = uuid4()
    stop = news(VerzendingGestopt, gemeente, batch, 6)
    pause = news(VerzendingGepauzeerd, gemeente, batch, 5)
    await mailer.feed(settings_event(gemeente))
    if early:
        await mailer.feed(stop, pause, stop)
        await asked(mailer, gemeente, batch)
    else:
        await asked(mailer, gemeente, batch)
        await mailer.feed(stop, pause, stop)
    await mailer.work_all("mails")
    assert smtp.accepted == []
    answers = await recorded(mailer, EmailMislukt, gemeente)
    assert [one["ingetrokken"] for one in answers] == [True, True]
    rows = await mailer.rows(sa.select(tables.mails), gemeente)
    assert {(row["status"], row["fields"]) for row in rows} == {("ingetrokken", None)}


async def test_a_mail_that_is_asked_for_after_the_stop_leaves(
    mailer: Bench, smtp: SmtpDouble, gemeente: str
) -> None:
    """Somebody tries again what was withdrawn or had failed."""
    batch = uuid4()
    stop = news(VerzendingGestopt, gemeente, batch, 6, ago=timedelta(minutes=5))
    await mailer.feed(settings_event(gemeente), stop)
    await asked(mailer, gemeente, batch)
    await mailer.work_all("mails")
    assert len(smtp.accepted) == 2
    assert len(await recorded(mailer, EmailVerzonden, gemeente)) == 2


async def asked(mailer: Bench, gemeente: str, batch: UUID) -> None:
    """Two mails of a batch."""
    for _ in range(2):
        wanted = order().model_copy(update={"batchId": batch})
        assert wanted.doel is Purpose.INVITATION
        await mailer.feed(event_of(wanted, gemeente))


def news(
    kind: Any, gemeente: str, batch: UUID, sequence: int, ago: timedelta = timedelta()
) -> Event[Any]:
    """A pause, its end, or a stop."""
    event = event_of(kind(batchId=batch), gemeente, sequence=sequence)
    return replace(event, time=event.time - ago)
