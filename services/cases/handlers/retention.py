"""Terms of keeping, holds, and destroying cases after a second person agreed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any
from uuid import UUID, uuid5

import sqlalchemy as sa

from services.cases import errors, queries, retention_errors, tables, terms
from services.cases.domain import Case, TimelineEntry
from services.cases.domain.retention import (
    Destroyed,
    Destruction,
    DestructionStatus,
    Hold,
    OwnTerms,
    wrong_terms,
)
from shared.chassis import destruction
from shared.chassis.service import Item
from shared.chassis.work import FOR_A_PERSON, Work
from shared.contracts.envelope import Event
from shared.contracts.events import (
    BerichtenGewist,
    DocumentenGewist,
    EmailsGewist,
    RijGewist,
    ZaakVernietigd,
)

DESTROYING = "destroying"
#: Each case is some ten statements and one event; a chunk holds its locks for a second at most.
CHUNK = 50


@dataclass(frozen=True, slots=True)
class TermChange:
    """A beheerder's own terms, in months per kind; `seen` is the version looked at, 0 for none."""

    months: Mapping[str, int]
    seen: int


@dataclass(frozen=True, slots=True)
class OfCase:
    """Something about one case, with the reason."""

    case_id: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class Ask:
    """Everything whose term has passed is to go, of these kinds if any are named."""

    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Decide:
    """A second person agrees with a list, or somebody does not, with a reason."""

    destruction_id: UUID
    reason: str | None


async def change_terms(command: TermChange, work: Work) -> dict[str, Any]:
    """From now on these terms count, for cases that ended before as well."""
    before = await queries.own_terms(work.connection, work.mapper, work.gemeente)
    if (before.version if before else 0) != command.seen:
        raise retention_errors.TermsChanged
    wrong_terms(command.months, terms.shipped())
    own = OwnTerms(work.gemeente, dict(command.months), command.seen + 1, work.actor, work.now)
    work.save(tables.retention_terms, own)
    return {"versie": own.version}


async def hold_case(command: OfCase, work: Work) -> None:
    """A case must be kept, whatever its term says."""
    if work.found(Case, command.case_id) is None:
        raise errors.NoSuchCase
    if await queries.hold(work.connection, work.gemeente, command.case_id) is not None:
        raise retention_errors.AlreadyHeld
    held = Hold(command.case_id, work.gemeente, command.reason, work.actor, work.now)
    work.add(tables.holds, held)
    _tell(command, "Bewaarblokkade gezet", work)


async def release_case(command: OfCase, work: Work) -> None:
    """Nothing but its term keeps a case any more."""
    if work.found(Case, command.case_id) is None:
        raise errors.NoSuchCase
    if await queries.hold(work.connection, work.gemeente, command.case_id) is None:
        raise retention_errors.NotHeld
    holds = tables.holds.c
    ours = sa.and_(holds.gemeente == work.gemeente, holds.id == command.case_id)
    await work.query(sa.delete(tables.holds).where(ours))
    _tell(command, "Bewaarblokkade opgeheven", work)


async def ask_destruction(command: Ask, work: Work) -> dict[str, Any]:
    """A list of what may go now, for a second person to agree with."""
    counting = await queries.terms_of(work.connection, work.mapper, work.gemeente)
    cases = await queries.due_cases(work, counting, command.kinds)
    if not cases:
        raise retention_errors.NothingDue
    asked = Destruction(
        uuid5(work.cause.id, "vernietiging"),
        work.gemeente,
        DestructionStatus.ASKED,
        work.actor,
        work.now,
        len(cases),
    )
    work.add(tables.destructions, asked)
    for row in cases:
        line = Destroyed(
            row["id"],
            work.gemeente,
            asked.id,
            row["batch_id"],
            row["number"],
            row["kind"],
            row["months"],
            row["closed_at"],
        )
        work.save(tables.destroyed_cases, line)  # one that was kept before is asked for again
    return {"id": str(asked.id)}


async def approve_destruction(command: Decide, work: Work) -> dict[str, Any]:
    """A second person agrees: now it happens."""
    approved = _list(command, work).approved(work.actor, work.now)
    work.save(tables.destructions, approved)
    payload = {"destruction": str(approved.id)}
    work.enqueue(DESTROYING, uuid5(approved.id, "chunk"), payload, priority=FOR_A_PERSON)
    return {"id": str(approved.id)}


