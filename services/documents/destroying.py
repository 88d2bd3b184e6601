"""What documents deletes when a case is destroyed: its letters, and the print files with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid5

import sqlalchemy as sa

from services.documents import tables
from services.documents.domain import PrintState, letter_key
from shared.chassis import destruction
from shared.chassis.destruction import About, Belongings
from shared.chassis.work import Work
from shared.contracts.envelope import Event
from shared.contracts.events import DocumentenGewist, ZaakVernietigd

GONE = "Een zaak met een brief in dit bestand is vernietigd. De andere brieven zijn er nog."

_documents = tables.documents.c
_inside = tables.print_file_letters.c
_files = tables.print_files.c


async def destroy(event: Event[ZaakVernietigd], work: Work) -> None:
    """A case was destroyed: its letters go."""
    await destruction.begin(work, event.data.zaakId)


async def files(work: Work, case_id: UUID, _: About) -> Sequence[str]:
    """The PDFs of a case, and of the print files that a letter of it is in all parts."""
    letters = await _letters(work, case_id)
    found = [letter_key(work.gemeente, letter) for letter in letters]
    print_files = await work.query(_print_files(letters))
    return found + [f"{work.gemeente}/afdrukbestanden/{one}." for one in print_files.scalars()]


async def waiting(work: Work, case_id: UUID, _: About) -> Sequence[UUID]:
    """Letters of a case that wait to be made, or are being made."""
    return [uuid5(letter, "brief") for letter in await _letters(work, case_id)]


async def close_print_files(work: Work, case_id: UUID, _: About) -> None:
    """The print files say why they can be opened no more; they name the letter no longer."""
    letters = await _letters(work, case_id)
    await work.query(
        sa.update(tables.print_files)
        .where(_files.id.in_(_print_files(letters)))
        .values(state=PrintState.GONE, reason=GONE, version=_files.version + 1)
    )
    await work.query(sa.delete(tables.print_file_letters).where(_inside.document_id.in_(letters)))


async def _letters(work: Work, case_id: UUID) -> Sequence[UUID]:
    ours = sa.and_(_documents.gemeente == work.gemeente, _documents.case_id == case_id)
    return (await work.query(sa.select(_documents.id).where(ours))).scalars().all()


def _print_files(letters: Sequence[UUID]) -> sa.Select[Any]:
    return sa.select(_inside.print_file_id).where(_inside.document_id.in_(letters)).distinct()


BELONGINGS = Belongings(
    tables.metadata,
    "case_id",
    lambda case_id, _: DocumentenGewist(zaakId=case_id),
    files=files,
    work=waiting,
    also=close_print_files,
)
