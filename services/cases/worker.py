"""What cases reacts to, which slow work it does, and which timers it has."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from services.cases import bulk, handlers, orders, tables, withdrawals
from services.cases.domain.taking_back import task_to_pull
from services.cases.ready_mail import ReadyMails
from shared.chassis.loads import Load
from shared.chassis.service import Queue, every, on
from shared.contracts.envelope import Event
from shared.contracts.events import (
    AfdrukbestandGereed,
    AfdrukbestandMislukt,
    BatchBevestigd,
    BerichtenGewist,
    BriefGepost,
    BriefNietPosten,
    BriefRetour,
    BriefRetourIngetrokken,
    BriefTegengehouden,
    DocumentenGewist,
    DocumentMislukt,
    DocumentOpgeslagen,
    EmailMislukt,
    EmailNietBezorgd,
    EmailsGewist,
    EmailVerzonden,
    RijAangeboden,
    RijGewist,
)


def _partners_bsn(event: Event[RijAangeboden]) -> str | None:
    partner = event.data.persoon.partner
    return partner.bsn if partner else None


IS_OPEN = tables.persons.c.open
RESIDENT = Load(tables.persons, lambda event: event.data.persoon.bsn, column="bsn", only=IS_OPEN)
PARTNER = Load(tables.persons, _partners_bsn, column="bsn", only=IS_OPEN)
REFUSAL = Load(tables.refusals, lambda event: event.data.zaakId)
BATCH = Load(tables.batches, lambda event: event.data.batchId)
LATE_BOUNCES = Load(tables.late_bounces, lambda event: event.data.batchId)
OFFICE = Load(tables.offices, lambda event: event.gemeente, column="code")
CASE = Load(tables.cases, lambda event: event.data.zaakId)
DESTROYED = Load(tables.destroyed_cases, lambda event: event.data.zaakId)
COURSE = Load(tables.courses, lambda event: event.data.zaakId)
DELIVERY = Load(tables.deliveries, lambda event: event.data.bezorgingId)

PULLING = Load(tables.tasks, lambda event: task_to_pull(event.data.documentId))

SUBSCRIPTIONS: dict[type[Any], Any] = {
    RijAangeboden: on(
        handlers.open_case, loads=[RESIDENT, PARTNER, REFUSAL], set_aside=handlers.refuse_by_fault
    ),
    BatchBevestigd: on(handlers.confirm_batch, loads=[BATCH, OFFICE]),
    DocumentOpgeslagen: on(handlers.note_letter_made, loads=[CASE, DELIVERY]),
    DocumentMislukt: on(handlers.note_letter_failed, loads=[CASE, DELIVERY]),
    EmailVerzonden: on(handlers.note_mail_sent, loads=[CASE, COURSE, DELIVERY]),
    BriefGepost: on(handlers.note_posted, loads=[CASE, DELIVERY, PULLING]),
    BriefNietPosten: on(handlers.note_letter_to_pull, loads=[CASE, DELIVERY]),
    BriefTegengehouden: on(handlers.note_letter_held, loads=[BATCH, CASE, DELIVERY]),
    BriefRetour: on(handlers.note_returned, loads=[CASE, DELIVERY]),
    BriefRetourIngetrokken: on(handlers.note_return_undone, loads=[CASE, DELIVERY]),
    EmailMislukt: on(handlers.note_mail_failed, loads=[CASE, COURSE, DELIVERY]),
    EmailNietBezorgd: on(handlers.note_mail_bounced, loads=[CASE, DELIVERY, BATCH, LATE_BOUNCES]),
    AfdrukbestandGereed: on(handlers.note_print_file, loads=[BATCH]),
    AfdrukbestandMislukt: on(handlers.note_failed_print_file, loads=[BATCH]),
    DocumentenGewist: on(handlers.note_letters_gone, loads=[DESTROYED], even_destroyed=True),
    EmailsGewist: on(handlers.note_mails_gone, loads=[DESTROYED], even_destroyed=True),
    BerichtenGewist: on(handlers.note_messages_gone, loads=[DESTROYED], even_destroyed=True),
    RijGewist: on(handlers.note_row_gone, loads=[DESTROYED], even_destroyed=True),
}

#: A person looks at the progress of opening and sending: a second is soon enough to be fluent.
TIMERS = [
    every(timedelta(seconds=1), handlers.open_batches),
    every(timedelta(seconds=1), handlers.close_batches),
    every(timedelta(seconds=5), handlers.tell_starters),
    every(timedelta(seconds=5), handlers.tell_late_bounces),
    every(timedelta(seconds=5), handlers.end_destructions),
    every(timedelta(seconds=5), handlers.end_waiting),
    every(timedelta(seconds=2), handlers.send_reminders),
    every(timedelta(seconds=5), handlers.note_passed_terms),
]


def queues(public_url: str) -> dict[str, Queue]:
    """Ordering what was approved, and the mail about a batch. A chunk of orders is one item."""
    mails = ReadyMails(public_url)
    return {
        "orders": Queue(orders.nothing, orders.order_chunk, orders.fail_rest, chunk=1),
        "withdrawals": Queue(
            orders.nothing, withdrawals.withdraw_chunk, withdrawals.try_again, chunk=1
        ),
        "ready-mails": Queue(orders.nothing, mails.order, mails.failed),
        handlers.BULK: Queue(orders.nothing, bulk.do_chunk, bulk.fail_chunk, chunk=1),
        handlers.DESTROYING: Queue(
            orders.nothing, handlers.destroy_chunk, handlers.try_to_destroy_again, chunk=1
        ),
    }


#: What a command on a batch, on a case, on a task or on the settings loads.
BATCH_OF_COMMAND = Load(tables.batches, lambda command: command.batch_id)  # type: ignore[attr-defined]
CASE_OF_COMMAND = Load(tables.cases, lambda command: command.case_id)  # type: ignore[attr-defined]
TEAM_OF_COMMAND = Load(tables.teams, lambda command: command.team_id)  # type: ignore[attr-defined]
ABSENCE_OF_COMMAND = Load(tables.absences, lambda command: command.absence_id)  # type: ignore[attr-defined]
PERSON_OF_COMMAND = Load(tables.persons, lambda command: command.case_id)  # type: ignore[attr-defined]
COURSE_OF_COMMAND = Load(tables.courses, lambda command: command.case_id)  # type: ignore[attr-defined]
REMINDERS_OF_COMMAND = Load(tables.reminder_settings, lambda wish: wish.code, column="code")  # type: ignore[attr-defined]
TASK_OF_COMMAND = Load(tables.tasks, lambda command: command.task_id)  # type: ignore[attr-defined]
DESTRUCTION_OF_COMMAND = Load(tables.destructions, lambda command: command.destruction_id)  # type: ignore[attr-defined]
OFFICE_OF_COMMAND = Load(tables.offices, lambda office: office.code, column="code")  # type: ignore[attr-defined]
