"""After confirmation: rows that cases refuses, and the end of retention."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4, uuid5

import sqlalchemy as sa

from services.intake import handlers, tables
from services.intake.domain import RETENTION
from shared.chassis import tables as chassis
from shared.contracts.events import (
    BatchIngetrokken,
    RijGeweigerd,
    RijGewist,
    WeigeringIngetrokken,
    ZaakVernietigd,
)
from tests.intake.colleague import Intake
from tests.support.parts import event_of


def _refused(batch_id: UUID, row: int) -> RijGeweigerd:
    return RijGeweigerd(
        zaakId=uuid5(batch_id, str(row)),
        batchId=batch_id,
        rij=row,
        reden="Voor deze persoon loopt al een zaak.",
        lopendeZaak="HO-2026-000001",
    )


async def _end_retention(intake: Intake) -> None:
    """Let the uploads of this gemeente be a moment past their time."""
    uploads = tables.uploads
    async with intake.bench.database.transaction(intake.gemeente) as transaction:
        await transaction.connection.execute(
            sa.update(uploads).values(expires_at=transaction.now - timedelta(seconds=1))
        )


async def test_a_refused_row_is_shown_with_its_reason(intake: Intake) -> None:
    """Counted on the batch, listed by row."""
    upload = await intake.checked(intake.workbook(4))
    batch_id = UUID((await intake.confirm(upload["id"]))["batchId"])
    events = [event_of(_refused(batch_id, row), intake.gemeente) for row in (4, 2)]
    await intake.bench.feed(*events)
    batch = await intake.call("GET", f"/batches/{batch_id}")
    assert batch["aantalGeweigerd"] == 2
    page = await intake.call("GET", f"/batches/{batch_id}/geweigerde-rijen")
    assert [row["rij"] for row in page["resultaten"]] == [2, 4]
    assert page["resultaten"][0]["lopendeZaak"] == "HO-2026-000001"


async def test_a_refused_row_that_comes_twice_counts_once(intake: Intake) -> None:
    """Redelivered as it is, and sent again under another id."""
    upload = await intake.checked(intake.workbook(2))
    batch_id = UUID((await intake.confirm(upload["id"]))["batchId"])
    event = event_of(_refused(batch_id, 2), intake.gemeente)
    await intake.bench.feed(event)
    await intake.bench.feed(event)
    await intake.bench.feed(event_of(_refused(batch_id, 2), intake.gemeente))
    assert (await intake.call("GET", f"/batches/{batch_id}"))["aantalGeweigerd"] == 1


async def test_a_refused_row_may_come_before_its_batch(intake: Intake) -> None:
    """It is found as soon as the batch is there."""
    upload = await intake.checked(intake.workbook(2))
    batch_id = uuid5(UUID(upload["id"]), "batch")
    await intake.bench.feed(event_of(_refused(batch_id, 3), intake.gemeente))
    await intake.call("GET", f"/batches/{batch_id}", status=404)
    confirmed = await intake.confirm(upload["id"])
    assert confirmed["batchId"] == str(batch_id)
    assert (await intake.call("GET", f"/batches/{batch_id}"))["aantalGeweigerd"] == 1


async def test_an_upload_is_kept_for_thirty_days_after_each_ending(intake: Intake) -> None:
    """Checked, refused or confirmed: the time starts there."""
    checked = await intake.checked(intake.workbook(1))
    refused = await intake.checked(intake.workbook(3)[:-300])
    confirmed = await intake.checked(intake.workbook(2))
    await intake.confirm(confirmed["id"])
    stored = {str(r["id"]): r for r in await intake.rows(sa.select(tables.uploads))}
    for upload in (checked, refused, confirmed):
        row = stored[upload["id"]]
        waited = row["expires_at"] - row["received_at"]
        assert RETENTION <= waited < RETENTION + timedelta(minutes=5)


async def test_a_withdrawn_batch_keeps_its_upload_for_thirty_days_more(intake: Intake) -> None:
    """The time begins again, once however often it is told; what is gone stays gone."""
    upload = await intake.checked(intake.workbook(2))
    batch_id = UUID((await intake.confirm(upload["id"]))["batchId"])
    event = event_of(BatchIngetrokken(batchId=batch_id, wordtVervangen=True), intake.gemeente)
    late = replace(event, time=event.time + timedelta(days=20))
    for told in (late, late, replace(event, id=uuid4())):
        await intake.bench.feed(told)
    (row,) = await intake.rows(sa.select(tables.uploads).where(tables.uploads.c.id == upload["id"]))
    assert row["expires_at"] == late.time + RETENTION
    await intake.bench.work_all("frames")
    await _end_retention(intake)
    await intake.bench.tick(handlers.expire_uploads)
    await intake.bench.feed(replace(late, id=uuid4()))
    await intake.call("GET", f"/uploads/{upload['id']}", status=404)
    await intake.bench.work_all("retention")
    assert await intake.bucket.keys(f"{intake.gemeente}/") == []


async def test_an_upload_goes_when_its_time_is_up(intake: Intake) -> None:
    """File, frames, findings and row; the batch and its numbers stay."""
    upload = await intake.checked(intake.workbook(3, {2: {"VOORLETTERS": None}}))
    confirmed = await intake.confirm(upload["id"])
    await intake.bench.work_all("frames")
    await intake.bench.tick(handlers.expire_uploads)
    assert len(await intake.bucket.keys(f"{intake.gemeente}/")) == 3

    await _end_retention(intake)
    await intake.bench.tick(handlers.expire_uploads)
    await intake.call("GET", f"/uploads/{upload['id']}", status=404)
    await intake.confirm(upload["id"], status=404)
    await intake.bench.work_all("retention")
    assert await intake.bucket.keys(f"{intake.gemeente}/") == []
    for table in (tables.uploads, tables.findings):
        assert not await intake.rows(sa.select(table))
    batch = await intake.call("GET", f"/batches/{confirmed['batchId']}")
    assert batch["aantalRijen"] == 3


async def test_the_file_of_a_destroyed_case_goes_before_its_time(intake: Intake) -> None:
    """File, rows and findings, and the row that was refused; the other file stays."""
    first = await intake.checked(intake.workbook(3, {2: {"VOORLETTERS": None}}))
    other = await intake.checked(intake.workbook(2))
    batch_id = UUID((await intake.confirm(first["id"]))["batchId"])
    await intake.bench.work_all("frames")
    case = uuid5(batch_id, "2")
    await intake.bench.feed(event_of(_refused(batch_id, 2), intake.gemeente))
    destroyed = ZaakVernietigd(zaakId=case, batchId=batch_id)
    await intake.bench.feed(event_of(destroyed, intake.gemeente))
    await intake.bench.work_all("destructions")
    await intake.bench.feed(event_of(_refused(batch_id, 2), intake.gemeente))
    keys = await intake.bucket.keys(f"{intake.gemeente}/")
    assert keys
    assert all(other["id"] in key for key in keys)
    left = await intake.rows(sa.select(tables.uploads))
    assert [str(row["id"]) for row in left] == [other["id"]]
    assert not await intake.rows(sa.select(tables.refused_rows))
    told = await intake.bench.recorded(RijGewist)
    assert [one["data"]["zaakId"] for one in told if one["gemeente"] == intake.gemeente] == [
        str(case)
    ]


async def test_rows_that_still_wait_for_publishing_are_kept(intake: Intake) -> None:
    """A long outage costs nobody a case."""
    upload = await intake.checked(intake.workbook(3))
    await intake.confirm(upload["id"])
    await _end_retention(intake)
    await intake.bench.tick(handlers.expire_uploads)
    await intake.bench.work_all("retention")
    await intake.call("GET", f"/uploads/{upload['id']}")
    await intake.bench.work_all("frames")
    await intake.bench.tick(handlers.expire_uploads)
    await intake.call("GET", f"/uploads/{upload['id']}", status=404)
    await intake.bench.work_all("retention")


async def test_deleting_that_stopped_half_way_is_finished(intake: Intake) -> None:
    """Some files are gone already; the rest follows, then the row."""
    upload = await intake.checked(intake.workbook(2))
    await _end_retention(intake)
    await intake.bench.tick(handlers.expire_uploads)
    await intake.bench.tick(handlers.expire_uploads)
    items = chassis.work_items
    waiting = sa.select(items).where(
        items.c.gemeente == intake.gemeente, items.c.queue == "retention"
    )
    assert len(await intake.rows(waiting)) == 1
    await intake.bucket.delete(f"{intake.gemeente}/uploads/{upload['id']}.xlsx")
    await intake.bench.work_all("retention")
    assert await intake.bucket.keys(f"{intake.gemeente}/") == []
    assert not await intake.rows(sa.select(tables.uploads))


async def test_a_stray_retention_item_deletes_nothing_that_is_in_use(intake: Intake) -> None:
    """Only an upload whose time is up is deleted."""
    upload = await intake.checked(intake.workbook(2))
    async with intake.bench.database.transaction() as transaction:
        await transaction.connection.execute(
            sa.insert(chassis.work_items).values(
                id=uuid4(),
                queue="retention",
                gemeente=intake.gemeente,
                priority=10,
                payload={"upload": upload["id"]},
                actor="systeem:test",
                correlation_id=uuid4(),
            )
        )
    await intake.bench.work_all("retention")
    assert len(await intake.bucket.keys(f"{intake.gemeente}/")) == 3
    await intake.confirm(upload["id"])


async def test_a_refusal_that_was_taken_back_is_shown_no_more(intake: Intake) -> None:
    """In both orders, and told twice."""
    upload = await intake.checked(intake.workbook(3))
    batch_id = UUID((await intake.confirm(upload["id"]))["batchId"])
    for row, back_first in ((2, False), (3, True)):
        refused = event_of(_refused(batch_id, row), intake.gemeente, sequence=1)
        data = WeigeringIngetrokken(zaakId=refused.data.zaakId, batchId=batch_id, rij=row)
        back = event_of(data, intake.gemeente, sequence=2)
        for event in (back, refused, back) if back_first else (refused, back, refused):
            await intake.bench.feed(event)
            await intake.bench.feed(replace(event, id=uuid4()))
    assert (await intake.call("GET", f"/batches/{batch_id}"))["aantalGeweigerd"] == 0
    page = await intake.call("GET", f"/batches/{batch_id}/geweigerde-rijen")
    assert (page["aantal"], page["resultaten"]) == (0, [])


async def test_newer_news_of_a_refused_row_replaces_the_older(intake: Intake) -> None:
    """A row that waited for the beheerder and then proved to have a case."""
    upload = await intake.checked(intake.workbook(2))
    batch_id = UUID((await intake.confirm(upload["id"]))["batchId"])
    waiting = _refused(batch_id, 2).model_copy(update={"lopendeZaak": None})
    newer = event_of(_refused(batch_id, 2), intake.gemeente, sequence=2)
    await intake.bench.feed(newer)
    await intake.bench.feed(event_of(waiting, intake.gemeente, sequence=1))
    page = await intake.call("GET", f"/batches/{batch_id}/geweigerde-rijen")
    assert [row["lopendeZaak"] for row in page["resultaten"]] == ["HO-2026-000001"]
