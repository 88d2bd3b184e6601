"""For the gateway: what communications has about a resident who asks for it."""

from __future__ import annotations

import sqlalchemy as sa
from fastapi import APIRouter

from services.communications import tables
from shared.chassis.web import TheDoors, Who
from shared.contracts.codes import Role
from shared.contracts.inzage import Betrokkene, Inzagedeel, Inzageonderdeel, Inzagevraag, named

router = APIRouter(tags=["communicatie"])

_MESSAGE = {
    "placed_at": "op",
    "direction": "richting",
    "channel": "kanaal",
    "purpose": "doel",
    "status": "status",
    "reason": "reden",
    "pages": "paginas",
}


@router.post("/inzage-delen")
async def hand_over(body: Inzagevraag, who: Who, doors: TheDoors) -> Inzagedeel:
    """The messages of a case, and under which name and address the resident is known here."""
    who.require(Role.SYSTEEM)
    if body.wie is Betrokkene.PARTNER:
        return Inzagedeel(onderdelen=[])
    people, messages = tables.participants, tables.messages
    async with doors.database.transaction(who.gemeente) as tx:
        known = await tx.connection.execute(
            sa.select(people).where(
                people.c.gemeente == who.gemeente, people.c.case_id == body.zaakId
            )
        )
        residents = [doors.mapper.to_item(people, row) for row in known.mappings()]
        said = await tx.connection.execute(
            sa.select(messages)
            .where(messages.c.gemeente == who.gemeente, messages.c.case_id == body.zaakId)
            .order_by(messages.c.placed_at, messages.c.id)
        )
        lines = [named(row, _MESSAGE) for row in said.mappings()]
    return Inzagedeel(
        onderdelen=[
            Inzageonderdeel(
                titel="Onder welke naam wij met u schrijven",
                regels=[{"naam": one.name, "email": one.email} for one in residents],
            ),
            Inzageonderdeel(titel="Berichten in de zaak", regels=lines),
        ]
    )
