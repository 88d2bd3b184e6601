"""The real stack, once per run; what needs it asks for it."""

from __future__ import annotations

import asyncio
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from xdist.remote import Producer

from deploy.local import ports
from deploy.local.stack import Stack, create_bucket
from shared.chassis.topics import make
from tests.support.parts import new_gemeente
from tests.support.sharing import OneSystem, takes_system
from tests.support.system import System


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failure of the whole system shows what its services warned of."""
    report = yield
    running = getattr(item, "funcargs", {}).get("system")
    if report.failed and isinstance(running, System):
        report.sections.append(("what the services warned of last", running.warnings()))
    return report


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What needs the whole system comes first: it takes longest."""
    items.sort(key=lambda item: not takes_system(item.nodeid))


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
