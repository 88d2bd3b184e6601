"""Slow work: who goes first, what is tried again, and whose outcome counts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from shared.chassis import tables, work_queue
from shared.chassis.errors import Transient
from shared.chassis.jobs import GoneWrong
from shared.chassis.work import FOR_A_BATCH, FOR_A_PERSON, Cause, Work
from shared.contracts.events import BerichtGeplaatst
from tests.support import ledger, parts

QUEUE = "werk"


@pytest.fixture(autouse=True)
async def _only_our_work(book: parts.Bench) -> None:
    """Claims look at all gemeenten, so each test begins with an empty queue."""
    async with book.database.transaction() as transaction:
        await transaction.connection.execute(sa.delete(tables.work_items))


async def put(
    book: parts.Bench,
    gemeente: str,
    name: str,
    *,
    priority: int = FOR_A_BATCH,
    group: UUID | None = None,
    after: timedelta = timedelta(0),
) -> UUID:
    """Queue a piece of work."""
    item = uuid4()
    async with book.database.transaction(gemeente) as transaction:
        cause = Cause(uuid4(), "u-1", gemeente, uuid4())
        work = Work(transaction, book.parts.mapper, "urn:test", cause)
        work.enqueue(
            QUEUE, item, {"name": name}, priority=priority, group=group, not_before=work.now + after
        )
        await work.write()
    return item


async def claimed(book: parts.Bench, many: int) -> list[str]:
    """The names of what a claim of `many` takes."""
    items = await work_queue.claim(book.database, QUEUE, many, timedelta(minutes=1))
    return [item.payload["name"] for item in items]


async def state(book: parts.Bench, item: UUID) -> Any:
    """The row of a piece of work."""
    return (await book.rows(sa.select(tables.work_items).where(tables.work_items.c.id == item)))[0]


async def test_a_person_goes_before_a_batch(book: parts.Bench) -> None:
    """Priority first, then the order of arrival."""
    await put(book, "1001", "batch 1")
    await put(book, "1001", "batch 2")
    await put(book, "1001", "persoon", priority=FOR_A_PERSON)
    assert await claimed(book, 2) == ["persoon", "batch 1"]
    assert await claimed(book, 5) == ["batch 2"]


async def test_gemeenten_take_turns(book: parts.Bench) -> None:
    """A long line of one gemeente does not hold up the short line of another."""
    for number in range(20):
        await put(book, "1001", f"groot {number}")
    await put(book, "1002", "klein 0")
    await put(book, "1002", "klein 1")
    assert sorted(await claimed(book, 4)) == ["groot 0", "groot 1", "klein 0", "klein 1"]


async def test_claimed_work_is_not_claimed_again_until_its_lease_ends(book: parts.Bench) -> None:
    """A second process takes other work; after the lease it takes over, one attempt further."""
    item = await put(book, "1001", "een")
    first = await work_queue.claim(book.database, QUEUE, 5, timedelta(milliseconds=1))
    assert [one.attempts for one in first] == [1]
    second = await work_queue.claim(book.database, QUEUE, 5, timedelta(minutes=1))
    assert [(one.id, one.attempts) for one in second] == [(item, 2)]
    assert await work_queue.claim(book.database, QUEUE, 5, timedelta(minutes=1)) == []


async def test_the_outcome_of_a_lost_claim_does_not_count(
    book: parts.Bench, bench: ledger.Bench
) -> None:
    """Who lost its claim writes nothing, also no event; its successor's outcome stands."""
    item = await put(book, "1001", "een")
    slow = await work_queue.claim(book.database, QUEUE, 5, timedelta(milliseconds=1))
    await book.work(QUEUE)
    queue = book.service.queues[QUEUE]
    await book.jobs._transact(queue, [(slow[0], "te laat")])  # noqa: SLF001
    assert bench.done == [item]
    told = [one for one in await book.recorded(BerichtGeplaatst) if one["subject"] == str(item)]
    assert len(told) == 1


async def test_what_is_transient_is_done_later(book: parts.Bench, bench: ledger.Bench) -> None:
    """The item waits, is not a failure, and is done once the fault is over."""
    item = await put(book, "1001", "een")
    bench.errors["een"] = [Transient("even weg")]
    await book.work(QUEUE)
    row = await state(book, item)
    assert row["done_at"] is None
    assert row["not_before"] > row["created_at"]
    assert bench.failed == []
    await _now_due(book, item)
    await book.work(QUEUE)
    assert bench.done == [item]


async def test_a_failure_is_recorded_with_its_reason(
    book: parts.Bench, bench: ledger.Bench
) -> None:
    """What went wrong for good ends the item and is told, beside what went well."""
    good, bad = await put(book, "1001", "goed"), await put(book, "1001", "fout")
    bench.errors["fout"] = [GoneWrong("Het adres bestaat niet.")]
    await book.work(QUEUE)
    assert bench.done == [good]
    assert bench.failed == [(bad, "Het adres bestaat niet.")]


async def test_an_unexpected_error_is_tried_five_times(
    book: parts.Bench, bench: ledger.Bench
) -> None:
    """A bug does not loop for ever: after five tries it is a failure in the user's words."""
    item = await put(book, "1001", "stuk")
    bench.errors["stuk"] = [KeyError("x") for _ in range(9)]
    for _ in range(5):
        await _now_due(book, item)
        await book.work(QUEUE)
    assert [one for one, _ in bench.failed] == [item]
    assert len(bench.errors["stuk"]) == 4


async def test_paused_work_stands_still_and_goes_on(book: parts.Bench) -> None:
    """A pause holds one group, from the next claim on."""
    group = uuid4()
    await put(book, "1001", "stil", group=group)
    await put(book, "1001", "door", group=uuid4())
    async with book.database.transaction() as transaction:
        await work_queue.pause(transaction.connection, QUEUE, group)
    assert await claimed(book, 5) == ["door"]
    async with book.database.transaction() as transaction:
        await work_queue.go_on(transaction.connection, QUEUE, group)
    assert await claimed(book, 5) == ["stil"]


async def test_work_for_later_waits_for_its_moment(book: parts.Bench) -> None:
    """`not_before` is business time."""
    await put(book, "1001", "morgen", after=timedelta(days=1))
    assert await claimed(book, 5) == []
    async with book.database.transaction() as transaction:
        await transaction.connection.execute(
            sa.insert(tables.business_clock).values(shift=timedelta(days=2))
        )
    try:
        assert await claimed(book, 5) == ["morgen"]
    finally:
        async with book.database.transaction() as transaction:
            await transaction.connection.execute(sa.delete(tables.business_clock))


async def test_the_same_work_twice_is_queued_once(book: parts.Bench) -> None:
    """An id names a piece of work."""
    item = uuid4()
    for _ in range(2):
        async with book.database.transaction("1001") as transaction:
            work = Work(
                transaction, book.parts.mapper, "urn:test", Cause(uuid4(), "u", "1001", uuid4())
            )
            work.enqueue(QUEUE, item, {"name": "een"})
            await work.write()
    assert await claimed(book, 5) == ["een"]


async def _now_due(book: parts.Bench, item: UUID) -> None:
    async with book.database.transaction() as transaction:
        await transaction.connection.execute(
            sa.update(tables.work_items)
            .where(tables.work_items.c.id == item)
            .values(not_before=sa.func.clock_timestamp() - timedelta(seconds=1), leased_until=None)
        )
