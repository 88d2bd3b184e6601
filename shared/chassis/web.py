"""The HTTP side of a service, by the NL API Design Rules.

Paths start with /v1, properties are camelCase, errors are problems, a trailing slash is 404,
every answer carries API-Version, and the OpenAPI document is public.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from copy import copy
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, FastAPI, Header, Request, Response
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import StreamingResponse
from opentelemetry.trace import SpanKind
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from shared.chassis import openapi, problems
from shared.chassis.commands import Commands
from shared.chassis.database import Database
from shared.chassis.errors import NotSignedIn
from shared.chassis.health import Health
from shared.chassis.identity import Identity, Verifier
from shared.chassis.loads import Load
from shared.chassis.mapper import Mapper
from shared.chassis.telemetry import METRICS, note, span
from shared.chassis.work import Work

API_VERSION = "1.0.0"
SECURITY_HEADERS = {
    "API-Version": API_VERSION,
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
}
CONTACT = {
    "name": "Heronderzoek",
    "url": "https://heronderzoek.example.nl",
    "email": "heronderzoek@example.nl",
}
#: FastAPI must know the schema of errors; the finished document names all of them.
PROBLEM_ANSWERS: dict[int | str, dict[str, Any]] = {400: {"model": problems.Problem}}


@dataclass(frozen=True)
class Doors:
    """What the HTTP doors of a service stand on."""

    database: Database
    mapper: Mapper
    commands: Commands
    verifier: Verifier


def doors(request: Request) -> Doors:
    """The doors of the app that got the request."""
    found: Doors = request.app.state.doors
    return found


def identity(
    request: Request, authorization: Annotated[str | None, Header(include_in_schema=False)] = None
) -> Identity:
    """Who asks; raises NotSignedIn without a valid token."""
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotSignedIn("Stuur een geldig token mee.")
    return doors(request).verifier.verify(token)


TheDoors = Annotated[Doors, Depends(doors)]
Who = Annotated[Identity, Depends(identity)]


class Runner:
    """Runs the command of one request."""

    def __init__(
        self,
        request: Request,
        who: Who,
        idempotency_key: Annotated[UUID | None, Header(alias=openapi.IDEMPOTENCY_KEY)] = None,
    ) -> None:
        self.who = who
        self._request = request
        self._key = idempotency_key

    async def __call__(
        self,
        handler: Callable[[Any, Work], Awaitable[Any]],
        command: Any,
        *,
        loads: Sequence[Load] = (),
    ) -> Any:
        """The handler's answer, in one transaction, once per Idempotency-Key."""
        return await doors(self._request).commands.run(
            self.who,
            handler,
            command,
            loads=loads,
            key=self._key,
            fingerprint=await self._fingerprint(),
            traceparent=self._request.scope.get("traceparent"),
        )

    def within(self, tenant: str) -> Runner:
        """The same request, about what another tenant has; whether that may be is for the door."""
        other = copy(self)
        other.who = replace(self.who, gemeente=tenant)
        return other

    async def _fingerprint(self) -> bytes:
        """What makes two requests the same: method, address and body."""
        body = b"" if self._is_upload() else await self._request.body()
        address = f"{self._request.method} {self._request.url.path}?{self._request.url.query}"
        return hashlib.sha256(address.encode() + b"\n" + body).digest()

    def _is_upload(self) -> bool:
        return self._request.headers.get("content-type", "").startswith("multipart/")


Run = Annotated[Runner, Depends(Runner)]


def make_app(
    name: str,
    title: str,
    routers: Sequence[APIRouter],
    health: Health,
    lifespan: Callable[[FastAPI], AbstractAsyncContextManager[None]] | None = None,
    words: Path | None = None,
    front: Callable[[Any], Any] | None = None,
) -> FastAPI:
    """An app with the service's routers under /v1, health, metrics and problem answers.

    `front` stands before them, and may answer addresses that are not the API's.
    """
    app = FastAPI(
        title=title,
        version=API_VERSION,
        contact=CONTACT,
        license_info={"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
        openapi_url="/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
        servers=[{"url": openapi.PREFIX, "description": "Deze installatie"}],
        generate_unique_id_function=openapi.operation_id,
    )
    for router in routers:
        app.include_router(router, prefix=openapi.PREFIX, responses=PROBLEM_ANSWERS)
    app.include_router(operations(health))
    problems.install(app)
    openapi.install(app, words)
    app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["GET"])
    if front is not None:
        app.add_middleware(front)
    app.add_middleware(Edge, service=name)
    return app


def operations(health: Health) -> APIRouter:
    """The addresses for ops: live, ready and metrics."""
    router = APIRouter(include_in_schema=False)

    @router.get("/health/live")
    async def live() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/health/ready")
    async def ready(response: Response) -> dict[str, Any]:
        checks = await health.check()
        response.status_code = 200 if all(checks.values()) else 503
        return {"status": "ok" if all(checks.values()) else "niet gereed", "checks": checks}

    @router.get("/metrics")
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router


class Edge:
    """ASGI middleware: headers, metrics, the request's span, and no unhandled error."""

    def __init__(self, app: Any, service: str) -> None:
        self.app = app
        self.service = service

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, status = monotonic(), 500
        given = dict(scope["headers"])

        async def sending(message: Any) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = _with_security(message["headers"])
            await send(message)

        parent = given.get(b"traceparent", b"").decode("latin-1") or None
        with span(scope["method"], parent, SpanKind.SERVER) as traceparent:
            scope["traceparent"] = traceparent
            try:
                await self.app(scope, receive, sending)
            finally:
                route = getattr(scope.get("route"), "path", "-")
                note(f"{scope['method']} {route}", http_status=status)
                METRICS.requests.labels(self.service, route, scope["method"], str(status)).inc()
                METRICS.request_seconds.labels(self.service, route).observe(monotonic() - started)


def _with_security(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    present = {name.lower() for name, _ in headers}
    extra = [(name.lower().encode(), value.encode()) for name, value in SECURITY_HEADERS.items()]
    return [*headers, *(pair for pair in extra if pair[0] not in present)]


def download(
    content: AsyncIterator[bytes], size: int, name: str, media_type: str
) -> StreamingResponse:
    """A file to save, streamed. `name` is plain ASCII that we made."""
    return StreamingResponse(
        content,
        media_type=media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Content-Length": str(size),
        },
    )
