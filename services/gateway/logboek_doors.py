"""The HTTP doors of the logboek, for the auditor."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel

from services.gateway import holding, logboek, seals, spreadsheet
from services.gateway.forwarding import TheUpstream
from services.gateway.guard import May
from services.gateway.limits import BoundedRoute
from services.gateway.logboek import Question

OK = 200
HEAD = (
    "Nummer",
    "Moment",
    "Gebruiker",
    "Naam",
    "Actie",
    "Object",
    "Zaak",
    "Wat",
    "Reden",
    "Resultaat",
    "Herkomst",
    "Trace",
)

router = APIRouter(route_class=BoundedRoute, tags=["Logboek"])


class Bestandssoort(StrEnum):
    """What kind of file to save."""

    CSV = "csv"
    XLSX = "xlsx"


class Logregel(BaseModel):
    """One line of the logboek."""

    nummer: int
    gelogdOp: datetime
    gebruikerId: str
    gebruikerNaam: str | None
    actie: str
    object: str
    zaakId: UUID | None
    toelichting: str | None
    reden: str | None
    resultaat: int
    herkomst: str
    traceId: str | None


class Logboek(BaseModel):
    """A page of the logboek, newest first."""

    aantal: int
    pagina: int
    resultaten: list[Logregel]


def question(
    vanDatum: date | None = None,  # noqa: N803 - a name on the wire
    totDatum: date | None = None,  # noqa: N803
    gebruikerId: Annotated[str | None, Query(max_length=100)] = None,  # noqa: N803
    actie: Annotated[str | None, Query(max_length=100)] = None,
    zaakId: UUID | None = None,  # noqa: N803
    resultaat: Annotated[int | None, Query(ge=100, le=599)] = None,
) -> Question:
    """Which lines are asked for."""
    return Question(vanDatum, totDatum, gebruikerId, actie, zaakId, resultaat)


Asked = Annotated[Question, Depends(question)]


@router.get("/logboek")
async def logboek_lezen(
    may: May,
    asked: Asked,
    upstream: TheUpstream,
    pagina: Annotated[int, Query(ge=1, le=100_000)] = 1,
    perPagina: Annotated[int, Query(ge=1, le=200)] = 50,  # noqa: N803
) -> Logboek:
    """Read the logboek of the gemeente."""
    gemeente = may.session.gemeente
    async with may.logged_refusal():
        asked = await _with_files(asked, may, upstream)
        async with may.doors.database.transaction(gemeente) as transaction:
            total, rows = await logboek.page(transaction, gemeente, asked, pagina, perPagina)
    await may.log(OK)
    return Logboek(aantal=total, pagina=pagina, resultaten=[_line(row) for row in rows])


@router.get("/logboek/bestand", response_class=Response)
async def logboek_opslaan(
    may: May, asked: Asked, upstream: TheUpstream, soort: Bestandssoort = Bestandssoort.CSV
) -> Response:
    """Save what fits as CSV or as a workbook."""
    gemeente = may.session.gemeente
    async with may.logged_refusal():
        asked = await _with_files(asked, may, upstream)
        async with may.doors.database.transaction(gemeente) as transaction:
            rows = await logboek.everything(transaction, gemeente, asked)
    content = await asyncio.to_thread(_file, soort, rows)
    await may.log(OK, detail=f"{len(rows)} regels als {soort}")
    return Response(
        content,
        media_type=spreadsheet.CSV if soort is Bestandssoort.CSV else spreadsheet.XLSX,
        headers={"Content-Disposition": f'attachment; filename="logboek.{soort}"'},
    )


async def _with_files(asked: Question, may: May, upstream: TheUpstream) -> Question:
    """A question about a case is also about the files that hold it."""
    if asked.case_id is None:
        return asked
    return replace(asked, files=await holding.files_with(asked.case_id, may, upstream))


def _file(kind: Bestandssoort, rows: list[dict[str, Any]]) -> bytes:
    cells = [_cells(row) for row in rows]
    if kind is Bestandssoort.CSV:
        return spreadsheet.as_csv(HEAD, cells)
    return spreadsheet.as_xlsx("Logboek", HEAD, cells)


def _cells(row: dict[str, Any]) -> list[str]:
    values = (
        row["id"],
        row["at"].astimezone(seals.ZONE).strftime("%d-%m-%Y %H:%M:%S"),
        row["actor"],
        row["actor_name"],
        row["action"],
        row["object"],
        row["case_id"],
        row["detail"],
        row["reason"],
        row["result"],
        row["origin"],
        row["trace_id"],
    )
    return ["" if value is None else str(value) for value in values]


def _line(row: dict[str, Any]) -> Logregel:
    return Logregel(
        nummer=row["id"],
        gelogdOp=row["at"],
        gebruikerId=row["actor"],
        gebruikerNaam=row["actor_name"],
        actie=row["action"],
        object=row["object"],
        zaakId=row["case_id"],
        toelichting=row["detail"],
        reden=row["reason"],
        resultaat=row["result"],
        herkomst=row["origin"],
        traceId=row["trace_id"],
    )
