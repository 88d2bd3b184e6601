"""A batch is paused, goes on or is stopped while its letters wait."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.documents import handlers
from shared.contracts.envelope import Event
from shared.contracts.events import (
    AfdrukbestandGereed,
    DocumentMislukt,
    DocumentOpgeslagen,
    VerzendingGepauzeerd,
    VerzendingGestopt,
    VerzendingHervat,
)
from tests.documents import office
from tests.support.parts import Bench, event_of


async def test_a_paused_batch_waits_and_goes_on(documents: Bench, gemeente: str) -> None:
    """Another batch does not wait with it; news that comes twice is no news."""
    batch, other = uuid4(), uuid4()
    await ordered(documents, gemeente, batch, other)
    await documents.feed(news(VerzendingGepauzeerd, gemeente, batch, 4))
    assert await documents.work_all(handlers.LETTERS) == 1
    await documents.feed(news(VerzendingHervat, gemeente, batch, 5))
    await documents.feed(news(VerzendingGepauzeerd, gemeente, batch, 4))
    assert await documents.work_all(handlers.LETTERS) == 2
    assert len(await office.told(documents, gemeente, DocumentOpgeslagen)) == 3


@pytest.mark.parametrize("early", [True, False])
async def test_each_letter_of_a_stopped_batch_is_answered_once(
    documents: Bench, gemeente: str, *, early: bool
) -> None:
    """Also when the stop is heard before the order, and when a pause comes too late."""
    batch = uuid4()
    stop = news(VerzendingGestopt, gemeente, batch, 6)
    pause = news(VerzendingGepauzeerd, gemeente, batch, 5)
    if early:
        await documents.feed(stop, pause, stop)
        await ordered(documents, gemeente, batch)
    else:
        await ordered(documents, gemeente, batch)
        await documents.feed(stop, pause, stop)
    await documents.work_all(handlers.LETTERS)
    answers = await office.told(documents, gemeente, DocumentMislukt)
    assert [one["ingetrokken"] for one in answers] == [True, True]
    rows = await office.letters(documents, gemeente)
    assert {(row["state"], row["merge_values"]) for row in rows} == {("ingetrokken", None)}


async def test_what_was_made_before_the_stop_is_printed(documents: Bench, gemeente: str) -> None:
    """One letter was made, two are withdrawn: the print file has the one."""
    batch = uuid4()
    await documents.feed(office.settings(gemeente), office.order(gemeente, batch, 1))
    await documents.work_all(handlers.LETTERS)
    await ordered(documents, gemeente, batch, first=2)
    await documents.feed(news(VerzendingGestopt, gemeente, batch, 6))
    await documents.feed(office.approval(gemeente, batch, 3))
    await documents.work_all(handlers.LETTERS)
    await documents.tick(handlers.order_print_files)
    await documents.work_all(handlers.PRINT_FILES)
    (file,) = await office.told(documents, gemeente, AfdrukbestandGereed)
    assert file["aantalBrieven"] == 1


async def test_a_letter_that_is_asked_for_after_the_stop_is_made(
    documents: Bench, gemeente: str
) -> None:
    """Somebody tries again what was withdrawn or had failed."""
    batch = uuid4()
    stop = news(VerzendingGestopt, gemeente, batch, 6, ago=timedelta(minutes=5))
    await documents.feed(stop)
    await ordered(documents, gemeente, batch)
    await documents.work_all(handlers.LETTERS)
    assert len(await office.told(documents, gemeente, DocumentOpgeslagen)) == 2


async def ordered(documents: Bench, gemeente: str, *batches: UUID, first: int = 1) -> None:
    """Two letters of the first batch, and one of each other."""
    await documents.feed(office.settings(gemeente))
    for number, batch in enumerate(batches):
        places = (first,) if number else (first, first + 1)
        await documents.feed(*(office.order(gemeente, batch, place) for place in places))


def news(
    kind: Any, gemeente: str, batch: UUID, sequence: int, ago: timedelta = timedelta()
) -> Event[Any]:
    """A pause, its end, or a stop."""
    event = event_of(kind(batchId=batch), gemeente, sequence=sequence)
    return replace(event, time=event.time - ago)
