"""Taking a batch back before it is sent: what that means in numbers, and why."""

from __future__ import annotations

from uuid import UUID

from fastapi import Response

from services.gateway.pages.communicating import OFFERED, OPEN, place_of
from services.gateway.pages.forms import Form
from services.gateway.pages.own_api import Declined
from services.gateway.pages.routing import Pages
from services.gateway.pages.screens import _
from services.gateway.pages.visit import TheVisit, Visit

BAD_REQUEST, CONFLICT = 400, 409

router = Pages()


@router.page("/batches/{id}/intrekken", needs="batchIntrekken")
async def withdrawal(visit: TheVisit, id: UUID) -> Response:  # noqa: A002 - in the address
    """What taking it back does."""
    return await _shown(visit, id, Form())


@router.form("/batches/{id}/intrekken", sends="batchIntrekken")
async def withdraw(visit: TheVisit, id: UUID) -> Response:  # noqa: A002 - in the address
    """Stop all cases of the batch."""
    body = {
        "reden": visit.values.get("reden", "").strip(),
        "wordtVervangen": visit.values.get("wordtVervangen") == "ja",
    }
    try:
        await visit.send("batchIntrekken", id=id, json=body)
    except Declined as declined:
        if declined.status not in {BAD_REQUEST, CONFLICT}:
            raise
        return await _shown(visit, id, visit.again(declined), declined.status)
    return visit.go(f"/batches/{id}", _("De batch wordt ingetrokken."))


async def _shown(visit: Visit, batch_id: UUID, form: Form, status: int = 200) -> Response:
    batch = await visit.read("batchLezen", id=batch_id)
    if batch["status"] not in {OPEN, OFFERED} and not form.problem:
        return visit.go(place_of(batch))
    return await visit.show("sending/withdraw.html", status, batch=batch, form=form)
