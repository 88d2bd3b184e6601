"""Heronderzoek starten, step 3: how far the check is, what it found, and the word to go on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Query, Response

from services.gateway.pages.forms import Form
from services.gateway.pages.own_api import Declined
from services.gateway.pages.routing import Pages
from services.gateway.pages.visit import TheVisit, Visit

PER_PAGE = 100
LAST_PAGE, LAST_ROW = 10_000, 1_048_576
BUSY = frozenset({"ontvangen", "controleren"})
#: A finding about the whole row stands in this column of the table.
WHOLE_ROW = ""
#: Refusals after a tick that belong on the page itself, in words.
BAD_REQUEST, CONFLICT = 400, 409

router = Pages()


class Shown(StrEnum):
    """Which findings the table shows."""

    WRONG = "fout"
    DOUBT = "waarschuwing"
    NOTE = "melding"


@dataclass
class Row:
    """A row of the file with what was found in it, by column."""

    number: int
    cells: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)


Number = Annotated[int, Query(ge=1, le=LAST_PAGE)]
RowNumber = Annotated[int | None, Query(ge=1, le=LAST_ROW)]
Kind = Annotated[str | None, Query(max_length=60)]


@router.page("/heronderzoek/bestanden/{id}", needs="bevindingenLezen")
async def check_page(
    visit: TheVisit,
    id: UUID,  # noqa: A002 - a name in the address
    toon: Shown = Shown.WRONG,
    soort: Kind = None,
    pagina: Number = 1,
    rij: RowNumber = None,
) -> Response:
    """The check as far as it is: busy, refused, or what was found."""
    upload = await visit.read("uploadLezen", id=id)
    if upload["status"] in BUSY:
        return await visit.show("starting/busy.html", upload=upload)
    return await _found(visit, upload, Choice(toon, soort, pagina, rij), Form())


@router.page("/heronderzoek/bestanden/{id}/voortgang", needs="uploadLezen")
async def check_progress(visit: TheVisit, id: UUID) -> Response:  # noqa: A002 - in the address
    """The piece of the page that moves; when the check has ended the browser goes to its page."""
    upload = await visit.read("uploadLezen", id=id)
    if upload["status"] not in BUSY:
        return Response(headers={"HX-Redirect": f"/heronderzoek/bestanden/{id}"})
    return visit.part("starting/busy_part.html", upload=upload)


@router.form("/heronderzoek/bestanden/{id}/bevestiging", sends="uploadBevestigen")
async def confirm(visit: TheVisit, id: UUID) -> Response:  # noqa: A002 - a name in the address
    """Agree: every (good) row becomes a case. Twice is once; both end at the same batch."""
    body = {
        "akkoord": visit.values.get("akkoord") == "ja",
        "zonderFouteRijen": visit.values.get("zonderFouteRijen") == "ja",
    }
    try:
        made = await visit.send("uploadBevestigen", id=id, json=body)
    except Declined as declined:
        if declined.status not in {BAD_REQUEST, CONFLICT}:
            raise
        return await again(visit, id, declined)
    return visit.go(f"/heronderzoek/batches/{made['batchId']}")


async def again(visit: Visit, upload_id: UUID, declined: Declined) -> Response:
    """The page of a check, with why what was asked cannot be."""
    upload = await visit.read("uploadLezen", id=upload_id)
    return await _found(visit, upload, Choice(), visit.again(declined), declined.status)


@dataclass(frozen=True)
class Choice:
    """What somebody wants to see of the findings."""

    shown: Shown = Shown.WRONG
    kind: str | None = None
    page: int = 1
    row: int | None = None

    def address(self, upload_id: str, **changes: Any) -> str:
        """The page with another choice; `rij` is never kept, it leads somewhere once."""
        query = {"toon": self.shown, "soort": self.kind} | changes
        chosen = {name: value for name, value in query.items() if value is not None}
        return f"/heronderzoek/bestanden/{upload_id}?{urlencode(chosen)}"


async def _found(
    visit: Visit, upload: Any, choice: Choice, form: Form, status: int = 200
) -> Response:
    """The page of a check that ended."""
    if upload["status"] == "geweigerd":
        return await visit.show("starting/refused.html", status, upload=upload, form=form)
    found = await visit.read(
        "bevindingenLezen",
        id=upload["id"],
        ernst=choice.shown,
        soort=choice.kind,
        vanafRij=choice.row,
        pagina=choice.page,
        perPagina=PER_PAGE,
    )
    rows = by_row(found["resultaten"])
    return await visit.show(
        "starting/checked.html",
        status,
        upload=upload,
        groups=[one for one in upload["groepen"] if one["ernst"] == choice.shown],
        notes=sum(one["aantal"] for one in upload["groepen"] if one["ernst"] == "melding"),
        skipped=[one for one in upload["kolommen"] if one["kolom"] is None],
        found=found,
        rows=rows,
        columns=columns_of(rows),
        choice=choice,
        per_page=PER_PAGE,
        form=form,
    )


def by_row(findings: Iterable[Mapping[str, Any]]) -> list[Row]:
    """Findings that come by row, each row once."""
    rows: dict[int, Row] = {}
    for one in findings:
        row = rows.setdefault(one["rij"], Row(one["rij"]))
        row.cells.setdefault(one["kolom"] or WHOLE_ROW, []).append(one)
    return list(rows.values())


def columns_of(rows: Sequence[Row]) -> list[str]:
    """The columns that something was found in, those of the most rows first."""
    counts: dict[str, int] = {}
    for row in rows:
        for name in row.cells:
            counts[name] = counts.get(name, 0) + 1
    return sorted(counts, key=lambda name: (-counts[name], name))
