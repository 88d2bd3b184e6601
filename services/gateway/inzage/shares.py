"""Asks the services for what they have about one person.

The gateway asks for itself, as a system: the colleague who asked for the inzage may not see all of
this on a screen. What a service cannot give now is asked for again with the whole file.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

import httpx
import structlog

from services.gateway.errors import PartUnreachable
from services.gateway.inzage.errors import PartAway
from services.gateway.routes import Part
from services.gateway.upstream import Caller, Upstream
from shared.chassis.identity import GATEWAY, Identity, system
from shared.contracts.inzage import Inzagedeel, Inzagepersoon, Inzagevraag, Inzagezaak

log = structlog.get_logger()

OK, NOT_FOUND = 200, 404
JSON = {"content-type": "application/json"}


@dataclass(frozen=True, slots=True)
class Share:
    """What one service has: its parts as JSON, and its files by name and address."""

    part: Part
    parts: list[dict[str, Any]]
    files: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Shares:
    """The services, for questions about people in one gemeente."""

    #: In the order in which a resident reads them.
    PARTS: ClassVar = (
        Part.CASES,
        Part.INTAKE,
        Part.DOCUMENTS,
        Part.MAILER,
        Part.COMMUNICATIONS,
    )

    upstream: Upstream
    caller: Caller

    @classmethod
    def of(cls, upstream: Upstream, gemeente: str, traceparent: str | None) -> Shares:
        """The services, asked by the gateway itself."""
        return cls(upstream, caller_of(system(GATEWAY, gemeente), traceparent))

    async def person(self, case_id: UUID, who: str) -> Inzagepersoon | None:
        """Who it is with all cases; None when that case (or the partner in it) is not there."""
        found = await self._ask(
            Part.CASES, "/inzage-personen", {"zaakId": str(case_id), "wie": who}
        )
        return None if found is None else Inzagepersoon.model_validate(found)

    async def there(self, case_ids: Sequence[str]) -> set[str]:
        """Which of these cases were not destroyed."""
        found = await self._ask(Part.CASES, "/bestaande-zaken", {"zaakIds": list(case_ids)})
        if found is None:
            raise PartAway(Part.CASES)
        return set(found["zaakIds"])

    async def share(self, part: Part, case: Inzagezaak) -> Share | None:
        """What a service has about the person in a case; None when it has no such case."""
        question = Inzagevraag(
            zaakId=case.zaakId, batchId=case.batchId, volgnummer=case.volgnummer, wie=case.wie
        )
        found = await self._ask(part, "/inzage-delen", question.model_dump(mode="json"))
        if found is None:
            return None
        given = Inzagedeel.model_validate(found)
        parts = [each.model_dump(mode="json") for each in given.onderdelen]
        return Share(part, parts, [(each.naam, each.pad) for each in given.bestanden])

    async def file(self, part: Part, path: str) -> AsyncIterator[bytes] | None:
        """A file in pieces; None when it is not in the store."""
        try:
            answer = await self.upstream.open(self.caller, part, "GET", path)
        except PartUnreachable as error:
            raise PartAway(part) from error
        if answer.status_code == OK:
            return _pieces(answer, part)
        await answer.aclose()
        _require_not_there(answer, part)
        return None

    async def _ask(self, part: Part, path: str, body: dict[str, Any]) -> dict[str, Any] | None:
        request = httpx.Request("POST", "http://body", json=body)
        try:
            answer = await self.upstream.ask(
                self.caller, part, "POST", path, headers=JSON, body=request.content
            )
        except PartUnreachable as error:
            raise PartAway(part) from error
        if answer.status_code != OK:
            _require_not_there(answer, part)
            return None
        found: dict[str, Any] = answer.json()
        return found


def _require_not_there(answer: httpx.Response, part: Part) -> None:
    """Raise PartAway unless the service says that it does not have it."""
    if answer.status_code != NOT_FOUND:
        log.warning("inzage_part_away", part=part, status=answer.status_code)
        raise PartAway(part)


async def _pieces(answer: httpx.Response, part: Part) -> AsyncIterator[bytes]:
    try:
        async for piece in answer.aiter_raw():
            yield piece
    except httpx.TransportError as error:
        raise PartAway(part) from error
    finally:
        await answer.aclose()


def caller_of(identity: Identity, traceparent: str | None, key: UUID | None = None) -> Caller:
    """Who asks, in the trace of the work or in a new one."""
    fresh = f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-00"
    return Caller(identity, traceparent or fresh, str(key) if key else None)
