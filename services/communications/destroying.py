"""What communications deletes when a case is destroyed: everything that was said in it."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from services.communications import tables
from shared.chassis import destruction
from shared.chassis.destruction import About, Belongings
from shared.chassis.work import Work
from shared.contracts.envelope import Event
from shared.contracts.events import BerichtenGewist, ZaakVernietigd


async def destroy(event: Event[ZaakVernietigd], work: Work) -> None:
    """A case was destroyed: what was said in it goes."""
    await destruction.begin(work, event.data.zaakId)


async def forget_case(work: Work, case_id: UUID, _: About) -> None:
    """The case itself."""
    cases = tables.cases
    ours = sa.and_(cases.c.gemeente == work.gemeente, cases.c.id == case_id)
    await work.query(sa.delete(cases).where(ours))


BELONGINGS = Belongings(
    tables.metadata,
    "case_id",
    lambda case_id, _: BerichtenGewist(zaakId=case_id),
    also=forget_case,
)
