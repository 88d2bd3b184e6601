"""The real stack, once per run; what needs it asks for it."""

from __future__ import annotations

import asyncio
from collections.abc import Generator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from xdist.remote import Producer

from deploy.local import ports
from deploy.local.stack import Stack, create_bucket
from shared.chassis.topics import make
from tests.support.parts import new_gemeente
from tests.support.sharing import OneSystem, turn
from tests.support.system import System

#: An assertion about a page may quote all of it.
LONGEST_WHY = 2_000
#: When a test began, its fixtures included.
BEGAN = pytest.StashKey[datetime]()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Remember when a test began: what was logged before belongs to another one."""
    item.stash[BEGAN] = datetime.now(UTC)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failure of the whole system shows what its services complained of meanwhile.

    After that its own words come once more: who reads the end of a long log reads why it failed.
    """
    report = yield
    running = getattr(item, "funcargs", {}).get("system")
    if report.failed and isinstance(running, System):
        told = running.complaints(item.stash[BEGAN]) or "Of nothing."
        report.sections.append(("what the services complained of since the test began", told))
        crash = getattr(report.longrepr, "reprcrash", None)
        if crash is not None:
            why = f"{crash.path}:{crash.lineno}: {crash.message[:LONGEST_WHY]}"
            report.sections.append(("why the test failed", why))
    return report


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest comes first."""
    items.sort(key=lambda item: turn(item.nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> OneSystem:
    """Two at a time, as `make test` does."""
    return OneSystem(config, log)


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """PostgreSQL, Kafka, S3 and mail on ports of their own, with topics and bucket."""
    state: Path = tmp_path_factory.mktemp("stack")
    with Stack(state, port_base=ports.free_base()) as running:
        create_bucket(running)
        asyncio.run(make(running.environment()["KAFKA_BOOTSTRAP"], 1))
        yield running


@pytest.fixture
def gemeente() -> str:
    """A gemeente of this test alone."""
    return new_gemeente()


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """All services on a stack of their own, as `make up` starts them."""
    running = System(tmp_path_factory.mktemp("system"))
    try:
        running.start()
        yield running
    finally:
        running.stop()
