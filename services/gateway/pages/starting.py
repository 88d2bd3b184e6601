"""Heronderzoek starten, steps 1 and 2: what is needed, the columns, and the file itself."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

from fastapi import Response

from services.gateway.pages.forms import Form, uploaded
from services.gateway.pages.own_api import Declined
from services.gateway.pages.routing import Pages
from services.gateway.pages.screens import _
from services.gateway.pages.visit import TheVisit, Visit

#: The field of the form, and of the API's multipart body.
FILE = "bestand"
#: What is refused for another reason than the file has a page of its own.
NOT_OF_THE_FILE = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND})
BAD_REQUEST, SERVER_ERROR = HTTPStatus.BAD_REQUEST, HTTPStatus.INTERNAL_SERVER_ERROR

router = Pages()


@router.page("/heronderzoek", needs="leegBestandOpenen")
async def prepare(visit: TheVisit) -> Response:
    """Step 1: the empty file, what goes in it, and what would stand in the way later."""
    conditions = await visit.perhaps("startvoorwaardenLezen")
    return await visit.show("starting/prepare.html", conditions=conditions)


@router.page("/heronderzoek/kolommen", needs="kolommenLezen")
async def columns(visit: TheVisit) -> Response:
    """The column contract, in words."""
    return await visit.show("starting/columns.html", contract=await visit.read("kolommenLezen"))


@router.page("/heronderzoek/bestand", needs="bestandUploaden")
async def choose(visit: TheVisit, vervangt: UUID | None = None) -> Response:
    """Step 2: choose a file; `vervangt` is the file that it corrects."""
    return await _choose(visit, await _replaced(visit, vervangt))


@router.form("/heronderzoek/bestand", sends="bestandUploaden")
async def upload(visit: TheVisit, vervangt: UUID | None = None) -> Response:
    """Take the file to the API, as it is: it says what it thinks of it."""
    file = uploaded(visit.form, FILE)
    try:
        if file is None:
            raise _none_chosen()
        taken = await visit.send(
            "bestandUploaden", files={FILE: file}, vervangt=str(vervangt) if vervangt else None
        )
    except Declined as declined:
        if declined.status >= SERVER_ERROR or declined.status in NOT_OF_THE_FILE:
            raise
        return await _choose(visit, await _replaced(visit, vervangt), declined)
    return visit.go(f"/heronderzoek/bestanden/{taken['id']}")


async def _choose(visit: Visit, replaced: Any, declined: Declined | None = None) -> Response:
    if declined is None:
        return await visit.show("starting/upload.html", replaced=replaced)
    if not declined.fields:
        declined.fields = {FILE: [declined.detail]}
    return await visit.show(
        "starting/upload.html", declined.status, replaced=replaced, form=Form({}, declined)
    )


async def _replaced(visit: Visit, upload_id: UUID | None) -> Any:
    """The file that is being corrected; raises Declined when it is not there."""
    if upload_id is None:
        return None
    return await visit.read("uploadLezen", id=upload_id)


def _none_chosen() -> Declined:
    reason = _("Kies eerst een Excelbestand.")
    return Declined(BAD_REQUEST, _("Er is geen bestand gekozen"), reason, fields={FILE: [reason]})
