"""What pages take, refuse and send along; without a browser, and so without script."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest

from services.gateway.pages.visit import own_address
from services.gateway.sign_in.reasons import REASONS
from shared.contracts.codes import Role
from tests.gateway.conftest import PASSWORD, Gateway
from tests.gateway.fake_services import FakeServices

EMPTY = {"aantal": 0, "pagina": 1, "resultaten": []}
NASTY = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'
STYLE = {
    "naam": "Lindeveld",
    "kleurBalk": "#14323f",
    "kleurBalktekst": "#ffffff",
    "kleurActie": "#00617f",
    "kleurAccent": "#8c2357",
}


async def entered(
    gateway: Gateway, *roles: Role, name: str = "Sam Bakker", one_time: bool = False
) -> httpx.AsyncClient:
    """A browser of somebody who signed in on the page."""
    username = await gateway.user({"9001": roles})
    statement = "update users set name = :name where username = :username"
    await gateway.rows(statement, name=name, username=username)
    if one_time:
        later = "update users set one_time_until = now() + interval '1 day' where username = :user"
        await gateway.rows(later, user=username)
    browser = await gateway.client()
    answer = await browser.post("/inloggen", data=typed(username))
    assert answer.status_code == 303, answer.text
    return browser


def typed(username: str, password: str = PASSWORD, **more: str) -> dict[str, str]:
    """What is typed to sign in."""
    return {"gebruikersnaam": username, "wachtwoord": password, **more}


def hidden(page: httpx.Response, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found is not None, page.text
    return html.unescape(found[1])


def tell(services: FakeServices) -> None:
    """A gemeente where nothing happened yet."""
    counts = {"aantalPerStatus": {}, "aantalTermijnVoorbij": 0, "aantalBezwaar": 0}
    services.tell("cases", "GET", "/huisstijl", STYLE)
    services.tell("cases", "GET", "/taken", EMPTY | {"aantalPerSoort": {}})
    services.tell("cases", "GET", "/zaken", EMPTY | counts)
    services.tell("cases", "GET", "/batches", EMPTY)
    services.tell("documents", "GET", "/te-printen", EMPTY | {"oudsteOp": None})
    services.tell("communications", "GET", "/meldingen", EMPTY | {"ongelezen": 0})


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example.nl/",
        "//evil.example.nl",
        "/\\evil.example.nl",
        "\\/evil.example.nl",
        "javascript:alert(1)",
        "/ok\r\nSet-Cookie: x=1",
        "/\t/evil.example.nl",
        "http:evil.example.nl",
        "[",
        "",
    ],
)
def test_nobody_is_led_to_another_site(wanted: str) -> None:
    """Only an address of ours comes after signing in."""
    assert own_address(wanted) == "/"


def test_an_own_address_is_kept() -> None:
    """With its query."""
    assert own_address("/zaken?status=open&pagina=2") == "/zaken?status=open&pagina=2"


async def test_who_is_not_signed_in_comes_back_where_he_was(
    gateway: Gateway, services: FakeServices
) -> None:
    """By the page to sign in, which keeps the address and the user name, never the password."""
    tell(services)
    username = await gateway.user({"9001": [Role.BEHANDELAAR]})
    browser = await gateway.client()
    answer = await browser.get("/meldingen?pagina=3")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/inloggen?volgende=%2Fmeldingen%3Fpagina%3D3"
    page = await browser.get(answer.headers["location"])
    assert hidden(page, "volgende") == "/meldingen?pagina=3"
    wrong = await browser.post("/inloggen", data=typed(username, "verkeerd", volgende="/meldingen"))
    assert wrong.status_code == 401
    assert username in wrong.text
    assert "verkeerd" not in wrong.text
    right = await browser.post("/inloggen", data=typed(username, volgende="//evil.example.nl"))
    assert right.headers["location"] == "/"


async def test_a_session_that_ended_is_told(gateway: Gateway, services: FakeServices) -> None:
    """Somebody with a cookie hears why; a first visitor does not."""
    tell(services)
    browser = await entered(gateway, Role.BEHANDELAAR)
    await gateway.rows("delete from sessions")
    answer = await browser.get("/meldingen")
    assert "reden=verlopen" in answer.headers["location"]
    assert "Uw sessie is verlopen" in (await browser.get(answer.headers["location"])).text
    assert "U bent uitgelogd" not in (await (await gateway.client()).get("/inloggen")).text


async def test_every_page_is_strict(gateway: Gateway, services: FakeServices) -> None:
    """Nothing from elsewhere, nothing kept, and no page of ours in a frame of another."""
    tell(services)
    browser = await entered(gateway, Role.BEHANDELAAR)
    for address in ("/", "/inloggen", "/meldingen", "/wachtwoord", "/bestaat-niet"):
        answer = await browser.get(address)
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'self'; base-uri 'none'; form-action 'self'")
        assert "unsafe" not in policy
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert "access-control-allow-origin" not in answer.headers
        assert not re.search(r"\son\w+=|<style|style=|<script(?! src=)", answer.text)
        for link in re.findall(r'(?:href|src|action)="([^"]*)"', answer.text):
            assert re.match(r"[/#](?!/)", link), link


async def test_a_form_of_another_site_is_refused(gateway: Gateway, services: FakeServices) -> None:
    """Also the one to sign in, and one with somebody else's token."""
    tell(services)
    username = await gateway.user({"9001": [Role.BEHANDELAAR]})
    browser = await gateway.client()
    for header in ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example.nl"}):
        foreign = await browser.post("/inloggen", data=typed(username), headers=header)
        assert foreign.status_code == 403
        assert "set-cookie" not in foreign.headers
    browser = await entered(gateway, Role.BEHANDELAAR)
    other = await entered(gateway, Role.BEHANDELAAR)
    token = hidden(await other.get("/"), "csrf")
    for data in ({}, {"csrf": token}):
        refused = await browser.post(f"/meldingen/{uuid4()}/gelezen", data=data)
        assert refused.status_code == 403
        assert "Deze pagina is te oud" in refused.text
    assert not [seen for seen in services.seen if seen.method == "POST"]


