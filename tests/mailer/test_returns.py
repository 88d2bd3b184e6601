"""What came back or could not be read, as a beheerder looks at it and is done with it."""

from __future__ import annotations

import asyncio
from email.message import EmailMessage
from typing import Any
from uuid import uuid4

import httpx
import pytest

from deploy.local.stack import Stack
from services.mailer.bounces import again
from services.mailer.bounces.again import REREAD
from services.mailer.bounces.shown import MOST_HEADERS, as_it_is, sender_of, shown
from shared.contracts.codes import Role
from shared.contracts.events import EmailNietBezorgd
from tests.mailer.conftest import Made, client, recorded, settings_event, token
from tests.mailer.test_bounces import _deliver, _round, _sent
from tests.support import parts
from tests.support.notifications import notification
from tests.support.returns import poison


def letter(**parts_of: str) -> bytes:
    """A mail with a text, an HTML page, or both."""
    message = EmailMessage()
    message["From"], message["Subject"] = "Jos\u00e9 <jose@example.nl>", "Vraag over caf\u00e9"
    if "text" in parts_of:
        message.set_content(parts_of["text"])
    if "html" in parts_of:
        add = message.add_alternative if "text" in parts_of else message.set_content
        add(parts_of["html"], subtype="html")
    return message.as_bytes()


def test_a_mail_is_shown_as_its_headers_and_its_plain_text() -> None:
    """Encoded headers in letters; the page beside the text is left out."""
    seen = shown(letter(text="Dag gemeente", html="<script>alert(1)</script>"))
    assert ("Subject", "Vraag over caf\u00e9") in seen.headers
    assert (seen.text.strip(), seen.is_raw) == ("Dag gemeente", False)


def test_a_page_without_text_is_shown_as_its_source() -> None:
    """Said to be so; nobody runs it."""
    seen = shown(letter(html="<p>Dag</p>"))
    assert (seen.text.strip(), seen.is_raw) == ("<p>Dag</p>", True)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b"From: a@example.nl",
        b"Subject: =?onzin?Q?x?=\r\n\r\n\xe9",
        b"Content-Type: text/plain; charset=bestaat-niet\r\n\r\n\xe9",
        b"A: b\r\n" * 5000 + b"\r\nx",
    ],
)
def test_whatever_comes_is_shown(content: bytes) -> None:
    """Odd bytes, unknown character sets, far too many headers."""
    for seen in (shown(content), as_it_is(content)):
        assert len(seen.headers) <= MOST_HEADERS
        assert all(value.isprintable() for _, value in seen.headers)


def test_the_sender_is_read_from_the_first_bytes_alone() -> None:
    """Folded and encoded as it may be; without one there is none."""
    assert sender_of(b"To: x\r\nFrom: Piet\r\n <piet@example.nl>\r\n\r\nFrom: y") == (
        "Piet <piet@example.nl>"
    )
    assert sender_of(b"Subject: x\r\n\r\nFrom: y@example.nl") is None


class Returns:
    """The doors as the beheerder of one gemeente sees them."""

    def __init__(self, mailer: parts.Bench, stack: Stack, gemeente: str) -> None:
        self.mailer, self.stack, self.gemeente = mailer, stack, gemeente

    async def ask(
        self, method: str, path: str, *roles: Role, gemeente: str | None = None, **more: Any
    ) -> httpx.Response:
        """Ask, as a beheerder unless told otherwise."""
        who = token(self.stack, gemeente or self.gemeente, *(roles or (Role.BEHEERDER,)))
        headers = {**who, "Idempotency-Key": str(uuid4())}
        async with client(self.mailer) as http:
            return await http.request(method, f"/retourmail{path}", headers=headers, **more)

    async def listed(self, **query: Any) -> list[dict[str, Any]]:
        """What is in the list."""
        answer = await self.ask("GET", "", params=query)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["resultaten"]
        return found


@pytest.fixture
def address() -> str:
    """A mailbox of the test's own; the mail server makes it."""
    return f"retour-{uuid4().hex[:12]}@voorbeeldstad.example.nl"


@pytest.fixture
def returns(make_mailer: Made, stack: Stack, address: str, gemeente: str) -> Returns:
    """A mailer whose mailbox the gemeente of the test keeps."""
    _deliver(stack, address, letter(text="welkom"))
    mailer = make_mailer(
        bounce_address=address,
        imap_username=address,
        imap_password="geheim",
        imap_security="geen",
        imap_interval="PT0.000001S",
        imap_gemeente=gemeente,
    )
    return Returns(mailer, stack, gemeente)


async def set_aside(returns: Returns, stack: Stack, address: str) -> dict[str, Any]:
    """A mail that broke its reader, in the list."""
    subject = f"Stuk {uuid4()}"
    await returns.mailer.feed(settings_event(returns.gemeente))  # timers run for whom it met
    await asyncio.to_thread(_deliver, stack, address, poison(subject))
    await _round(returns.mailer)
    found = await returns.listed(soort="apart gezet", open=True)
    return found[0]


