"""The HTTP doors of what came back: listed, looked at as text, saved, tried again, done with.

What was set aside belongs to no gemeente, because nobody knows whose resident it is about; the
installation says whose beheerder looks at it (IMAP_GEMEENTE).
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, StringConstraints

from services.mailer import queries
from services.mailer.bounces import kept
from services.mailer.bounces.again import (
    BOUNCE_OF_COMMAND,
    Handle,
    TryAgain,
    handle_bounce,
    try_bounce_again,
)
from services.mailer.bounces.reader import Unreadable, show_apart
from services.mailer.bounces.shown import as_it_is
from services.mailer.domain import NOBODYS, Bounce, bounce_key
from services.mailer.errors import BounceNotFound, SourceNotFound
from shared.chassis.bucket import Bucket
from shared.chassis.identity import Identity
from shared.chassis.web import Doors, Run, TheDoors, Who, download
from shared.contracts.codes import Role

router = APIRouter(tags=["e-mail"])

HANDLED: dict[int | str, dict[str, Any]] = {
    409: {"description": "Een collega heeft deze e-mail al afgehandeld"}
}
EML = "message/rfc822"
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
PageNumber = Annotated[int, Query(alias="pagina", ge=1, le=1_000_000)]
PageSize = Annotated[int, Query(alias="perPagina", ge=1, le=200)]


class ReturnKind(StrEnum):
    """Whether it is known which mail it is about."""

    CAME_BACK = "teruggekomen"
    SET_ASIDE = "apart gezet"


class Retourmail(BaseModel):
    """A mail in the mailbox for undelivered ones, as it was understood."""

    id: UUID
    soort: ReturnKind
    ontvangenOp: datetime
    van: str | None
    waarom: str | None
    emailId: UUID | None
    uitslag: str
    statuscode: str | None
    herlezenOp: datetime | None
    afgehandeldOp: datetime | None
    afgehandeldDoor: str | None
    reden: str | None

    @classmethod
    def of(cls, bounce: Bounce, names: dict[str, str]) -> Retourmail:
        """What came back, with the name of who is done with it."""
        by = bounce.handled_by
        return cls(
            id=bounce.id,
            soort=ReturnKind.SET_ASIDE if bounce.is_set_aside else ReturnKind.CAME_BACK,
            ontvangenOp=bounce.came_at,
            van=bounce.sender,
            waarom=bounce.why,
            emailId=bounce.mail_id,
            uitslag=bounce.verdict,
            statuscode=bounce.status or None,
            herlezenOp=bounce.reread_at,
            afgehandeldOp=bounce.handled_at,
            afgehandeldDoor=names.get(by, by) if by else None,
            reden=bounce.handled_reason,
        )


class RetourmailPagina(BaseModel):
    """A page of what came back, newest first."""

    aantal: int
    pagina: int
    resultaten: list[Retourmail]


class Kopregel(BaseModel):
    """One header of a mail."""

    naam: str
    waarde: str


class RetourmailTekst(Retourmail):
    """A mail as text: never as a page that a browser would run."""

    kopregels: list[Kopregel]
    tekst: str
    isBron: bool


class Afhandeling(BaseModel):
    """Why somebody is done with a mail."""

    model_config = ConfigDict(extra="forbid")

    reden: Reason


@router.get("/retourmail")
async def list_returns(
    request: Request,
    doors: TheDoors,
    who: Who,
    is_open: Annotated[bool | None, Query(alias="open")] = None,
    kind: Annotated[ReturnKind | None, Query(alias="soort")] = None,
    page: PageNumber = 1,
    size: PageSize = 50,
) -> RetourmailPagina:
    """What came back, newest first; what was set aside is with it for who may see that."""
    who.require(Role.BEHEERDER)
    gemeenten = _seen_by(request, who)
    aside = None if kind is None else kind is ReturnKind.SET_ASIDE
    async with doors.database.transaction(*gemeenten) as tx:
        count, found = await kept.bounce_page(
            tx.connection,
            doors.mapper,
            gemeenten,
            kept.wanted(is_open=is_open, is_set_aside=aside),
            (page - 1) * size,
            size,
        )
        users = {one.handled_by for one in found if one.handled_by}
        names = await queries.user_names(tx.connection, users)
    results = [Retourmail.of(one, names) for one in found]
    return RetourmailPagina(aantal=count, pagina=page, resultaten=results)


@router.get("/retourmail/{id}")
async def show_return(
    request: Request, doors: TheDoors, who: Who, bounce_id: Annotated[UUID, Path(alias="id")]
) -> RetourmailTekst:
    """A mail as text: its headers and its first text."""
    who.require(Role.BEHEERDER)
    bounce = await _bounce(request, doors, who, bounce_id)
    content = await _content(request, bounce)
    try:
        seen = await show_apart(content) or as_it_is(content)
    except Unreadable:
        seen = as_it_is(content)
    line = await _line(doors, bounce)
    return RetourmailTekst(
        **line.model_dump(),
        kopregels=[Kopregel(naam=name, waarde=value) for name, value in seen.headers],
        tekst=seen.text,
        isBron=seen.is_raw,
    )


@router.get(
    "/retourmail/{id}/bron",
    response_class=Response,
    responses={
        200: {
            "description": "De e-mail zoals hij binnenkwam",
            "content": {EML: {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def return_source(
    request: Request, doors: TheDoors, who: Who, bounce_id: Annotated[UUID, Path(alias="id")]
) -> StreamingResponse:
    """The mail exactly as it came in, to save."""
    who.require(Role.BEHEERDER)
    bounce = await _bounce(request, doors, who, bounce_id)
    content = await _content(request, bounce)
    return download(_whole(content), len(content), f"retourmail-{bounce.id}.eml", EML)


@router.post("/retourmail/{id}/herverwerking", status_code=202, responses=HANDLED)
async def read_return_again(
    request: Request,
    doors: TheDoors,
    who: Who,
    run: Run,
    bounce_id: Annotated[UUID, Path(alias="id")],
) -> Retourmail:
    """Have it read and followed once more."""
    who.require(Role.BEHEERDER)
    bounce = await _bounce(request, doors, who, bounce_id)
    again = run.within(bounce.gemeente)
    await again(try_bounce_again, TryAgain(bounce.id), loads=[BOUNCE_OF_COMMAND])
    return await _line(doors, bounce)


@router.post("/retourmail/{id}/afhandeling", responses=HANDLED)
async def finish_return(
    body: Afhandeling,
    request: Request,
    doors: TheDoors,
    who: Who,
    run: Run,
    bounce_id: Annotated[UUID, Path(alias="id")],
) -> Retourmail:
    """Be done with it, and say why."""
    who.require(Role.BEHEERDER)
    bounce = await _bounce(request, doors, who, bounce_id)
    command = Handle(bounce.id, body.reden)
    await run.within(bounce.gemeente)(handle_bounce, command, loads=[BOUNCE_OF_COMMAND])
    return await _line(doors, await _bounce(request, doors, who, bounce_id))


def _seen_by(request: Request, who: Identity) -> tuple[str, ...]:
    """Whose mails this colleague may see: the own ones, and those that are nobody's."""
    is_keeper = request.app.state.mailbox_gemeente == who.gemeente
    return (who.gemeente, NOBODYS) if is_keeper else (who.gemeente,)


async def _bounce(request: Request, doors: Doors, who: Identity, bounce_id: UUID) -> Bounce:
    async with doors.database.transaction(*_seen_by(request, who)) as tx:
        found = await kept.bounces_by_id(tx.connection, doors.mapper, [bounce_id])
    if not found:
        raise BounceNotFound("Controleer het kenmerk, of kijk in de lijst.")
    return found[0]


async def _content(request: Request, bounce: Bounce) -> bytes:
    bucket: Bucket = request.app.state.bucket
    content = await bucket.get_sealed(bounce_key(bounce))
    if content is None:
        raise SourceNotFound("Deze e-mail is gewist.")
    return content


async def _line(doors: Doors, bounce: Bounce) -> Retourmail:
    async with doors.database.transaction() as tx:
        names = await queries.user_names(
            tx.connection, {bounce.handled_by} if bounce.handled_by else set()
        )
    return Retourmail.of(bounce, names)


async def _whole(content: bytes) -> AsyncIterator[bytes]:
    yield content
