"""The life of a batch as a whole.

Only timers move it on: two workers that each finish one of its last two items both see one open;
a timer that locks the batch and counts does not.
"""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid5

from services.cases import queries, tables
from services.cases.domain import Batch, Figures, Office, PrintNews
from services.cases.handlers.closing import closing
from shared.chassis.work import Work
from shared.contracts.envelope import Event
from shared.contracts.events import (
    AfdrukbestandGereed,
    AfdrukbestandMislukt,
    BatchBevestigd,
    BatchGeopend,
)


async def confirm_batch(event: Event[BatchBevestigd], work: Work) -> None:
    """A confirmed file makes a batch; its rows may have come before it, or come later."""
    office = work.found(Office, event.gemeente, by="code")
    if work.found(Batch, event.data.batchId) is None:
        work.add(
            tables.batches,
            Batch(
                id=event.data.batchId,
                gemeente=event.gemeente,
                file_name=event.data.bestandsnaam,
                row_count=event.data.aantalRijen,
                started_by=event.actor,
                confirmed_at=event.time,
                four_eyes=office is not None and office.four_eyes,
                response_days=office.default_response_days if office else None,
                team_id=await queries.default_team(work.connection, work.gemeente),
            ),
        )


async def open_batches(work: Work) -> None:
    """A batch is open when every row became a case or was refused."""
    for batch in await queries.lock_batches(work, queries.is_opening()):
        cases, refused = await queries.opened_rows(work.connection, work.gemeente, batch.id)
        if cases + refused < batch.row_count:
            continue
        opened = batch.opened(cases, refused, work.now)
        work.save(tables.batches, opened)
        work.record(
            BatchGeopend(
                batchId=batch.id,
                aantalRijen=batch.row_count,
                aantalZaken=cases,
                aantalGeweigerd=refused,
            ),
            sequence=opened.version,
        )


async def close_batches(work: Work) -> None:
    """A batch is closed when each letter and mail is done or failed and the letters can be printed.

    One without a case, because every row was refused, has nothing to wait for. A print file that
    failed does not keep it open, nor does one of which nothing is heard for days.
    """
    for batch in await queries.lock_batches(work, queries.may_close(work.now)):
        figures = await queries.figures(work.connection, work.gemeente, batch.id)
        if not figures.all_done:
            continue
        if batch.waits_for_print_file(figures, work.now):
            work.save(tables.batches, batch.all_sent(work.now))
        else:
            closed = batch.closed(figures, work.now)
            work.save(tables.batches, closed)
            work.record(closing(closed, figures), sequence=closed.version)


async def tell_starters(work: Work) -> None:
    """The starter of a batch that gets no print file is told when it ends, or after an hour."""
    for batch in await queries.lock_batches(work, queries.waits_for_telling(work.now)):
        figures = await queries.figures(work.connection, work.gemeente, batch.id)
        if batch.may_tell(figures, work.now) and await queries.recipient(work.connection, batch):
            news = PrintNews.LATE if figures.letters_made else PrintNews.NONE
            _order_ready_mail(batch, figures, news, work)


async def note_print_file(event: Event[AfdrukbestandGereed], work: Work) -> None:
    """The first print file of a batch is what its starter waits for."""
    await _note_print_file(event, PrintNews.READY, work)


async def note_failed_print_file(event: Event[AfdrukbestandMislukt], work: Work) -> None:
    """A first print file that failed is told too: waiting longer would not bring it."""
    await _note_print_file(event, PrintNews.FAILED, work)


async def _note_print_file(
    event: Event[AfdrukbestandGereed] | Event[AfdrukbestandMislukt], news: PrintNews, work: Work
) -> None:
    """Documents knows the letters for certain; our own news of the last may still be under way."""
    batch = work.loaded(Batch, event.data.batchId).printed(work.now)
    if event.data.nummer != 1:
        return
    work.save(tables.batches, batch)
    if batch.told_at is not None:
        return
    made = event.data.aantalBrieven
    known = await queries.figures(work.connection, work.gemeente, batch.id)
    failed = (batch.letters_approved or made) - made - known.letters_withdrawn
    figures = replace(known, letters_made=made, letters_failed=max(0, failed))
    _order_ready_mail(batch, figures, news, work)


def _order_ready_mail(batch: Batch, figures: Figures, news: PrintNews, work: Work) -> None:
    work.save(tables.batches, batch.told(work.now))
    payload = {
        "batch": str(batch.id),
        "letters": figures.letters_made,
        "mails": figures.mails_sent,
        "failed": figures.letters_failed + figures.mails_failed,
        "print_file": news,
    }
    work.enqueue("ready-mails", uuid5(batch.id, "ready-mail"), payload, group=batch.id)
