"""What mailer deletes when a case is destroyed: its mails, as they were sent."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from services.mailer import tables
from services.mailer.domain import source_key
from shared.chassis import destruction
from shared.chassis.destruction import About, Belongings
from shared.chassis.work import Work
from shared.contracts.envelope import Event
from shared.contracts.events import EmailsGewist, ZaakVernietigd

_mails = tables.mails.c
_bounces = tables.bounces.c


async def destroy(event: Event[ZaakVernietigd], work: Work) -> None:
    """A case was destroyed: its mails go."""
    await destruction.begin(work, event.data.zaakId)


async def files(work: Work, case_id: UUID, about: About) -> Sequence[str]:
    """The mails of a case as they were sent, and what came back of them."""
    mails = await waiting(work, case_id, about)
    returned = (
        await work.query(sa.select(_bounces.id).where(_bounces.mail_id.in_(mails)))
    ).scalars()
    return [source_key(work.gemeente, mail) for mail in mails] + [
        f"{work.gemeente}/bounces/{bounce}.eml" for bounce in returned
    ]


async def forget_returned(work: Work, case_id: UUID, about: About) -> None:
    """What came back of the mails of a case."""
    mails = await waiting(work, case_id, about)
    await work.query(sa.delete(tables.bounces).where(_bounces.mail_id.in_(mails)))


async def waiting(work: Work, case_id: UUID, _: About) -> Sequence[UUID]:
    """The mails of a case; work that waits for one has its id."""
    ours = sa.and_(_mails.gemeente == work.gemeente, _mails.case_id == case_id)
    return (await work.query(sa.select(_mails.id).where(ours))).scalars().all()


BELONGINGS = Belongings(
    tables.metadata,
    "case_id",
    lambda case_id, _: EmailsGewist(zaakId=case_id),
    files=files,
    work=waiting,
    also=forget_returned,
)
