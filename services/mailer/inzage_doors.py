"""For the gateway: what mailer has about a resident who asks for it, and the mail that it is ready.

That mail goes to a colleague, says nothing about anybody, and is in no case: it is sent as a trial
is, but is not counted as one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter, Header, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncConnection

from services.mailer import queries, tables
from services.mailer.composer import AddressInvalid, Mailbox, MailTemplate, compose
from services.mailer.domain import Mail, MailStatus, Sender
from services.mailer.errors import NotToBeShown
from services.mailer.trials import NewTrial, order_notice
from shared.chassis.identity import Identity
from shared.chassis.openapi import IDEMPOTENCY_KEY
from shared.chassis.web import TheDoors, Who
from shared.contracts.codes import Purpose, Role
from shared.contracts.inzage import (
    Betrokkene,
    Inzagebestand,
    Inzagedeel,
    Inzageonderdeel,
    Inzagevraag,
)

router = APIRouter(tags=["e-mail"])

TO_THE_RESIDENT = "E-mails gaan naar de inwoner van de zaak. Zij horen bij diens inzage."
READY = "De inzage is klaar"
FAILED = "De inzage is niet gelukt"
_WORDS = {
    True: "De inzage die u aanvroeg is klaar. U kunt het bestand downloaden tot en met",
    False: "De inzage die u aanvroeg kon niet worden gemaakt. Bekijk de reden bij de inzage",
}


class Inzagemelding(BaseModel):
    """What a colleague must know of an inzage: that it is ready, and until when; or that not."""

    model_config = ConfigDict(extra="forbid")

    inzageId: UUID
    isGelukt: bool
    tot: str | None = Field(None, max_length=40)
    link: str = Field(max_length=500)


class Gemeld(BaseModel):
    """The mail is on its way."""

    inzageId: UUID


@router.post("/inzage-delen")
async def hand_over(body: Inzagevraag, who: Who, doors: TheDoors) -> Inzagedeel:
    """The mails of a case with what became of each; they were written to the resident alone."""
    who.require(Role.SYSTEEM)
    if body.wie is Betrokkene.PARTNER:
        none = Inzageonderdeel(titel="E-mails", uitleg=TO_THE_RESIDENT, regels=[])
        return Inzagedeel(onderdelen=[none])
    async with doors.database.transaction(who.gemeente) as tx:
        mails = await queries.every_mail_of(tx.connection, doors.mapper, who.gemeente, body.zaakId)
        reports = await _reports(tx.connection, [mail.id for mail in mails])
    lines = [
        {"email": _name(mail), "oordeel": row["verdict"], "code": row["status"]}
        for row in reports
        for mail in mails
        if mail.id == row["mail_id"]
    ]
    return Inzagedeel(
        onderdelen=[
            Inzageonderdeel(titel="E-mails", regels=[_line(mail) for mail in mails]),
            Inzageonderdeel(titel="Berichten van mailservers over deze e-mails", regels=lines),
        ],
        bestanden=[
            Inzagebestand(naam=_name(mail), pad=f"/emails/{mail.id}/bron")
            for mail in mails
            if mail.status in {MailStatus.SENT, MailStatus.BOUNCED}
        ],
    )


def _name(mail: Mail) -> str:
    """A name that sorts by day."""
    return f"{mail.requested_at:%Y-%m-%d}_email_{mail.purpose}_{str(mail.id)[:8]}.eml"


def _line(mail: Mail) -> dict[str, object]:
    return {
        "doel": mail.purpose,
        "aan": mail.recipient,
        "aanNaam": mail.recipient_name,
        "status": mail.status,
        "gevraagdOp": mail.requested_at,
        "verzondenOp": mail.sent_at,
        "misluktOp": mail.failed_at,
        "vertraagdOp": mail.delayed_at,
        "nietBezorgdOp": mail.bounced_at,
        "reden": mail.reason,
        "antwoordMailserver": mail.smtp_reply,
    }


async def _reports(connection: AsyncConnection, mails: Sequence[UUID]) -> Sequence[sa.RowMapping]:
    bounce = tables.bounces.c
    statement = sa.select(tables.bounces).where(bounce.mail_id.in_(mails)).order_by(bounce.id)
    return (await connection.execute(statement)).mappings().all()


@router.post("/inzage-meldingen", status_code=202)
async def tell_colleague(
    body: Inzagemelding,
    request: Request,
    doors: TheDoors,
    who: Who,
    key: Annotated[UUID | None, Header(alias=IDEMPOTENCY_KEY)] = None,
) -> Gemeld:
    """Mail who asked for an inzage that it is ready, once per Idempotency-Key."""
    who.require(Role.SYSTEEM)
    async with doors.database.transaction(who.gemeente) as tx:
        sender = await queries.sender(tx.connection, who.gemeente)
    if sender is None:
        raise NotToBeShown("De instellingen van uw gemeente zijn nog niet ingevuld.")
    command = NewTrial(body.inzageId, who.id, who.email, _composed(body, sender, who))
    await doors.commands.run(
        who,
        order_notice,
        command,
        key=key,
        fingerprint=hashlib.sha256(f"inzage|{body.inzageId}".encode()).digest(),
        traceparent=request.scope.get("traceparent"),
    )
    return Gemeld(inzageId=body.inzageId)


def _composed(body: Inzagemelding, sender: Sender, who: Identity) -> str:
    until = f" {body.tot}" if body.isGelukt and body.tot else ""
    text = f"{_WORDS[body.isGelukt]}{until}."
    template = MailTemplate(
        "inzage",
        READY if body.isGelukt else FAILED,
        f"{text}\n\n{body.link}\n",
        f'<html lang="nl"><body><p>{text}</p><p>{body.link}</p></body></html>',
        Purpose.BATCH_READY,
    )
    try:
        return compose(
            template,
            {},
            sender=Mailbox(sender.address, sender.name),
            to=Mailbox(who.email, who.name),
            message_id=f"<inzage.{body.inzageId}@{sender.domain}>",
            date=datetime.now(UTC),
        ).decode("ascii")
    except AddressInvalid as error:
        raise NotToBeShown(str(error)) from None
