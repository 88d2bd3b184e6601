"""Asks cases which persons have an open case. Only keyed hashes of BSNs travel, never a BSN."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus

import httpx
from pydantic import BaseModel, ValidationError

from shared.chassis.errors import Transient
from shared.chassis.identity import Signer, system
from shared.chassis.telemetry import traceparent

#: One look-up takes cases some milliseconds; ten seconds means that it is not well.
TIMEOUT = httpx.Timeout(10.0, connect=3.0)
#: So many indexes in one request: 66 characters each, well under any limit on a body.
MAX_INDEXES = 1000


class _Found(BaseModel):
    bsnIndex: str
    zaaknummer: str


class _Answer(BaseModel):
    gevonden: list[_Found]


class CasesClient:
    """The one question that intake has for cases."""

    def __init__(
        self, address: str, signer: Signer, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._signer = signer
        self._http = httpx.AsyncClient(base_url=address, timeout=TIMEOUT, transport=transport)

    async def open_cases(self, gemeente: str, indexes: Sequence[str]) -> dict[str, str]:
        """The case numbers of those indexes (hex) that have an open case in this gemeente.

        Raises Transient when cases does not answer, so that the question is asked again later.
        """
        found: dict[str, str] = {}
        for start in range(0, len(indexes), MAX_INDEXES):
            found |= await self._ask(gemeente, indexes[start : start + MAX_INDEXES])
        return found

    async def _ask(self, gemeente: str, indexes: Sequence[str]) -> dict[str, str]:
        token = self._signer.sign(system("intake", gemeente), audience="cases")
        headers = {"Authorization": f"Bearer {token}"}
        if trace := traceparent():
            headers["traceparent"] = trace
        try:
            answer = await self._http.post(
                "/v1/open-zaken",
                json={"bsnIndexen": list(indexes)},
                headers=headers,
            )
        except httpx.TransportError as error:
            raise Transient(type(error).__name__) from None
        if answer.status_code != HTTPStatus.OK:
            raise Transient(f"cases {answer.status_code}")
        try:
            read = _Answer.model_validate_json(answer.content)
        except ValidationError:
            raise Transient("cases gaf een onleesbaar antwoord") from None
        return {item.bsnIndex: item.zaaknummer for item in read.gevonden}

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.aclose()
