"""What a delivery status notification says: of which mail, and whether that is lost.

Only the standard library is used, without its modern header parsing: a stranger's headers are
taken as the text that they are. A mail that is no such notification is answered with None; so are
notices of holidays and of reading.

Source: RFC 3462 (multipart/report), RFC 3464 (delivery-status), RFC 3463 (status codes).
"""

from __future__ import annotations

import email
import re
from dataclasses import dataclass
from email.message import Message
from typing import Literal

Verdict = Literal["mislukt", "vertraagd", "bezorgd"]

_STATUS = re.compile(r"\s*([245])\.(\d{1,3})\.(\d{1,3})(?!\d)")
_ACTIONS: dict[str, Verdict] = {
    "failed": "mislukt",
    "delayed": "vertraagd",
    "delivered": "bezorgd",
    "relayed": "bezorgd",
    "expanded": "bezorgd",
}
_CLASSES: dict[str, Verdict] = {"5": "mislukt", "4": "vertraagd", "2": "bezorgd"}
_RETURNED = ("message/rfc822", "text/rfc822-headers")
#: What failed without saying how (RFC 3463, 3.1).
_UNSAID = "5.0.0"


@dataclass(frozen=True, slots=True)
class Report:
    """A notification about one mail of somebody; the Message-ID is as it stands there."""

    message_id: str
    verdict: Verdict
    status: str


def read_report(content: bytes) -> Report | None:
    """What a mail reports, or None when it is no notification or does not say of which mail."""
    message = email.message_from_bytes(content)
    if message.get_content_type() != "multipart/report" or not message.is_multipart():
        return None
    parts = [part for part in _list(message) if isinstance(part, Message)]
    statuses = [part for part in parts if part.get_content_type() == "message/delivery-status"]
    message_id = next((found for part in parts if (found := _message_id(part))), None)
    if not statuses or message_id is None:
        return None
    told = _told([block for block in _list(statuses[0]) if isinstance(block, Message)])
    return None if told is None else Report(message_id, *told)


def _told(blocks: list[Message]) -> tuple[Verdict, str] | None:
    """The verdict over all recipients, with the status that decided it.

    A mail of ours has one recipient. More of them are those whom it was forwarded to, and when one
    of them got it, it was delivered.
    """
    found = [told for block in blocks if (told := _of_recipient(block)) is not None]
    for verdict in ("bezorgd", "mislukt", "vertraagd"):
        for told in found:
            if told[0] == verdict:
                return told
    return None


def _of_recipient(block: Message) -> tuple[Verdict, str] | None:
    status = _STATUS.match(_text(block, "Status"))
    action = _text(block, "Action").split(";")[0].strip().lower()
    verdict = _ACTIONS.get(action) or (_CLASSES[status[1]] if status else None)
    if verdict is None:
        return None
    return verdict, ".".join(status.groups()) if status else _UNSAID


def _message_id(part: Message) -> str | None:
    """The Message-ID of the mail that was sent back, whole or its headers alone."""
    if part.get_content_type() not in _RETURNED:
        return None
    if part.is_multipart():
        inner = _list(part)[0]
        returned = inner if isinstance(inner, Message) else None
    else:
        headers = part.get_payload(decode=True)
        returned = email.message_from_bytes(headers) if isinstance(headers, bytes) else None
    return (_text(returned, "Message-ID").strip() or None) if returned is not None else None


def _list(message: Message) -> list[object]:
    payload = message.get_payload()
    return list(payload) if isinstance(payload, list) else []


def _text(message: Message, name: str) -> str:
    """A header as text; empty without one."""
    return str(message.get(name, ""))
