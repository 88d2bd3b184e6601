"""Communications on the real PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from deploy.local.stack import Stack
from shared.chassis import tables
from shared.chassis.identity import Identity, Signer
from shared.chassis.run import make_web
from shared.contracts.codes import Role
from tests.support import parts


@pytest.fixture
async def communications(stack: Stack) -> AsyncIterator[parts.Bench]:
    """The service, built in the test's own process; it may set no event aside."""
    parts.migrated(stack, "communications")
    bench = parts.bench_of(stack, "communications", *parts.build_of("communications"))
    yield bench
    assert await bench.rows(sa.select(tables.dead_letters)) == []
    await bench.database.close()


@pytest.fixture
async def http(communications: parts.Bench) -> AsyncIterator[httpx.AsyncClient]:
    """Its api process, called in this process."""
    transport = httpx.ASGITransport(make_web(communications.parts, communications.built))
    base = "http://communications/v1"
    async with httpx.AsyncClient(transport=transport, base_url=base) as made:
        yield made


def token(stack: Stack, gemeente: str, *roles: Role, user: str = "u-1") -> dict[str, str]:
    """The header of a signed-in colleague."""
    identity = Identity(user, "Sam Bakker", "sam@example.nl", frozenset(roles), gemeente)
    signer = Signer(stack.secrets.identity_key("gateway"), "gateway")
    return {"Authorization": f"Bearer {signer.sign(identity, 'communications')}"}


async def recorded(bench: parts.Bench, kind: Any, gemeente: str) -> list[dict[str, Any]]:
    """The data of a gemeente's events of one kind, oldest first."""
    return [event["data"] for event in await bench.recorded(kind) if event["gemeente"] == gemeente]
