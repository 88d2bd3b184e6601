"""Rows that are refused, and rows that come in after a fault of ours was mended.

A row that broke its handler must not keep the others of its batch waiting. It counts as refused,
and says that it waits for the beheerder. Brought in again before the approval it becomes a case,
and the counts move; after it, it stays refused, because the approval was of other counts.
"""

from __future__ import annotations

import sqlalchemy as sa

from services.cases import errors, queries, tables
from services.cases.domain import Batch, Refusal
from shared.chassis.work import Work
from shared.contracts.envelope import Event
from shared.contracts.events import BatchGeopend, RijAangeboden, RijGeweigerd, WeigeringIngetrokken

FAULT = (
    "Deze rij wacht op de beheerder, door een technische fout."
    " Wacht tot de zaak er is, of verstuur de batch zonder deze inwoner."
)
TOO_LATE = (
    "Deze rij wachtte door een technische fout en de batch is intussen verstuurd of ingetrokken."
    " Lever deze inwoner aan in een nieuw bestand."
)


def refuse(
    event: Event[RijAangeboden],
    work: Work,
    reason: str,
    running_number: str | None = None,
    *,
    by_fault: bool = False,
    sequence: int = 1,
) -> None:
    """A row becomes no case, and why. What is said after a fault was told is the second news."""
    row = event.data
    work.save(
        tables.refusals,
        Refusal(
            row.zaakId,
            event.gemeente,
            row.batchId,
            row.rij,
            reason,
            running_number,
            work.now,
            by_fault,
        ),
    )
    told = RijGeweigerd(
        zaakId=row.zaakId,
        batchId=row.batchId,
        rij=row.rij,
        reden=reason,
        lopendeZaak=running_number,
    )
    work.record(told, sequence=sequence)


async def may_come_in(event: Event[RijAangeboden], work: Work) -> bool:
    """Take the refusal of a row back; False when the batch was approved without it."""
    row = event.data
    # Under the batch's lock, as approving is: one of the two comes first.
    batch = await queries.lock_batch(work, row.batchId)
    if batch is not None:
        try:
            mended = batch.mended()
        except (errors.AlreadyApproved, errors.AlreadyWithdrawn):
            refuse(event, work, TOO_LATE, sequence=2)
            return False
        if mended is not batch:
            await _correct(mended, work)
    await work.query(sa.delete(tables.refusals).where(tables.refusals.c.id == row.zaakId))
    back = WeigeringIngetrokken(zaakId=row.zaakId, batchId=row.batchId, rij=row.rij)
    work.record(back, sequence=2)
    return True


async def _correct(batch: Batch, work: Work) -> None:
    """Other counts for an open batch, at once: another row of it may follow in this transaction."""
    table = tables.batches
    await work.query(
        sa.update(table)
        .where(table.c.id == batch.id)
        .values(
            case_count=batch.case_count, refused_count=batch.refused_count, version=batch.version
        )
    )
    opened = BatchGeopend(
        batchId=batch.id,
        aantalRijen=batch.row_count,
        aantalZaken=batch.case_count or 0,
        aantalGeweigerd=batch.refused_count or 0,
    )
    work.record(opened, sequence=batch.version)
