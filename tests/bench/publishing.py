"""From agreed to every row in Kafka, by the worker of intake as it runs, with nothing beside it."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import httpx
import sqlalchemy as sa

from deploy.local.service_process import Role, ServiceProcess, is_ready
from deploy.local.stack import Stack
from examples.residents import write_workbook
from services.intake.__main__ import build
from services.intake.settings import Settings
from services.intake.tables import batches
from shared.chassis import tables
from shared.chassis.identity import Signer, Verifier
from shared.chassis.run import make_web
from tests.bench.figures import Figure
from tests.bench.parts import GEMEENTE, stack_in
from tests.intake.colleague import FakeCases, Intake
from tests.support import parts
from tests.support.serving import serving
from tests.support.waiting import until

LONGEST = 300.0


def publish(folder: Path, rows: int) -> list[Figure]:
    """Frames from the store, into the outbox, and on to Kafka: all at once, in one process."""
    file = folder / "inwoners.xlsx"
    write_workbook(file, rows=rows, wrong=0, seed=7)
    with stack_in(folder) as stack:
        asyncio.run(_agreed(stack, folder, file.read_bytes()))
        role = Role("intake", "worker", ("worker", "--with-jobs"), stack.ports.worker("intake"))
        process = ServiceProcess(stack, role)
        process.start()
        try:
            seconds = asyncio.run(_until_published(stack, rows))
            until(lambda: is_ready(role.port), 60, "worker ready")
        finally:
            process.process.stop()
    return [Figure("rows published", rows / seconds, "rows/s", f"{rows:,} rows, one process")]


async def _agreed(stack: Stack, folder: Path, content: bytes) -> None:
    """A checked file whose rows wait to be offered."""
    parts.migrated(stack, "intake")
    cases = FakeCases(Verifier(stack.environment()["IDENTITY_KEYS"], "cases"))
    async with serving(cases) as address:
        work_dir = folder / "werk"
        work_dir.mkdir()
        bench = parts.bench_of(
            stack, "intake", Settings, build, cases_url=address, work_dir=work_dir
        )
        gateway = Signer(stack.secrets.identity_key("gateway"), "gateway")
        transport = httpx.ASGITransport(make_web(bench.parts, bench.built))
        async with httpx.AsyncClient(transport=transport, base_url="http://intake") as client:
            intake = Intake(bench, cases, client, gateway, GEMEENTE, folder)
            upload = await intake.checked(content)
            await intake.confirm(upload["id"])
        for close in bench.built.close:
            answer = close()
            if asyncio.iscoroutine(answer):
                await answer
        await bench.database.close()


async def _until_published(stack: Stack, rows: int) -> float:
    """Seconds for all rows, as seen from when the first stand in the outbox."""
    bench = parts.bench_of(stack, "intake", *parts.build_of("intake"))
    offered = sa.select(sa.func.sum(batches.c.offered).label("n"))
    waiting = sa.select(sa.func.count().label("n")).select_from(tables.outbox)
    first: tuple[float, int] | None = None
    end = time.perf_counter() + LONGEST
    try:
        while time.perf_counter() < end:
            there = int((await bench.rows(offered, GEMEENTE))[0]["n"])
            if there and first is None:
                first = (time.perf_counter(), there)
            if first is None or there < rows or (await bench.rows(waiting))[0]["n"]:
                await asyncio.sleep(0.02)
                continue
            seconds = time.perf_counter() - first[0]
            return seconds * rows / max(1, rows - first[1])
    finally:
        await bench.database.close()
    raise TimeoutError(f"{rows} rows were not published in {LONGEST:.0f} s")