async def reject_destruction(command: Decide, work: Work) -> dict[str, Any]:
    """It does not happen; the cases may be asked for again."""
    rejected = _list(command, work).rejected(work.actor, command.reason or "", work.now)
    work.save(tables.destructions, rejected)
    lines = tables.destroyed_cases.c
    await work.query(
        sa.update(tables.destroyed_cases)
        .where(lines.gemeente == work.gemeente, lines.destruction_id == rejected.id)
        .values(kept_because="De vernietiging is afgewezen.")
    )
    return {"id": str(rejected.id)}


async def destroy_chunk(item: Item, _: Any, work: Work) -> None:
    """Destroy the next cases of a list; what may not go any more is kept, and says why."""
    destruction_id = UUID(item.payload["destruction"])
    lines = await queries.next_to_destroy(work, destruction_id, CHUNK)
    counting = await queries.terms_of(work.connection, work.mapper, work.gemeente)
    ids = [line.id for line in lines]
    found = await queries.still_due(work, counting, ids)
    remains = await queries.remains_of_cases(work, ids)
    for line in lines:
        if why := found.get(line.id):
            work.save(tables.destroyed_cases, replace(line, kept_because=why))
        else:
            await _destroy(line, remains.get(line.id, queries.Remains()), work)
    if len(lines) == CHUNK:
        work.enqueue(DESTROYING, uuid5(item.id, "next"), item.payload, priority=FOR_A_PERSON)


#: Beside what has a column `case_id`.
_ITS_ID_IS_THE_CASES = (
    tables.exclusions,
    tables.refusals,
    tables.holds,
    tables.courses,
    tables.pauses,
    tables.cases,
)


async def _destroy(line: Destroyed, remains: queries.Remains, work: Work) -> None:
    await destruction.bury(work, line.id)
    for table in _ITS_ID_IS_THE_CASES:
        ours = sa.and_(table.c.gemeente == work.gemeente, table.c.id == line.id)
        await work.query(sa.delete(table).where(ours))
    await destruction.remove_rows(work, tables.metadata, "case_id", line.id)
    gone = replace(line, destroyed_at=work.now, **asdict(remains))
    work.save(tables.destroyed_cases, gone)
    work.record(ZaakVernietigd(zaakId=line.id, batchId=line.batch_id), sequence=1)


async def try_again(item: Item, _: str, work: Work) -> None:
    """It went wrong too often; after a while it goes on."""
    later = work.now + destruction.TRY_AGAIN
    work.enqueue(DESTROYING, uuid5(item.id, "again"), item.payload, not_before=later)


async def note_letters_gone(event: Event[DocumentenGewist], work: Work) -> None:
    """The letters are gone, says documents."""
    _note(event.data.zaakId, "letters_gone_at", work)


async def note_mails_gone(event: Event[EmailsGewist], work: Work) -> None:
    """The mails are gone, says mailer."""
    _note(event.data.zaakId, "mails_gone_at", work)


async def note_messages_gone(event: Event[BerichtenGewist], work: Work) -> None:
    """What was said is gone, says communications."""
    _note(event.data.zaakId, "messages_gone_at", work)


async def note_row_gone(event: Event[RijGewist], work: Work) -> None:
    """The row is gone, says intake."""
    _note(event.data.zaakId, "row_gone_at", work)


async def end_destructions(work: Work) -> None:
    """A list is done when every service answered for every case."""
    for each in await queries.running(work):
        work.save(tables.destructions, each.done(work.now))


def _note(case_id: UUID, name: str, work: Work) -> None:
    line = work.found(Destroyed, case_id)
    if line is not None and getattr(line, name) is None:
        changed: dict[str, Any] = {name: work.now}
        work.save(tables.destroyed_cases, replace(line, **changed))


def _list(command: Decide, work: Work) -> Destruction:
    found = work.found(Destruction, command.destruction_id)
    if found is None:
        raise retention_errors.NoSuchDestruction
    return found


def _tell(command: OfCase, what: str, work: Work) -> None:
    entry = uuid5(work.cause.id, f"{what}|{command.case_id}")
    work.add(
        tables.timeline,
        TimelineEntry(
            entry, work.gemeente, command.case_id, work.now, work.actor, what, command.reason
        ),
    )
