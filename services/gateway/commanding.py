"""Commands of the gateway's own: once per Idempotency-Key, and what is refused is logged."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import Depends, Header, Request

from services.gateway.guard import Admitted, May
from shared.chassis.openapi import IDEMPOTENCY_KEY
from shared.chassis.work import Work


class Runner:
    """Runs the command of one request of a session."""

    def __init__(
        self,
        request: Request,
        may: May,
        idempotency_key: Annotated[UUID | None, Header(alias=IDEMPOTENCY_KEY)] = None,
    ) -> None:
        self.key = idempotency_key or uuid4()
        self._request = request
        self._may: Admitted = may

    async def __call__(self, handler: Callable[[Any, Work], Awaitable[Any]], command: Any) -> Any:
        """The handler's answer, in one transaction; the handler writes the line of the logboek."""
        body = await self._request.body()
        address = f"{self._request.method} {self._request.url.path}"
        async with self._may.logged_refusal():
            return await self._may.doors.commands.run(
                self._may.session.identity,
                handler,
                command,
                key=self.key,
                fingerprint=hashlib.sha256(address.encode() + b"\n" + body).digest(),
                traceparent=self._may.caller.traceparent,
            )


Run = Annotated[Runner, Depends(Runner)]
