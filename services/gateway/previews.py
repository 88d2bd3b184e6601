"""A letter or mail of one resident before it is sent: shown, or sent to who asks as a trial.

cases says what it is made of, documents or mailer makes it. Those values go from service to
service in the name of the gateway itself and never to a user; what a user may see is the result.
"""

from __future__ import annotations

import base64
import json
from typing import Any
from uuid import UUID

import httpx
from fastapi import APIRouter, Response
from pydantic import BaseModel

from services.gateway.errors import PartUnreachable
from services.gateway.forwarding import TheUpstream, relayed
from services.gateway.guard import Admitted, May
from services.gateway.limits import BoundedRoute
from services.gateway.routes import Part
from services.gateway.upstream import Caller, Upstream
from shared.chassis.identity import system
from shared.contracts.codes import Channel

OK = 200
REFUSALS = range(400, 500)
JSON = {"content-type": "application/json"}
PDF = "application/pdf"
PROBLEM = "application/problem+json"
IMPOSSIBLE: dict[int | str, dict[str, Any]] = {
    409: {"description": "Van deze inwoner is geen voorbeeld te maken; de uitleg zegt waarom"}
}

router = APIRouter(route_class=BoundedRoute, tags=["Batches"])


class Voorbeeldmail(BaseModel):
    """A mail as it would be, whom it goes to, and who stands before and after in the batch."""

    zaakId: UUID
    zaaknummer: str
    aan: str | None
    aanNaam: str
    van: str
    vanNaam: str
    onderwerp: str
    tekst: str
    html: str
    vorigeZaakId: UUID | None
    volgendeZaakId: UUID | None


class Proef(BaseModel):
    """A trial that is on its way, and to which address."""

    id: UUID
    aan: str


class Answered(Exception):
    """A service refused; its answer is the answer."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        super().__init__(answer.status_code)


@router.get(
    "/batches/{id}/zaken/{zaakId}/voorbeeld-brief",
    response_class=Response,
    responses={
        200: {
            "description": "De brief",
            "content": {PDF: {"schema": {"type": "string", "format": "binary"}}},
        },
        **IMPOSSIBLE,
    },
)
async def voorbeeldbrief_openen(
    id: UUID,  # noqa: A002
    zaakId: UUID,  # noqa: N803 - the wire's name
    may: May,
    upstream: TheUpstream,
) -> Response:
    """Show the letter of one resident of a batch, as it would be."""
    try:
        values = await _values(upstream, may, id, zaakId, Channel.LETTER)
        pdf = await _letter(upstream, may, values)
    except Answered as refused:
        return await _refused(may, refused)
    await may.log(OK)
    headers = {"Content-Disposition": 'inline; filename="voorbeeld-brief.pdf"'}
    if links := _links(id, values, "voorbeeld-brief"):
        headers["Link"] = links
    return Response(pdf, media_type=PDF, headers=headers)


@router.get(
    "/batches/{id}/zaken/{zaakId}/voorbeeld-mail",
    response_model=Voorbeeldmail,
    responses=IMPOSSIBLE,
)
async def voorbeeldmail_lezen(
    id: UUID,  # noqa: A002
    zaakId: UUID,  # noqa: N803 - the wire's name
    may: May,
    upstream: TheUpstream,
) -> Any:
    """Show the mail of one resident of a batch, as it would be."""
    try:
        values = await _values(upstream, may, id, zaakId, Channel.EMAIL)
        mail = await _asked(upstream, may, Part.MAILER, "/voorbeelden", _of(values))
    except Answered as refused:
        return await _refused(may, refused)
    await may.log(OK)
    return Voorbeeldmail.model_validate({**values, **mail.json()})


@router.post(
    "/batches/{id}/zaken/{zaakId}/proef",
    status_code=202,
    response_model=Proef,
    responses={**IMPOSSIBLE, 429: {"description": "Te veel proeven in het laatste uur"}},
)
async def proef_sturen(
    id: UUID,  # noqa: A002
    zaakId: UUID,  # noqa: N803 - the wire's name
    may: May,
    upstream: TheUpstream,
) -> Any:
    """Send the mail of one resident to the user who asks, with the letter when there is one."""
    try:
        values = await _values(upstream, may, id, zaakId, Channel.EMAIL)
        letter = await _letter_of(upstream, may, id, values)
    except Answered as refused:
        return await _refused(may, refused)
    body = {
        **_of(values),
        "zaakId": values["zaakId"],
        "brief": base64.b64encode(letter).decode() if letter else None,
    }
    sending = upstream.open(
        may.caller, Part.MAILER, "POST", "/proeven", headers=JSON, body=json.dumps(body).encode()
    )
    return await relayed(may, sending)


async def _values(
    upstream: Upstream, may: Admitted, batch_id: UUID, case_id: UUID, channel: Channel
) -> dict[str, Any]:
    """What a letter or mail of a resident is made of. Raises Answered."""
    asked = {"batchId": str(batch_id), "zaakId": str(case_id), "kanaal": channel}
    answer = await _asked(upstream, may, Part.CASES, "/samenvoegwaarden", asked)
    values: dict[str, Any] = answer.json()
    return values


async def _letter_of(
    upstream: Upstream, may: Admitted, batch_id: UUID, values: dict[str, Any]
) -> bytes | None:
    """The letter of a resident who gets one besides the mail."""
    if not values["krijgtBrief"]:
        return None
    case_id = UUID(values["zaakId"])
    return await _letter(
        upstream, may, await _values(upstream, may, batch_id, case_id, Channel.LETTER)
    )


async def _letter(upstream: Upstream, may: Admitted, values: dict[str, Any]) -> bytes:
    answer = await _asked(upstream, may, Part.DOCUMENTS, "/voorbeelden", _of(values))
    return answer.content


def _of(values: dict[str, Any]) -> dict[str, Any]:
    """What documents and mailer need of it."""
    return {name: values[name] for name in ("sjabloonVersieId", "doel", "velden")}


async def _asked(
    upstream: Upstream, may: Admitted, part: Part, path: str, body: dict[str, Any]
) -> httpx.Response:
    """A service's answer to the gateway itself. Raises Answered when it refuses."""
    itself = Caller(system("gateway", may.session.gemeente), may.caller.traceparent)
    answer = await upstream.ask(
        itself, part, "POST", path, headers=JSON, body=json.dumps(body).encode()
    )
    if answer.status_code in REFUSALS:
        raise Answered(answer)
    if answer.status_code != OK:
        raise PartUnreachable(part.label)
    return answer


async def _refused(may: Admitted, refused: Answered) -> Response:
    answer = refused.answer
    await may.log(answer.status_code)
    return Response(answer.content, answer.status_code, media_type=PROBLEM)


def _links(batch_id: UUID, values: dict[str, Any], what: str) -> str:
    """Where the neighbours in the batch are (RFC 8288), for who reads a PDF."""
    near = (("prev", values["vorigeZaakId"]), ("next", values["volgendeZaakId"]))
    return ", ".join(
        f'</v1/batches/{batch_id}/zaken/{case_id}/{what}>; rel="{side}"'
        for side, case_id in near
        if case_id
    )
