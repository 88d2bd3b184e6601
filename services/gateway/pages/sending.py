"""Heronderzoek starten, step 6: what leaves, live, and how to stop that."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any
from uuid import UUID

from fastapi import Response
from fastapi.responses import StreamingResponse

from services.gateway.pages.batch_sums import Sending
from services.gateway.pages.communicating import place_of, typed_moment
from services.gateway.pages.formatting import local_field
from services.gateway.pages.forms import Form
from services.gateway.pages.own_api import Declined
from services.gateway.pages.routing import Pages
from services.gateway.pages.screens import _
from services.gateway.pages.visit import TheVisit, Visit
from services.gateway.pages.watching import Watching, as_events

BAD_REQUEST, CONFLICT = 400, 409
SENDING = "verzenden"
#: The newest that went wrong; the rest stands on the page of the batch.
LATEST = 10
EVENTS = {"cache-control": "no-store", "x-accel-buffering": "no"}

router = Pages()


@router.page("/batches/{id}/verzenden", needs="voortgangLezen")
async def sending_page(visit: TheVisit, id: UUID) -> Response:  # noqa: A002 - in the address
    """How far the letters and mails of a batch are."""
    return await _shown(visit, id, Form())


@router.page("/batches/{id}/verzenden/stand", needs="voortgangLezen")
async def sending_now(visit: TheVisit, id: UUID) -> Response:  # noqa: A002 - in the address
    """The piece that moves, for a browser that gets no stream."""
    told = await _told(visit, id)
    if told["batch"]["status"] != SENDING:
        return Response(headers={"HX-Redirect": f"/batches/{id}"})
    return visit.part("sending/progress.html", **_seen(told))


@router.page("/batches/{id}/verzenden/stroom", needs="voortgangLezen")
async def sending_stream(visit: TheVisit, id: UUID) -> Response:  # noqa: A002 - in the address
    """The same piece, each time that it is different."""
    watching: Watching = visit.request.app.state.watching
    key = (visit.session.gemeente, "verzenden", str(id))

    async def pieces() -> AsyncIterator[str | None]:
        async for told in watching.follow(key, lambda: _told(visit, id)):
            if told["batch"]["status"] != SENDING:
                yield None
                return
            yield visit.drawn_part("sending/progress.html", **_seen(told))

    return StreamingResponse(
        as_events(pieces()), media_type="text/event-stream; charset=utf-8", headers=EVENTS
    )


@router.form("/batches/{id}/verzenden/pauze", sends="verzendenPauzeren")
async def pause(visit: TheVisit, id: UUID) -> Response:  # noqa: A002 - in the address
    """Let nothing new leave."""
    said = _("Gepauzeerd. Er gaat niets nieuws meer weg.")
    return await _done(visit, id, "verzendenPauzeren", said)


@router.form("/batches/{id}/verzenden/hervatting", sends="verzendenHervatten")
async def resume(visit: TheVisit, id: UUID) -> Response:  # noqa: A002 - in the address
    """Go on."""
    return await _done(visit, id, "verzendenHervatten", _("Het verzenden gaat verder."))


@router.page("/batches/{id}/verzenden/beeindigen", needs="restIntrekken")
async def stop_page(visit: TheVisit, id: UUID) -> Response:  # noqa: A002 - in the address
    """What it means not to send the rest."""
    batch = await visit.read("batchLezen", id=id)
    if batch["status"] != SENDING:
        return visit.go(place_of(batch))
    return await visit.show("sending/stop.html", batch=batch, **_sums(batch))


@router.form("/batches/{id}/verzenden/beeindigen", sends="restIntrekken")
async def stop(visit: TheVisit, id: UUID) -> Response:  # noqa: A002 - in the address
    """Send the rest no more."""
    said = _("Wat nog niet weg was, gaat niet meer weg.")
    return await _done(visit, id, "restIntrekken", said)


@router.form("/batches/{id}/verzenden/moment", sends="verzendmomentWijzigen")
async def move(visit: TheVisit, id: UUID) -> Response:  # noqa: A002 - in the address
    """Begin at another moment."""
    typed = visit.values.get("verzendenOp", "").strip()
    moment = typed_moment(typed)
    if typed and moment is None:
        reason = _("Vul een datum en een tijd in, of laat beide leeg.")
        wrong = {"verzendenOp": [reason]}
        title = _("Het moment is niet veranderd")
        declined = Declined(BAD_REQUEST, title, title + ".", "", wrong)
        return await _shown(visit, id, visit.again(declined), BAD_REQUEST)
    body = {"verzendenOp": moment}
    return await _done(visit, id, "verzendmomentWijzigen", _("Het moment is veranderd."), body)


async def _done(
    visit: Visit, batch_id: UUID, operation: str, said: str, body: Any = None
) -> Response:
    try:
        await visit.send(operation, id=batch_id, json=body)
    except Declined as declined:
        if declined.status not in {BAD_REQUEST, CONFLICT}:
            raise
        return await _shown(visit, batch_id, visit.again(declined), declined.status)
    return visit.go(f"/batches/{batch_id}/verzenden", said)


async def _shown(visit: Visit, batch_id: UUID, form: Form, status: int = 200) -> Response:
    told = await _told(visit, batch_id)
    batch = told["batch"]
    if batch["status"] != SENDING:
        return visit.go(place_of(batch), form.problem.detail if form.problem else None)
    if not form.problem:
        form = Form({"verzendenOp": local_field(batch["verzendenOp"])})
    return await visit.show("sending/sending.html", status, form=form, **_seen(told))


async def _told(visit: Visit, batch_id: UUID) -> dict[str, Any]:
    batch, failed = await asyncio.gather(
        visit.read("batchLezen", id=batch_id),
        visit.read("mislukteLezen", id=batch_id, perPagina=LATEST),
    )
    return {"batch": batch, "failed": failed}


def _seen(told: Mapping[str, Any]) -> dict[str, Any]:
    return {**told, **_sums(told["batch"])}


def _sums(batch: Mapping[str, Any]) -> dict[str, Any]:
    return {"letters": Sending.of(batch["brieven"]), "mails": Sending.of(batch["emails"])}
