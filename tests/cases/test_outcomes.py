"""What became of letters and mails, told late, twice or in another order."""

from __future__ import annotations

import itertools
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.cases import domain, tables
from services.cases.domain import DeliveryState
from shared.contracts.codes import Purpose
from shared.contracts.envelope import Event
from shared.contracts.events import (
    DocumentMislukt,
    DocumentOpgeslagen,
    EmailMislukt,
    EmailVerzonden,
    ZaakstatusGewijzigd,
)
from tests.cases.files import File, Zaken, persoon
from tests.support.parts import event_of

REASON = "De mailserver kent dit adres niet."


async def test_the_first_success_makes_the_invitation_sent(zaken: Zaken, gemeente: str) -> None:
    """The status changes once; the timeline tells what did it and who started that."""
    file = await zaken.sent(gemeente, persoon(1, "BEIDE"))
    deliveries = await by_channel(zaken, gemeente)
    await zaken.feed(made(deliveries["brief"]))
    await zaken.feed(mailed(deliveries["email"]))

    (changed,) = await zaken.told(ZaakstatusGewijzigd, gemeente)
    assert (changed.data.van, changed.data.naar) == ("aangemaakt", "uitnodiging verzonden")
    assert (changed.data.zaakId, changed.sequence) == (file.rows[0].data.zaakId, 2)
    entries = await zaken.table(tables.timeline, gemeente)
    told = sorted((one.what, one.actor) for one in entries)
    assert told == [
        ("Brief gemaakt", "gebruiker-akkoord"),
        ("E-mail verzonden", "gebruiker-akkoord"),
        ("Status gewijzigd", "gebruiker-akkoord"),
        ("Zaak aangemaakt", file.starter),
    ]


@pytest.mark.parametrize("kind", ["made", "mailed", "letter_failed", "mail_failed"])
async def test_the_same_news_twice_is_told_once(zaken: Zaken, gemeente: str, kind: str) -> None:
    """Redelivered, and once more in a new event."""
    await zaken.sent(gemeente, persoon(2, "BEIDE"))
    channel = "brief" if kind in {"made", "letter_failed"} else "email"
    delivery = (await by_channel(zaken, gemeente))[channel]
    news = {"made": made, "mailed": mailed, "letter_failed": unmade, "mail_failed": unmailed}
    event = news[kind](delivery)
    await zaken.feed(event, event)
    await zaken.feed(event)
    before = await zaken.table(tables.timeline, gemeente)
    await zaken.feed(news[kind](delivery))

    assert await zaken.table(tables.timeline, gemeente) == before
    after = (await by_channel(zaken, gemeente))[channel]
    assert after.state == ("mislukt" if "failed" in kind else "gelukt")
    assert after.reason == (REASON if "failed" in kind else None)
    assert len(await zaken.told(ZaakstatusGewijzigd, gemeente)) == (0 if "failed" in kind else 1)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize("together", [True, False])
async def test_a_success_stands_in_any_order(
    zaken: Zaken, gemeente: str, order: tuple[int, int], *, together: bool
) -> None:
    """A late failure of the same attempt does not undo a success, nor does an early one."""
    await zaken.sent(gemeente, persoon(3, "BEIDE"))
    delivery = (await by_channel(zaken, gemeente))["email"]
    news = [mailed(delivery), unmailed(delivery)]
    chosen = [news[place] for place in order]
    for part in [chosen] if together else [[one] for one in chosen]:
        await zaken.feed(*part)

    after = (await by_channel(zaken, gemeente))["email"]
    assert (after.state, after.reason) == ("gelukt", None)


async def test_news_before_the_order_was_marked_counts(zaken: Zaken, gemeente: str) -> None:
    """The order that comes after it leaves the delivery done, and is not given again."""
    await zaken.approved(gemeente, persoon(4, "BEIDE"))
    planned = await by_channel(zaken, gemeente)
    await zaken.feed(made(planned["brief"]))
    await zaken.work_all("orders")

    after = await by_channel(zaken, gemeente)
    assert (after["brief"].state, after["email"].state) == ("gelukt", "gevraagd")


async def test_news_of_another_attempt_changes_nothing(zaken: Zaken, gemeente: str) -> None:
    """Only the attempt that counts now is listened to."""
    await zaken.sent(gemeente, persoon(5))
    delivery = (await by_channel(zaken, gemeente))["brief"]
    await zaken.feed(made(delivery, attempt=domain.attempt_of(delivery.id, 7)))

    assert (await by_channel(zaken, gemeente))["brief"].state == "gevraagd"


