"""Failed letters and mails that are tried again."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from services.cases import errors, handlers, retry_errors, tables
from shared.chassis.errors import Invalid
from shared.contracts.codes import Role
from shared.contracts.events import BatchAfgerond, BriefGevraagd, EmailGevraagd
from tests.cases.files import TEMPLATES, File, Zaken, persoon, user
from tests.cases.test_outcomes import by_channel, mailed, unmade, unmailed


async def _again(zaken: Zaken, file: File, *chosen: UUID) -> dict[str, Any]:
    retry = handlers.Retry(file.id, chosen or None)
    answer: dict[str, Any] = await zaken.command(handlers.try_again, retry, user(file.gemeente))
    return answer


async def test_only_what_failed_is_ordered_again_and_asking_twice_does_no_harm(
    zaken: Zaken, gemeente: str
) -> None:
    """The mail that was sent stays; the letter gets a second attempt, once."""
    file = await zaken.sent(gemeente, persoon(1, "BEIDE"))
    first = await by_channel(zaken, gemeente)
    await zaken.feed(unmade(first["brief"]), mailed(first["email"]))
    given = await _again(zaken, file)
    assert (given["aantalBrieven"], given["aantalEmails"]) == (1, 0)
    twice = await _again(zaken, file)
    assert (twice["aantalBrieven"], twice["aantalEmails"]) == (0, 0)
    await zaken.work_all("orders")
    orders = await zaken.told(BriefGevraagd, gemeente)
    assert [one.sequence for one in orders] == [1, 2]
    assert orders[0].data.pogingId != orders[1].data.pogingId
    assert orders[0].data.sjabloonVersieId == orders[1].data.sjabloonVersieId
    assert len(await zaken.told(EmailGevraagd, gemeente)) == 1


async def test_late_news_of_the_first_attempt_does_not_end_the_second(
    zaken: Zaken, gemeente: str
) -> None:
    """Only the outcome of the attempt that counts now is its outcome."""
    file = await zaken.sent(gemeente, persoon(2, "EMAIL"))
    first = (await by_channel(zaken, gemeente))["email"]
    late = unmailed(first)
    await zaken.feed(late)
    await _again(zaken, file, first.id)
    await zaken.work_all("orders")
    await zaken.feed(late, unmailed(first))
    second = (await by_channel(zaken, gemeente))["email"]
    assert (second.round, second.state, second.reason) == (2, "gevraagd", None)
    await zaken.feed(mailed(second))
    assert (await by_channel(zaken, gemeente))["email"].state == "gelukt"


async def test_a_closed_batch_closes_again_with_the_new_counts(zaken: Zaken, gemeente: str) -> None:
    """What was final is counted anew, and adds up."""
    file = await zaken.sent(gemeente, persoon(3, "EMAIL"))
    await zaken.feed(unmailed((await by_channel(zaken, gemeente))["email"]))
    await zaken.tick(handlers.close_batches)
    await _again(zaken, file)
    (batch,) = await zaken.table(tables.batches, gemeente)
    assert (batch.status, batch.mails_failed, batch.closed_at) == ("verzenden", None, None)
    await zaken.tick(handlers.close_batches)
    await zaken.work_all("orders")
    await zaken.feed(mailed((await by_channel(zaken, gemeente))["email"]))
    await zaken.tick(handlers.close_batches)
    told = await zaken.told(BatchAfgerond, gemeente)
    counts = [(one.data.emailsVerzonden, one.data.emailsMislukt) for one in told]
    assert sorted(counts) == [(0, 1), (1, 0)]


async def test_nothing_is_tried_again_before_approval(zaken: Zaken, gemeente: str) -> None:
    """There is nothing that can have failed."""
    file = await zaken.opened(gemeente, persoon(4))
    with pytest.raises(errors.NotSentYet):
        await _again(zaken, file)


async def test_a_retry_waits_for_the_orders_that_are_under_way(zaken: Zaken, gemeente: str) -> None:
    """Else one chunk of orders would count what belongs to the other."""
    file = await zaken.approved(gemeente, persoon(5, "BEIDE"))
    letter = (await by_channel(zaken, gemeente))["brief"]
    await zaken.feed(unmade(letter))
    with pytest.raises(errors.StillOrdering):
        await _again(zaken, file)


async def test_a_reader_may_not_try_again(door: Any, zaken: Zaken, gemeente: str) -> None:
    """Over HTTP: 403 for a raadpleger, 202 with the counts for a behandelaar."""
    file = await zaken.sent(gemeente, persoon(6, "EMAIL"))
    await zaken.feed(unmailed((await by_channel(zaken, gemeente))["email"]))
    path = f"/batches/{file.id}/opnieuw"
    header = {"Idempotency-Key": "0192d3a0-0000-4000-8000-00000000a001"}
    reader = user(gemeente, "lezer", [Role.RAADPLEGER])
    assert (await door("POST", path, reader, json={}, headers=header)).status_code == 403
    answer = await door("POST", path, user(gemeente), json={}, headers=header)
    assert (answer.status_code, answer.json()["aantalEmails"]) == (202, 1)
    again = await door("POST", path, user(gemeente), json={}, headers=header)
    assert again.json() == answer.json()


def _approval(file: File, letter: UUID, *, letters: int = 1, coordinator: bool = False) -> Any:
    """Agreement with a newer letter for what failed."""
    return handlers.Approval(file.id, 0, letters, None, letter, is_coordinator=coordinator)


async def _newer(zaken: Zaken, file: File, approval: Any, name: str = "sam") -> dict[str, Any]:
    retry = handlers.Retry(file.id, None, approval)
    who = user(file.gemeente, name)
    answer: dict[str, Any] = await zaken.command(handlers.try_again, retry, who)
    return answer


async def test_a_newer_template_is_used_when_it_is_approved_with_the_counts(
    zaken: Zaken, gemeente: str
) -> None:
    """Other counts than there are: refused with what there is; the next retry keeps it."""
    file = await zaken.sent(gemeente, persoon(40, "BRIEF"))
    letter = (await by_channel(zaken, gemeente))["brief"]
    await zaken.feed(unmade(letter))
    newer = uuid4()
    with pytest.raises(errors.CountsChanged):
        await _newer(zaken, file, _approval(file, newer, letters=2))
    with pytest.raises(Invalid):
        await _newer(zaken, file, handlers.Approval(file.id, 0, 1, None, None))
    given = await _newer(zaken, file, _approval(file, newer))
    assert (given["aantalBrieven"], given["aangeboden"]) == (1, False)
    await zaken.work_all("orders")
    await zaken.feed(unmade((await by_channel(zaken, gemeente))["brief"]))
    await _again(zaken, file)
    await zaken.work_all("orders")
    versions = [one.data.sjabloonVersieId for one in await zaken.told(BriefGevraagd, gemeente)]
    assert versions == [TEMPLATES["letter_template_id"], newer, newer]


async def test_with_four_eyes_a_second_person_agrees_with_the_newer_template(
    zaken: Zaken, gemeente: str
) -> None:
    """Offered by one, done by another who is a coordinator and agrees with just that."""
    file = await zaken.sent(gemeente, persoon(41, "BRIEF"))
    async with zaken.database.transaction(gemeente) as transaction:
        await transaction.connection.execute(sa.update(tables.batches).values(four_eyes=True))
    await zaken.feed(unmade((await by_channel(zaken, gemeente))["brief"]))
    newer = uuid4()
    asked = _approval(file, newer, coordinator=True)
    assert (await _newer(zaken, file, asked))["aangeboden"] is True
    with pytest.raises(errors.OnlyCoordinators):
        await _newer(zaken, file, _approval(file, newer), "kim")
    with pytest.raises(retry_errors.RetryOfferOutdated):
        await _newer(zaken, file, _approval(file, uuid4(), coordinator=True), "kim")
    assert len(await zaken.told(BriefGevraagd, gemeente)) == 1
    assert (await _newer(zaken, file, asked, "kim"))["aangeboden"] is False
    await zaken.work_all("orders")
    orders = await zaken.told(BriefGevraagd, gemeente)
    assert [one.data.sjabloonVersieId for one in orders][1:] == [newer]
    assert await zaken.table(tables.retry_offers, gemeente) == []


async def test_a_retry_can_be_paused_and_stopped(zaken: Zaken, gemeente: str) -> None:
    """Nothing leaves while paused; what is stopped has ended, and counts add up."""
    file = await zaken.sent(gemeente, persoon(42, "BRIEF"), persoon(43, "BRIEF"))
    for letter in await zaken.table(tables.deliveries, gemeente):
        await zaken.feed(unmade(letter))
    await _again(zaken, file)
    await zaken.command(handlers.pause_sending, handlers.OfBatch(file.id), user(gemeente))
    await zaken.work("orders")
    assert len(await zaken.told(BriefGevraagd, gemeente)) == 2
    await zaken.command(handlers.stop_sending, handlers.OfBatch(file.id), user(gemeente))
    await zaken.work_all("withdrawals")
    await zaken.work_all("orders")
    states = {one.state for one in await zaken.table(tables.deliveries, gemeente)}
    assert states == {"ingetrokken"}
    assert len(await zaken.told(BriefGevraagd, gemeente)) == 2
