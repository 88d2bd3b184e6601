"""Zaak: one case, what happens next in it, and what can be done with it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import Response

from services.gateway.pages.case_acts import ACTS, Act, Choices, is_possible
from services.gateway.pages.formatting import AMSTERDAM
from services.gateway.pages.forms import Form
from services.gateway.pages.own_api import Declined
from services.gateway.pages.routing import Pages
from services.gateway.pages.screens import _
from services.gateway.pages.visit import OK, TheVisit, Visit
from services.gateway.pages.work_list import PageNumber

#: The page of a case shows so much of its history; the rest is behind a link.
LATEST = 6
PER_PAGE = 50
CHOICES = 100
CONFLICT, NOT_FOUND = 409, 404
RULE = "systeem:"

router = Pages()


@router.page("/zaken/{id}", needs="zaakLezen")
async def case_page(visit: TheVisit, id: UUID) -> Response:  # noqa: A002 - a name in the address
    """A case at a glance."""
    return await shown(visit, id)


async def shown(
    visit: Visit, case_id: UUID, problem: Declined | None = None, status: int = OK
) -> Response:
    """A case at a glance, with what could not be done to it."""
    case = await visit.read("zaakLezen", id=case_id)
    sent, tasks, related, reminders, teams, batch = await asyncio.gather(
        visit.perhaps("communicatieLezen", id=case_id),
        visit.perhaps("takenLezen", zaakId=case_id, perPagina=PER_PAGE),
        visit.perhaps("verwanteZakenLezen", id=case_id),
        visit.perhaps("zaakherinneringenLezen", id=case_id),
        visit.perhaps("teamsLezen", perPagina=CHOICES),
        visit.perhaps("batchLezen", id=case["batchId"]),
    )
    return await visit.show(
        "cases/overview.html",
        status,
        **head(visit, case),
        sent=latest_sent(sent),
        tasks=tasks["resultaten"] if tasks else None,
        related=related["resultaten"] if related else [],
        reminders=reminders,
        team=name_of(case["teamId"], teams),
        batch=batch,
        entries=entries(case["tijdlijn"][:LATEST]),
        problem=problem,
    )


@router.page("/zaken/{id}/documenten", needs="communicatieLezen")
async def documents_page(visit: TheVisit, id: UUID) -> Response:  # noqa: A002
    """Every letter and mail of a case."""
    case, sent = await asyncio.gather(
        visit.read("zaakLezen", id=id), visit.read("communicatieLezen", id=id)
    )
    return await visit.show(
        "cases/documents.html", **head(visit, case), sent=latest_sent(sent, None)
    )


@router.page("/zaken/{id}/tijdlijn", needs="tijdlijnLezen")
async def timeline_page(visit: TheVisit, id: UUID, pagina: PageNumber = 1) -> Response:  # noqa: A002
    """All that happened in a case."""
    case, found = await asyncio.gather(
        visit.read("zaakLezen", id=id),
        visit.read("tijdlijnLezen", id=id, pagina=pagina, perPagina=PER_PAGE),
    )
    return await visit.show(
        "cases/timeline.html",
        **head(visit, case),
        found=found,
        per_page=PER_PAGE,
        entries=entries(found["resultaten"]),
    )


@router.form("/zaken/{id}/taken/{task_id}/afronden", sends="taakAfronden")
async def finish_task(visit: TheVisit, id: UUID, task_id: UUID) -> Response:  # noqa: A002
    """Be done with a task."""
    outcome = visit.values.get("uitkomst", "").strip()
    try:
        await visit.send("taakAfronden", id=task_id, json={"uitkomst": outcome or None})
    except Declined as declined:
        if declined.status not in {CONFLICT, 400}:
            raise
        return await shown(visit, id, declined, declined.status)
    return visit.go(f"/zaken/{id}", said=_("De taak is afgerond."))


@router.page("/zaken/{id}/bsn", needs="bsnInzien")
async def unmask_page(visit: TheVisit, id: UUID) -> Response:  # noqa: A002
    """Ask for a whole BSN."""
    return await _unmasking(visit, id, Form())


@router.form("/zaken/{id}/bsn", sends="bsnInzien")
async def unmask(visit: TheVisit, id: UUID) -> Response:  # noqa: A002
    """Show a whole BSN, this once; it is in no address, and in nothing that a browser keeps."""
    body = {name: visit.values.get(name, "").strip() for name in ("wie", "reden")}
    try:
        answer = await visit.send("bsnInzien", id=id, json=body)
    except Declined as declined:
        if declined.status == NOT_FOUND and body["wie"] == "inwoner":
            raise
        return await _unmasking(visit, id, visit.again(declined), status=declined.status)
    return await _unmasking(visit, id, visit_form(visit), bsn=answer["bsn"])


def visit_form(visit: Visit) -> Form:
    """What was typed, with nothing wrong."""
    return Form(visit.values)


async def _unmasking(
    visit: Visit,
    case_id: UUID,
    form: Form,
    bsn: str = "",
    status: int = OK,
) -> Response:
    case = await visit.read("zaakLezen", id=case_id)
    return await visit.show("cases/unmask.html", status, **head(visit, case), form=form, bsn=bsn)


def _register(act: Act) -> None:
    """The page and the form of an act."""

    @router.page(f"/zaken/{{id}}/{act.path}", needs=act.operation)
    async def act_page(visit: TheVisit, id: UUID) -> Response:  # noqa: A002
        return await act_shown(visit, id, act, Form())

    @router.form(f"/zaken/{{id}}/{act.path}", sends=act.operation)
    async def act_done(visit: TheVisit, id: UUID) -> Response:  # noqa: A002
        try:
            await visit.send(act.operation, id=id, json=act.body(visit.values))
        except Declined as declined:
            if declined.status == NOT_FOUND:
                raise
            return await act_shown(visit, id, act, visit.again(declined), declined.status)
        return visit.go(f"/zaken/{id}", said=act.done)


for _one in ACTS:
    _register(_one)


async def act_shown(
    visit: Visit, case_id: UUID, act: Act, form: Form, status: int = OK
) -> Response:
    """The form of an act, with the case as it is by now and what was typed."""
    case = await visit.read("zaakLezen", id=case_id)
    can = is_possible(visit, case, act)
    return await visit.show(
        "cases/act.html",
        status if can or form.problem else CONFLICT,
        **head(visit, case),
        act=act,
        can=can,
        form=form,
        to_confirm=bool(form.problem and form.problem.more.get("teBevestigen"))
        or "bevestigd" in form.values,
    )


def head(visit: Visit, case: Mapping[str, Any]) -> dict[str, Any]:
    """What every page of a case shows on top."""
    address = f"/zaken/{case['id']}"
    tabs = [(address, _("Overzicht"))]
    if visit.may("communicatieLezen") and case["bezorgingen"]:
        tabs.append((f"{address}/documenten", _("Documenten")))
    tabs.append((f"{address}/tijdlijn", _("Tijdlijn")))
    return {
        "case": case,
        "address": address,
        "tabs": tabs,
        "choices": Choices.of(visit, case),
        "fresh": Form,
        "today": datetime.now(AMSTERDAM).date().isoformat(),
        "can_take": visit.may("zaakOvernemen") and case["behandelaar"] != visit.session.user_id,
        "can_return": visit.may("zaakTeruggeven") and case["behandelaar"] == visit.session.user_id,
    }


def entries(found: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Lines of a timeline, with who did it in words."""
    return [{**entry, "wie": actor(entry["door"])} for entry in found]


def actor(name: str) -> str:
    """Who did something: a colleague, or a rule of the system."""
    return _("automatisch, door het systeem") if name.startswith(RULE) else name


def latest_sent(sent: Any, most: int | None = LATEST) -> list[dict[str, Any]] | None:
    """Letters and mails together, newest first; None: cannot be known, or may not."""
    if sent is None:
        return None
    letters = [
        {**one, "soort": "brief", "klaarOp": one["afgerondOp"], "aan": None}
        for one in sent["brieven"]
    ]
    mails = [{**one, "soort": "e-mail", "klaarOp": one["verzondenOp"]} for one in sent["emails"]]
    newest = sorted([*letters, *mails], key=lambda one: str(one["gevraagdOp"]), reverse=True)
    return newest[:most]


def name_of(team_id: str | None, teams: Any) -> str:
    """What a team is called."""
    known = {one["id"]: str(one["naam"]) for one in (teams["resultaten"] if teams else ())}
    return known.get(team_id or "", "")
