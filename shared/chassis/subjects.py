"""Says beside an answer whom it is about, so that every look at somebody's data can be logged.

The answer itself is not changed. Only JSON is looked into; a file is named by its address.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from pydantic_core import from_json
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: Read by the gateway, and handed on to nobody.
HEADER = "Data-Subjects"
FIRST_REFUSAL = 300

SubjectsOf = Callable[[str, Any], Iterable[str]]


class Subjects:
    """ASGI middleware that adds the header to answers that name somebody."""

    def __init__(self, app: ASGIApp, subjects_of: SubjectsOf) -> None:
        self._app = app
        self._subjects_of = subjects_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; an answer in JSON is held until it is whole."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        held = _Held(send, lambda answer: self._subjects_of(scope["path"], answer))
        await self._app(scope, receive, held)


class _Held:
    """The sending of one answer."""

    def __init__(self, send: Send, subjects_of: Callable[[Any], Iterable[str]]) -> None:
        self._send = send
        self._subjects_of = subjects_of
        self._start: Message | None = None
        self._body = bytearray()

    async def __call__(self, message: Message) -> None:
        """Hold the beginning of JSON back until its subjects are known."""
        if message["type"] == "http.response.start" and _is_json(message):
            self._start = message
        elif self._start is None:
            await self._send(message)
        else:
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._finish(self._start)

    async def _finish(self, start: Message) -> None:
        named = sorted(set(self._subjects_of(from_json(self._body)))) if self._body else []
        if named:
            MutableHeaders(scope=start)[HEADER] = ",".join(named)
        await self._send(start)
        await self._send({"type": "http.response.body", "body": bytes(self._body)})


def _is_json(start: Message) -> bool:
    headers = dict(start["headers"])
    kind: bytes = headers.get(b"content-type", b"")
    return start["status"] < FIRST_REFUSAL and kind.startswith(b"application/json")
