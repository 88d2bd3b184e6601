"""The HTTP doors of documents: templates, letters, progress and print files."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Query, Request, Response

from services.documents import errors, handlers, queries, tables, waiting, withdrawing
from services.documents.answers import (
    ActiefSjabloon,
    Afdrukbestand,
    Afdrukbestanden,
    Bevinding,
    DocumentAntwoord,
    Documenten,
    GeplaatstSjabloon,
    NieuwSjabloon,
    Sjablonen,
    Sjabloon,
    SjabloonMetInhoud,
    Voortgang,
)
from services.documents.domain import (
    LETTER_PURPOSES,
    LetterState,
    PrintFile,
    Template,
    letter_key,
)
from services.documents.domain.withdrawing import ToPull
from services.documents.renderer import LetterTemplate
from services.documents.template_doors import ThePool, TheScanner, checked_pictures, draw_samples
from shared.chassis import sealed_file
from shared.chassis.bucket import Bucket
from shared.chassis.loads import Load
from shared.chassis.web import Doors, Run, TheDoors, Who, download
from shared.contracts.codes import Channel, Purpose, Role
from shared.templating import Finding, Level, lint_html

router = APIRouter()

PDF = "application/pdf"
#: Who may open what was sent to a resident; a raadpleger may not.
OPENERS = (Role.BEHANDELAAR, Role.COORDINATOR)
#: Who may know which template is active; a service asks it for an approval.
CHOOSERS = (Role.BEHEERDER, Role.BEHANDELAAR, Role.COORDINATOR, Role.SYSTEEM)
WATCHERS = (*OPENERS, Role.SYSTEEM)


def the_bucket(request: Request) -> Bucket:
    """The object store of the app that got the request."""
    found: Bucket = request.app.state.bucket
    return found


TheBucket = Annotated[Bucket, Depends(the_bucket)]


def file_answer(media_type: str) -> dict[int | str, dict[str, Any]]:
    """How OpenAPI describes a download."""
    schema = {"type": "string", "format": "binary"}
    return {200: {"description": "Het bestand", "content": {media_type: {"schema": schema}}}}


class Paging:
    """Which page of a list. A size of 0 gives the counts alone, and so shows nobody."""

    def __init__(
        self,
        pagina: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
        perPagina: Annotated[int, Query(ge=0, le=500)] = 50,  # noqa: N803 - the wire's name
    ) -> None:
        self.page = pagina
        self.per_page = perPagina


Page = Annotated[Paging, Depends(Paging)]


@router.get("/sjablonen", tags=["sjablonen"])
async def list_templates(
    doors: TheDoors, who: Who, page: Page, doel: Purpose | None = None
) -> Sjablonen:
    """All versions of the letter templates, per purpose and the newest first."""
    who.require(Role.BEHEERDER)
    async with doors.database.transaction(who.gemeente) as tx:
        total, rows = await queries.template_versions(tx.connection, doel, page.page, page.per_page)
    return Sjablonen(aantal=total, pagina=page.page, resultaten=[Sjabloon.of(r) for r in rows])


@router.get("/sjablonen/actief", tags=["sjablonen"])
async def active_template(doors: TheDoors, who: Who, doel: Purpose) -> ActiefSjabloon:
    """The version that letters of a purpose are made with now."""
    who.require(*CHOOSERS)
    async with doors.database.transaction(who.gemeente) as tx:
        row = await queries.active_version(tx.connection, doel)
    if row is None:
        raise errors.NoActiveTemplate(doel)
    return ActiefSjabloon.of(row)


@router.get("/sjablonen/{versieId}", tags=["sjablonen"])
async def show_template(doors: TheDoors, who: Who, versieId: UUID) -> SjabloonMetInhoud:  # noqa: N803 - the wire's name
    """One version with its HTML."""
    who.require(Role.BEHEERDER)
    async with doors.database.transaction(who.gemeente) as tx:
        row = await queries.template_version(tx.connection, versieId)
        names = await queries.asset_names(tx.connection, versieId)
    if row is None:
        raise errors.TemplateUnknown
    return SjabloonMetInhoud.of(row, html=row["html"], afbeeldingen=names)


@router.post("/sjablonen", tags=["sjablonen"], status_code=201)
async def place_template(
    doors: TheDoors, who: Who, run: Run, pool: ThePool, scanner: TheScanner, new: NieuwSjabloon
) -> GeplaatstSjabloon:
    """Place a new version, which is active at once. Refused with every error and its line."""
    who.require(Role.BEHEERDER)
    if new.doel not in LETTER_PURPOSES:
        raise errors.NoLetterForPurpose(new.doel)
    pictures = await checked_pictures(new.afbeeldingen, scanner)
    files, own = await _surroundings(doors, who.gemeente, new.doel)
    files = {**files, **pictures}
    findings = lint_html(new.html, new.doel, Channel.LETTER, files)
    if wrong := [found for found in findings if found.level is Level.ERROR]:
        raise errors.TemplateHasErrors(wrong)
    sample = LetterTemplate(str(uuid4()), new.html, files, new.doel)  # the pool keeps it by id
    await draw_samples(pool, sample, own)
    command = handlers.NewVersion(
        who.gemeente, new.doel, new.naam, new.html, tuple(pictures.items())
    )
    template = Load(
        tables.templates,
        lambda _: command.template_id,
        stub=lambda _: Template.empty(who.gemeente, new.doel),
    )
    placed = await run(handlers.publish_version, command, loads=[template])
    return GeplaatstSjabloon(**placed, waarschuwingen=[_warning(found) for found in findings])


async def _surroundings(
    doors: Doors, gemeente: str, purpose: Purpose
) -> tuple[Mapping[str, bytes], dict[str, str]]:
    """The files of the version before a new one, and what the gemeente fills in itself."""
    async with doors.database.transaction(gemeente) as tx:
        own = await queries.office_values(tx.connection, gemeente)
        active = await queries.active_version(tx.connection, purpose)
        found = await queries.letter_templates(tx.connection, [active["id"]] if active else [])
    files: dict[str, bytes] = {}
    for template in found.values():
        files.update(template.assets)
    return files, own


def _warning(found: Finding) -> Bevinding:
    return Bevinding(regel=found.line, code=found.code, uitleg=found.message)


@router.get("/documenten", tags=["documenten"])
async def list_documents(doors: TheDoors, who: Who, page: Page, zaakId: UUID) -> Documenten:  # noqa: N803 - the wire's name
    """The letters of a case, newest first."""
    who.require(*OPENERS)
    async with doors.database.transaction(who.gemeente) as tx:
        total, rows = await queries.documents_of_case(
            tx.connection, zaakId, page.page, page.per_page
        )
    found = [DocumentAntwoord.of(row) for row in rows]
    return Documenten(aantal=total, pagina=page.page, resultaten=found)


@router.get("/documenten/{documentId}", tags=["documenten"])
async def show_document(doors: TheDoors, who: Who, documentId: UUID) -> DocumentAntwoord:  # noqa: N803 - the wire's name
    """One letter."""
    who.require(*OPENERS)
    return await _letter(doors, who.gemeente, documentId)


async def _letter(doors: Doors, gemeente: str, document_id: UUID) -> DocumentAntwoord:
    async with doors.database.transaction(gemeente) as tx:
        row = await queries.document(tx.connection, document_id)
    if row is None:
        raise errors.DocumentUnknown
    return DocumentAntwoord.of(row)


@router.get(
    "/documenten/{documentId}/inhoud",
    tags=["documenten"],
    response_class=Response,
    responses=file_answer(PDF),
)
async def download_document(
    doors: TheDoors,
    who: Who,
    bucket: TheBucket,
    documentId: UUID,  # noqa: N803 - the wire's name
) -> Response:
    """The PDF of a letter, exactly as it was made; the gateway asks for an inzage."""
    who.require(*WATCHERS)
    letter = await _letter(doors, who.gemeente, documentId)
    if letter.status is not LetterState.MADE:
        raise errors.LetterNotMade(letter.reden)
    pdf = await bucket.get_sealed(letter_key(who.gemeente, documentId))
    return _whole(pdf, f"brief-{letter.zaaknummer}.pdf", PDF)


@router.get("/batches/{batchId}", tags=["batches"])
async def show_progress(doors: TheDoors, who: Who, batchId: UUID) -> Voortgang:  # noqa: N803 - the wire's name
    """How many letters of a batch are expected, made and failed."""
    who.require(*WATCHERS)
    async with doors.database.transaction(who.gemeente) as tx:
        batch = await queries.batch(tx.connection, batchId)
        progress = await queries.progress(tx.connection, batchId)
    if batch is None and not (progress.made or progress.failed or progress.open):
        raise errors.BatchUnknown
    return Voortgang(
        id=batchId,
        verwacht=batch.expected if batch else None,
        gemaakt=progress.made,
        mislukt=progress.failed,
        open=progress.open,
    )


@router.get("/batches/{batchId}/mislukt", tags=["batches"])
async def list_failed(doors: TheDoors, who: Who, page: Page, batchId: UUID) -> Documenten:  # noqa: N803 - the wire's name
    """The letters of a batch that could not be made, each with its reason."""
    who.require(*WATCHERS)
    async with doors.database.transaction(who.gemeente) as tx:
        total, rows = await queries.failed_letters(tx.connection, batchId, page.page, page.per_page)
    found = [DocumentAntwoord.of(row) for row in rows]
    return Documenten(aantal=total, pagina=page.page, resultaten=found)


@router.get("/afdrukbestanden", tags=["afdrukbestanden"])
async def list_print_files(
    doors: TheDoors,
    who: Who,
    page: Page,
    batchId: UUID | None = None,  # noqa: N803 - the wire's name
) -> Afdrukbestanden:
    """The print files of a batch, by number; without one those of single cases, newest first."""
    who.require(*WATCHERS)
    numbers = (page.page, page.per_page)
    async with doors.database.transaction(who.gemeente) as tx:
        if batchId is None:
            listing = waiting.print_files_of_cases(tx.connection, who.gemeente, *numbers)
        else:
            listing = queries.print_files(tx.connection, batchId, *numbers)
        total, rows = await listing
    found = [Afdrukbestand.of(row) for row in rows]
    return Afdrukbestanden(aantal=total, pagina=page.page, resultaten=found)


@router.get("/afdrukbestanden/{bestandId}", tags=["afdrukbestanden"])
async def show_print_file(doors: TheDoors, who: Who, bestandId: UUID) -> Afdrukbestand:  # noqa: N803 - the wire's name
    """One print file with its totals, and the letters in it that must not be posted."""
    who.require(*WATCHERS)
    file = await print_file_of(doors, who.gemeente, bestandId)
    return Afdrukbestand.of(file, await _to_pull(doors, file))


@router.post("/afdrukbestanden/{bestandId}/opnieuw", tags=["afdrukbestanden"], status_code=202)
async def build_print_file_again(
    doors: TheDoors,
    who: Who,
    run: Run,
    bestandId: UUID,  # noqa: N803 - the wire's name
) -> Afdrukbestand:
    """Have a print file that failed made again: the same letters, the same number."""
    who.require(*OPENERS)
    file = Load(tables.print_files, lambda _: bestandId)
    await run(handlers.build_again, handlers.BuildAgain(bestandId), loads=[file])
    return Afdrukbestand.of(await print_file_of(doors, who.gemeente, bestandId))


@router.get(
    "/afdrukbestanden/{bestandId}/pdf",
    tags=["afdrukbestanden"],
    response_class=Response,
    responses=file_answer(PDF),
)
async def download_print_file(
    doors: TheDoors,
    who: Who,
    bucket: TheBucket,
    bestandId: UUID,  # noqa: N803 - the wire's name
) -> Response:
    """All letters as one PDF, each on a new sheet when printed on both sides."""
    who.require(*OPENERS)
    file = await _ready(doors, who.gemeente, bestandId)
    return await _framed(doors, bucket, file, "pdf", PDF)


@router.get(
    "/afdrukbestanden/{bestandId}/zip",
    tags=["afdrukbestanden"],
    response_class=Response,
    responses=file_answer("application/zip"),
)
async def download_single_letters(
    doors: TheDoors,
    who: Who,
    bucket: TheBucket,
    bestandId: UUID,  # noqa: N803 - the wire's name
) -> Response:
    """The same letters as single PDFs in a ZIP, named in the order of printing."""
    who.require(*OPENERS)
    file = await _ready(doors, who.gemeente, bestandId)
    return await _framed(doors, bucket, file, "zip", "application/zip")


@router.get(
    "/afdrukbestanden/{bestandId}/manifest",
    tags=["afdrukbestanden"],
    response_class=Response,
    responses=file_answer("text/csv"),
)
async def download_manifest(
    doors: TheDoors,
    who: Who,
    bucket: TheBucket,
    bestandId: UUID,  # noqa: N803 - the wire's name
) -> Response:
    """Which letter is where: place, case number, pages, first page, sha256."""
    who.require(*OPENERS)
    file = await _ready(doors, who.gemeente, bestandId)
    content = await bucket.get_sealed(file.key("csv"))
    if content is not None:
        content = withdrawing.marked(content, await _to_pull(doors, file))
    return _whole(content, f"afdrukbestand-{file.name}.csv", "text/csv; charset=utf-8")


async def print_file_of(doors: Doors, gemeente: str, file_id: UUID) -> PrintFile:
    """One print file; raises PrintFileUnknown."""
    async with doors.database.transaction(gemeente) as tx:
        file = await queries.print_file(tx.connection, file_id)
    if file is None:
        raise errors.PrintFileUnknown
    return file


async def _to_pull(doors: Doors, file: PrintFile) -> list[ToPull]:
    async with doors.database.transaction(file.gemeente) as tx:
        return await withdrawing.to_pull(tx.connection, file)


async def _ready(doors: Doors, gemeente: str, file_id: UUID) -> PrintFile:
    file = await print_file_of(doors, gemeente, file_id)
    if not file.is_ready:
        raise errors.PrintFileNotReady(file.reason)
    return file


async def _framed(
    doors: Doors, bucket: Bucket, file: PrintFile, extension: str, media_type: str
) -> Response:
    found = await sealed_file.open_stream(bucket, doors.mapper.keys, file.key(extension))
    if found is None:
        raise errors.ContentGone
    size, content = found
    return download(content, size, f"afdrukbestand-{file.name}.{extension}", media_type)


def _whole(content: bytes | None, name: str, media_type: str) -> Response:
    if content is None:
        raise errors.ContentGone
    return download(_once(content), len(content), name, media_type)


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content
