"""A browser for tests: Debian's Chromium, a fresh profile per test, and what it complains of."""

from __future__ import annotations

import functools
import os
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, ConsoleMessage, Page, Request, Response, async_playwright

from deploy.local import npm

ROOT = Path(__file__).resolve().parents[2]
#: Pictures of what a browser showed when its test failed; looked at, never committed.
PICTURES = ROOT / ".local" / "browser"
#: WCAG 2.2 AA and what axe's makers advise besides.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: A laptop, a phone, and the narrowest window that must not scroll sideways (WCAG 1.4.10).
DESK, NARROW = (1280, 900), (320, 640)
FIRST_ERROR = 400
STICKING_OUT = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  return [...document.querySelectorAll("body *")]
    .filter(one => !one.closest(".table-scroll") && one.getBoundingClientRect().right > width)
    .map(one => `${one.tagName.toLowerCase()}.${one.className} ${one.textContent.slice(0, 40)}`)
    .concat("the page");
}"""
LOOKS = {"stylesheet", "image", "font", "script"}
#: What a page fetches that nobody waits for: its looks, progress, and a letter shown inside it.
PASSING = re.compile("/assets/|/stroom$|/(brief|mail)$|^chrome-extension:")
TOO_SHORT = "too short to determine if it is actual text"
#: What axe leaves to people: figures of one digit, colours under the edge of a box that scrolls,
#: which it judges in a wider window, and those of a choice, because of the arrow in it.
OBSCURED, ARROW = "partially obscured by another element", "due to a background image"
#: Beside a letter that is shown inside the page, axe cannot tell what lies over what.
OVERLAPPED = "overlapped by another element"


class Window:
    """A page in a profile of its own, and everything that went wrong in it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        self._expected: set[int] = set()
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.on("requestfailed", self._lost)
        page.on("response", self._answered)

    def expect(self, status: int) -> None:
        """This test makes the server answer with an error on purpose."""
        self._expected.add(status)

    def _heard(self, message: ConsoleMessage) -> None:
        # the browser repeats each answer of 400 and more; those are judged by their status below
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            self.complaints.append(f"console: {message.text}")

    def _lost(self, request: Request) -> None:
        # who leaves a page early drops what it was still fetching
        left = request.failure == "net::ERR_ABORTED"
        if left and (request.resource_type in LOOKS or PASSING.search(request.url)):
            return
        self.complaints.append(f"lost: {request.method} {request.url} {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.status >= FIRST_ERROR and response.status not in self._expected:
            self.complaints.append(f"{response.status}: {response.url}")

    async def resize(self, size: tuple[int, int]) -> None:
        """Make the window this wide and high."""
        await self.page.set_viewport_size({"width": size[0], "height": size[1]})

    async def sticking_out(self) -> list[str]:
        """What makes the page scroll sideways; empty when it does not."""
        found: list[str] = await self.page.evaluate(STICKING_OUT)
        return found

    async def keep(self, test: str) -> Path:
        """Take a picture of the whole page, named after a test."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        path = PICTURES / f"{re.sub(r'[^a-z0-9]+', '-', test.lower()).strip('-')}.png"
        await self.page.screenshot(path=path, full_page=True)
        return path


def chromium_program() -> str:
    """Where Chromium is; raises RuntimeError with what to do when it is not there."""
    found = shutil.which("chromium")
    if found is None:
        raise RuntimeError("chromium is not installed: apt-get install chromium")
    return found


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A browser without a screen."""
    # Chromium refuses its own sandbox when root starts it, as CI does
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(
            executable_path=chromium_program(), args=arguments
        )
        try:
            yield started
        finally:
            await started.close()


@asynccontextmanager
async def window(browser: Browser, address: str) -> AsyncIterator[Window]:
    """A window of a Dutch user at a laptop; relative addresses are of `address`."""
    context = await browser.new_context(
        base_url=address,
        locale="nl-NL",
        timezone_id="Europe/Amsterdam",
        viewport={"width": DESK[0], "height": DESK[1]},
    )
    try:
        yield Window(await context.new_page())
    finally:
        await context.close()


@functools.cache
def axe() -> str:
    """The script of axe-core."""
    return (npm.install() / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


async def assert_accessible(page: Page, within: str = "html") -> None:
    """Axe finds nothing on the page as it is now, or in a part of it.

    It comes in through the debugger, so the page's own policy on scripts stays as it is.
    """
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(axe())
    found: dict[str, Any] = await page.evaluate(
        "([part, rules]) =>"
        " axe.run(part, {runOnly: rules, resultTypes: ['violations', 'incomplete'],"
        # A letter or mail inside a page is a document of its own, which lets no script in.
        " iframes: false, rules: {'frame-tested': {enabled: false}}})",
        [within, RULES],
    )
    found["incomplete"] = [
        {**rule, "nodes": [node for node in rule["nodes"] if not _for_people(node)]}
        for rule in found["incomplete"]
    ]
    wrong = [
        f"{rule['id']} ({rule['help']}): {node['target']} {node.get('failureSummary', '')}"
        for rule in (*found["violations"], *found["incomplete"])
        for node in rule["nodes"]
    ]
    assert not wrong, "\n".join(wrong)


def _for_people(node: dict[str, Any]) -> bool:
    told = str(node)
    return (
        OBSCURED in told
        or OVERLAPPED in told
        or TOO_SHORT in told
        or (ARROW in told and node["html"].startswith("<select"))
    )
