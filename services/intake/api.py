"""The HTTP doors of intake: uploads, what the check found, confirmation, batches."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID, uuid4, uuid5

from fastapi import APIRouter, Header, Query, Request

from services.intake import handlers, queries, tables
from services.intake.contract.definition import Severity
from services.intake.errors import BatchNotFound, UploadNotFound
from services.intake.frames import file_key
from services.intake.messages import (
    Akkoord,
    BatchVoortgang,
    Bevestigd,
    Bevinding,
    Bevindingen,
    GeweigerdeRijen,
    Ontvangen,
    Page,
    PageSize,
    Upload,
    UploadMetGroepen,
    Uploads,
)
from services.intake.receiving import ReceivedFile, receive
from shared.chassis.bucket import Bucket
from shared.chassis.commands import KeyReused
from shared.chassis.identity import Identity
from shared.chassis.loads import Load
from shared.chassis.openapi import IDEMPOTENCY_KEY
from shared.chassis.web import Run, TheDoors, Who
from shared.contracts.codes import Role

router = APIRouter(tags=["intake"])

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


@router.post(
    "/uploads",
    status_code=202,
    openapi_extra=UPLOAD_BODY,
    responses={413: {"description": "Het bestand is te groot"}},
)
async def upload_file(
    request: Request, who: Who, doors: TheDoors, idempotency_key: IdempotencyKey = None
) -> Ontvangen:
    """Neem een Excelbestand in ontvangst; de controle begint meteen daarna."""
    _admit(who)
    file = await receive(request, request.app.state.scratch)
    upload_id = _upload_id(who, file, idempotency_key)
    bucket: Bucket = request.app.state.bucket
    key = file_key(who.gemeente, upload_id)
    await bucket.put_sealed(key, file.content)
    command = handlers.ReceiveUpload(upload_id, file.name, file.sha256, len(file.content))
    try:
        answer = await doors.commands.run(
            who,
            handlers.receive_upload,
            command,
            key=idempotency_key,
            fingerprint=f"POST /uploads {file.sha256}".encode(),
            traceparent=request.scope.get("traceparent"),
        )
    except KeyReused:
        await bucket.delete(key)
        raise
    return Ontvangen.model_validate(answer)


def _upload_id(who: Identity, file: ReceivedFile, key: UUID | None) -> UUID:
    """A double submit gets the same id; another file under the same key never overwrites."""
    return uuid5(key, f"{who.gemeente}|{who.id}|{file.sha256}") if key else uuid4()


@router.get("/uploads")
async def list_uploads(who: Who, doors: TheDoors, page: Page = 1, size: PageSize = 50) -> Uploads:
    """Geef de uploads van de gemeente, de nieuwste eerst."""
    _admit(who)
    async with doors.database.transaction(who.gemeente) as transaction:
        total, rows = await queries.uploads_page(transaction, page, size)
    return Uploads(aantal=total, pagina=page, resultaten=[Upload.of(row) for row in rows])


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
    page: Page = 1,
    size: PageSize = 50,
) -> Bevindingen:
    """Geef de bevindingen van een upload, op volgorde van rij."""
    _admit(who)
    async with doors.database.transaction(who.gemeente) as transaction:
        if await queries.upload_row(transaction, uploadId) is None:
            raise UploadNotFound
        total, rows = await queries.findings_page(transaction, uploadId, kind, severity, page, size)
    return Bevindingen(aantal=total, pagina=page, resultaten=[Bevinding.of(row) for row in rows])


@router.post("/uploads/{uploadId}/bevestiging", status_code=202)
async def confirm_upload(uploadId: UUID, _: Akkoord, who: Who, run: Run) -> Bevestigd:  # noqa: N803 - the wire's name
    """Bevestig een gecontroleerd bestand zonder fouten: voor elke rij komt er een zaak."""
    _admit(who)
    answer = await run(
        handlers.confirm_upload,
        handlers.ConfirmUpload(uploadId),
        loads=[Load(tables.uploads, _upload_of)],
    )
    return Bevestigd.model_validate(answer)


def _upload_of(command: Any) -> UUID:
    found: UUID = command.upload_id
    return found


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
