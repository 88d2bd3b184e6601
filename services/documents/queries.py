"""What is read: templates, letters, progress and print files, always of one gemeente."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.documents import tables
from services.documents.domain import (
    STOP_MARGIN,
    Batch,
    Document,
    LetterState,
    Office,
    PrintFile,
    PrintFileLetter,
    Progress,
)
from services.documents.domain.printing import ToPrint
from services.documents.renderer import LetterTemplate
from shared.chassis.shelves import id_in
from shared.chassis.work import Work
from shared.contracts.codes import Purpose, ReturnReason

Rows = list[sa.RowMapping]

#: Everything of a document but its sealed values.
_DOCUMENT = [column for column in tables.documents.columns if column.name != "merge_values"]
#: What a ToPrint is made of.
TO_PRINT = (
    tables.documents.c.id,
    tables.documents.c.case_number,
    tables.documents.c.place,
    tables.documents.c.postal_key,
)


async def letter_templates(
    connection: AsyncConnection, versions: Collection[UUID]
) -> dict[UUID, LetterTemplate]:
    """The template versions that exist here, with their files, ready to draw with."""
    table, assets = tables.template_versions, tables.template_assets
    files: dict[UUID, dict[str, bytes]] = {}
    for row in await connection.execute(sa.select(assets).where(assets.c.version_id.in_(versions))):
        files.setdefault(row.version_id, {})[row.name] = bytes(row.content)
    rows = await connection.execute(sa.select(table).where(table.c.id.in_(versions)))
    return {
        row.id: LetterTemplate(str(row.id), row.html, files.get(row.id, {}), Purpose(row.purpose))
        for row in rows
    }


async def template_versions(
    connection: AsyncConnection, purpose: Purpose | None, page: int, per_page: int
) -> tuple[int, Rows]:
    """How many versions there are and one page of them, per purpose and the newest first."""
    statement = _versions()
    if purpose is not None:
        statement = statement.where(tables.templates.c.purpose == purpose)
    order = (tables.templates.c.purpose, tables.template_versions.c.number.desc())
    return await page_of(connection, statement, order, page, per_page)


async def active_version(connection: AsyncConnection, purpose: Purpose) -> sa.RowMapping | None:
    """The version that letters of a purpose are made with now."""
    statement = _versions().where(
        tables.templates.c.purpose == purpose,
        tables.templates.c.active_version == tables.template_versions.c.id,
    )
    return await _one(connection, statement)


async def template_version(connection: AsyncConnection, version: UUID) -> sa.RowMapping | None:
    """One version."""
    statement = _versions().where(tables.template_versions.c.id == version)
    return await _one(connection, statement)


async def asset_names(connection: AsyncConnection, version: UUID) -> list[str]:
    """The names of the pictures and fonts of a version."""
    assets = tables.template_assets.c
    statement = sa.select(assets.name).where(assets.version_id == version).order_by(assets.name)
    return list((await connection.execute(statement)).scalars())


async def version_before(
    connection: AsyncConnection, template: UUID, number: int
) -> sa.RowMapping | None:
    """The version that a template had before this one."""
    table = tables.template_versions
    statement = _versions().where(table.c.template_id == template, table.c.number < number)
    return await _one(connection, statement.order_by(table.c.number.desc()).limit(1))


def _versions() -> sa.Select[Any]:
    versions, templates = tables.template_versions, tables.templates
    is_active = templates.c.active_version == versions.c.id
    return sa.select(
        versions,
        sa.func.coalesce(is_active, sa.false()).label("is_active"),
        sa.case((is_active, templates.c.active_since)).label("active_since"),
    ).join(templates, templates.c.id == versions.c.template_id)


async def office_values(connection: AsyncConnection, gemeente: str) -> dict[str, str]:
    """The merge fields that the gemeente itself fills; empty when it is not known yet."""
    table = tables.offices
    row = (await connection.execute(sa.select(table).where(table.c.code == gemeente))).first()
    return {} if row is None else Office(**row._mapping).merge_values  # noqa: SLF001 - its API


async def documents_of_case(
    connection: AsyncConnection, case_id: UUID, page: int, per_page: int
) -> tuple[int, Rows]:
    """How many letters a case has and one page of them, newest first."""
    table = tables.documents
    statement = sa.select(*_DOCUMENT).where(table.c.case_id == case_id)
    return await page_of(
        connection, statement, (table.c.asked_at.desc(), table.c.id), page, per_page
    )


async def document(connection: AsyncConnection, document_id: UUID) -> sa.RowMapping | None:
    """One letter."""
    statement = sa.select(*_DOCUMENT).where(tables.documents.c.id == document_id)
    return await _one(connection, statement)


async def progress(connection: AsyncConnection, batch_id: UUID) -> Progress:
    """How many letters of a batch are made, failed and open, counted per delivery."""
    table = tables.documents
    ended = sa.select(
        sa.func.bool_or(table.c.state == LetterState.MADE).label("made"),
        sa.func.bool_or(table.c.state == LetterState.ASKED).label("open"),
    )
    deliveries = ended.where(table.c.batch_id == batch_id).group_by(table.c.delivery_id).subquery()
    made, is_open = deliveries.c.made, deliveries.c.open
    statement = sa.select(
        sa.func.count().filter(made),
        sa.func.count().filter(~made & ~is_open),
        sa.func.count().filter(~made & is_open),
    ).select_from(deliveries)
    return Progress(*(await connection.execute(statement)).one())


async def stopped_letters(connection: AsyncConnection, letters: Sequence[Document]) -> set[UUID]:
    """Those of some letters that were asked for before their batch was stopped."""
    table = tables.batches
    wanted = {letter.batch_id for letter in letters}
    rows = await connection.execute(
        sa.select(table.c.id, table.c.stopped_at).where(
            table.c.id.in_(wanted), table.c.stopped_at.is_not(None)
        )
    )
    stopped_at = {row.id: row.stopped_at for row in rows}
    return {
        letter.id
        for letter in letters
        if letter.batch_id in stopped_at
        and letter.asked_at <= stopped_at[letter.batch_id] + STOP_MARGIN
    }


async def batch(connection: AsyncConnection, batch_id: UUID) -> Batch | None:
    """What is known of a batch."""
    statement = sa.select(tables.batches).where(tables.batches.c.id == batch_id)
    row = (await connection.execute(statement)).mappings().first()
    return None if row is None else Batch(**row)


async def failed_letters(
    connection: AsyncConnection, batch_id: UUID, page: int, per_page: int
) -> tuple[int, Rows]:
    """How many letters of a batch failed and one page of them, in the file's order."""
    table = tables.documents
    other = table.alias()
    retried = sa.exists().where(
        other.c.delivery_id == table.c.delivery_id,
        other.c.batch_id == batch_id,
        other.c.state != LetterState.FAILED,
    )
    statement = sa.select(*_DOCUMENT).where(
        table.c.batch_id == batch_id, table.c.state == LetterState.FAILED, ~retried
    )
    return await page_of(connection, statement, (table.c.place, table.c.id), page, per_page)


