"""What a provider must not get past us, and what it tells when somebody signs out there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from time import time
from typing import Any

import httpx
import pytest

from tests.gateway.conftest import Gateway
from tests.support.forger import CLIENT, Forger, new_key, running_forger
from tests.support.oidc import back, begin, reason_of
from tests.support.parts import new_gemeente

CURRENT = "/v1/sessies/huidige"
HERE = new_gemeente()
NOW = int(time())
STRANGER = new_key("eerste")


@pytest.fixture(scope="module")
async def running() -> AsyncIterator[Forger]:
    """The provider of these tests."""
    async with running_forger() as made:
        yield made


@pytest.fixture
def forger(running: Forger) -> Forger:
    """The provider, honest again."""
    running.claims, running.forged_by, running.is_away = {"groepen": "ho"}, None, False
    running.exchanged.clear()
    return running


@pytest.fixture(scope="module")
async def gateway(make_gateway: Callable[..., Any], running: Forger) -> Gateway:
    """A gateway that trusts it; without a secret, so by PKCE alone."""
    made: Gateway = await make_gateway(
        oidc_issuer=running.issuer,
        oidc_client_id=CLIENT,
        oidc_roles_claim="groepen",
        oidc_rights={"ho": {HERE: ["auditor"]}},
    )
    return made


async def _tried(gateway: Gateway, forger: Forger) -> tuple[httpx.AsyncClient, httpx.Response]:
    browser = await gateway.client()
    return browser, await back(browser, forger.way_back(await begin(browser)))


async def _last_line(gateway: Gateway) -> str:
    lines = await gateway.rows(
        "select detail from audit_log where gemeente = '0000' order by id desc limit 1", "0000"
    )
    return str(lines[0]["detail"])


async def test_an_honest_token_opens_the_door(gateway: Gateway, forger: Forger) -> None:
    """And the code went with the half of PKCE that only we know."""
    browser, answer = await _tried(gateway, forger)
    assert answer.headers["location"] == "/"
    assert (await browser.get(CURRENT)).status_code == 200
    sent = forger.exchanged[0]
    assert (sent["client_id"], sent["grant_type"]) == ([CLIENT], ["authorization_code"])
    assert len(sent["code_verifier"][0]) == 43


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"iss": "https://ander.example.nl"}, "iss"),
        ({"aud": "een-andere-toepassing"}, "aud"),
        ({"aud": [CLIENT, "nog-een"], "azp": "nog-een"}, "azp"),
        ({"nonce": "van-een-ander"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"exp": NOW - 3600}, "exp"),
        ({"iat": NOW + 3600}, "iat"),
        ({"sub": None}, "sub"),
        ({"exp": None}, "exp"),
        ({"at_hash": "van-een-ander-token"}, "at_hash"),
    ],
)
async def test_a_token_with_a_wrong_claim_is_refused(
    gateway: Gateway, forger: Forger, claims: dict[str, Any], why: str
) -> None:
    """Nobody comes in, and the logboek names the claim."""
    forger.claims |= claims
    browser, answer = await _tried(gateway, forger)
    assert reason_of(answer) == "oidc-niet-te-vertrouwen"
    assert (await browser.get(CURRENT)).status_code == 401
    assert (await _last_line(gateway)).endswith(why)


@pytest.mark.parametrize("off", [-45, 45])
async def test_clocks_may_differ_a_little(gateway: Gateway, forger: Forger, off: int) -> None:
    """A minute, both ways."""
    now = int(time())
    forger.claims |= {"iat": now + off, "exp": now + min(off, 0) + 5}
    _, answer = await _tried(gateway, forger)
    assert answer.headers["location"] == "/"


async def test_a_token_that_nobody_signed_is_refused(
    gateway: Gateway, forger: Forger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`alg: none`, and a signature by a stranger under the name of the real key."""
    forger.forged_by = STRANGER
    _, answer = await _tried(gateway, forger)
    assert reason_of(answer) == "oidc-niet-te-vertrouwen"
    forger.forged_by = None
    unsigned = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1LTEifQ."
    monkeypatch.setattr(forger, "id_token", lambda: unsigned)
    _, answer = await _tried(gateway, forger)
    assert reason_of(answer) == "oidc-niet-te-vertrouwen"
    assert "oidc-niet-te-vertrouwen: " in await _last_line(gateway)


async def test_a_new_key_of_the_provider_is_found(gateway: Gateway, forger: Forger) -> None:
    """At the first token that names it; made-up names do not make us ask for ever."""
    await _tried(gateway, forger)
    asked = forger.asked_for_keys
    forger.key = new_key("tweede")
    _, answer = await _tried(gateway, forger)
    assert answer.headers["location"] == "/"
    assert forger.asked_for_keys == asked + 1
    for number in range(8):
        forger.forged_by = new_key(f"verzonnen-{number}")
        await _tried(gateway, forger)
    assert forger.asked_for_keys <= asked + 6


