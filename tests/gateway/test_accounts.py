"""Signing in with an account of the organisation, at a real provider."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest

from services.gateway.domain import digest
from shared.contracts.codes import Role
from tests.gateway.conftest import Gateway, sign_in
from tests.support.oidc import (
    ROLES_CLAIM,
    AccountProvider,
    back,
    begin,
    reason_of,
    running_provider,
    through,
)
from tests.support.parts import new_gemeente

CURRENT = "/v1/sessies/huidige"
#: Which claim values mean what, in gemeenten of these tests alone.
HERE, THERE = new_gemeente(), new_gemeente()
RIGHTS = {
    "ho-behandelaar": {HERE: ["behandelaar"], THERE: ["behandelaar"]},
    "ho-auditor": {HERE: ["auditor"]},
    "ho-beheerder": {HERE: ["beheerder"]},
}


@pytest.fixture(scope="module")
async def provider() -> AsyncIterator[AccountProvider]:
    """The real provider."""
    async with running_provider() as running:
        yield running


@pytest.fixture(scope="module")
async def gateway(make_gateway: Callable[..., Any], provider: AccountProvider) -> Gateway:
    """A gateway that sends people to it."""
    made: Gateway = await make_gateway(
        public_url="http://127.0.0.1:8080",
        oidc_issuer=provider.issuer,
        oidc_client_id="heronderzoek",
        oidc_client_secret="een-geheim",
        oidc_roles_claim=ROLES_CLAIM,
        oidc_rights=RIGHTS,
    )
    return made


def _subject() -> str:
    return f"u-{uuid4()}"


async def test_an_account_comes_in_at_the_page_that_was_asked_for(
    gateway: Gateway, provider: AccountProvider
) -> None:
    """With the rights of its claim, and a line in the logboek."""
    subject = _subject()
    await provider.account(subject, "ho-behandelaar", "iets-van-een-ander", name="Anne de Wit")
    browser = await gateway.client()
    answer = await through(browser, provider, subject, "/zaken?status=nieuw")
    assert (answer.status_code, answer.headers["location"]) == (303, "/zaken?status=nieuw")
    session = (await browser.get(CURRENT)).json()
    assert session["gebruiker"]["naam"] == "Anne de Wit"
    assert session["meldtZichAanMet"] == "oidc"
    assert (session["rollen"], session["gemeenten"]) == (["behandelaar"], sorted([HERE, THERE]))
    lines = await gateway.rows(
        "select action, object, result from audit_log where actor = :u",
        *sorted([HERE, THERE]),
        u=session["gebruiker"]["id"],
    )
    assert [tuple(line.values()) for line in lines] == [("aanmelden", "/aanmelden/oidc", 201)]


async def test_what_goes_to_the_provider_proves_who_asked(gateway: Gateway) -> None:
    """PKCE by S256, a state, a nonce and the exact way back; and nothing of it twice."""
    browser = await gateway.client()
    first, second = [parse_qs(urlsplit(await begin(browser)).query) for _ in range(2)]
    assert first["code_challenge_method"] == ["S256"]
    assert first["response_type"] == ["code"]
    assert first["redirect_uri"] == ["http://127.0.0.1:8080/v1/aanmelden/oidc/antwoord"]
    assert first["scope"] == ["openid profile email"]
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name][0]) == 43
        assert first[name] != second[name]


async def test_roles_follow_the_account_at_each_sign_in(
    gateway: Gateway, provider: AccountProvider
) -> None:
    """Another name or role there is another here; what was taken there ends sessions here."""
    subject = _subject()
    await provider.account(subject, "ho-behandelaar", email="oud@example.nl")
    first, second = await gateway.client(), await gateway.client()
    await through(first, provider, subject)
    before = (await first.get(CURRENT)).json()
    await provider.account(subject, "ho-auditor", email="nieuw@example.nl")
    await through(second, provider, subject)
    after = (await second.get(CURRENT)).json()
    assert after["gebruiker"]["id"] == before["gebruiker"]["id"]
    assert after["gebruiker"]["email"] == "nieuw@example.nl"
    assert (after["gemeenten"], after["rollen"]) == ([HERE], ["auditor"])
    await provider.account(subject)
    assert reason_of(await through(await gateway.client(), provider, subject)) == "geen-toegang"
    assert (await second.get(CURRENT)).status_code == 401


async def test_an_address_is_not_a_person(gateway: Gateway, provider: AccountProvider) -> None:
    """Two accounts with one e-mail address and name are two users."""
    found = []
    for _ in range(2):
        subject = _subject()
        same = {"email": "gedeeld@example.nl", "preferred_username": "gedeeld"}
        await provider.account(subject, "ho-auditor", **same)
        browser = await gateway.client()
        await through(browser, provider, subject)
        found.append((await browser.get(CURRENT)).json()["gebruiker"]["id"])
    assert found[0] != found[1]


async def test_an_account_without_a_role_hears_whom_to_ask(
    gateway: Gateway, provider: AccountProvider
) -> None:
    """A program gets the words, a browser comes at the page that has them; no user is made."""
    subject = _subject()
    await provider.account(subject, "onbekende-groep")
    browser = await gateway.client()
    assert reason_of(await through(browser, provider, subject, "/zaken")) == "geen-toegang"
    address = urlsplit(await provider.allow(await begin(browser), subject))
    told = await browser.get(f"{address.path}?{address.query}")
    assert told.status_code == 403
    assert "Vraag uw beheerder om een rol" in told.json()["detail"]
    assert not await gateway.rows("select 1 from users where subject = :s", s=subject)
    lines = await gateway.rows(
        "select detail from audit_log where detail = 'geen-toegang: 1 values, 0 gemeenten'",
        "0000",
    )
    assert len(lines) == 2


async def test_who_stops_at_the_provider_is_told_so(
    gateway: Gateway, provider: AccountProvider
) -> None:
    """And keeps the page that was asked for."""
    browser = await gateway.client()
    answer = await back(browser, await provider.deny(await begin(browser, "/zaken")))
    # the provider leaves out the state when somebody stops: then nothing of ours belongs to it
    assert reason_of(answer) in {"oidc-geweigerd", "oidc-verlopen"}


async def test_an_answer_belongs_to_the_browser_that_asked(
    gateway: Gateway, provider: AccountProvider
) -> None:
    """A link with somebody's code signs nobody else in, and works once."""
    subject = _subject()
    await provider.account(subject, "ho-auditor")
    browser, other = await gateway.client(), await gateway.client()
    address = await provider.allow(await begin(browser), subject)
    assert reason_of(await back(other, address)) == "oidc-verlopen"
    assert (await back(browser, address)).headers["location"] == "/"
    assert reason_of(await back(browser, address)) == "oidc-verlopen"


