"""The HTTP doors of communications: the timeline of a case, and a colleague's notices."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel

from services.communications import handlers, queries, tables
from services.communications.domain import (
    Direction,
    Message,
    MessageStatus,
    Notice,
    NoticeKind,
)
from services.communications.errors import CaseNotFound
from shared.chassis.loads import Load
from shared.chassis.web import Run, TheDoors, Who
from shared.contracts.codes import Channel, Purpose, Role

router = APIRouter(tags=["communicatie"])

READERS = (Role.RAADPLEGER, Role.BEHANDELAAR, Role.COORDINATOR)
COLLEAGUES = tuple(role for role in Role if role is not Role.SYSTEEM)

PageNumber = Annotated[int, Query(alias="pagina", ge=1, le=1_000_000)]
PageSize = Annotated[int, Query(alias="perPagina", ge=1, le=200)]


class Bericht(BaseModel):
    """A message of a case. Its content is at the service that made it, under the id given here."""

    id: UUID
    kanaal: Channel
    richting: Direction
    doel: Purpose
    status: MessageStatus
    reden: str | None
    batchId: UUID | None
    bezorgingId: UUID
    paginas: int | None
    emailId: UUID | None
    documentId: UUID | None
    geplaatstOp: datetime

    @classmethod
    def of(cls, message: Message) -> Bericht:
        """The message as it is shown; what failed has no document to download."""
        is_mail = message.channel == Channel.EMAIL
        is_made = message.status not in {MessageStatus.FAILED, MessageStatus.WITHDRAWN}
        return cls(
            id=message.id,
            kanaal=Channel(message.channel),
            richting=Direction(message.direction),
            doel=Purpose(message.purpose),
            status=MessageStatus(message.status),
            reden=message.reason,
            batchId=message.batch_id,
            bezorgingId=message.delivery_id,
            paginas=message.pages,
            emailId=message.id if is_mail else None,
            documentId=message.id if is_made and not is_mail else None,
            geplaatstOp=message.placed_at,
        )


class Berichten(BaseModel):
    """A page of a case's timeline, newest first."""

    zaakId: UUID
    zaaknummer: str | None
    inwoner: str | None
    aantal: int
    pagina: int
    resultaten: list[Bericht]


class Melding(BaseModel):
    """Something that the user must know."""

    id: UUID
    soort: NoticeKind
    titel: str
    tekst: str
    batchId: UUID | None
    zaakId: UUID | None
    afdrukbestandId: UUID | None
    aantal: int
    voorRol: Role | None
    voorGebruikerId: str | None
    voorNaam: str | None
    geplaatstOp: datetime
    gelezenOp: datetime | None

    @classmethod
    def of(cls, notice: Notice, names: Mapping[str, str]) -> Melding:
        """The notice as it is shown, with the name of whom the reader stands in for."""
        return cls(
            id=notice.id,
            soort=NoticeKind(notice.kind),
            titel=notice.title,
            tekst=notice.text,
            batchId=notice.batch_id,
            zaakId=notice.case_id,
            afdrukbestandId=notice.print_file_id,
            aantal=notice.items,
            voorRol=Role(notice.role) if notice.role else None,
            voorGebruikerId=notice.for_user,
            voorNaam=names.get(notice.for_user) if notice.for_user else None,
            geplaatstOp=notice.placed_at,
            gelezenOp=notice.read_at,
        )


class Meldingen(BaseModel):
    """A page of the user's notices, newest first."""

    aantal: int
    ongelezen: int
    pagina: int
    resultaten: list[Melding]


class Gelezen(BaseModel):
    """A notice that was read."""

    id: UUID
    gelezenOp: datetime


@router.get("/zaken/{id}/berichten")
async def messages(
    doors: TheDoors,
    who: Who,
    case_id: Annotated[UUID, Path(alias="id")],
    page: PageNumber = 1,
    size: PageSize = 50,
) -> Berichten:
    """Letters and mails of a case in one timeline."""
    who.require(*READERS)
    async with doors.database.transaction(who.gemeente) as tx:
        case = await queries.case(tx.connection, case_id)
        if case is None:
            raise CaseNotFound("Controleer het kenmerk van de zaak.")
        name = await queries.resident_name(tx.connection, case_id)
        count, found = await queries.timeline(
            tx.connection, who.gemeente, case_id, (page - 1) * size, size
        )
    return Berichten(
        zaakId=case.id,
        zaaknummer=case.number,
        inwoner=name,
        aantal=count,
        pagina=page,
        resultaten=[Bericht.of(message) for message in found],
    )


@router.get("/meldingen")
async def notices(
    doors: TheDoors, who: Who, page: PageNumber = 1, size: PageSize = 50
) -> Meldingen:
    """The notices of who asks, and how many are unread."""
    who.require(*COLLEAGUES)
    async with doors.database.transaction(who.gemeente) as tx:
        count, unread, found = await queries.notices_of(tx.connection, who, (page - 1) * size, size)
        names = await queries.names(tx.connection, [one.for_user for one in found if one.for_user])
    answers = [Melding.of(notice, names) for notice in found]
    return Meldingen(aantal=count, ongelezen=unread, pagina=page, resultaten=answers)


@router.post("/meldingen/{id}/gelezen")
async def read_notice(run: Run, who: Who, notice_id: Annotated[UUID, Path(alias="id")]) -> Gelezen:
    """Mark a notice as read; again changes nothing."""
    who.require(*COLLEAGUES)
    command = handlers.ReadNotice(notice_id, who.id, who.roles)
    loads = [Load(tables.notices, _notice_id)]
    return Gelezen.model_validate(await run(handlers.read_notice, command, loads=loads))


def _notice_id(command: Any) -> UUID:
    notice_id: UUID = command.notice_id
    return notice_id
