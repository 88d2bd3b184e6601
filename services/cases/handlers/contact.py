"""Contact data of a resident is corrected; what it was stays, sealed, with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid5

import sqlalchemy as sa
from pydantic_core import from_json, to_json

from services.cases import errors, queries, tables
from services.cases.domain import (
    Case,
    ContactChange,
    Delivery,
    DeliveryState,
    Person,
    TimelineEntry,
    contact,
    delivery_of,
)
from services.cases.handlers import rows
from services.cases.handlers.retries import lapse_offer
from shared.chassis.work import Work
from shared.contracts.codes import Purpose
from shared.contracts.persons import Persoon

#: What a correction is called in the history of a case, which says no more than this.
_NAMES = {
    "aanschrijfnaam": "naam",
    "adres": "adres",
    "correspondentie": "correspondentieadres",
    "email": "e-mailadres",
    "telefoon": "telefoonnummer",
    "communicatievoorkeur": "communicatievoorkeur",
}


@dataclass(frozen=True, slots=True)
class Correction:
    """A user corrects contact data; `version` is the one that was on the screen.

    Only what stands in `wishes` changes (names and shapes of Persoon).
    """

    case_id: UUID
    version: int
    reason: str
    wishes: Mapping[str, Any]


async def correct_contact(command: Correction, work: Work) -> dict[str, Any]:
    """The next letter or mail uses the new data; everybody who keeps the person gets them."""
    case = work.found(Case, command.case_id)
    if case is None:
        raise errors.NoSuchCase
    number = 1 + await queries.change_count(work.connection, work.gemeente, case.id)
    if command.version != number:
        raise errors.ChangedMeanwhile
    known = work.loaded(Person, case.id)
    before = from_json(known.whole or "{}")
    new = contact.corrected(before, command.wishes)
    if new:
        await _lapse_offer(case, work)
        await _change(case, known, before, new, ContactReason(number, command.reason), work)
    return {"versie": number + bool(new)}


async def _lapse_offer(case: Case, work: Work) -> None:
    """What is still to be made of the case uses the new data: nobody agreed with those.

    The batch is locked, so that an order is either made before this or with the new data.
    """
    state = tables.deliveries.c.state
    waiting = sa.exists().where(
        tables.deliveries.c.gemeente == work.gemeente,
        tables.deliveries.c.case_id == case.id,
        state.in_((DeliveryState.PLANNED, DeliveryState.FAILED)),
    )
    if not (await work.query(sa.select(waiting))).scalar_one():
        return
    await queries.lock_batch(work, case.batch_id)
    reason = f"De contactgegevens van zaak {case.number} zijn gewijzigd. Bied het opnieuw aan."
    await lapse_offer(case.batch_id, reason, work)


@dataclass(frozen=True, slots=True)
class ContactReason:
    """The how manieth correction it is, and why it is made."""

    number: int
    text: str


async def _change(
    case: Case,
    known: Person,
    before: dict[str, Any],
    new: dict[str, Any],
    why: ContactReason,
    work: Work,
) -> None:
    person = Persoon.model_validate({**before, **new})
    if "communicatievoorkeur" in new:
        await _follow_preference(case, person, work)
    whole = person.model_dump_json().encode()
    after = rows.corrected_case(case, person, work.now)
    after = replace(after, returned_at=None) if "adres" in new else after
    work.save(tables.cases, after)
    work.save(tables.persons, replace(rows.resident(after, person, whole), open=known.open))
    rows.record_person(after, person, whole, work)
    _keep(case, {name: before.get(name) for name in new}, new, why, work)


def _keep(
    case: Case, before: dict[str, Any], new: dict[str, Any], why: ContactReason, work: Work
) -> None:
    """Keep both sides sealed; the history of the case says what kind of thing changed, and why."""
    change = ContactChange(
        id=uuid5(case.id, f"contact|{why.number}"),
        gemeente=case.gemeente,
        case_id=case.id,
        number=why.number,
        at=work.now,
        by=work.actor,
        reason=why.text,
        before=to_json(before).decode(),
        after=to_json(new).decode(),
    )
    work.add(tables.contact_changes, change)
    what = ", ".join(_NAMES[name] for name in _NAMES if name in new)
    text = f"Gewijzigd: {what}. Reden: {why.text}"
    entry = TimelineEntry(
        uuid5(change.id, "told"),
        case.gemeente,
        case.id,
        work.now,
        work.actor,
        "Contactgegevens gewijzigd",
        text,
    )
    work.add(tables.timeline, entry)


async def _follow_preference(case: Case, person: Persoon, work: Work) -> None:
    """What was not ordered yet follows the new preference; an offer of the batch lapses."""
    batch = await queries.lock_batch(work, case.batch_id)
    planned = await _planned(case, work)
    if batch is None or not planned:
        return
    if batch.approved_at is not None:
        if any(one.state == DeliveryState.PLANNED for one in planned):
            raise errors.StillOrdering
        return
    work.save(tables.batches, batch.changed())
    wanted = person.communicatievoorkeur.channels
    gone = [one.id for one in planned if one.channel not in wanted]
    await work.query(sa.delete(tables.deliveries).where(tables.deliveries.c.id.in_(gone)))
    state, reason = planned[0].state, planned[0].reason
    there = {one.channel for one in planned}
    for channel in wanted:
        if channel not in there:
            made = delivery_of(case, channel, Purpose.INVITATION)
            work.add(tables.deliveries, replace(made, state=state, reason=reason))


async def _planned(case: Case, work: Work) -> list[Delivery]:
    """The first invitations of a case that were not ordered; locked."""
    table = tables.deliveries
    waiting = (DeliveryState.PLANNED, DeliveryState.EXCLUDED)
    statement = (
        sa.select(table)
        .where(
            table.c.gemeente == work.gemeente,
            table.c.case_id == case.id,
            table.c.purpose == Purpose.INVITATION,
            table.c.ordinal == 1,
            table.c.state.in_(waiting),
        )
        .order_by(table.c.id)
        .with_for_update()
    )
    found = (await work.query(statement)).mappings().all()
    return [work.mapper.to_item(table, row) for row in found]
