"""One transaction per micro-batch: nothing lost, nothing doubled, only the bad event set aside."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa

from shared.chassis import dead_letters, tables
from shared.chassis.inbox import PURGE_AFTER
from shared.contracts.envelope import Event
from shared.contracts.events import ZaakGeopend, ZaakstatusGewijzigd
from shared.contracts.topics import DEAD_LETTERS
from tests.support import ledger
from tests.support.parts import Bench, event_of, garbage


def opened(case: UUID, gemeente: str, number: str = "Z1") -> Event[Any]:
    """A case that was opened elsewhere."""
    return event_of(ZaakGeopend(zaakId=case, zaaknummer=number, batchId=uuid4(), rij=2), gemeente)


async def account(book: Bench, case: UUID, gemeente: str) -> dict[str, object] | None:
    """The account of a case, as a gemeente sees it."""
    rows = await book.rows(sa.select(ledger.accounts).where(ledger.accounts.c.id == case), gemeente)
    return dict(rows[0]) if rows else None


async def waiting(book: Bench, topic: str) -> list[dead_letters.DeadLetter]:
    """The dead letters of a topic."""
    return [one for one in await dead_letters.listed(book.database) if one.record.topic == topic]


async def test_the_same_event_twice_counts_once(book: Bench, gemeente: str) -> None:
    """Within a batch and over batches a redelivered event changes nothing."""
    event = opened(uuid4(), gemeente)
    await book.feed(event, event)
    await book.feed(event)
    found = await account(book, event.data.zaakId, gemeente)
    assert found is not None
    assert found["count"] == 1
    told = [
        item
        for item in await book.recorded(ZaakstatusGewijzigd)
        if item["subject"] == str(event.data.zaakId)
    ]
    assert len(told) == 1


async def test_later_events_of_a_batch_see_what_earlier_ones_changed(
    book: Bench, gemeente: str
) -> None:
    """Two events about one case in one batch add up, and are written once."""
    case = uuid4()
    await book.feed(opened(case, gemeente), opened(case, gemeente, "Z2"))
    found = await account(book, case, gemeente)
    assert found is not None
    assert (found["count"], found["number"]) == (2, "Z2")


async def test_one_bad_event_is_set_aside_and_the_others_go_on(book: Bench, gemeente: str) -> None:
    """A batch that fails is halved until the bad event stands alone."""
    good = [opened(uuid4(), gemeente) for _ in range(20)]
    bad = opened(uuid4(), gemeente, "BREEK")
    await book.feed(*good[:13], bad, *good[13:])
    for event in good:
        assert await account(book, event.data.zaakId, gemeente) is not None
    assert await account(book, bad.data.zaakId, gemeente) is None
    letters = await waiting(book, "zaken.zaken")
    assert [one.reason for one in letters if str(bad.id).encode() in one.record.value] == [
        "fout: ValueError"
    ]


async def test_an_event_of_one_gemeente_is_not_seen_by_another(book: Bench, gemeente: str) -> None:
    """Row security hides a row from a transaction that did not name its gemeente."""
    event = opened(uuid4(), gemeente)
    await book.feed(event)
    assert await account(book, event.data.zaakId, gemeente) is not None
    assert await account(book, event.data.zaakId, "9999") is None
    assert await book.rows(sa.select(ledger.accounts)) == []


async def test_a_batch_of_several_gemeenten_is_split(book: Bench) -> None:
    """Each gemeente's events are handled in a transaction that sees only that gemeente."""
    first, second = opened(uuid4(), "8001"), opened(uuid4(), "8002")
    await book.feed(first, second)
    assert await account(book, first.data.zaakId, "8001") is not None
    assert await account(book, second.data.zaakId, "8002") is not None
    assert await account(book, second.data.zaakId, "8001") is None


async def test_unreadable_records_become_dead_letters_with_their_bytes(book: Bench) -> None:
    """What cannot be read is kept with its bytes, and with a reason that shows no content."""
    case = str(uuid4())
    records = garbage(
        "zaken.zaken",
        [
            b"\xff\xfe no json",
            b'{"specversion":"1.0"}',
            f'{{"specversion":"0.3","id":"{case}"}}'.encode(),
            _envelope(case, "nl.heronderzoek.zaken.zaak-geopend.v1", '{"zaakId":"x"}'),
            _envelope(case, "nl.heronderzoek.zaken.zaak-geopend.v9", "{}"),
            _envelope(case, "nl.heronderzoek.intake.batch-bevestigd.v1", "{}"),
        ],
    )
    assert await book.consumer.handle(records, lambda: False)
    kept = {one.record.offset: one for one in await waiting(book, "zaken.zaken")}
    found = [kept[record.offset] for record in records]
    assert [one.record.value for one in found] == [record.value for record in records]
    assert found[0].reason == "geen JSON"
    assert found[3].reason == "data: batchId, rij, zaakId, zaaknummer"
    assert [one.parked for one in found] == [False, False, False, False, True, False]
    assert found[5].reason.endswith("hoort niet op zaken.zaken")
    copies = await book.rows(
        sa.select(tables.outbox).where(tables.outbox.c.topic == "zaken.zaken.ledger.dlq")
    )
    assert {record.value for record in records} <= {bytes(row["payload"]) for row in copies}