async def test_a_form_carries_its_key_to_the_service(
    gateway: Gateway, services: FakeServices
) -> None:
    """A double click is one thing there, and the answer leads on to a page."""
    tell(services)
    browser = await entered(gateway, Role.BEHANDELAAR)
    page = await browser.get("/")
    data = {"csrf": hidden(page, "csrf"), "sleutel": hidden(page, "sleutel"), "pagina": "2"}
    notice = uuid4()
    for _ in range(2):
        answer = await browser.post(f"/meldingen/{notice}/gelezen", data=data)
        assert (answer.status_code, answer.headers["location"]) == (303, "/meldingen?pagina=2")
    sent = [seen for seen in services.seen if seen.method == "POST"]
    assert {seen.headers["idempotency-key"] for seen in sent} == {data["sleutel"]}


async def test_without_the_right_there_is_no_page_and_no_link(
    gateway: Gateway, services: FakeServices
) -> None:
    """Nor is a service asked."""
    tell(services)
    browser = await entered(gateway, Role.AUDITOR)
    services.seen.clear()
    answer = await browser.get("/meldingen")
    assert answer.status_code == 403
    assert "U mag deze pagina niet bekijken" in answer.text
    assert 'href="/meldingen"' not in answer.text
    assert {seen.path for seen in services.seen} == {"/huisstijl"}
    caseworker = await entered(gateway, Role.BEHANDELAAR)
    assert 'href="/meldingen"' in (await caseworker.get("/")).text


