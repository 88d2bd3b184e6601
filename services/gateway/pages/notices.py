"""Meldingen: what happened while somebody did something else."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.gateway.pages.routing import Pages
from services.gateway.pages.visit import TheVisit

PER_PAGE = 25
#: Further than anybody reads; it keeps a number in an address a number.
LAST_PAGE = 10_000

router = Pages()


@router.page("/meldingen", needs="meldingenLezen")
async def notices_page(
    visit: TheVisit, pagina: Annotated[int, Query(ge=1, le=LAST_PAGE)] = 1
) -> Response:
    """The notices of this user, newest first."""
    found = await visit.read("meldingenLezen", pagina=pagina, perPagina=PER_PAGE)
    return await visit.show("notices.html", found=found, per_page=PER_PAGE)


@router.form("/meldingen/{id}/gelezen", sends="meldingGelezen")
async def read(visit: TheVisit, id: UUID) -> Response:  # noqa: A002 - a name in the address
    """This user has read a notice."""
    await visit.send("meldingGelezen", id=id)
    page = visit.values.get("pagina", "1")
    return visit.go(f"/meldingen?pagina={page}" if page.isdecimal() else "/meldingen")
