"""What a mail that came back changes: the mail was not delivered, or is late.

It waits when the mail is not known to be sent yet: the notification can be faster than our own
commit, or a crash was between.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from services.mailer import queries, tables
from services.mailer.bounces import kept
from services.mailer.domain import Bounce, Mail
from services.mailer.errors import NotKnownYet
from services.mailer.refusals import reason_of_status
from shared.chassis.service import Item
from shared.chassis.work import Work
from shared.contracts.codes import Purpose
from shared.contracts.events import EmailNietBezorgd

LOST = "mislukt"
PERMANENT = "5."


async def prepare(items: Sequence[Item], work: Work) -> Mapping[Any, tuple[Bounce, Mail]]:
    """What came back with its mail; of a mail that is gone there is nothing to say."""
    named = {item.id: bounce_of(item) for item in items}
    found = await kept.bounces_by_id(work.connection, work.mapper, list(named.values()))
    bounces = {bounce.id: bounce for bounce in found}
    wanted = {bounce.mail_id for bounce in found if bounce.mail_id is not None}
    mails = await queries.mails_by_id(work.connection, work.mapper, wanted)
    return {
        item: (bounce, mails[bounce.mail_id])
        for item, name in named.items()
        if (bounce := bounces.get(name)) is not None and bounce.mail_id in mails
    }


def bounce_of(item: Item) -> UUID:
    """What came back that an item is about: its own id, unless it is another try."""
    return UUID(item.payload["bounce"]) if "bounce" in item.payload else item.id


async def perform(_: Item, found: tuple[Bounce, Mail]) -> Bounce:
    """Wait for the mail to be sent. Raises NotKnownYet."""
    bounce, mail = found
    if mail.is_open:
        raise NotKnownYet
    return bounce


async def record(_: Item, bounce: Bounce, work: Work) -> None:
    """The mail was not delivered, or is late; the first notification counts."""
    mail = await _locked(bounce.mail_id, work)
    if mail is None:
        return
    if bounce.verdict != LOST:
        work.save(tables.mails, mail.delayed(work.now))
        return
    reason = reason_of_status(bounce.status)
    lost = mail.bounced(reason, work.now)
    if lost is mail:
        return
    work.save(tables.mails, lost)
    work.record(
        EmailNietBezorgd(
            zaakId=mail.case_id,
            bezorgingId=mail.delivery_id,
            pogingId=mail.id,
            batchId=mail.batch_id,
            doel=Purpose(mail.purpose),
            berichtId=mail.id,
            reden=reason,
            blijvend=bounce.status.startswith(PERMANENT),
        ),
        sequence=2,
    )


async def give_up(_: Item, __: str, ___: Work) -> None:
    """As far as we know the mail never went out; what came back stays kept."""


async def _locked(mail_id: UUID | None, work: Work) -> Mail | None:
    """The mail as it is now: two notifications of one mail wait for each other."""
    return None if mail_id is None else await queries.lock_mail(work, mail_id)
