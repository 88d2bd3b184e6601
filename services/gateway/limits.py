"""How large a request may be: by the table of routes, counted while it comes in."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import HTTPException, Request, Response
from fastapi.routing import APIRoute
from starlette.types import Message, Receive

from services.gateway.errors import FileTooLarge, TooLarge
from services.gateway.routes import FIELDS_BYTES, MULTIPART_BYTES, ROUTES, Route
from shared.chassis.errors import Refused

TOO_LARGE = 413


class BoundedRoute(APIRoute):
    """A route that reads no more of a body than its line of the table allows."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Count the body on its way in."""
        inner = super().get_route_handler()

        async def counted(request: Request) -> Response:
            line = ROUTES.get((request.method, self.path))
            try:
                return await inner(bounded(request, line))
            except HTTPException as error:
                if error.status_code == TOO_LARGE:
                    raise _refusal(line) from None
                raise

        return counted


def bounded(request: Request, line: Route | None) -> Request:
    """The same request, whose body ends with a refusal when it is larger than it may be."""
    limit = _limit(line)
    told = request.headers.get("content-length", "0")
    if told.isdecimal() and int(told) > limit:
        raise _refusal(line)
    return Request(request.scope, _counted(request.receive, limit))


def _limit(line: Route | None) -> int:
    if line is None:
        return FIELDS_BYTES
    return line.max_body + (MULTIPART_BYTES if line.is_upload else 0)


def _refusal(line: Route | None) -> Refused:
    """What is too large, in words that name the limit."""
    if line is not None and line.is_upload:
        return FileTooLarge(line.max_body)
    return TooLarge(line.max_body if line else FIELDS_BYTES)


def _counted(receive: Receive, limit: int) -> Receive:
    """The same messages, until the body is larger than it may be."""
    size = 0

    async def counting() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > limit:
            # FastAPI lets this one kind of error through when it reads a body
            raise HTTPException(TOO_LARGE)
        return message

    return counting