async def lock_batches_to_print(work: Work) -> list[Batch]:
    """The batches that may be ready for a print file; nobody else changes them now.

    Those without one, and those of which letters were made again since, or instead of mails: then
    also a batch that had no letters.
    """
    table, letter, inside = tables.batches, tables.documents.c, tables.print_file_letters.c
    made_again = sa.exists().where(
        letter.gemeente == table.c.gemeente,
        letter.batch_id == table.c.id,
        letter.round > 1,
        letter.state == LetterState.MADE,
        ~sa.exists().where(inside.document_id == letter.id),
        ~of_deceased(letter.case_id),
    )
    statement = (
        sa.select(table)
        .where(
            table.c.expected.is_not(None),
            sa.or_(sa.and_(table.c.expected > 0, table.c.print_files == 0), made_again),
        )
        .order_by(table.c.id)
        .with_for_update()
    )
    return [Batch(**row) for row in (await work.query(statement)).mappings()]


async def letters_to_print(connection: AsyncConnection, batch_id: UUID) -> list[ToPrint]:
    """The made letters of a batch that are in no print file."""
    table, inside = tables.documents, tables.print_file_letters
    statement = sa.select(*TO_PRINT).where(
        table.c.batch_id == batch_id,
        table.c.state == LetterState.MADE,
        ~sa.exists().where(inside.c.document_id == table.c.id),
        ~of_deceased(table.c.case_id),
    )
    return [ToPrint(*row) for row in await connection.execute(statement)]


