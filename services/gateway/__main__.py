"""The gateway's process: python -m services.gateway api | migrate | verify-logboek."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import APIRouter, FastAPI

from services.gateway import (
    after_sending,
    api,
    composed,
    description,
    forwarding,
    logboek_doors,
    previews,
    reference,
    retries,
    sealing,
    seeding,
    tables,
    user_doors,
    worker,
)
from services.gateway.handlers import Reception
from services.gateway.inzage import doors
from services.gateway.inzage.asking import Inzagen
from services.gateway.inzage.collecting import Collecting
from services.gateway.inzage.ending import Ending
from services.gateway.inzage.telling import Telling
from services.gateway.pages.app import make_pages, open_screens
from services.gateway.pages.front import Front
from services.gateway.passwords import Passwords
from services.gateway.settings import Settings
from services.gateway.sign_in import doors as sign_in_doors
from services.gateway.sign_in.provider import Provider
from services.gateway.upstream import Upstream
from shared.chassis.bucket import Bucket
from shared.chassis.jobs import Jobs
from shared.chassis.run import Built, Parts, main, parts_of
from shared.chassis.scratch import Scratch
from shared.chassis.service import Service
from shared.chassis.shelves import SWEEPS, Shelves

NAME = "gateway"
VERIFY = "verify-logboek"
#: What is in hand when the process must end; a lease lets another go on with it.
STOP_SECONDS = 5.0


def build(parts: Parts) -> Built:
    """Wire the gateway."""
    if parts.signer is None:
        raise SystemExit("IDENTITY_KEY is needed: the gateway signs who asks")
    passwords = Passwords()
    upstream = Upstream.of(parts.settings, parts.signer)
    pages = make_pages()
    provider = Provider(parts.settings) if parts.settings.oidc_issuer else None
    bucket = Bucket(parts.settings, parts.keys)
    scratch = Scratch.of(parts.settings.work_dir, NAME)
    shelves = Shelves(worker.SHELVES, bucket, parts.database, parts.keys, scratch)
    service = _service(parts, upstream, bucket, shelves)
    # Without the store people work on; only an inzage waits. So it is no check of readiness.
    return Built(
        service=service,
        routers=[
            api.router,
            sign_in_doors.router,
            logboek_doors.router,
            user_doors.router,
            composed.router,
            previews.router,
            after_sending.router,
            retries.router,
            doors.router,
            forwarding.make_router(),
            _at_start(parts, passwords, pages, service),
        ],
        state={
            "settings": parts.settings,
            "upstream": upstream,
            "provider": provider,
            "bucket": bucket,
            "reception": Reception(parts.settings, parts.database, parts.keys, passwords),
        },
        scratch=scratch,
        shelves=shelves,
        close=[upstream.close, bucket.close, *([provider.close] if provider else [])],
        title="Heronderzoek",
        words=Path(__file__).with_name("api.toml"),
        front=functools.partial(Front, pages=pages),
    )


def _service(parts: Parts, upstream: Upstream, bucket: Bucket, shelves: Shelves) -> Service:
    """What the gateway does by itself."""
    settings = parts.settings
    scratch = Scratch.of(settings.work_dir, NAME)
    work = worker.queues(
        Collecting(upstream, bucket, parts.keys, scratch, parts.database),
        Inzagen(settings.inzage_kept),
        Telling(upstream, settings.public_url),
        Ending(upstream, bucket),
    )
    queues = {**work, SWEEPS: shelves.queue}
    timers = worker.timers(settings.session_limits)
    return Service(NAME, tables.metadata, queues=queues, timers=timers)


def _at_start(parts: Parts, passwords: Passwords, pages: FastAPI, service: Service) -> APIRouter:
    """What happens once when the api starts: screens, demo users, the description of the API."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        open_screens(pages, parts.settings)
        await seeding.seed(parts.settings, parts.database, passwords)
        await passwords.prepare()
        document = description.load()
        app.openapi_schema = document
        app.include_router(reference.make_router(document))
        async with _at_work(parts, service):
            yield

    return APIRouter(lifespan=lifespan)


@contextlib.asynccontextmanager
async def _at_work(parts: Parts, service: Service) -> AsyncIterator[None]:
    """Timers and queues in the api process: little work, and no Kafka to do it with."""
    stop = asyncio.Event()
    jobs = Jobs(service, parts.database, parts.mapper, parts.source)
    working = asyncio.create_task(jobs.run(parts.settings.dsn, stop))
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait([working], timeout=STOP_SECONDS)
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)


async def verify(settings: Settings) -> int:
    """Look through every logboek; say what is not as it was sealed, with an exit code of 1."""
    parts, broken = parts_of("gateway", settings), 0
    try:
        for gemeente in await sealing.gemeenten(parts.database):
            days, faults = await sealing.verify(parts.database, parts.keys, gemeente)
            for fault in faults:
                line = "" if fault.line is None else f" line {fault.line}"
                sys.stdout.write(f"{gemeente}\t{fault.day}{line}: {fault.what}\n")
            sys.stdout.write(f"{gemeente}\t{days} days sealed, {len(faults)} faults\n")
            broken += len(faults)
    finally:
        await parts.database.close()
    return 1 if broken else 0


def run() -> int:
    """Run the process, or the command that only the gateway has."""
    if sys.argv[1:] == [VERIFY]:
        return asyncio.run(verify(Settings()))
    return main("gateway", Settings, build, "services.gateway")


if __name__ == "__main__":
    sys.exit(run())
