"""The mailbox that undelivered mails come back to, by IMAP; it is read and never changed.

`imaplib` of the standard library blocks, so it runs in a thread; each connection is short and has
a time limit on every answer. Why no library for asyncio: docs/decisions/0021.

Source: RFC 3501 (IMAP4rev1): UIDs and UIDVALIDITY are in 2.3.1.1.
"""

from __future__ import annotations

import contextlib
import imaplib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from services.mailer.domain import Place
from services.mailer.settings import Settings

#: A notification holds our own mail at most; of what is larger this much is kept, and no more read.
LARGEST = 5 << 20
#: So many are held in memory at once.
PAGE = 20
_OK = "OK"


class MailboxAway(Exception):
    """The mailbox cannot be read now: no connection, no sign-in, no such folder."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A mail in the mailbox; `is_whole` when it is not too large."""

    place: Place
    content: bytes
    is_whole: bool


class Mailbox:
    """Reads the mailbox of the settings."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @property
    def name(self) -> str:
        """What this mailbox is called among those ever read."""
        settings = self._settings
        return f"{settings.imap_username}@{settings.imap_host}/{settings.imap_folder}"

    def after(self, place: Place | None) -> list[Arrival]:
        """The next mails after a place, oldest first. Blocks. Raises MailboxAway."""
        try:
            with self._opened() as client:
                validity = int(_one(client.response("UIDVALIDITY")[1]))
                read = place.uid if place is not None and place.validity == validity else 0
                uids = _numbers(_answer(client.uid("SEARCH", f"UID {read + 1}:*")))
                # A range that ends in * holds the newest mail, whatever it begins with.
                wanted = sorted(uid for uid in uids if uid > read)[:PAGE]
                return [mail for uid in wanted if (mail := _fetched(client, validity, uid))]
        except (imaplib.IMAP4.error, OSError, ValueError) as error:
            raise MailboxAway(type(error).__name__) from None

    @contextlib.contextmanager
    def _opened(self) -> Iterator[imaplib.IMAP4]:
        settings = self._settings
        secret = settings.imap_password.get_secret_value() if settings.imap_password else ""
        client = self._connected()
        try:
            client.login(_quoted(settings.imap_username or ""), secret)
            _answer(client.select(_quoted(settings.imap_folder), readonly=True))
            yield client
        finally:
            with contextlib.suppress(imaplib.IMAP4.error, OSError):
                client.logout()

    def _connected(self) -> imaplib.IMAP4:
        settings = self._settings
        host, patience = settings.imap_host or "", settings.imap_timeout.total_seconds()
        if settings.imap_security == "tls":
            trust = ssl.create_default_context()
            return imaplib.IMAP4_SSL(host, settings.imap_port, ssl_context=trust, timeout=patience)
        client = imaplib.IMAP4(host, settings.imap_port, timeout=patience)
        if settings.imap_security == "starttls":
            client.starttls(ssl.create_default_context())
        return client


def _fetched(client: imaplib.IMAP4, validity: int, uid: int) -> Arrival | None:
    """One mail; None when somebody removed it meanwhile."""
    answer = _answer(client.uid("FETCH", str(uid), f"(BODY.PEEK[]<0.{LARGEST + 1}>)"))
    content = next((part[1] for part in answer if isinstance(part, tuple)), None)
    if content is None:
        return None
    is_whole = len(content) <= LARGEST
    return Arrival(Place(validity, uid), content[:LARGEST], is_whole)


def _answer(told: tuple[str, list[Any]]) -> list[Any]:
    status, data = told
    if status != _OK:
        raise imaplib.IMAP4.error(status)
    return data


def _one(data: list[Any]) -> bytes:
    if not data or data[0] is None:
        raise ValueError("the server gives no UIDVALIDITY")
    found: bytes = data[0]
    return found


def _numbers(data: list[Any]) -> list[int]:
    return [int(number) for line in data if line for number in line.split()]


def _quoted(text: str) -> str:
    """A string as IMAP quotes it; imaplib does so for passwords only."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
