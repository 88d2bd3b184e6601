"""A batch that is taken back: its upload is kept for a while longer, to compare with the next."""

from __future__ import annotations

from services.intake import tables
from services.intake.domain import Upload
from shared.chassis.work import Work
from shared.contracts.envelope import Event
from shared.contracts.events import BatchIngetrokken


async def note_withdrawal(event: Event[BatchIngetrokken], work: Work) -> None:
    """The time that an upload is kept begins with the withdrawal; one that is gone stays gone."""
    upload = work.found(Upload, event.data.batchId, by="batch_id")
    if upload is not None:
        work.save(tables.uploads, upload.withdrawn(event.time))
