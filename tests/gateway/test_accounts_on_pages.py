"""The pages for who has an account of the organisation."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import uuid4

import pytest

from services.gateway.sign_in import REASONS
from tests.gateway.conftest import Gateway
from tests.gateway.fake_services import FakeServices
from tests.gateway.test_pages import hidden, tell
from tests.support.oidc import ROLES_CLAIM, AccountProvider, running_provider, through
from tests.support.parts import new_gemeente

RIGHTS = {"ho-behandelaar": {new_gemeente(): ["behandelaar"]}}
LINK = 'href="/v1/aanmelden/oidc?volgende=%2Fmeldingen"'


@pytest.fixture(scope="module")
async def provider() -> AsyncIterator[AccountProvider]:
    """The real provider."""
    async with running_provider() as running:
        yield running


@pytest.fixture(scope="module")
async def make(make_gateway: Callable[..., Any], provider: AccountProvider) -> Callable[..., Any]:
    """A gateway that sends people to it, and lets them in by a password or not."""

    async def made(*, local_users: bool) -> Gateway:
        found: Gateway = await make_gateway(
            public_url="http://127.0.0.1:8080",
            oidc_issuer=provider.issuer,
            oidc_client_id="heronderzoek",
            oidc_client_secret="een-geheim",
            oidc_roles_claim=ROLES_CLAIM,
            oidc_rights=RIGHTS,
            local_users=local_users,
        )
        return found

    return made


@pytest.mark.parametrize("by_password", [True, False])
async def test_the_page_shows_the_ways_in_that_there_are(
    make: Callable[..., Any], by_password: bool
) -> None:
    """The account first; a password only where that is allowed."""
    browser = await (await make(local_users=by_password)).client()
    page = (await browser.get("/inloggen?volgende=/meldingen")).text
    assert LINK in page
    assert ('name="wachtwoord"' in page) is by_password


async def test_a_refusal_is_told_in_words(make: Callable[..., Any]) -> None:
    """Each reason that the way back can give; one that we do not know says nothing."""
    browser = await (await make(local_users=False)).client()
    for code, reason in REASONS.items():
        page = (await browser.get(f"/inloggen?reden={code}")).text
        assert reason.title in page
    strange = (await browser.get("/inloggen?reden=%3Cscript%3E")).text
    assert "script&gt;" not in strange
    assert "utrecht-alert" not in strange


async def test_who_signs_out_is_led_to_the_provider(
    make: Callable[..., Any], provider: AccountProvider, services: FakeServices
) -> None:
    """By a page of ours that loads from us alone; the session here has ended."""
    tell(services)
    subject = f"u-{uuid4()}"
    await provider.account(subject, "ho-behandelaar", name="Anne de Wit")
    browser = await (await make(local_users=False)).client()
    answer = await through(browser, provider, subject, "/meldingen")
    assert answer.headers["location"] == "/meldingen"
    page = await browser.get("/meldingen")
    gone = await browser.post("/uitloggen", data={"csrf": hidden(page, "csrf")})
    assert gone.status_code == 200
    further = re.search(r'content="2;url=([^"]+)"', gone.text)
    assert further is not None
    assert further[1].startswith(provider.issuer)
    assert (await browser.get("/meldingen")).status_code == 303
