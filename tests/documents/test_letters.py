"""Letters: ordered, made, failed, and never doubled."""

from __future__ import annotations

import hashlib
import io
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pypdf
import sqlalchemy as sa

from deploy.local.stack import Stack
from services.documents import handlers
from services.documents.domain import TEMPLATE_PATIENCE
from services.documents.press import Stored
from shared.chassis import dead_letters, work_queue
from shared.chassis import tables as chassis
from shared.chassis.bucket import Bucket
from shared.chassis.service import Item
from shared.contracts.codes import Role
from shared.contracts.events import DocumentMislukt, DocumentOpgeslagen
from tests.documents import office
from tests.support.faults import broken
from tests.support.parts import Bench, new_gemeente


async def test_an_order_becomes_a_letter_in_the_store(
    documents: Bench, bucket: Bucket, gemeente: str
) -> None:
    """Sealed, with its hash in the row and in the event; the values are gone."""
    batch = uuid4()
    await documents.feed(office.settings(gemeente), office.order(gemeente, batch, 1))
    (asked,) = await office.letters(documents, gemeente)
    assert b"Dorpsstraat" not in bytes(asked["merge_values"])
    assert await documents.work_all(handlers.LETTERS) == 1
    (letter,) = await office.letters(documents, gemeente)
    key = f"{gemeente}/documenten/{letter['id']}.pdf"
    pdf = await bucket.get_sealed(key)
    assert pdf is not None
    assert b"%PDF" not in (await bucket.get(key) or b"%PDF")
    assert (letter["state"], letter["merge_values"]) == ("gemaakt", None)
    assert letter["sha256"] == hashlib.sha256(pdf).hexdigest()
    (event,) = await office.told(documents, gemeente, DocumentOpgeslagen)
    assert event["documentId"] == event["pogingId"] == str(letter["id"])
    assert (event["paginas"], event["bytes"]) == (letter["pages"], len(pdf))


async def test_the_letter_names_its_resident(
    documents: Bench, bucket: Bucket, gemeente: str
) -> None:
    """Each letter has the values of its own order."""
    batch = uuid4()
    values = {**office.EXAMPLE, "AANHEF": "Geachte heer Jansen,"}
    await documents.feed(
        office.settings(gemeente),
        office.order(gemeente, batch, 1),
        office.order(gemeente, batch, 2, values=values),
    )
    await documents.work_all(handlers.LETTERS)
    texts = []
    for row in await office.letters(documents, gemeente):
        pdf = await bucket.get_sealed(f"{gemeente}/documenten/{row['id']}.pdf")
        pages = pypdf.PdfReader(io.BytesIO(pdf or b"")).pages
        texts.append("".join(page.extract_text() for page in pages))
    assert ["heer Jansen" in text for text in texts] == [False, True]


async def test_the_same_order_twice_is_one_letter(documents: Bench, gemeente: str) -> None:
    """As the same event, and as another event for the same attempt; before and after it is made."""
    batch = uuid4()
    first, again = (office.order(gemeente, batch, 1) for _ in "12")
    await documents.feed(office.settings(gemeente), first, first, again)
    await documents.work_all(handlers.LETTERS)
    await documents.feed(first, office.order(gemeente, batch, 1))
    assert await documents.work_all(handlers.LETTERS) == 0
    assert len(await office.letters(documents, gemeente)) == 1
    assert len(await office.told(documents, gemeente, DocumentOpgeslagen)) == 1


async def test_an_order_before_the_settings_waits_for_its_template(
    documents: Bench, gemeente: str
) -> None:
    """Topics have no order between them: the letter is put back, not failed."""
    await documents.feed(office.order(gemeente, uuid4(), 1))
    await documents.work_all(handlers.LETTERS)
    (letter,) = await office.letters(documents, gemeente)
    assert letter["state"] == "gevraagd"
    await documents.feed(office.settings(gemeente))
    await _no_more_waiting(documents)
    await documents.work_all(handlers.LETTERS)
    (letter,) = await office.letters(documents, gemeente)
    assert letter["state"] == "gemaakt"


