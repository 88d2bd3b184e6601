"""The gateway's pages on a real port, with made-up services behind them that answer as told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import uvicorn
from fastapi import FastAPI
from playwright.async_api import Browser

from services.gateway import queries
from services.gateway.domain import User
from services.gateway.passwords import Passwords
from shared.chassis.database import Database
from shared.contracts.codes import Role
from tests.gateway.fake_services import FakeServices, Quiet
from tests.support.browser import DESK, NARROW, ROOT, Window, assert_accessible, window

PASSWORD = "Een-lang-wachtwoord-7"
#: What the pages looked like on the last run; looked at, never committed.
SCREENSHOTS = ROOT / ".local" / "screenshots"
WIDTHS = (DESK, NARROW)
STYLE = {
    "naam": "Lindeveld",
    "kleurBalk": "#14323f",
    "kleurBalktekst": "#ffffff",
    "kleurActie": "#00617f",
    "kleurAccent": "#8c2357",
}


@dataclass
class Site:
    """A gateway with pages, and who can sign in there."""

    app: FastAPI
    database: Database
    password_hash: str
    port: int
    browser: Browser
    services: FakeServices

    @property
    def address(self) -> str:
        """Where the pages are."""
        return f"http://127.0.0.1:{self.port}"

    async def user(
        self, *roles: Role, name: str = "Mirjam Bakker", gemeenten: tuple[str, ...] = ("9001",)
    ) -> str:
        """A new user with these roles; answers the user name."""
        username = f"gebruiker-{uuid4()}"
        rights = {gemeente: frozenset(roles) for gemeente in gemeenten}
        user = User(str(uuid4()), username, name, "m@example.nl", self.password_hash, rights)
        async with self.database.transaction() as transaction:
            await queries.add_user(transaction, user)
        return username

    @asynccontextmanager
    async def desk(self, username: str | None = None) -> AsyncIterator[Window]:
        """A window; with a user name, of who has signed in. No complaint may be left at its end."""
        async with window(self.browser, self.address) as opened:
            if username is not None:
                await sign_in(opened, username)
            yield opened
            assert not opened.complaints, opened.complaints


async def sign_in(opened: Window, username: str, password: str = PASSWORD) -> None:
    """Sign in as people do."""
    await opened.page.goto("/inloggen")
    await opened.page.get_by_label("Gebruikersnaam").fill(username)
    await opened.page.get_by_label("Wachtwoord").fill(password)
    async with opened.page.expect_response(lambda one: one.request.method == "POST"):
        await opened.page.get_by_role("button", name="Inloggen").click()
    await opened.page.wait_for_load_state("load")


async def look(opened: Window, name: str, within: str = "html") -> None:
    """A page as it is now: at both widths axe finds nothing and nothing sticks out; keep it.

    `within` is where axe looks: under what lies over a page it cannot judge colours.
    """
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for size in WIDTHS:
        await opened.resize(size)
        path = SCREENSHOTS / f"{name}-{size[0]}.png"
        await opened.page.screenshot(path=path, full_page=True)
        sticking = await opened.sticking_out()
        assert not sticking, f"{name} scrolls sideways at {size[0]}: {sticking}"
        await assert_accessible(opened.page, within)
    await opened.resize(DESK)


@asynccontextmanager
async def listening(app: FastAPI, port: int) -> AsyncIterator[None]:
    """Serve an app while the block lasts."""
    server = Quiet(uvicorn.Config(app, port=port, log_config=None, lifespan="off"))
    serving = asyncio.create_task(server.serve())
    async with asyncio.timeout(10):
        await server.is_up.wait()
    try:
        yield
    finally:
        server.should_exit = True
        await serving


async def hashed() -> str:
    """The password of everybody here, as it is kept."""
    return await Passwords().hash(PASSWORD)


def assets_folder() -> Path:
    """Where the assets of this checkout are."""
    return ROOT / ".local" / "assets"


def batch(user_id: str, **changes: Any) -> dict[str, Any]:
    """A batch as cases tells it."""
    letters = {"gepland": 0, "gevraagd": 0, "gemaakt": 0, "mislukt": 0, "uitgesloten": 0}
    mails = {"gepland": 0, "gevraagd": 0, "verzonden": 0, "mislukt": 0, "nietBezorgd": 0}
    return {
        "id": str(uuid4()),
        "status": "afgerond",
        "bestandsnaam": "gemeentepolis-najaar.xlsx",
        "gestartDoor": user_id,
        "bevestigdOp": "2026-11-13T09:41:00Z",
        "aantalRijen": 386,
        "aantalZaken": 386,
        "aantalGeweigerd": 0,
        "reactieDatum": "2026-12-12",
        "pauze": None,
        "brieven": letters | {"gemaakt": 200},
        "emails": mails | {"verzonden": 186},
    } | changes
