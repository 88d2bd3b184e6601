"""How large a request may be: by the table of routes, counted while it comes in."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import HTTPException, Request, Response
from fastapi.routing import APIRoute
from starlette.types import Message, Receive

from services.gateway.errors import TooLarge
from services.gateway.routes import FIELDS_BYTES, ROUTES


class BoundedRoute(APIRoute):
    """A route that reads no more of a body than its line of the table allows."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Count the body on its way in."""
        inner = super().get_route_handler()

        async def bounded(request: Request) -> Response:
            line = ROUTES.get((request.method, self.path))
            limit = line.max_body if line else FIELDS_BYTES
            told = request.headers.get("content-length", "0")
            if told.isdecimal() and int(told) > limit:
                raise TooLarge(limit)
            return await inner(Request(request.scope, _counted(request.receive, limit)))

        return bounded


def _counted(receive: Receive, limit: int) -> Receive:
    """The same messages, until the body is larger than it may be."""
    size = 0

    async def counting() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > limit:
            # FastAPI lets this one kind of error through when it reads a body
            raise HTTPException(413)
        return message

    return counting
