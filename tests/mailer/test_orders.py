"""What mailer does with settings and orders, in any order and more than once."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from deploy.local.stack import Stack
from services.mailer import tables
from shared.chassis import dead_letters
from shared.chassis import tables as chassis
from shared.contracts.codes import Purpose
from shared.contracts.events import EmailMislukt, EmailVerzonden
from tests.mailer.conftest import due_now, order, recorded, settings_event
from tests.mailer.smtp_double import SmtpDouble
from tests.support import parts
from tests.support.faults import broken


async def _mails(mailer: parts.Bench, gemeente: str) -> list[Any]:
    return await mailer.rows(sa.select(tables.mails), gemeente)


async def test_the_first_settings_bring_the_first_templates(
    mailer: parts.Bench, gemeente: str
) -> None:
    """A gemeente can begin at once; the same settings twice bring them once."""
    event = settings_event(gemeente)
    await mailer.feed(event, event)
    await mailer.feed(event)
    found = await mailer.rows(sa.select(tables.templates), gemeente)
    firsts = sorted((str(purpose), 1) for purpose in Purpose)
    assert sorted((row["purpose"], row["version"]) for row in found) == firsts


async def test_older_settings_that_come_late_change_nothing(
    mailer: parts.Bench, gemeente: str
) -> None:
    """The newest settings say who sends."""
    newer = settings_event(gemeente, 2, afzenderEmail="nieuw@example.nl")
    await mailer.feed(newer)
    await mailer.feed(settings_event(gemeente, 1, afzenderEmail="oud@example.nl"))
    (sender,) = await mailer.rows(sa.select(tables.senders), gemeente)
    assert sender["address"] == "nieuw@example.nl"


async def test_newer_settings_replace_the_sender(mailer: parts.Bench, gemeente: str) -> None:
    """The gemeente changes its sender and keeps its templates."""
    await mailer.feed(settings_event(gemeente, 1))
    await mailer.feed(settings_event(gemeente, 2, afzenderEmail="nieuw@example.nl"))
    (sender,) = await mailer.rows(sa.select(tables.senders), gemeente)
    assert sender["address"] == "nieuw@example.nl"
    assert len(await mailer.rows(sa.select(tables.templates), gemeente)) == len(Purpose)


async def test_the_same_order_twice_is_one_mail(
    mailer: parts.Bench, smtp: SmtpDouble, gemeente: str
) -> None:
    """Redelivered, and sent again as another event about the same attempt."""
    wanted = order()
    event, again = (parts.event_of(wanted, gemeente) for _ in range(2))
    await mailer.feed(settings_event(gemeente), event, event, again)
    await mailer.work_all("mails")
    await mailer.feed(event)
    await mailer.feed(parts.event_of(wanted, gemeente))
    await mailer.work_all("mails")
    assert len(smtp.accepted) == 1
    assert len(await _mails(mailer, gemeente)) == 1
    assert len(await recorded(mailer, EmailVerzonden, gemeente)) == 1


async def test_an_order_before_the_settings_waits_for_them(
    mailer: parts.Bench, smtp: SmtpDouble, gemeente: str
) -> None:
    """Topics have no order among them, so the mail is put back and not failed."""
    await mailer.feed(parts.event_of(order(), gemeente))
    await mailer.work("mails")
    assert [row["status"] for row in await _mails(mailer, gemeente)] == ["klaar"]
    await mailer.feed(settings_event(gemeente))
    await due_now(mailer, gemeente)
    await mailer.work("mails")
    assert [row["status"] for row in await _mails(mailer, gemeente)] == ["verzonden"]
    assert len(smtp.accepted) == 1
    assert await recorded(mailer, EmailMislukt, gemeente) == []


async def test_address_and_values_are_sealed_at_rest(mailer: parts.Bench, gemeente: str) -> None:
    """Neither stands readable in the row, nor in the work item."""
    wanted = order("anna.devries@example.nl", VOORNAAM="Annabella")
    await mailer.feed(settings_event(gemeente), parts.event_of(wanted, gemeente))
    rows = [*await _mails(mailer, gemeente), *await mailer.rows(sa.select(chassis.work_items))]
    written = b" ".join(
        bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
        for row in rows
        for value in row.values()
    )
    assert b"anna.devries" not in written
    assert b"Annabella" not in written


async def test_a_mail_to_a_colleague_goes_before_the_batch(
    mailer: parts.Bench, smtp: SmtpDouble, gemeente: str
) -> None:
    """A person waits for it."""
    resident, colleague = order(), order(purpose=Purpose.BATCH_READY)
    await mailer.feed(
        settings_event(gemeente),
        parts.event_of(resident, gemeente),
        parts.event_of(colleague, gemeente),
    )
    found = await mailer.rows(
        sa.select(chassis.work_items.c.id)
        .where(chassis.work_items.c.gemeente == gemeente)
        .order_by(chassis.work_items.c.priority)
    )
    assert [row["id"] for row in found] == [colleague.pogingId, resident.pogingId]
    await mailer.work_all("mails")
    assert {mail.recipient for mail in smtp.accepted} == {resident.aan, colleague.aan}


async def test_an_order_that_breaks_its_handler_is_a_failed_mail(
    stack: Stack, mailer: parts.Bench, smtp: SmtpDouble, gemeente: str
) -> None:
    """Its batch comes to its end; a replay sends no mail that was told to have failed."""
    wanted, fine = order(), order()
    bad = parts.event_of(wanted, gemeente)
    await mailer.feed(settings_event(gemeente))
    with broken(stack, "mailer", "mails", f"status = 'klaar' and id = '{wanted.pogingId}'"):
        await mailer.feed(bad, parts.event_of(fine, gemeente))
    (told,) = await recorded(mailer, EmailMislukt, gemeente)
    assert (told["pogingId"], "beheerder" in told["reden"]) == (str(wanted.pogingId), True)
    (kept,) = [
        one.id
        for one in await dead_letters.listed(mailer.database)
        if str(bad.id).encode() in one.record.value
    ]
    assert await dead_letters.replay(mailer.database, mailer.consumer, [kept]) == ([kept], [])
    await mailer.work_all("mails")
    assert {mail.recipient for mail in smtp.accepted} == {fine.aan}
    found = {row["id"]: row["status"] for row in await _mails(mailer, gemeente)}
    assert found == {wanted.pogingId: "mislukt", fine.pogingId: "verzonden"}
