"""From order to mailbox: what the mail server says decides what becomes of a mail."""

from __future__ import annotations

import asyncio
import email
import email.policy
from email.message import Message
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from deploy.local.stack import Stack
from services.mailer import tables
from services.mailer.domain import first_template_id, source_key
from services.mailer.handlers import NewTemplate, add_template
from shared.chassis.bucket import Bucket
from shared.chassis.identity import Identity
from shared.contracts.codes import Purpose, Role
from shared.contracts.events import EmailMislukt, EmailVerzonden
from tests.mailer.conftest import Made, due_now, moved, order, recorded, settings_event
from tests.mailer.smtp_double import CUT, SILENCE, SmtpDouble
from tests.support import parts


async def _ordered(mailer: parts.Bench, gemeente: str, *orders: Any) -> None:
    await mailer.feed(settings_event(gemeente), *(parts.event_of(one, gemeente) for one in orders))


async def _status(mailer: parts.Bench, gemeente: str, mail_id: UUID) -> Any:
    statement = sa.select(tables.mails).where(tables.mails.c.id == mail_id)
    return (await mailer.rows(statement, gemeente))[0]


async def _stored(mailer: parts.Bench, gemeente: str, mail_id: UUID) -> bytes | None:
    bucket: Bucket = mailer.built.state["bucket"]
    return await bucket.get_sealed(source_key(gemeente, mail_id))


def _parsed(content: bytes) -> Message:
    return email.message_from_bytes(content, policy=email.policy.default)


async def test_mails_reach_their_mailboxes_as_they_are_kept(
    make_mailer: Made, stack: Stack, gemeente: str
) -> None:
    """On the real mail server: one mail each, its own Message-ID, kept as it was sent."""
    mailer = make_mailer()
    orders = [order() for _ in range(5)]
    await _ordered(mailer, gemeente, *orders)
    await mailer.work_all("mails")
    for one in orders:
        (arrived,) = await asyncio.to_thread(stack.mail.messages_to, one.aan)
        message = _parsed(arrived)
        start, end = f"<{one.pogingId}.{gemeente}.", "@voorbeeldstad.example.nl>"
        assert message["Message-ID"].startswith(start)
        assert message["Message-ID"].endswith(end)
        kept = await _stored(mailer, gemeente, one.pogingId)
        assert kept is not None
        assert (
            arrived.replace(b"\r\n", b"\n").rstrip().endswith(kept.replace(b"\r\n", b"\n").rstrip())
        )
    events = await recorded(mailer, EmailVerzonden, gemeente)
    assert {event["berichtId"] for event in events} == {str(one.pogingId) for one in orders}
    assert len(events) == len(orders)


async def test_a_sent_mail_keeps_its_evidence_and_forgets_its_values(
    mailer: parts.Bench, smtp: SmtpDouble, gemeente: str
) -> None:
    """The server's reply stays, without the address; the values go."""
    one = order()
    smtp.on_message.append(f"250 2.0.0 Ok: queued as 4XyZ for {one.aan}")
    await _ordered(mailer, gemeente, one)
    await mailer.work("mails")
    row = await _status(mailer, gemeente, one.pogingId)
    assert row["status"] == "verzonden"
    assert row["smtp_reply"] == "250 2.0.0 Ok: queued as 4XyZ for (adres)"
    assert row["fields"] is None
    assert row["template_id"] == first_template_id(gemeente, Purpose.INVITATION)


@pytest.mark.parametrize("stage", ["on_sender", "on_recipient", "on_message"])
async def test_try_later_is_tried_later(
    mailer: parts.Bench, smtp: SmtpDouble, gemeente: str, stage: str
) -> None:
    """4xx is no failure, at whatever moment it comes."""
    getattr(smtp, stage).append("451 4.7.1 Greylisted, come back")
    one = order()
    await _ordered(mailer, gemeente, one)
    await mailer.work("mails")
    assert (await _status(mailer, gemeente, one.pogingId))["status"] == "klaar"
    assert await recorded(mailer, EmailVerzonden, gemeente) == []
    await due_now(mailer, gemeente)
    await mailer.work("mails")
    assert (await _status(mailer, gemeente, one.pogingId))["status"] == "verzonden"
    assert len(smtp.accepted) == 1
    assert await recorded(mailer, EmailMislukt, gemeente) == []


