"""Fixtures: one Chromium for all tests, a window for each, and a picture when a test fails."""

from __future__ import annotations

from collections.abc import AsyncIterator, Generator

import pytest
from playwright.async_api import Browser

from tests.support.browser import Window, chromium, window
from tests.support.system import System

FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember for the fixtures whether the test itself failed."""
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium."""
    async with chromium() as started:
        yield started


@pytest.fixture
async def desk(
    browser: Browser, system: System, request: pytest.FixtureRequest
) -> AsyncIterator[Window]:
    """A window on the running system; what the browser complains of fails the test."""
    async with window(browser, system.address) as opened:
        yield opened
        if request.node.stash.get(FAILED, False) or opened.complaints:
            picture = await opened.keep(request.node.name)
            assert not opened.complaints, f"{opened.complaints} (see {picture})"