async def test_many_bad_events_in_a_row_pull_the_brake_and_resume_goes_on(
    book: Bench, gemeente: str
) -> None:
    """After fifty the rest waits un-acked; released, it is handled, and a replay mends what was."""
    topic = "zaken.zaken"
    good = opened(uuid4(), gemeente)
    records = [*garbage(topic, [b"?"] * 50), book.record(good)]
    stop = False
    handling = asyncio.create_task(book.consumer.handle(records, lambda: stop))
    async with asyncio.timeout(20):
        while not await dead_letters.is_braked(book.database, topic):
            await asyncio.sleep(0.02)
    assert not handling.done()
    assert await account(book, good.data.zaakId, gemeente) is None
    assert await dead_letters.resume(book.database, topic) == [topic]
    async with asyncio.timeout(20):
        assert await handling
    assert await account(book, good.data.zaakId, gemeente) is not None


async def test_stopping_behind_a_brake_leaves_the_batch_undone(book: Bench) -> None:
    """A worker that must stop while it waits says that the batch is not durable."""
    await dead_letters.pull_brake(book.database, "zaken.batches", "proef")
    try:
        assert not await book.consumer.released("zaken.batches", lambda: True)
    finally:
        await dead_letters.resume(book.database, "zaken.batches")


async def test_a_new_worker_waits_behind_a_brake_that_was_pulled_before(
    book: Bench, gemeente: str
) -> None:
    """A restart does not release a brake: the first batch waits for `resume`."""
    good = opened(uuid4(), gemeente)
    await dead_letters.pull_brake(book.database, "zaken.zaken", "proef")
    stop = asyncio.Event()
    handling = asyncio.create_task(book.consumer.handle([book.record(good)], stop.is_set))
    await asyncio.wait([handling], timeout=0.5)
    assert not handling.done()
    assert await account(book, good.data.zaakId, gemeente) is None
    await dead_letters.resume(book.database, "zaken.zaken")
    async with asyncio.timeout(20):
        assert await handling
    assert await account(book, good.data.zaakId, gemeente) is not None


async def test_what_did_not_change_is_not_written(book: Bench, gemeente: str) -> None:
    """Saving an item as it was loaded leaves its row alone; a change is written."""
    case = uuid4()
    await book.feed(opened(case, gemeente))
    written = await _written(book, case, gemeente)
    await book.feed(opened(case, gemeente, "ZELFDE"))
    assert await _written(book, case, gemeente) == written
    await book.feed(opened(case, gemeente))
    assert await _written(book, case, gemeente) != written


async def _written(book: Bench, case: UUID, gemeente: str) -> list[Any]:
    """Where the row of a case lies: writing it makes a new version elsewhere."""
    statement = sa.text("select ctid::text as place from accounts where id = :case")
    rows = await book.rows(statement.bindparams(case=case), gemeente)
    return [row["place"] for row in rows]


async def test_replay_brings_in_what_can_be_handled_now(book: Bench, gemeente: str) -> None:
    """A dead letter that fails again stays; one that works is marked, and is not done twice."""
    good, bad = opened(uuid4(), gemeente), opened(uuid4(), gemeente, "BREEK")
    for event in (good, bad):
        await dead_letters.keep(book.database, "ledger", book.record(event), "proef", parked=False)
    ids = {
        str(event.id): one.id
        for one in await dead_letters.listed(book.database)
        for event in (good, bad)
        if str(event.id).encode() in one.record.value
    }
    done, failed = await dead_letters.replay(book.database, book.consumer, list(ids.values()))
    assert (done, failed) == ([ids[str(good.id)]], [ids[str(bad.id)]])
    await book.feed(good)
    found = await account(book, good.data.zaakId, gemeente)
    assert found is not None
    assert found["count"] == 1
    assert ids[str(bad.id)] in {one.id for one in await dead_letters.listed(book.database)}


def _envelope(case: str, kind: str, data: str) -> bytes:
    return (
        f'{{"specversion":"1.0","id":"{uuid4()}","type":"{kind}","source":"urn:x","subject":"{case}",'
        f'"time":"2026-11-22T10:00:00Z","gemeente":"9001","actor":"a","correlationid":"{case}",'
        f'"data":{data}}}'
    ).encode()


async def test_dead_letters_are_forgotten_after_their_retention(book: Bench) -> None:
    """Replayed or not, as long as their copies on the topic are kept; how many waited is told."""
    records = garbage("zaken.zaken", [b"jong", b"oud", b"oud en gedaan"])
    assert await book.consumer.handle(records, lambda: False)
    letters = tables.dead_letters
    async with book.database.transaction() as transaction:
        old = sa.func.clock_timestamp() - DEAD_LETTERS - timedelta(minutes=1)
        for record, replayed in ((records[1], None), (records[2], sa.func.clock_timestamp())):
            await transaction.connection.execute(
                sa.update(letters)
                .where(letters.c.offset == record.offset)
                .values(at=old, replayed_at=replayed)
            )
        assert await dead_letters.purge(transaction) == 1
    left = {one.record.value for one in await dead_letters.listed(book.database, replayed=True)}
    assert left.isdisjoint({b"oud", b"oud en gedaan"})
    assert b"jong" in left
    assert PURGE_AFTER > DEAD_LETTERS
