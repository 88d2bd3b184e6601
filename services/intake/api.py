"""The HTTP doors of intake: the empty file, uploads, what was found, copies, batches, columns."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID, uuid4, uuid5

import structlog
from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from services.intake import handlers, queries, tables
from services.intake.contract.definition import Severity, load_contract
from services.intake.domain import Copy, CopyStatus, Status, require_sender
from services.intake.errors import (
    BatchNotFound,
    CopyNotFound,
    CopyNotReady,
    UnknownUpload,
    UploadNotFound,
)
from services.intake.frames import copy_key, file_key
from services.intake.messages import (
    Akkoord,
    BatchVoortgang,
    Bevestigd,
    Bevinding,
    Bevindingen,
    GeweigerdeRijen,
    Kolomaliassen,
    Kolommen,
    Kopie,
    Kopieen,
    NieuweKopie,
    Ontvangen,
    Page,
    PageSize,
    UploadMetGroepen,
    Uploads,
)
from services.intake.messages import Upload as UploadAntwoord
from services.intake.receiving import FIELD, ReceivedFile, receive
from services.intake.workbook.template import empty_workbook
from shared.chassis.bucket import Bucket
from shared.chassis.commands import KeyReused
from shared.chassis.identity import Identity
from shared.chassis.loads import Load
from shared.chassis.malware import MalwareScanner
from shared.chassis.openapi import IDEMPOTENCY_KEY
from shared.chassis.web import Doors, Run, TheDoors, Who, download
from shared.contracts.codes import Role

log = structlog.get_logger()
#: Excel's last row.
LAST_ROW = 1_048_576
router = APIRouter(tags=["intake"])

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: How OpenAPI describes a workbook to download.
XLSX_ANSWER: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Het bestand",
        "content": {XLSX: {"schema": {"type": "string", "format": "binary"}}},
    }
}

#: What multipart looks like in the OpenAPI document: the body is read as a stream, not by FastAPI.
UPLOAD_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["bestand"],
                    "properties": {"bestand": {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}
IdempotencyKey = Annotated[UUID | None, Header(alias=IDEMPOTENCY_KEY)]


def _admit(who: Identity) -> None:
    who.require(Role.BEHANDELAAR, Role.COORDINATOR)


@router.get("/leeg-bestand", response_class=Response, responses=XLSX_ANSWER)
async def download_empty_file(who: Who) -> Response:
    """Geef het lege Excelbestand, met uitleg, keuzelijsten en een voorbeeldrij."""
    _admit(who)
    content = await run_in_threadpool(empty_workbook)
    return download(_once(content), len(content), "heronderzoek-leeg.xlsx", XLSX)


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content


@router.get("/kolommen")
async def list_columns(who: Who, doors: TheDoors) -> Kolommen:
    """Geef de kolommen van het Excelbestand, met de eigen kolomnamen van de gemeente."""
    who.require(Role.BEHANDELAAR, Role.COORDINATOR, Role.BEHEERDER)
    async with doors.database.transaction(who.gemeente) as transaction:
        aliases = await queries.aliases(transaction.connection, who.gemeente)
    return Kolommen.of(load_contract(), aliases)


@router.put("/kolomaliassen")
async def set_aliases(lijst: Kolomaliassen, who: Who, doors: TheDoors, run: Run) -> Kolommen:
    """Vervang de lijst met eigen kolomnamen van de gemeente; geldt vanaf de volgende controle."""
    who.require(Role.BEHEERDER)
    await run(handlers.set_aliases, handlers.SetAliases(lijst.as_aliases(), lijst.versie))
    async with doors.database.transaction(who.gemeente) as transaction:
        aliases = await queries.aliases(transaction.connection, who.gemeente)
    return Kolommen.of(load_contract(), aliases)


@router.post(
    "/uploads",
    status_code=202,
    openapi_extra=UPLOAD_BODY,
    responses={413: {"description": "Het bestand is te groot"}},
)
async def upload_file(
    request: Request,
    who: Who,
    doors: TheDoors,
    vervangt: UUID | None = None,
    idempotency_key: IdempotencyKey = None,
) -> Ontvangen:
    """Neem een Excelbestand in ontvangst; de controle begint meteen daarna."""
    _admit(who)
    file = await receive(request, request.app.state.scratch)
    scanner: MalwareScanner = request.app.state.scanner
    await scanner.check(file.content, FIELD)
    upload_id = _upload_id(who, file, idempotency_key)
    bucket: Bucket = request.app.state.bucket
    key = file_key(who.gemeente, upload_id)
    await bucket.put_sealed(key, file.content)
    command = handlers.ReceiveUpload(upload_id, file.name, file.sha256, len(file.content), vervangt)
    try:
        answer = await doors.commands.run(
            who,
            handlers.receive_upload,
            command,
            key=idempotency_key,
            fingerprint=f"POST /uploads?vervangt={vervangt} {file.sha256}".encode(),
            traceparent=request.scope.get("traceparent"),
        )
    except (KeyReused, UnknownUpload):
        await bucket.delete(key)
        raise
    return Ontvangen.model_validate(answer)


def _upload_id(who: Identity, file: ReceivedFile, key: UUID | None) -> UUID:
    """A double submit gets the same id; another file under the same key never overwrites."""
    return uuid5(key, f"{who.gemeente}|{who.id}|{file.sha256}") if key else uuid4()


@router.get("/uploads")
async def list_uploads(
    who: Who,
    doors: TheDoors,
    status: Status | None = None,
    page: Page = 1,
    size: PageSize = 50,
) -> Uploads:
    """Geef de uploads van de gemeente, de nieuwste eerst."""
    _admit(who)
    async with doors.database.transaction(who.gemeente) as transaction:
        total, rows = await queries.uploads_page(transaction, status, page, size)
    return Uploads(aantal=total, pagina=page, resultaten=[UploadAntwoord.of(row) for row in rows])


@router.get("/uploads/{uploadId}")
async def show_upload(uploadId: UUID, who: Who, doors: TheDoors) -> UploadMetGroepen:  # noqa: N803 - the wire's name
    """Geef een upload met de voortgang en de groepen bevindingen."""
    _admit(who)
    async with doors.database.transaction(who.gemeente) as transaction:
        row = await queries.upload_row(transaction, uploadId)
    if row is None:
        raise UploadNotFound
    return UploadMetGroepen.of(row)


@router.get("/uploads/{uploadId}/bevindingen")
async def list_findings(
    uploadId: UUID,  # noqa: N803 - the wire's name
    who: Who,
    doors: TheDoors,
    kind: Annotated[str | None, Query(alias="soort", max_length=60)] = None,
    severity: Annotated[Severity | None, Query(alias="ernst")] = None,
    from_row: Annotated[int | None, Query(alias="vanafRij", ge=1, le=LAST_ROW)] = None,
    page: Page = 1,
    size: PageSize = 50,
) -> Bevindingen:
    """Geef de bevindingen van een upload, op volgorde van rij."""
    _admit(who)
    async with doors.database.transaction(who.gemeente) as transaction:
        if await queries.upload_row(transaction, uploadId) is None:
            raise UploadNotFound
        total, rows = await queries.findings_page(
            transaction, uploadId, kind, severity, page, size, from_row
        )
    return Bevindingen(aantal=total, pagina=page, resultaten=[Bevinding.of(row) for row in rows])


@router.post("/uploads/{uploadId}/bevestiging", status_code=202)
async def confirm_upload(
    uploadId: UUID,  # noqa: N803 - the wire's name
    akkoord: Akkoord,
    who: Who,
    run: Run,
) -> Bevestigd:
    """Bevestig een gecontroleerd bestand: voor elke rij (zonder fout) komt er een zaak."""
    _admit(who)
    answer = await run(
        handlers.confirm_upload,
        handlers.ConfirmUpload(uploadId, akkoord.zonderFouteRijen),
        loads=[Load(tables.uploads, _upload_of)],
    )
    return Bevestigd.model_validate(answer)


def _upload_of(command: Any) -> UUID:
    found: UUID = command.upload_id
    return found


@router.post("/uploads/{uploadId}/kopieen", status_code=202)
async def request_copy(
    uploadId: UUID,  # noqa: N803 - the wire's name
    wens: NieuweKopie,
    who: Who,
    doors: TheDoors,
    run: Run,
) -> Kopie:
    """Vraag het bestand terug met de fouten gemarkeerd, of alleen de foute rijen."""
    _admit(who)
    asked = await run(
        handlers.request_copy,
        handlers.RequestCopy(uploadId, wens.soort),
        loads=[Load(tables.uploads, _upload_of)],
    )
    return Kopie.of(await _own_copy(doors, who, UUID(asked["id"])))


@router.get("/uploads/{uploadId}/kopieen")
async def list_copies(
    uploadId: UUID,  # noqa: N803 - the wire's name
    who: Who,
    doors: TheDoors,
    page: Page = 1,
    size: PageSize = 50,
) -> Kopieen:
    """Geef de kopieën van een eigen upload die er nu zijn."""
    _admit(who)
    async with doors.database.transaction(who.gemeente) as transaction:
        row = await queries.upload_row(transaction, uploadId)
        total, copies = await queries.copies_page(transaction, uploadId, page, size)
    if row is None:
        raise UploadNotFound
    require_sender(row["received_by"], who.id)
    return Kopieen.of(total, page, copies)


@router.get("/kopieen/{kopieId}")
async def show_copy(kopieId: UUID, who: Who, doors: TheDoors) -> Kopie:  # noqa: N803 - the wire's name
    """Geef hoe het met een kopie staat."""
    _admit(who)
    return Kopie.of(await _own_copy(doors, who, kopieId))


@router.get("/kopieen/{kopieId}/inhoud", response_class=Response, responses=XLSX_ANSWER)
async def download_copy(
    request: Request,
    kopieId: UUID,  # noqa: N803 - the wire's name
    who: Who,
    doors: TheDoors,
) -> Response:
    """Download een kopie; alleen wie het bestand heeft geüpload mag dat."""
    _admit(who)
    copy = await _own_copy(doors, who, kopieId)
    if copy.status != CopyStatus.READY:
        raise CopyNotReady(copy.reason or "De kopie wordt gemaakt. Probeer het zo weer.")
    bucket: Bucket = request.app.state.bucket
    content = await bucket.get_sealed(copy_key(who.gemeente, copy.upload_id, copy.id))
    if content is None:
        raise CopyNotFound
    log.info("copy_downloaded", copy=str(copy.id), kind=str(copy.kind), user=who.id)
    return download(_once(content), len(content), f"{copy.kind}.xlsx", XLSX)


async def _own_copy(doors: Doors, who: Identity, copy_id: UUID) -> Copy:
    """A copy that this person may have; raises CopyNotFound or NotTheUploader."""
    async with doors.database.transaction(who.gemeente) as transaction:
        copy = await queries.copy_row(transaction, copy_id)
    if copy is None:
        raise CopyNotFound
    require_sender(copy.requested_by, who.id)
    return copy


@router.get("/batches/{batchId}")
async def show_batch(batchId: UUID, who: Who, doors: TheDoors) -> BatchVoortgang:  # noqa: N803 - the wire's name
    """Geef een batch: de gereserveerde zaaknummers en hoeveel rijen zijn aangeboden."""
    _admit(who)
    async with doors.database.transaction(who.gemeente) as transaction:
        found = await queries.batch_row(transaction, batchId)
    if found is None:
        raise BatchNotFound
    return BatchVoortgang.of(*found)


@router.get("/batches/{batchId}/geweigerde-rijen")
async def list_refused_rows(
    batchId: UUID,  # noqa: N803 - the wire's name
    who: Who,
    doors: TheDoors,
    page: Page = 1,
    size: PageSize = 50,
) -> GeweigerdeRijen:
    """Geef de rijen waarvoor geen zaak kon worden geopend, met de reden."""
    _admit(who)
    async with doors.database.transaction(who.gemeente) as transaction:
        if await queries.batch_row(transaction, batchId) is None:
            raise BatchNotFound
        total, rows = await queries.refused_rows_page(transaction, batchId, page, size)
    return GeweigerdeRijen.of(total, page, rows)
