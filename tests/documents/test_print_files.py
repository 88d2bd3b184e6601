"""Print files: once per batch, in the file's order, with a manifest that adds up."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import signal
import subprocess
import sys
import zipfile
from pathlib import Path
from uuid import UUID, uuid4

import pypdf
import sqlalchemy as sa

from deploy.local.stack import Stack
from services.documents import handlers, tables
from shared.chassis.bucket import Bucket
from shared.chassis.scratch import Scratch
from shared.contracts.codes import Role
from shared.contracts.events import AfdrukbestandGereed, AfdrukbestandMislukt
from tests.documents import office
from tests.support.parts import Bench, bench_of, build_of, environment_of, new_gemeente
from tests.support.waiting import until

#: Builds the print files of a gemeente without end, in a process that can be killed.
PRINTER = """
import asyncio, sys
from uuid import uuid4
import sqlalchemy as sa
from services.documents import queries, tables
from services.documents.domain import PrintFile
from services.documents.print_run import PrintOrder, PrintRun
from services.documents.settings import Settings
from shared.chassis.bucket import Bucket
from shared.chassis.run import parts_of
from shared.chassis.scratch import Scratch
from shared.chassis.service import Item

async def main():
    settings = Settings()
    parts = parts_of("documents", settings)
    scratch = Scratch.of(settings.work_dir, "documents")
    run = PrintRun(Bucket(settings, parts.keys), parts.keys, scratch)
    async with parts.database.transaction(sys.argv[1]) as tx:
        rows = (await tx.connection.execute(sa.select(tables.print_files))).mappings().all()
        file = PrintFile(**rows[0])
        letters = await queries.letters_of_print_file(tx.connection, file.id)
    item = Item(uuid4(), sys.argv[1], {}, 1, None, "", None, None, None)
    while True:
        await run.build(item, PrintOrder(file, letters))

if __name__ == "__main__":
    asyncio.run(main())
