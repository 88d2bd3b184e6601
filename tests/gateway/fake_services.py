"""The services behind the gateway, as one small server on a real port that answers as told."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from deploy.local.environment import SERVICES
from shared.chassis.identity import Identity, Verifier

METHODS = ["GET", "POST", "PUT", "DELETE"]


@dataclass(frozen=True)
class Seen:
    """One request as a service got it."""

    service: str
    method: str
    path: str
    query: str
    headers: dict[str, str]
    identity: Identity
    size: int
    sha256: str


@dataclass
class FakeServices:
    """Answers by (service, method, path); what is not told, is answered with {}."""

    public_keys: str
    port: int
    answers: dict[tuple[str, str, str], tuple[int, Any]] = field(default_factory=dict)
    headers: dict[tuple[str, str, str], dict[str, str]] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    #: Paths that get no answer within two seconds.
    hang: set[str] = field(default_factory=set)

    def urls(self) -> dict[str, str]:
        """The settings that lead the gateway here."""
        return {f"{name}_url": f"http://127.0.0.1:{self.port}/{name}" for name in SERVICES}

    def tell(
        self,
        service: str,
        method: str,
        path: str,
        body: Any,
        status: int = 200,
        headers: dict[str, str] | None = None,
    ) -> None:
        """Answer this from now on."""
        self.answers[service, method, path] = (status, body)
        self.headers[service, method, path] = headers or {}

    def forget(self) -> None:
        """Begin anew."""
        self.answers.clear()
        self.headers.clear()
        self.seen.clear()
        self.hang.clear()

    async def answer(self, service: str, path: str, request: Request) -> Response:
        """Read the body in pieces, check the token, and answer."""
        digest, size = hashlib.sha256(), 0
        async for piece in request.stream():
            digest.update(piece)
            size += len(piece)
        if f"/{path}" in self.hang:
            await asyncio.sleep(2)
            return Response()
        token = request.headers["authorization"].removeprefix("Bearer ")
        identity = Verifier(self.public_keys, service).verify(token)
        headers, query = dict(request.headers), request.url.query
        self.seen.append(
            Seen(
                service,
                request.method,
                f"/{path}",
                query,
                headers,
                identity,
                size,
                digest.hexdigest(),
            )
        )
        status, body = self.answers.get((service, request.method, f"/{path}"), (200, {}))
        if isinstance(body, int):
            return StreamingResponse(_zeros(body), headers={"Content-Length": str(body)})
        problem = "application/problem+json" if status >= 400 else "application/json"
        told = {"Set-Cookie": "intern=1"} | self.headers.get(
            (service, request.method, f"/{path}"), {}
        )
        return JSONResponse(body, status, told, problem)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Listen while the block lasts."""
        app = FastAPI(openapi_url=None)
        app.add_api_route(
            "/{service}/v1/{path:path}", self.answer, methods=METHODS, response_model=None
        )
        config = uvicorn.Config(app, port=self.port, log_config=None, lifespan="off")
        server = Quiet(config)
        serving = asyncio.create_task(server.serve())
        async with asyncio.timeout(10):
            await server.is_up.wait()
        try:
            yield
        finally:
            server.should_exit = True
            await serving


class Quiet(uvicorn.Server):
    """A server that says when it listens, and leaves signals to pytest."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_up = asyncio.Event()

    async def startup(self, sockets: Any = None) -> None:
        """Listen, and say so."""
        await super().startup(sockets)
        self.is_up.set()

    def capture_signals(self) -> Any:
        """Capture none."""
        return nullcontext()


async def _zeros(size: int) -> AsyncIterator[bytes]:
    piece = bytes(256 * 1024)
    while size > 0:
        yield piece[:size]
        size -= len(piece)
