"""For the gateway: the row of a resident as it was supplied, while its file is still kept."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from pydantic_core import from_json

from services.intake import queries
from services.intake.contract.person import row_number
from services.intake.domain import ROWS_PER_FRAME, Batch, case_id_of
from services.intake.frames import frame_key
from shared.chassis.bucket import Bucket
from shared.chassis.web import TheDoors, Who
from shared.contracts.codes import Role
from shared.contracts.inzage import Inzagedeel, Inzageonderdeel, Inzagevraag, own_data

router = APIRouter(tags=["intake"])

GONE = "Het bestand is niet meer bewaard. Wat erin stond, staat bij uw gegevens in de zaak."


@router.post("/inzage-delen")
async def hand_over(body: Inzagevraag, request: Request, who: Who, doors: TheDoors) -> Inzagedeel:
    """Geef de rij zoals de gemeente die aanleverde, en wie dat wanneer deed."""
    who.require(Role.SYSTEEM)
    async with doors.database.transaction(who.gemeente) as transaction:
        found = await queries.batch_row(transaction, body.batchId)
    if found is None:
        return Inzagedeel(onderdelen=[])
    batch = found[0]
    row = await _row(request.app.state.bucket, batch, body)
    supplied = {
        "bestand": batch.file_name,
        "bevestigdOp": batch.confirmed_at,
        "door": batch.confirmed_by,
    }
    lines = [supplied if row is None else {**supplied, **row}]
    part = Inzageonderdeel(
        titel="De rij zoals die is aangeleverd", uitleg=None if row else GONE, regels=lines
    )
    return Inzagedeel(onderdelen=[part])


async def _row(bucket: Bucket, batch: Batch, body: Inzagevraag) -> dict[str, Any] | None:
    """The row of a case, without what is another's; None when the file is gone."""
    number, place = divmod(body.volgnummer - 1, ROWS_PER_FRAME)
    key = frame_key(batch.gemeente, batch.upload_id, batch.attempt, number + 1)
    content = await bucket.get_sealed(key)
    lines = [] if content is None else content.splitlines()
    if place >= len(lines) or case_id_of(batch.id, row_number(lines[place])) != body.zaakId:
        return None
    row = from_json(lines[place])
    return {"rij": row["rij"], "persoon": own_data(row["persoon"], body.wie)}
