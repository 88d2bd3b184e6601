"""From a file to numbered rows on the topic."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid5

import pytest
import sqlalchemy as sa

from services.intake import tables
from services.intake.domain import Batch, Status
from services.intake.frames import frame_key, prefix_of
from services.intake.publisher import offered_rows
from shared.contracts.events import BatchBevestigd, RijAangeboden
from tests.intake.colleague import Intake


async def test_a_confirmed_file_becomes_rows_with_numbers_in_its_order(intake: Intake) -> None:
    """2,300 residents make three frames and 2,300 events that cases can read."""
    upload = await intake.checked(intake.workbook(2300))
    assert (upload["status"], upload["aantalGoed"], upload["aantalFouten"]) == (
        "gecontroleerd",
        2300,
        0,
    )
    confirmed = await intake.confirm(upload["id"])
    assert confirmed["aantalRijen"] == 2300
    await intake.bench.work_all("frames")

    rows = [event.data for event in await intake.events(RijAangeboden)]
    assert [row.volgnummer for row in rows] == list(range(1, 2301))
    assert [row.rij for row in rows] == list(range(2, 2302))
    year = rows[0].zaaknummer[3:7]
    assert [row.zaaknummer for row in rows] == [f"HO-{year}-{n:06d}" for n in range(1, 2301)]
    batch_id = UUID(confirmed["batchId"])
    assert all(row.zaakId == uuid5(batch_id, str(row.rij)) for row in rows)
    assert all(row.batchId == batch_id and len(row.persoon.bsn) == 9 for row in rows)
    assert any(row.persoon.partner for row in rows)

    (batch,) = [event.data for event in await intake.events(BatchBevestigd)]
    assert (batch.batchId, batch.bestandsnaam, batch.aantalRijen) == (
        batch_id,
        "bewoners.xlsx",
        2300,
    )
    progress = await intake.call("GET", f"/batches/{batch_id}")
    assert (progress["aangeboden"], progress["aantalGeweigerd"]) == (2300, 0)
    assert progress["laatsteZaaknummer"] == f"HO-{year}-002300"
    assert progress["bevestigdDoor"] == "Sam Bakker"


async def test_a_second_file_gets_the_next_numbers(intake: Intake) -> None:
    """Numbers of a gemeente go on where the last batch ended."""
    first = await intake.checked(intake.workbook(3))
    second = await intake.checked(intake.workbook(2, seed=2))
    answers = [await intake.confirm(upload["id"]) for upload in (first, second)]
    batches = [await intake.call("GET", f"/batches/{answer['batchId']}") for answer in answers]
    numbers = [(b["eersteZaaknummer"][-6:], b["laatsteZaaknummer"][-6:]) for b in batches]
    assert numbers == [("000001", "000003"), ("000004", "000005")]


async def test_confirming_twice_gives_one_batch(intake: Intake) -> None:
    """The second answer is the first."""
    upload = await intake.checked(intake.workbook(3))
    answers = [await intake.confirm(upload["id"]) for _ in range(2)]
    assert answers[0] == answers[1]
    assert len(await intake.events(BatchBevestigd)) == 1


async def test_two_confirmations_at_once_give_one_batch(intake: Intake) -> None:
    """Both colleagues get the same batch, and the numbers are taken once."""
    upload = await intake.checked(intake.workbook(3))
    answers = await asyncio.gather(*(intake.confirm(upload["id"]) for _ in range(5)))
    assert len({answer["batchId"] for answer in answers}) == 1
    assert len(await intake.events(BatchBevestigd)) == 1
    assert len(await intake.rows(sa.select(tables.batches))) == 1
    (numbers,) = await intake.rows(sa.select(tables.case_numbers))
    assert numbers["last"] == 3
    await intake.bench.work_all("frames")
    assert len(await intake.events(RijAangeboden)) == 3


async def test_a_frame_that_is_done_again_publishes_nothing_twice(intake: Intake) -> None:
    """An outcome counts once, however often its item is worked on."""
    upload = await intake.checked(intake.workbook(4))
    await intake.confirm(upload["id"])
    await intake.bench.work_all("frames")
    before = [event.id for event in await intake.events(RijAangeboden)]
    await intake.confirm(upload["id"])
    await intake.bench.work_all("frames")
    assert [event.id for event in await intake.events(RijAangeboden)] == before
    assert len(before) == 4


@pytest.mark.parametrize("body", [{}, {"akkoord": False}, {"akkoord": True, "extra": 1}])
async def test_only_an_agreement_confirms(intake: Intake, body: dict[str, Any]) -> None:
    """Without akkoord nothing happens."""
    upload = await intake.checked(intake.workbook(1))
    path = f"/uploads/{upload['id']}/bevestiging"
    await intake.call("POST", path, status=400, json=body)
    assert not await intake.rows(sa.select(tables.batches))


async def test_an_unchecked_file_cannot_be_confirmed(intake: Intake) -> None:
    """The problem says to wait for the check."""
    sent = await intake.send(intake.workbook(1))
    problem = await intake.confirm(sent["id"], status=409)
    assert problem["detail"] == "Wacht tot de controle klaar is."
    await intake.bench.work_all("checks")


async def test_a_file_with_errors_cannot_be_confirmed(intake: Intake) -> None:
    """The problem counts the errors; nothing is numbered."""
    upload = await intake.checked(intake.workbook(5, {3: {"ACHTERNAAM": None}}))
    problem = await intake.confirm(upload["id"], status=409)
    assert "1 fouten" in problem["detail"]
    assert not await intake.rows(sa.select(tables.case_numbers))


async def test_a_file_without_rows_cannot_be_confirmed(intake: Intake) -> None:
    """An empty list is an error of the file."""
    upload = await intake.checked(intake.workbook(0))
    await intake.confirm(upload["id"], status=409)


async def test_a_frame_that_is_lost_is_told_on_the_batch(intake: Intake) -> None:
    """Nothing is published in part, and the batch says what is wrong."""
    upload = await intake.checked(intake.workbook(2))
    confirmed = await intake.confirm(upload["id"])
    await intake.bucket.delete(frame_key(intake.gemeente, UUID(upload["id"]), 1, 1))
    await intake.bench.work_all("frames")
    batch = await intake.call("GET", f"/batches/{confirmed['batchId']}")
    assert batch["aangeboden"] == 0
    assert batch["storing"].startswith("De rijen van dit bestand zijn niet goed bewaard")
    assert not await intake.events(RijAangeboden)


async def test_stored_files_show_no_bsn(intake: Intake) -> None:
    """Workbook and frames lie sealed in the store."""
    upload = await intake.checked(intake.workbook(3, {2: {"BSN": "999990019"}}))
    keys = await intake.bucket.keys(prefix_of(intake.gemeente, UUID(upload["id"])))
    assert len(keys) == 3
    for key in keys:
        content = await intake.bucket.get(key)
        assert content is not None
        assert not content.startswith(b"PK")
        assert b"999990019" not in content
    (rows,) = [key for key in keys if "/rijen/" in key]
    frame = await intake.bucket.get_sealed(rows)
    assert frame is not None
    assert b"999990019" in frame


async def test_the_data_of_a_row_is_what_the_contract_says(intake: Intake) -> None:
    """The line of the check, with ids in front, is a whole RijAangeboden."""
    upload = await intake.checked(intake.workbook(3))
    (stored,) = await intake.rows(
        sa.select(tables.uploads).where(tables.uploads.c.id == UUID(upload["id"]))
    )
    content = await intake.bucket.get_sealed(
        frame_key(intake.gemeente, stored["id"], stored["attempt"], 1)
    )
    assert content is not None
    now = stored["received_at"]
    batch = Batch(stored["id"], intake.gemeente, stored["id"], "x", 3, 1, 2026, 999_999, now, "u-1")
    rows = [RijAangeboden.model_validate_json(r.data) for r in offered_rows(batch, 1, content)]
    assert [row.zaaknummer for row in rows] == [
        "HO-2026-999999",
        "HO-2026-1000000",
        "HO-2026-1000001",
    ]
    assert stored["status"] == Status.CHECKED
