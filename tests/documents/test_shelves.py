"""Files that no row names go, and all others open with the newest key alone."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import zipfile
from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from deploy.local.stack import Stack
from services.documents import handlers
from shared.chassis.bucket import Bucket
from shared.chassis.ops import rotate_keys_command, sweep_command
from shared.chassis.sealed_file import FRAME_BYTES, MEDIA_TYPE
from shared.chassis.sealing import key_of
from shared.chassis.shelves import SWEEPS, order_sweep
from shared.chassis.tables import work_items
from shared.contracts.codes import Role
from tests.documents import office
from tests.documents.test_print_files import batch_of_letters, print_files
from tests.support.parts import Bench, bench_of, build_of, environment_of
from tests.support.store import age, rotated, rotating

LONG_AGO = timedelta(days=2, minutes=1)
JUST_NOW = timedelta(days=1, hours=23)


async def test_a_file_without_a_row_goes_once_a_week(
    documents: Bench,
    bucket: Bucket,
    stack: Stack,
    gemeente: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """An old orphan goes; a fresh one, a used one and one of another shape stay."""
    await batch_of_letters(documents, gemeente, 1)
    await documents.tick(handlers.order_print_files)
    await documents.work_all(handlers.PRINT_FILES)
    used = await bucket.keys(f"{gemeente}/")
    assert len(used) == 4
    orphans = [
        f"{gemeente}/documenten/{uuid4()}.pdf",
        *(f"{gemeente}/afdrukbestanden/{uuid4()}.{kind}" for kind in ("pdf", "zip", "csv")),
    ]
    fresh, foreign = f"{gemeente}/documenten/{uuid4()}.pdf", f"{gemeente}/documenten/leesmij"
    for key in [*orphans, fresh, foreign]:
        await bucket.put_sealed(key, b"x")
    for key in [*used, *orphans, foreign]:
        age(stack, key, LONG_AGO)
    age(stack, fresh, JUST_NOW)

    dry = bench_of(stack, "documents", *build_of("documents"))
    assert await sweep_command(dry.database, dry.built.shelves, really=False) == 0
    said = capsys.readouterr().out.splitlines()
    assert [line for line in said if line.startswith(f"{gemeente}/")] == sorted(
        orphans, key=lambda key: (key.split("/")[1] != "documenten", key)
    )
    assert set(await bucket.keys(f"{gemeente}/")) == {*used, *orphans, fresh, foreign}

    for _ in range(2):
        await documents.tick(order_sweep)
    ordered = sa.select(work_items.c.gemeente).where(
        work_items.c.queue == SWEEPS, work_items.c.gemeente == gemeente
    )
    assert len(await documents.rows(ordered)) == 1
    await documents.work_all(SWEEPS)
    assert set(await bucket.keys(f"{gemeente}/")) == {*used, fresh, foreign}
    await documents.tick(order_sweep)
    assert len(await documents.rows(ordered)) == 1


async def test_the_pdf_of_a_letter_that_failed_is_an_orphan(
    documents: Bench, bucket: Bucket, stack: Stack, gemeente: str
) -> None:
    """It was stored by a try that was killed; the row says that there is none."""
    await batch_of_letters(documents, gemeente, bad=1)
    (failed,) = await office.letters(documents, gemeente)
    key = f"{gemeente}/documenten/{failed['id']}.pdf"
    await bucket.put(key, b"x", "application/octet-stream")
    age(stack, key, LONG_AGO)
    assert documents.built.shelves is not None
    await documents.built.shelves.sweep(gemeente, really=True)
    assert await bucket.keys(f"{gemeente}/") == []


async def test_everything_opens_after_the_old_key_is_gone(
    documents: Bench,
    bucket: Bucket,
    stack: Stack,
    gemeente: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Letters, print file of several frames, manifest, and the values of a letter to be made."""
    batch = await batch_of_letters(documents, gemeente, *range(1, 40))
    await documents.tick(handlers.order_print_files)
    await documents.work_all(handlers.PRINT_FILES)
    (file,) = await print_files(documents, gemeente)
    waiting = office.order(gemeente, uuid4(), 77)
    await documents.feed(waiting)
    keys = await bucket.keys(f"{gemeente}/")
    framed = await bucket.get(f"{gemeente}/afdrukbestanden/{file['id']}.zip")
    assert framed is not None
    assert len(framed) > FRAME_BYTES

    during = bench_of(stack, "documents", *build_of("documents"), **rotating(stack))
    for anew in (len(keys), 0):
        assert await rotate(during) == 0
        said = capsys.readouterr().out.splitlines()
        line = f"files\t{gemeente}\t{anew} files sealed anew, {len(keys) - anew} were fine"
        assert line in said
    for key in keys:
        found = await bucket.peek(key)
        assert found is not None
        assert key_of(found.first) == during.parts.keys.current
        assert (found.content_type == MEDIA_TYPE) == key.endswith((".zip", f"{file['id']}.pdf"))

    after = bench_of(stack, "documents", *build_of("documents"), **rotated(stack))
    assert await after.work_all(handlers.LETTERS) == 1
    async with office.client(stack, after, gemeente, Role.BEHANDELAAR) as user:
        address = f"/v1/afdrukbestanden/{file['id']}"
        pdf, archive, manifest = [
            await user.get(f"{address}/{kind}") for kind in ("pdf", "zip", "manifest")
        ]
        rows = await office.letters(after, gemeente)
        letters = [await user.get(f"/v1/documenten/{row['id']}/inhoud") for row in rows]
    assert pdf.content.startswith(b"%PDF")
    assert len(manifest.text.splitlines()) == 40
    with zipfile.ZipFile(io.BytesIO(archive.content)) as opened:
        assert opened.testzip() is None
    assert len(letters) == 40
    assert all(letter.content.startswith(b"%PDF") for letter in letters)
    assert {row["batch_id"] for row in rows} == {batch, waiting.data.batchId}
    for bench in (during, after):
        await bench.database.close()


