"""The slow work of mailer: from an order to a mail that the server accepted.

`prepare` finds what a chunk of mails needs and takes its sending slots. `perform` composes a mail,
keeps it as it is, and hands it over. It is kept before it is sent, so that nothing is ever sent
that was not kept; composing again after a crash gives the same bytes under the same key.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any
from uuid import UUID

from services.mailer import queries
from services.mailer.composer import AddressInvalid, Mailbox, MailTemplate, compose
from services.mailer.domain import (
    REMINDERS,
    WITHDRAWN,
    Mail,
    Sender,
    Template,
    ascii_address,
    source_key,
)
from services.mailer.errors import MailRefused, NoSlotYet, NotKnownYet
from services.mailer.message_ids import message_id
from services.mailer.settings import Settings
from services.mailer.smtp import MailServer
from services.mailer.still_wanted import CasesClient, Question
from shared.chassis.bucket import Bucket
from shared.chassis.errors import Transient
from shared.chassis.jobs import GoneWrong
from shared.chassis.sealing import KeyRing
from shared.chassis.service import Item
from shared.chassis.work import Work
from shared.contracts.codes import Purpose
from shared.templating import TemplatingError

#: A chunk is what may leave in a second, so that a low limit keeps few mails in hand.
CHUNK_SECONDS = 1
LARGEST_CHUNK = 100
#: How long a mail that got no slot waits in hand, so that its queue is not searched in a circle.
REST_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Ready:
    """A mail with all that it is made of; `due` is its slot, by this machine's steady clock.

    A reminder has the `question` whether it is still wanted, which its chunk shares.
    """

    mail: Mail
    template: Template
    sender: Sender
    due: float
    question: Question | None = None


@dataclass(frozen=True, slots=True)
class Unwanted:
    """A mail that nobody wants any more, and why."""

    mail: Mail
    reason: str


#: A mail that may go, must wait, or is not wanted any more.
Prepared = Ready | Transient | Unwanted


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a mail that the server accepted."""

    mail: Mail
    template_id: UUID
    message_id: str
    reply: str


class Sending:
    """The queue `mails`."""

    def __init__(
        self,
        bucket: Bucket,
        server: MailServer,
        settings: Settings,
        keys: KeyRing,
        cases: CasesClient,
    ) -> None:
        self._bucket = bucket
        self._server = server
        self._per_minute = settings.mails_per_minute
        self._bounce_address = settings.bounce_address
        self._keys = keys
        self._cases = cases

    @property
    def chunk(self) -> int:
        """How many mails are taken in hand at once."""
        return max(1, min(LARGEST_CHUNK, self._per_minute * CHUNK_SECONDS // 60))

    async def prepare(self, items: Sequence[Item], work: Work) -> dict[Any, Prepared]:
        """What each mail needs, or why it must wait. Mails that went out already are left out."""
        found = await queries.open_mails(work.connection, work.mapper, [item.id for item in items])
        stopped = await queries.stopped_mails(work.connection, found)
        reasons = dict.fromkeys(stopped, WITHDRAWN)
        reasons |= await queries.withdrawn_mails(work.connection, found)
        unwanted: dict[Any, Prepared] = {
            mail.id: Unwanted(mail, reasons[mail.id]) for mail in found if mail.id in reasons
        }
        mails = [mail for mail in found if mail.id not in reasons]
        return unwanted | await self._ready(mails, work)

    async def _ready(self, mails: Sequence[Mail], work: Work) -> dict[Any, Prepared]:
        sender = await queries.sender(work.connection, work.gemeente)
        versions = await self._versions(mails, work)
        waiting: dict[Any, Prepared] = {mail.id: NotKnownYet() for mail in mails}
        known = [mail for mail in mails if mail.id in versions]
        if sender is None or not known:
            return waiting
        slots = await queries.take_slots(work.connection, sender.code, len(known), self._per_minute)
        first = monotonic() + slots.first_in
        reminders = [mail.delivery_id for mail in known if mail.purpose in REMINDERS]
        question = Question(self._cases, work.gemeente, reminders)
        for place, mail in enumerate(known):
            due = first + place * slots.gap
            asked = question if mail.purpose in REMINDERS else None
            ready = Ready(mail, versions[mail.id], sender, due, asked)
            waiting[mail.id] = ready if place < slots.many else NoSlotYet()
        return waiting

    async def _versions(self, mails: Sequence[Mail], work: Work) -> dict[UUID, Template]:
        """The template of each mail: the approved version, or the active one for its purpose."""
        named = {mail.template_id for mail in mails if mail.template_id is not None}
        versions = await queries.template_versions(work.connection, named)
        active = {
            purpose: await queries.active_template(work.connection, work.gemeente, Purpose(purpose))
            for purpose in {mail.purpose for mail in mails if mail.template_id is None}
        }
        chosen = {
            mail.id: versions.get(mail.template_id) if mail.template_id else active[mail.purpose]
            for mail in mails
        }
        return {mail_id: version for mail_id, version in chosen.items() if version is not None}

    async def perform(self, _: Item, ready: Prepared) -> Sent | Unwanted:
        """Compose, keep, send. Raises Transient or GoneWrong."""
        if isinstance(ready, Unwanted):
            return ready
        if isinstance(ready, Transient):
            await asyncio.sleep(REST_SECONDS if isinstance(ready, NoSlotYet) else 0)
            raise ready
        mail, sender = ready.mail, ready.sender
        if ready.question and (reason := await ready.question.reason(mail.delivery_id)):
            return Unwanted(mail, reason)
        await asyncio.sleep(max(0.0, ready.due - monotonic()))
        try:
            name = message_id(mail, sender, self._keys)
            content = composed(ready, name)
            await self._bucket.put_sealed(source_key(mail.gemeente, mail.id), content)
            reply = await self._server.send(
                ascii_address(self._bounce_address or sender.address),
                ascii_address(mail.recipient),
                content,
            )
        except (TemplatingError, AddressInvalid) as error:
            raise GoneWrong(str(error)) from None
        except MailRefused as error:
            raise GoneWrong(error.reason) from None
        return Sent(mail, ready.template.id, name, reply)


def composed(ready: Ready, name: str) -> bytes:
    """The bytes of a mail; the same every time. `name` is its Message-ID."""
    mail, template, sender = ready.mail, ready.template, ready.sender
    return compose(
        mail_template(template),
        json.loads(mail.fields or "{}"),
        sender=Mailbox(sender.address, sender.name),
        to=Mailbox(mail.recipient, mail.recipient_name or ""),
        message_id=name,
        date=mail.requested_at,
    )


def mail_template(template: Template) -> MailTemplate:
    """A template version as the composer reads it."""
    return MailTemplate(
        str(template.id), template.subject, template.text, template.html, Purpose(template.purpose)
    )
