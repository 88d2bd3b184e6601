"""Letters and mails of one case, outside its batch: a reminder, a decision, an invitation again.

They count in no figure of the batch; their letters wait under Te printen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from pydantic_core import from_json

from services.cases import queries, tables
from services.cases.domain import Case, Delivery, DeliveryState, delivery_of
from services.cases.errors import SettingsMissing
from services.cases.handlers.office import announced
from services.cases.written import Addressee, Unsendable, Writing, order_of
from shared.chassis.work import Work
from shared.contracts.codes import Channel, Purpose
from shared.templating import dutch


@dataclass(frozen=True, slots=True)
class Single:
    """What one resident is written. `ordinal` tells the second of a purpose from the first.

    A mail to a resident by `consent_id` is sent by what that consent declared.
    """

    purpose: Purpose
    ordinal: int
    channels: Sequence[Channel]
    send_date: date
    response_date: date | None = None
    consent_id: UUID | None = None
    extra: Mapping[str, str] = field(default_factory=dict)
    #: Whether one that was taken back is ordered once more.
    anew: bool = False
    #: Whether the partner is named beside the resident, in the address as in the salutation.
    to_both: bool = False


async def order_single(case: Case, single: Single, work: Work) -> list[Delivery]:
    """Plan and order a delivery per channel, with the templates that are active.

    What cannot be ordered has failed at once, with its reason. Asked again by a redelivery, the
    deliveries that are there stay as they are and are answered.
    """
    addressee, writing = await _addressee(case, single, work), await _writing(single, work)
    there = await _there(case, single, work)
    deliveries = []
    for channel in single.channels:
        planned = replace(delivery_of(case, channel, single.purpose, single.ordinal), batch_id=None)
        delivery = there.get(planned.id)
        if delivery is None:
            delivery = _order(planned, addressee, writing, single.consent_id, work)
            work.add(tables.deliveries, delivery)
        elif single.anew and delivery.state == DeliveryState.WITHDRAWN:
            delivery = _order(delivery.again(), addressee, writing, single.consent_id, work)
            work.save(tables.deliveries, delivery)
        deliveries.append(delivery)
    return deliveries


async def order_again(case: Case, failed: Delivery, single: Single, work: Work) -> Delivery:
    """Order one that failed once more, with what stands in the case now."""
    addressee, writing = await _addressee(case, single, work), await _writing(single, work)
    ordered = _order(failed.again(), addressee, writing, single.consent_id, work)
    work.save(tables.deliveries, ordered)
    return ordered


async def _addressee(case: Case, single: Single, work: Work) -> Addressee:
    person = tables.persons.c
    found = await work.query(sa.select(person.whole).where(person.id == case.id))
    whole = {"id": case.id, "whole": found.scalar_one()}
    resident: dict[str, Any] = from_json(work.mapper.open(tables.persons, "whole", whole))
    partner = resident.get("partner")
    if single.to_both and partner:
        names = f"{dutch.written_name(resident)} en {dutch.written_name(partner)}"
        resident = {**resident, "aanschrijfnaam": names}
    return Addressee(resident, case.number, is_deceased=case.deceased_at is not None)


async def _writing(single: Single, work: Work) -> Writing:
    office = await queries.office(work.connection, work.mapper, work.gemeente)
    if office is None:
        raise SettingsMissing
    return Writing(
        announced(office).model_dump(), single.send_date, single.response_date, extra=single.extra
    )


async def _there(case: Case, single: Single, work: Work) -> dict[UUID, Delivery]:
    table = tables.deliveries
    statement = sa.select(table).where(
        table.c.gemeente == work.gemeente,
        table.c.case_id == case.id,
        table.c.purpose == single.purpose,
        table.c.ordinal == single.ordinal,
    )
    rows = (await work.query(statement)).mappings()
    return {row["id"]: work.mapper.to_item(table, row) for row in rows}


def _order(
    planned: Delivery, addressee: Addressee, writing: Writing, consent_id: UUID | None, work: Work
) -> Delivery:
    try:
        event = order_of(planned, addressee, writing)
    except Unsendable as unsendable:
        return planned.failed(planned.attempt_id, unsendable.reason, work.now)
    asked = planned.asked(work.now, consent_id if planned.channel == Channel.EMAIL else None)
    work.record(event, sequence=asked.round)
    return asked
