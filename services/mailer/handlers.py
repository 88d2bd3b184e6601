"""What happens when: settings arrive, a mail is ordered, sent or refused, a template is changed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from services.mailer import queries, tables, withdrawing
from services.mailer.composer import Mailbox, compose
from services.mailer.domain import (
    REMINDERS,
    Batch,
    Mail,
    MailStatus,
    Sender,
    Template,
    first_template_id,
)
from services.mailer.errors import TemplateHasErrors, TemplateNotFound
from services.mailer.sending import Sent, Unwanted, mail_template
from services.mailer.templates import default_mail
from shared.chassis import work_queue
from shared.chassis.errors import FieldError
from shared.chassis.service import Item
from shared.chassis.work import FOR_A_BATCH, FOR_A_PERSON, Work
from shared.contracts.codes import Channel, Purpose
from shared.contracts.envelope import Event
from shared.contracts.events import (
    EmailGevraagd,
    EmailVerzonden,
    InstellingenGewijzigd,
    VerzendingGepauzeerd,
    VerzendingGestopt,
    VerzendingHervat,
)
from shared.contracts.merge_fields import example_values
from shared.templating import (
    Finding,
    Level,
    TemplatingError,
    lint_html,
    lint_subject,
    lint_text,
)

MAILS = withdrawing.MAILS
NOT_TAKEN_IN = (
    "Er ging iets mis in het systeem. De beheerder kijkt ernaar. Probeer deze e-mail later opnieuw."
)
FIRST_NAMES = {
    Purpose.INVITATION: "Uitnodiging per e-mail",
    Purpose.FIRST_REMINDER: "Eerste herinnering",
    Purpose.SECOND_REMINDER: "Tweede herinnering",
    Purpose.THIRD_REMINDER: "Derde herinnering",
    Purpose.LAST_CALL: "Laatste oproep per e-mail",
    Purpose.POSTPONEMENT: "Uitstel per e-mail",
    Purpose.RECEIPT: "Ontvangstbevestiging per e-mail",
    Purpose.GRANTED: "Bericht over besluit (toegekend)",
    Purpose.REJECTED: "Bericht over besluit (afgewezen)",
    Purpose.MESSAGE_WAITS: "Er staat een bericht klaar",
    Purpose.BATCH_READY: "Batch is klaar",
}


async def follow_settings(event: Event[InstellingenGewijzigd], work: Work) -> None:
    """The newest settings of a gemeente say who sends; the first ones bring its templates."""
    known = work.found(Sender, work.gemeente, by="code")
    if known is not None and known.sequence > event.sequence:
        return
    name, address = event.data.afzenderNaam, event.data.afzenderEmail
    sender = Sender(work.gemeente, work.gemeente, name, address, event.sequence)
    work.save(tables.senders, sender)
    for purpose in Purpose:
        if work.found(Template, first_template_id(work.gemeente, purpose)) is None:
            work.add(tables.templates, _first_template(purpose, work))


async def accept_order(event: Event[EmailGevraagd], work: Work) -> None:
    """An ordered mail waits to be sent; the same order twice is one mail."""
    order = event.data
    if work.found(Mail, order.pogingId) is not None:
        return
    work.add(tables.mails, _ordered(event, work))
    to_colleague = order.doel is Purpose.BATCH_READY
    alone = to_colleague or (order.batchId is None and order.doel not in REMINDERS)
    work.enqueue(
        MAILS,
        order.pogingId,
        group=None if to_colleague else order.batchId,
        priority=FOR_A_PERSON if alone else FOR_A_BATCH,
    )


async def fail_order(event: Event[EmailGevraagd], work: Work) -> None:
    """An order that we could not take in has failed, so that its batch comes to its end."""
    if await queries.mail(work.connection, work.mapper, event.data.pogingId) is None:
        _fail(_ordered(event, work), NOT_TAKEN_IN, work)


async def pause_mails(event: Event[VerzendingGepauzeerd], work: Work) -> None:
    """No mail of a paused batch leaves, but for those that leave at this very moment."""
    if batch := _newer(event, work):
        work.save(tables.batches, batch.braked(event.sequence))
        await work_queue.pause(work.connection, MAILS, batch.id)


async def resume_mails(event: Event[VerzendingHervat], work: Work) -> None:
    """The mails of a batch leave again."""
    if batch := _newer(event, work):
        work.save(tables.batches, batch.braked(event.sequence))
        await work_queue.go_on(work.connection, MAILS, batch.id)


async def stop_mails(event: Event[VerzendingGestopt], work: Work) -> None:
    """What waits is answered as withdrawn, each at its turn, so nothing leaves meanwhile."""
    if batch := _newer(event, work):
        work.save(tables.batches, batch.braked(event.sequence, event.time))
        await work_queue.go_on(work.connection, MAILS, batch.id)


def unheard_batch(event: Event[Any]) -> Batch:
    """A place for a batch that nothing was said about yet."""
    return Batch(event.data.batchId, event.gemeente)


def _newer(
    event: Event[VerzendingGepauzeerd] | Event[VerzendingHervat] | Event[VerzendingGestopt],
    work: Work,
) -> Batch | None:
    """The batch, unless something newer was heard of it."""
    batch = work.loaded(Batch, event.data.batchId)
    return batch if event.sequence > batch.sequence else None


def _ordered(event: Event[EmailGevraagd], work: Work) -> Mail:
    order = event.data
    return Mail(
        id=order.pogingId,
        gemeente=work.gemeente,
        case_id=order.zaakId,
        delivery_id=order.bezorgingId,
        batch_id=order.batchId,
        case_number=order.zaaknummer,
        purpose=order.doel.value,
        template_id=order.sjabloonVersieId,
        recipient=order.aan.strip(),
        recipient_name=order.aanNaam,
        fields=json.dumps(order.velden, ensure_ascii=False),
        status=MailStatus.READY.value,
        requested_at=event.time,
    )


async def note_sent(_: Item, outcome: Sent | Unwanted | None, work: Work) -> None:
    """The mail server accepted a mail, or nobody wanted it any more."""
    if outcome is None:
        return
    mail = outcome.mail
    if isinstance(outcome, Unwanted):
        withdrawing.withdraw(mail, outcome.reason, work)
        return
    sent = mail.sent(outcome.template_id, outcome.message_id, outcome.reply, work.now)
    work.save(tables.mails, sent)
    work.record(
        EmailVerzonden(
            zaakId=mail.case_id,
            bezorgingId=mail.delivery_id,
            pogingId=mail.id,
            batchId=mail.batch_id,
            doel=Purpose(mail.purpose),
            berichtId=mail.id,
        ),
        sequence=1,
    )


async def note_failed(item: Item, reason: str, work: Work) -> None:
    """A mail could not be sent; the reason is for the user."""
    mail = await queries.mail(work.connection, work.mapper, item.id)
    if mail is not None and mail.is_open:
        _fail(mail, reason, work)


def _fail(mail: Mail, reason: str, work: Work) -> None:
    work.save(tables.mails, mail.failed(reason, work.now))
    work.record(withdrawing.unsent(mail, reason), sequence=1)


@dataclass(frozen=True, slots=True)
class NewTemplate:
    """A new version of a template."""

    purpose: Purpose
    name: str
    subject: str
    text: str
    html: str


async def add_template(command: NewTemplate, work: Work) -> dict[str, Any]:
    """A checked template becomes the active version of its purpose; earlier ones stay."""
    findings = _findings(command)
    errors = [error for _, error in findings if error is not None]
    if errors:
        raise TemplateHasErrors(_summary(len(errors)), tuple(errors))
    purpose = command.purpose.value
    version, turn = await queries.lock_versions(work.connection, work.gemeente, purpose)
    template = Template(
        id=uuid5(work.cause.id, "sjabloon"),
        gemeente=work.gemeente,
        purpose=purpose,
        name=command.name,
        version=version + 1,
        subject=command.subject,
        text=command.text,
        html=command.html,
        active_since=work.now,
        made_at=work.now,
        made_by=work.actor,
        activated_by=work.actor,
        turn=turn + 1,
    )
    _check_sample(template, work)
    work.add(tables.templates, template)
    warnings = [warning for warning, error in findings if error is None]
    return {"id": str(template.id), "versie": template.version, "waarschuwingen": warnings}


@dataclass(frozen=True, slots=True)
class ActivateTemplate:
    """An older version of a template, to count again."""

    template_id: UUID


async def activate_template(command: ActivateTemplate, work: Work) -> None:
    """Mails ordered from now on use it; orders that were approved name their own version."""
    found = await queries.template_versions(work.connection, {command.template_id})
    template = found.get(command.template_id)
    if template is None:
        raise TemplateNotFound("Kies een versie uit de lijst.")
    _, turn = await queries.lock_versions(work.connection, work.gemeente, template.purpose)
    active = await queries.active_template(
        work.connection, work.gemeente, Purpose(template.purpose)
    )
    if active is None or active.id != template.id:
        work.save(tables.templates, template.activated(turn + 1, work.actor, work.now))


def _findings(command: NewTemplate) -> list[tuple[str, FieldError | None]]:
    """Each finding as a sentence, with its field error when it is an error."""
    linted: list[tuple[str, list[Finding]]] = [
        ("onderwerp", lint_subject(command.subject, command.purpose)),
        ("tekst", lint_text(command.text, command.purpose)),
        ("html", lint_html(command.html, command.purpose, Channel.EMAIL)),
    ]
    told = []
    for name, findings in linted:
        for finding in findings:
            place = f"Regel {finding.line}: " if finding.line else ""
            words = f"{place}{finding.message}"
            is_error = finding.level is Level.ERROR
            error = FieldError(name, finding.code, words) if is_error else None
            told.append((f"{name}: {words}", error))
    return told


def _check_sample(template: Template, work: Work) -> None:
    """Compose a sample, so that what the lint cannot see fails now and not a thousand times."""
    try:
        compose(
            mail_template(template),
            example_values(Purpose(template.purpose)),
            sender=Mailbox("gemeente@example.nl", "Gemeente"),
            to=Mailbox("inwoner@example.nl"),
            message_id=f"<{template.id}@example.nl>",
            date=work.now,
        )
    except TemplatingError as error:
        errors = (FieldError("html", "voorbeeld-mislukt", str(error)),)
        raise TemplateHasErrors(_summary(1), errors) from None


def _summary(count: int) -> str:
    wrong = "1 ding klopt niet" if count == 1 else f"{count} dingen kloppen niet"
    return f"In het sjabloon: {wrong}. Verbeter het en bied het opnieuw aan."


def _first_template(purpose: Purpose, work: Work) -> Template:
    """The template that comes with the program, so that a gemeente can begin at once."""
    shipped = default_mail(purpose)
    return Template(
        id=first_template_id(work.gemeente, purpose),
        gemeente=work.gemeente,
        purpose=purpose.value,
        name=FIRST_NAMES[purpose],
        version=1,
        subject=shipped.subject,
        text=shipped.text,
        html=shipped.html,
        active_since=work.now,
        made_at=work.now,
        made_by=work.actor,
        activated_by=work.actor,
    )
