"""One part at a time, with nothing else running."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4, uuid5

import sqlalchemy as sa

from deploy.local import ports
from deploy.local.service_process import Role, ServiceProcess, is_ready
from deploy.local.stack import Stack, create_bucket
from examples.residents import write_workbook
from services.documents.renderer import LetterTemplate, render_letter
from services.documents.templates import default_letter
from services.intake.workbook.checker import check_workbook
from services.mailer.composer import Mailbox, compose
from services.mailer.templates import default_mail
from shared.chassis import tables
from shared.chassis.relay import Relay
from shared.chassis.topics import make
from shared.chassis.work import Cause, Work
from shared.contracts.codes import Purpose
from shared.contracts.events import RijAangeboden
from shared.templating import field_values
from tests.bench.figures import Figure, clock
from tests.support import parts
from tests.support.waiting import until

GEMEENTE = "9001"
LETTERS = 60


def checked_rows(folder: Path, rows: int) -> tuple[list[dict[str, Any]], Figure]:
    """The checked rows of a made-up file, and how fast they were checked."""
    file = folder / "inwoners.xlsx"
    write_workbook(file, rows=rows, wrong=0, seed=7)

    async def check() -> Any:
        async def progress(_: int) -> None:
            return None

        return await check_workbook(
            file, folder, gemeente=GEMEENTE, aliases={}, on_progress=progress
        )

    with clock() as timed:
        result = asyncio.run(check())
    found = [json.loads(line) for line in result.rows_path.read_bytes().splitlines()]
    return found, Figure(
        "rows checked", rows / timed.seconds, "rows/s", f"{rows:,} rows, one child"
    )


def check(folder: Path, rows: int) -> list[Figure]:
    """Guard, read and check a workbook in the limited child."""
    return [checked_rows(folder, rows)[1]]


def _values(person: dict[str, Any]) -> dict[str, str]:
    office = json.loads(Path("deploy/local/gemeenten.json").read_text())[0]
    return field_values(person, "HO-2026-000001", office, date(2026, 11, 23), date(2026, 12, 21))


def letters(folder: Path, _: int) -> list[Figure]:
    """Render letters with the plain call, in one process."""
    people = [row["persoon"] for row in checked_rows(folder, LETTERS)[0]]
    made = default_letter(Purpose.INVITATION)
    template = LetterTemplate(str(uuid4()), made.html, made.assets, Purpose.INVITATION)
    values = [_values(person) for person in people]
    render_letter(template, values[0])
    with clock() as timed:
        for one in values:
            render_letter(template, one)
    return [
        Figure("letters rendered", LETTERS / timed.cpu, "letters/s per core", "plain xhtml2pdf")
    ]


def mails(folder: Path, _: int) -> list[Figure]:
    """Compose mails, in one process."""
    people = [row["persoon"] for row in checked_rows(folder, 300)[0]]
    template = default_mail(Purpose.INVITATION)
    sender = Mailbox("afzender@example.nl", "Gemeente")
    with clock() as timed:
        for person in people:
            compose(
                template,
                _values(person),
                sender=sender,
                to=Mailbox("inwoner@example.nl", "Inwoner"),
                message_id=f"<{uuid4()}@example.nl>",
                date=datetime.now(UTC),
            )
    return [Figure("mails composed", len(people) / timed.cpu, "mails/s per core", "without SMTP")]


@contextmanager
def stack_in(folder: Path) -> Iterator[Stack]:
    """A stack of the bench's own, with topics and bucket."""
    with Stack(folder / "stack", port_base=ports.free_base()) as stack:
        create_bucket(stack)
        asyncio.run(make(stack.environment()["KAFKA_BOOTSTRAP"], 1))
        yield stack


def publish(folder: Path, rows: int) -> list[Figure]:
    """Rows into the outbox and on to Kafka."""
    with stack_in(folder) as stack:
        return asyncio.run(_publish(stack, checked_rows(folder, rows)[0]))


async def _publish(stack: Stack, rows: list[dict[str, Any]]) -> list[Figure]:
    parts.migrated(stack, "intake")
    bench = parts.bench_of(stack, "intake", *parts.build_of("intake"))
    batch = uuid4()
    with clock() as wrote:
        for start in range(0, len(rows), 1000):
            async with bench.database.transaction(GEMEENTE) as transaction:
                cause = Cause(uuid4(), "u-1", GEMEENTE, batch)
                work = Work(transaction, bench.parts.mapper, bench.parts.source, cause)
                for row in rows[start : start + 1000]:
                    known: dict[str, Any] = {"zaakId": parts_id(batch, row["rij"])}
                    work.record(RijAangeboden.trusted(**known), json=_whole(batch, row))
                await work.write()
    relay = Relay("intake", bench.parts.settings.dsn, bench.parts.settings.kafka_bootstrap)
    with clock() as sent:
        task = asyncio.create_task(relay.run())
        while await bench.rows(sa.select(tables.outbox.c.id).limit(1)):
            await asyncio.sleep(0.02)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await bench.database.close()
    both = wrote.seconds + sent.seconds
    return [
        Figure("rows into the outbox", len(rows) / wrote.seconds, "rows/s", "sealed, one process"),
        Figure("outbox to Kafka", len(rows) / sent.seconds, "rows/s", "one relay, acks=all"),
        Figure("rows published", len(rows) / both, "rows/s", "both, one after the other"),
    ]


def parts_id(batch: Any, number: int) -> Any:
    """The case id of a row."""
    return uuid5(batch, str(number))


def _whole(batch: Any, row: dict[str, Any]) -> bytes:
    number = row["rij"]
    head = (
        f'{{"zaakId":"{parts_id(batch, number)}","batchId":"{batch}",'
        f'"zaaknummer":"HO-2026-{number:06}","volgnummer":{number - 1},'
    )
    return head.encode() + json.dumps(row).encode()[1:]


def worker(folder: Path, rows: int) -> list[Figure]:
    """A cases worker alone, on rows that wait in Kafka."""
    with stack_in(folder) as stack:
        asyncio.run(_publish(stack, checked_rows(folder, rows)[0]))
        parts.migrated(stack, "cases")
        role = Role("cases", "worker", ("worker",), stack.ports.worker("cases"))
        process = ServiceProcess(stack, role)
        process.start()
        until(lambda: is_ready(role.port), 60, "worker ready")
        bench = parts.bench_of(stack, "cases", *parts.build_of("cases"))
        moments = asyncio.run(_until_opened(bench, rows))
        process.process.stop()
    return [
        Figure("cases opened by a worker alone", rows / moments, "rows/s", "RLS and sealing on"),
    ]


async def _until_opened(bench: parts.Bench, rows: int) -> float:
    """Seconds from the first case to the last."""
    count = sa.text("select count(*) as n from cases")
    first = None
    while True:
        found = (await bench.rows(count, GEMEENTE))[0]["n"]
        if found and first is None:
            first = (time.perf_counter(), found)
        if found >= rows and first is not None:
            await bench.database.close()
            seconds: float = (time.perf_counter() - first[0]) * rows / max(1, rows - first[1])
            return seconds
        await asyncio.sleep(0.05)
