"""Batchoverzicht: one batch with all that was sent, printed, bounced and failed, and what to do."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response

from services.gateway.pages.batch_sums import Sending
from services.gateway.pages.communicating import OPENING
from services.gateway.pages.formatting import AMSTERDAM
from services.gateway.pages.forms import Form
from services.gateway.pages.own_api import Declined
from services.gateway.pages.routing import Pages
from services.gateway.pages.screens import _
from services.gateway.pages.visit import TheVisit, Visit

PER_PAGE, LAST_PAGE, FILES = 100, 10_000, 100
BAD_REQUEST, CONFLICT = 400, 409
#: A print file that can be downloaded.
READY = "gereed"

router = Pages()

PageNumber = Annotated[int, Query(ge=1, le=LAST_PAGE)]


@router.page("/batches/{id}", needs="voortgangLezen")
async def batch_page(visit: TheVisit, id: UUID, pagina: PageNumber = 1) -> Response:  # noqa: A002
    """A batch as it is now."""
    return await shown(visit, id, page=pagina)


@router.form("/batches/{id}/opnieuw", sends="opnieuwProberen")
async def try_again(visit: TheVisit, id: UUID) -> Response:  # noqa: A002 - in the address
    """Try what failed again: what was ticked, or all of it."""
    chosen = [str(one) for one in visit.form.getlist("bezorging")]
    everything = visit.values.get("alle") == "ja"
    if not chosen and not everything:
        title = _("Er is nog niets opnieuw geprobeerd")
        reason = _("Zet een vinkje bij wat u opnieuw wilt proberen.")
        declined = Declined(BAD_REQUEST, title, title + ".", "", {"bezorging": [reason]})
        return await shown(visit, id, visit.again(declined), BAD_REQUEST)
    body: dict[str, Any] = {"bezorgingIds": None if everything else chosen}
    if visit.values.get("sjablonen") == "nu":
        body["akkoord"] = await _agreed(visit, id, None if everything else set(chosen))
    try:
        made = await visit.send("opnieuwProberen", id=id, json=body)
    except Declined as declined:
        return await _again(visit, id, declined)
    if made["aangeboden"]:
        return visit.go(f"/batches/{id}", _("Een coördinator kijkt nu of dit opnieuw mag."))
    return visit.go(f"/batches/{id}", _("Wij proberen het opnieuw."))


@router.form("/batches/{id}/opnieuw/terugzending", sends="herkansingTerugsturen")
async def send_back(visit: TheVisit, id: UUID) -> Response:  # noqa: A002 - in the address
    """Not like this: what failed is not tried again now."""
    body = {"reden": visit.values.get("reden", "").strip()}
    try:
        await visit.send("herkansingTerugsturen", id=id, json=body)
    except Declined as declined:
        return await _again(visit, id, declined)
    return visit.go(f"/batches/{id}", _("Teruggestuurd naar uw collega."))


@router.form("/batches/{id}/niet-bezorgd/brieven", sends="brievenVoorNietBezorgd")
async def letters_instead(visit: TheVisit, id: UUID) -> Response:  # noqa: A002 - in the address
    """A letter for everybody whose mail came back."""
    try:
        made = await visit.send("brievenVoorNietBezorgd", id=id, json={"zaakIds": None})
    except Declined as declined:
        return await _again(visit, id, declined)
    not_made = made["nietGemaakt"]
    if not_made:
        return await shown(visit, id, not_made=not_made)
    return visit.go(f"/batches/{id}", _("Wij maken de brieven."))


@router.page("/batches/{id}/afdrukbestanden", needs="afdrukbestandenLezen")
async def files_part(visit: TheVisit, id: UUID) -> Response:  # noqa: A002 - in the address
    """The piece with the print files, for while one is being made."""
    batch, files, options = await asyncio.gather(
        visit.read("batchLezen", id=id),
        visit.read("afdrukbestandenLezen", batchId=id, perPagina=FILES),
        visit.perhaps("batchAfdrukoptiesLezen", id=id),
    )
    return visit.part(
        "sending/files.html",
        here=f"/batches/{id}",
        batch=batch,
        letters=Sending.of(batch["brieven"]),
        files=files["resultaten"],
        options=options,
    )


@router.page("/batches/{id}/afdrukbestanden/{bestand}/gepost", needs="gepostOpVastleggen")
async def posted_page(visit: TheVisit, id: UUID, bestand: UUID) -> Response:  # noqa: A002
    """On which day a print file was posted."""
    return await _posting(visit, id, bestand, Form({"gepostDatum": _today()}))


@router.form("/batches/{id}/afdrukbestanden/{bestand}/gepost", sends="gepostOpVastleggen")
async def posted(visit: TheVisit, id: UUID, bestand: UUID) -> Response:  # noqa: A002
    """Note that day; reminders count from it."""
    typed = visit.values
    body: dict[str, Any] = {
        "gepostDatum": typed.get("gepostDatum", "").strip(),
        "reden": typed.get("reden", "").strip() or None,
    }
    if typed.get("nietPostenEruit") in {"ja", "nee"}:
        body["nietPostenEruit"] = typed["nietPostenEruit"] == "ja"
    try:
        await visit.send("gepostOpVastleggen", id=bestand, json=body)
    except Declined as declined:
        if declined.status not in {BAD_REQUEST, CONFLICT}:
            raise
        return await _posting(visit, id, bestand, visit.again(declined), declined.status)
    return visit.go(f"/batches/{id}#print", _("Vastgelegd op welke dag de brieven zijn gepost."))


@router.form("/batches/{id}/afdrukbestanden/{bestand}/opnieuw", sends="afdrukbestandOpnieuwMaken")
async def make_again(visit: TheVisit, id: UUID, bestand: UUID) -> Response:  # noqa: A002
    """Make a print file that failed once more."""
    try:
        await visit.send("afdrukbestandOpnieuwMaken", id=bestand)
    except Declined as declined:
        return await _again(visit, id, declined)
    return visit.go(f"/batches/{id}#print", _("Wij maken het afdrukbestand opnieuw."))


@router.page("/batches/{id}/herinneringen", needs="batchherinneringenZetten")
async def reminders_page(visit: TheVisit, id: UUID) -> Response:  # noqa: A002 - in the address
    """Reminders of a batch, on or off."""
    return await _reminders(visit, id, Form())


@router.form("/batches/{id}/herinneringen", sends="batchherinneringenZetten")
async def switch_reminders(visit: TheVisit, id: UUID) -> Response:  # noqa: A002 - in the address
    """Turn them on or off, with why."""
    body = {
        "aan": visit.values.get("aan") == "ja",
        "reden": visit.values.get("reden", "").strip(),
    }
    try:
        await visit.send("batchherinneringenZetten", id=id, json=body)
    except Declined as declined:
        if declined.status not in {BAD_REQUEST, CONFLICT}:
            raise
        return await _reminders(visit, id, visit.again(declined), declined.status)
    return visit.go(f"/batches/{id}", _("De keuze voor herinneringen is bewaard."))


async def _again(visit: Visit, batch_id: UUID, declined: Declined) -> Response:
    if declined.status not in {BAD_REQUEST, CONFLICT}:
        raise declined
    return await shown(visit, batch_id, visit.again(declined), declined.status)


async def shown(
    visit: Visit,
    batch_id: UUID,
    form: Form | None = None,
    status: int = 200,
    page: int = 1,
    not_made: Any = (),
) -> Response:
    """The page of a batch; parts that are away are named, the rest is there."""
    told = await visit.read("voortgangLezen", id=batch_id)
    visit.away.update(told["nietBereikbaar"])
    batch = told["zaken"]
    if batch is None or batch["status"] == OPENING:
        return visit.go(f"/heronderzoek/batches/{batch_id}")
    failed, bounced, files, options, reminders, active = await asyncio.gather(
        visit.read("mislukteLezen", id=batch_id, pagina=page, perPagina=PER_PAGE),
        visit.read("nietBezorgdeLezen", id=batch_id, perPagina=PER_PAGE),
        visit.perhaps("afdrukbestandenLezen", batchId=batch_id, perPagina=FILES),
        visit.perhaps("batchAfdrukoptiesLezen", id=batch_id),
        visit.perhaps("batchherinneringenLezen", id=batch_id),
        visit.perhaps("startvoorwaardenLezen"),
    )
    return await visit.show(
        "sending/batch.html",
        status,
        here=f"/batches/{batch_id}",
        batch=batch,
        file=told["bestand"],
        letters=Sending.of(batch["brieven"]),
        mails=Sending.of(batch["emails"]),
        failed=failed,
        bounced=bounced,
        without_letter=[one for one in bounced["resultaten"] if one["brief"] is None],
        files=files["resultaten"] if files else [],
        options=options,
        reminders=reminders,
        active=active,
        not_made=not_made,
        own_offer=_is_own(batch["herkansing"], visit),
        per_page=PER_PAGE,
        form=form or Form(),
    )


def _is_own(offer: Mapping[str, Any] | None, visit: Visit) -> bool:
    """Whether this user offered it, so that somebody else has to decide."""
    return bool(offer) and offer["aangebodenDoor"] == visit.session.user_id  # type: ignore[index]


async def _agreed(visit: Visit, batch_id: UUID, chosen: set[str] | None) -> dict[str, Any]:
    """The word for templates as they were shown, with how many of each there are to send."""
    typed = visit.values
    if chosen is None:
        counts = {name: _number(typed.get(name)) for name in ("aantalEmails", "aantalBrieven")}
    else:
        failed = await visit.read("mislukteLezen", id=batch_id, perPagina=PER_PAGE)
        kinds = [one["kanaal"] for one in failed["resultaten"] if one["bezorgingId"] in chosen]
        counts = {"aantalEmails": kinds.count("email"), "aantalBrieven": kinds.count("brief")}
    versions = ("briefSjabloonVersieId", "emailSjabloonVersieId")
    return {**counts, **{name: typed.get(name) or None for name in versions}}


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0


async def _posting(
    visit: Visit, batch_id: UUID, file_id: UUID, form: Form, status: int = 200
) -> Response:
    batch, file = await asyncio.gather(
        visit.read("batchLezen", id=batch_id), visit.read("afdrukbestandLezen", id=file_id)
    )
    return await visit.show("sending/posted.html", status, batch=batch, file=file, form=form)


async def _reminders(visit: Visit, batch_id: UUID, form: Form, status: int = 200) -> Response:
    batch, reminders = await asyncio.gather(
        visit.read("batchLezen", id=batch_id), visit.read("batchherinneringenLezen", id=batch_id)
    )
    return await visit.show(
        "sending/reminders.html", status, batch=batch, reminders=reminders, form=form
    )


def _today() -> str:
    return datetime.now(AMSTERDAM).date().isoformat()
