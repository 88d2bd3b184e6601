"""The HTTP doors of inzage: ask for one, see how far it is, and download it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, StringConstraints

from services.gateway.commanding import Run
from services.gateway.errors import PartUnreachable
from services.gateway.forwarding import TheUpstream
from services.gateway.guard import Admitted, May
from services.gateway.inzage import asking, ending, reading
from services.gateway.inzage.errors import NoSuchInzage, PartAway
from services.gateway.inzage.rules import Inzage, Status
from services.gateway.inzage.shares import Shares
from services.gateway.limits import BoundedRoute
from services.gateway.routes import Part
from shared.chassis import sealed_file
from shared.chassis.bucket import Bucket
from shared.chassis.errors import NotFound
from shared.chassis.problems import Problem
from shared.chassis.web import download
from shared.contracts.inzage import Betrokkene

OK, ACCEPTED = 200, 202
ZIP = "application/zip"
FILE_ANSWERS: dict[int | str, dict[str, object]] = {
    200: {
        "description": "Het bestand",
        "content": {ZIP: {"schema": {"type": "string", "format": "binary"}}},
    },
    409: {"model": Problem, "description": "Er is nog geen bestand"},
    410: {"model": Problem, "description": "Het bestand is er niet meer"},
}
TOO_MANY: dict[int | str, dict[str, object]] = {
    429: {"model": Problem, "description": "U hebt dit uur te veel inzagen aangevraagd"}
}

router = APIRouter(route_class=BoundedRoute, tags=["Inzagen"])


class Inzageaanvraag(BaseModel):
    """Whose data are asked for, and why."""

    model_config = ConfigDict(extra="forbid")

    wie: Betrokkene = Betrokkene.RESIDENT
    reden: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500)]


class Inzagegegevens(BaseModel):
    """Where an inzage stands."""

    id: UUID
    zaakId: UUID
    zaaknummer: str
    wie: Betrokkene
    reden: str | None
    status: Status
    klaar: int
    totaal: int
    aangevraagdDoor: str
    aangevraagdOp: datetime
    klaarOp: datetime | None
    verlooptOp: datetime | None
    grootte: int | None
    sha256: str | None
    uitleg: str | None


class Inzagen(BaseModel):
    """A page of inzagen, newest first."""

    aantal: int
    pagina: int
    resultaten: list[Inzagegegevens]


@router.post("/zaken/{id}/inzagen", status_code=ACCEPTED, responses=TOO_MANY)
async def inzage_aanvragen(
    id: UUID,  # noqa: A002
    aanvraag: Inzageaanvraag,
    may: May,
    run: Run,
    upstream: TheUpstream,
) -> Inzagegegevens:
    """Ask for everything of somebody in a case."""
    async with may.logged_refusal():
        number = await _number_of(may, upstream, id, aanvraag.wie)
    entry = may.entry(ACCEPTED, str(id))
    command = asking.Ask(id, number, aanvraag.wie, aanvraag.reden, entry)
    made = await run(asking.ask, command)
    return await _shown(may, UUID(made["id"]))


async def _number_of(may: Admitted, upstream: TheUpstream, case_id: UUID, who: Betrokkene) -> str:
    """The number of the case; raises NotFound unless this person is in it."""
    shares = Shares.of(upstream, may.session.gemeente, may.caller.traceparent)
    try:
        person = await shares.person(case_id, who)
    except PartAway:
        raise PartUnreachable(Part.CASES.label) from None
    here = [case for case in person.zaken if case.zaakId == case_id] if person else []
    if not here:
        raise NotFound("Deze zaak kennen wij niet, of er staat geen partner in.")
    return here[0].zaaknummer


@router.get("/inzagen")
async def inzagen_lezen(
    may: May,
    pagina: Annotated[int, Query(ge=1, le=100_000)] = 1,
    perPagina: Annotated[int, Query(ge=1, le=200)] = 50,  # noqa: N803 - a name on the wire
) -> Inzagen:
    """List the inzagen of the gemeente."""
    gemeente = may.session.gemeente
    async with may.doors.database.transaction(gemeente) as transaction:
        total, found = await reading.page(transaction.connection, gemeente, pagina, perPagina)
        names = await reading.names(transaction.connection, {each.asked_by for each in found})
    shown = [_gegevens(each, names) for each in found]
    return Inzagen(aantal=total, pagina=pagina, resultaten=shown)


@router.get("/inzagen/{id}")
async def inzage_lezen(id: UUID, may: May) -> Inzagegegevens:  # noqa: A002
    """Show where an inzage stands."""
    return await _shown(may, id)


@router.get("/inzagen/{id}/bestand", response_class=Response, responses=FILE_ANSWERS)
async def inzage_downloaden(
    id: UUID,  # noqa: A002
    may: May,
    request: Request,
    upstream: TheUpstream,
) -> Response:
    """Save the file; each time is a line in the logboek of every case in it."""
    bucket: Bucket = request.app.state.bucket
    async with may.logged_refusal():
        inzage = await _opened(may, upstream, id)
        found = await sealed_file.open_stream(bucket, may.doors.mapper.keys, inzage.key)
        if found is None:  # removed between the look and now
            raise Inzage.destroyed()
    await may.log(OK, inzage.reason, cases=inzage.case_ids)
    size, content = found
    return download(content, size, f"inzage-{inzage.case_number}.zip", ZIP)


async def _opened(may: Admitted, upstream: TheUpstream, inzage_id: UUID) -> Inzage:
    """The inzage, if there is a file and nothing in it was destroyed; cases must say so now."""
    async with may.doors.database.transaction(may.session.gemeente) as transaction:
        inzage = await reading.one(transaction.connection, inzage_id)
        now = transaction.now
    if inzage is None:
        raise NoSuchInzage
    inzage.require_file(now)
    try:
        if await ending.has_destroyed(upstream, inzage, may.caller.traceparent):
            raise Inzage.destroyed()
    except PartAway:
        raise PartUnreachable(Part.CASES.label) from None
    return inzage


async def _shown(may: Admitted, inzage_id: UUID) -> Inzagegegevens:
    async with may.doors.database.transaction(may.session.gemeente) as transaction:
        inzage = await reading.one(transaction.connection, inzage_id)
        if inzage is None:
            raise NoSuchInzage
        names = await reading.names(transaction.connection, {inzage.asked_by})
    return _gegevens(inzage, names)


def _gegevens(inzage: Inzage, names: dict[str, str]) -> Inzagegegevens:
    return Inzagegegevens(
        id=inzage.id,
        zaakId=inzage.case_id,
        zaaknummer=inzage.case_number,
        wie=Betrokkene(inzage.who),
        reden=inzage.reason,
        status=Status(inzage.status),
        klaar=inzage.done,
        totaal=inzage.total,
        aangevraagdDoor=names.get(inzage.asked_by, inzage.asked_by),
        aangevraagdOp=inzage.asked_at,
        klaarOp=inzage.ended_at,
        verlooptOp=inzage.expires_at,
        grootte=inzage.size,
        sha256=inzage.sha256,
        uitleg=inzage.explanation,
    )
