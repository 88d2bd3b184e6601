"""Zaken: the work list. What is chosen stands in its address, so it can be kept and sent on."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Query, Response
from starlette.requests import Request

from services.gateway.pages.formatting import AMSTERDAM
from services.gateway.pages.routing import Pages
from services.gateway.pages.screens import _
from services.gateway.pages.visit import TheVisit, Visit

#: What a list can be narrowed to, in the order in which it is told.
FILTERS = ("status", "teamId", "behandelaar", "batchId", "termijnVoorbij", "bezwaar")
#: Whose cases, when it is not one colleague by the id.
MINE, NOBODY = "ik", "niemand"
SIZES = (50, 100)
#: Remembers how many rows somebody wants on a page.
SIZE_COOKIE, SIZE_SECONDS = "heronderzoek-per-pagina", 365 * 24 * 3600
#: Further than there are cases; it keeps a number in an address a number.
LAST_PAGE = 10_000
#: So many teams and batches can be chosen from.
CHOICES = 100

PageNumber = Annotated[int, Query(ge=1, le=LAST_PAGE)]
router = Pages()


@dataclass(frozen=True)
class Chosen:
    """What a list is narrowed to, by the name in its address."""

    values: Mapping[str, str]

    @classmethod
    def of(cls, request: Request) -> Chosen:
        """As an address says it; `mijn` is what other pages say."""
        given = request.query_params
        values = {name: given[name] for name in FILTERS if given.get(name)}
        if given.get("mijn") == "true":
            values["behandelaar"] = MINE
        return cls(values)

    def get(self, name: str) -> str:
        """What was chosen, or nothing."""
        return self.values.get(name, "")

    def address(self, **changes: str) -> str:
        """The address of the list with other choices; an empty one takes a filter away."""
        values = {name: value for name, value in {**self.values, **changes}.items() if value}
        return f"/zaken?{urlencode(values)}" if values else "/zaken"

    def page_address(self) -> str:
        """The address that a page number can be put behind."""
        address = self.address()
        return f"{address}{'&' if '?' in address else '?'}pagina="

    def without(self, name: str) -> Chosen:
        """The same, wider by one filter."""
        return Chosen({key: value for key, value in self.values.items() if key != name})

    def asked(self) -> dict[str, str]:
        """As the API asks it."""
        query = dict(self.values)
        whose = query.pop("behandelaar", "")
        if whose == MINE:
            return query | {"mijn": "true"}
        if whose == NOBODY:
            return query | {"onverdeeld": "true"}
        return query | ({"behandelaar": whose} if whose else {})


@router.page("/zaken", needs="zakenLezen")
async def work_list_page(visit: TheVisit, pagina: PageNumber = 1, selectie: str = "") -> Response:
    """A page of the work list."""
    chosen, size = Chosen.of(visit.request), page_size(visit.request)
    found, mine, everyone, teams, batches = await asyncio.gather(
        visit.read("zakenLezen", **chosen.asked(), pagina=pagina, perPagina=size),
        visit.read("zakenLezen", mijn="true", perPagina=1),
        visit.read("zakenLezen", perPagina=1),
        visit.perhaps("teamsLezen", perPagina=CHOICES),
        visit.perhaps("batchesLezen", perPagina=CHOICES),
    )
    answer = await visit.show(
        "cases/list.html",
        found=found,
        chosen=chosen,
        size=size,
        sizes=SIZES,
        mine=mine["aantal"],
        everyone=everyone,
        teams=teams["resultaten"] if teams else [],
        batches=batches["resultaten"] if batches else [],
        colleagues=colleagues_of(teams),
        filters=named_filters(chosen, teams, batches),
        wider=await wider(visit, chosen) if not found["aantal"] else None,
        is_ticked=selectie == "pagina",
        today=datetime.now(AMSTERDAM).date().isoformat(),
    )
    if "perPagina" in visit.request.query_params:
        answer.set_cookie(SIZE_COOKIE, str(size), SIZE_SECONDS, httponly=True, samesite="lax")
    return answer


def page_size(request: Request) -> int:
    """How many rows somebody wants: what the address says, or what was wanted before."""
    wanted = request.query_params.get("perPagina") or request.cookies.get(SIZE_COOKIE, "")
    return next((size for size in SIZES if str(size) == wanted), SIZES[0])


def colleagues_of(teams: Any) -> list[tuple[str, str]]:
    """Everybody in a team, once, by name."""
    members = [
        member for team in (teams["resultaten"] if teams else ()) for member in team["leden"]
    ]
    named = {member["gebruikerId"]: member["naam"] for member in members}
    return sorted(named.items(), key=lambda pair: pair[1])


def named_filters(chosen: Chosen, teams: Any, batches: Any) -> list[tuple[str, str, str]]:
    """Each filter that is on: its name, what it is about, and what was chosen, in words."""
    team_names = {one["id"]: one["naam"] for one in (teams["resultaten"] if teams else ())}
    files = {one["id"]: one["bestandsnaam"] for one in (batches["resultaten"] if batches else ())}
    people = {MINE: _("ik"), NOBODY: _("niemand"), **dict(colleagues_of(teams))}
    #: What a filter is about, its values in words, and the words for a value that is not there.
    words: dict[str, tuple[str, Mapping[str, str], str]] = {
        "status": (_("Status"), {}, chosen.get("status")),
        "teamId": (_("Team"), team_names, _("een ander team")),
        "behandelaar": (_("Behandelaar"), people, _("een collega")),
        "batchId": (_("Batch"), files, _("een eerdere batch")),
        "termijnVoorbij": (_("Termijn"), {}, _("voorbij")),
        "bezwaar": (_("Bezwaar"), {}, _("ja")),
    }
    on = [(name, *words[name]) for name in FILTERS if name in chosen.values]
    return [(name, about, named.get(chosen.get(name), rest)) for name, about, named, rest in on]


async def wider(visit: Visit, chosen: Chosen) -> tuple[str, int] | None:
    """The filter without which there is most to see, and how much that is."""
    names = [name for name in FILTERS if name in chosen.values]
    if len(names) < 2:  # noqa: PLR2004 - without the only filter one sees all
        return None
    pages = await asyncio.gather(
        *(visit.read("zakenLezen", **chosen.without(name).asked(), perPagina=1) for name in names)
    )
    count, name = max((page["aantal"], name) for page, name in zip(pages, names, strict=True))
    return (name, count) if count else None
