"""Cases on its migrated database, and its HTTP door."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from deploy.local.stack import Stack
from shared.chassis.identity import Identity, Signer
from shared.chassis.run import make_web
from tests.cases.files import Zaken
from tests.support import parts


@pytest.fixture
async def zaken(stack: Stack) -> AsyncIterator[Zaken]:
    """Cases in the test's own process, on its migrated database."""
    parts.migrated(stack, "cases")
    made = parts.bench_of(stack, "cases", *parts.build_of("cases"))
    yield Zaken(made.parts, made.built)
    await made.database.close()


@pytest.fixture
async def door(stack: Stack, zaken: Zaken) -> AsyncIterator[Any]:
    """Asks cases over HTTP, as a user whose token the gateway signed."""
    app = make_web(zaken.parts, zaken.built)
    gateway = Signer(stack.secrets.identity_key("gateway"), "gateway")
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://cases") as client:

        async def ask(method: str, path: str, who: Identity, **options: Any) -> httpx.Response:
            headers = {
                "Authorization": f"Bearer {gateway.sign(who, 'cases')}",
                **options.pop("headers", {}),
            }
            return await client.request(method, f"/v1{path}", headers=headers, **options)

        yield ask