async def test_a_name_is_only_ever_text(gateway: Gateway, services: FakeServices) -> None:
    """Of a colleague, a gemeente, a file, a resident and a notice."""
    tell(services)
    services.tell("cases", "GET", "/huisstijl", STYLE | {"naam": NASTY})
    notice = {
        "id": str(uuid4()),
        "titel": NASTY,
        "tekst": NASTY,
        "batchId": str(uuid4()),
        "geplaatstOp": "2026-11-13T09:41:00Z",
        "gelezenOp": None,
    }
    told = {"aantal": 1, "ongelezen": 1, "pagina": 1, "resultaten": [notice]}
    services.tell("communications", "GET", "/meldingen", told)
    counts = {"aantalPerStatus": {"aangemaakt": 1}, "aantalTermijnVoorbij": 1, "aantal": 1}
    case = {"naam": NASTY, "reactieDatum": "2026-11-12"}
    services.tell("cases", "GET", "/zaken", {"resultaten": [case], "pagina": 1} | counts)
    browser = await entered(gateway, Role.BEHANDELAAR, name=f"{NASTY} x")
    for address in ("/", "/meldingen", "/inloggen?volgende=/%22%3E%3Cscript%3E&reden=%3Cscript%3E"):
        text = (await browser.get(address)).text
        assert "<script>alert" not in text
        assert "<img" not in text


async def test_a_password_for_once_opens_one_page(gateway: Gateway, services: FakeServices) -> None:
    """Until an own one was chosen; then the dashboard says so, once."""
    tell(services)
    browser = await entered(gateway, Role.BEHANDELAAR, one_time=True)
    assert (await browser.get("/")).headers["location"] == "/wachtwoord"
    page = await browser.get("/wachtwoord")
    assert "Kies uw eigen wachtwoord" in page.text
    own = "Een-heel-ander-wachtwoord"
    data = {"csrf": hidden(page, "csrf"), "huidig": PASSWORD, "nieuw": own}
    other = await browser.post("/wachtwoord", data=data | {"herhaald": "anders"})
    assert other.status_code == 400
    assert "Dit is niet hetzelfde wachtwoord" in other.text
    done = await browser.post("/wachtwoord", data=data | {"herhaald": own})
    assert done.headers["location"] == "/"
    assert "Uw nieuwe wachtwoord is bewaard" in (await browser.get("/")).text
    assert "Uw nieuwe wachtwoord is bewaard" not in (await browser.get("/")).text


async def test_signing_out_ends_the_session(gateway: Gateway, services: FakeServices) -> None:
    """And the cookie goes."""
    tell(services)
    browser = await entered(gateway, Role.BEHANDELAAR)
    token = hidden(await browser.get("/"), "csrf")
    answer = await browser.post("/uitloggen", data={"csrf": token})
    assert answer.headers["location"] == "/inloggen?reden=uitgelogd"
    assert (await browser.get("/")).status_code == 303
    assert not browser.cookies


async def test_who_works_for_more_gemeenten_chooses_one(
    gateway: Gateway, services: FakeServices
) -> None:
    """In the menu of the user."""
    tell(services)
    username = await gateway.user({code: [Role.BEHANDELAAR] for code in ("9001", "9002")})
    browser = await gateway.client()
    await browser.post("/inloggen", data=typed(username))
    token = hidden(await browser.get("/"), "csrf")
    await browser.post("/gemeente", data={"csrf": token, "gemeente": "9002"})
    await browser.get("/")
    assert services.seen[-1].identity.gemeente == "9002"
    other = await browser.post("/gemeente", data={"csrf": token, "gemeente": "9999"})
    assert other.status_code == 403


async def test_the_dashboard_looks_at_nobody_whom_it_does_not_show(
    gateway: Gateway, services: FakeServices
) -> None:
    """What it counts, it asks as counts: else a case stands in the logboek as seen."""
    tell(services)
    browser = await entered(gateway, Role.BEHANDELAAR)
    services.seen.clear()
    await browser.get("/")
    asked = {f"{seen.path}?{seen.query}" for seen in services.seen}
    assert {one for one in asked if one.startswith(("/zaken", "/te-printen", "/taken"))} == {
        "/taken?mijn=true&perPagina=0",
        "/taken?perPagina=0",
        "/te-printen?perPagina=0",
        "/zaken?perPagina=0",
        "/zaken?mijn=true&termijnVoorbij=true&perPagina=2",
    }


async def test_a_form_that_is_too_large_is_refused(
    gateway: Gateway, services: FakeServices
) -> None:
    """Before it was read."""
    tell(services)
    browser = await gateway.client()
    answer = await browser.post("/inloggen", data=typed("x" * 100_000))
    assert answer.status_code == 413
    assert "Dit is te groot" in answer.text


