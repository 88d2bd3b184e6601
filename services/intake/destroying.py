"""What intake deletes when a case is destroyed: the file that its row is in, if it is kept still.

A file is kept some weeks after its confirmation, to compare the next one with; the first case of it
that is destroyed ends that.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from services.intake import tables
from services.intake.frames import prefix_of
from shared.chassis import destruction
from shared.chassis.destruction import About, Belongings
from shared.chassis.work import Work
from shared.contracts.envelope import Event
from shared.contracts.events import RijGewist, ZaakVernietigd

_uploads = tables.uploads.c


async def destroy(event: Event[ZaakVernietigd], work: Work) -> None:
    """A case was destroyed: its row goes."""
    batch = str(event.data.batchId)
    await destruction.begin(work, event.data.zaakId, batch=batch)


async def forget_file(work: Work, case_id: UUID, about: About) -> None:
    """The file with its findings and copies, and the row if it was refused once."""
    for upload in await _of_batch(work, about):
        for table, column in (
            (tables.findings, tables.findings.c.upload_id),
            (tables.copies, tables.copies.c.upload_id),
            (tables.uploads, _uploads.id),
        ):
            await work.query(sa.delete(table).where(column == upload))
    refused = tables.refused_rows
    await work.query(sa.delete(refused).where(refused.c.id == case_id))


async def files(work: Work, _: UUID, about: About) -> Sequence[str]:
    """The file as it came, its rows and its copies."""
    return [prefix_of(work.gemeente, upload) for upload in await _of_batch(work, about)]


async def _of_batch(work: Work, about: About) -> Sequence[UUID]:
    batch = _uploads.batch_id == UUID(about["batch"])
    statement = sa.select(_uploads.id).where(_uploads.gemeente == work.gemeente, batch)
    return (await work.query(statement)).scalars().all()


BELONGINGS = Belongings(
    tables.metadata,
    "case_id",
    lambda case_id, about: RijGewist(zaakId=case_id, batchId=UUID(about["batch"])),
    files=files,
    also=forget_file,
)