async def test_try_later_is_tried_for_two_days_and_has_then_failed(
    mailer: parts.Bench, stack: Stack, smtp: SmtpDouble, gemeente: str
) -> None:
    """By the business clock: after 47 hours it still waits, after 49 it failed with its reason."""
    one = order()
    smtp.by_recipient[one.aan] = "451 4.7.1 Greylisted, come back"
    await _ordered(mailer, gemeente, one)
    with moved(stack, "+47h"):
        await due_now(mailer, gemeente)
        await mailer.work("mails")
        assert (await _status(mailer, gemeente, one.pogingId))["status"] == "klaar"
    assert await recorded(mailer, EmailMislukt, gemeente) == []
    with moved(stack, "+49h"):
        await due_now(mailer, gemeente)
        await mailer.work("mails")
        assert (await _status(mailer, gemeente, one.pogingId))["status"] == "mislukt"
    (event,) = await recorded(mailer, EmailMislukt, gemeente)
    assert event["reden"].startswith("De mailserver nam deze e-mail twee dagen lang niet aan.")
    assert smtp.accepted == []


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        ("550 5.1.1 <{to}>: user unknown", "bestaat niet"),
        ("552 5.2.2 <{to}> over quota", "is vol"),
        ("550 No such user {to}", "bestaat niet"),
        ("556 5.1.10 {to} has null MX", "ontvangt geen e-mail"),
        ("554 5.7.1 {to} blocked", "veiligheid|weigert"),
    ],
)
async def test_a_refusal_is_a_failure_with_its_reason(
    mailer: parts.Bench, smtp: SmtpDouble, gemeente: str, reply: str, words: str
) -> None:
    """5xx fails that one mail in words of the user; the address is not in the event."""
    refused, other = order(), order()
    smtp.by_recipient[refused.aan] = reply.format(to=refused.aan)
    await _ordered(mailer, gemeente, refused, other)
    await mailer.work_all("mails")
    (event,) = await recorded(mailer, EmailMislukt, gemeente)
    assert any(word in event["reden"] for word in words.split("|"))
    assert event["pogingId"] == str(refused.pogingId)
    assert refused.aan not in str(event)
    assert (await _status(mailer, gemeente, refused.pogingId))["status"] == "mislukt"
    assert [mail.recipient for mail in smtp.accepted] == [other.aan]


@pytest.mark.parametrize("fault", [SILENCE, CUT, "421 4.3.2 Shutting down"])
async def test_a_line_that_breaks_before_the_mail_costs_no_mail(
    mailer: parts.Bench, smtp: SmtpDouble, gemeente: str, fault: str
) -> None:
    """Silence, a cut line or a closing server: the mail goes later, once."""
    smtp.on_recipient.append(fault)
    one = order()
    await _ordered(mailer, gemeente, one)
    await mailer.work("mails")
    assert (await _status(mailer, gemeente, one.pogingId))["status"] == "klaar"
    await due_now(mailer, gemeente)
    await mailer.work("mails")
    assert (await _status(mailer, gemeente, one.pogingId))["status"] == "verzonden"
    assert len(smtp.received) == 1


@pytest.mark.parametrize("fault", [SILENCE, CUT])
async def test_no_answer_after_the_mail_sends_the_same_bytes_again(
    mailer: parts.Bench, smtp: SmtpDouble, gemeente: str, fault: str
) -> None:
    """Nobody can know whether it was accepted, so it goes again: the same mail, the same id."""
    smtp.on_message.append(fault)
    one = order()
    await _ordered(mailer, gemeente, one)
    await mailer.work("mails")
    await due_now(mailer, gemeente)
    await mailer.work("mails")
    first, second = smtp.received
    assert first.content == second.content
    assert second.content == await _stored(mailer, gemeente, one.pogingId)
    assert len(await recorded(mailer, EmailVerzonden, gemeente)) == 1