async def test_pages_do_not_stand_before_the_api(gateway: Gateway) -> None:
    """An address of the API that is not there is a problem, not a page."""
    browser = await gateway.client()
    for address in ("/v1", "/v1/bestaat-niet", "/health/anders"):
        answer = await browser.get(address)
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"
    wrong = await browser.delete("/v1/zaken")
    assert wrong.status_code == 405


async def test_an_address_that_cannot_be_is_a_page_that_is_not_there(
    gateway: Gateway, services: FakeServices
) -> None:
    """Also a page number that is none."""
    tell(services)
    browser = await entered(gateway, Role.BEHANDELAAR)
    for address in ("/meldingen?pagina=x", "/meldingen?pagina=0", "/nergens"):
        answer = await browser.get(address)
        assert answer.status_code == 404
        assert re.search(r'<span class="code">[0-9a-f]{32}</span>', answer.text)


async def test_assets_are_kept_for_ever_and_come_compressed(gateway: Gateway) -> None:
    """By a name that changes with their content."""
    browser = await gateway.client()
    page = (await browser.get("/inloggen")).text
    total = 0
    for name in re.findall(r'"(/assets/[^"#]+\.(?:css|js))"', page):
        answer = await browser.get(name, headers={"accept-encoding": "gzip, br"})
        assert answer.headers["content-encoding"] == "br"
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        total += int(answer.headers["content-length"])
        again = {"accept-encoding": "gzip, br", "if-none-match": answer.headers["etag"]}
        assert (await browser.get(name, headers=again)).status_code == 304
        plain = await browser.get(name, headers={"accept-encoding": "identity"})
        assert "content-encoding" not in plain.headers
    assert 5_000 < total < 100_000
    assert (await browser.get("/assets/../settings.py")).status_code == 404
    assert (await browser.get("/assets/manifest.json")).status_code == 404


async def test_the_colours_of_a_gemeente_are_a_style_sheet(
    gateway: Gateway, services: FakeServices
) -> None:
    """Sent again only when they changed."""
    tell(services)
    browser = await entered(gateway, Role.AUDITOR)
    first = await browser.get("/huisstijl.css")
    assert "--gemeente-action:#00617f;" in first.text
    mark = {"if-none-match": first.headers["etag"]}
    assert (await browser.get("/huisstijl.css", headers=mark)).status_code == 304
    services.tell("cases", "GET", "/huisstijl", STYLE | {"kleurActie": "#7a1f3d"})
    assert (await browser.get("/huisstijl.css", headers=mark)).status_code == 200


async def test_a_service_that_hangs_does_not_hold_the_frame(
    gateway: Gateway, services: FakeServices
) -> None:
    """The page comes without its name and colours."""
    tell(services)
    browser = await entered(gateway, Role.AUDITOR)
    services.hang.add("/huisstijl")
    answer = await browser.get("/")
    assert answer.status_code == 200
    assert "Gemeente 9001" in answer.text


async def test_who_has_an_account_of_the_organisation_begins_with_a_link(
    gateway: Gateway, make_gateway: Callable[..., Any]
) -> None:
    """Where there is one; why it did not go on is told on the page."""
    plain = (await (await gateway.client()).get("/inloggen")).text
    assert "/v1/aanmelden/oidc" not in plain
    issuer = "https://aanmelden.example.nl"
    rights = {"behandelaars": {"9001": ["behandelaar"]}}
    told = {"oidc_issuer": issuer, "oidc_client_id": "heronderzoek", "oidc_rights": rights}
    browser = await (await make_gateway(**told, local_users=False)).client()
    page = (await browser.get("/inloggen?volgende=/meldingen%3Fpagina%3D2")).text
    assert 'href="/v1/aanmelden/oidc?volgende=/meldingen%3Fpagina%3D2"' in page
    assert "Inloggen met uw werkaccount" in page
    assert 'name="wachtwoord"' not in page
    for code, reason in REASONS.items():
        assert html.escape(reason.detail) in (await browser.get(f"/inloggen?reden={code}")).text
