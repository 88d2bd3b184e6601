"""The ledger: a service of the tests' own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from deploy.local.stack import Stack
from shared.chassis.run import Built, parts_of
from shared.chassis.settings import ChassisSettings
from tests.support import ledger, parts


@pytest.fixture
async def bench() -> ledger.Bench:
    """Slow work whose behaviour the test sets."""
    return ledger.Bench()


@pytest.fixture
async def book(stack: Stack, bench: ledger.Bench) -> AsyncIterator[parts.Bench]:
    """The ledger on its database, empty of chassis rows."""
    parts.made(stack, "ledger", ledger.metadata)
    settings = parts.settings_of(stack, "ledger", ChassisSettings)
    service = ledger.service({"werk": bench.queue(chunk=10)})
    made = parts.Bench(parts_of("ledger", settings), Built(service))
    yield made
    await made.database.close()
