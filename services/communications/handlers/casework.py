"""What happens in the cases of a colleague, told to that colleague or to who stands in.

One's own act is no news, and what nobody in particular does is on the list of its team.
"""

from __future__ import annotations

from uuid import UUID, uuid5

import sqlalchemy as sa

from services.communications import tables
from services.communications.domain import Absence, Case, CaseNews, Notice, NoticeKind, day_of
from services.communications.domain.case_news import ASSIGNED, status_changed, task_opened
from services.communications.handlers.placing import bundle, place
from shared.chassis.work import Work
from shared.contracts.codes import Role, TaskKind
from shared.contracts.envelope import Event
from shared.contracts.events import (
    AfwezigheidIngetrokken,
    AfwezigheidVastgelegd,
    ProefMislukt,
    TaakGeopend,
    ZaakstatusGewijzigd,
    ZaakToegewezen,
)

#: What a service did by itself has this before its name as actor.
_BY_ITSELF = "systeem:"


async def note_assignment(event: Event[ZaakToegewezen], work: Work) -> None:
    """A case changed hands: who got it is told, and so is who does that work today."""
    told = event.data
    case = work.loaded(Case, told.zaakId).numbered(told.zaaknummer)
    after = case.assigned_to(told.behandelaar, event.sequence)
    work.save(tables.cases, after)
    if after is case or told.behandelaar in {None, event.actor}:
        return
    notice = await _tell(ASSIGNED, told.zaakId, told.zaaknummer, told.behandelaar, work)
    if told.waarnemer is not None and told.waarnemer != event.actor:
        work.save(tables.notices, notice.passed_to(told.waarnemer))


async def note_task(event: Event[TaakGeopend], work: Work) -> None:
    """There is something to do in a case; a complaint is for the coordinators."""
    told = event.data
    news = task_opened(told.soort)
    if told.soort is TaskKind.COMPLAINT:
        notice = news.notice(
            told.zaakId, told.zaaknummer, work.now, work.gemeente, role=Role.COORDINATOR
        )
        work.save(tables.notices, await bundle(news, notice, work))
    elif told.behandelaar not in {None, event.actor}:
        await _tell(news, told.zaakId, told.zaaknummer, told.behandelaar, work)


async def note_status(event: Event[ZaakstatusGewijzigd], work: Work) -> None:
    """A colleague changed the status of somebody else's case."""
    told, assignee = event.data, work.loaded(Case, event.data.zaakId).assignee
    if event.actor.startswith(_BY_ITSELF) or assignee in {None, event.actor}:
        return
    await _tell(status_changed(told.naar), told.zaakId, told.zaaknummer, assignee, work)


async def _tell(
    news: CaseNews, case_id: UUID, number: str, user_id: str | None, work: Work
) -> Notice:
    notice = news.notice(case_id, number, work.now, work.gemeente, user_id=user_id)
    bundled = await bundle(news, notice, work)
    await place(bundled, work)
    return bundled


async def note_failed_trial(event: Event[ProefMislukt], work: Work) -> None:
    """Who tried a mail out is told why it does not come."""
    told = event.data
    notice = Notice(
        id=uuid5(told.proefId, "mislukt"),
        gemeente=work.gemeente,
        user_id=told.gebruikerId,
        kind=NoticeKind.TRIAL_FAILED.value,
        title="Uw proef is niet verzonden",
        text=told.reden,
        placed_at=work.now,
        case_id=told.zaakId,
    )
    work.save(tables.notices, notice)


async def note_absence(event: Event[AfwezigheidVastgelegd], work: Work) -> None:
    """From now on the deputy gets the notices too, with those that wait since the first day."""
    told = event.data
    known = work.found(Absence, told.afwezigheidId)
    absence = known or Absence(told.afwezigheidId, work.gemeente, told.gebruikerId)
    absence = absence.told(told.waarnemer, told.vanafDatum, told.totEnMetDatum)
    work.save(tables.absences, absence)
    if absence.covers(day_of(work.now)):
        await _pass_on(told, work)


async def _pass_on(told: AfwezigheidVastgelegd, work: Work) -> None:
    notices = tables.notices.c
    statement = sa.select(tables.notices).where(
        notices.gemeente == work.gemeente,
        notices.user_id == told.gebruikerId,
        notices.read_at.is_(None),
        notices.for_user.is_(None),
    )
    for row in (await work.query(statement)).mappings().all():
        notice = Notice(**row)
        if day_of(notice.placed_at) >= told.vanafDatum:
            work.save(tables.notices, notice.passed_to(told.waarnemer))


async def note_return(event: Event[AfwezigheidIngetrokken], work: Work) -> None:
    """Who was away reads the own notices again; what the deputy got stays with the deputy."""
    told = event.data
    known = work.found(Absence, told.afwezigheidId)
    absence = known or Absence(told.afwezigheidId, work.gemeente, told.gebruikerId)
    work.save(tables.absences, absence.withdrawn())
