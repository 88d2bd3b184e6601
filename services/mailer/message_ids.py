"""The Message-ID of a mail: unique, the same every time, and not to be guessed.

What comes back names the mail by it. Ids of mails can be worked out by who knows ids of cases, so
the Message-ID holds a keyed hash too: nobody but the recipient, who has the mail, can say that a
mail came back. It names the gemeente because nothing can be looked up without one.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from uuid import UUID

from services.mailer.domain import Mail, Sender
from shared.chassis.sealing import KeyRing

#: 128 bits of the hash.
_HASH_BYTES = 16
_OURS = re.compile(
    r"<([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.([0-9]{4})\.([0-9a-f]{32})@[A-Za-z0-9.-]+>"
)


@dataclass(frozen=True, slots=True)
class Named:
    """The mail that a Message-ID of ours names."""

    mail_id: UUID
    gemeente: str


def message_id(mail: Mail, sender: Sender, keys: KeyRing) -> str:
    """One Message-ID per mail: many recipients under one id would glue their replies together."""
    hashed = _short(keys.index(_hashed(mail.id, mail.gemeente)))
    return f"<{mail.id}.{mail.gemeente}.{hashed}@{sender.domain}>"


def named_by(text: str, keys: KeyRing) -> Named | None:
    """The mail that a Message-ID names; None when it is not ours, or was made up."""
    found = _OURS.fullmatch(text)
    if found is None:
        return None
    named = Named(UUID(found[1]), found[2])
    known = map(_short, keys.indexes(_hashed(named.mail_id, named.gemeente)))
    return named if any(hmac.compare_digest(one, found[3]) for one in known) else None


def _hashed(mail_id: UUID, gemeente: str) -> str:
    return f"message-id|{gemeente}|{mail_id}"


def _short(index: bytes) -> str:
    """The hash without its key id, cut."""
    return index[1 : 1 + _HASH_BYTES].hex()
