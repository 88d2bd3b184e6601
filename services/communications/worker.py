"""What communications reacts to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.communications import destroying, handlers, tables
from services.communications.domain import Batch, Case, notice_id, resident_id
from shared.chassis.loads import Load
from shared.chassis.service import Subscription, on
from shared.contracts.codes import Purpose
from shared.contracts.envelope import Event, EventData
from shared.contracts.events import (
    AfdrukbestandGereed,
    AfdrukbestandMislukt,
    AfwezigheidIngetrokken,
    AfwezigheidVastgelegd,
    BatchAfgerond,
    BriefTegengehouden,
    DocumentMislukt,
    DocumentOpgeslagen,
    EmailMislukt,
    EmailNietBezorgd,
    EmailVerzonden,
    PersoonVastgelegd,
    ProefMislukt,
    TaakGeopend,
    ZaakstatusGewijzigd,
    ZaakToegewezen,
    ZaakVernietigd,
)


def _case_id(event: Event[Any]) -> UUID | None:
    """The case of an event; a mail to a colleague names its batch there, which is no case."""
    to_colleague = getattr(event.data, "doel", None) is Purpose.BATCH_READY
    return None if to_colleague else event.data.zaakId


#: Any topic may be the first to name a case or a batch.
A_CASE = Load(tables.cases, _case_id, stub=lambda event: Case(event.data.zaakId, event.gemeente))
A_RESIDENT = Load(tables.participants, lambda event: resident_id(event.data.zaakId))
A_MAIL = Load(tables.messages, lambda event: event.data.berichtId)
A_LETTER = Load(tables.messages, lambda event: event.data.documentId)
A_BATCH = Load(
    tables.batches,
    lambda event: event.data.batchId,
    stub=lambda event: Batch(event.data.batchId, event.gemeente),
)
ABSENCE = Load(tables.absences, lambda event: event.data.afwezigheidId)
#: Which notice it is follows from the case alone; what one handler places, the next one must see.
NOTICES = Load(tables.notices, lambda _: None)
ITS_NOTICE = Load(tables.notices, lambda event: notice_id(event.data.batchId))

SUBSCRIPTIONS: Mapping[type[EventData], Subscription] = {
    ZaakVernietigd: on(destroying.destroy, even_destroyed=True),
    ZaakToegewezen: on(handlers.note_assignment, loads=[A_CASE, NOTICES]),
    ZaakstatusGewijzigd: on(handlers.note_status, loads=[A_CASE, NOTICES]),
    TaakGeopend: on(handlers.note_task, loads=[NOTICES]),
    AfwezigheidVastgelegd: on(handlers.note_absence, loads=[ABSENCE]),
    AfwezigheidIngetrokken: on(handlers.note_return, loads=[ABSENCE]),
    PersoonVastgelegd: on(handlers.note_person, loads=[A_CASE, A_RESIDENT]),
    EmailVerzonden: on(handlers.place_sent_mail, loads=[A_CASE, A_MAIL]),
    EmailMislukt: on(handlers.place_failed_mail, loads=[A_CASE, A_MAIL]),
    EmailNietBezorgd: on(handlers.note_bounced_mail, loads=[A_CASE, A_MAIL]),
    ProefMislukt: on(handlers.note_failed_trial, loads=[NOTICES]),
    DocumentOpgeslagen: on(handlers.place_letter, loads=[A_CASE, A_LETTER]),
    BriefTegengehouden: on(handlers.note_held_letter, loads=[A_CASE, A_LETTER]),
    DocumentMislukt: on(handlers.place_failed_letter, loads=[A_CASE, A_LETTER]),
    BatchAfgerond: on(handlers.close_batch, loads=[A_BATCH, ITS_NOTICE]),
    AfdrukbestandGereed: on(handlers.note_print_file, loads=[A_BATCH, ITS_NOTICE]),
    AfdrukbestandMislukt: on(handlers.note_failed_print_file, loads=[A_BATCH, ITS_NOTICE]),
}
