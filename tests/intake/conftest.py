"""The service on its own database, with a cases of the tests' own beside it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from deploy.local.stack import Stack
from services.intake.__main__ import build
from services.intake.settings import Settings
from shared.chassis.identity import Signer, Verifier
from shared.chassis.run import make_web
from tests.intake.colleague import FakeCases, Intake
from tests.support import parts
from tests.support.serving import serving


@pytest.fixture(scope="session")
async def cases(stack: Stack) -> AsyncIterator[tuple[str, FakeCases]]:
    """A cases that answers one question, at a real address."""
    app = FakeCases(Verifier(stack.environment()["IDENTITY_KEYS"], "cases"))
    async with serving(app) as address:
        yield address, app


@pytest.fixture(scope="session")
async def bench(
    stack: Stack, cases: tuple[str, FakeCases], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[parts.Bench]:
    """The service on its migrated database."""
    parts.migrated(stack, "intake")
    work_dir = tmp_path_factory.mktemp("werk")
    made = parts.bench_of(stack, "intake", Settings, build, cases_url=cases[0], work_dir=work_dir)
    yield made
    for close in made.built.close:
        answer = close()
        if asyncio.iscoroutine(answer):
            await answer
    await made.database.close()


@pytest.fixture
async def intake(
    stack: Stack,
    bench: parts.Bench,
    cases: tuple[str, FakeCases],
    gemeente: str,
    tmp_path: Path,
) -> AsyncIterator[Intake]:
    """The service for a gemeente of this test alone."""
    gateway = Signer(stack.secrets.identity_key("gateway"), "gateway")
    transport = httpx.ASGITransport(make_web(bench.parts, bench.built), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://intake") as client:
        yield Intake(bench, cases[1], client, gateway, gemeente, tmp_path)


@pytest.fixture
def key() -> str:
    """An Idempotency-Key."""
    return str(uuid4())
