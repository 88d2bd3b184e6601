"""Answers that several services make together.

They are the proposal, the approval and the progress of a batch, and the communication of a case.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx
from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from services.gateway.errors import PartUnreachable, ProposalChanged
from services.gateway.forwarding import TheUpstream, relayed
from services.gateway.guard import May
from services.gateway.limits import BoundedRoute
from services.gateway.routes import Part
from services.gateway.upstream import Caller, Upstream
from shared.chassis.errors import NotFound
from shared.chassis.problems import Problem
from shared.contracts.codes import Channel, Purpose

OK, NOT_FOUND, CONFLICT = 200, 404, 409
#: A batch in one of these states has its end: only cases knows what a repeat means.
DECIDED = frozenset({"verzenden", "afgerond", "wordt ingetrokken", "ingetrokken"})

router = APIRouter(route_class=BoundedRoute)


class Sjabloon(BaseModel):
    """The active version of a template."""

    model_config = ConfigDict(extra="ignore")

    id: UUID
    naam: str
    versie: int
    geactiveerdOp: datetime | None = None


class Ontbreekt(BaseModel):
    """A template that must be there before this can be sent."""

    kanaal: Channel
    uitleg: str


class Voorstel(BaseModel):
    """What would be sent, with which templates."""

    batchId: UUID
    plan: dict[str, Any]
    briefSjabloon: Sjabloon | None
    emailSjabloon: Sjabloon | None
    ontbreekt: list[Ontbreekt]


class Akkoord(BaseModel):
    """What the user saw and agrees with."""

    model_config = ConfigDict(extra="forbid")

    aantalEmails: int = Field(ge=0)
    aantalBrieven: int = Field(ge=0)
    briefSjabloonVersieId: UUID | None = None
    emailSjabloonVersieId: UUID | None = None


class Voortgang(BaseModel):
    """How far a batch is, by what each service knows of it."""

    batchId: UUID
    bestand: dict[str, Any] | None
    zaken: dict[str, Any] | None
    brieven: dict[str, Any] | None
    nietBereikbaar: list[str]


class Startvoorwaarden(BaseModel):
    """What a heronderzoek needs before it can be sent, as it is now."""

    briefSjabloon: Sjabloon | None
    emailSjabloon: Sjabloon | None
    waarschuwingen: list[Ontbreekt]


class Communicatie(BaseModel):
    """Everything that was sent to the resident of a case, with links to open it."""

    zaakId: UUID
    brieven: list[dict[str, Any]]
    emails: list[dict[str, Any]]


@router.get("/startvoorwaarden", tags=["Batches"])
async def startvoorwaarden_lezen(may: May, upstream: TheUpstream) -> Startvoorwaarden:
    """Show which invitation templates are active, and warn of the ones that are missing."""
    letter, mail = await active_templates(upstream, may.caller)
    return Startvoorwaarden(
        briefSjabloon=Sjabloon.model_validate(letter) if letter else None,
        emailSjabloon=Sjabloon.model_validate(mail) if mail else None,
        waarschuwingen=[
            Ontbreekt(
                kanaal=channel,
                uitleg=(
                    f"Er is geen actief {template} voor uitnodigingen. U kunt het bestand wel"
                    f" uploaden, maar geen {things} versturen. Vraag een beheerder om het sjabloon"
                    " te plaatsen."
                ),
            )
            for channel, found, things, template in (
                (Channel.LETTER, letter, "brieven", "briefsjabloon"),
                (Channel.EMAIL, mail, "e-mails", "e-mailsjabloon"),
            )
            if found is None
        ],
    )


@router.get("/batches/{id}/voorstel", tags=["Batches"])
async def voorstel_lezen(id: UUID, may: May, upstream: TheUpstream) -> Voorstel:  # noqa: A002
    """Show what would be sent now."""
    return await _proposal(upstream, may.caller, id)


@router.post(
    "/batches/{id}/akkoord",
    tags=["Batches"],
    status_code=202,
    response_model=None,
    responses={409: {"model": Problem, "description": "Het voorstel is intussen veranderd"}},
)
async def akkoord_geven(id: UUID, akkoord: Akkoord, may: May, upstream: TheUpstream) -> Response:  # noqa: A002
    """Approve what was shown; refused with what would be sent now when that is different."""
    return await _agree(f"/batches/{id}/akkoord", id, akkoord, may, upstream)


@router.post(
    "/batches/{id}/aanbieding",
    tags=["Batches"],
    response_model=None,
    responses={409: {"model": Problem, "description": "Het voorstel is intussen veranderd"}},
)
async def batch_aanbieden(id: UUID, akkoord: Akkoord, may: May, upstream: TheUpstream) -> Response:  # noqa: A002
    """Offer what was shown to a second person; refused when it is different by now."""
    return await _agree(f"/batches/{id}/aanbieding", id, akkoord, may, upstream)


async def _agree(
    path: str, batch_id: UUID, akkoord: Akkoord, may: May, upstream: Upstream
) -> Response:
    try:
        await _refuse_changed(upstream, may.caller, batch_id, akkoord)
    except ProposalChanged:
        await may.log(CONFLICT)
        raise
    return await relayed(
        may,
        upstream.open(
            may.caller,
            Part.CASES,
            "POST",
            path,
            headers={"content-type": "application/json"},
            body=_of_used_channels(akkoord).model_dump_json().encode(),
        ),
    )


@router.get("/batches/{id}/voortgang", tags=["Batches"])
async def voortgang_lezen(id: UUID, may: May, upstream: TheUpstream) -> Voortgang:  # noqa: A002
    """Show how far a batch is; a part that does not answer is named and the rest is shown."""
    parts = (Part.INTAKE, Part.CASES, Part.DOCUMENTS)
    answers = await asyncio.gather(
        *(_known(upstream, may.caller, part, f"/batches/{id}") for part in parts),
        return_exceptions=True,
    )
    known: dict[Part, dict[str, Any] | None] = {}
    silent: list[str] = []
    for part, answer in zip(parts, answers, strict=True):
        if isinstance(answer, PartUnreachable):
            silent.append(part.label)
        elif isinstance(answer, BaseException):
            raise answer
        known[part] = answer if isinstance(answer, dict) else None
    if not silent and not any(known.values()):
        raise NotFound("Deze batch kennen wij niet.")
    return Voortgang(
        batchId=id,
        bestand=known[Part.INTAKE],
        zaken=known[Part.CASES],
        brieven=known[Part.DOCUMENTS],
        nietBereikbaar=silent,
    )


@router.get("/zaken/{id}/communicatie", tags=["Zaken"])
async def communicatie_lezen(id: UUID, may: May, upstream: TheUpstream) -> Communicatie:  # noqa: A002
    """List the letters and mails of a case."""
    case, letters, mails = await asyncio.gather(
        _known(upstream, may.caller, Part.CASES, f"/zaken/{id}"),
        _known(upstream, may.caller, Part.DOCUMENTS, "/documenten", f"zaakId={id}"),
        _known(upstream, may.caller, Part.MAILER, "/emails", f"zaakId={id}"),
    )
    if case is None:
        await may.log(NOT_FOUND)
        raise NotFound("Deze zaak kennen wij niet.")
    await may.log(OK)
    return Communicatie(
        zaakId=id,
        brieven=[_linked(item, "documenten", "inhoud") for item in _results(letters)],
        emails=[_linked(item, "emails", "bron") for item in _results(mails)],
    )


async def _proposal(upstream: Upstream, caller: Caller, batch_id: UUID) -> Voorstel:
    plan, (letter, mail) = await asyncio.gather(
        _known(upstream, caller, Part.CASES, f"/batches/{batch_id}/plan"),
        active_templates(upstream, caller),
    )
    if plan is None:
        raise NotFound("Deze batch kennen wij niet, of zijn zaken zijn nog niet geopend.")
    return Voorstel(
        batchId=batch_id,
        plan=plan,
        briefSjabloon=Sjabloon.model_validate(letter) if letter else None,
        emailSjabloon=Sjabloon.model_validate(mail) if mail else None,
        ontbreekt=_missing(plan, letter, mail),
    )


async def active_templates(
    upstream: Upstream, caller: Caller
) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """The templates that an invitation is made with now: of letters and of mails."""
    purpose = f"doel={Purpose.INVITATION}"
    letter, mail = await asyncio.gather(
        _known(upstream, caller, Part.DOCUMENTS, "/sjablonen/actief", purpose),
        _known(upstream, caller, Part.MAILER, "/sjablonen/actief", purpose),
    )
    return letter, mail


def _missing(plan: dict[str, Any], letter: Any, mail: Any) -> list[Ontbreekt]:
    """Only a template that a used channel needs is missing."""
    needs = (
        (Channel.LETTER, plan["aantalBrieven"], letter, "brieven", "briefsjabloon"),
        (Channel.EMAIL, plan["aantalEmails"], mail, "e-mails", "e-mailsjabloon"),
    )
    return [
        Ontbreekt(
            kanaal=channel,
            uitleg=(
                f"Er is geen actief {template} voor uitnodigingen, en deze batch heeft {count}"
                f" {things}. Vraag een beheerder om het sjabloon te plaatsen."
            ),
        )
        for channel, count, found, things, template in needs
        if count and found is None
    ]


async def _refuse_changed(
    upstream: Upstream, caller: Caller, batch_id: UUID, akkoord: Akkoord
) -> None:
    """Raise ProposalChanged unless what was approved is what would be sent now.

    cases compares its counts once more, under the batch's lock, and has the last word.
    """
    batch, proposal = await asyncio.gather(
        _known(upstream, caller, Part.CASES, f"/batches/{batch_id}"),
        _proposal(upstream, caller, batch_id),
    )
    if batch is not None and batch["status"] in DECIDED:
        return
    now = _to_approve(proposal)
    if proposal.ontbreekt or now != _of_used_channels(akkoord):
        missing = [item.model_dump() for item in proposal.ontbreekt]
        raise ProposalChanged(now.model_dump(mode="json") | {"ontbreekt": missing})


def _to_approve(proposal: Voorstel) -> Akkoord:
    """What an approval of this proposal says; a channel that is not used names no template."""
    letters, mails = proposal.plan["aantalBrieven"], proposal.plan["aantalEmails"]
    letter, mail = proposal.briefSjabloon, proposal.emailSjabloon
    return Akkoord(
        aantalEmails=mails,
        aantalBrieven=letters,
        briefSjabloonVersieId=letter.id if letter and letters else None,
        emailSjabloonVersieId=mail.id if mail and mails else None,
    )


def _of_used_channels(akkoord: Akkoord) -> Akkoord:
    """The approval without templates that nothing is sent with: naming them is no mistake."""
    unused = {
        "briefSjabloonVersieId": not akkoord.aantalBrieven,
        "emailSjabloonVersieId": not akkoord.aantalEmails,
    }
    return akkoord.model_copy(
        update={name: None for name, is_unused in unused.items() if is_unused}
    )


async def _known(
    upstream: Upstream, caller: Caller, part: Part, path: str, query: str = ""
) -> dict[str, Any] | None:
    """A service's JSON, or None when it does not have it. Raises PartUnreachable on its faults."""
    answer = await upstream.ask(caller, part, "GET", path, query=query)
    if answer.status_code == NOT_FOUND:
        return None
    if answer.status_code != OK:
        raise PartUnreachable(part.label)
    return _json(answer)


def _json(answer: httpx.Response) -> dict[str, Any]:
    found: dict[str, Any] = answer.json()
    return found


def _results(page: dict[str, Any] | None) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page["resultaten"] if page else []
    return found


def _linked(item: dict[str, Any], collection: str, content: str) -> dict[str, Any]:
    address = f"/v1/{collection}/{item['id']}"
    return {**item, "links": {"zelf": address, content: f"{address}/{content}"}}
