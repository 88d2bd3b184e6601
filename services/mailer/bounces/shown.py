"""A mail of a stranger as text: its headers and its first text, and nothing that runs.

`shown` reads the mail as it is built, and so belongs in the child process. `as_it_is` looks at
the first bytes only, for what no reader survives.
"""

from __future__ import annotations

import contextlib
import email
import re
from dataclasses import dataclass
from email.header import decode_header, make_header
from email.message import Message
from typing import Any

MOST_HEADERS = 100
MOST_OF_A_HEADER = 1_000
MOST_OF_A_TEXT = 50_000
#: No mail server writes more headers than this.
_HEAD = 64 << 10
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_HEADER = re.compile(r"^([!-9;-~]{1,76}):[ \t]*(.*)$", re.DOTALL)
_FOLDED = re.compile(r"\r?\n[ \t]+")


@dataclass(frozen=True, slots=True)
class Shown:
    """What a person sees of a mail; `is_raw` when it is the source and not the text."""

    headers: list[tuple[str, str]]
    text: str
    is_raw: bool


def shown(content: bytes) -> Shown:
    """The headers, and the first text; of a mail with HTML alone the source of that."""
    message = email.message_from_bytes(content)
    headers = [(name, _readable(str(value))) for name, value in message.items()][:MOST_HEADERS]
    texts = [part for part in message.walk() if part.get_content_maintype() == "text"]
    plain = [part for part in texts if part.get_content_type() == "text/plain"]
    text = _text(next(iter(plain or texts), None))
    return Shown(headers, text, is_raw=bool(texts) and not plain)


def as_it_is(content: bytes) -> Shown:
    """The first lines of the source, without reading how the mail is built."""
    end = _END_OF_HEAD.search(content[:_HEAD])
    head, rest = (content[: end.start()], content[end.end() :]) if end else (content[:_HEAD], b"")
    lines = _FOLDED.sub(" ", head.decode("latin-1")).splitlines()[:MOST_HEADERS]
    found = [match.groups() for line in lines if (match := _HEADER.match(line))]
    headers = [(name, _readable(value)) for name, value in found]
    return Shown(headers, rest[:MOST_OF_A_TEXT].decode("latin-1"), is_raw=True)


def sender_of(content: bytes) -> str | None:
    """Whom a mail says that it is from."""
    named = (value for name, value in as_it_is(content).headers if name.lower() == "from")
    return next(named, None)


def _readable(value: str) -> str:
    """A header in letters; one that cannot be decoded stays as it stands."""
    with contextlib.suppress(ValueError, LookupError):
        value = str(make_header(decode_header(value)))
    return "".join(sign if sign.isprintable() else " " for sign in value)[:MOST_OF_A_HEADER]


def _text(part: Message[Any, Any] | None) -> str:
    payload = part.get_payload(decode=True) if part is not None else None
    if part is None or not isinstance(payload, bytes):
        return ""
    try:
        text = payload.decode(part.get_content_charset("utf-8"))
    except (LookupError, ValueError):
        text = payload.decode("latin-1")
    return text[:MOST_OF_A_TEXT]
