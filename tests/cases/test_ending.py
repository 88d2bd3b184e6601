"""The end of a batch: with its print file, without it, and never before it or never at all."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from services.cases import handlers, tables
from services.cases.domain import PRINT_FILE_PATIENCE, PrintNews
from shared.contracts.envelope import Event
from shared.contracts.events import AfdrukbestandMislukt, BatchAfgerond, BatchVerzonden
from tests.cases.files import File, Zaken, persoon
from tests.cases.test_outcomes import end_all
from tests.cases.test_sending import meet_starter, print_file, told_mails
from tests.support.parts import event_of

REASON = "De brief van zaak HO-2026-000001 staat niet in de opslag."


def no_print_file(file: File, number: int = 1) -> Event[Any]:
    """A print file of a batch could not be made."""
    data = AfdrukbestandMislukt(
        afdrukbestandId=uuid4(), batchId=file.id, nummer=number, aantalBrieven=2, reden=REASON
    )
    return event_of(data, file.gemeente, sequence=2)


async def is_closed(zaken: Zaken, gemeente: str) -> bool:
    """Whether the batch of a gemeente is closed, after its timer ran; told at most once."""
    for _ in range(2):
        await zaken.tick(handlers.close_batches)
    told = await zaken.told(BatchAfgerond, gemeente)
    (batch,) = await zaken.table(tables.batches, gemeente)
    assert len(told) == (batch.status == "afgerond")
    return bool(told)


@pytest.mark.parametrize("news", [print_file, no_print_file])
@pytest.mark.parametrize("early", [True, False])
async def test_a_batch_with_letters_closes_when_they_can_be_printed_or_never_will(
    zaken: Zaken, gemeente: str, news: Any, *, early: bool
) -> None:
    """Whichever news comes first, and when it comes twice; a second print file says nothing."""
    file = await zaken.sent(gemeente, persoon(40, "BEIDE"), persoon(41))
    first = news(file, 1)
    await zaken.feed(news(file, 2))
    if early:
        await zaken.feed(first, first)
        assert not await is_closed(zaken, gemeente)
        await end_all(zaken, file)
    else:
        await end_all(zaken, file)
        assert not await is_closed(zaken, gemeente)
        await zaken.feed(first, first)
    assert await is_closed(zaken, gemeente)
    await zaken.feed(first, news(file, 1))
    assert await is_closed(zaken, gemeente)


async def test_a_print_file_that_failed_is_told_to_the_starter(zaken: Zaken, gemeente: str) -> None:
    """Once; when it succeeds later, whoever asked for that sees it."""
    file = await zaken.approved(gemeente, persoon(42), persoon(43))
    await meet_starter(zaken, file)
    await zaken.work_all("orders")
    await end_all(zaken, file)
    await zaken.feed(no_print_file(file), print_file(file, 1))
    await zaken.tick(handlers.close_batches)
    await zaken.tick(handlers.tell_starters)
    await zaken.work_all("ready-mails")

    (mail,) = await told_mails(zaken, gemeente)
    assert mail.data.velden["AFDRUKBESTAND"] == PrintNews.FAILED
    assert mail.data.velden["AANTAL_BRIEVEN"] == "2"


async def test_a_batch_does_not_wait_for_its_print_file_for_ever(
    zaken: Zaken, gemeente: str
) -> None:
    """When nothing is heard for days it closes, and the starter is told that it is not there."""
    file = await zaken.approved(gemeente, persoon(44))
    await meet_starter(zaken, file)
    await zaken.work_all("orders")
    await end_all(zaken, file)
    assert not await is_closed(zaken, gemeente)
    await wait_since(zaken, file, PRINT_FILE_PATIENCE - timedelta(minutes=1))
    assert not await is_closed(zaken, gemeente)
    await wait_since(zaken, file, PRINT_FILE_PATIENCE)
    assert await is_closed(zaken, gemeente)
    for _ in range(2):
        await zaken.tick(handlers.tell_starters)
    await zaken.work_all("ready-mails")

    (mail,) = await told_mails(zaken, gemeente)
    assert mail.data.velden["AFDRUKBESTAND"] == PrintNews.LATE


async def wait_since(zaken: Zaken, file: File, since: timedelta) -> None:
    """As if all was sent so long ago."""
    async with zaken.database.transaction(file.gemeente) as transaction:
        await transaction.connection.execute(
            sa.update(tables.batches).values(sent_at=transaction.now - since)
        )


async def test_letters_that_were_never_ordered_are_not_waited_for(
    zaken: Zaken, gemeente: str
) -> None:
    """When ordering itself gives up, documents hears how many letters it will get: none."""
    await zaken.approved(gemeente, persoon(45), persoon(46, "BEIDE"))
    async with zaken.database.transaction(gemeente) as transaction:
        await transaction.connection.execute(sa.delete(tables.offices))
    for _ in range(zaken.service.queues["orders"].attempts):
        assert await zaken.work("orders") == 1
        await no_pauses(zaken)

    approved, ordered = await zaken.told(BatchVerzonden, gemeente)
    assert (approved.data.aantalBrieven, approved.data.aantalEmails) == (2, 1)
    assert (ordered.data.aantalBrieven, ordered.data.aantalEmails) == (0, 0)
    assert ordered.sequence > approved.sequence
    assert await is_closed(zaken, gemeente)


async def no_pauses(zaken: Zaken) -> None:
    """What waits for another try is due now."""
    async with zaken.database.transaction() as transaction:
        await transaction.connection.execute(
            sa.text("update work_items set not_before = clock_timestamp() where done_at is null")
        )
