"""What mailer deletes when a case is destroyed: its mails, as they were sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
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


async def destroy(event: Event[ZaakVernietigd], work: Work) -> None:
    """A case was destroyed: its mails go."""
    await destruction.begin(work, event.data.zaakId)


async def files(work: Work, case_id: UUID, _: About) -> Sequence[str]:
    """The mails of a case as they were sent, and what came back of them."""
    sent = (await work.query(_of_case(work, case_id))).scalars().all()
    came_back = (await work.query(_came_back(work, case_id))).scalars().all()
    kept = [f"{work.gemeente}/bounces/{one}.eml" for one in came_back]
    return [*(source_key(work.gemeente, mail) for mail in sent), *kept]


async def waiting(work: Work, case_id: UUID, _: About) -> Sequence[UUID]:
    """Work that waits for a mail of a case, or for what came back of one, has its id."""
    both = _of_case(work, case_id).union_all(_came_back(work, case_id))
    return (await work.query(both)).scalars().all()


async def forget_bounces(work: Work, case_id: UUID, _: About) -> None:
    """What came back names a mail and no case."""
    came_back = _came_back(work, case_id)
    await work.query(sa.delete(tables.bounces).where(tables.bounces.c.id.in_(came_back)))


def _of_case(work: Work, case_id: UUID) -> sa.Select[Any]:
    """The ids of a case's mails."""
    return sa.select(_mails.id).where(_mails.gemeente == work.gemeente, _mails.case_id == case_id)


def _came_back(work: Work, case_id: UUID) -> sa.Select[Any]:
    """The ids of what came back of them."""
    bounce = tables.bounces.c
    return sa.select(bounce.id).where(
        bounce.gemeente == work.gemeente, bounce.mail_id.in_(_of_case(work, case_id))
    )


BELONGINGS = Belongings(
    tables.metadata,
    "case_id",
    lambda case_id, _: EmailsGewist(zaakId=case_id),
    files=files,
    work=waiting,
    also=forget_bounces,
)
