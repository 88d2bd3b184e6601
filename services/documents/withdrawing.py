"""Letters that nobody wants any more: taken back, held back, or to be taken out of a print file.

An order that was taken back is a row, also when it came before the order itself. A letter that is
not made yet is answered as withdrawn at its turn, which comes at once, so one claim decides. One
that was made and is in no print file is held back. One in a print file that was not posted is for
people to take out: they are told where it is.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Sequence
from io import StringIO
from typing import Any
from uuid import UUID, uuid5

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.documents import tables
from services.documents.domain import Document, LetterState, PrintFile
from services.documents.domain.withdrawing import ToPull, WithdrawnOrder, first_pages
from shared.chassis import work_queue
from shared.chassis.work import Work
from shared.contracts.codes import Channel
from shared.contracts.envelope import Event
from shared.contracts.events import BriefNietPosten, BriefTegengehouden, OpdrachtIngetrokken

LETTERS = "letters"
#: What is told of a letter after its order was answered follows that answer.
AFTER_THE_ANSWER = 2

_letters = tables.documents.c
_inside = tables.print_file_letters.c
_files = tables.print_files.c
_taken_back = tables.withdrawn_orders.c


def work_of(document_id: UUID) -> UUID:
    """The id of the work of making a letter."""
    return uuid5(document_id, "brief")


async def take_back(event: Event[OpdrachtIngetrokken], work: Work) -> None:
    """A letter must not be posted; one that was posted, or never made, stays as it is.

    Its batch, or for a letter of a single case its office, is locked by its load: nobody puts it
    into a print file meanwhile.
    """
    order = event.data
    known = work.found(WithdrawnOrder, order.pogingId)
    if order.kanaal is not Channel.LETTER or known is not None:
        return
    withdrawn = WithdrawnOrder(order.pogingId, work.gemeente, order.zaakId, order.reden, work.now)
    work.add(tables.withdrawn_orders, withdrawn)
    await work_queue.hasten(work.connection, LETTERS, work_of(order.pogingId), work.now)
    document = await _lock_made(order.pogingId, work)
    if document is None:
        return
    if (inside := await _lock_place(document.id, work)) is None:
        hold_back(document, order.reden, work)
    elif inside[0].posted_on is None:
        await _tell_to_pull(document, *inside, order.reden, work)


def hold_back(document: Document, reason: str, work: Work) -> None:
    """A letter that was made is not posted."""
    work.save(tables.documents, document.withdrawn(reason, now=work.now))
    told = BriefTegengehouden(**_about(document), batchId=document.batch_id, reden=reason)
    work.record(told, sequence=AFTER_THE_ANSWER)


async def _tell_to_pull(
    document: Document, file: PrintFile, place: int, reason: str, work: Work
) -> None:
    pages = await _first_pages(work.connection, file)
    told = BriefNietPosten(
        **_about(document),
        afdrukbestandId=file.id,
        afdrukbestand=file.name,
        batchId=file.batch_id,
        volgnummer=place,
        pagina=pages[document.id],
        reden=reason,
    )
    work.record(told, sequence=AFTER_THE_ANSWER)


def _about(document: Document) -> dict[str, Any]:
    return {
        "zaakId": document.case_id,
        "documentId": document.id,
        "bezorgingId": document.delivery_id,
        "pogingId": document.id,
        "doel": document.purpose,
    }


async def _lock_made(document_id: UUID, work: Work) -> Document | None:
    """The letter when it was made, locked."""
    statement = (
        sa.select(tables.documents)
        .where(_letters.id == document_id, _letters.state == LetterState.MADE)
        .with_for_update()
    )
    row = (await work.query(statement)).mappings().first()
    return None if row is None else work.mapper.to_item(tables.documents, row)


async def _lock_place(document_id: UUID, work: Work) -> tuple[PrintFile, int] | None:
    """The print file that a letter is in, locked, and its place there."""
    statement = (
        sa.select(tables.print_files, _inside.place)
        .join(tables.print_file_letters, _inside.print_file_id == _files.id)
        .where(_inside.document_id == document_id)
        .with_for_update(of=tables.print_files)
    )
    row = (await work.query(statement)).mappings().first()
    if row is None:
        return None
    columns = {name: value for name, value in row.items() if name != "place"}
    return PrintFile(**columns), row["place"]


async def reasons(connection: AsyncConnection, letters: Collection[UUID]) -> dict[UUID, str]:
    """Those of some letters whose order was taken back, with the reason."""
    statement = sa.select(_taken_back.id, _taken_back.reason).where(_taken_back.id.in_(letters))
    return {row.id: row.reason for row in await connection.execute(statement)}


async def to_pull(connection: AsyncConnection, file: PrintFile) -> list[ToPull]:
    """The letters of a print file that must not be posted, or were not."""
    statement = (
        sa.select(
            _letters.id,
            _letters.case_id,
            _inside.case_number,
            _inside.place,
            _taken_back.reason,
            _taken_back.at,
        )
        .join(tables.print_file_letters, _inside.document_id == _letters.id)
        .join(tables.withdrawn_orders, _taken_back.id == _letters.id)
        .where(_inside.gemeente == file.gemeente, _inside.print_file_id == file.id)
        .order_by(_inside.place)
    )
    if file.posted_on is not None:
        statement = statement.where(_letters.state == LetterState.WITHDRAWN)
    rows = list(await connection.execute(statement))
    pages = await _first_pages(connection, file) if rows else {}
    return [
        ToPull(row.id, row.case_id, row.case_number, row.place, pages[row.id], row.reason, row.at)
        for row in rows
    ]


async def _first_pages(connection: AsyncConnection, file: PrintFile) -> dict[UUID, int]:
    """On which page each letter of a print file begins."""
    statement = (
        sa.select(_letters.id, _letters.pages)
        .join(tables.print_file_letters, _inside.document_id == _letters.id)
        .where(_inside.gemeente == file.gemeente, _inside.print_file_id == file.id)
        .order_by(_inside.place)
    )
    rows = list(await connection.execute(statement))
    begins = first_pages(
        [row.pages for row in rows],
        double_sided=file.double_sided,
        separator_every=file.separator_every,
    )
    return {row.id: page for row, page in zip(rows, begins, strict=True)}


async def lock_to_pull(file: PrintFile, work: Work) -> list[tuple[Document, ToPull]]:
    """The letters that must be taken out of a print file that is being posted, locked."""
    found = {one.document_id: one for one in await to_pull(work.connection, file)}
    statement = (
        sa.select(tables.documents)
        .where(_letters.id.in_(found), _letters.state == LetterState.MADE)
        .order_by(_letters.id)
        .with_for_update()
    )
    rows = (await work.query(statement)).mappings().all()
    letters = [work.mapper.to_item(tables.documents, row) for row in rows]
    return [(letter, found[letter.id]) for letter in letters]


def marked(manifest: bytes, pulled: Sequence[ToPull]) -> bytes:
    """The manifest with a column that says which letters must not be posted."""
    if not pulled:
        return manifest
    reasons_at = {str(one.place): f"niet posten: {one.reason}" for one in pulled}
    head, *lines = csv.reader(StringIO(manifest.decode()), delimiter=";")
    output = StringIO()
    writer = csv.writer(output, delimiter=";", lineterminator="\r\n")
    writer.writerow([*head, "nietPosten"])
    writer.writerows([*line, reasons_at.get(line[0], "")] for line in lines)
    return output.getvalue().encode()
