"""What happens when: a case or person is told of, a message was sent or failed, a batch is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.communications import tables
from services.communications.domain import (
    Batch,
    Case,
    Direction,
    Message,
    MessageStatus,
    Notice,
    Participant,
    display_name,
    notice_id,
    resident_id,
)
from services.communications.errors import NoticeNotFound
from services.communications.handlers.casework import (
    note_absence,
    note_assignment,
    note_failed_trial,
    note_return,
    note_status,
    note_task,
)
from services.communications.handlers.placing import place
from shared.chassis.work import Work
from shared.contracts.codes import Channel, Purpose, Role
from shared.contracts.envelope import Event
from shared.contracts.events import (
    AfdrukbestandGereed,
    AfdrukbestandMislukt,
    BatchAfgerond,
    BerichtGeplaatst,
    BriefTegengehouden,
    DocumentMislukt,
    DocumentOpgeslagen,
    EmailMislukt,
    EmailNietBezorgd,
    EmailVerzonden,
    PersoonVastgelegd,
)

__all__ = [
    "ReadNotice",
    "close_batch",
    "note_absence",
    "note_assignment",
    "note_bounced_mail",
    "note_failed_print_file",
    "note_failed_trial",
    "note_person",
    "note_print_file",
    "note_return",
    "note_status",
    "note_task",
    "place_failed_letter",
    "place_failed_mail",
    "place_letter",
    "place_sent_mail",
    "read_notice",
]

AboutMessage = (
    EmailVerzonden
    | EmailMislukt
    | EmailNietBezorgd
    | DocumentOpgeslagen
    | DocumentMislukt
    | BriefTegengehouden
)


async def note_person(event: Event[PersoonVastgelegd], work: Work) -> None:
    """The resident's case has a timeline, under its number; the newest about a resident counts."""
    told, person = event.data, event.data.persoon
    case = work.loaded(Case, told.zaakId)
    work.save(tables.cases, case.numbered(told.zaaknummer, told.batchId))
    known = work.found(Participant, resident_id(told.zaakId))
    if known is not None and known.sequence > event.sequence:
        return
    name = display_name(
        person.aanschrijfnaam, person.voorletters, person.tussenvoegsel, person.achternaam
    )
    resident = Participant(
        resident_id(told.zaakId), work.gemeente, told.zaakId, name, person.email, event.sequence
    )
    work.save(tables.participants, resident)


async def place_sent_mail(event: Event[EmailVerzonden], work: Work) -> None:
    """A mail that the mail server accepted stands in the case."""
    _place(event, event.data.berichtId, Channel.EMAIL, MessageStatus.SENT, work)


async def place_failed_mail(event: Event[EmailMislukt], work: Work) -> None:
    """A mail that could not be sent stands in the case too, with the reason."""
    found, status = event.data, _unsent(event)
    _place(event, found.berichtId, Channel.EMAIL, status, work, reason=found.reden)


async def note_bounced_mail(event: Event[EmailNietBezorgd], work: Work) -> None:
    """A mail that came back says so where it stands; it may not stand there yet."""
    found = event.data
    message = work.found(Message, found.berichtId)
    if message is not None:
        work.save(tables.messages, message.bounced(found.reden))
    else:
        status = MessageStatus.BOUNCED
        _place(event, found.berichtId, Channel.EMAIL, status, work, reason=found.reden)


async def place_letter(event: Event[DocumentOpgeslagen], work: Work) -> None:
    """A letter that was made stands in the case."""
    found = event.data
    _place(event, found.documentId, Channel.LETTER, MessageStatus.MADE, work, pages=found.paginas)


async def place_failed_letter(event: Event[DocumentMislukt], work: Work) -> None:
    """A letter that could not be made stands in the case too, with the reason."""
    found, status = event.data, _unsent(event)
    _place(event, found.documentId, Channel.LETTER, status, work, reason=found.reden)


async def note_held_letter(event: Event[BriefTegengehouden], work: Work) -> None:
    """A letter that is not posted after all says so where it stands; it may not stand there yet."""
    found = event.data
    message = work.found(Message, found.documentId)
    if message is not None:
        work.save(tables.messages, message.held_back(found.reden))
    else:
        status = MessageStatus.WITHDRAWN
        _place(event, found.documentId, Channel.LETTER, status, work, reason=found.reden)


