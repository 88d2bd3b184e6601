"""What became of a letter or mail. The news may come late, twice or in any order."""

from __future__ import annotations

from uuid import UUID, uuid5

from services.cases import tables
from services.cases.domain import Batch, Case, Delivery, DeliveryState, TimelineEntry
from services.cases.errors import UnknownDelivery
from services.cases.handlers.closing import note_late_bounce
from services.cases.handlers.reminders import begin_reminders, take_up_again
from shared.chassis.work import Work
from shared.contracts.codes import CaseStatus, Purpose
from shared.contracts.envelope import Event
from shared.contracts.events import (
    DocumentMislukt,
    DocumentOpgeslagen,
    EmailMislukt,
    EmailNietBezorgd,
    EmailVerzonden,
    ZaakstatusGewijzigd,
)

Outcome = DocumentOpgeslagen | DocumentMislukt | EmailVerzonden | EmailMislukt | EmailNietBezorgd


async def note_letter_made(event: Event[DocumentOpgeslagen], work: Work) -> None:
    """A stored letter makes its channel succeed."""
    if delivery := _delivery(event.data, work):
        after = delivery.succeeded(event.data.pogingId, work.now)
        count = event.data.paginas
        pages = "1 pagina" if count == 1 else f"{count} pagina's"
        _note_success(event.id, delivery, after, work, "Brief gemaakt", pages)


async def note_mail_sent(event: Event[EmailVerzonden], work: Work) -> None:
    """A mail that the mail server accepted makes its channel succeed."""
    if delivery := _delivery(event.data, work):
        after = delivery.succeeded(event.data.pogingId, work.now)
        _note_success(event.id, delivery, after, work, "E-mail verzonden", None)
        if after is not delivery and delivery.purpose == Purpose.INVITATION:
            case = work.loaded(Case, delivery.case_id)
            begin_reminders(delivery, case.batch_id, event.time, work)


async def note_letter_failed(event: Event[DocumentMislukt], work: Work) -> None:
    """A letter that could not be made waits for somebody to look at its reason."""
    _note_failure(event, work, "Brief niet gemaakt")


async def note_mail_failed(event: Event[EmailMislukt], work: Work) -> None:
    """A mail that could not be sent waits for somebody to look at its reason."""
    after = _note_failure(event, work, "E-mail niet verzonden")
    if after is not None and after.state == DeliveryState.WITHDRAWN:
        await take_up_again(after, work)


async def note_mail_bounced(event: Event[EmailNietBezorgd], work: Work) -> None:
    """A mail that came back does not count as sent any more; somebody finds another way.

    The news that it was sent may come later than this: then this is that news too.
    """
    delivery = _delivery(event.data, work)
    if delivery is None:
        return
    sent = delivery.succeeded(event.data.pogingId, work.now)
    _note_success(uuid5(event.id, "sent"), delivery, sent, work, "E-mail verzonden", None)
    bounced = sent.bounced(event.data.pogingId, event.data.reden, work.now)
    if bounced is sent:
        return
    work.save(tables.deliveries, bounced)
    _tell(event.id, delivery, work, "E-mail niet bezorgd", event.data.reden)
    if delivery.batch_id is not None and delivery.purpose == Purpose.INVITATION:
        batch = work.loaded(Batch, delivery.batch_id)
        work.save(tables.batches, batch.bounced())
        if batch.closed_at is not None:
            note_late_bounce(batch, batch.closed_at, work)


def _delivery(outcome: Outcome, work: Work) -> Delivery | None:
    """The delivery that this is news of; None when it is of mail to a colleague.

    A delivery is there before its order leaves, in one transaction; so an unknown one was never
    ordered here and is set aside.
    """
    if outcome.doel is Purpose.BATCH_READY:
        return None
    delivery = work.found(Delivery, outcome.bezorgingId)
    if delivery is None:
        raise UnknownDelivery(outcome.bezorgingId)
    return delivery


def _note_failure(
    event: Event[DocumentMislukt] | Event[EmailMislukt], work: Work, what: str
) -> Delivery | None:
    """The delivery when this was news of it."""
    delivery = _delivery(event.data, work)
    if delivery is None:
        return None
    reason = event.data.reden
    end = delivery.withdrawn if event.data.ingetrokken else delivery.failed
    after = end(event.data.pogingId, reason, work.now)
    if after is delivery:
        return None
    work.save(tables.deliveries, after)
    _tell(event.id, delivery, work, what, reason)
    return after


def _note_success(
    event_id: UUID,
    before: Delivery,
    after: Delivery,
    work: Work,
    what: str,
    explanation: str | None,
) -> None:
    if after is before:
        return
    work.save(tables.deliveries, after)
    _tell(event_id, before, work, what, explanation)
    case = work.loaded(Case, before.case_id)
    invited = case.invited(work.now) if before.purpose == Purpose.INVITATION else case
    work.save(tables.cases, invited)
    if invited.status != case.status:
        change = f"Status van '{case.status}' naar '{invited.status}': {what.lower()}"
        _tell(uuid5(event_id, "status"), before, work, "Status gewijzigd", change)
        work.record(
            ZaakstatusGewijzigd(
                zaakId=case.id,
                zaaknummer=case.number,
                batchId=case.batch_id,
                van=CaseStatus(case.status),
                naar=CaseStatus(invited.status),
            ),
            sequence=invited.version,
        )


def _tell(
    entry_id: UUID, delivery: Delivery, work: Work, what: str, explanation: str | None
) -> None:
    work.add(
        tables.timeline,
        TimelineEntry(
            entry_id,
            delivery.gemeente,
            delivery.case_id,
            work.now,
            work.actor,
            what,
            explanation,
        ),
    )
