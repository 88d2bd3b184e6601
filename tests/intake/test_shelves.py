"""Uploads and their frames: what no upload has goes, and the rest opens with the newest key."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from deploy.local.stack import Stack
from services.intake.__main__ import build
from services.intake.frames import copy_key, file_key, frame_key, marks_key
from services.intake.settings import Settings
from services.intake.worker import SHELVES
from shared.chassis.bucket import Bucket
from tests.intake.colleague import Intake
from tests.support.parts import bench_of
from tests.support.store import age, rotated, rotating

LONG_AGO = timedelta(days=2, minutes=1)


async def test_files_of_no_upload_and_frames_of_another_check_go(
    intake: Intake, stack: Stack
) -> None:
    """The file of an upload, and the frames and marks that count, stay."""
    sent = await intake.send(intake.workbook(5))
    await intake.bench.work_all("checks")
    used = await intake.bucket.keys(f"{intake.gemeente}/uploads/")
    assert len(used) == 3
    gone = [
        file_key(intake.gemeente, uuid4()),
        frame_key(intake.gemeente, uuid4(), 1, 1),
        frame_key(intake.gemeente, sent["id"], 0, 1),
        marks_key(intake.gemeente, sent["id"], 0),
        copy_key(intake.gemeente, uuid4(), uuid4()),
    ]
    fresh = file_key(intake.gemeente, uuid4())
    for key in [*gone, fresh]:
        await intake.bucket.put(key, b"x", "application/octet-stream")
    for key in [file_key(intake.gemeente, sent["id"]), *gone[:1]]:
        age(stack, key, LONG_AGO)
    shelves = intake.bench.built.shelves
    assert shelves is not None
    found = await shelves.sweep(intake.gemeente, really=True)
    assert list(found["uploads"].orphans) == gone[:1]
    assert set(await intake.bucket.keys(f"{intake.gemeente}/uploads/")) == {
        *used,
        *gone[1:],
        fresh,
    }
    async with intake.bench.database.transaction(intake.gemeente) as transaction:
        (kept,) = [shelf for shelf in SHELVES if shelf.name == "uploads"]
        orphans = await kept.orphans(transaction.connection, [*used, *gone[1:], "1/uploads/x"])
    assert orphans == set(gone[1:])


async def test_a_batch_is_published_after_the_old_key_is_gone(intake: Intake, stack: Stack) -> None:
    """Its frames were sealed anew, and so was the file itself."""
    sent = await intake.send(intake.workbook(5))
    await intake.bench.work_all("checks")
    given = {
        "cases_url": intake.bench.parts.settings.cases_url,
        "work_dir": intake.bench.parts.settings.work_dir,
    }
    during = bench_of(stack, "intake", Settings, build, **given, **rotating(stack))
    assert during.built.shelves is not None
    outcome = await during.built.shelves.reseal(intake.gemeente)
    assert (outcome.anew, outcome.fine, list(outcome.broken)) == (3, 0, [])
    after = bench_of(stack, "intake", Settings, build, **given, **rotated(stack))
    bucket: Bucket = after.built.state["bucket"]
    whole = await bucket.get_sealed(file_key(intake.gemeente, sent["id"]))
    frame = await bucket.get_sealed(frame_key(intake.gemeente, sent["id"], 1, 1))
    assert whole is not None
    assert whole.startswith(b"PK")
    assert frame is not None
    assert len(frame.splitlines()) == 5
    for bench in (during, after):
        await bench.database.close()