async def test_a_template_that_never_comes_fails_the_letter(
    documents: Bench, gemeente: str
) -> None:
    """After a while the reason is clear: the version does not exist."""
    await documents.feed(
        office.settings(gemeente), office.order(gemeente, uuid4(), 1, version=uuid4())
    )
    await documents.work_all(handlers.LETTERS)
    await _no_more_waiting(documents, TEMPLATE_PATIENCE)
    await documents.work_all(handlers.LETTERS)
    (letter,) = await office.letters(documents, gemeente)
    assert letter["state"] == "mislukt"
    assert "bestaat niet" in letter["reason"]


async def test_a_template_of_another_gemeente_does_not_exist(
    documents: Bench, gemeente: str
) -> None:
    """An order cannot borrow a neighbour's letter."""
    neighbour = new_gemeente()
    await documents.feed(office.settings(gemeente), office.settings(neighbour))
    version = office.default_version(neighbour)
    await documents.feed(office.order(gemeente, uuid4(), 1, version=version))
    await _no_more_waiting(documents, TEMPLATE_PATIENCE)
    await documents.work_all(handlers.LETTERS)
    (letter,) = await office.letters(documents, gemeente)
    assert letter["state"] == "mislukt"


async def test_a_bad_letter_fails_alone_with_its_reason(documents: Bench, gemeente: str) -> None:
    """In words for the Batchoverzicht; the others are made."""
    batch = uuid4()
    empty = {**office.EXAMPLE, "AANHEF": ""}
    strange = {**office.EXAMPLE, "ADRESBLOK": "Mevrouw \U00012000\nDorpsstraat 1"}
    await documents.feed(
        office.settings(gemeente),
        office.order(gemeente, batch, 1, values=empty),
        office.order(gemeente, batch, 2),
        office.order(gemeente, batch, 3, values=strange),
    )
    await documents.work_all(handlers.LETTERS)
    rows = await office.letters(documents, gemeente)
    assert [row["state"] for row in rows] == ["mislukt", "gemaakt", "mislukt"]
    assert "$AANHEF$ is leeg" in rows[0]["reason"]
    assert "U+12000" in rows[2]["reason"]
    assert all(row["merge_values"] is None for row in rows)
    failed = await office.told(documents, gemeente, DocumentMislukt)
    assert [event["reden"] for event in failed] == [rows[0]["reason"], rows[2]["reason"]]


async def test_the_outcome_of_a_lost_claim_is_not_written(documents: Bench, gemeente: str) -> None:
    """Who was thought dead cannot overwrite its successor, and tells nothing."""
    await documents.feed(office.settings(gemeente), office.order(gemeente, uuid4(), 1))
    item, stored = await _made_but_not_recorded(documents, gemeente)
    lease = timedelta(minutes=1)
    (successor,) = await work_queue.claim(documents.database, handlers.LETTERS, 1, lease)
    assert successor.id == item.id
    await _record(documents, item, stored)
    (letter,) = await office.letters(documents, gemeente)
    assert letter["state"] == "gevraagd"
    assert await office.told(documents, gemeente, DocumentOpgeslagen) == []
    await _record(documents, successor, stored)
    (letter,) = await office.letters(documents, gemeente)
    assert letter["state"] == "gemaakt"


async def test_a_letter_killed_before_its_row_is_the_same_letter(
    documents: Bench, bucket: Bucket, gemeente: str
) -> None:
    """Stored, then dead, then made again: one key, the same bytes, one event."""
    await documents.feed(office.settings(gemeente), office.order(gemeente, uuid4(), 1))
    _, stored = await _made_but_not_recorded(documents, gemeente)
    before = await bucket.get_sealed(stored.document.key)
    await documents.work_all(handlers.LETTERS)
    (letter,) = await office.letters(documents, gemeente)
    assert await bucket.keys(f"{gemeente}/documenten/") == [stored.document.key]
    assert await bucket.get_sealed(stored.document.key) == before
    assert letter["sha256"] == stored.sha256
    assert len(await office.told(documents, gemeente, DocumentOpgeslagen)) == 1