async def test_mail_to_a_colleague_is_no_news_of_a_case(zaken: Zaken, gemeente: str) -> None:
    """The mail about a batch has the batch for a case; it is passed by, not set aside."""
    file = await zaken.sent(gemeente, persoon(6))
    letters = await dead_letters(zaken)
    for kind in (EmailVerzonden, EmailMislukt):
        data = {**ids(file.id, uuid4(), file.id), "doel": Purpose.BATCH_READY, "reden": REASON}
        await zaken.feed(event_of(kind.model_validate(data), gemeente))

    assert await dead_letters(zaken) == letters
    assert (await by_channel(zaken, gemeente))["brief"].state == "gevraagd"


async def test_news_of_what_was_never_ordered_is_set_aside(zaken: Zaken, gemeente: str) -> None:
    """Nothing is lost silently; the events beside it are handled."""
    file = await zaken.sent(gemeente, persoon(7))
    letters = await dead_letters(zaken)
    stray = event_of(
        DocumentOpgeslagen.model_validate(
            {**ids(uuid4(), uuid4(), file.id), "paginas": 1, "bytes": 9, "sha256": "00"}
        ),
        gemeente,
    )
    await zaken.feed(stray, made((await by_channel(zaken, gemeente))["brief"]))

    assert await dead_letters(zaken) == letters + 1
    assert (await by_channel(zaken, gemeente))["brief"].state == "gelukt"


@pytest.mark.parametrize("news", list(itertools.permutations(["ok", "fout", "oud"])))
def test_a_delivery_ends_the_same_whatever_comes_first(news: tuple[str, ...]) -> None:
    """The rule itself: success wins, an older attempt is not heard."""
    delivery = domain.Delivery(uuid4(), "1000", uuid4(), uuid4(), 1, "uitnodiging", 1, "brief", 2)
    at: Any = None
    for one in news:
        if one == "ok":
            delivery = delivery.succeeded(domain.attempt_of(delivery.id, 2), at)
        else:
            attempt = domain.attempt_of(delivery.id, 1 if one == "oud" else 2)
            delivery = delivery.failed(attempt, one, at)
    assert (delivery.state, delivery.reason) == (DeliveryState.DONE, None)


async def by_channel(zaken: Zaken, gemeente: str) -> dict[str, domain.Delivery]:
    """The deliveries of the one resident of a gemeente."""
    return {one.channel: one for one in await zaken.table(tables.deliveries, gemeente)}


async def dead_letters(zaken: Zaken) -> int:
    """How many events were set aside."""
    from shared.chassis.tables import dead_letters as letters  # noqa: PLC0415 - same word

    return len(await zaken.rows(letters.select()))


def ids(
    case: UUID, delivery: UUID, batch: UUID | None, *, attempt_number: int = 1
) -> dict[str, Any]:
    """The ids that each outcome has."""
    attempt = domain.attempt_of(delivery, attempt_number)
    return {
        "zaakId": case,
        "bezorgingId": delivery,
        "pogingId": attempt,
        "batchId": batch,
        "documentId": attempt,
        "berichtId": attempt,
        "doel": Purpose.INVITATION,
    }


def _news(kind: Any, delivery: domain.Delivery, **more: Any) -> Event[Any]:
    of = ids(delivery.case_id, delivery.id, delivery.batch_id, attempt_number=delivery.round)
    data = {**of, "doel": Purpose(delivery.purpose), **more}
    return event_of(kind.model_validate(data), delivery.gemeente, actor="gebruiker-akkoord")


def made(delivery: domain.Delivery, attempt: UUID | None = None) -> Event[Any]:
    """The letter lies in the store."""
    changes = {"pogingId": attempt} if attempt else {}
    return _news(DocumentOpgeslagen, delivery, paginas=2, bytes=9, sha256="00", **changes)


def unmade(delivery: domain.Delivery) -> Event[Any]:
    """The letter could not be made."""
    return _news(DocumentMislukt, delivery, reden=REASON)


def mailed(delivery: domain.Delivery) -> Event[Any]:
    """The mail server accepted the mail."""
    return _news(EmailVerzonden, delivery)


def unmailed(delivery: domain.Delivery) -> Event[Any]:
    """The mail could not be sent."""
    return _news(EmailMislukt, delivery, reden=REASON)


async def end_all(zaken: Zaken, file: File, *, failing: int = 0) -> None:
    """Tell of every delivery of a file that it is done; of the first few that they failed."""
    deliveries = await zaken.table(tables.deliveries, file.gemeente)
    mine = sorted((one for one in deliveries if one.batch_id == file.id), key=lambda d: d.place)
    for place, one in enumerate(mine):
        if one.channel == "brief":
            await zaken.feed(unmade(one) if place < failing else made(one))
        else:
            await zaken.feed(unmailed(one) if place < failing else mailed(one))
