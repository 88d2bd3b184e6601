"""Notes: what a colleague wants to keep with a case."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid5

from services.cases import tables
from services.cases.domain import Case, TimelineEntry
from services.cases.domain.inzage import NOTE
from services.cases.errors import NoSuchCase
from shared.chassis.work import Work


@dataclass(frozen=True, slots=True)
class Note:
    """A colleague writes something down."""

    case_id: UUID
    text: str


async def add_note(command: Note, work: Work) -> None:
    """It stands in the history of the case, and is never changed."""
    if work.found(Case, command.case_id) is None:
        raise NoSuchCase
    entry = uuid5(work.cause.id, "note")
    work.add(
        tables.timeline,
        TimelineEntry(
            entry, work.gemeente, command.case_id, work.now, work.actor, NOTE, command.text
        ),
    )
