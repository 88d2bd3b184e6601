"""What mailer reacts to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from services.mailer import destroying, handlers, queries, tables, withdrawing
from services.mailer.bounces import following, kept
from services.mailer.bounces.rounds import (
    BOUNCES,
    MAILBOX,
    Rounds,
    forget,
    forget_failure,
    order_rounds,
)
from services.mailer.domain import Pace, first_template_id
from services.mailer.sending import Sending
from services.mailer.settings import Settings
from shared.chassis.loads import Load
from shared.chassis.service import Queue, Subscription, Timer, every, on
from shared.chassis.shelves import Shelf, sweep_timer
from shared.contracts.codes import Purpose
from shared.contracts.envelope import Event, EventData
from shared.contracts.events import (
    EmailGevraagd,
    InstellingenGewijzigd,
    OpdrachtIngetrokken,
    VerzendingGepauzeerd,
    VerzendingGestopt,
    VerzendingHervat,
    ZaakVernietigd,
)


def first_pace(event: Event[Any]) -> Pace:
    """A sender's pace begins with its first settings."""
    return Pace(event.gemeente, event.gemeente, event.time)


def _first_template(purpose: Purpose) -> Load:
    return Load(tables.templates, lambda event: first_template_id(event.gemeente, purpose))


BATCH = Load(tables.batches, lambda event: event.data.batchId, stub=handlers.unheard_batch)

SUBSCRIPTIONS: Mapping[type[EventData], Subscription] = {
    InstellingenGewijzigd: on(
        handlers.follow_settings,
        loads=[
            Load(tables.paces, lambda event: event.gemeente, column="code", stub=first_pace),
            Load(tables.senders, lambda event: event.gemeente, column="code"),
            *(_first_template(purpose) for purpose in Purpose),
        ],
    ),
    EmailGevraagd: on(
        handlers.accept_order,
        loads=[Load(tables.mails, lambda event: event.data.pogingId)],
        set_aside=handlers.fail_order,
    ),
    OpdrachtIngetrokken: on(
        withdrawing.take_back,
        loads=[Load(tables.withdrawn_orders, lambda event: event.data.pogingId)],
    ),
    VerzendingGepauzeerd: on(handlers.pause_mails, loads=[BATCH]),
    VerzendingHervat: on(handlers.resume_mails, loads=[BATCH]),
    VerzendingGestopt: on(handlers.stop_mails, loads=[BATCH]),
    ZaakVernietigd: on(destroying.destroy, even_destroyed=True),
}

#: Its files in the store.
SHELVES = (Shelf("emails", queries.orphaned_sources), Shelf("bounces", kept.orphaned_bounces))
#: How often is looked whether it is time to read the mailbox.
LOOK = timedelta(seconds=5)


def timers(settings: Settings) -> list[Timer]:
    """What mailer does by itself; it reads a mailbox when it has one."""
    reading = [every(LOOK, order_rounds(settings.imap_interval))] if settings.reads_mailbox else []
    return [sweep_timer(), *reading]


def queues(sending: Sending, rounds: Rounds) -> dict[str, Queue]:
    """The slow work of mailer. A round in the mailbox may take long, and there is one at a time."""
    return {
        MAILBOX: Queue(rounds.perform, forget, forget_failure, chunk=1, concurrency=1),
        BOUNCES: Queue(
            following.perform,
            following.record,
            following.give_up,
            prepare=following.prepare,
            at_once=True,  # a transaction each, so that the second of one mail sees the first
            concurrency=4,
        ),
        handlers.MAILS: Queue(
            prepare=sending.prepare,
            perform=sending.perform,
            record=handlers.note_sent,
            failed=handlers.note_failed,
            at_once=True,
            chunk=sending.chunk,
            concurrency=sending.chunk,
        ),
    }
