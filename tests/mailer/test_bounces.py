"""Mails that come back: read by IMAP from a real mailbox, each once, and only our own."""

from __future__ import annotations

import asyncio
import imaplib
import smtplib
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from deploy.local.ports import HOST
from deploy.local.stack import Stack
from services.mailer import tables
from services.mailer.bounces.mailbox import LARGEST
from services.mailer.bounces.rounds import BOUNCES, MAILBOX
from services.mailer.domain import NOBODYS
from shared.chassis.bucket import Bucket
from shared.contracts.events import EmailGevraagd, EmailNietBezorgd
from tests.mailer.conftest import Made, order, recorded, settings_event
from tests.support import parts
from tests.support.notifications import notification


@pytest.fixture
def address() -> str:
    """A mailbox of the test's own; the mail server makes it."""
    return f"retour-{uuid4().hex[:12]}@voorbeeldstad.example.nl"


@pytest.fixture
def mailer(make_mailer: Made, stack: Stack, address: str) -> parts.Bench:
    """A mailer that sends on the real mail server and reads what comes back."""
    _deliver(stack, address, _note("welkom"))
    return _reading(make_mailer, address)


def _reading(make_mailer: Made, address: str) -> parts.Bench:
    return make_mailer(
        bounce_address=address,
        imap_username=address,
        imap_password="geheim",
        imap_security="geen",
        imap_interval=timedelta(microseconds=1),
    )


def _deliver(stack: Stack, address: str, *messages: bytes) -> None:
    with smtplib.SMTP(HOST, stack.ports.smtp) as server:
        for message in messages:
            server.sendmail("postmaster@elders.example.nl", [address], message)


def _note(text: str) -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = "iemand@example.nl", "Afwezig"
    message["Auto-Submitted"] = "auto-replied"
    message.set_content(text)
    return message.as_bytes()


async def _sent(mailer: parts.Bench, stack: Stack, gemeente: str) -> tuple[EmailGevraagd, str]:
    """A mail that went out, and its Message-ID as the recipient sees it."""
    one = order()
    await mailer.feed(settings_event(gemeente), parts.event_of(one, gemeente))
    await mailer.work_all("mails")
    (arrived,) = await asyncio.to_thread(stack.mail.messages_to, one.aan)
    return one, str(message_from_bytes(arrived)["Message-ID"])


async def _round(mailer: parts.Bench) -> None:
    """Read the mailbox once and do what follows."""
    (timer,) = [t for t in mailer.service.timers if t.handler.__name__ == "order_round"]
    await mailer.tick(timer.handler)
    await mailer.work_all(MAILBOX)
    await mailer.work_all(BOUNCES)


async def _mail(mailer: parts.Bench, gemeente: str, mail_id: UUID) -> Any:
    statement = sa.select(tables.mails).where(tables.mails.c.id == mail_id)
    return (await mailer.rows(statement, gemeente))[0]


@pytest.mark.parametrize("whole", [False, True])
async def test_a_mail_that_comes_back_is_not_delivered_once(
    mailer: parts.Bench, stack: Stack, gemeente: str, address: str, *, whole: bool
) -> None:
    """However often it is told and read: one event, the reason in words, the raw mail sealed."""
    one, message_id = await _sent(mailer, stack, gemeente)
    told = notification(message_id, whole=whole)
    _deliver(stack, address, told, _note("vakantie"), told, notification(message_id, "5.2.2"))
    for _ in range(2):
        await _round(mailer)
    (event,) = await recorded(mailer, EmailNietBezorgd, gemeente)
    assert event["berichtId"] == str(one.pogingId)
    assert event["reden"].startswith("Het e-mailadres bestaat niet")
    assert event["blijvend"] is True
    row = await _mail(mailer, gemeente, one.pogingId)
    assert (row["status"], row["reason"]) == ("niet bezorgd", event["reden"])
    kept = await mailer.rows(sa.select(tables.bounces), gemeente)
    bucket: Bucket = mailer.built.state["bucket"]
    assert len(kept) == len(await bucket.keys(f"{gemeente}/bounces/")) >= 2
    content = await bucket.get_sealed(f"{gemeente}/bounces/{kept[0]['id']}.eml")
    assert content is not None
    assert message_id.encode() in content


@pytest.mark.parametrize(
    ("status", "action", "expected", "words"),
    [
        ("5.2.2", "failed", "niet bezorgd", "is vol"),
        ("5.7.1", "failed", "niet bezorgd", "weigert"),
        ("5.1.2", "failed", "niet bezorgd", "achter het apenstaartje"),
        ("4.4.7", "failed", "niet bezorgd", "niet bereikbaar"),
        ("4.4.1", "delayed", "verzonden", None),
        ("2.0.0", "delivered", "verzonden", None),
        ("2.0.0", "relayed", "verzonden", None),
    ],
)
async def test_what_anotification_says_decides(
    mailer: parts.Bench,
    stack: Stack,
    gemeente: str,
    address: str,
    status: str,
    action: str,
    expected: str,
    words: str | None,
) -> None:
    """Failed is not delivered, for ever or not; delayed is noted; the rest changes nothing."""
    one, message_id = await _sent(mailer, stack, gemeente)
    _deliver(stack, address, notification(message_id, status, action))
    await _round(mailer)
    row = await _mail(mailer, gemeente, one.pogingId)
    assert row["status"] == expected
    assert (row["delayed_at"] is not None) == (action == "delayed")
    assert words is None or words in row["reason"]
    events = await recorded(mailer, EmailNietBezorgd, gemeente)
    assert [event["blijvend"] for event in events] == (
        [status.startswith("5")] if expected == "niet bezorgd" else []
    )