async def test_a_server_that_is_away_fails_nothing(
    mailer: parts.Bench, smtp: SmtpDouble, gemeente: str
) -> None:
    """Refused connections put mails back; when it is there again, all go."""
    orders = [order() for _ in range(10)]
    await _ordered(mailer, gemeente, *orders)
    await smtp.stop()
    await mailer.work("mails")
    await smtp.start()
    for _ in range(20):
        await due_now(mailer, gemeente)
        await mailer.work_all("mails")
        if len(smtp.accepted) == len(orders):
            break
        await asyncio.sleep(0.2)
    assert sorted(mail.recipient for mail in smtp.accepted) == sorted(one.aan for one in orders)
    assert await recorded(mailer, EmailMislukt, gemeente) == []


async def test_a_server_that_closed_an_idle_line_is_called_again(
    mailer: parts.Bench, smtp: SmtpDouble, gemeente: str
) -> None:
    """A line that was closed meanwhile costs the next mail nothing."""
    first, second = order(), order()
    await _ordered(mailer, gemeente, first)
    await mailer.work("mails")
    await smtp.stop()
    await smtp.start()
    await mailer.feed(parts.event_of(second, gemeente))
    await mailer.work("mails")
    assert (await _status(mailer, gemeente, second.pogingId))["status"] == "verzonden"


async def test_many_mails_share_a_few_connections(
    mailer: parts.Bench, smtp: SmtpDouble, gemeente: str
) -> None:
    """Sixty mails, and no more connections than the setting allows."""
    await _ordered(mailer, gemeente, *(order() for _ in range(60)))
    await mailer.work_all("mails")
    assert len(smtp.accepted) == 60
    assert smtp.connections <= mailer.parts.settings.smtp_connections


async def test_an_empty_required_field_fails_that_mail_only(
    mailer: parts.Bench, smtp: SmtpDouble, gemeente: str
) -> None:
    """The reason names the field; nothing is sent for it."""
    wrong, right = order(AANHEF=""), order()
    await _ordered(mailer, gemeente, wrong, right)
    await mailer.work_all("mails")
    (event,) = await recorded(mailer, EmailMislukt, gemeente)
    assert "$AANHEF$" in event["reden"]
    assert [mail.recipient for mail in smtp.received] == [right.aan]


async def test_an_address_that_cannot_exist_fails_that_mail_only(
    mailer: parts.Bench, smtp: SmtpDouble, gemeente: str
) -> None:
    """The reason does not repeat the address."""
    await _ordered(mailer, gemeente, order("geen adres"), order())
    await mailer.work_all("mails")
    (event,) = await recorded(mailer, EmailMislukt, gemeente)
    assert "niet geldig" in event["reden"]
    assert "geen adres" not in str(event)
    assert len(smtp.accepted) == 1


async def test_the_approved_version_is_what_is_sent(
    mailer: parts.Bench, smtp: SmtpDouble, gemeente: str
) -> None:
    """A newer template does not touch orders that name an older one; the others get it."""
    approved = first_template_id(gemeente, Purpose.INVITATION)
    await mailer.feed(settings_event(gemeente))
    editor = Identity("u-1", "Sam", "sam@example.nl", frozenset({Role.BEHEERDER}), gemeente)
    term = "Reageer voor $REACTIEDATUM$."
    newer = NewTemplate(Purpose.INVITATION, "Nieuw", "NIEUW $ZAAKNUMMER$", term, f"<p>{term}</p>")
    await mailer.commands.run(editor, add_template, newer)
    old, new = order(version=approved), order()
    await mailer.feed(parts.event_of(old, gemeente), parts.event_of(new, gemeente))
    await mailer.work_all("mails")
    subjects = {
        mail.recipient: email.message_from_bytes(mail.content, policy=email.policy.default)[
            "Subject"
        ]
        for mail in smtp.accepted
    }
    assert subjects[new.aan] == "NIEUW HO-2026-000123"
    assert "NIEUW" not in subjects[old.aan]
