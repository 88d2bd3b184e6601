"""Our own JSON API, called in this process as its other clients call it.

A page so gets what any client gets, and no more: the same session, rights, CSRF token, body limits,
logboek and Idempotency-Key. There is no second way in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
from starlette.requests import Request

from services.gateway import guard
from services.gateway.routes import OPERATIONS, Route
from services.gateway.sign_in import PASSIVE
from services.gateway.sign_in.places import WAYS
from shared.chassis.openapi import IDEMPOTENCY_KEY, PREFIX

FIRST_ERROR = 400
#: The API has its own limits of time; this one only keeps a fault from holding a page for ever.
LONGEST_SECONDS = 330.0
#: What a request for a page says of who asks, and of whether anybody is at work.
CARRIED = ("cookie", PASSIVE)
_PLACE = re.compile(r"\{(\w+)\}")

#: What a file of a form is to httpx: name, content, media type.
Upload = tuple[str, Any, str]


@dataclass(eq=False)
class Declined(Exception):
    """The API said no, in the words for the user; `fields` has the reasons per field."""

    status: int
    title: str
    detail: str
    kind: str = ""
    fields: Mapping[str, Sequence[str]] = field(default_factory=dict)
    #: What the API says besides, such as what is true by now.
    more: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, answer: httpx.Response) -> Declined:
        """What an answer of 400 or more says."""
        try:
            told = dict(answer.json())
        except ValueError:
            told = {}
        fields: dict[str, list[str]] = {}
        for wrong in told.pop("invalidParams", None) or ():
            fields.setdefault(str(wrong["name"]), []).append(str(wrong["reason"]))
        kind = str(told.pop("type", "")).rpartition(":")[2]
        title, detail = str(told.pop("title", "")), str(told.pop("detail", ""))
        return cls(answer.status_code, title, detail, kind, fields, told)


class OwnApi:
    """The API, asked in the name of whoever sent a request for a page."""

    def __init__(self, request: Request) -> None:
        self._app = request.scope["api"]
        self._client = (request.client.host, request.client.port) if request.client else ("-", 0)
        #: A page and what it asks for are one trace, which the logboek and error pages name.
        self._headers = {"traceparent": guard.traceparent_of(request)}
        for name in CARRIED:
            if name in request.headers:
                self._headers[name] = request.headers[name]

    async def read(self, name: str, **given: Any) -> Any:
        """The JSON of an operation; what is no id in its address is its query."""
        path, query = _placed(OPERATIONS[name], given)
        answer = await self._ask("GET", path, params=_plain(query))
        return answer.json()

    async def content(self, name: str, **given: Any) -> bytes:
        """The bytes of an operation that answers with a file."""
        path, query = _placed(OPERATIONS[name], given)
        answer = await self._ask("GET", path, params=_plain(query))
        return answer.content

    async def send(
        self,
        name: str,
        *,
        csrf: str,
        key: str | None = None,
        json: Any = None,
        files: Mapping[str, Upload] | None = None,
        fields: Mapping[str, str] | None = None,
        **ids: Any,
    ) -> httpx.Response:
        """Do something; `key` keeps a form that is sent twice from being done twice."""
        line = OPERATIONS[name]
        path, query = _placed(line, ids)
        headers = {"x-csrf-token": csrf} | ({IDEMPOTENCY_KEY: key} if key else {})
        return await self._ask(
            line.method,
            path,
            headers=headers,
            params=_plain(query),
            json=json,
            files=files,
            data=fields,
        )

    async def sign_in(self, **body: Any) -> httpx.Response:
        """Begin a session; its answer carries the cookie."""
        return await self._ask("POST", "/sessies", json=body)

    async def ways_in(self) -> Any:
        """How somebody can sign in here."""
        return (await self._ask("GET", WAYS)).json()

    async def _ask(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **what: Any
    ) -> httpx.Response:
        transport = httpx.ASGITransport(self._app, raise_app_exceptions=False, client=self._client)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://heronderzoek", trust_env=False
        ) as client:
            answer = await client.request(
                method,
                f"{PREFIX}{path}",
                headers={**self._headers, **(headers or {})},
                timeout=LONGEST_SECONDS,
                **what,
            )
        if answer.status_code >= FIRST_ERROR:
            raise Declined.of(answer)
        return answer


def _placed(line: Route, given: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The address of an operation with its ids filled in, and what was left over."""
    ids = set(_PLACE.findall(line.path))
    path = line.path.format_map({name: str(given[name]) for name in ids})
    return path, {name: value for name, value in given.items() if name not in ids}


def _plain(query: Mapping[str, Any]) -> dict[str, Any]:
    """A query without what was not chosen."""
    return {name: value for name, value in query.items() if value not in {None, ""}}
