"""Sending later, in portions, paused, resumed and stopped."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from services.cases import errors, handlers, tables
from services.cases.domain import working_days
from shared.chassis.errors import Invalid
from shared.chassis.tables import work_items
from shared.contracts.events import (
    BatchAfgerond,
    BatchVerzonden,
    BriefGevraagd,
    DocumentMislukt,
    EmailGevraagd,
    VerzendingGepauzeerd,
    VerzendingGestopt,
    VerzendingHervat,
)
from tests.cases.files import File, Zaken, persoon, user
from tests.cases.test_before_sending import a_plan, agree
from tests.cases.test_outcomes import ids, made
from tests.cases.test_sending import PEOPLE
from tests.support.parts import event_of


async def test_sending_waits_for_its_moment_and_the_moment_can_move(
    zaken: Zaken, gemeente: str
) -> None:
    """Nothing before it; brought forward to now, what waited for the first moment is void."""
    file = await planned(zaken, gemeente, send_at=await later(zaken, hours=3))
    await agree(zaken, file, 2, 2)
    assert await zaken.work_all("orders") == 0
    await move(zaken, file, await later(zaken, hours=5))
    await move(zaken, file, None)
    assert await zaken.work_all("orders") == 1
    assert len(await zaken.told(BriefGevraagd, gemeente)) == 2
    await let_time_pass(zaken)
    await zaken.work_all("orders")
    assert len(await zaken.told(EmailGevraagd, gemeente)) == 2
    with pytest.raises(errors.SendingBegan):
        await move(zaken, file, None)


async def test_a_moment_that_has_passed_is_refused(zaken: Zaken, gemeente: str) -> None:
    """In the plan, and after it."""
    with pytest.raises(Invalid) as wrong:
        await planned(zaken, gemeente, send_at=await later(zaken, hours=-1), mails_per_day=0)
    assert [one.name for one in wrong.value.errors] == ["verzendenOp", "emailsPerWerkdag"]


async def test_mails_leave_in_portions_and_letters_at_once(zaken: Zaken, gemeente: str) -> None:
    """Two a working day: the third waits for the next opening of the offices."""
    people = [persoon(number, "BEIDE") for number in range(80, 85)]
    file = await planned(zaken, gemeente, *people, mails_per_day=2)
    await agree(zaken, file, 5, 5)
    sent = []
    for _ in range(6):
        await zaken.work_all("orders")
        sent.append(len(await zaken.told(EmailGevraagd, gemeente)))
        assert len(await zaken.told(BriefGevraagd, gemeente)) == 5
        for moment in await waiting(zaken, gemeente):
            assert working_days.is_working_day(working_days.today(moment))
        await let_time_pass(zaken)
    assert sorted(set(sent)) in ([2, 4, 5], [0, 2, 4, 5])
    assert len({one.data.pogingId for one in await zaken.told(EmailGevraagd, gemeente)}) == 5


async def test_a_pause_holds_and_goes_on_where_it_was(zaken: Zaken, gemeente: str) -> None:
    """Nothing is ordered meanwhile, also not by a chunk that was in hand; twice is once."""
    file = await zaken.approved(gemeente, *PEOPLE)
    for _ in range(2):
        await brake(zaken, file, handlers.pause_sending)
    assert await zaken.work_all("orders") == 0
    for _ in range(2):
        await brake(zaken, file, handlers.resume_sending)
    await zaken.work_all("orders")
    assert len(await zaken.told(BriefGevraagd, gemeente)) == 2
    (paused,) = await zaken.told(VerzendingGepauzeerd, gemeente)
    (resumed,) = await zaken.told(VerzendingHervat, gemeente)
    assert paused.sequence < resumed.sequence


async def test_stopping_withdraws_what_was_not_ordered_and_tells_how_many_were(
    zaken: Zaken, gemeente: str
) -> None:
    """Letters of one resident were ordered by hand of a portion; the rest never is."""
    people = [persoon(number, "EMAIL") for number in range(90, 95)]
    file = await planned(zaken, gemeente, *people, mails_per_day=2)
    await agree(zaken, file, 5, 0)
    await let_time_pass(zaken)
    await zaken.work_all("orders")
    await brake(zaken, file, handlers.pause_sending)
    await brake(zaken, file, handlers.stop_sending)
    await zaken.work_all("withdrawals")
    await let_time_pass(zaken)
    await zaken.work_all("orders")

    ordered = len(await zaken.told(EmailGevraagd, gemeente))
    assert ordered in {2, 4}
    states = [one.state for one in await zaken.table(tables.deliveries, gemeente)]
    assert (states.count("gevraagd"), states.count("ingetrokken")) == (ordered, 5 - ordered)
    assert (await zaken.told(BatchVerzonden, gemeente))[-1].data.aantalEmails == ordered
    assert len(await zaken.told(VerzendingGestopt, gemeente)) == 1
    for again in (handlers.pause_sending, handlers.resume_sending, handlers.stop_sending):
        with pytest.raises(errors.NotSending):
            await brake(zaken, file, again)


@pytest.mark.parametrize("first", ["made", "withdrawn"])
async def test_an_order_that_was_withdrawn_ends_as_withdrawn(
    zaken: Zaken, door: Any, gemeente: str, first: str
) -> None:
    """Told twice, or beside the news that it was made: made stands. Counts add up and close."""
    file = await zaken.sent(gemeente, persoon(96), persoon(97))
    one, other = sorted(await zaken.table(tables.deliveries, gemeente), key=lambda d: d.place)
    news = [made(one), withdrawn(one)]
    await zaken.feed(*(news if first == "made" else news[::-1]))
    await zaken.feed(withdrawn(other), withdrawn(other))
    batch = (await door("GET", f"/batches/{file.id}", user(gemeente))).json()
    assert (batch["brieven"]["gemaakt"], batch["brieven"]["ingetrokken"]) == (1, 1)
    assert batch["brieven"]["mislukt"] == 0
    async with zaken.database.transaction(gemeente) as transaction:
        await transaction.connection.execute(
            sa.update(tables.batches).values(printed_at=transaction.now)
        )
    await zaken.tick(handlers.close_batches)
    assert len(await zaken.told(BatchAfgerond, gemeente)) == 1
    frozen = (await door("GET", f"/batches/{file.id}", user(gemeente))).json()
    assert frozen["brieven"] == batch["brieven"]


def withdrawn(delivery: Any) -> Any:
    """Documents answers that it did not make a letter, because the rest was withdrawn."""
    known = ids(delivery.case_id, delivery.id, delivery.batch_id)
    names = set(DocumentMislukt.model_fields) & set(known)
    data = {name: known[name] for name in names}
    answer = DocumentMislukt.model_validate({**data, "reden": "Ingetrokken.", "ingetrokken": True})
    return event_of(answer, delivery.gemeente)


async def planned(zaken: Zaken, gemeente: str, *people: Any, **changes: Any) -> File:
    """A batch with a plan."""
    file = await zaken.opened(gemeente, *(people or PEOPLE))
    await zaken.with_office(gemeente)
    change = handlers.PlanChange(file.id, a_plan(file, **changes))
    await zaken.command(handlers.plan_sending, change, user(gemeente))
    return file


async def move(zaken: Zaken, file: File, moment: Any) -> None:
    """Let sending begin at another moment."""
    command = handlers.NewMoment(file.id, moment)
    await zaken.command(handlers.move_sending, command, user(file.gemeente))


async def brake(zaken: Zaken, file: File, handler: Any) -> None:
    """Pause, resume or stop."""
    await zaken.command(handler, handlers.OfBatch(file.id), user(file.gemeente))


async def later(zaken: Zaken, hours: int) -> Any:
    """A moment so many hours from now."""
    async with zaken.database.transaction() as transaction:
        return transaction.now + timedelta(hours=hours)


async def waiting(zaken: Zaken, gemeente: str) -> list[Any]:
    """When the orders that still wait may be done."""
    statement = sa.select(work_items.c.not_before).where(
        work_items.c.gemeente == gemeente,
        work_items.c.queue == "orders",
        work_items.c.done_at.is_(None),
    )
    return [row["not_before"] for row in await zaken.rows(statement, gemeente)]


async def let_time_pass(zaken: Zaken) -> None:
    """What waits for a moment may be done now."""
    async with zaken.database.transaction() as transaction:
        await transaction.connection.execute(
            sa.update(work_items)
            .where(work_items.c.queue == "orders")
            .values(not_before=transaction.now)
        )
