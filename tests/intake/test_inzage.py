"""The row of a resident as it was supplied, for who asks what we have."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from services.intake.frames import frame_key
from services.intake.inzage_doors import GONE
from shared.contracts.codes import Role
from shared.contracts.events import RijAangeboden
from tests.intake.colleague import Intake

ROWS = 1003


async def _supplied(intake: Intake, question: dict[str, Any], **who: Any) -> list[dict[str, Any]]:
    headers = intake.token(Role.SYSTEEM, **who)
    answer = await intake.call("POST", "/inzage-delen", json=question, headers=headers)
    found: list[dict[str, Any]] = answer["onderdelen"]
    return found


async def test_the_row_is_found_at_its_place_and_shows_one_person(intake: Intake) -> None:
    """Also in the second thousand; the partner's row shows the partner."""
    upload = await intake.checked(intake.workbook(ROWS))
    await intake.confirm(upload["id"])
    await intake.bench.work_all("frames")
    rows = [event.data for event in await intake.events(RijAangeboden)]
    couple = next(row for row in rows if row.persoon.partner)
    for row in (rows[-1], couple):
        question = {
            "zaakId": str(row.zaakId),
            "batchId": str(row.batchId),
            "volgnummer": row.volgnummer,
            "wie": "inwoner",
        }
        (part,) = await _supplied(intake, question)
        (line,) = part["regels"]
        assert (line["rij"], line["persoon"]["bsn"]) == (row.rij, row.persoon.bsn)
        assert (line["bestand"], line["door"]) == ("bewoners.xlsx", "u-1")
    assert couple.persoon.partner is not None
    assert couple.persoon.partner.bsn not in str(line)
    (theirs,) = await _supplied(intake, {**question, "wie": "partner"})
    assert theirs["regels"][0]["persoon"]["bsn"] == couple.persoon.partner.bsn
    assert couple.persoon.bsn not in str(theirs)
    assert await _supplied(intake, question, gemeente="9999") == []


async def test_a_file_that_is_gone_is_told(intake: Intake) -> None:
    """Which file it was, and where the rest stands; a row of another case is never shown."""
    upload = await intake.checked(intake.workbook(2))
    confirmed = await intake.confirm(upload["id"])
    question = {
        "zaakId": str(uuid4()),
        "batchId": confirmed["batchId"],
        "volgnummer": 1,
        "wie": "inwoner",
    }
    (other,) = await _supplied(intake, question)
    assert (other["uitleg"], set(other["regels"][0])) == (GONE, {"bestand", "bevestigdOp", "door"})
    await intake.bucket.delete(frame_key(intake.gemeente, upload["id"], 1, 1))
    (gone,) = await _supplied(intake, question)
    assert gone["uitleg"] == GONE
    assert await _supplied(intake, {**question, "batchId": str(uuid4())}) == []
    await intake.call("POST", "/inzage-delen", status=403, json=question)