async def test_letters_of_a_case_are_listed_and_opened(
    documents: Bench, stack: Stack, gemeente: str
) -> None:
    """By a caseworker; a raadpleger opens none, and another gemeente finds none."""
    batch = uuid4()
    made, bad = office.order(gemeente, batch, 1), office.order(gemeente, batch, 2, values={})
    await documents.feed(office.settings(gemeente), made, bad)
    await documents.work_all(handlers.LETTERS)
    case, letter = made.data.zaakId, made.data.pogingId
    addresses = [
        f"/v1/documenten?zaakId={case}",
        f"/v1/documenten/{letter}",
        f"/v1/documenten/{letter}/inhoud",
    ]
    async with office.client(stack, documents, gemeente, Role.BEHANDELAAR) as behandelaar:
        listed, shown, content = [await behandelaar.get(address) for address in addresses]
        unmade = await behandelaar.get(f"/v1/documenten/{bad.data.pogingId}/inhoud")
    assert [row["id"] for row in listed.json()["resultaten"]] == [str(letter)]
    assert shown.json()["status"] == "gemaakt"
    assert hashlib.sha256(content.content).hexdigest() == shown.json()["sha256"]
    assert content.headers["content-type"] == "application/pdf"
    assert unmade.status_code == 409
    assert "leeg" in unmade.json()["detail"]
    async with office.client(stack, documents, gemeente, Role.RAADPLEGER) as raadpleger:
        assert [(await raadpleger.get(a)).status_code for a in addresses] == [403, 403, 403]
    async with office.client(stack, documents, new_gemeente(), Role.BEHANDELAAR) as other:
        assert (await other.get(addresses[0])).json()["aantal"] == 0
        assert [(await other.get(a)).status_code for a in addresses[1:]] == [404, 404]


async def _no_more_waiting(documents: Bench, older: timedelta = timedelta(0)) -> None:
    """Let work that was put back be claimed at once, as if it were queued longer ago."""
    async with documents.database.transaction() as transaction:
        items = chassis.work_items
        await transaction.connection.execute(
            sa.update(items).values(
                not_before=sa.func.clock_timestamp(), created_at=items.c.created_at - older
            )
        )


async def _made_but_not_recorded(documents: Bench, gemeente: str) -> tuple[Item, Stored]:
    """Make the one letter that waits, under a lease that ends at once, and stop there."""
    queue = documents.service.queues[handlers.LETTERS]
    (item,) = await work_queue.claim(documents.database, handlers.LETTERS, 1, timedelta(0))
    async with documents.database.transaction(gemeente) as transaction:
        assert queue.prepare is not None
        prepared = await queue.prepare([item], documents.jobs._work(transaction, item))  # noqa: SLF001
    return item, await queue.perform(item, prepared[item.id])


async def _record(documents: Bench, item: Item, stored: Stored) -> None:
    """Write an outcome as the jobs process would."""
    queue = documents.service.queues[handlers.LETTERS]
    await documents.jobs._record(handlers.LETTERS, queue, [(item, stored)])  # noqa: SLF001


async def test_an_order_that_breaks_its_handler_is_a_failed_letter(
    stack: Stack, documents: Bench, gemeente: str
) -> None:
    """Its batch comes to its end with the others; a replay makes no letter that nobody expects."""
    batch = uuid4()
    bad = office.order(gemeente, batch, 1)
    await documents.feed(office.settings(gemeente), office.approval(gemeente, batch, 2))
    with broken(stack, "documents", "documents", f"state = 'gevraagd' and id = '{attempt(bad)}'"):
        await documents.feed(bad, office.order(gemeente, batch, 2))
    await documents.work_all(handlers.LETTERS)
    states = [letter["state"] for letter in await office.letters(documents, gemeente)]
    assert states == ["mislukt", "gemaakt"]
    (told,) = await office.told(documents, gemeente, DocumentMislukt)
    assert (told["pogingId"], "beheerder" in told["reden"]) == (attempt(bad), True)
    await documents.tick(handlers.order_print_files)
    assert await documents.work_all(handlers.PRINT_FILES) == 1
    (kept,) = [
        one.id
        for one in await dead_letters.listed(documents.database)
        if str(bad.id).encode() in one.record.value
    ]
    assert await dead_letters.replay(documents.database, documents.consumer, [kept]) == ([kept], [])
    assert await documents.work_all(handlers.LETTERS) == 0


def attempt(order: Any) -> str:
    """The letter that an order is for."""
    return str(order.data.pogingId)
