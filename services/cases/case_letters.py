"""What a case is written about its own life: that data came in, more time, a decision.

Written anew when it failed: what it says follows from the case and its decisions, so a second
attempt needs nothing but the delivery.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from services.cases import tables
from services.cases.domain import Case, Decision, Delivery, working_days
from services.cases.single_orders import Single, order_again, order_single
from shared.chassis.work import Work
from shared.contracts.codes import Channel, Preference, Purpose
from shared.contracts.merge_fields import DECISIONS


async def write(case: Case, purpose: Purpose, work: Work) -> list[Delivery]:
    """Write to the resident by the channels of the resident's choice."""
    ordinal = await _next_ordinal(case, purpose, work)
    channels = Preference(case.preference).channels
    return await order_single(case, await _single(case, purpose, ordinal, channels, work), work)


async def write_decision(case: Case, decision: Decision, work: Work) -> list[Delivery]:
    """Send a decision: always a letter when there is an address, and a mail to who chose that."""
    chosen = Preference(case.preference).channels
    if case.has_address and Channel.LETTER not in chosen:
        chosen = (*chosen, Channel.LETTER)
    return await order_single(case, await _telling(case, decision, chosen, work), work)


async def write_again(case: Case, failed: Delivery, work: Work) -> Delivery:
    """Write once more what failed."""
    purpose, channels = Purpose(failed.purpose), [Channel(failed.channel)]
    if purpose in DECISIONS:
        decision = await _decision(case, failed.ordinal, work)
        single = await _telling(case, decision, channels, work)
    else:
        single = await _single(case, purpose, failed.ordinal, channels, work)
    return await order_again(case, failed, single, work)


async def _telling(
    case: Case, decision: Decision, channels: Sequence[Channel], work: Work
) -> Single:
    """A decision with its merge fields; one letter is for both partners."""
    return Single(
        decision.purpose,
        decision.ordinal,
        channels,
        working_days.today(work.now),
        consent_id=await _consent(case, work),
        extra={"BESLUIT": decision.words, "MOTIVERING": decision.motivation},
        to_both=True,
    )


async def _single(
    case: Case, purpose: Purpose, ordinal: int, channels: Sequence[Channel], work: Work
) -> Single:
    today = working_days.today(work.now)
    consent = await _consent(case, work)
    return Single(purpose, ordinal, channels, today, case.response_date, consent)


async def _consent(case: Case, work: Work) -> UUID | None:
    """What the newest mail to this resident was sent by (Wmebv)."""
    delivery = tables.deliveries.c
    found = await work.query(
        sa.select(delivery.consent_id)
        .where(
            delivery.gemeente == work.gemeente,
            delivery.case_id == case.id,
            delivery.consent_id.is_not(None),
        )
        .order_by(delivery.asked_at.desc())
        .limit(1)
    )
    consent: UUID | None = found.scalar()
    return consent


async def _next_ordinal(case: Case, purpose: Purpose, work: Work) -> int:
    delivery = tables.deliveries.c
    last = await work.query(
        sa.select(sa.func.max(delivery.ordinal)).where(
            delivery.gemeente == work.gemeente,
            delivery.case_id == case.id,
            delivery.purpose == purpose,
        )
    )
    return (last.scalar() or 0) + 1


async def _decision(case: Case, ordinal: int, work: Work) -> Decision:
    table = tables.decisions
    found = await work.query(
        sa.select(table).where(
            table.c.gemeente == work.gemeente,
            table.c.case_id == case.id,
            table.c.ordinal == ordinal,
        )
    )
    decision: Decision = work.mapper.to_item(table, found.mappings().one())
    return decision
