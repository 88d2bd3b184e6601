"""Documents on the real stack, with one drawing process."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator

import pytest
import sqlalchemy as sa

from deploy.local.stack import Stack
from shared.chassis import tables
from shared.chassis.bucket import Bucket
from tests.support.parts import Bench, bench_of, build_of, migrated


@pytest.fixture(scope="session")
async def service(stack: Stack) -> AsyncIterator[Bench]:
    """The service on its migrated database."""
    migrated(stack, "documents")
    settings, build = build_of("documents")
    bench = bench_of(stack, "documents", settings, build, letter_processes=1)
    yield bench
    for close in bench.built.close:
        answer = close()
        if inspect.isawaitable(answer):
            await answer
    await bench.database.close()


@pytest.fixture
async def documents(service: Bench) -> Bench:
    """The service without work or events of an earlier test."""
    async with service.database.transaction() as transaction:
        for table in (tables.work_items, tables.outbox):
            await transaction.connection.execute(sa.delete(table))
    return service


@pytest.fixture
def bucket(documents: Bench) -> Bucket:
    """The object store."""
    found: Bucket = documents.built.state["bucket"]
    return found