@pytest.mark.parametrize(
    "wanted",
    ["https://kwaad.example.nl", "//kwaad.example.nl", "/\\kwaad.example.nl", "/\t/kwaad", "zaken"],
)
async def test_nobody_is_led_to_another_site(
    gateway: Gateway, provider: AccountProvider, wanted: str
) -> None:
    """What is no page of ours is the first page."""
    subject = _subject()
    await provider.account(subject, "ho-auditor")
    answer = await through(await gateway.client(), provider, subject, wanted)
    assert answer.headers["location"] == "/"


async def test_signing_out_goes_on_at_the_provider(
    gateway: Gateway, provider: AccountProvider
) -> None:
    """With the proof of whose session it was, which lies sealed until then."""
    subject = _subject()
    await provider.account(subject, "ho-auditor")
    browser = await gateway.client()
    await through(browser, provider, subject)
    session = (await browser.get(CURRENT)).json()
    kept = await gateway.rows(
        "select id_token from sessions where user_id = :u", u=session["gebruiker"]["id"]
    )
    answer = await browser.delete(CURRENT, headers={"X-CSRF-Token": session["csrf"]})
    further = urlsplit(answer.json()["verderBij"])
    asked = parse_qs(further.query)
    assert f"{further.scheme}://{further.netloc}" == provider.issuer
    assert asked["post_logout_redirect_uri"] == ["http://127.0.0.1:8080/inloggen"]
    assert asked["id_token_hint"][0].encode() not in bytes(kept[0]["id_token"])
    assert (await provider.client.get(answer.json()["verderBij"])).is_success
    assert (await browser.get(CURRENT)).status_code == 401


async def test_a_beheerder_leaves_an_account_to_its_provider(
    gateway: Gateway, provider: AccountProvider
) -> None:
    """No password, no roles; but the door can be closed here, and stays so."""
    subject, boss = _subject(), _subject()
    await provider.account(subject, "ho-auditor")
    await provider.account(boss, "ho-beheerder")
    browser, beheer = await gateway.client(), await gateway.client()
    await through(browser, provider, subject)
    await through(beheer, provider, boss)
    beheer.headers["X-CSRF-Token"] = (await beheer.get(CURRENT)).json()["csrf"]
    user_id = (await browser.get(CURRENT)).json()["gebruiker"]["id"]
    address = f"/v1/gebruikers/{user_id}"
    seen = (await beheer.get(address)).json()
    assert seen["meldtZichAanMet"] == "oidc"
    change = {"versie": 1, "naam": "X", "email": "x@example.nl", "rollen": ["beheerder"]}
    assert (await beheer.put(address, json=change)).status_code == 403
    refused = await beheer.post(f"{address}/wachtwoord")
    assert refused.json()["type"].endswith("account-elders")
    closed = await beheer.post(f"{address}/deactivering", json={"versie": seen["versie"]})
    assert closed.status_code == 200
    assert (await browser.get(CURRENT)).status_code == 401
    assert reason_of(await through(browser, provider, subject)) == "geen-toegang"


async def test_a_new_session_has_a_new_id_and_ends_the_old_one(
    gateway: Gateway, provider: AccountProvider
) -> None:
    """Whoever planted or saw the former id has nothing."""
    subject = _subject()
    await provider.account(subject, "ho-auditor")
    browser = await gateway.client()
    await through(browser, provider, subject)
    former = browser.cookies["heronderzoek"]
    await through(browser, provider, subject)
    assert browser.cookies["heronderzoek"] != former
    left = await gateway.rows("select 1 from sessions where id_hash = :h", h=digest(former))
    assert left == []


async def test_both_ways_in_are_told(gateway: Gateway) -> None:
    """For the page to sign in on; a password still works beside it."""
    told = (await (await gateway.client()).get("/v1/aanmeldwijzen")).json()
    assert told == {
        "lokaal": True,
        "oidc": {"naam": "uw werkaccount", "adres": "/v1/aanmelden/oidc"},
    }
    name = await gateway.user({HERE: [Role.AUDITOR]})
    assert (await sign_in(await gateway.client(), name)).status_code == 201
