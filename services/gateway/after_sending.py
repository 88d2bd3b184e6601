"""Answers about what was sent that several services make together.

They are the print options of a batch, which cases must know, and all communication of a case as
one ZIP, which is put together while it is read: its size does not matter to memory.
"""

from __future__ import annotations

import zipfile
from collections.abc import AsyncIterator
from enum import StrEnum
from io import RawIOBase
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from services.gateway.errors import PartUnreachable
from services.gateway.forwarding import TheUpstream, relayed
from services.gateway.guard import Admitted, May
from services.gateway.limits import BoundedRoute
from services.gateway.routes import Part
from services.gateway.upstream import Caller, Upstream
from shared.chassis.errors import NotFound

OK, NOT_FOUND = 200, 404
PER_PAGE = 200
#: A letter with a PDF; the rest was never made.
SENT_LETTER = "gemaakt"
_ZIP_READABLE = 0o644 << 16
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
ZIP_ANSWER: dict[int | str, dict[str, Any]] = {
    OK: {
        "description": "Het bestand",
        "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
    }
}

router = APIRouter(route_class=BoundedRoute)


class Volgorde(StrEnum):
    """In which order letters are printed."""

    FILE = "bestand"
    POSTCODE = "postcode"


class Afdrukopties(BaseModel):
    """How the letters of a batch are printed."""

    model_config = ConfigDict(extra="forbid")

    volgorde: Volgorde = Volgorde.FILE
    dubbelzijdig: bool = True
    splitsenBij: int | None = Field(None, ge=10, le=100_000)
    scheidingsbladElke: int | None = Field(None, ge=1, le=100_000)


class GekozenAfdrukopties(Afdrukopties):
    """How the letters of a batch are printed, and whether that was chosen for it alone."""

    eigenKeuze: bool


@router.get(
    "/batches/{id}/afdrukopties", tags=["Batches"], responses={OK: {"model": GekozenAfdrukopties}}
)
async def batch_afdrukopties_lezen(id: UUID, may: May, upstream: TheUpstream) -> Response:  # noqa: A002
    """Show how the next print file of a batch is printed."""
    await _known_batch(id, may, upstream)
    path = f"/batches/{id}/afdrukopties"
    return await relayed(may, upstream.open(may.caller, Part.DOCUMENTS, "GET", path))


@router.put(
    "/batches/{id}/afdrukopties", tags=["Batches"], responses={OK: {"model": GekozenAfdrukopties}}
)
async def batch_afdrukopties_kiezen(
    id: UUID,  # noqa: A002
    opties: Afdrukopties,
    may: May,
    upstream: TheUpstream,
) -> Response:
    """Choose how the next print file of a batch is printed."""
    await _known_batch(id, may, upstream)
    return await relayed(
        may,
        upstream.open(
            may.caller,
            Part.DOCUMENTS,
            "PUT",
            f"/batches/{id}/afdrukopties",
            headers={"content-type": "application/json"},
            body=opties.model_dump_json().encode(),
        ),
    )


async def _known_batch(batch_id: UUID, may: Admitted, upstream: Upstream) -> None:
    """Raise NotFound unless cases has this batch: documents hears of it at its approval."""
    answer = await upstream.ask(may.caller, Part.CASES, "GET", f"/batches/{batch_id}")
    if answer.status_code == NOT_FOUND:
        await may.log(NOT_FOUND)
        raise NotFound("Deze batch kennen wij niet.")
    if answer.status_code != OK:
        raise PartUnreachable(Part.CASES.label)


@router.get(
    "/zaken/{id}/communicatie/zip",
    tags=["Zaken"],
    response_class=Response,
    responses=ZIP_ANSWER,
)
async def communicatie_exporteren(id: UUID, may: May, upstream: TheUpstream) -> Response:  # noqa: A002
    """Save every letter and mail of a case, exactly as they were sent."""
    case = await upstream.ask(may.caller, Part.CASES, "GET", f"/zaken/{id}")
    if case.status_code == NOT_FOUND:
        await may.log(NOT_FOUND)
        raise NotFound("Deze zaak kennen wij niet.")
    if case.status_code != OK:
        raise PartUnreachable(Part.CASES.label)
    letters = [
        (Part.DOCUMENTS, f"/documenten/{one['id']}/inhoud", _name(one, "brief", "pdf"))
        for one in await _all(upstream, may.caller, Part.DOCUMENTS, "/documenten", id)
        if one["status"] == SENT_LETTER
    ]
    mails = [
        (Part.MAILER, f"/emails/{one['id']}/bron", _name(one, "email", "eml"))
        for one in await _all(upstream, may.caller, Part.MAILER, "/emails", id)
        if one["verzondenOp"]
    ]
    await may.log(OK)
    number = case.json()["zaaknummer"]
    return StreamingResponse(
        _zipped(upstream, may.caller, [*letters, *mails]),
        media_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="communicatie-{number}.zip"'},
    )


async def _all(
    upstream: Upstream, caller: Caller, part: Part, path: str, case_id: UUID
) -> list[dict[str, Any]]:
    """Everything of a list, oldest first."""
    found: list[dict[str, Any]] = []
    page = 1
    while True:
        query = f"zaakId={case_id}&pagina={page}&perPagina={PER_PAGE}"
        answer = await upstream.ask(caller, part, "GET", path, query=query)
        if answer.status_code != OK:
            raise PartUnreachable(part.label)
        found += answer.json()["resultaten"]
        if page * PER_PAGE >= answer.json()["aantal"]:
            return found[::-1]
        page += 1


def _name(one: dict[str, Any], kind: str, extension: str) -> str:
    """A name that sorts by time and is unique: day, kind, purpose and the beginning of its id."""
    day = str(one["gevraagdOp"])[:10]
    return f"{day}_{kind}_{one['doel']}_{one['id'][:8]}.{extension}"


async def _zipped(
    upstream: Upstream, caller: Caller, items: list[tuple[Part, str, str]]
) -> AsyncIterator[bytes]:
    """The ZIP in pieces. What cannot be read breaks it off: half a file would look whole."""
    outlet = _Outlet()
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_STORED) as archive:
        for part, path, name in items:
            answer = await upstream.open(caller, part, "GET", path)
            try:
                if answer.status_code != OK:
                    raise PartUnreachable(part.label)
                entry = zipfile.ZipInfo(name, date_time=_ZIP_DATE)
                entry.external_attr = _ZIP_READABLE
                with archive.open(entry, "w") as target:
                    async for piece in answer.aiter_raw():
                        target.write(piece)
                        yield outlet.taken()
            finally:
                await answer.aclose()
            yield outlet.taken()
    yield outlet.taken()


class _Outlet(RawIOBase):
    """What a ZIP is written to: it cannot be sought, and is emptied again and again."""

    def __init__(self) -> None:
        self._pieces = bytearray()

    def writable(self) -> bool:
        """Only written to."""
        return True

    def write(self, data: Any) -> int:
        """Keep the bytes until they are taken."""
        self._pieces += data
        return len(data)

    def taken(self) -> bytes:
        """What was written since the last time."""
        taken = bytes(self._pieces)
        self._pieces.clear()
        return taken
