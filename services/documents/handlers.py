"""What happens when: settings, orders and approvals that arrive, templates that are placed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.documents import queries, tables, waiting, withdrawing
from services.documents.domain import (
    LETTER_PURPOSES,
    UNHEARD,
    Batch,
    Document,
    LetterState,
    Office,
    PrintFile,
    PrintFileLetter,
    Template,
    TemplateAsset,
    print_files_of,
    template_id,
)
from services.documents.domain.printing import postal_key
from services.documents.errors import PrintFileUnknown
from services.documents.production import fail_letter
from services.documents.templates import default_letter
from shared.chassis import work_queue
from shared.chassis.work import FOR_A_BATCH, FOR_A_PERSON, Work
from shared.contracts.codes import Purpose
from shared.contracts.envelope import Event
from shared.contracts.events import (
    BatchVerzonden,
    BriefGevraagd,
    InstellingenGewijzigd,
    VerzendingGepauzeerd,
    VerzendingGestopt,
    VerzendingHervat,
)

LETTERS = withdrawing.LETTERS
PRINT_FILES = "print-files"
NOT_TAKEN_IN = (
    "Er ging iets mis in het systeem. De beheerder kijkt ernaar. Probeer deze brief later opnieuw."
)
NO_TEMPLATE = (
    "Er is geen actief sjabloon voor deze brief. Activeer er een in Templatebeheer en probeer het"
    " opnieuw."
)
DECEASED = (
    "Er kwam een brief terug omdat de inwoner is overleden. Er gaat niets meer naar deze inwoner."
)
#: Who made the templates that every gemeente starts with.
SHIPPED_BY = "systeem:documents"


async def follow_settings(event: Event[InstellingenGewijzigd], work: Work) -> None:
    """The newest settings count; a gemeente that is new gets the default letters."""
    office = work.loaded(Office, event.data.code, by="code")
    if event.sequence <= office.sequence:
        return
    work.save(tables.offices, _office(event))
    for purpose in sorted(LETTER_PURPOSES):
        template = work.loaded(Template, template_id(event.gemeente, purpose))
        if template.versions == 0:
            shipped = default_letter(purpose)
            _publish(template, "Standaardbrief", shipped.html, shipped.assets, SHIPPED_BY, work)


def unheard_office(event: Event[InstellingenGewijzigd]) -> Office:
    """A place for the settings of a gemeente that was never heard of."""
    return Office(event.data.code, event.gemeente, UNHEARD)


def _office(event: Event[InstellingenGewijzigd]) -> Office:
    data = event.data
    return Office(
        code=data.code,
        gemeente=event.gemeente,
        sequence=event.sequence,
        name=data.naam,
        place=data.plaats,
        department=data.afdeling,
        phone=data.telefoon,
        opening_hours=data.openingstijden,
        return_address=data.retouradres,
        link=data.link,
    )


def _publish(
    template: Template, name: str, html: str, files: Any, made_by: str, work: Work
) -> dict[str, Any]:
    template, version = template.with_version(name, html, by=made_by, now=work.now)
    work.save(tables.templates, template)
    work.add(tables.template_versions, version)
    for asset in TemplateAsset.all_of(version, files):
        work.add(tables.template_assets, asset)
    return {
        "id": str(version.id),
        "doel": version.purpose,
        "naam": version.name,
        "versie": version.number,
        "geactiveerdOp": work.now.isoformat(),
    }


async def order_letter(event: Event[BriefGevraagd], work: Work) -> None:
    """An order becomes a letter to make; the same order again is the same letter."""
    if work.found(Document, event.data.pogingId) is not None:
        return
    document = _ordered(event)
    if await waiting.is_deceased(work.connection, document.case_id):
        fail_letter(document, DECEASED, work)
        return
    if document.template_version is None:
        template = work.loaded(Template, template_id(event.gemeente, document.purpose))
        document = replace(document, template_version=template.active_version)
    if document.template_version is None:
        fail_letter(document, NO_TEMPLATE, work)
        return
    work.add(tables.documents, document)
    item = {"documentId": str(document.id)}
    priority = FOR_A_PERSON if document.batch_id is None else FOR_A_BATCH
    work.enqueue(
        LETTERS,
        withdrawing.work_of(document.id),
        item,
        priority=priority,
        group=document.batch_id,
    )


async def fail_order(event: Event[BriefGevraagd], work: Work) -> None:
    """An order that we could not take in has failed, so that its batch comes to its end."""
    if await queries.document(work.connection, event.data.pogingId) is None:
        fail_letter(_ordered(event), NOT_TAKEN_IN, work)


def _ordered(event: Event[BriefGevraagd]) -> Document:
    data = event.data
    return Document(
        id=data.pogingId,
        gemeente=event.gemeente,
        case_id=data.zaakId,
        delivery_id=data.bezorgingId,
        batch_id=data.batchId,
        case_number=data.zaaknummer,
        place=data.volgnummer,
        purpose=data.doel,
        template_version=data.sjabloonVersieId,
        state=LetterState.ASKED,
        asked_at=event.time,
        round=max(1, event.sequence),
        merge_values=json.dumps(data.velden, ensure_ascii=False),
        postal_key=postal_key(data.velden),
    )


async def expect_letters(event: Event[BatchVerzonden], work: Work) -> None:
    """An approval says how many letters a batch has; some may be made already."""
    batch = work.loaded(Batch, event.data.batchId)
    if event.sequence > batch.sequence:
        work.save(tables.batches, batch.expects(event.data.aantalBrieven, event.sequence))


async def pause_letters(event: Event[VerzendingGepauzeerd], work: Work) -> None:
    """No letter of a paused batch is made; what is in hand is finished."""
    if batch := _newer(event, work):
        work.save(tables.batches, batch.braked(event.sequence))
        await work_queue.pause(work.connection, LETTERS, batch.id)


async def resume_letters(event: Event[VerzendingHervat], work: Work) -> None:
    """The letters of a batch are made again."""
    if batch := _newer(event, work):
        work.save(tables.batches, batch.braked(event.sequence))
        await work_queue.go_on(work.connection, LETTERS, batch.id)


async def stop_letters(event: Event[VerzendingGestopt], work: Work) -> None:
    """What waits is answered as withdrawn, each at its turn, so nothing is made meanwhile."""
    if batch := _newer(event, work):
        work.save(tables.batches, batch.braked(event.sequence, event.time))
        await work_queue.go_on(work.connection, LETTERS, batch.id)


def _newer(
    event: Event[VerzendingGepauzeerd] | Event[VerzendingHervat] | Event[VerzendingGestopt],
    work: Work,
) -> Batch | None:
    """The batch, unless something newer was heard of it."""
    batch = work.loaded(Batch, event.data.batchId)
    return batch if event.sequence > batch.brake_sequence else None


def unheard_batch(event: Event[Any]) -> Batch:
    """A place for a batch that nothing was said about yet."""
    return Batch(event.data.batchId, event.gemeente, UNHEARD)


async def order_print_files(work: Work) -> None:
    """A batch whose letters all ended gets a print file: one of all, and one of each retry."""
    for batch in await queries.lock_batches_to_print(work):
        if not batch.is_complete(await queries.progress(work.connection, batch.id)):
            continue
        letters = await queries.letters_to_print(work.connection, batch.id)
        if not letters:
            continue
        counted = batch.with_print_file()
        work.save(tables.batches, counted)
        options = await waiting.options_of_batch(work.connection, work.gemeente, batch.id)
        made = print_files_of(batch.id, counted.print_files, letters, options, now=work.now)
        place_print_files(made, work, priority=FOR_A_BATCH)


def place_print_files(
    made: Sequence[tuple[PrintFile, Sequence[PrintFileLetter]]], work: Work, *, priority: int
) -> None:
    """Keep print files with their letters, and have them built."""
    for file, inside in made:
        work.add(tables.print_files, file)
        for letter in inside:
            work.add(tables.print_file_letters, letter)
        _build(file, work, priority=priority)


@dataclass(frozen=True, slots=True)
class BuildAgain:
    """A colleague wants a print file that failed to be built once more."""

    print_file_id: UUID


async def build_again(command: BuildAgain, work: Work) -> dict[str, Any]:
    """A print file that failed is built again, with the same letters under its own number."""
    file = work.found(PrintFile, command.print_file_id)
    if file is None:
        raise PrintFileUnknown
    file = file.again()
    work.save(tables.print_files, file)
    _build(file, work, priority=FOR_A_PERSON)
    return {"id": str(file.id)}


def _build(file: PrintFile, work: Work, *, priority: int) -> None:
    item = {"printFileId": str(file.id)}
    work.enqueue(PRINT_FILES, file.build_id, item, priority=priority, group=file.batch_id)


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A template that passed the linter, to become the active version of its purpose."""

    gemeente: str
    purpose: Purpose
    name: str
    html: str
    #: Beside those of the version before it; the same name is another picture from now on.
    pictures: tuple[tuple[str, bytes], ...] = ()

    @property
    def template_id(self) -> UUID:
        """The template that it is a version of."""
        return template_id(self.gemeente, self.purpose)


@dataclass(frozen=True, slots=True)
class ActivateVersion:
    """An older version of a template, to count again."""

    version_id: UUID
    template_id: UUID


async def activate_version(command: ActivateVersion, work: Work) -> dict[str, Any]:
    """Letters ordered from now on use it; orders that were approved name their own version."""
    template = work.loaded(Template, command.template_id)
    work.save(tables.templates, template.activated(command.version_id, now=work.now))
    return {"id": str(command.version_id)}


async def publish_version(command: NewVersion, work: Work) -> dict[str, Any]:
    """A new version is active from now on; it keeps the pictures of the one before it."""
    template = work.loaded(Template, command.template_id)
    table = tables.template_assets
    rows = await work.query(
        sa.select(table.c.name, table.c.content).where(
            table.c.version_id == template.active_version
        )
    )
    files = {row.name: bytes(row.content) for row in rows} | dict(command.pictures)
    return _publish(template, command.name, command.html, files, work.actor, work)
