"""An employee's day with an account of the organisation, at a gateway as it is started."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator

import httpx
import pytest

from deploy.local import ports
from deploy.local.ports import HOST
from deploy.local.stack import Stack
from tests.support.oidc import ROLES_CLAIM, AccountProvider, back, begin, running_provider, through
from tests.support.parts import environment_of, migrated, new_gemeente

GEMEENTE = new_gemeente()
CURRENT = "/v1/sessies/huidige"


@pytest.fixture
async def provider() -> AsyncIterator[AccountProvider]:
    """The provider of the organisation."""
    async with running_provider() as running:
        yield running


@pytest.fixture
async def browser(stack: Stack, provider: AccountProvider) -> AsyncIterator[httpx.AsyncClient]:
    """A browser at a gateway that was started with settings of the environment alone."""
    migrated(stack, "gateway")
    address = f"http://{HOST}:{ports.free_base()}"
    own = {
        "PORT": address.rpartition(":")[2],
        "PUBLIC_URL": address,
        "DEMO_USERS": "false",
        "OIDC_ISSUER": provider.issuer,
        "OIDC_CLIENT_ID": "heronderzoek",
        "OIDC_CLIENT_SECRET": "een-geheim",
        "OIDC_ROLES_CLAIM": ROLES_CLAIM,
        "OIDC_RIGHTS": json.dumps({"ho-auditor": {GEMEENTE: ["auditor"]}}),
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "services.gateway",
        "api",
        env={**os.environ, **environment_of(stack, "gateway"), **own},
    )
    try:
        async with httpx.AsyncClient(base_url=address, timeout=60) as client:
            await _ready(client)
            yield client
    finally:
        process.terminate()
        await process.wait()


async def _ready(client: httpx.AsyncClient) -> None:
    async with asyncio.timeout(90):
        while True:
            try:
                if (await client.get("/health/ready")).is_success:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.1)


async def test_a_day_with_an_account_of_the_organisation(
    browser: httpx.AsyncClient, provider: AccountProvider
) -> None:
    """The only way in; the logboek shows it; out ends it here and leads on to the provider."""
    ways = (await browser.get("/v1/aanmeldwijzen")).json()
    assert (ways["lokaal"], ways["oidc"]["adres"]) == (False, "/v1/aanmelden/oidc")
    await provider.account("medewerker-7", "ho-auditor", name="Anne de Wit")
    answer = await through(browser, provider, "medewerker-7", "/logboek")
    assert (answer.status_code, answer.headers["location"]) == (303, "/logboek")
    session = (await browser.get(CURRENT)).json()
    assert (session["gebruiker"]["naam"], session["rollen"]) == ("Anne de Wit", ["auditor"])
    lines = (await browser.get("/v1/logboek")).json()["resultaten"]
    assert [line["actie"] for line in lines] == ["aanmelden"]
    out = await browser.delete(CURRENT, headers={"X-CSRF-Token": session["csrf"]})
    assert out.json()["verderBij"].startswith(f"{provider.issuer}/oauth2/end_session?")
    assert (await browser.get(CURRENT)).status_code == 401
    refused = await back(browser, await provider.allow(await begin(browser), "niemand"))
    assert refused.headers["location"] == "/inloggen?reden=geen-toegang"