async def test_a_made_upnotification_changes_nothing(
    mailer: parts.Bench, stack: Stack, gemeente: str, address: str
) -> None:
    """Who knows the id of a mail, but not its Message-ID, cannot say that it came back."""
    one, message_id = await _sent(mailer, stack, gemeente)
    other, _ = await _sent(mailer, stack, gemeente)
    domain = message_id.rpartition("@")[2]
    stolen = message_id.replace(str(one.pogingId), str(other.pogingId))
    guesses = [
        f"<{one.pogingId}@{domain}",
        f"<{one.pogingId}.{gemeente}.{'0' * 32}@{domain}",
        message_id.replace(f".{gemeente}.", ".9999."),
        stolen,
        "",
    ]
    _deliver(stack, address, *map(notification, guesses))
    await _round(mailer)
    for mail in (one, other):
        assert (await _mail(mailer, gemeente, mail.pogingId))["status"] == "verzonden"
    assert await recorded(mailer, EmailNietBezorgd, gemeente) == []


async def test_a_poisonous_mail_is_set_aside_and_the_next_one_is_read(
    mailer: parts.Bench, stack: Stack, gemeente: str, address: str
) -> None:
    """A mail that breaks its reader, and one that is too large, stop nothing; they are kept."""
    one, message_id = await _sent(mailer, stack, gemeente)
    deep = b"".join(
        b'Content-Type: multipart/report; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n)
        for n in range(3000)
    )
    large = _note("x") + b"x" * 70 + (b"\r\n" + b"y" * 70) * (LARGEST // 70)
    _deliver(stack, address, deep, large, notification(message_id))
    before = await mailer.rows(sa.select(tables.bounces), NOBODYS)
    await _round(mailer)
    assert (await _mail(mailer, gemeente, one.pogingId))["status"] == "niet bezorgd"
    aside = await mailer.rows(sa.select(tables.bounces), NOBODYS)
    assert len(aside) - len(before) == 2
    bucket: Bucket = mailer.built.state["bucket"]
    assert await bucket.get_sealed(f"{NOBODYS}/bounces/{aside[-1]['id']}.eml")
    assert await mailer.rows(sa.select(tables.bounces), gemeente) != []


async def test_news_that_is_faster_than_our_own_commit_waits_for_it(
    mailer: parts.Bench, stack: Stack, gemeente: str, address: str
) -> None:
    """After a crash between sending and its commit the mail came back before it counts as sent."""
    one, message_id = await _sent(mailer, stack, gemeente)
    mine = tables.mails.c.id == one.pogingId
    async with mailer.database.transaction(gemeente) as tx:
        await tx.connection.execute(sa.update(tables.mails).where(mine).values(status="klaar"))
    _deliver(stack, address, notification(message_id))
    await _round(mailer)
    assert await recorded(mailer, EmailNietBezorgd, gemeente) == []
    async with mailer.database.transaction(gemeente) as tx:
        await tx.connection.execute(sa.update(tables.mails).where(mine).values(status="verzonden"))
        await tx.connection.execute(
            sa.text("update work_items set not_before = clock_timestamp() - interval '1 minute'")
        )
    await mailer.work_all(BOUNCES)
    assert len(await recorded(mailer, EmailNietBezorgd, gemeente)) == 1


async def test_a_mailbox_that_was_made_anew_is_read_anew_and_nothing_counts_twice(
    mailer: parts.Bench, stack: Stack, gemeente: str, address: str
) -> None:
    """Another UIDVALIDITY means that no UID of before says anything."""
    _, message_id = await _sent(mailer, stack, gemeente)
    _deliver(stack, address, notification(message_id))
    await _round(mailer)
    async with mailer.database.transaction() as tx:
        await tx.connection.execute(
            sa.update(tables.mailbox_places).values(validity=1, uid=1_000_000)
        )
    await _round(mailer)
    assert len(await recorded(mailer, EmailNietBezorgd, gemeente)) == 1
    assert _unread(stack, address) > 0


def _unread(stack: Stack, address: str) -> int:
    """How many mails nobody marked as read: reading for bounces changes nothing in the mailbox."""
    with imaplib.IMAP4(HOST, stack.ports.imap) as client:
        client.login(address, "geheim")
        client.select(readonly=True)
        return len(client.search(None, "UNSEEN")[1][0].split())


async def test_a_mailbox_that_is_away_stops_nothing(
    make_mailer: Made, stack: Stack, gemeente: str, address: str
) -> None:
    """Mails go out, and the round ends; the next one tries again."""
    mailer = make_mailer(
        imap_username=address, imap_password="geheim", imap_security="geen", imap_port=1
    )
    await _sent(mailer, stack, gemeente)
    await _round(mailer)
    assert await recorded(mailer, EmailNietBezorgd, gemeente) == []
