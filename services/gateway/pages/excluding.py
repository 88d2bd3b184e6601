"""Residents of a batch whom nothing is sent to: who they are, and who decided that and why."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response

from services.gateway.pages.communicating import OPEN
from services.gateway.pages.forms import CSRF, Form
from services.gateway.pages.own_api import Declined
from services.gateway.pages.routing import Pages
from services.gateway.pages.screens import _
from services.gateway.pages.visit import TheVisit, Visit

PER_PAGE, LAST_PAGE = 50, 10_000
BAD_REQUEST, CONFLICT = 400, 409
DECEASED = "overleden"
#: More numbers in one go are a slip of the clipboard.
MOST_NUMBERS = 50

router = Pages()


@router.page("/batches/{id}/niet-versturen", needs="uitsluitingenLezen")
async def exclusions(
    visit: TheVisit,
    id: UUID,  # noqa: A002 - a name in the address
    pagina: Annotated[int, Query(ge=1, le=LAST_PAGE)] = 1,
    zaak: UUID | None = None,
) -> Response:
    """Who gets nothing, and how to choose somebody; `zaak` is somebody to begin with."""
    return await _shown(visit, id, Form(), page=pagina, case_id=zaak)


@router.form("/batches/{id}/niet-versturen", sends="inwonersUitsluiten")
async def exclude(visit: TheVisit, id: UUID) -> Response:  # noqa: A002 - in the address
    """Send these residents nothing."""
    ids = [str(one) for one in visit.form.getlist("zaak")]
    numbers = visit.values.get("zaaknummers", "").replace(",", " ").split()
    try:
        ids += await _cases(visit, numbers)
        if not ids:
            raise _wrong("zaaknummers", _("Kies een inwoner, of vul een zaaknummer in."))
        body = {"zaakIds": sorted(set(ids)), "reden": visit.values.get("reden", "").strip()}
        await visit.send("inwonersUitsluiten", id=id, json=body)
    except Declined as declined:
        if declined.status not in {BAD_REQUEST, CONFLICT}:
            raise
        return await _shown(visit, id, visit.again(declined), declined.status)
    said = _("Bewaard. Deze inwoners krijgen geen bericht.")
    return visit.go(f"/batches/{id}/niet-versturen", said)


@router.form("/batches/{id}/toch-versturen", sends="inwonersInsluiten")
async def include(visit: TheVisit, id: UUID) -> Response:  # noqa: A002 - in the address
    """Send them something after all."""
    ids = [str(one) for one in visit.form.getlist("terug")]
    try:
        if not ids:
            raise _wrong("terug", _("Zet een vinkje bij wie toch bericht krijgt."))
        await visit.send("inwonersInsluiten", id=id, json={"zaakIds": ids})
    except Declined as declined:
        if declined.status not in {BAD_REQUEST, CONFLICT}:
            raise
        return await _shown(visit, id, visit.again(declined), declined.status)
    said = _("Bewaard. Deze inwoners krijgen toch bericht.")
    return visit.go(f"/batches/{id}/niet-versturen", said)


async def _cases(visit: Visit, numbers: list[str]) -> list[str]:
    """The cases with these numbers; raises Declined with those that are not there."""
    if len(numbers) > MOST_NUMBERS:
        raise _wrong("zaaknummers", _("Vul hoogstens 50 zaaknummers tegelijk in."))
    found, unknown = [], []
    for number in numbers:
        case_id = await _case(visit, number)
        if case_id is None:
            unknown.append(number)
        else:
            found.append(case_id)
    if unknown:
        raise _wrong("zaaknummers", _("Deze zaken kennen wij niet: ") + ", ".join(unknown) + ".")
    return found


async def _case(visit: Visit, number: str) -> str | None:
    """A search changes nothing, so it goes without the key of the form."""
    csrf = str(visit.form.get(CSRF, ""))
    try:
        answer = await visit.api.send("zakenZoeken", csrf=csrf, json={"zaaknummer": number})
    except Declined as declined:
        if declined.status != BAD_REQUEST:
            raise
        return None
    return next((str(one["zaakId"]) for one in answer.json()["resultaten"]), None)


def _wrong(field: str, reason: str) -> Declined:
    title = _("Er is nog niets bewaard")
    return Declined(BAD_REQUEST, title, title + ".", "", {field: [reason]})


async def _shown(
    visit: Visit,
    batch_id: UUID,
    form: Form,
    status: int = 200,
    page: int = 1,
    case_id: UUID | None = None,
) -> Response:
    batch, found, deceased = await asyncio.gather(
        visit.read("batchLezen", id=batch_id),
        visit.read("uitsluitingenLezen", id=batch_id, pagina=page, perPagina=PER_PAGE),
        visit.read("zakenLezen", batchId=batch_id, indicatie=DECEASED, perPagina=PER_PAGE),
    )
    excluded = {one["zaakId"] for one in found["resultaten"]}
    candidates: list[Any] = [one for one in deceased["resultaten"] if one["id"] not in excluded]
    case = await visit.read("zaakLezen", id=case_id) if case_id else None
    return await visit.show(
        "sending/exclusions.html",
        status,
        here=f"/batches/{batch_id}",
        batch=batch,
        found=found,
        deceased=candidates,
        case=case if case and case["batchId"] == str(batch_id) else None,
        is_open=batch["status"] == OPEN,
        per_page=PER_PAGE,
        form=form,
    )
