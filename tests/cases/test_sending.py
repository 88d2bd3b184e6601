"""From the plan to the orders, and from the last outcome to the mail that says so."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from services.cases import errors, handlers, tables, written
from services.cases.domain import Plan, PrintNews, working_days
from shared.chassis.errors import Invalid
from shared.contracts.codes import Purpose
from shared.contracts.events import (
    AfdrukbestandGereed,
    BatchAfgerond,
    BatchVerzonden,
    BriefGevraagd,
    EmailGevraagd,
)
from tests.cases.files import TEMPLATES, File, Zaken, bsn, persoon, user
from tests.cases.test_outcomes import end_all
from tests.support.parts import event_of

PEOPLE = (persoon(1, "BEIDE"), persoon(2, "BRIEF"), persoon(3, "EMAIL"))


async def test_approval_orders_everything_in_file_order(zaken: Zaken, gemeente: str) -> None:
    """Each order has the approved template, the dates of the plan and no BSN."""
    file = await zaken.sent(gemeente, *PEOPLE)

    (sending,) = await zaken.told(BatchVerzonden, gemeente)
    assert (sending.data.aantalBrieven, sending.data.aantalEmails) == (2, 2)
    letters = await zaken.told(BriefGevraagd, gemeente)
    mails = await zaken.told(EmailGevraagd, gemeente)
    assert [event.data.volgnummer for event in letters] == [1, 2]
    assert {event.data.sjabloonVersieId for event in letters} == {TEMPLATES["letter_template_id"]}
    assert [event.data.aan for event in mails] == ["tester1@example.nl", "tester3@example.nl"]
    assert letters[0].data.velden["ZAAKNUMMER"] == file.rows[0].data.zaaknummer
    assert letters[0].data.velden["GEMEENTE"] == "Voorbeeldstad"
    assert letters[0].actor == "gebruiker-akkoord"
    for event in [*letters, *mails]:
        assert not any(bsn(n) in value for n in (1, 2, 3) for value in event.data.velden.values())
    states = {one.state for one in await zaken.table(tables.deliveries, gemeente)}
    assert states == {"gevraagd"}


async def test_a_long_batch_is_ordered_in_chunks_without_gap_or_double(
    zaken: Zaken, gemeente: str
) -> None:
    """The border of the first chunk of 500 lies between the two deliveries of one resident."""
    people = [persoon(100, "EMAIL"), *(persoon(number, "BEIDE") for number in range(101, 360))]
    await zaken.approved(gemeente, *people)
    chunks = await zaken.work_all("orders")

    assert chunks == 2
    letters = await zaken.told(BriefGevraagd, gemeente)
    assert [event.data.volgnummer for event in letters] == list(range(2, 261))
    mails = await zaken.told(EmailGevraagd, gemeente)
    assert len({event.data.bezorgingId for event in mails}) == 260
    states = {one.state for one in await zaken.table(tables.deliveries, gemeente)}
    assert states == {"gevraagd"}


async def test_approval_refuses_other_counts_and_tells_the_new_ones(
    zaken: Zaken, gemeente: str
) -> None:
    """What was shown must still be true."""
    file = await zaken.opened(gemeente, *PEOPLE)
    await plan(zaken, file)
    await zaken.with_office(gemeente)
    with pytest.raises(errors.CountsChanged) as refused:
        await approve(zaken, file, mails=3)
    assert refused.value.extra == {"aantalEmails": 2, "aantalBrieven": 2}
    assert await zaken.told(BatchVerzonden, gemeente) == []


async def test_approval_needs_everything_that_sending_needs(zaken: Zaken, gemeente: str) -> None:
    """A declaration for mails, templates of the used channels, settings of the gemeente."""
    file = await zaken.opened(gemeente, *PEOPLE)
    with pytest.raises(errors.NothingDeclared):
        await approve(zaken, file)
    await plan(zaken, file)
    with pytest.raises(Invalid) as wrong:
        await approve(zaken, file, mail_template_id=None, letter_template_id=None)
    assert [one.name for one in wrong.value.errors] == [
        "emailSjabloonVersieId",
        "briefSjabloonVersieId",
    ]
    with pytest.raises(errors.SettingsMissing):
        await approve(zaken, file)


async def test_approval_waits_until_every_row_is_there(zaken: Zaken, gemeente: str) -> None:
    """A batch that is still opening has no final counts."""
    file = File(gemeente)
    file.row(persoon(4))
    await zaken.feed(file.confirmation())
    with pytest.raises(errors.BatchStillOpening):
        await approve(zaken, file)


async def test_two_approvals_at_once_send_once(zaken: Zaken, gemeente: str) -> None:
    """One wins; the other is told so. The same key gives the same answer."""
    file = await zaken.opened(gemeente, *PEOPLE)
    await plan(zaken, file)
    await zaken.with_office(gemeente)
    key = uuid4()
    answers = await asyncio.gather(
        approve(zaken, file, key=key),
        approve(zaken, file, key=key),
        approve(zaken, file),
        return_exceptions=True,
    )
    refused = [one for one in answers if isinstance(one, errors.AlreadyApproved)]
    given = [one for one in answers if isinstance(one, dict)]
    assert len(refused) + len(given) == 3
    assert given == [given[0]] * len(given)
    assert len(await zaken.told(BatchVerzonden, gemeente)) == 1


async def test_a_plan_is_fixed_once_it_is_approved(zaken: Zaken, gemeente: str) -> None:
    """Approved is what is sent."""
    file = await zaken.approved(gemeente, *PEOPLE)
    with pytest.raises(errors.AlreadyApproved):
        await plan(zaken, file)


async def test_what_cannot_be_ordered_fails_with_its_reason(zaken: Zaken, gemeente: str) -> None:
    """A BSN in the text and an unreadable date stop that one letter, not the batch."""
    await zaken.sent(
        gemeente,
        persoon(5, contractnummer=f"C{bsn(5)}"),
        persoon(6, geboortedatum="1970-13-40"),
        persoon(7),
    )
    deliveries = sorted(await zaken.table(tables.deliveries, gemeente), key=lambda one: one.place)
    assert [one.state for one in deliveries] == ["mislukt", "mislukt", "gevraagd"]
    assert [one.reason for one in deliveries[:2]] == [written.BSN_IN_TEXT, written.UNFIT]
    approved, ordered = await zaken.told(BatchVerzonden, gemeente)
    assert (approved.data.aantalBrieven, ordered.data.aantalBrieven) == (3, 1)
    assert ordered.sequence > approved.sequence


async def test_a_batch_closes_when_all_is_done_or_failed(zaken: Zaken, gemeente: str) -> None:
    """The counts add up, and are told once."""
    file = await zaken.sent(gemeente, *PEOPLE)
    await zaken.tick(handlers.close_batches)
    assert await zaken.told(BatchAfgerond, gemeente) == []
    await end_all(zaken, file, failing=1)
    await zaken.feed(print_file(file, 1))
    for _ in range(2):
        await zaken.tick(handlers.close_batches)

    (closed,) = await zaken.told(BatchAfgerond, gemeente)
    counts = closed.data
    assert counts.brievenGemaakt + counts.brievenMislukt == 2
    assert counts.emailsVerzonden + counts.emailsMislukt == 2
    assert counts.brievenMislukt + counts.emailsMislukt == 1
    assert (counts.aantalZaken, counts.gestartDoor) == (3, file.starter)


async def test_the_first_print_file_tells_the_starter_once(zaken: Zaken, gemeente: str) -> None:
    """Also when it comes before our own news of the letters, twice, or after the second one."""
    file = await zaken.approved(gemeente, *PEOPLE)
    await meet_starter(zaken, file)
    await zaken.work_all("orders")
    await zaken.feed(print_file(file, 2), print_file(file, 1))
    await zaken.feed(print_file(file, 1))
    await end_all(zaken, file)
    for timer in (handlers.close_batches, handlers.tell_starters):
        await zaken.tick(timer)
    await zaken.work_all("ready-mails")

    (mail,) = await told_mails(zaken, gemeente)
    assert (mail.data.aan, mail.data.zaakId) == (f"{file.starter}@example.nl", file.id)
    assert mail.data.velden["LINK"].endswith(f"/batches/{file.id}")
    assert mail.data.velden["AANTAL_BRIEVEN"] == "2"
    assert mail.data.velden["AANTAL_ZAKEN"] == "3"
    assert mail.data.velden["AFDRUKBESTAND"] == PrintNews.READY


async def test_a_batch_without_letters_tells_at_its_end(zaken: Zaken, gemeente: str) -> None:
    """The starter never came to cases, so whoever approved gets the mail."""
    file = await zaken.sent(gemeente, persoon(8, "EMAIL"))
    await zaken.tick(handlers.tell_starters)
    assert await zaken.work_all("ready-mails") == 0
    await end_all(zaken, file)
    for _ in range(2):
        await zaken.tick(handlers.close_batches)
        await zaken.tick(handlers.tell_starters)
    await zaken.work_all("ready-mails")

    (mail,) = await told_mails(zaken, gemeente)
    assert mail.data.aan == "gebruiker-akkoord@example.nl"
    assert (mail.data.velden["AANTAL_BRIEVEN"], mail.data.velden["AANTAL_EMAILS"]) == ("0", "1")


async def test_a_batch_whose_letters_all_failed_tells_at_its_end(
    zaken: Zaken, gemeente: str
) -> None:
    """There will be no print file to wait for."""
    file = await zaken.sent(gemeente, persoon(9))
    await end_all(zaken, file, failing=1)
    await zaken.tick(handlers.close_batches)
    await zaken.tick(handlers.tell_starters)
    await zaken.work_all("ready-mails")

    (mail,) = await told_mails(zaken, gemeente)
    assert mail.data.velden["AANTAL_MISLUKT"] == "1"


async def test_slow_mails_are_reported_after_an_hour(zaken: Zaken, gemeente: str) -> None:
    """A mail under way does not keep the starter waiting longer."""
    file = await zaken.sent(gemeente, persoon(17, "EMAIL"))
    async with zaken.database.transaction(gemeente) as transaction:
        await transaction.connection.execute(
            sa.update(tables.batches)
            .where(tables.batches.c.id == file.id)
            .values(approved_at=transaction.now - timedelta(hours=1))
        )
    for _ in range(2):
        await zaken.tick(handlers.tell_starters)
    await zaken.work_all("ready-mails")

    (mail,) = await told_mails(zaken, gemeente)
    assert mail.data.velden["AANTAL_EMAILS"] == "0"


async def plan(zaken: Zaken, file: File) -> None:
    """A plan for today."""
    today = working_days.today(file.rows[0].time)
    change = handlers.PlanChange(file.id, Plan(today, 28, "Keuze op het aanvraagformulier"))
    await zaken.command(handlers.plan_sending, change, user(file.gemeente))


async def approve(
    zaken: Zaken, file: File, *, mails: int = 2, key: Any = None, **changes: Any
) -> Any:
    """Agree, with the counts of PEOPLE unless told otherwise."""
    approval = handlers.Approval(file.id, mails, 2, **{**TEMPLATES, **changes})
    return await zaken.command(
        handlers.approve_sending, approval, user(file.gemeente), key=key, fingerprint=b"same"
    )


async def meet_starter(zaken: Zaken, file: File) -> None:
    """The starter did something in cases, so the address is known."""
    await zaken.command(
        handlers.introduce_office,
        (await zaken.table(tables.offices, file.gemeente))[0],
        user(file.gemeente, file.starter),
    )


def print_file(file: File, number: int) -> Any:
    """A print file of a batch is ready."""
    data = AfdrukbestandGereed(
        afdrukbestandId=uuid4(),
        batchId=file.id,
        nummer=number,
        aantalBrieven=2,
        aantalPaginas=4,
        aantalVellen=2,
    )
    return event_of(data, file.gemeente)


async def told_mails(zaken: Zaken, gemeente: str) -> list[Any]:
    """The mails to colleagues."""
    mails = await zaken.told(EmailGevraagd, gemeente)
    return [mail for mail in mails if mail.data.doel is Purpose.BATCH_READY]