async def test_what_came_back_is_listed_shown_and_saved(
    returns: Returns, stack: Stack, gemeente: str, address: str
) -> None:
    """With the mail it is about; another gemeente and another role see nothing of it."""
    one, message_id = await _sent(returns.mailer, stack, gemeente)
    told = notification(message_id)
    _deliver(stack, address, told)
    await _round(returns.mailer)
    (line,) = await returns.listed(soort="teruggekomen")
    assert (line["emailId"], line["statuscode"]) == (str(one.pogingId), "5.1.1")
    assert (line["van"], line["afgehandeldOp"]) == ("MAILER-DAEMON@elders.example.nl", None)
    seen = (await returns.ask("GET", f"/{line['id']}")).json()
    assert {"naam": "Subject", "waarde": "Undelivered Mail Returned to Sender"} in seen["kopregels"]
    assert seen["tekst"].startswith("I'm sorry")
    saved = await returns.ask("GET", f"/{line['id']}/bron")
    assert saved.headers["content-type"] == "message/rfc822"
    assert "attachment" in saved.headers["content-disposition"]
    assert message_id.encode() in saved.content
    other = parts.new_gemeente()
    for path in ("", "/bron"):
        refused = await returns.ask("GET", f"/{line['id']}{path}", gemeente=other)
        assert refused.status_code == 404
        refused = await returns.ask("GET", f"/{line['id']}{path}", Role.BEHANDELAAR)
        assert refused.status_code == 403
    assert (await returns.ask("GET", "", gemeente=other)).json()["aantal"] == 0


async def test_what_was_set_aside_is_seen_by_the_keeper_of_the_mailbox_alone(
    returns: Returns, stack: Stack, address: str
) -> None:
    """Why, from whom, and the source of what nothing could read."""
    line = await set_aside(returns, stack, address)
    assert line["waarom"] == "Deze e-mail kon niet veilig worden gelezen."
    assert (line["van"], line["emailId"]) == ("Iemand <iemand@elders.example.nl>", None)
    seen = (await returns.ask("GET", f"/{line['id']}")).json()
    assert seen["isBron"] is True
    assert any(one["waarde"].startswith("Stuk ") for one in seen["kopregels"])
    other = parts.new_gemeente()
    for method, path, body in (
        ("GET", "", None),
        ("GET", "/bron", None),
        ("POST", "/herverwerking", None),
        ("POST", "/afhandeling", {"reden": "Weg"}),
    ):
        refused = await returns.ask(method, f"/{line['id']}{path}", gemeente=other, json=body)
        assert refused.status_code == 404, path


async def test_who_is_done_with_a_mail_says_why_and_only_once(
    returns: Returns, stack: Stack, address: str
) -> None:
    """It is not in the list of what is open any more, and cannot be tried again."""
    line = await set_aside(returns, stack, address)
    path = f"/{line['id']}/afhandeling"
    assert (await returns.ask("POST", path, json={"reden": " "})).status_code == 400
    done = await returns.ask("POST", path, json={"reden": "Reclame"})
    assert done.status_code == 200, done.text
    assert (done.json()["reden"], done.json()["afgehandeldDoor"]) == ("Reclame", "Sam Bakker")
    assert line["id"] not in [one["id"] for one in await returns.listed(open=True)]
    assert line["id"] in [one["id"] for one in await returns.listed(open=False)]
    for again_path, body in ((path, {"reden": "Nog eens"}), (f"/{line['id']}/herverwerking", None)):
        late = await returns.ask("POST", again_path, json=body)
        assert (late.status_code, late.json()["title"]) == (409, "Deze e-mail is al afgehandeld")


async def test_what_still_cannot_be_read_stays_and_says_that_it_was_tried(
    returns: Returns, stack: Stack, address: str
) -> None:
    """Nothing is lost by trying."""
    line = await set_aside(returns, stack, address)
    asked = await returns.ask("POST", f"/{line['id']}/herverwerking")
    assert asked.status_code == 202, asked.text
    await returns.mailer.work_all(REREAD)
    after = (await returns.ask("GET", f"/{line['id']}")).json()
    assert (after["afgehandeldOp"], after["waarom"]) == (None, line["waarom"])
    assert after["herlezenOp"] is not None


async def test_what_can_be_read_now_is_followed_as_if_it_came_in_today(
    returns: Returns, stack: Stack, gemeente: str, address: str
) -> None:
    """The mail counts as not delivered, and what was set aside is done with."""
    one, message_id = await _sent(returns.mailer, stack, gemeente)
    large = notification(message_id) + b"\r\n" + b"x" * 70 + (b"\r\n" + b"y" * 70) * 75_000
    before = {found["id"] for found in await returns.listed(soort="apart gezet", open=True)}
    _deliver(stack, address, large)
    await _round(returns.mailer)
    (line,) = [
        found
        for found in await returns.listed(soort="apart gezet", open=True)
        if found["id"] not in before
    ]
    assert "groter dan 5 MB" in line["waarom"]
    asked = await returns.ask("POST", f"/{line['id']}/herverwerking")
    assert asked.status_code == 202, asked.text
    await returns.mailer.work_all(REREAD)
    await returns.mailer.work_all("bounces")
    (event,) = await recorded(returns.mailer, EmailNietBezorgd, gemeente)
    assert event["berichtId"] == str(one.pogingId)
    after = (await returns.ask("GET", f"/{line['id']}")).json()
    assert after["reden"] == again.DONE
    (came_back,) = await returns.listed(soort="teruggekomen")
    assert came_back["emailId"] == str(one.pogingId)
