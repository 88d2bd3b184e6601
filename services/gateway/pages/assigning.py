"""Giving selected cases to a colleague or a team, or dividing them over a team."""

from __future__ import annotations

from typing import Any

from fastapi import Response

from services.gateway.pages.forms import Form
from services.gateway.pages.own_api import Declined
from services.gateway.pages.routing import Pages
from services.gateway.pages.screens import _
from services.gateway.pages.visit import OK, TheVisit, Visit
from services.gateway.pages.work_list import CHOICES, colleagues_of

#: The ids of the selected cases, and the field that says that somebody chose to whom.
CASES, CHOSEN = "zaak", "gekozen"

router = Pages()


@router.form("/zaken/toewijzen", sends="zakenToewijzen")
async def assign(visit: TheVisit) -> Response:
    """First ask to whom the selection goes, then give it."""
    chosen, typed = selection(visit), visit.values
    if not chosen or CHOSEN not in typed:
        return await _shown(visit, chosen, Form(typed), is_division=False)
    given = {name: typed.get(name, "").strip() for name in ("behandelaar", "teamId", "reden")}
    body = {name: value for name, value in given.items() if value}
    try:
        await visit.send("zakenToewijzen", json={"zaakIds": chosen, **body})
    except Declined as declined:
        form = visit.again(declined)
        return await _shown(visit, chosen, form, is_division=False, status=declined.status)
    return visit.go("/zaken", said=_("Toegewezen: %(count)s.") % {"count": counted(len(chosen))})


@router.form("/zaken/verdelen", sends="zakenVerdelen")
async def divide(visit: TheVisit) -> Response:
    """First ask over which team the selection is divided, then divide it."""
    chosen, typed = selection(visit), visit.values
    if not chosen or CHOSEN not in typed:
        return await _shown(visit, chosen, Form(typed), is_division=True)
    body = {"zaakIds": chosen, "teamId": typed.get("teamId", "")}
    try:
        answer = await visit.send("zakenVerdelen", json=body)
    except Declined as declined:
        form = visit.again(declined)
        return await _shown(visit, chosen, form, is_division=True, status=declined.status)
    return visit.go("/zaken", said=_("Verdeeld: %(parts)s.") % {"parts": shares(answer)})


def selection(visit: Visit) -> list[str]:
    """The selected cases."""
    return [str(one) for one in visit.form.getlist(CASES)]


def counted(count: int) -> str:
    """1 zaak, 3 zaken."""
    return _("1 zaak") if count == 1 else _("%(count)s zaken") % {"count": count}


def shares(answer: Any) -> str:
    """Who got how many."""
    return ", ".join(
        f"{one['behandelaarNaam'] or _('een collega')} {one['aantalZaken']}"
        for one in answer["verdeling"]
    )


async def _shown(
    visit: Visit, chosen: list[str], form: Form, *, is_division: bool, status: int = OK
) -> Response:
    teams = await visit.read("teamsLezen", perPagina=CHOICES)
    return await visit.show(
        "cases/assign.html",
        status,
        chosen=chosen,
        count=counted(len(chosen)),
        is_division=is_division,
        form=form,
        teams=teams["resultaten"],
        colleagues=colleagues_of(teams),
    )
