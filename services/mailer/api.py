"""The HTTP doors of mailer: mails and mail templates."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from services.mailer import handlers, queries
from services.mailer.domain import Mail, MailStatus, Template, source_key
from services.mailer.errors import MailNotFound, SourceNotFound, TemplateNotFound
from shared.chassis.bucket import Bucket
from shared.chassis.web import Run, TheDoors, Who, download
from shared.contracts.codes import Purpose, Role

router = APIRouter(tags=["e-mail"])

READERS = (Role.RAADPLEGER, Role.BEHANDELAAR, Role.COORDINATOR)
CASEWORKERS = (Role.BEHANDELAAR, Role.COORDINATOR)
TEMPLATE_READERS = (Role.BEHEERDER, Role.BEHANDELAAR, Role.COORDINATOR, Role.SYSTEEM)

CaseId = Annotated[UUID, Query(alias="zaakId")]
PageNumber = Annotated[int, Query(alias="pagina", ge=1, le=1_000_000)]
PageSize = Annotated[int, Query(alias="perPagina", ge=1, le=200)]


class EmailAntwoord(BaseModel):
    """One mail. Whom it went to is left out for who may not read content."""

    id: UUID
    zaakId: UUID
    batchId: UUID | None
    bezorgingId: UUID
    zaaknummer: str | None
    doel: Purpose
    status: MailStatus
    gevraagdOp: datetime
    verzondenOp: datetime | None
    misluktOp: datetime | None
    vertraagdOp: datetime | None
    nietBezorgdOp: datetime | None
    reden: str | None
    sjabloonVersieId: UUID | None
    aan: str | None
    aanNaam: str | None
    messageId: str | None
    bewijs: str | None

    @classmethod
    def of(cls, mail: Mail, *, with_recipient: bool) -> EmailAntwoord:
        """The mail as it may be shown."""
        return cls(
            id=mail.id,
            zaakId=mail.case_id,
            batchId=mail.batch_id,
            bezorgingId=mail.delivery_id,
            zaaknummer=mail.case_number,
            doel=Purpose(mail.purpose),
            status=MailStatus(mail.status),
            gevraagdOp=mail.requested_at,
            verzondenOp=mail.sent_at,
            misluktOp=mail.failed_at,
            vertraagdOp=mail.delayed_at,
            nietBezorgdOp=mail.bounced_at,
            reden=mail.reason,
            sjabloonVersieId=mail.template_id,
            aan=mail.recipient if with_recipient else None,
            aanNaam=mail.recipient_name if with_recipient else None,
            messageId=mail.message_id,
            bewijs=mail.smtp_reply,
        )


class EmailPagina(BaseModel):
    """A page of mails."""

    aantal: int
    pagina: int
    resultaten: list[EmailAntwoord]


class SjabloonVersie(BaseModel):
    """One version of a template, without its content."""

    id: UUID
    doel: Purpose
    naam: str
    versie: int
    geactiveerdOp: datetime

    @classmethod
    def of(cls, template: Template) -> SjabloonVersie:
        """The version as it is listed."""
        return cls(
            id=template.id,
            doel=Purpose(template.purpose),
            naam=template.name,
            versie=template.version,
            geactiveerdOp=template.active_since,
        )


class SjabloonRegel(SjabloonVersie):
    """One version in the list: whether it is active, and who did what."""

    actief: bool
    geplaatstOp: datetime
    geplaatstDoor: str
    geactiveerdDoor: str

    @classmethod
    def listed(
        cls, template: Template, active: set[UUID], names: Mapping[str, str]
    ) -> SjabloonRegel:
        """The version with the names of who placed and activated it."""
        return cls(
            **SjabloonVersie.of(template).model_dump(),
            actief=template.id in active,
            geplaatstOp=template.made_at,
            geplaatstDoor=names.get(template.made_by, template.made_by),
            geactiveerdDoor=names.get(template.activated_by, template.activated_by),
        )


class SjabloonPagina(BaseModel):
    """A page of template versions, the newest of each purpose first."""

    aantal: int
    pagina: int
    resultaten: list[SjabloonRegel]


class SjabloonInhoud(SjabloonVersie):
    """One version of a template, to read or to start a new one from."""

    onderwerp: str
    tekst: str
    html: str


class NieuwSjabloon(BaseModel):
    """A new version of a mail template."""

    model_config = ConfigDict(extra="forbid")

    doel: Purpose
    naam: str = Field(min_length=1, max_length=100)
    onderwerp: str = Field(min_length=1, max_length=200)
    tekst: str = Field(min_length=1, max_length=50_000)
    html: str = Field(min_length=1, max_length=200_000)


class SjabloonToegevoegd(BaseModel):
    """The version that is active now, and what deserves another look."""

    id: UUID
    versie: int
    waarschuwingen: list[str]


@router.get("/emails")
async def emails(
    doors: TheDoors, who: Who, case_id: CaseId, page: PageNumber = 1, size: PageSize = 50
) -> EmailPagina:
    """The mails of a case, newest first."""
    who.require(*READERS)
    async with doors.database.transaction(who.gemeente) as tx:
        count, found = await queries.mails_of(
            tx.connection, doors.mapper, who.gemeente, case_id, (page - 1) * size, size
        )
    shown = bool(who.roles.intersection(CASEWORKERS))
    answers = [EmailAntwoord.of(mail, with_recipient=shown) for mail in found]
    return EmailPagina(aantal=count, pagina=page, resultaten=answers)


@router.get("/emails/{id}")
async def email(
    doors: TheDoors, who: Who, mail_id: Annotated[UUID, Path(alias="id")]
) -> EmailAntwoord:
    """One mail."""
    who.require(*READERS)
    mail = await _mail(doors, who.gemeente, mail_id)
    return EmailAntwoord.of(mail, with_recipient=bool(who.roles.intersection(CASEWORKERS)))


@router.get(
    "/emails/{id}/bron",
    response_class=StreamingResponse,
    responses={200: {"content": {"message/rfc822": {}}, "description": "De e-mail (.eml)"}},
)
async def email_source(
    request: Request, doors: TheDoors, who: Who, mail_id: Annotated[UUID, Path(alias="id")]
) -> StreamingResponse:
    """The mail exactly as it was handed to the mail server; the gateway asks for an inzage."""
    who.require(*CASEWORKERS, Role.SYSTEEM)
    mail = await _mail(doors, who.gemeente, mail_id)
    bucket: Bucket = request.app.state.bucket
    content = await bucket.get_sealed(source_key(mail.gemeente, mail.id))
    if content is None:
        raise SourceNotFound("De e-mail is nog niet opgesteld. Kijk naar de status en de reden.")
    return download(_whole(content), len(content), f"email-{mail.id}.eml", "message/rfc822")


@router.get("/sjablonen")
async def templates(
    doors: TheDoors, who: Who, page: PageNumber = 1, size: PageSize = 50
) -> SjabloonPagina:
    """All versions of all mail templates of the gemeente."""
    who.require(Role.BEHEERDER)
    async with doors.database.transaction(who.gemeente) as tx:
        count, found = await queries.all_templates(
            tx.connection, who.gemeente, (page - 1) * size, size
        )
        active = await queries.active_ids(tx.connection, who.gemeente)
        users = {user for each in found for user in (each.made_by, each.activated_by)}
        names = await queries.user_names(tx.connection, users)
    versions = [SjabloonRegel.listed(template, active, names) for template in found]
    return SjabloonPagina(aantal=count, pagina=page, resultaten=versions)


@router.get("/sjablonen/actief")
async def active_template(doors: TheDoors, who: Who, doel: Purpose) -> SjabloonVersie:
    """The active version for a purpose."""
    who.require(*TEMPLATE_READERS)
    async with doors.database.transaction(who.gemeente) as tx:
        template = await queries.active_template(tx.connection, who.gemeente, doel)
    if template is None:
        raise TemplateNotFound("Voor dit doel is nog geen sjabloon. Voeg er een toe.")
    return SjabloonVersie.of(template)


@router.get("/sjablonen/{id}")
async def template(
    doors: TheDoors, who: Who, template_id: Annotated[UUID, Path(alias="id")]
) -> SjabloonInhoud:
    """One version with its content."""
    who.require(*TEMPLATE_READERS)
    async with doors.database.transaction(who.gemeente) as tx:
        found = (await queries.template_versions(tx.connection, {template_id})).get(template_id)
    if found is None:
        raise TemplateNotFound("Controleer het kenmerk van het sjabloon.")
    version = SjabloonVersie.of(found).model_dump()
    return SjabloonInhoud(**version, onderwerp=found.subject, tekst=found.text, html=found.html)


@router.post("/sjablonen", status_code=201)
async def add_template(run: Run, who: Who, nieuw: NieuwSjabloon) -> SjabloonToegevoegd:
    """A checked template becomes active at once."""
    who.require(Role.BEHEERDER)
    command = handlers.NewTemplate(nieuw.doel, nieuw.naam, nieuw.onderwerp, nieuw.tekst, nieuw.html)
    return SjabloonToegevoegd.model_validate(await run(handlers.add_template, command))


async def _mail(doors: TheDoors, gemeente: str, mail_id: UUID) -> Mail:
    async with doors.database.transaction(gemeente) as tx:
        mail = await queries.mail(tx.connection, doors.mapper, mail_id)
    if mail is None:
        raise MailNotFound("Controleer het kenmerk van de e-mail.")
    return mail


async def _whole(content: bytes) -> AsyncIterator[bytes]:
    yield content
