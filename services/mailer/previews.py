"""For the gateway: a mail as it would be, and a trial of it to the colleague who asks.

A trial goes to the address of who is signed in and to nobody else, says that it is one, and is
in no batch and no case.
"""

from __future__ import annotations

import hashlib
import html
import re
from base64 import b64decode
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Header, Request
from pydantic import BaseModel, ConfigDict, Field

from services.mailer import queries
from services.mailer.composer import AddressInvalid, Mailbox, MailTemplate, compose
from services.mailer.domain import Sender, TrialStatus
from services.mailer.errors import NotToBeShown, TemplateNotFound, TrialNotFound, TrialOfOther
from services.mailer.sending import mail_template
from services.mailer.trials import NewTrial, order_trial
from shared.chassis.errors import FieldError, Invalid
from shared.chassis.identity import Identity
from shared.chassis.openapi import IDEMPOTENCY_KEY
from shared.chassis.web import Doors, TheDoors, Who
from shared.contracts.codes import Purpose, Role
from shared.templating import TemplatingError, fill_html, fill_subject, fill_text

router = APIRouter(tags=["e-mail"])

CASEWORKERS = (Role.BEHANDELAAR, Role.COORDINATOR)
#: A letter of some pages with its pictures, in base64.
LARGEST_LETTER = 8 << 20
NOTICE = "Dit is een proef. De inwoner heeft deze e-mail niet gekregen."
_BODY = re.compile(r"<body[^>]*>", re.IGNORECASE)


class Voorbeeldvraag(BaseModel):
    """What a mail is made of; without a version, of the active one."""

    model_config = ConfigDict(extra="forbid")

    sjabloonVersieId: UUID | None
    doel: Purpose
    velden: dict[str, str] = Field(max_length=200)


class Voorbeeldmail(BaseModel):
    """A mail as it would be."""

    onderwerp: str
    tekst: str
    html: str
    vanNaam: str
    van: str


class Proefvraag(Voorbeeldvraag):
    """What a trial is made of, with the letter that belongs to it."""

    zaakId: UUID
    brief: str | None = Field(None, max_length=LARGEST_LETTER)


class Proef(BaseModel):
    """A trial that is on its way to who asked for it."""

    id: UUID
    aan: str


class Proefstand(BaseModel):
    """What became of a trial."""

    id: UUID
    aan: str
    status: TrialStatus
    reden: str | None
    gevraagdOp: datetime
    klaarOp: datetime | None


@router.post("/voorbeelden")
async def show_preview(body: Voorbeeldvraag, doors: TheDoors, who: Who) -> Voorbeeldmail:
    """Fill in one mail. Refused with what stops it, as the batch would."""
    who.require(Role.SYSTEEM)
    template, sender = await _made_of(doors, who.gemeente, body)
    try:
        return Voorbeeldmail(
            onderwerp=fill_subject(template.subject, body.velden, template.purpose),
            tekst=fill_text(template.text, body.velden, template.purpose),
            html=fill_html(template.html, body.velden, template.purpose),
            vanNaam=sender.name,
            van=sender.address,
        )
    except TemplatingError as error:
        raise NotToBeShown(str(error)) from None


@router.post(
    "/proeven",
    status_code=202,
    responses={429: {"description": "Te veel proeven in het laatste uur"}},
)
async def send_trial(
    body: Proefvraag,
    request: Request,
    doors: TheDoors,
    who: Who,
    key: Annotated[UUID | None, Header(alias=IDEMPOTENCY_KEY)] = None,
) -> Proef:
    """Send the mail to who asks, with the letter."""
    who.require(*CASEWORKERS)
    template, sender = await _made_of(doors, who.gemeente, body)
    trial = uuid4()
    command = NewTrial(
        trial, who.id, who.email, _composed(trial, body, template, sender, who), body.zaakId
    )
    answer = await doors.commands.run(
        who,
        order_trial,
        command,
        key=key,
        # a letter that is drawn twice need not be the same in every byte
        fingerprint=hashlib.sha256(f"proef|{body.zaakId}".encode()).digest(),
        traceparent=request.scope.get("traceparent"),
    )
    return Proef.model_validate(answer)


@router.get("/proeven/{trial_id}")
async def show_trial(trial_id: UUID, doors: TheDoors, who: Who) -> Proefstand:
    """What became of a trial, for who asked for it."""
    who.require(*CASEWORKERS)
    async with doors.database.transaction(who.gemeente) as tx:
        trial = await queries.trial(tx.connection, doors.mapper, trial_id)
    if trial is None:
        raise TrialNotFound("Controleer het kenmerk. Een proef wordt een week bewaard.")
    if trial.user_id != who.id:
        raise TrialOfOther("Alleen wie de proef vroeg, ziet wat ervan is geworden.")
    return Proefstand(
        id=trial.id,
        aan=trial.address,
        status=trial.status,
        reden=trial.reason,
        gevraagdOp=trial.asked_at,
        klaarOp=trial.ended_at,
    )


def _composed(
    trial: UUID, body: Proefvraag, template: MailTemplate, sender: Sender, who: Identity
) -> str:
    marked = MailTemplate(
        template.version_id,
        f"[PROEF] {template.subject}",
        f"{NOTICE}\n\n{template.text}",
        _marked(template.html),
        template.purpose,
    )
    try:
        return compose(
            marked,
            body.velden,
            sender=Mailbox(sender.address, sender.name),
            to=Mailbox(who.email, who.name),
            message_id=f"<proef.{trial}@{sender.domain}>",
            date=datetime.now(UTC),
            attachment=_letter(body),
        ).decode("ascii")
    except (TemplatingError, AddressInvalid) as error:
        raise NotToBeShown(str(error)) from None


def _letter(body: Proefvraag) -> tuple[str, bytes] | None:
    """The letter as an attachment."""
    if body.brief is None:
        return None
    try:
        return "proef-brief.pdf", b64decode(body.brief, validate=True)
    except ValueError:
        wrong = FieldError("brief", "base64", "Stuur de brief als PDF in base64.")
        raise Invalid("De brief is niet te lezen.", (wrong,)) from None


def _marked(page: str) -> str:
    """The page with the notice as its first line."""
    line = f"<p><strong>{html.escape(NOTICE)}</strong></p>"
    start = _BODY.search(page)
    return f"{page[: start.end()]}{line}{page[start.end() :]}" if start else f"{line}{page}"


async def _made_of(
    doors: Doors, gemeente: str, body: Voorbeeldvraag
) -> tuple[MailTemplate, Sender]:
    async with doors.database.transaction(gemeente) as tx:
        if body.sjabloonVersieId is None:
            found = await queries.active_template(tx.connection, gemeente, body.doel)
        else:
            versions = await queries.template_versions(tx.connection, {body.sjabloonVersieId})
            found = versions.get(body.sjabloonVersieId)
        sender = await queries.sender(tx.connection, gemeente)
    if found is None:
        raise TemplateNotFound("Voor dit doel is nog geen sjabloon. Voeg er een toe.")
    if sender is None:
        raise NotToBeShown("De instellingen van uw gemeente zijn nog niet ingevuld.")
    return mail_template(found), sender
