"""The slow work of documents: what a letter or print file needs, and what its outcome changes.

`prepare` reads in one transaction; the work itself (press.py, print_run.py) is outside any; its
outcome is written in the transaction that ends the work, with the event that tells it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.documents import queries, tables, withdrawing
from services.documents.domain import WITHDRAWN, Document, PrintState
from services.documents.press import Order, Stored, Unwanted
from services.documents.print_run import Built, PrintOrder
from shared.chassis.service import Item
from shared.chassis.work import Work
from shared.contracts.events import (
    AfdrukbestandGereed,
    AfdrukbestandMislukt,
    DocumentMislukt,
    DocumentOpgeslagen,
)


async def prepare_letters(items: Sequence[Item], work: Work) -> Mapping[UUID, Order]:
    """The letters that must still be made, each with its template version if that is known."""
    documents = await _documents(items, work)
    versions = {each.template_version for each in documents.values() if each.template_version}
    templates = await queries.letter_templates(work.connection, versions)
    stopped = await queries.stopped_letters(work.connection, list(documents.values()))
    reasons = dict.fromkeys(stopped, WITHDRAWN)
    reasons |= await withdrawing.reasons(work.connection, [one.id for one in documents.values()])
    return {
        item_id: Order(document, templates.get(version), reasons.get(document.id))
        for item_id, document in documents.items()
        if document.is_open and (version := document.template_version) is not None
    }


async def record_letter(_: Item, stored: Stored | Unwanted | None, work: Work) -> None:
    """A letter lies in the store; what was sealed to make it is let go.

    While it was made it may have been taken back: then it ends as that. `withdrawing.take_back`
    waits for this transaction, or this one for it, on the item of work.
    """
    if stored is None:
        return
    if isinstance(stored, Unwanted):
        _withdraw(stored.document, stored.reason, work)
        return
    taken_back = await withdrawing.reasons(work.connection, [stored.document.id])
    if taken_back:
        _withdraw(stored.document, taken_back[stored.document.id], work)
        return
    document = stored.document.made(
        pages=stored.pages, size=stored.size, sha256=stored.sha256, now=work.now
    )
    work.save(tables.documents, document)
    work.record(
        DocumentOpgeslagen(
            **_about(document), paginas=stored.pages, bytes=stored.size, sha256=stored.sha256
        ),
        sequence=1,
    )


async def record_failed_letter(item: Item, reason: str, work: Work) -> None:
    """A letter could not be made; only this one."""
    document = (await _documents([item], work)).get(item.id)
    if document is not None and document.is_open:
        fail_letter(document, reason, work)


def _withdraw(document: Document, reason: str, work: Work) -> None:
    work.save(tables.documents, document.withdrawn(reason, now=work.now))
    told = DocumentMislukt(**_about(document), reden=reason, ingetrokken=True)
    work.record(told, sequence=1)


def fail_letter(document: Document, reason: str, work: Work) -> None:
    """A letter will not be made in this attempt; the reason is for the user."""
    work.save(tables.documents, document.failed(reason, now=work.now))
    work.record(DocumentMislukt(**_about(document), reden=reason), sequence=1)


async def _documents(items: Sequence[Item], work: Work) -> dict[UUID, Document]:
    """The letters that work items are about, by the item's id."""
    wanted = {UUID(item.payload["documentId"]): item.id for item in items}
    statement = sa.select(tables.documents).where(tables.documents.c.id.in_(wanted))
    rows = (await work.query(statement)).mappings()
    return {wanted[row["id"]]: work.mapper.to_item(tables.documents, row) for row in rows}


def _about(document: Document) -> dict[str, Any]:
    return {
        "zaakId": document.case_id,
        "documentId": document.id,
        "batchId": document.batch_id,
        "bezorgingId": document.delivery_id,
        "pogingId": document.id,
        "doel": document.purpose,
    }


async def prepare_print_files(items: Sequence[Item], work: Work) -> Mapping[UUID, PrintOrder]:
    """The print files that must still be built, each with its letters."""
    orders = {}
    for item in items:
        file = await queries.print_file(work.connection, UUID(item.payload["printFileId"]))
        if file is not None and file.state == PrintState.BUILDING:
            letters = await queries.letters_of_print_file(work.connection, file.id)
            orders[item.id] = PrintOrder(file, letters)
    return orders


async def record_print_file(_: Item, built: Built | None, work: Work) -> None:
    """A print file lies in the store, and will never change."""
    if built is None:
        return
    totals, double = built.totals, built.file.double_sided
    sheets = totals.vellenDubbelzijdig if double else totals.vellenEnkelzijdig
    file = built.file.ready(
        pages=totals.paginas,
        blank_pages=totals.blanco,
        sheets=sheets,
        separators=totals.scheidingsbladen,
        sha256=built.sha256,
        now=work.now,
    )
    work.save(tables.print_files, file)
    if file.batch_id is None:  # its letters are of single cases: nobody waits for it elsewhere
        return
    work.record(
        AfdrukbestandGereed(
            afdrukbestandId=file.id,
            batchId=file.batch_id,
            nummer=file.number,
            aantalBrieven=totals.brieven,
            aantalPaginas=totals.paginas,
            aantalVellen=sheets,
        ),
        sequence=file.version,
    )


async def record_failed_print_file(item: Item, reason: str, work: Work) -> None:
    """A print file could not be built; who started the batch hears it, and can ask again."""
    file = await queries.print_file(work.connection, UUID(item.payload["printFileId"]))
    if file is None or file.state != PrintState.BUILDING:
        return
    failed = file.failed(reason, now=work.now)
    work.save(tables.print_files, failed)
    if file.batch_id is None:
        return
    work.record(
        AfdrukbestandMislukt(
            afdrukbestandId=file.id,
            batchId=file.batch_id,
            nummer=file.number,
            aantalBrieven=file.letters,
            reden=reason,
        ),
        sequence=failed.version,
    )
