"""Heronderzoek starten, step 4: cases are made, live; and where a batch is after that."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response

from services.gateway.pages.formatting import as_moment
from services.gateway.pages.own_api import Declined
from services.gateway.pages.routing import Pages
from services.gateway.pages.visit import TheVisit, Visit

PER_PAGE, LAST_PAGE = 50, 10_000
NOT_FOUND, MINUTE = 404, 60
#: A guess of more minutes says nothing: something stands still.
LONGEST = 120
OPENING = "openen"
NOBODY: Mapping[str, Any] = {"aantal": 0, "pagina": 1, "resultaten": []}

router = Pages()


@dataclass(frozen=True)
class Opening:
    """How far the cases of a batch are."""

    file: str
    rows: int
    left_out: int
    offered: int
    made: int
    refused: int
    waiting: int
    status: str
    trouble: str | None
    first: str | None
    last: str | None
    began: str | None

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Opening:
        """From what the parts say; cases may not have heard of the batch yet."""
        file, cases = told["bestand"] or {}, told["zaken"] or {}
        return cls(
            file=file.get("bestandsnaam") or cases.get("bestandsnaam", ""),
            rows=file.get("aantalRijen") or cases.get("aantalRijen", 0),
            left_out=file.get("aantalWeggelaten", 0),
            offered=file.get("aangeboden", 0),
            made=cases.get("aantalZaken", 0),
            refused=cases.get("aantalGeweigerd", 0),
            waiting=cases.get("aantalWachtOpBeheerder", 0),
            status=cases.get("status", OPENING),
            trouble=file.get("storing"),
            first=file.get("eersteZaaknummer"),
            last=file.get("laatsteZaaknummer"),
            began=file.get("bevestigdOp"),
        )

    @property
    def is_busy(self) -> bool:
        """Whether rows still wait for their case."""
        return self.status == OPENING

    @property
    def done(self) -> int:
        """Rows that were dealt with, as far as is known: counts of cases come at the end."""
        return min(max(self.made + self.refused, self.offered), self.rows)

    @property
    def minutes_left(self) -> int | None:
        """How long it takes by how fast it went; None when that cannot be said (yet)."""
        if not self.began or not self.done or self.done >= self.rows:
            return None
        passed = (datetime.now(UTC) - as_moment(self.began)).total_seconds()
        minutes = ceil(passed * (self.rows - self.done) / self.done / MINUTE)
        return minutes if minutes <= LONGEST else None


@router.page("/heronderzoek/batches/{id}", needs="voortgangLezen")
async def opening(
    visit: TheVisit,
    id: UUID,  # noqa: A002 - a name in the address
    pagina: Annotated[int, Query(ge=1, le=LAST_PAGE)] = 1,
) -> Response:
    """The cases of a batch as they are made, and the rows that became none."""
    told, refusals = await asyncio.gather(
        visit.read("voortgangLezen", id=id), _refusals(visit, id, pagina)
    )
    visit.away.update(told["nietBereikbaar"])
    return await visit.show(
        "starting/opening.html",
        batch_id=id,
        batch=Opening.of(told),
        refusals=refusals,
        per_page=PER_PAGE,
    )


@router.page("/heronderzoek/batches/{id}/voortgang", needs="voortgangLezen")
async def opening_progress(visit: TheVisit, id: UUID) -> Response:  # noqa: A002 - in the address
    """The piece of the page that moves."""
    batch = Opening.of(await visit.read("voortgangLezen", id=id))
    if not batch.is_busy:
        return Response(headers={"HX-Redirect": f"/heronderzoek/batches/{id}"})
    return visit.part("starting/opening_part.html", batch=batch, batch_id=id)


async def _refusals(visit: Visit, batch_id: UUID, page: int) -> Any:
    """Rows that became no case; a batch that cases has not heard of yet has none."""
    try:
        found = await visit.perhaps("geweigerdeLezen", id=batch_id, pagina=page, perPagina=PER_PAGE)
    except Declined as declined:
        if declined.status != NOT_FOUND:
            raise
        return NOBODY
    return NOBODY if found is None else found
