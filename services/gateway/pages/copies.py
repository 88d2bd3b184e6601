"""A file back with its mistakes marked: asked for, waited for, downloaded."""

from __future__ import annotations

from uuid import UUID

from fastapi import Response

from services.gateway.pages.checking import again
from services.gateway.pages.own_api import Declined
from services.gateway.pages.routing import Pages
from services.gateway.pages.visit import TheVisit

FORBIDDEN, CONFLICT = 403, 409
BEING_MADE = "wordt-gemaakt"

router = Pages()


@router.form("/heronderzoek/bestanden/{id}/kopieen", sends="kopieAanvragen")
async def ask(visit: TheVisit, id: UUID) -> Response:  # noqa: A002 - a name in the address
    """Ask for a copy; its page waits for it."""
    body = {"soort": visit.values.get("soort", "")}
    try:
        made = await visit.send("kopieAanvragen", id=id, json=body)
    except Declined as declined:
        if declined.status not in {FORBIDDEN, CONFLICT}:
            raise
        return await again(visit, id, declined)
    return visit.go(f"/heronderzoek/kopieen/{made['id']}")


@router.page("/heronderzoek/kopieen/{id}", needs="kopieLezen")
async def copy_page(visit: TheVisit, id: UUID) -> Response:  # noqa: A002 - a name in the address
    """Wait for a copy, then download it."""
    copy = await visit.read("kopieLezen", id=id)
    upload = await visit.read("uploadLezen", id=copy["uploadId"])
    return await visit.show("starting/copy.html", copy=copy, upload=upload)


@router.page("/heronderzoek/kopieen/{id}/voortgang", needs="kopieLezen")
async def copy_progress(visit: TheVisit, id: UUID) -> Response:  # noqa: A002 - in the address
    """The piece of the page that waits."""
    copy = await visit.read("kopieLezen", id=id)
    if copy["status"] != BEING_MADE:
        return Response(headers={"HX-Redirect": f"/heronderzoek/kopieen/{id}"})
    return visit.part("starting/copy_part.html", copy=copy)
