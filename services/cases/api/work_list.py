"""The work list: a page of it, the place of a case in it, and all of it as a file."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import StreamingResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from services.cases import answers, errors, listing, queries
from services.cases.api.cases import READERS, SENDERS, PageNumber, PageSize
from services.cases.domain import working_days
from services.cases.domain.work_list import CaseOrder
from services.cases.results import workbook
from shared.chassis.database import Transaction
from shared.chassis.identity import Identity
from shared.chassis.web import Doors, TheDoors, Who
from shared.contracts.codes import CaseStatus

router = APIRouter(tags=["zaken"])

#: Cases read at once: a transaction of some tens of milliseconds, never as long as a download.
AT_ONCE = 500


class FileKind(StrEnum):
    """As which file a list is saved."""

    XLSX = "xlsx"
    CSV = "csv"


MEDIA = {
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileKind.CSV: "text/csv; charset=utf-8",
}
FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Het bestand",
        "content": {
            kind.partition(";")[0]: {"schema": {"type": "string", "format": "binary"}}
            for kind in MEDIA.values()
        },
    }
}


@dataclass(frozen=True)
class Listing:
    """What somebody looks for in the work list, as an address says it."""

    batch_id: Annotated[UUID | None, Query(alias="batchId")] = None
    status: CaseStatus | None = None
    is_open: Annotated[bool, Query(alias="open")] = False
    mine: Annotated[bool, Query(alias="mijn")] = False
    team_id: Annotated[UUID | None, Query(alias="teamId")] = None
    assignee: Annotated[str | None, Query(alias="behandelaar", max_length=100)] = None
    is_unassigned: Annotated[bool, Query(alias="onverdeeld")] = False
    is_overdue: Annotated[bool, Query(alias="termijnVoorbij")] = False
    has_objection: Annotated[bool, Query(alias="bezwaar")] = False
    indication: Annotated[str | None, Query(alias="indicatie", max_length=20)] = None
    order: Annotated[CaseOrder | None, Query(alias="volgorde")] = None

    async def wanted(self, who: Identity, tx: Transaction) -> queries.CaseFilter:
        """What that means today, for who asks."""
        today = working_days.today(tx.now)
        users: tuple[str, ...] = (self.assignee,) if self.assignee else ()
        if self.mine:
            mine = await queries.stands_in_for(tx.connection, who.gemeente, who.id, today)
            users = tuple(one for one in mine if not users or one in users) or ("",)
        return queries.CaseFilter(
            batch_id=self.batch_id,
            status=self.status,
            overdue_on=today if self.is_overdue else None,
            has_objection=self.has_objection,
            indication=self.indication,
            is_open=self.is_open,
            team_id=self.team_id,
            users=users,
            is_unassigned=self.is_unassigned,
            order=self.order,
        )


TheListing = Annotated[Listing, Depends()]


@router.get("/zaken")
async def list_cases(
    who: Who,
    doors: TheDoors,
    listing_: TheListing,
    with_choices: Annotated[bool, Query(alias="keuzes")] = False,
    page: PageNumber = 1,
    size: PageSize = 50,
) -> answers.CasePage:
    """A page of cases that are so, and how many there are of each kind."""
    who.require(*READERS)
    async with doors.database.transaction(who.gemeente) as tx:
        wanted = await listing_.wanted(who, tx)
        total, rows = await queries.case_page(
            tx.connection, who.gemeente, wanted, (page - 1) * size, size
        )
        today = working_days.today(tx.now)
        counts = await queries.case_counts(tx.connection, who.gemeente, wanted, today)
        choices = (
            await queries.choices(tx.connection, who.gemeente, wanted) if with_choices else None
        )
        lines = await _lines(tx.connection, who.gemeente, rows)
    return answers.CasePage(
        aantal=total,
        pagina=page,
        resultaten=lines,
        aantalPerStatus=counts.by_status,
        aantalTermijnVoorbij=counts.overdue,
        aantalBezwaar=counts.objected,
        keuzes=answers.ChoicesAnswer.of(choices) if choices else None,
        peilDatum=today,
    )


@router.get("/zaken/{case_id}/buren")
async def find_place(
    case_id: UUID, who: Who, doors: TheDoors, listing_: TheListing
) -> answers.PlaceAnswer:
    """Where a case stands in a list, and which cases come before and after it."""
    who.require(*READERS)
    async with doors.database.transaction(who.gemeente) as tx:
        wanted = await listing_.wanted(who, tx)
        place = await queries.place_in_list(tx.connection, who.gemeente, wanted, case_id)
    if place is None:
        raise errors.NoSuchCase
    return answers.PlaceAnswer.of(place)


@router.get("/zakenlijst", response_class=Response, responses=FILE)
async def save_list(
    who: Who,
    doors: TheDoors,
    listing_: TheListing,
    kind: Annotated[FileKind, Query(alias="formaat")] = FileKind.XLSX,
) -> StreamingResponse:
    """All cases of a list, a row per case."""
    who.require(*SENDERS)
    async with doors.database.transaction(who.gemeente) as tx:
        wanted = await listing_.wanted(who, tx)
        teams = await queries.team_names(tx.connection, who.gemeente)
        name = f"zaken-{working_days.today(tx.now).isoformat()}.{kind}"
    rows = _rows(doors, who.gemeente, wanted, teams)
    content = (
        listing.as_csv(rows) if kind is FileKind.CSV else workbook(rows, listing.COLUMNS, "Zaken")
    )
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(content, media_type=MEDIA[kind], headers=disposition)


async def _rows(
    doors: Doors, gemeente: str, wanted: queries.CaseFilter, teams: dict[UUID, str]
) -> AsyncIterator[list[list[str]]]:
    last = None
    while True:
        async with doors.database.transaction(gemeente) as tx:
            rows, last = await queries.cases_after(tx.connection, gemeente, wanted, last, AT_ONCE)
            lines = await _lines(tx.connection, gemeente, rows)
        if not rows:
            return
        yield [listing.cells_of(line, teams) for line in lines]


async def _lines(
    connection: AsyncConnection, gemeente: str, rows: queries.Rows
) -> list[answers.CaseLine]:
    """Cases as a list shows them."""
    ids = [row["id"] for row in rows]
    if not ids:
        return []
    assignees = [row["assignee"] for row in rows if row["assignee"]]
    names = await queries.colleagues(connection, gemeente, assignees)
    partners = await queries.partners(connection, ids)
    sent = await queries.last_sent(connection, gemeente, ids)
    return [
        answers.CaseLine.of(row, names, partners.get(row["id"]), sent.get(row["id"]))
        for row in rows
    ]
