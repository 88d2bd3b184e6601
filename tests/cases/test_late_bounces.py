"""Mails that come back after their batch was told of as done: told together, and counted once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from services.cases import handlers, tables
from services.cases.domain.late_bounces import TELL_AFTER, TELL_AT, LateBounces
from shared.contracts.events import BatchAfgerond
from tests.cases.files import File, Zaken, persoon, user
from tests.cases.test_bounced import bounced
from tests.cases.test_outcomes import mailed, unmailed

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def test_what_came_before_the_batch_closed_again_is_told_with_its_end() -> None:
    """Only what came after that counts."""
    late = LateBounces(uuid4(), "1001", 0, NOW).another(NOW, NOW + DAY)
    twice = late.another(NOW, NOW + 2 * DAY)
    assert (twice.waiting, twice.since) == (2, NOW + DAY)
    assert twice.is_news(NOW)
    assert not twice.is_news(NOW + 3 * DAY)
    assert not twice.is_news(None)
    again = twice.another(NOW + 3 * DAY, NOW + 4 * DAY)
    assert (again.waiting, again.since) == (1, NOW + 4 * DAY)
    assert again.told().another(NOW, NOW + 5 * DAY).waiting == 1


async def closed(zaken: Zaken, gemeente: str, mails: int) -> tuple[File, list[Any]]:
    """A batch of so many mails that were all sent, and its end was told."""
    file = await zaken.sent(gemeente, *(persoon(nr, "EMAIL") for nr in range(mails)))
    sent = await zaken.table(tables.deliveries, gemeente)
    await zaken.feed(*map(mailed, sent))
    await zaken.tick(handlers.close_batches)
    return file, sent


async def waited(zaken: Zaken, gemeente: str, how_long: timedelta = TELL_AFTER) -> None:
    """As long ago as it says, the first of them came back; then the timer looks."""
    late = tables.late_bounces
    async with zaken.database.transaction(gemeente) as tx:
        earlier = sa.update(late).values(since=late.c.since - how_long)
        await tx.connection.execute(earlier)
        closing = tables.batches.c.closed_at
        await tx.connection.execute(sa.update(tables.batches).values(closed_at=closing - how_long))
    await zaken.tick(handlers.tell_late_bounces)


async def ends(zaken: Zaken, gemeente: str) -> list[tuple[int, int, int]]:
    """What was told of the batch: sent, not delivered, of those since the last time."""
    told = [one.data for one in await zaken.told(BatchAfgerond, gemeente)]
    return [(one.emailsVerzonden, one.emailsNietBezorgd, one.laterNietBezorgd) for one in told]


async def test_mails_that_come_back_are_told_together_after_a_day(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """Not before, and once; the counts of the batch are those that were told."""
    file, sent = await closed(zaken, gemeente, 4)
    for mail in (sent[0], sent[1], sent[1]):
        await zaken.feed(bounced(mail))
    await zaken.tick(handlers.tell_late_bounces)
    assert await ends(zaken, gemeente) == [(4, 0, 0)]
    for _ in range(2):
        await waited(zaken, gemeente)
    assert await ends(zaken, gemeente) == [(4, 0, 0), (2, 2, 2)]
    await zaken.feed(bounced(sent[2]))
    await waited(zaken, gemeente)
    assert (await ends(zaken, gemeente))[2:] == [(1, 3, 1)]
    told = (await zaken.told(BatchAfgerond, gemeente))[-1]
    assert told.data.aantalEmails == 4
    shown = (await door("GET", f"/batches/{file.id}", user(gemeente))).json()["emails"]
    assert (shown["verzonden"], shown["nietBezorgd"]) == (1, 3)
    versions = [one.sequence for one in await zaken.told(BatchAfgerond, gemeente)]
    assert versions == sorted(set(versions))


async def test_a_hundred_at_once_are_not_left_for_a_day(zaken: Zaken, gemeente: str) -> None:
    """That is no trickle."""
    _, sent = await closed(zaken, gemeente, 2)
    await zaken.feed(*map(bounced, sent))
    async with zaken.database.transaction(gemeente) as tx:
        await tx.connection.execute(sa.update(tables.late_bounces).values(waiting=TELL_AT))
    await zaken.tick(handlers.tell_late_bounces)
    assert len(await ends(zaken, gemeente)) == 2


async def test_a_batch_that_is_open_again_tells_its_counts_when_it_ends(
    zaken: Zaken, gemeente: str
) -> None:
    """And not once more a day later."""
    file = await zaken.sent(gemeente, persoon(1, "EMAIL"), persoon(2, "EMAIL"))
    first, second = await zaken.table(tables.deliveries, gemeente)
    await zaken.feed(mailed(first), unmailed(second))
    await zaken.tick(handlers.close_batches)
    await zaken.feed(bounced(first))
    await zaken.command(handlers.try_again, handlers.Retry(file.id, None), user(gemeente))
    await zaken.work_all("orders")
    mails = await zaken.table(tables.deliveries, gemeente)
    await zaken.feed(mailed(next(mail for mail in mails if mail.id == second.id)))
    await zaken.tick(handlers.close_batches)
    late = tables.late_bounces
    async with zaken.database.transaction(gemeente) as tx:
        await tx.connection.execute(sa.update(late).values(since=late.c.since - TELL_AFTER))
    await zaken.tick(handlers.tell_late_bounces)
    assert await ends(zaken, gemeente) == [(1, 0, 0), (1, 1, 0)]
    (kept,) = await zaken.table(late, gemeente)
    assert kept.waiting == 0
