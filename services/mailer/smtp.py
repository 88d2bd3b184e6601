"""The mail server: a few connections that carry many mails each.

What it answers is sorted once. "Try later" (4xx), lost connections, refused sign-ins and silence
are MailServerUnavailable: another try may succeed. A refusal of this one mail (5xx) is
MailRefused, with the reason in the user's words and without the address.

When the connection is lost after the mail was handed over and before the answer came, nobody can
know whether it was accepted. It is sent again then, under the same Message-ID (RFC 1047).

Source: RFC 5321 (SMTP), RFC 3463 and RFC 7505 (enhanced status codes).
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from dataclasses import dataclass
from time import monotonic

import aiosmtplib
import structlog

from services.mailer.errors import MailRefused, MailServerUnavailable
from services.mailer.refusals import reason_of
from services.mailer.settings import Settings

log = structlog.get_logger()

#: Servers cut connections that carry too much; a fresh one costs a few milliseconds.
MAILS_PER_CONNECTION = 200
#: Servers hang up on idle connections after some minutes (Postfix: five).
LONGEST_IDLE_SECONDS = 60.0
#: After a failed connection nobody tries for this long, so that an outage costs no queue of waits.
PAUSE_SECONDS = 1.0
CONNECT_SECONDS = 10.0
REPLY_LIMIT = 500
PERMANENT = 500
CLOSING = 421
#: Refused for want of a sign-in: our settings' fault, not the recipient's.
SIGN_IN = frozenset({530, 534, 535, 538})

Refusal = aiosmtplib.SMTPSenderRefused | aiosmtplib.SMTPRecipientRefused | aiosmtplib.SMTPDataError
REFUSALS = (
    aiosmtplib.SMTPSenderRefused,
    aiosmtplib.SMTPRecipientRefused,
    aiosmtplib.SMTPDataError,
)


@dataclass(slots=True)
class _Line:
    """An open connection, how many mails it carried, and when it was last used."""

    client: aiosmtplib.SMTP
    carried: int = 0
    used_at: float = 0.0


class MailServer:
    """Sends mails, one recipient each."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._limit = asyncio.Semaphore(settings.smtp_connections)
        self._idle: list[_Line] = []
        self._away_until = 0.0

    async def send(self, sender: str, recipient: str, message: bytes) -> str:
        """Hand over one mail; the server's reply, without the address.

        Addresses are ASCII. Raises MailServerUnavailable or MailRefused.
        """
        async with self._limit:
            try:
                return _without(recipient, await self._deliver(sender, recipient, message))
            except REFUSALS as error:
                if error.code < PERMANENT or error.code in SIGN_IN:
                    raise MailServerUnavailable(f"{error.code}") from None
                raise MailRefused(reason_of(error.code, error.message, _stage(error))) from None
            except (aiosmtplib.SMTPException, OSError, ValueError) as error:
                raise MailServerUnavailable(type(error).__name__) from None

    async def close(self) -> None:
        """Say goodbye on every idle connection."""
        while self._idle:
            line = self._idle.pop()
            with contextlib.suppress(aiosmtplib.SMTPException, OSError):
                await line.client.quit(timeout=1)
            line.client.close()

    async def _deliver(self, sender: str, recipient: str, message: bytes) -> str:
        line = await self._line_for(sender)
        try:
            await line.client.rcpt(recipient)
            patience = self._settings.smtp_delivery_timeout.total_seconds()
            reply = await line.client.data(message, timeout=patience)
        except REFUSALS as error:
            await self._keep_after(line, error)
            raise
        except BaseException:
            line.client.close()
            raise
        line.carried += 1
        self._keep(line)
        return str(reply)

    async def _line_for(self, sender: str) -> _Line:
        """A connection that took the sender; one that was closed meanwhile is replaced."""
        while self._idle:
            line = self._idle.pop()
            if monotonic() - line.used_at > LONGEST_IDLE_SECONDS:
                line.client.close()
                continue
            with contextlib.suppress(aiosmtplib.SMTPServerDisconnected):
                if await self._took(line, sender):
                    return line
            line.client.close()
        line = _Line(await self._connect())
        if not await self._took(line, sender):
            line.client.close()
            raise MailServerUnavailable(f"{CLOSING}")
        return line

    async def _took(self, line: _Line, sender: str) -> bool:
        """Whether the connection took the sender; False when the server is closing it."""
        try:
            await line.client.mail(sender)
        except aiosmtplib.SMTPSenderRefused as error:
            if error.code == CLOSING:
                return False
            await self._keep_after(line, error)
            raise
        except BaseException:
            line.client.close()
            raise
        return True

    async def _connect(self) -> aiosmtplib.SMTP:
        if monotonic() < self._away_until:
            raise MailServerUnavailable("away")
        settings = self._settings
        secret = settings.smtp_password
        client = aiosmtplib.SMTP(
            hostname=settings.smtp_host,
            port=settings.smtp_port,
            username=settings.smtp_username,
            password=secret.get_secret_value() if secret else None,
            timeout=settings.smtp_timeout.total_seconds(),
            use_tls=settings.smtp_security == "tls",
            start_tls={"starttls": True, "automatisch": None}.get(settings.smtp_security, False),
        )
        try:
            await client.connect(timeout=min(CONNECT_SECONDS, client.timeout or CONNECT_SECONDS))
        except Exception as error:
            client.close()
            self._away_until = monotonic() + PAUSE_SECONDS
            log.warning("mail_server_away", error=type(error).__name__)
            raise
        client.timeout = settings.smtp_timeout.total_seconds()
        return client

    async def _keep_after(self, line: _Line, error: Refusal) -> None:
        """After a refusal the connection is good for the next mail, unless the server says bye."""
        if error.code != CLOSING and line.client.is_connected:
            with contextlib.suppress(aiosmtplib.SMTPException, OSError):
                await line.client.rset()
                self._keep(line)
                return
        line.client.close()

    def _keep(self, line: _Line) -> None:
        line.used_at = monotonic()
        if line.carried < MAILS_PER_CONNECTION:
            self._idle.append(line)
        else:
            line.client.close()


def _stage(error: Refusal) -> str:
    if isinstance(error, aiosmtplib.SMTPSenderRefused):
        return "sender"
    return "recipient" if isinstance(error, aiosmtplib.SMTPRecipientRefused) else "message"


def _without(address: str, reply: str) -> str:
    """The reply as evidence: some servers repeat the address, which is sealed elsewhere."""
    cleaned = re.sub(re.escape(address), "(adres)", reply, flags=re.IGNORECASE)
    return " ".join(cleaned.split())[:REPLY_LIMIT]