def of_deceased(case_id: sa.ColumnElement[UUID]) -> sa.ColumnElement[bool]:
    """Whether a letter of this case came back because the resident died."""
    back = tables.returned_letters.c
    return sa.exists().where(
        back.case_id == case_id,
        back.reason == ReturnReason.DECEASED,
        back.undone_at.is_(None),
    )


async def print_files(
    connection: AsyncConnection, batch_id: UUID, page: int, per_page: int
) -> tuple[int, Rows]:
    """How many print files a batch has and one page of them, by number."""
    table = tables.print_files
    statement = sa.select(table).where(table.c.batch_id == batch_id)
    order = (table.c.number, table.c.part)
    return await page_of(connection, statement, order, page, per_page)


async def print_file(connection: AsyncConnection, file_id: UUID) -> PrintFile | None:
    """One print file."""
    statement = sa.select(tables.print_files).where(tables.print_files.c.id == file_id)
    row = (await connection.execute(statement)).mappings().first()
    return None if row is None else PrintFile(**row)


async def letters_of_print_file(
    connection: AsyncConnection, file_id: UUID
) -> list[PrintFileLetter]:
    """The letters of a print file in the order of printing."""
    table = tables.print_file_letters
    statement = sa.select(table).where(table.c.print_file_id == file_id).order_by(table.c.place)
    return [PrintFileLetter(**row) for row in (await connection.execute(statement)).mappings()]


async def orphaned_letters(connection: AsyncConnection, keys: Sequence[str]) -> set[str]:
    """The keys of PDFs that no letter has; one that failed or was withdrawn has none."""
    table = tables.documents
    with_pdf = (LetterState.ASKED, LetterState.MADE)
    return await _orphans(connection, keys, table.c.id, table.c.state.in_(with_pdf))


async def orphaned_print_files(connection: AsyncConnection, keys: Sequence[str]) -> set[str]:
    """The keys of files that belong to no print file."""
    return await _orphans(connection, keys, tables.print_files.c.id, sa.true())


async def _orphans(
    connection: AsyncConnection,
    keys: Sequence[str],
    column: sa.Column[UUID],
    used: sa.ColumnElement[bool],
) -> set[str]:
    """The keys that end in an id and an extension, and whose id is not in use."""
    ids = {key: id_in(key.rpartition("/")[2].partition(".")[0]) for key in keys}
    wanted = sa.select(column).where(column.in_({i for i in ids.values() if i}), used)
    known = set((await connection.execute(wanted)).scalars())
    return {key for key, found in ids.items() if found is not None and found not in known}


async def _one(connection: AsyncConnection, statement: sa.Select[Any]) -> sa.RowMapping | None:
    row: sa.RowMapping | None = (await connection.execute(statement)).mappings().first()
    return row


async def page_of(
    connection: AsyncConnection,
    statement: sa.Select[Any],
    order: Collection[Any],
    page: int,
    per_page: int,
) -> tuple[int, Rows]:
    """How many rows there are, and one page of them."""
    count = sa.select(sa.func.count()).select_from(statement.order_by(None).subquery())
    total = (await connection.execute(count)).scalar_one()
    statement = statement.order_by(*order).limit(per_page).offset((page - 1) * per_page)
    return total, list((await connection.execute(statement)).mappings())