async def test_a_provider_that_is_away_is_told_in_words(
    make_gateway: Callable[..., Any], forger: Forger
) -> None:
    """503 for a program, a page for a browser; and it works again when the provider does."""
    gateway: Gateway = await make_gateway(
        oidc_issuer=forger.issuer,
        oidc_client_id=CLIENT,
        oidc_roles_claim="groepen",
        oidc_rights={"ho": {HERE: ["auditor"]}},
    )
    forger.is_away = True
    browser = await gateway.client()
    told = await browser.get("/v1/aanmelden/oidc")
    assert (told.status_code, told.headers["retry-after"]) == (503, "60")
    assert "geeft geen antwoord" in told.json()["detail"]
    page = await browser.get("/v1/aanmelden/oidc?volgende=/zaken", headers={"Accept": "text/html"})
    assert page.headers["location"] == "/inloggen?reden=oidc-niet-bereikbaar&volgende=%2Fzaken"
    forger.is_away = False
    _, answer = await _tried(gateway, forger)
    assert answer.headers["location"] == "/"


async def test_without_a_provider_there_is_no_such_door(make_gateway: Callable[..., Any]) -> None:
    """And nothing can be said in its name."""
    gateway: Gateway = await make_gateway()
    browser = await gateway.client()
    assert (await browser.get("/v1/aanmeldwijzen")).json()["oidc"] is None
    assert (await browser.get("/v1/aanmelden/oidc")).status_code == 403
    answer = await _signed_out_there(gateway, "x.y.z")
    assert answer.status_code == 403


async def _signed_out_there(gateway: Gateway, token: str) -> httpx.Response:
    place = "/v1/aanmelden/oidc/afmelding"
    return await (await gateway.client()).post(place, data={"logout_token": token})


@pytest.mark.parametrize("by", ["sub", "sid"])
async def test_signing_out_at_the_provider_ends_sessions_here(
    gateway: Gateway, forger: Forger, by: str
) -> None:
    """All of the account, or only the one of that session there; the token works once."""
    forger.claims |= {"sub": f"u-{by}", "sid": "een"}
    first, _ = await _tried(gateway, forger)
    forger.claims |= {"sid": "twee"}
    second, _ = await _tried(gateway, forger)
    user_id = (await first.get(CURRENT)).json()["gebruiker"]["id"]
    whom = {"sub": "u-sub", "sid": None} if by == "sub" else {"sub": None, "sid": "een"}
    token = forger.logout_token(**whom)
    answer = await _signed_out_there(gateway, token)
    assert answer.status_code == 200, answer.text
    left = [(await browser.get(CURRENT)).status_code for browser in (first, second)]
    assert left == ([401, 401] if by == "sub" else [401, 200])
    lines = await gateway.rows(
        "select detail from audit_log where actor = :u and action = 'afmelden'", HERE, u=user_id
    )
    assert [line["detail"] for line in lines] == ["bij de aanmelddienst"] * left.count(401)
    assert (await _signed_out_there(gateway, token)).status_code == 400


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://ander.example.nl"},
        {"aud": "een-ander"},
        {"iat": NOW - 3600},
        {"iat": None},
        {"exp": NOW - 3600},
        {"events": None},
        {"events": {"http://schemas.openid.net/event/iets-anders": {}}},
        {"events": ["http://schemas.openid.net/event/backchannel-logout"]},
        {"nonce": "mag-niet"},
        {"sub": None, "sid": None},
        {"sub": 12},
        {"jti": None},
    ],
)
async def test_a_logout_token_that_is_not_right_ends_nothing(
    gateway: Gateway, forger: Forger, changes: dict[str, Any]
) -> None:
    """400, and the session goes on."""
    browser, _ = await _tried(gateway, forger)
    answer = await _signed_out_there(gateway, forger.logout_token(**changes))
    assert answer.status_code == 400, answer.text
    assert (await browser.get(CURRENT)).status_code == 200


async def test_an_id_token_signs_nobody_out(gateway: Gateway, forger: Forger) -> None:
    """Whoever got hold of one could end sessions with it; nor does a stranger's signature."""
    browser, _ = await _tried(gateway, forger)
    assert (await _signed_out_there(gateway, forger.id_token())).status_code == 400
    forger.forged_by = STRANGER
    assert (await _signed_out_there(gateway, forger.logout_token())).status_code == 400
    assert (await _signed_out_there(gateway, "geen token")).status_code == 400
    assert (await browser.get(CURRENT)).status_code == 200
