"""Mails that came back and that nothing can read, for tests at the gateway."""

from __future__ import annotations

import smtplib

from deploy.local.environment import RETURNS
from deploy.local.ports import HOST
from tests.support.caseworker import Caseworker
from tests.support.notifications import notification
from tests.support.system import System
from tests.support.waiting import until


def poison(subject: str) -> bytes:
    """A mail that breaks whatever builds it: parts in parts, three thousand deep."""
    head = f"From: Iemand <iemand@elders.example.nl>\r\nSubject: {subject}\r\n".encode()
    return head + b"".join(
        b'Content-Type: multipart/report; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n)
        for n in range(3000)
    )


def deliver(port: int, address: str, *messages: bytes) -> None:
    """Put mails in the mailbox for undelivered ones."""
    with smtplib.SMTP(HOST, port) as server:
        for message in messages:
            server.sendmail("postmaster@elders.example.nl", [address], message)


def came_back(system: System, administrator: Caseworker, mail: str) -> str:
    """A mail of the own gemeente that came back; the id of what its server wrote."""
    (sent,) = system.query("mailer", "select message_id from mails where id = %s", mail)
    told = notification(f"<{sent['message_id'].strip('<>')}>")
    deliver(system.stack.ports.smtp, RETURNS, told)
    found = until(lambda: administrator.get("/retourmail")["resultaten"], 60, "mail came back")
    return str(found[0]["id"])


def ids(system: System, administrator: Caseworker) -> dict[str, str]:
    """A mail that was set aside."""
    deliver(system.stack.ports.smtp, RETURNS, poison("Niet te lezen"))
    found = until(
        lambda: administrator.get("/retourmail", soort="apart gezet")["resultaten"],
        60,
        "mail set aside",
    )
    return {"retourmail": found[0]["id"]}
