"""Mails of a destroyed case go, as they were sent and as rows, and stay gone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from services.mailer import handlers, tables
from services.mailer.bounces import kept
from services.mailer.domain import Bounce, bounce_key
from shared.chassis.bucket import Bucket
from shared.chassis.destruction import DESTRUCTIONS
from shared.contracts.events import EmailsGewist, ZaakVernietigd
from tests.mailer.conftest import order, recorded, settings_event
from tests.support import parts


async def _mails(mailer: parts.Bench, gemeente: str) -> list[Any]:
    return await mailer.rows(sa.select(tables.mails), gemeente)


async def test_mails_of_a_destroyed_case_go_and_stay_gone(
    mailer: parts.Bench, gemeente: str
) -> None:
    """The mail of another case stays; the same order once more sends nothing."""
    first, other = order(), order()
    await mailer.feed(
        settings_event(gemeente), parts.event_of(first, gemeente), parts.event_of(other, gemeente)
    )
    await mailer.work_all(handlers.MAILS)
    bucket: Bucket = mailer.built.state["bucket"]
    assert len(await bucket.keys(f"{gemeente}/emails/")) == 2
    came_back = Bounce(uuid4(), gemeente, first.pogingId, "mislukt", "5.1.1", datetime.now(UTC))
    await bucket.put_sealed(bounce_key(came_back), b"retour")
    async with mailer.database.transaction(gemeente) as tx:
        await kept.keep_bounce(tx.connection, mailer.parts.mapper, came_back)
    destroyed = ZaakVernietigd(zaakId=first.zaakId, batchId=first.batchId)
    await mailer.feed(parts.event_of(destroyed, gemeente))
    await mailer.work_all(DESTRUCTIONS)
    await mailer.feed(parts.event_of(first, gemeente))
    assert await bucket.keys(f"{gemeente}/bounces/") == []
    assert await mailer.rows(sa.select(tables.bounces), gemeente) == []
    assert [row["case_id"] for row in await _mails(mailer, gemeente)] == [other.zaakId]
    assert await bucket.keys(f"{gemeente}/emails/") == [f"{gemeente}/emails/{other.pogingId}.eml"]
    assert [one["zaakId"] for one in await recorded(mailer, EmailsGewist, gemeente)] == [
        str(first.zaakId)
    ]


async def test_a_mail_that_waits_is_not_sent(mailer: parts.Bench, gemeente: str) -> None:
    """It goes with its case, before its turn came."""
    waits = order()
    await mailer.feed(settings_event(gemeente), parts.event_of(waits, gemeente))
    destroyed = ZaakVernietigd(zaakId=waits.zaakId, batchId=waits.batchId)
    await mailer.feed(parts.event_of(destroyed, gemeente))
    await mailer.work_all(DESTRUCTIONS)
    assert await mailer.work_all(handlers.MAILS) == 0
    assert await _mails(mailer, gemeente) == []
