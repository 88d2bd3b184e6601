"""For the gateway: what documents has about a resident who asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncConnection

from services.documents import tables
from services.documents.domain import LetterState
from shared.chassis.web import TheDoors, Who
from shared.contracts.codes import Role
from shared.contracts.inzage import (
    Betrokkene,
    Inzagebestand,
    Inzagedeel,
    Inzageonderdeel,
    Inzagevraag,
    named,
)

router = APIRouter(tags=["documenten"])

_LETTER = {
    "purpose": "doel",
    "asked_at": "gevraagdOp",
    "ended_at": "klaarOp",
    "state": "status",
    "reason": "reden",
    "pages": "paginas",
    "sha256": "sha256",
    "posted_on": "gepostOp",
}
_RETURNED = {
    "purpose": "doel",
    "returned_on": "retourOp",
    "reason": "reden",
    "remark": "opmerking",
    "by": "door",
    "at": "op",
    "undone_at": "ingetrokkenOp",
    "undone_by": "ingetrokkenDoor",
    "undone_reason": "redenIntrekking",
}
TO_THE_RESIDENT = "Brieven gaan naar de inwoner van de zaak. Zij horen bij diens inzage."


@router.post("/inzage-delen")
async def hand_over(body: Inzagevraag, who: Who, doors: TheDoors) -> Inzagedeel:
    """The letters of a case; they were written to the resident alone."""
    who.require(Role.SYSTEEM)
    if body.wie is Betrokkene.PARTNER:
        none = Inzageonderdeel(titel="Brieven", uitleg=TO_THE_RESIDENT, regels=[])
        return Inzagedeel(onderdelen=[none])
    async with doors.database.transaction(who.gemeente) as tx:
        letters = await _letters(tx.connection, who.gemeente, body.zaakId)
        returned = await _returned(tx.connection, who.gemeente, body.zaakId)
    return Inzagedeel(
        onderdelen=[
            Inzageonderdeel(titel="Brieven", regels=[named(row, _LETTER) for row in letters]),
            Inzageonderdeel(
                titel="Brieven die terugkwamen", regels=[named(row, _RETURNED) for row in returned]
            ),
        ],
        bestanden=[_file(row) for row in letters if row["state"] == LetterState.MADE],
    )


def _file(row: sa.RowMapping) -> Inzagebestand:
    """The PDF of a letter, by a name that sorts by day."""
    name = f"{row['asked_at']:%Y-%m-%d}_brief_{row['purpose']}_{str(row['id'])[:8]}.pdf"
    return Inzagebestand(naam=name, pad=f"/documenten/{row['id']}/inhoud")


async def _letters(
    connection: AsyncConnection, gemeente: str, case_id: UUID
) -> Sequence[sa.RowMapping]:
    """Every letter of a case, oldest first, with the day on which it was posted."""
    letter, inside, file = (
        tables.documents.c,
        tables.print_file_letters.c,
        tables.print_files.c,
    )
    statement = (
        sa.select(
            letter.id,
            *(letter[name] for name in _LETTER if name != "posted_on"),
            file.posted_on,
        )
        .outerjoin(tables.print_file_letters, inside.document_id == letter.id)
        .outerjoin(tables.print_files, file.id == inside.print_file_id)
        .where(letter.gemeente == gemeente, letter.case_id == case_id)
        .order_by(letter.asked_at, letter.id)
    )
    return (await connection.execute(statement)).mappings().all()


async def _returned(
    connection: AsyncConnection, gemeente: str, case_id: UUID
) -> Sequence[sa.RowMapping]:
    table = tables.returned_letters
    statement = sa.select(table).where(table.c.gemeente == gemeente, table.c.case_id == case_id)
    return (await connection.execute(statement.order_by(table.c.at))).mappings().all()
