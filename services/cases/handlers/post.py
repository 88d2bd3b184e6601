"""What becomes of a letter after it was made: posted, returned. News may come late or twice."""

from __future__ import annotations

from uuid import UUID, uuid5

import sqlalchemy as sa

from services.cases import tables
from services.cases.domain import (
    Batch,
    Case,
    Delivery,
    DeliveryState,
    Task,
    TimelineEntry,
    taking_back,
    working_days,
)
from services.cases.errors import UnknownDelivery
from services.cases.handlers.tasks import finish_by_itself, open_task
from services.cases.taking_back import take_back
from shared.chassis.work import Work
from shared.contracts.codes import ReturnReason, TaskKind
from shared.contracts.envelope import Event
from shared.contracts.events import (
    BriefGepost,
    BriefNietPosten,
    BriefRetour,
    BriefRetourIngetrokken,
    BriefTegengehouden,
)

#: Why a letter came back, in the words of the history of its case.
_WHY = {
    ReturnReason.MOVED: "verhuisd",
    ReturnReason.UNKNOWN: "onbekend op dit adres",
    ReturnReason.REFUSED: "geweigerd",
    ReturnReason.DECEASED: "overleden",
    ReturnReason.OTHER: "andere reden",
}


async def note_posted(event: Event[BriefGepost], work: Work) -> None:
    """The day on which a letter was posted is evidence; a later word about it counts."""
    data = event.data
    delivery = _delivery(data.bezorgingId, work)
    after = delivery.posted(data.gepostDatum, event.sequence)
    if after is delivery:
        return
    work.save(tables.deliveries, after)
    if data.vorigeDatum is None:
        what, explanation = "Brief gepost", f"Gepost op {data.gepostDatum:%d-%m-%Y}"
    else:
        what = "Postdatum verbeterd"
        explanation = f"Van {data.vorigeDatum:%d-%m-%Y} naar {data.gepostDatum:%d-%m-%Y}"
    _tell(event.id, delivery, work, what, explanation)
    if task := work.found(Task, taking_back.task_to_pull(data.documentId)):
        finish_by_itself(task, "De brief is toch gepost.", work)


async def note_letter_to_pull(event: Event[BriefNietPosten], work: Work) -> None:
    """Somebody must take a letter out of a print file, unless that is settled by now."""
    data = event.data
    delivery = _delivery(data.bezorgingId, work)
    is_settled = delivery.posted_on is not None or delivery.state == DeliveryState.WITHDRAWN
    if is_settled or delivery.attempt_id != data.pogingId:
        return
    of = "van de batch" if data.batchId else "van losse zaken"
    why = (
        f"Niet posten: {data.reden} Haal de brief uit Afdrukbestand {data.afdrukbestand} {of}:"
        f" brief {data.volgnummer}, vanaf pagina {data.pagina}."
    )
    today = working_days.today(work.now)
    await open_task(
        work,
        delivery.case_id,
        TaskKind.PULL_LETTER,
        why,
        id=taking_back.task_to_pull(data.documentId),
        due_on=today,
    )


async def note_letter_held(event: Event[BriefTegengehouden], work: Work) -> None:
    """A letter that was made is not posted: it counts as withdrawn."""
    data = event.data
    delivery = _delivery(data.bezorgingId, work)
    after = delivery.held_back(data.pogingId, data.reden, work.now)
    if after is not delivery:
        work.save(tables.deliveries, after)
        _tell(event.id, delivery, work, "Brief niet gepost", data.reden)
        if delivery.batch_id is not None and delivery.state == DeliveryState.DONE:
            work.save(tables.batches, work.loaded(Batch, delivery.batch_id).held_back())
    await _end_task(taking_back.task_to_pull(data.documentId), "De brief is niet gepost.", work)


async def _end_task(task_id: UUID, outcome: str, work: Work) -> None:
    """Finish a task, which may have been opened in this very transaction."""
    statement = sa.select(tables.tasks).where(tables.tasks.c.id == task_id).with_for_update()
    row = (await work.query(statement)).mappings().first()
    if row is not None:
        finish_by_itself(work.mapper.to_item(tables.tasks, row), outcome, work)


async def note_returned(event: Event[BriefRetour], work: Work) -> None:
    """A letter came back: the case pauses and somebody looks at the address."""
    data = event.data
    delivery = _delivery(data.bezorgingId, work)
    after = delivery.returned(data.retourDatum, data.reden, event.sequence)
    if after is delivery:
        return
    work.save(tables.deliveries, after)
    case = work.loaded(Case, delivery.case_id)
    is_deceased = data.reden is ReturnReason.DECEASED
    after_it = case.letter_returned(work.now, is_deceased=is_deceased)
    work.save(tables.cases, after_it)
    why = f"Retour op {data.retourDatum:%d-%m-%Y}: {_WHY[data.reden]}"
    _tell(event.id, delivery, work, "Brief retour", why)
    kind = TaskKind.CHECK_DECEASED if is_deceased else TaskKind.CHECK_ADDRESS
    await open_task(work, case.id, kind, why, id=uuid5(event.id, kind))
    if is_deceased and case.deceased_at is None:
        await take_back(after_it, taking_back.DECEASED, work, but=after.id)


async def note_return_undone(event: Event[BriefRetourIngetrokken], work: Work) -> None:
    """A letter did not come back: the case goes on, unless another one did."""
    data = event.data
    delivery = _delivery(data.bezorgingId, work)
    after = delivery.returned(None, None, event.sequence)
    if after is delivery:
        return
    work.save(tables.deliveries, after)
    case = work.loaded(Case, delivery.case_id)
    others = await _other_reasons(delivery, work)
    is_deceased = ReturnReason.DECEASED in others
    work.save(tables.cases, case.return_undone(others=bool(others), is_deceased=is_deceased))
    why = f"Was: {_WHY[data.reden]}. Waarom dat niet klopte, staat bij Retourpost."
    _tell(event.id, delivery, work, "Retour ingetrokken", why)


async def _other_reasons(delivery: Delivery, work: Work) -> set[str]:
    """Why other letters of the case came back, with what this batch of news says of them."""
    table = tables.deliveries
    statement = sa.select(table).where(
        table.c.gemeente == work.gemeente,
        table.c.case_id == delivery.case_id,
        table.c.id != delivery.id,
    )
    rows = (await work.query(statement)).mappings().all()
    stored = [work.mapper.to_item(table, row) for row in rows]
    known = [work.found(Delivery, one.id) or one for one in stored]
    return {one.return_reason for one in known if one.return_reason}


def _delivery(delivery_id: UUID, work: Work) -> Delivery:
    """The delivery; one that was never ordered here is set aside."""
    delivery = work.found(Delivery, delivery_id)
    if delivery is None:
        raise UnknownDelivery(delivery_id)
    return delivery


def _tell(entry: UUID, delivery: Delivery, work: Work, what: str, explanation: str) -> None:
    work.add(
        tables.timeline,
        TimelineEntry(
            entry, work.gemeente, delivery.case_id, work.now, work.actor, what, explanation
        ),
    )