"""
BAD = {**office.EXAMPLE, "AANHEF": ""}


async def print_files(documents: Bench, gemeente: str) -> list[sa.RowMapping]:
    """The print files of a gemeente."""
    return await documents.rows(sa.select(tables.print_files), gemeente)


async def batch_of_letters(documents: Bench, gemeente: str, *places: int, bad: int = 0) -> UUID:
    """An approved batch whose letters have all ended; they came in the order given."""
    batch = uuid4()
    orders = [office.order(gemeente, batch, place) for place in places]
    orders += [office.order(gemeente, batch, 900 + n, values=BAD) for n in range(bad)]
    await documents.feed(office.settings(gemeente), office.approval(gemeente, batch, len(orders)))
    await documents.feed(*orders)
    await documents.work_all(handlers.LETTERS)
    return batch


async def test_the_first_print_file_holds_all_letters_in_the_files_order(
    documents: Bench, stack: Stack, gemeente: str
) -> None:
    """PDF, ZIP and manifest say the same, and the event has their totals."""
    batch = await batch_of_letters(documents, gemeente, 10, 2, 1, bad=1)
    await documents.tick(handlers.order_print_files)
    assert await documents.work_all(handlers.PRINT_FILES) == 1
    async with office.client(stack, documents, gemeente, Role.COORDINATOR) as user:
        listed = (await user.get(f"/v1/afdrukbestanden?batchId={batch}")).json()
        (file,) = listed["resultaten"]
        address = f"/v1/afdrukbestanden/{file['id']}"
        pdf, archive, manifest = [
            await user.get(f"{address}/{kind}") for kind in ("pdf", "zip", "manifest")
        ]
    order = ["HO-2026-000001", "HO-2026-000002", "HO-2026-000010"]
    lines = list(csv.DictReader(io.StringIO(manifest.text), delimiter=";"))
    assert [line["zaaknummer"] for line in lines] == order
    assert [line["volgnummer"] for line in lines] == ["1", "2", "3"]
    pages = pypdf.PdfReader(io.BytesIO(pdf.content)).pages
    for line in lines:
        assert line["zaaknummer"] in pages[int(line["eerstePagina"]) - 1].extract_text()
    assert len(pages) == file["aantalPaginas"] + file["aantalBlanco"]
    assert hashlib.sha256(pdf.content).hexdigest() == file["sha256"]
    with zipfile.ZipFile(io.BytesIO(archive.content)) as opened:
        names = opened.namelist()
        hashes = [hashlib.sha256(opened.read(name)).hexdigest() for name in names]
    assert names == [f"0000{n}_{number}.pdf" for n, number in enumerate(order, start=1)]
    assert hashes == [line["sha256"] for line in lines]
    (event,) = await office.told(documents, gemeente, AfdrukbestandGereed)
    assert event == {
        "afdrukbestandId": file["id"],
        "batchId": str(batch),
        "nummer": 1,
        "aantalBrieven": 3,
        "aantalPaginas": file["aantalPaginas"],
        "aantalVellen": file["aantalVellen"],
    }


async def test_no_print_file_as_long_as_a_letter_is_open(documents: Bench, gemeente: str) -> None:
    """Made is not enough: every letter must have ended, and all must have been asked for."""
    batch = uuid4()
    await documents.feed(office.settings(gemeente), office.approval(gemeente, batch, 2))
    await documents.feed(office.order(gemeente, batch, 1))
    await documents.work_all(handlers.LETTERS)
    await documents.tick(handlers.order_print_files)
    assert await print_files(documents, gemeente) == []
    await documents.feed(office.order(gemeente, batch, 2))
    await documents.tick(handlers.order_print_files)
    assert await print_files(documents, gemeente) == []
    await documents.work_all(handlers.LETTERS)
    await documents.tick(handlers.order_print_files)
    assert len(await print_files(documents, gemeente)) == 1


async def test_an_approval_after_the_letters_gives_the_same_print_file(
    documents: Bench, gemeente: str
) -> None:
    """Topics have no order between them; the approval twice changes nothing."""
    batch = uuid4()
    approval = office.approval(gemeente, batch, 1)
    await documents.feed(office.settings(gemeente), office.order(gemeente, batch, 1))
    await documents.work_all(handlers.LETTERS)
    await documents.tick(handlers.order_print_files)
    assert await print_files(documents, gemeente) == []
    await documents.feed(approval, approval)
    await documents.tick(handlers.order_print_files)
    await documents.feed(approval, office.approval(gemeente, batch, 1))
    await documents.tick(handlers.order_print_files)
    assert await documents.work_all(handlers.PRINT_FILES) == 1
    (file,) = await print_files(documents, gemeente)
    assert (file["number"], file["state"], file["letters"]) == (1, "gereed", 1)
    assert len(await office.told(documents, gemeente, AfdrukbestandGereed)) == 1


async def test_letters_that_could_not_be_ordered_are_not_waited_for(
    documents: Bench, gemeente: str
) -> None:
    """Told again how many there are; the older number, redelivered, changes nothing."""
    batch = uuid4()
    approved = office.approval(gemeente, batch, 3, sequence=3)
    await documents.feed(office.settings(gemeente), approved, office.order(gemeente, batch, 1))
    await documents.work_all(handlers.LETTERS)
    await documents.tick(handlers.order_print_files)
    assert await print_files(documents, gemeente) == []
    await documents.feed(office.approval(gemeente, batch, 1, sequence=4))
    await documents.feed(office.approval(gemeente, batch, 3, sequence=3))
    await documents.tick(handlers.order_print_files)
    (file,) = await print_files(documents, gemeente)
    assert file["letters"] == 1


async def test_a_batch_of_only_failures_has_no_print_file(documents: Bench, gemeente: str) -> None:
    """There is nothing to print."""
    await batch_of_letters(documents, gemeente, bad=2)
    await documents.tick(handlers.order_print_files)
    assert await print_files(documents, gemeente) == []


async def test_failed_letters_are_counted_with_their_reasons(
    documents: Bench, stack: Stack, gemeente: str
) -> None:
    """Counts add up, and another gemeente's do not move."""
    batch = await batch_of_letters(documents, gemeente, 1, 2, bad=1)
    async with office.client(stack, documents, gemeente, Role.BEHANDELAAR) as user:
        progress = (await user.get(f"/v1/batches/{batch}")).json()
        failed = (await user.get(f"/v1/batches/{batch}/mislukt")).json()
        unknown = await user.get(f"/v1/batches/{uuid4()}")
    assert progress == {"id": str(batch), "verwacht": 3, "gemaakt": 2, "mislukt": 1, "open": 0}
    assert failed["aantal"] == 1
    assert "$AANHEF$ is leeg" in failed["resultaten"][0]["reden"]
    assert unknown.status_code == 404
    async with office.client(stack, documents, new_gemeente(), Role.BEHANDELAAR) as other:
        assert (await other.get(f"/v1/batches/{batch}")).status_code == 404
        assert (await other.get(f"/v1/batches/{batch}/mislukt")).json()["aantal"] == 0