async def test_a_rotation_that_was_cut_off_goes_on(
    documents: Bench, bucket: Bucket, stack: Stack, gemeente: str
) -> None:
    """What was done is left alone, what cannot be opened is named and left as it is."""
    await batch_of_letters(documents, gemeente, 1, 2, 3)
    await documents.tick(handlers.order_print_files)  # now, and not in the next test
    done, broken, left = await bucket.keys(f"{gemeente}/documenten/")
    during = bench_of(stack, "documents", *build_of("documents"), **rotating(stack))
    own: Bucket = during.built.state["bucket"]
    letter = await own.get_sealed(done)
    assert letter is not None
    await own.put_sealed(done, letter)
    sealed_once = await bucket.get(done)
    sealed = await bucket.get(broken)
    assert sealed is not None
    await bucket.put(broken, sealed[:-1] + bytes([sealed[-1] ^ 1]), "application/octet-stream")

    assert during.built.shelves is not None
    outcome = await during.built.shelves.reseal(gemeente)
    assert (outcome.anew, outcome.fine, list(outcome.broken)) == (1, 1, [broken])
    assert await bucket.get(done) == sealed_once
    assert await bucket.get(broken) == sealed[:-1] + bytes([sealed[-1] ^ 1])
    fresh = await bucket.peek(left)
    assert fresh is not None
    assert key_of(fresh.first) == during.parts.keys.current
    assert await rotate(during) == 1
    await bucket.delete(broken)  # else no other test could rotate
    await during.database.close()


def test_ops_can_ask_for_both(documents: Bench, stack: Stack) -> None:
    """The commands as they are typed."""
    own = environment_of(stack, "documents") | {"SEAL_KEYS": rotating(stack)["seal_keys"]}
    for command in (["sweep-objects"], ["sweep-objects", "--really"], ["rotate-keys"]):
        done = subprocess.run(
            [sys.executable, "-m", f"services.{documents.service.name}", *command],
            env={**os.environ, **own},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr


async def rotate(bench: Bench) -> int:
    """The command for ops."""
    return await rotate_keys_command(
        bench.database, bench.parts.mapper, bench.service, bench.built.shelves
    )
