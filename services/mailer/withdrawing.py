"""Mails that nobody wants any more: taken back before they leave, each with its one answer.

An order that was taken back is a row, also when it came before the order itself. The mail is then
answered as withdrawn at its turn, which comes at once: so one claim decides, and what left before
that has left.
"""

from __future__ import annotations

from services.mailer import tables
from services.mailer.domain import Mail, WithdrawnOrder
from shared.chassis import work_queue
from shared.chassis.work import Work
from shared.contracts.codes import Channel, Purpose
from shared.contracts.envelope import Event
from shared.contracts.events import EmailMislukt, OpdrachtIngetrokken

MAILS = "mails"


async def take_back(event: Event[OpdrachtIngetrokken], work: Work) -> None:
    """A mail must not leave; one that left, or was answered, stays as it is."""
    order = event.data
    known = work.found(WithdrawnOrder, order.pogingId)
    if order.kanaal is not Channel.EMAIL or known is not None:
        return
    withdrawn = WithdrawnOrder(order.pogingId, work.gemeente, order.zaakId, order.reden, work.now)
    work.add(tables.withdrawn_orders, withdrawn)
    await work_queue.hasten(work.connection, MAILS, order.pogingId, work.now)


def withdraw(mail: Mail, reason: str, work: Work) -> None:
    """The answer to an order that nobody wants any more; the reason is for the user."""
    work.save(tables.mails, mail.withdrawn(reason, work.now))
    work.record(unsent(mail, reason, is_withdrawn=True), sequence=1)


def unsent(mail: Mail, reason: str, *, is_withdrawn: bool = False) -> EmailMislukt:
    """What is told of a mail that does not leave."""
    return EmailMislukt(
        zaakId=mail.case_id,
        bezorgingId=mail.delivery_id,
        pogingId=mail.id,
        batchId=mail.batch_id,
        doel=Purpose(mail.purpose),
        berichtId=mail.id,
        reden=reason,
        ingetrokken=is_withdrawn,
    )