async def test_a_print_file_built_again_is_the_same(
    documents: Bench, bucket: Bucket, gemeente: str
) -> None:
    """Killed after storing: the next run writes the same bytes under the same keys."""
    await batch_of_letters(documents, gemeente, 1, 2)
    await documents.tick(handlers.order_print_files)
    queue = documents.service.queues[handlers.PRINT_FILES]
    await documents.work_all(handlers.PRINT_FILES)
    (before,) = await print_files(documents, gemeente)
    keys = await bucket.keys(f"{gemeente}/afdrukbestanden/")
    async with documents.database.transaction(gemeente) as transaction:
        await transaction.connection.execute(sa.update(tables.print_files).values(state="bezig"))
        await transaction.connection.execute(sa.text("update work_items set done_at = null"))
    assert queue.chunk == 1
    await documents.work_all(handlers.PRINT_FILES)
    (after,) = await print_files(documents, gemeente)
    assert after["sha256"] == before["sha256"]
    assert await bucket.keys(f"{gemeente}/afdrukbestanden/") == keys
    assert len(keys) == 3


async def test_a_print_file_that_failed_can_be_made_again(
    documents: Bench, bucket: Bucket, stack: Stack, gemeente: str
) -> None:
    """The reason names the letter; once that is back, the same number holds the same letters."""
    batch = await batch_of_letters(documents, gemeente, 1, 2)
    await documents.tick(handlers.order_print_files)
    rows = await office.letters(documents, gemeente)
    key = f"{gemeente}/documenten/{rows[1]['id']}.pdf"
    letter = await bucket.get(key)
    assert letter is not None
    await bucket.put(key, letter[:-1] + b"?", "application/octet-stream")
    await documents.work_all(handlers.PRINT_FILES)
    (failed,) = await office.told(documents, gemeente, AfdrukbestandMislukt)
    assert (failed["batchId"], failed["nummer"], failed["aantalBrieven"]) == (str(batch), 1, 2)
    assert "HO-2026-000002" in failed["reden"]
    again = f"/v1/afdrukbestanden/{failed['afdrukbestandId']}/opnieuw"
    async with office.client(stack, documents, gemeente, Role.BEHANDELAAR) as user:
        listed = (await user.get(f"/v1/afdrukbestanden?batchId={batch}")).json()
        assert [(f["status"], f["reden"]) for f in listed["resultaten"]] == [
            ("mislukt", failed["reden"])
        ]
        download = await user.get(f"/v1/afdrukbestanden/{failed['afdrukbestandId']}/pdf")
        assert download.status_code == 409
        await bucket.delete(key)
        first = await user.post(again, headers={"Idempotency-Key": str(uuid4())})
        await documents.work_all(handlers.PRINT_FILES)
        still = (await user.get(f"/v1/afdrukbestanden/{failed['afdrukbestandId']}")).json()
        await bucket.put(key, letter, "application/octet-stream")
        headers = {"Idempotency-Key": str(uuid4())}
        answers = [await user.post(again, headers=headers) for _ in range(2)]
        busy = await user.post(again)
        assert await documents.work_all(handlers.PRINT_FILES) == 1
        ready = await user.get(f"/v1/afdrukbestanden/{failed['afdrukbestandId']}")
        refused = await user.post(again)
    assert first.status_code == 202
    assert (still["status"], "staat niet in de opslag" in still["reden"]) == ("mislukt", True)
    assert [(a.status_code, a.json()["status"]) for a in answers] == [(202, "bezig")] * 2
    assert (busy.status_code, refused.status_code) == (409, 409)
    assert "klaar" in refused.json()["detail"]
    assert {k: ready.json()[k] for k in ("status", "nummer", "aantalBrieven", "reden")} == {
        "status": "gereed",
        "nummer": 1,
        "aantalBrieven": 2,
        "reden": None,
    }
    events = [e for e in await documents.recorded() if e["gemeente"] == gemeente]
    news = [(e["type"], e["sequence"]) for e in events if "afdrukbestand" in e["type"]]
    mislukt, gereed = AfdrukbestandMislukt.type, AfdrukbestandGereed.type
    assert news == [(mislukt, 2), (mislukt, 4), (gereed, 6)]


