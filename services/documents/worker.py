"""All that documents reacts to: events, slow work and timers."""

from __future__ import annotations

from datetime import timedelta

from services.documents import (
    destroying,
    handlers,
    posting,
    production,
    queries,
    tables,
    withdrawing,
)
from services.documents.domain import LETTER_PURPOSES, Template, template_id
from services.documents.press import Press
from services.documents.print_run import PrintRun
from shared.chassis.loads import Load
from shared.chassis.service import Queue, Subscription, every, on
from shared.chassis.shelves import Shelf, sweep_timer
from shared.contracts.codes import Purpose
from shared.contracts.envelope import EventData
from shared.contracts.events import (
    BatchVerzonden,
    BriefGevraagd,
    InstellingenGewijzigd,
    OpdrachtIngetrokken,
    VerzendingGepauzeerd,
    VerzendingGestopt,
    VerzendingHervat,
    ZaakVernietigd,
)


def _template_for(purpose: Purpose) -> Load:
    """The template of the event's gemeente for a purpose; made when there is none."""
    return Load(
        tables.templates,
        lambda event: template_id(event.gemeente, purpose),
        stub=lambda event: Template.empty(event.gemeente, purpose),
    )


#: Of an order that names no version: the letter of its purpose.
ITS_TEMPLATE = Load(
    tables.templates,
    lambda event: template_id(event.gemeente, event.data.doel),
    stub=lambda event: Template.empty(event.gemeente, event.data.doel),
)
BATCH = Load(tables.batches, lambda event: event.data.batchId, stub=handlers.unheard_batch)

SUBSCRIPTIONS: dict[type[EventData], Subscription] = {
    InstellingenGewijzigd: on(
        handlers.follow_settings,
        loads=[
            Load(
                tables.offices,
                lambda event: event.data.code,
                column="code",
                stub=handlers.unheard_office,
            ),
            *(_template_for(purpose) for purpose in sorted(LETTER_PURPOSES)),
        ],
    ),
    BriefGevraagd: on(
        handlers.order_letter,
        loads=[Load(tables.documents, lambda event: event.data.pogingId), ITS_TEMPLATE],
        set_aside=handlers.fail_order,
    ),
    OpdrachtIngetrokken: on(
        withdrawing.take_back,
        loads=[
            BATCH,
            Load(
                tables.offices,
                lambda event: event.gemeente if event.data.batchId is None else None,
                column="code",
            ),
            Load(tables.withdrawn_orders, lambda event: event.data.pogingId),
        ],
    ),
    BatchVerzonden: on(handlers.expect_letters, loads=[BATCH]),
    VerzendingGepauzeerd: on(handlers.pause_letters, loads=[BATCH]),
    VerzendingHervat: on(handlers.resume_letters, loads=[BATCH]),
    VerzendingGestopt: on(handlers.stop_letters, loads=[BATCH]),
    ZaakVernietigd: on(destroying.destroy, even_destroyed=True),
}

TIMERS = [every(timedelta(seconds=1), handlers.order_print_files), sweep_timer()]

#: Its files in the store.
SHELVES = (
    Shelf("documenten", queries.orphaned_letters),
    Shelf("afdrukbestanden", queries.orphaned_print_files),
)

#: Enough letters at once to keep the drawing processes busy while others are stored.
LETTERS_AT_ONCE = 48


def queues(press: Press, print_run: PrintRun) -> dict[str, Queue]:
    """The slow work: letters in chunks, print files one at a time."""
    return {
        handlers.LETTERS: Queue(
            press.make,
            production.record_letter,
            production.record_failed_letter,
            prepare=production.prepare_letters,
            chunk=LETTERS_AT_ONCE,
            concurrency=LETTERS_AT_ONCE,
        ),
        handlers.PRINT_FILES: Queue(
            print_run.build,
            production.record_print_file,
            production.record_failed_print_file,
            prepare=production.prepare_print_files,
            chunk=1,
            concurrency=1,
        ),
        posting.POSTINGS: Queue(
            posting.nothing, posting.tell_posted, posting.try_telling_again, chunk=1
        ),
    }
