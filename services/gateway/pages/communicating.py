"""Heronderzoek starten, step 5: who gets what, when, how it looks, and the word to send it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response

from services.gateway.pages import previewing
from services.gateway.pages.formatting import AMSTERDAM, local_field
from services.gateway.pages.forms import Form
from services.gateway.pages.own_api import Declined
from services.gateway.pages.routing import Pages
from services.gateway.pages.screens import _
from services.gateway.pages.visit import TheVisit, Visit

LAST_CASE, LONGEST_NUMBER = 1_000_000, 7
BAD_REQUEST, CONFLICT = 400, 409
OPENING, OPEN, OFFERED = "openen", "open", "wacht op akkoord"
#: What the user declares with a tick; the number is that of the plan.
DECLARED = _("Deze inwoners kozen zelf voor berichten per e-mail.")
#: The fields that are the plan, as a form has them.
FIELDS = (
    "verzendDatum",
    "reactietermijnDagen",
    "verzendenOp",
    "emailsPerWerkdag",
    "verklaring",
    "verklaringBron",
)
#: What was shown and is agreed with.
SHOWN = ("aantalEmails", "aantalBrieven", "briefSjabloonVersieId", "emailSjabloonVersieId")

router = Pages()


@router.page("/batches/{id}/communicatie", needs="voorstelLezen")
async def communication(
    visit: TheVisit,
    id: UUID,  # noqa: A002 - a name in the address
    nr: Annotated[int, Query(ge=1, le=LAST_CASE)] = 1,
    zaak: UUID | None = None,
) -> Response:
    """What would be sent, with one resident as an example."""
    return await shown(visit, id, which=previewing.Which(nr, zaak))


@router.form("/batches/{id}/communicatie", sends="planVastleggen")
async def keep_plan(visit: TheVisit, id: UUID) -> Response:  # noqa: A002 - in the address
    """Keep what was chosen, and show what that means."""
    return await _kept(visit, id, _("Uw keuzes zijn bewaard."))


@router.form("/batches/{id}/communicatie/akkoord", sends="akkoordGeven")
async def agree(visit: TheVisit, id: UUID) -> Response:  # noqa: A002 - in the address
    """Send it. Choices that were not kept yet are kept and shown first."""
    return await _decided(visit, id, "akkoordGeven", _("Akkoord. Het verzenden begint."))


@router.form("/batches/{id}/communicatie/aanbieding", sends="batchAanbieden")
async def offer(visit: TheVisit, id: UUID) -> Response:  # noqa: A002 - in the address
    """Let a colleague decide."""
    said = _("De batch is aangeboden. Een coördinator geeft akkoord.")
    return await _decided(visit, id, "batchAanbieden", said)


@router.form("/batches/{id}/communicatie/terugzending", sends="batchTerugsturen")
async def send_back(visit: TheVisit, id: UUID) -> Response:  # noqa: A002 - in the address
    """Not like this: back to who offered it, with why."""
    try:
        reason = visit.values.get("reden", "").strip()
        await visit.send("batchTerugsturen", id=id, json={"reden": reason})
    except Declined as declined:
        return await _again(visit, id, declined)
    return visit.go(f"/batches/{id}/communicatie", _("De batch is teruggestuurd."))


async def _decided(visit: Visit, batch_id: UUID, operation: str, said: str) -> Response:
    batch = await visit.read("batchLezen", id=batch_id)
    if batch["status"] == OPEN and "verzendDatum" in visit.values:
        plan = (await visit.read("voorstelLezen", id=batch_id))["plan"]
        if chosen(visit.values) != chosen(as_typed(plan)):
            told = _("Wij bewaarden wat u veranderde. Lees nog eens wat er gebeurt, en beslis dan.")
            return await _kept(visit, batch_id, told)
    typed = visit.values
    if typed.get("gezien") != "ja":
        reason = _("Vink aan dat u de aantallen en de voorbeelden hebt bekeken.")
        declined = Declined(
            BAD_REQUEST, _("Er is nog niets verstuurd"), "", "", {"gezien": [reason]}
        )
        return await _again(visit, batch_id, declined)
    body: dict[str, Any] = {name: typed.get(name) or None for name in SHOWN}
    for name in SHOWN[:2]:
        body[name] = int(body[name]) if str(body[name]).isdecimal() else 0
    try:
        await visit.send(operation, id=batch_id, json=body)
    except Declined as declined:
        return await _again(visit, batch_id, declined)
    sending = operation == "akkoordGeven"
    return visit.go(f"/batches/{batch_id}/{'verzenden' if sending else 'communicatie'}", said)


async def _kept(visit: Visit, batch_id: UUID, said: str) -> Response:
    body = chosen(visit.values)
    if wrong := _wrong(visit.values, body):
        title = _("Uw keuzes zijn nog niet bewaard")
        return await _again(visit, batch_id, Declined(BAD_REQUEST, title, title + ".", "", wrong))
    try:
        await visit.send("planVastleggen", id=batch_id, json=body)
    except Declined as declined:
        return await _again(visit, batch_id, declined)
    return visit.go(f"/batches/{batch_id}/communicatie#versturen", said)


async def _again(visit: Visit, batch_id: UUID, declined: Declined) -> Response:
    """The page with why it cannot be, what was typed, and what is true by now."""
    if declined.status not in {BAD_REQUEST, CONFLICT}:
        raise declined
    return await shown(visit, batch_id, visit.again(declined), declined.status)


async def shown(
    visit: Visit,
    batch_id: UUID,
    form: Form | None = None,
    status: int = 200,
    which: previewing.Which = previewing.FIRST,
) -> Response:
    """Step 5; a batch that is at another step has its page there."""
    batch = await visit.read("batchLezen", id=batch_id)
    if batch["status"] not in {OPEN, OFFERED}:
        return visit.go(place_of(batch))
    proposal, example = await asyncio.gather(
        visit.read("voorstelLezen", id=batch_id), previewing.example(visit, batch_id, which)
    )
    plan = proposal["plan"]
    return await visit.show(
        "sending/communication.html",
        status,
        here=f"/batches/{batch_id}/communicatie",
        batch=batch,
        proposal=proposal,
        plan=plan,
        example=example,
        form=form if form is not None and form.values else Form(as_typed(plan)),
        today=datetime.now(AMSTERDAM).date().isoformat(),
        own_offer=batch["aanbieding"] and batch["aanbieding"]["door"] == visit.session.user_id,
    )


def place_of(batch: Mapping[str, Any]) -> str:
    """The page where a batch is now."""
    if batch["status"] == OPENING:
        return f"/heronderzoek/batches/{batch['id']}"
    if batch["status"] in {OPEN, OFFERED}:
        return f"/batches/{batch['id']}/communicatie"
    return f"/batches/{batch['id']}" + ("/verzenden" if batch["status"] == "verzenden" else "")


def as_typed(plan: Mapping[str, Any]) -> dict[str, str]:
    """A plan as the fields of the form show it."""
    return {
        "verzendDatum": plan["verzendDatum"],
        "reactietermijnDagen": str(plan["reactietermijnDagen"]),
        "verzendenOp": local_field(plan["verzendenOp"]),
        "emailsPerWerkdag": str(plan["emailsPerWerkdag"] or ""),
        "verklaring": "ja" if plan["verklaring"] else "",
        "verklaringBron": plan["verklaringBron"] or "",
    }


def chosen(typed: Mapping[str, str]) -> dict[str, Any]:
    """The fields of the form as the API takes them; what is no number or moment stays as it is."""
    values = {name: typed.get(name, "").strip() for name in FIELDS}
    return {
        "verzendDatum": values["verzendDatum"],
        "reactietermijnDagen": _number(values["reactietermijnDagen"]),
        "verzendenOp": typed_moment(values["verzendenOp"]),
        "emailsPerWerkdag": _number(values["emailsPerWerkdag"]),
        "verklaring": DECLARED if values["verklaring"] else None,
        "verklaringBron": values["verklaringBron"] or None,
    }


def _wrong(typed: Mapping[str, str], body: Mapping[str, Any]) -> dict[str, list[str]]:
    """What was typed where a number or moment belongs."""
    reasons = {
        "reactietermijnDagen": _("Vul een aantal dagen in, zoals 28."),
        "emailsPerWerkdag": _("Vul een aantal in, of laat het leeg."),
        "verzendenOp": _("Vul een datum en een tijd in, of laat beide leeg."),
    }
    wrong = {
        name: [reason]
        for name, reason in reasons.items()
        if body[name] is None and typed.get(name, "").strip()
    }
    if body["reactietermijnDagen"] is None:
        wrong["reactietermijnDagen"] = [reasons["reactietermijnDagen"]]
    if not body["verzendDatum"]:
        wrong["verzendDatum"] = [_("Kies een datum.")]
    return wrong


def _number(text: str) -> int | None:
    plain = text.replace(".", "")
    is_number = plain.isdecimal() and plain.isascii() and len(plain) <= LONGEST_NUMBER
    return int(plain) if is_number else None


def typed_moment(text: str) -> str | None:
    """A moment as a field of a form has it, as the API takes it; None when it is none."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM).isoformat()
    except ValueError:
        return None
