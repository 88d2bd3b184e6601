"""Letters and mails of one case, outside its batch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from services.cases import queries, tables, written
from services.cases.domain import Case
from services.cases.single_orders import Single, order_single
from shared.chassis.loads import Load
from shared.chassis.work import Work
from shared.contracts.codes import Channel, Purpose
from shared.contracts.events import BriefGevraagd, EmailGevraagd
from tests.cases.files import Zaken, persoon, user
from tests.cases.test_outcomes import made

BOTH = (Channel.EMAIL, Channel.LETTER)
CASE = Load(tables.cases, lambda command: command.case_id)  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Order:
    """Have a case written to."""

    case_id: UUID
    single: Single


async def _order(command: Order, work: Work) -> dict[str, Any]:
    ordered = await order_single(work.loaded(Case, command.case_id), command.single, work)
    return {"states": [delivery.state for delivery in ordered]}


async def _ordered(zaken: Zaken, gemeente: str, single: Single) -> list[str]:
    (case,) = await zaken.table(tables.cases, gemeente)
    command = Order(case.id, single)
    answer = await zaken.commands.run(user(gemeente), _order, command, loads=[CASE])
    states: list[str] = answer["states"]
    return states


def _last_call(ordinal: int) -> Single:
    sent, until = date(2026, 12, 1), date(2026, 12, 15)
    return Single(Purpose.LAST_CALL, ordinal, BOTH, sent, until)


async def test_one_case_is_written_to_apart_from_its_batch(zaken: Zaken, gemeente: str) -> None:
    """Both orders carry the purpose and its dates, no batch, and no figure of the batch moves."""
    file = await zaken.sent(gemeente, persoon(1, "BEIDE"))
    assert await _ordered(zaken, gemeente, _last_call(1)) == ["gevraagd", "gevraagd"]
    _, letter = await zaken.told(BriefGevraagd, gemeente)
    _, mail = await zaken.told(EmailGevraagd, gemeente)
    for order in (letter.data, mail.data):
        assert (order.doel, order.batchId) == (Purpose.LAST_CALL, None)
        assert order.sjabloonVersieId is None
        assert order.velden["REACTIEDATUM"] == "15 december 2026"
    async with zaken.database.transaction(gemeente) as transaction:
        counts = await queries.ordered_counts(transaction.connection, gemeente, file.id)
    assert counts == {Channel.EMAIL: 1, Channel.LETTER: 1}


async def test_the_same_order_twice_is_given_once_and_the_next_one_again(
    zaken: Zaken, gemeente: str
) -> None:
    """The ordinal tells a repetition from a second letter."""
    await zaken.sent(gemeente, persoon(2, "BRIEF"))
    for ordinal in (1, 1, 2):
        await _ordered(zaken, gemeente, _last_call(ordinal))
    purposes = [event.data.doel for event in await zaken.told(BriefGevraagd, gemeente)]
    assert purposes == [Purpose.INVITATION, Purpose.LAST_CALL, Purpose.LAST_CALL]


async def test_without_an_address_the_mail_has_failed_and_the_letter_goes(
    zaken: Zaken, gemeente: str
) -> None:
    """Each channel ends by itself."""
    await zaken.sent(gemeente, persoon(3, "BRIEF"))
    assert await _ordered(zaken, gemeente, _last_call(1)) == ["mislukt", "gevraagd"]
    failed = [one for one in await zaken.table(tables.deliveries, gemeente) if one.reason]
    assert [one.reason for one in failed] == [written.NO_ADDRESS]


async def test_only_an_invitation_makes_a_case_invited(zaken: Zaken, gemeente: str) -> None:
    """A letter about something else says nothing about the invitation."""
    await zaken.sent(gemeente, persoon(4, "BRIEF"))
    await _ordered(zaken, gemeente, _last_call(1))
    single = [one for one in await zaken.table(tables.deliveries, gemeente) if not one.batch_id]
    (letter,) = [one for one in single if one.channel == Channel.LETTER]
    await zaken.feed(made(letter))
    (case,) = await zaken.table(tables.cases, gemeente)
    assert case.status == "aangemaakt"