def _unsent(event: Event[EmailMislukt] | Event[DocumentMislukt]) -> MessageStatus:
    return MessageStatus.WITHDRAWN if event.data.ingetrokken else MessageStatus.FAILED


def _place(
    event: Event[AboutMessage],
    message_id: UUID,
    channel: Channel,
    status: MessageStatus,
    work: Work,
    *,
    reason: str | None = None,
    pages: int | None = None,
) -> None:
    """Put a message in its case, once. A mail to a colleague belongs to no case."""
    about = event.data
    if about.doel is Purpose.BATCH_READY or work.found(Message, message_id) is not None:
        return
    message = Message(
        id=message_id,
        gemeente=work.gemeente,
        case_id=about.zaakId,
        batch_id=about.batchId,
        delivery_id=about.bezorgingId,
        channel=channel.value,
        direction=Direction.OUTGOING.value,
        purpose=about.doel.value,
        status=status.value,
        reason=reason,
        pages=pages,
        placed_at=event.time,
    )
    work.add(tables.messages, message)
    work.record(
        BerichtGeplaatst(
            zaakId=about.zaakId,
            berichtId=message_id,
            kanaal=channel,
            richting=Direction.OUTGOING.value,
        ),
        sequence=1,
    )


async def close_batch(event: Event[BatchAfgerond], work: Work) -> None:
    """A batch that is done is told to who started it, and so is what came back after that."""
    done, batch = event.data, work.loaded(Batch, event.data.batchId)
    if batch.closing >= event.sequence:
        return
    batch = batch.closed(
        done.gestartDoor,
        event.actor,
        event.sequence,
        cases=done.aantalZaken,
        letters=done.brievenGemaakt,
        emails=done.emailsVerzonden,
        failures=done.brievenMislukt + done.emailsMislukt,
        bounced=done.emailsNietBezorgd,
    )
    work.save(tables.batches, batch)
    late = batch.late_notice(done.laterNietBezorgd, event.sequence, work.now)
    await _notify(batch, work, aloud=batch.is_news and late is None)
    if late is not None:
        await place(late, work)


async def note_print_file(event: Event[AfdrukbestandGereed], work: Work) -> None:
    """The newest print file is told to who started the batch, as soon as that is known."""
    await _note_print_file(event, work, failed=False)


async def note_failed_print_file(event: Event[AfdrukbestandMislukt], work: Work) -> None:
    """That the newest print file could not be made is told too."""
    await _note_print_file(event, work, failed=True)


async def _note_print_file(
    event: Event[AfdrukbestandGereed] | Event[AfdrukbestandMislukt], work: Work, *, failed: bool
) -> None:
    told, batch = event.data, work.loaded(Batch, event.data.batchId)
    if (batch.print_file, batch.print_file_version) >= (told.nummer, event.sequence):
        return
    batch = batch.printed(
        told.afdrukbestandId,
        told.nummer,
        event.sequence,
        told.aantalBrieven,
        event.actor,
        failed=failed,
    )
    work.save(tables.batches, batch)
    await _notify(batch, work, aloud=event.actor != batch.started_by)


async def _notify(batch: Batch, work: Work, *, aloud: bool) -> None:
    """Keep the notice of a batch true; someone else's act makes it unread, one's own does not."""
    notice = batch.notice(work.now)
    before = work.found(Notice, notice_id(batch.id))
    if notice is None or (before is None and not aloud):
        return
    if aloud or before is None:
        await place(notice, work)
    else:
        work.save(tables.notices, notice.quietly(before))


@dataclass(frozen=True, slots=True)
class ReadNotice:
    """A colleague has read a notice."""

    notice_id: UUID
    user_id: str
    roles: frozenset[Role]


async def read_notice(command: ReadNotice, work: Work) -> dict[str, Any]:
    """A notice that was read counts no longer as unread."""
    notice = work.found(Notice, command.notice_id)
    if notice is None or not notice.is_for(command.user_id, command.roles):
        raise NoticeNotFound("Controleer het kenmerk van de melding.")
    read = notice.read(work.now)
    work.save(tables.notices, read)
    return {"id": str(read.id), "gelezenOp": (read.read_at or work.now).isoformat()}
