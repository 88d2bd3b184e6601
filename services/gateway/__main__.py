"""The gateway's process: python -m services.gateway api | migrate."""

from __future__ import annotations

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
    reference,
    seeding,
    tables,
)
from services.gateway.handlers import Reception
from services.gateway.passwords import Passwords
from services.gateway.settings import Settings
from services.gateway.upstream import Upstream
from shared.chassis.run import Built, Parts, main
from shared.chassis.service import Service


def build(parts: Parts) -> Built:
    """Wire the gateway."""
    if parts.signer is None:
        raise SystemExit("IDENTITY_KEY is needed: the gateway signs who asks")
    passwords = Passwords()
    upstream = Upstream.of(parts.settings, parts.signer)
    return Built(
        service=Service("gateway", tables.metadata),
        routers=[
            api.router,
            composed.router,
            after_sending.router,
            forwarding.make_router(),
            _at_start(parts, passwords),
        ],
        state={
            "settings": parts.settings,
            "upstream": upstream,
            "reception": Reception(parts.settings, parts.database, parts.keys, passwords),
        },
        close=[upstream.close],
        title="Heronderzoek",
        words=Path(__file__).with_name("api.toml"),
    )


def _at_start(parts: Parts, passwords: Passwords) -> APIRouter:
    """What happens once when the api starts: demo users, and the description of all services."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await seeding.seed(parts.settings, parts.database, passwords)
        await passwords.prepare()
        document = description.load()
        app.openapi_schema = document
        app.include_router(reference.make_router(document))
        yield

    return APIRouter(lifespan=lifespan)


if __name__ == "__main__":
    sys.exit(main("gateway", Settings, build, "services.gateway"))
