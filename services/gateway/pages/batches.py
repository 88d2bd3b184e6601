"""Batches and files: where a heronderzoek that was started is, and how to go on with it."""

from __future__ import annotations

import asyncio
from enum import StrEnum
from typing import Annotated, Any

from fastapi import Query, Response

from services.gateway.pages.routing import Pages
from services.gateway.pages.visit import TheVisit

PER_PAGE, LAST_PAGE = 50, 10_000

router = Pages()


class Shown(StrEnum):
    """Which list is shown: batches, or files that are no batch."""

    BATCHES = "batches"
    WAITING = "gecontroleerd"
    CHECKING = "controleren"
    REFUSED = "geweigerd"


@router.page("/batches", needs="batchesLezen")
async def batches_page(
    visit: TheVisit,
    toon: Shown = Shown.BATCHES,
    pagina: Annotated[int, Query(ge=1, le=LAST_PAGE)] = 1,
) -> Response:
    """Batches, or files that wait for somebody, newest first."""
    lists = await asyncio.gather(*(_list(visit, shown, toon, pagina) for shown in Shown))
    found = dict(zip(Shown, lists, strict=True))
    return await visit.show("batches.html", found=found, shown=toon, per_page=PER_PAGE)


async def _list(visit: Any, which: Shown, shown: Shown, page: int) -> Any:
    """A page of the list that is shown, and of the others how many there are."""
    size, number = (PER_PAGE, page) if which == shown else (1, 1)
    if which == Shown.BATCHES:
        return await visit.read("batchesLezen", pagina=number, perPagina=size)
    return await visit.read("uploadsLezen", status=which, pagina=number, perPagina=size)
