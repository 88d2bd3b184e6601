"""Asks cases, just before reminders leave, which of them are not wanted any more.

A resident who reacted, a letter that came back, a switch, the evening: cases knows, and decides by
the rule that had the reminder ordered. Without an answer a reminder waits.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from http import HTTPStatus
from uuid import UUID

import httpx
from pydantic import BaseModel, ValidationError

from services.mailer.errors import CasesAway
from shared.chassis.identity import Signer, system
from shared.chassis.telemetry import traceparent

#: A look-up takes cases some milliseconds; other mails wait for the end of this one's chunk.
TIMEOUT = httpx.Timeout(5.0, connect=2.0)


class _Unwanted(BaseModel):
    bezorgingId: UUID
    reden: str


class _Answer(BaseModel):
    nietGewenst: list[_Unwanted]


class CasesClient:
    """The one question that mailer has for cases."""

    def __init__(self, address: str, signer: Signer) -> None:
        self._signer = signer
        self._http = httpx.AsyncClient(base_url=address, timeout=TIMEOUT)

    async def unwanted(self, gemeente: str, deliveries: Sequence[UUID]) -> dict[UUID, str]:
        """Which of these reminders must not leave, each with the reason for the user.

        Raises CasesAway when there is no answer, so that the question is asked again later.
        """
        token = self._signer.sign(system("mailer", gemeente), audience="cases")
        headers = {"Authorization": f"Bearer {token}"}
        if trace := traceparent():
            headers["traceparent"] = trace
        body = {"bezorgingIds": [str(each) for each in deliveries]}
        try:
            answer = await self._http.post("/v1/herinneringen-nagaan", json=body, headers=headers)
        except httpx.TransportError as error:
            raise CasesAway(type(error).__name__) from None
        if answer.status_code != HTTPStatus.OK:
            raise CasesAway(f"cases {answer.status_code}")
        try:
            read = _Answer.model_validate_json(answer.content)
        except ValidationError:
            raise CasesAway("cases gaf een onleesbaar antwoord") from None
        return {one.bezorgingId: one.reden for one in read.nietGewenst}

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.aclose()


class Question:
    """What is asked about the reminders of one chunk: once, when the first of them is to leave."""

    def __init__(self, cases: CasesClient, gemeente: str, deliveries: Sequence[UUID]) -> None:
        self._cases = cases
        self._gemeente = gemeente
        self._deliveries = deliveries
        self._asked: asyncio.Task[dict[UUID, str]] | None = None

    async def reason(self, delivery_id: UUID) -> str | None:
        """Why this reminder must not leave; None when it may. Raises CasesAway, for each alike."""
        if self._asked is None:
            asking = self._cases.unwanted(self._gemeente, self._deliveries)
            self._asked = asyncio.ensure_future(asking)
        return (await asyncio.shield(self._asked)).get(delivery_id)
