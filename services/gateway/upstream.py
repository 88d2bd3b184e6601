"""The services behind the gateway, over HTTP: one client, signed identities, bodies in pieces.

What a browser sends is handed on by a list of what is allowed, never by a list of what is not:
cookies, tokens and hop-by-hop headers stay here.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import httpx
import structlog
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from services.gateway.errors import PartUnreachable
from services.gateway.routes import Part
from services.gateway.settings import Settings
from shared.chassis.identity import Identity, Signer

log = structlog.get_logger()

UNAUTHORIZED = 401
ASKED = ("content-type", "content-length", "accept", "idempotency-key", "range", "if-none-match")
ANSWERED = (
    "content-type",
    "content-length",
    "content-disposition",
    "content-encoding",
    "content-range",
    "accept-ranges",
    "etag",
    "location",
    "retry-after",
)
#: The cases whose residents an answer shows: for the logboek, never for the browser.
SUBJECTS = "data-subjects"
LIMITS = httpx.Limits(max_connections=200, max_keepalive_connections=50, keepalive_expiry=30)
CONNECT_SECONDS = 3.0
#: A service that restarts, or closes an idle connection at the moment that we use it.
BROKEN = (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError)
READING = ("GET", "HEAD")
#: For a free place among the connections; longer means that all services hang.
POOL_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, and the trace that the request belongs to."""

    identity: Identity
    traceparent: str
    idempotency_key: str | None = None


class Upstream:
    """Asks the services."""

    def __init__(self, settings: Settings, signer: Signer, client: httpx.AsyncClient) -> None:
        self._addresses = {
            Part.INTAKE: settings.intake_url,
            Part.CASES: settings.cases_url,
            Part.DOCUMENTS: settings.documents_url,
            Part.MAILER: settings.mailer_url,
            Part.COMMUNICATIONS: settings.communications_url,
        }
        self._signer = signer
        self._client = client

    @classmethod
    def of(cls, settings: Settings, signer: Signer) -> Upstream:
        """Build with a client of its own; nothing connects yet."""
        timeout = httpx.Timeout(
            settings.read_timeout.total_seconds(), connect=CONNECT_SECONDS, pool=POOL_SECONDS
        )
        client = httpx.AsyncClient(limits=LIMITS, timeout=timeout)
        # One client serves all users: a cookie of one answer must never go with another request.
        client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        return cls(settings, signer, client)

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    async def open(
        self,
        caller: Caller,
        part: Part,
        method: str,
        path: str,
        *,
        query: str = "",
        headers: Mapping[str, str] | None = None,
        body: AsyncIterator[bytes] | bytes | None = None,
    ) -> httpx.Response:
        """Send a request; the answer's body is still to be read. Raises PartUnreachable."""
        url = f"{self._addresses[part].rstrip('/')}/v1{path}"
        request = self._client.build_request(
            method,
            f"{url}?{query}" if query else url,
            headers=dict(headers or {}) | self._own_headers(caller, part),
            content=body,
        )
        try:
            answer = await self._send(request)
        except httpx.TransportError as error:
            log.warning("part_unreachable", part=part, error=type(error).__name__)
            raise PartUnreachable(part.label) from None
        if answer.status_code == UNAUTHORIZED:  # our own signature was not believed
            await answer.aclose()
            log.error("part_refused_identity", part=part)
            raise PartUnreachable(part.label)
        return answer

    async def _send(self, request: httpx.Request) -> httpx.Response:
        """Send; a read whose kept connection broke before an answer goes once more, on another."""
        try:
            return await self._client.send(request, stream=True)
        except BROKEN:
            if request.method not in READING:
                raise
            return await self._client.send(request, stream=True)

    async def ask(
        self, caller: Caller, part: Part, method: str, path: str, **more: Any
    ) -> httpx.Response:
        """Send a request and read its whole answer, which is a small one."""
        answer = await self.open(caller, part, method, path, **more)
        try:
            await answer.aread()
        except httpx.TransportError:
            raise PartUnreachable(part.label) from None
        finally:
            await answer.aclose()
        return answer

    def _own_headers(self, caller: Caller, part: Part) -> dict[str, str]:
        headers = {
            "authorization": f"Bearer {self._signer.sign(caller.identity, audience=part)}",
            "traceparent": caller.traceparent,
            "accept-encoding": "identity",  # a body is handed on as it comes
        }
        if caller.idempotency_key:
            headers["idempotency-key"] = caller.idempotency_key
        return headers


class Relayed(StreamingResponse):
    """A service's answer, handed on in pieces; its connection is let go whatever happens."""

    def __init__(self, answer: httpx.Response) -> None:
        self._answer = answer
        headers = {name: answer.headers[name] for name in ANSWERED if name in answer.headers}
        super().__init__(answer.aiter_raw(), answer.status_code, headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self._answer.aclose()
