"""A letter that nobody wants any more: before it is made, while, after, and in a print file."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from deploy.local.stack import Stack
from services.documents import handlers, posting, tables
from services.documents.domain.withdrawing import first_pages
from shared.chassis import work_queue
from shared.contracts.codes import Channel, Role
from shared.contracts.envelope import Event
from shared.contracts.events import (
    BriefGepost,
    BriefNietPosten,
    BriefTegengehouden,
    DocumentMislukt,
    DocumentOpgeslagen,
    OpdrachtIngetrokken,
    VerzendingGepauzeerd,
)
from tests.documents import office
from tests.documents.test_after_sending import manifest, printed, single, waiting_letters
from tests.support.parts import Bench, event_of, new_gemeente

TODAY = datetime.now(UTC).date()
WHY = "De inwoner is overleden."


def taken_back(order: Event[Any], channel: Channel = Channel.LETTER) -> Event[Any]:
    """The order is not wanted any more."""
    asked = order.data
    data = OpdrachtIngetrokken(
        zaakId=asked.zaakId,
        bezorgingId=asked.bezorgingId,
        pogingId=asked.pogingId,
        batchId=asked.batchId,
        kanaal=channel,
        doel=asked.doel,
        reden=WHY,
    )
    return event_of(data, order.gemeente)


def test_the_first_page_of_each_letter_is_known() -> None:
    """With blank backs, separator sheets, and without either."""
    assert first_pages([1, 2, 3], double_sided=False, separator_every=None) == [1, 2, 4]
    assert first_pages([1, 2, 3], double_sided=True, separator_every=None) == [1, 3, 5]
    assert first_pages([1, 1, 1], double_sided=True, separator_every=2) == [3, 5, 9]
    assert first_pages([1, 1, 1], double_sided=False, separator_every=2) == [2, 3, 5]


@pytest.mark.parametrize("early", [True, False])
async def test_a_letter_that_was_not_made_is_answered_once(
    documents: Bench, gemeente: str, *, early: bool
) -> None:
    """Also when that is heard before the order, twice, or in a batch that is paused."""
    batch = uuid4()
    order = office.order(gemeente, batch, 1)
    pause = event_of(VerzendingGepauzeerd(batchId=batch), gemeente, sequence=4)
    back = taken_back(order)
    await documents.feed(office.settings(gemeente))
    if early:
        await documents.feed(back, back)
        await documents.feed(order)
    else:
        await documents.feed(pause)
        await documents.feed(order)
        await documents.feed(back, back)
    await documents.feed(back, order)
    await documents.work_all(handlers.LETTERS)
    (answer,) = await office.told(documents, gemeente, DocumentMislukt)
    assert (answer["ingetrokken"], answer["reden"]) == (True, WHY)
    assert await office.told(documents, gemeente, DocumentOpgeslagen) == []
    (letter,) = await office.letters(documents, gemeente)
    assert (letter["state"], letter["merge_values"]) == ("ingetrokken", None)


async def test_a_letter_that_is_being_made_is_answered_once(
    documents: Bench, gemeente: str
) -> None:
    """It was in hand when it was taken back: its outcome is that it was taken back."""
    order = office.order(gemeente, uuid4(), 1)
    await documents.feed(office.settings(gemeente))
    await documents.feed(order)
    queue = documents.service.queues[handlers.LETTERS]
    items = await work_queue.claim(documents.database, handlers.LETTERS, 1, queue.lease)
    prepared = await documents.jobs._prepare(queue, items)  # noqa: SLF001 - halfway is what is tested
    stored = await queue.perform(items[0], prepared[items[0].id])
    await documents.feed(taken_back(order))
    await documents.jobs._transact(queue, [(items[0], stored)])  # noqa: SLF001
    (answer,) = await office.told(documents, gemeente, DocumentMislukt)
    assert answer["ingetrokken"] is True
    assert await office.told(documents, gemeente, DocumentOpgeslagen) == []


async def test_a_made_letter_is_held_back_and_never_printed(
    documents: Bench, stack: Stack, gemeente: str
) -> None:
    """Told once; the others of the gemeente are printed, a mail's order is another's business."""
    orders = [single(gemeente, n) for n in (1, 2)]
    await waiting_letters(documents, gemeente, *orders)
    back = taken_back(orders[0])
    await documents.feed(taken_back(orders[1], Channel.EMAIL), back, back)
    await documents.feed(back)
    async with office.client(stack, documents, gemeente, Role.BEHANDELAAR) as user:
        assert (await user.get("/v1/te-printen")).json()["aantal"] == 1
        (file,) = await printed(documents, user)
        found = (await user.get(f"/v1/documenten?zaakId={orders[0].data.zaakId}")).json()
    assert (file["aantalBrieven"], file["nietPosten"]) == (1, [])
    (held,) = await office.told(documents, gemeente, BriefTegengehouden)
    assert (held["zaakId"], held["reden"]) == (str(orders[0].data.zaakId), WHY)
    assert found["resultaten"][0]["status"] == "ingetrokken"
    assert len(await office.told(documents, gemeente, DocumentOpgeslagen)) == 2


async def test_a_batch_without_the_letter_gets_its_print_file(
    documents: Bench, gemeente: str
) -> None:
    """Two of three are left: nobody waits for the third."""
    batch = uuid4()
    orders = [office.order(gemeente, batch, n) for n in (1, 2, 3)]
    await documents.feed(office.settings(gemeente))
    await documents.feed(*orders)
    await documents.work_all(handlers.LETTERS)
    await documents.feed(taken_back(orders[2]))
    await documents.feed(office.approval(gemeente, batch, 3))
    await documents.tick(handlers.order_print_files)
    inside = await documents.rows(sa.select(tables.print_file_letters), gemeente)
    assert [row["case_number"] for row in inside] == ["HO-2026-000001", "HO-2026-000002"]


@pytest.mark.parametrize("taken_out", [True, False])
async def test_a_letter_in_a_print_file_is_for_people_to_take_out(
    documents: Bench, stack: Stack, gemeente: str, *, taken_out: bool
) -> None:
    """The list says so, posting asks whether it is out, and each letter is told as it went."""
    orders = [single(gemeente, n) for n in (1, 2)]
    await waiting_letters(documents, gemeente, *orders)
    async with office.client(stack, documents, gemeente, Role.BEHANDELAAR) as user:
        (file,) = await printed(documents, user)
        plain = await manifest(user, file)
        orders.sort(key=lambda one: one.data.zaaknummer != plain[0]["zaaknummer"])
        await documents.feed(taken_back(orders[1]))
        (told,) = await office.told(documents, gemeente, BriefNietPosten)
        lines = await manifest(user, file)
        (shown,) = (await user.get(f"/v1/afdrukbestanden/{file['id']}")).json()["nietPosten"]
        where = f"/v1/afdrukbestanden/{file['id']}/gepost"
        body: dict[str, Any] = {"gepostDatum": TODAY.isoformat()}
        refused = await user.post(where, json=body)
        body["nietPostenEruit"] = taken_out
        posted = await user.post(where, json=body)
        after = (await user.get(f"/v1/afdrukbestanden/{file['id']}")).json()["nietPosten"]
    await documents.work_all(posting.POSTINGS)
    first = int(lines[1]["eerstePagina"])
    assert (told["afdrukbestand"], told["volgnummer"], told["pagina"]) == ("1", 2, first)
    assert [line["nietPosten"] for line in lines] == ["", f"niet posten: {WHY}"]
    number = plain[1]["zaaknummer"]
    assert (shown["zaaknummer"], shown["paginanummer"]) == (number, first)
    assert refused.status_code == 409
    assert f"brief 2 (zaak {number}, vanaf pagina {first})" in refused.json()["detail"]
    assert posted.status_code == 200, posted.text
    went = {one["zaakId"] for one in await office.told(documents, gemeente, BriefGepost)}
    held = {one["zaakId"] for one in await office.told(documents, gemeente, BriefTegengehouden)}
    both = [str(one.data.zaakId) for one in orders]
    assert (went, held) == (({both[0]}, {both[1]}) if taken_out else (set(both), set()))
    assert len(after) == (1 if taken_out else 0)


async def test_the_print_files_with_a_letter_of_a_case_are_known(
    documents: Bench, stack: Stack, gemeente: str
) -> None:
    """For who looks through the logboek; only the gateway asks, and of its own gemeente."""
    orders = [single(gemeente, n) for n in (1, 2)]
    await waiting_letters(documents, gemeente, *orders[:1])
    async with office.client(stack, documents, gemeente, Role.BEHANDELAAR) as user:
        (first,) = await printed(documents, user)
        await waiting_letters(documents, gemeente, orders[1])
        (second,) = await printed(documents, user)
        body = {"zaakId": str(orders[0].data.zaakId)}
        assert (await user.post("/v1/afdrukbestanden-met-zaak", json=body)).status_code == 403
    found = {}
    for place in (gemeente, new_gemeente()):
        async with office.client(stack, documents, place, Role.SYSTEEM) as gateway:
            answer = await gateway.post("/v1/afdrukbestanden-met-zaak", json=body)
        found[place] = answer.json()["afdrukbestandIds"]
    assert list(found.values()) == [[first["id"]], []]
    assert second["id"] != first["id"]


async def test_what_was_posted_stays_posted(documents: Bench, stack: Stack, gemeente: str) -> None:
    """After *Gepost op* nothing is told, and a correction of the day asks nothing."""
    order = single(gemeente, 1)
    await waiting_letters(documents, gemeente, order)
    async with office.client(stack, documents, gemeente, Role.BEHANDELAAR) as user:
        (file,) = await printed(documents, user)
        where = f"/v1/afdrukbestanden/{file['id']}/gepost"
        await user.post(where, json={"gepostDatum": TODAY.isoformat()})
        await documents.feed(taken_back(order))
        shown = (await user.get(f"/v1/afdrukbestanden/{file['id']}")).json()
    await documents.work_all(posting.POSTINGS)
    assert shown["nietPosten"] == []
    assert len(await office.told(documents, gemeente, BriefGepost)) == 1
    for kind in (BriefNietPosten, BriefTegengehouden):
        assert await office.told(documents, gemeente, kind) == []