async def test_a_store_that_stays_away_fails_the_print_file_in_the_end(
    documents: Bench, bucket: Bucket, stack: Stack, gemeente: str
) -> None:
    """It is tried again for two days; after that the starter hears it and can ask again."""
    await batch_of_letters(documents, gemeente, 1)
    await documents.tick(handlers.order_print_files)
    rows = await office.letters(documents, gemeente)
    key = f"{gemeente}/documenten/{rows[0]['id']}.pdf"
    letter = await bucket.get(key)
    assert letter is not None
    bench = bench_of(stack, "documents", *build_of("documents"), s3_endpoint="http://127.0.0.1:9")
    await bench.work_all(handlers.PRINT_FILES)
    assert await office.told(documents, gemeente, AfdrukbestandMislukt) == []
    async with documents.database.transaction() as transaction:
        await transaction.connection.execute(
            sa.text(
                "update work_items set not_before = clock_timestamp(),"
                " created_at = clock_timestamp() - interval '49 hours' where done_at is null"
            )
        )
    await bench.work_all(handlers.PRINT_FILES)
    (failed,) = await office.told(documents, gemeente, AfdrukbestandMislukt)
    assert "twee dagen" in failed["reden"]
    async with office.client(stack, documents, gemeente, Role.COORDINATOR) as user:
        again = f"/v1/afdrukbestanden/{failed['afdrukbestandId']}/opnieuw"
        assert (await user.post(again)).status_code == 202
    await documents.work_all(handlers.PRINT_FILES)
    (ready,) = await office.told(documents, gemeente, AfdrukbestandGereed)
    assert (ready["nummer"], ready["aantalBrieven"]) == (1, 1)
    await bench.database.close()


async def test_print_files_stay_in_their_gemeente(
    documents: Bench, stack: Stack, gemeente: str
) -> None:
    """Another gemeente finds none; a raadpleger opens none."""
    batch = await batch_of_letters(documents, gemeente, 1)
    await documents.tick(handlers.order_print_files)
    await documents.work_all(handlers.PRINT_FILES)
    (file,) = await print_files(documents, gemeente)
    address = f"/v1/afdrukbestanden/{file['id']}"
    addresses = [address, *(f"{address}/{kind}" for kind in ("pdf", "zip", "manifest"))]
    async with office.client(stack, documents, new_gemeente(), Role.COORDINATOR) as other:
        assert [(await other.get(a)).status_code for a in addresses] == [404] * 4
        listed = await other.get(f"/v1/afdrukbestanden?batchId={batch}")
        assert listed.json()["aantal"] == 0
        assert (await other.post(f"{address}/opnieuw")).status_code == 404
    async with office.client(stack, documents, gemeente, Role.RAADPLEGER) as raadpleger:
        assert [(await raadpleger.get(a)).status_code for a in addresses] == [403] * 4
        assert (await raadpleger.post(f"{address}/opnieuw")).status_code == 403


def files_under(folder: Path) -> list[bytes]:
    """The contents of all files in a folder."""
    return [path.read_bytes() for path in folder.rglob("*") if path.is_file()]


async def test_a_kill_during_the_building_leaves_nothing_that_can_be_read(
    documents: Bench, stack: Stack, gemeente: str, tmp_path: Path
) -> None:
    """What lies on the disk meanwhile is sealed; the next run sweeps it and makes the file."""
    batch = await batch_of_letters(documents, gemeente, 1, 2, 3)
    await documents.tick(handlers.order_print_files)
    settings = environment_of(stack, "documents") | {"WORK_DIR": str(tmp_path)}
    process = subprocess.Popen(  # noqa: ASYNC220 - it starts in a moment
        [sys.executable, "-c", PRINTER, gemeente], env={**os.environ, **settings}
    )
    with process:
        until(lambda: list(tmp_path.rglob("afdruk.pdf")), 60, "a print file being written", 0.002)
        os.kill(process.pid, signal.SIGKILL)
    left = files_under(tmp_path)
    assert left
    assert not any(word in content for content in left for word in (b"%PDF", b"HO-2026"))
    scratch = Scratch.of(tmp_path, "documents")
    until(lambda: scratch.sweep() or not list(tmp_path.glob("documents/*")), 20, "an empty folder")
    assert files_under(tmp_path) == []
    await documents.work_all(handlers.PRINT_FILES)
    (file,) = await print_files(documents, gemeente)
    assert (file["state"], file["batch_id"]) == ("gereed", batch)
