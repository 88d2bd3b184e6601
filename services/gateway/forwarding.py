"""The addresses that one service answers: guarded here, streamed both ways."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from typing import Annotated
from urllib.parse import unquote

import httpx
from fastapi import APIRouter, Depends, Request, Response

from services.gateway.errors import PartUnreachable
from services.gateway.guard import Admitted, May, settings_of
from services.gateway.limits import BoundedRoute
from services.gateway.routes import FORWARDED, Part
from services.gateway.upstream import ASKED, SUBJECTS, Relayed, Upstream

#: Why a user did what has to have a reason, as the service read it; it goes no further.
REASON = "logboek-reden"


def upstream_of(request: Request) -> Upstream:
    """The services behind this app."""
    found: Upstream = request.app.state.upstream
    return found


TheUpstream = Annotated[Upstream, Depends(upstream_of)]


def make_router() -> APIRouter:
    """A router with every forwarded line of the table; their description is in openapi.json."""
    router = APIRouter(route_class=BoundedRoute)
    for route in FORWARDED:
        router.add_api_route(
            route.path,
            forward,
            methods=[route.method],
            name=route.name,
            include_in_schema=False,
            response_model=None,
        )
    return router


async def forward(request: Request, may: May, upstream: TheUpstream) -> Response:
    """Hand a request to its service, and the answer back."""
    route = may.route
    headers = {name: request.headers[name] for name in ASKED if name in request.headers}
    longest = settings_of(request).upload_timeout.total_seconds()
    asking = upstream.open(
        may.caller,
        route.part,
        route.method,
        route.filled(may.ids),
        query=request.url.query,
        headers=headers,
        body=_body(request) if route.is_change else None,
    )
    return await relayed(may, _within(longest, asking, route.part))


async def relayed(may: Admitted, asking: Awaitable[httpx.Response]) -> Response:
    """A service's answer, to be sent after its line in the logboek was written."""
    try:
        answer = await asking
    except PartUnreachable as error:
        await may.log(error.status)
        raise
    try:
        reason = unquote(answer.headers.get(REASON, "")) or None
        await may.log(answer.status_code, reason, cases=subjects_of(answer))
    except BaseException:
        await answer.aclose()  # without a line in the logboek nothing is shown
        raise
    return Relayed(answer)


def subjects_of(answer: httpx.Response) -> list[str]:
    """The ids of the cases that a service says its answer shows."""
    return sorted({case for case in answer.headers.get(SUBJECTS, "").split(",") if case})


async def _within(seconds: float, asking: Awaitable[httpx.Response], part: Part) -> httpx.Response:
    """The answer, if everything was sent in time."""
    try:
        async with asyncio.timeout(seconds):
            return await asking
    except TimeoutError:
        raise PartUnreachable(part.label) from None


def _body(request: Request) -> AsyncIterator[bytes] | None:
    """The body in pieces; None when the request has none."""
    has_body = "content-length" in request.headers or "transfer-encoding" in request.headers
    return request.stream() if has_body else None
