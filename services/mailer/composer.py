"""From a mail template and values to the bytes of one mail (RFC 5322), the same every time.

Composing again after a crash must give the same bytes, because the mail is stored as it was sent:
so the Message-ID and the date are given, and the boundary between text and HTML follows from the
Message-ID. Header injection is impossible: subjects are one line, and names and addresses go
through the address classes of the standard library.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from shared.contracts.codes import Purpose
from shared.templating import fill_html, fill_subject, fill_text

_MESSAGE_ID = re.compile(r"<[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+>")
_HEADER_NAME = re.compile(r"(?:X-[A-Za-z0-9-]+|References|In-Reply-To|List-Id|Feedback-ID)")
_LOCAL_PART_LIMIT = 64  # RFC 5321, 4.5.3.1.1


@dataclass(frozen=True)
class MailTemplate:
    """One version of a mail template: a subject, a text and an HTML version of the same."""

    version_id: str
    subject: str
    text: str
    html: str
    purpose: Purpose = Purpose.INVITATION


@dataclass(frozen=True)
class Mailbox:
    """An address with the name shown with it. The domain may be written with accents."""

    address: str
    name: str = ""


class AddressInvalid(Exception):
    """An address cannot be written to; the address itself is not repeated here."""

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__(
            "Het e-mailadres is niet geldig. Verbeter het adres en probeer het opnieuw."
        )


class HeaderInvalid(Exception):
    """A header that the program adds itself is malformed."""

    def __init__(self, name: str) -> None:
        """Name the header."""
        super().__init__(f"De kopregel {name!r} van de e-mail is niet geldig.")


def compose(
    template: MailTemplate,
    values: Mapping[str, str],
    *,
    sender: Mailbox,
    to: Mailbox,
    message_id: str,
    date: datetime,
    attachment: tuple[str, bytes] | None = None,
    reply_to: Mailbox | None = None,
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """Return the mail. `message_id` is with its angle brackets, `date` knows its timezone.

    `attachment` is a PDF with its name.

    Raises TemplatingError for a field that must not be empty, AddressInvalid for an address.
    """
    if not _MESSAGE_ID.fullmatch(message_id):
        raise HeaderInvalid("Message-ID")
    message = EmailMessage(policy=SMTP)
    message["Date"] = format_datetime(date)
    message["Message-ID"] = message_id
    message["From"] = _address(sender)
    message["To"] = _address(to)
    if reply_to is not None:
        message["Reply-To"] = _address(reply_to)
    message["Subject"] = fill_subject(template.subject, values, template.purpose)
    message["Auto-Submitted"] = "auto-generated"
    for name, value in (headers or {}).items():
        message[_header_name(name)] = _one_line(name, value)
    text = fill_text(template.text, values, template.purpose)
    html = fill_html(template.html, values, template.purpose)
    message.set_content(text, charset="utf-8", cte="quoted-printable")
    message.add_alternative(html, subtype="html", charset="utf-8", cte="quoted-printable")
    if attachment is not None:
        name, pdf = attachment
        message.add_attachment(pdf, maintype="application", subtype="pdf", filename=name)
    message["Content-Language"] = "nl"  # last: setting the content drops headers of this kind
    message.set_boundary(f"=_{hashlib.sha256(message_id.encode('ascii')).hexdigest()[:32]}")
    return message.as_bytes()


def _address(mailbox: Mailbox) -> Address:
    """Return the address with its domain in ASCII; a mail server may not know anything else."""
    local, at, domain = mailbox.address.strip().rpartition("@")
    name = _visible(mailbox.name)
    if not at or len(local) > _LOCAL_PART_LIMIT or _visible(local) != local:
        raise AddressInvalid
    try:
        local.encode("ascii")
        ascii_domain = domain.encode("idna").decode("ascii")
        return Address(name, addr_spec=f"{local}@{ascii_domain}")
    except (UnicodeError, HeaderParseError, ValueError, IndexError) as error:
        raise AddressInvalid from error


def _visible(text: str) -> str:
    """Drop control characters, line ends and invisible direction marks."""
    kept = (
        " " if character.isspace() else character
        for character in text
        if character.isspace() or unicodedata.category(character) not in {"Cc", "Cf"}
    )
    return " ".join("".join(kept).split())


def _header_name(name: str) -> str:
    if not _HEADER_NAME.fullmatch(name):
        raise HeaderInvalid(name)
    return name


def _one_line(name: str, value: str) -> str:
    if _visible(value) != value:
        raise HeaderInvalid(name)
    return value
