"""The slow work of the queue `frames`: a thousand rows from the store, each as an event's data.

A row is not parsed: its line from the check is the event's data but for the ids and the number,
which are put in front of it. That is what makes publishing fast.
"""

from __future__ import annotations

from services.intake.contract.person import row_number
from services.intake.domain import ROWS_PER_FRAME, Batch, OfferedRow, case_id_of
from services.intake.frames import frame_key
from shared.chassis.bucket import Bucket
from shared.chassis.jobs import GoneWrong
from shared.chassis.service import Item

LOST = "De rijen van dit bestand zijn niet goed bewaard. Meld dit bij de beheerder."


class FramePublisher:
    """Fetches frames and makes events' data of their rows."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket

    async def perform(self, item: Item, prepared: Batch) -> list[OfferedRow]:
        """The rows of one frame, in the file's order."""
        number: int = item.payload["frame"]
        key = frame_key(prepared.gemeente, prepared.upload_id, prepared.attempt, number)
        content = await self._bucket.get_sealed(key)
        if content is None:
            raise GoneWrong(LOST)
        rows = offered_rows(prepared, number, content)
        if len(rows) != min(ROWS_PER_FRAME, prepared.rows - (number - 1) * ROWS_PER_FRAME):
            raise GoneWrong(LOST)
        return rows


def offered_rows(batch: Batch, number: int, content: bytes) -> list[OfferedRow]:
    """The rows of a frame: lines like `{"rij":2,"persoon":{…}}`."""
    batch_id, before = str(batch.id).encode(), (number - 1) * ROWS_PER_FRAME
    rows = []
    for place, line in enumerate(content.splitlines(), before + 1):
        case_id = case_id_of(batch.id, row_number(line))
        data = b'{"zaakId":"%b","batchId":"%b","zaaknummer":"%b","volgnummer":%d,%b' % (
            str(case_id).encode(),
            batch_id,
            batch.case_number(place).encode(),
            place,
            line[1:],
        )
        rows.append(OfferedRow(case_id, data))
    return rows
