"""The acts of colleagues in the life of a case, and the timer that ends its waiting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.cases import case_letters, life_errors, queries
from services.cases.domain import PauseKind, announcing, life, taking_back
from services.cases.handlers.changes import keep, set_open, shown
from services.cases.handlers.reminder_pauses import hold_reminders, look_again
from services.cases.taking_back import take_back
from shared.chassis.work import Work
from shared.contracts.codes import Purpose
from shared.contracts.events import ZaakAfgesloten

#: How many cases come back to the list in one transaction; the next tick takes more.
CHUNK = 200


@dataclass(frozen=True, slots=True)
class Change:
    """A user does something with a case as it was shown; `reason` says why, where one is due."""

    case_id: UUID
    version: int
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Close:
    """A user closes a case; `confirmed` says how the resident got a decision that was not sent."""

    case_id: UUID
    version: int
    reason: str | None = None
    confirmed: str | None = None


@dataclass(frozen=True, slots=True)
class Supply:
    """The data of a resident came in."""

    case_id: UUID
    version: int
    source: life.Source
    received_on: date
    note: str | None
    is_confirmed: bool


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing can be done in a case until a day."""

    case_id: UUID
    version: int
    until: date
    reason: str


@dataclass(frozen=True, slots=True)
class Postpone:
    """A resident gets more time: in weeks, or until a day."""

    case_id: UUID
    version: int
    weeks: int | None
    until: date | None
    reason: str


@dataclass(frozen=True, slots=True)
class Objection:
    """A resident objects."""

    case_id: UUID
    version: int
    received_on: date


async def supply(command: Supply, work: Work) -> None:
    """The data came in; the resident is told so when the user wants that."""
    case = shown(command.case_id, command.version, work)
    after = life.supplied(case, command.source, command.received_on, work.now)
    how = f"Via {command.source}, ontvangen op {command.received_on:%d-%m-%Y}."
    keep(case, after, "Gegevens aangeleverd", _joined(how, command.note), work)
    await take_back(after, taking_back.SUPPLIED, work)
    if command.is_confirmed:
        await case_letters.write(after, Purpose.RECEIPT, work)


async def take_supply_back(command: Change, work: Work) -> None:
    """The data are not here after all."""
    case = shown(command.case_id, command.version, work)
    after = life.supply_taken_back(case, work.now)
    keep(case, after, "Aanlevering teruggedraaid", command.reason, work)


async def examine(command: Change, work: Work) -> None:
    """A colleague looks into the case."""
    case = shown(command.case_id, command.version, work)
    keep(case, life.examined(case, work.now), "In onderzoek genomen", command.reason, work)


async def wait(command: Wait, work: Work) -> None:
    """The case waits until a day, and then comes back by itself."""
    case = shown(command.case_id, command.version, work)
    after = life.waiting(case, command.until, command.reason, work.now)
    why = f"Tot {command.until:%d-%m-%Y}: {command.reason}"
    keep(case, after, "In afwachting gezet", why, work)


async def end_waiting(work: Work) -> None:
    """What waited until today, or earlier, is back on the list."""
    for case in await queries.lock_waited(work, CHUNK):
        after = life.examined(case, work.now)
        why = f"De wachttijd is voorbij. De reden was: {case.waiting_reason}"
        keep(case, after, "Terug in onderzoek", why, work)


async def postpone(command: Postpone, work: Work) -> None:
    """The resident gets more time, and is told so; no reminder goes unless somebody wants it."""
    case = shown(command.case_id, command.version, work)
    after = life.postponed(case, command.weeks, command.until, work.now)
    term = f"Reageren kan nu tot en met {after.response_date:%d-%m-%Y}"
    before = f"het was {case.response_date:%d-%m-%Y}"
    keep(case, after, "Uitstel gegeven", f"{term}; {before}. {command.reason}", work)
    why = f"De inwoner kreeg uitstel tot en met {after.response_date:%d-%m-%Y}."
    hold_reminders(after.id, PauseKind.SWITCH, why, work)
    await look_again(work, of=after.id)
    await case_letters.write(after, Purpose.POSTPONEMENT, work)


async def close(command: Close, work: Work) -> None:
    """Nothing more is to be done; its people may get another case. Its decision was sent."""
    case = shown(command.case_id, command.version, work)
    after = life.closed(case, work.now)
    unsent = announcing.unsent(await queries.deliveries_of_decision(work, case))
    told = None
    if unsent:
        if command.confirmed is None:
            raise life_errors.DecisionNotSent(unsent)
        told = f"Het besluit kwam anders bij de inwoner: {command.confirmed}"
    keep(case, after, "Zaak afgesloten", _joined(command.reason, told) or None, work)
    await set_open(after, work, is_open=False)
    await take_back(after, taking_back.CLOSED, work)
    news = ZaakAfgesloten(zaakId=after.id, zaaknummer=after.number, batchId=after.batch_id)
    work.record(news, sequence=after.version)


async def reopen(command: Change, work: Work) -> None:
    """There is something to be done in it after all."""
    case = shown(command.case_id, command.version, work)
    after = life.reopened(case, work.now)
    if other := await queries.open_elsewhere(work, case.id):
        raise life_errors.OtherCaseOpen(other)
    keep(case, after, "Zaak heropend", command.reason, work)
    await set_open(after, work, is_open=True)


async def note_objection(command: Objection, work: Work) -> None:
    """An objection came in; as long as it stands, nothing of the case is destroyed."""
    case = shown(command.case_id, command.version, work)
    after = life.objected(case, command.received_on, work.now)
    keep(case, after, "Bezwaar ontvangen", f"Op {command.received_on:%d-%m-%Y}.", work)


async def take_objection_back(command: Change, work: Work) -> None:
    """There is no objection, or no longer."""
    case = shown(command.case_id, command.version, work)
    after = life.objection_taken_back(case, work.now)
    keep(case, after, "Bezwaar verwijderd", command.reason, work)


def _joined(*parts: str | None) -> str:
    return " ".join(part for part in parts if part)
