"""The HTTP doors of letters that came back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, StringConstraints

from services.documents import errors, posting, tables, waiting
from services.documents.api import OPENERS, Page
from services.documents.domain.returned import ReturnedLetter
from shared.chassis.loads import Load
from shared.chassis.web import Doors, Run, TheDoors, Who
from shared.contracts.codes import Purpose, ReturnReason

router = APIRouter(tags=["retourpost"])

#: As typed or scanned: blanks around it and small letters do no harm.
CaseNumber = Annotated[
    str,
    StringConstraints(strip_whitespace=True, to_upper=True, min_length=1, max_length=40),
]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500)]
REFUSED: dict[int | str, dict[str, Any]] = {
    409: {"description": "Al als retour verwerkt, of nog niet afgedrukt; de uitleg zegt wat"}
}


class NieuweRetour(BaseModel):
    """A letter that came back; without a letter the last one of the case that was printed."""

    model_config = ConfigDict(extra="forbid")

    zaaknummer: CaseNumber
    reden: ReturnReason
    retourDatum: date
    documentId: UUID | None = None
    toelichting: Reason | None = None


class Ongedaan(BaseModel):
    """Why a return was a mistake."""

    model_config = ConfigDict(extra="forbid")

    reden: Reason


class Retour(BaseModel):
    """A letter that came back."""

    id: UUID
    zaakId: UUID
    zaaknummer: str
    batchId: UUID | None
    doel: Purpose
    reden: ReturnReason
    retourDatum: date
    toelichting: str | None
    door: str
    verwerktOp: datetime
    ingetrokkenDoor: str | None
    ingetrokkenOp: datetime | None
    ingetrokkenReden: str | None

    @classmethod
    def of(cls, one: ReturnedLetter, names: Mapping[str, str]) -> Retour:
        """A returned letter, with the names of users where they are known."""
        undone_by = one.undone_by and names.get(one.undone_by, one.undone_by)
        return cls(
            id=one.id,
            zaakId=one.case_id,
            zaaknummer=one.case_number,
            batchId=one.batch_id,
            doel=Purpose(one.purpose),
            reden=ReturnReason(one.reason),
            retourDatum=one.returned_on,
            toelichting=one.remark,
            door=names.get(one.by, one.by),
            verwerktOp=one.at,
            ingetrokkenDoor=undone_by,
            ingetrokkenOp=one.undone_at,
            ingetrokkenReden=one.undone_reason,
        )


class Retouren(BaseModel):
    """A page of returned letters."""

    aantal: int
    pagina: int
    resultaten: list[Retour]


@router.get("/retourpost")
async def list_returns(
    doors: TheDoors,
    who: Who,
    page: Page,
    batchId: UUID | None = None,  # noqa: N803 - the wire's name
    zaaknummer: Annotated[str | None, Query(max_length=40)] = None,
) -> Retouren:
    """Letters that came back, newest first; of a batch or a case when asked for."""
    who.require(*OPENERS)
    number = zaaknummer.strip().upper() if zaaknummer else None
    async with doors.database.transaction(who.gemeente) as tx:
        total, rows = await waiting.returned_page(
            tx.connection, who.gemeente, batchId, number, page.page, page.per_page
        )
        found = [ReturnedLetter(**row) for row in rows]
        names = await waiting.names(tx.connection, _people(found))
    return Retouren(
        aantal=total, pagina=page.page, resultaten=[Retour.of(one, names) for one in found]
    )


@router.post("/retourpost", status_code=201, responses=REFUSED)
async def take_return(doors: TheDoors, who: Who, run: Run, new: NieuweRetour) -> Retour:
    """Enter a letter that came back: its case pauses, and gets a task."""
    who.require(*OPENERS)
    command = posting.TakeReturn(
        new.zaaknummer, new.documentId, new.reden, new.retourDatum, new.toelichting
    )
    taken = await run(posting.take_return, command)
    return await _return_of(doors, who.gemeente, UUID(taken["id"]))


@router.get("/retourpost/{retourId}")
async def show_return(doors: TheDoors, who: Who, retourId: UUID) -> Retour:  # noqa: N803 - the wire's name
    """One letter that came back."""
    who.require(*OPENERS)
    return await _return_of(doors, who.gemeente, retourId)


@router.post("/retourpost/{retourId}/intrekking", responses=REFUSED)
async def undo_return(
    doors: TheDoors,
    who: Who,
    run: Run,
    retourId: UUID,  # noqa: N803 - the wire's name
    body: Ongedaan,
) -> Retour:
    """Take a return back: the wrong case number was entered."""
    who.require(*OPENERS)
    load = Load(tables.returned_letters, lambda _: retourId)
    await run(posting.undo_return, posting.UndoReturn(retourId, body.reden), loads=[load])
    return await _return_of(doors, who.gemeente, retourId)


async def _return_of(doors: Doors, gemeente: str, document_id: UUID) -> Retour:
    table = tables.returned_letters
    async with doors.database.transaction(gemeente) as tx:
        statement = sa.select(table).where(table.c.id == document_id)
        row = (await tx.connection.execute(statement)).mappings().first()
        if row is None:
            raise errors.ReturnUnknown
        found = ReturnedLetter(**row)
        names = await waiting.names(tx.connection, _people([found]))
    return Retour.of(found, names)


def _people(found: list[ReturnedLetter]) -> list[str]:
    return sorted({user for one in found for user in (one.by, one.undone_by) if user})
