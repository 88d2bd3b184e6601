"""Letters of a destroyed case go, with the print files that they are in, and stay gone."""

from __future__ import annotations

from uuid import uuid4, uuid5

import sqlalchemy as sa

from services.documents import handlers, tables
from services.documents.domain import PrintState
from shared.chassis.bucket import Bucket
from shared.chassis.destruction import DESTRUCTIONS
from shared.contracts.events import DocumentenGewist, ZaakVernietigd
from tests.documents import office
from tests.support.parts import Bench, event_of


async def test_letters_and_print_files_of_a_destroyed_case_go(
    documents: Bench, bucket: Bucket, gemeente: str
) -> None:
    """The other letter stays; who opens the print file hears why it is gone."""
    batch = uuid4()
    orders = [office.order(gemeente, batch, place) for place in (1, 2)]
    await documents.feed(office.settings(gemeente), *orders, office.approval(gemeente, batch, 2))
    await documents.work_all(handlers.LETTERS)
    await documents.tick(handlers.order_print_files)
    await documents.work_all(handlers.PRINT_FILES)
    assert len(await bucket.keys(f"{gemeente}/")) == 5
    gone, kept = (uuid5(batch, str(place)) for place in (1, 2))
    destroyed = event_of(ZaakVernietigd(zaakId=gone, batchId=batch), gemeente)
    await documents.feed(destroyed, destroyed)
    await documents.work_all(DESTRUCTIONS)
    (letter,) = await office.letters(documents, gemeente)
    assert letter["case_id"] == kept
    assert await bucket.keys(f"{gemeente}/") == [f"{gemeente}/documenten/{letter['id']}.pdf"]
    (file,) = await documents.rows(sa.select(tables.print_files), gemeente)
    assert file["state"] == PrintState.GONE
    assert "vernietigd" in file["reason"]
    told = await office.told(documents, gemeente, DocumentenGewist)
    assert told == [{"zaakId": str(gone)}]
    await documents.tick(handlers.order_print_files)
    assert await documents.work(handlers.PRINT_FILES) == 0, "nothing is printed anew by itself"


async def test_an_order_that_comes_late_makes_no_letter(
    documents: Bench, bucket: Bucket, gemeente: str
) -> None:
    """The destruction came first; the order is of a case that is no more."""
    batch = uuid4()
    await documents.feed(office.settings(gemeente))
    case = uuid5(batch, "1")
    await documents.feed(event_of(ZaakVernietigd(zaakId=case, batchId=batch), gemeente))
    await documents.feed(office.order(gemeente, batch, 1))
    assert await office.letters(documents, gemeente) == []
    await documents.work_all(DESTRUCTIONS)
    assert len(await office.told(documents, gemeente, DocumentenGewist)) == 1
    assert await bucket.keys(f"{gemeente}/") == []


async def test_a_letter_in_the_press_at_that_moment_goes_too(
    documents: Bench, bucket: Bucket, gemeente: str
) -> None:
    """Its outcome does not count, and the second look removes what it left in the store."""
    batch = uuid4()
    await documents.feed(office.settings(gemeente), office.order(gemeente, batch, 1))
    (letter,) = await office.letters(documents, gemeente)
    destroyed = ZaakVernietigd(zaakId=letter["case_id"], batchId=batch)
    await documents.feed(event_of(destroyed, gemeente))
    await documents.work_all(DESTRUCTIONS)
    assert await documents.work_all(handlers.LETTERS) == 0
    key = f"{gemeente}/documenten/{letter['id']}.pdf"
    await bucket.put_sealed(key, b"%PDF of a press that was not done yet")
    async with documents.database.transaction() as transaction:
        await transaction.connection.execute(
            sa.text("update work_items set not_before = now() where queue = :queue"),
            {"queue": DESTRUCTIONS},
        )
    assert await documents.work_all(DESTRUCTIONS) == 1
    assert await bucket.get(key) is None
    assert len(await office.told(documents, gemeente, DocumentenGewist)) == 1
