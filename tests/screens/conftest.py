"""The real gateway on the real database, in a browser; the services behind it are made up."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser

from deploy.assets.folder import make
from deploy.local import ports
from deploy.local.stack import Stack
from services.gateway.__main__ import build
from services.gateway.settings import Settings
from shared.chassis.run import make_web, parts_of
from tests.gateway.fake_services import FakeServices
from tests.support.browser import chromium
from tests.support.parts import migrated, settings_of
from tests.support.site import STYLE, Site, assets_folder, hashed, listening


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium."""
    async with chromium() as started:
        yield started


@pytest.fixture(scope="session")
async def whole_site(stack: Stack, browser: Browser) -> AsyncIterator[Site]:
    """Pages, gateway, database and made-up services, running."""
    make(assets_folder())
    migrated(stack, "gateway")
    fakes = FakeServices(stack.secrets.public_identity_keys(), ports.free_base())
    port = ports.free_base()
    given = {
        **fakes.urls(),
        "local_users": True,
        "demo_users": False,
        "assets_dir": assets_folder(),
        "public_url": f"http://127.0.0.1:{port}",
    }
    parts = parts_of("gateway", settings_of(stack, "gateway", Settings, **given))
    app = make_web(parts, build(parts))
    async with fakes.running(), app.router.lifespan_context(app), listening(app, port):
        yield Site(app, parts.database, await hashed(), port, browser, fakes)


@pytest.fixture
def site(whole_site: Site) -> Site:
    """The site, whose services know nothing but how the gemeente looks."""
    services = whole_site.services
    services.forget()
    services.tell("cases", "GET", "/huisstijl", STYLE)
    empty = {"aantal": 0, "pagina": 1, "resultaten": []}
    services.tell("communications", "GET", "/meldingen", empty | {"ongelezen": 0})
    services.tell("cases", "GET", "/batches", empty)
    services.tell("cases", "GET", "/taken", empty | {"aantalPerSoort": {}})
    counts = {"aantalPerStatus": {}, "aantalTermijnVoorbij": 0, "aantalBezwaar": 0}
    services.tell("cases", "GET", "/zaken", empty | counts)
    services.tell("documents", "GET", "/te-printen", empty | {"oudsteOp": None, "perDoel": []})
    return whole_site
