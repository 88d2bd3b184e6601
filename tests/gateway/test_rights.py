"""Who may do what: the table of routes, tried for every route and every role."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from fastapi.routing import iter_route_contexts

from services.gateway.domain import USER_ROLES
from services.gateway.routes import ROUTES, Route
from shared.contracts.codes import Role
from tests.gateway.conftest import Gateway
from tests.gateway.fake_services import FakeServices

ID = str(uuid4())
BODIES: dict[str, Any] = {
    "gemeenteKiezen": {"gemeente": "0000"},
    "batchAanbieden": {"aantalEmails": 1, "aantalBrieven": 1},
    "akkoordGeven": {"aantalEmails": 1, "aantalBrieven": 1},
}
#: The gateway looks at these itself: there is no such user, or nothing was asked.
OF_USERS = {
    "wachtwoordWijzigen",
    "gebruikersLezen",
    "gebruikerLezen",
    "gebruikerToevoegen",
    "gebruikerWijzigen",
    "gebruikerDeactiveren",
    "gebruikerActiveren",
    "gebruikerAfmelden",
    "wachtwoordHerstellen",
}
#: About an inzage of the gateway's own: a made-up id, or a request without a reason, is told so.
OF_INZAGEN = {"inzageAanvragen", "inzageLezen", "inzageDownloaden"}
#: They end the session.
LAST = {"afmelden", "overalAfmelden"}
#: Open to everybody: the way in, and what says how to use it.
OPEN = {
    ("POST", "/v1/sessies"),
    ("GET", "/v1/aanmeldwijzen"),
    ("GET", "/v1/aanmelden/oidc"),
    ("GET", "/v1/aanmelden/oidc/antwoord"),
    ("POST", "/v1/aanmelden/oidc/afmelding"),
    ("GET", "/v1/openapi.json"),
    ("GET", "/docs"),
    ("GET", "/docs/stijl.css"),
    ("GET", "/health/live"),
    ("GET", "/health/ready"),
    ("GET", "/metrics"),
}


def _address(route: Route) -> str:
    return "/v1" + re.sub(r"\{[^}]+\}", ID, route.path)


def _answers(services: FakeServices) -> None:
    """What the composed addresses need to get past the gateway."""
    services.tell("cases", "GET", f"/batches/{ID}/plan", {"aantalEmails": 1, "aantalBrieven": 1})
    services.tell("cases", "GET", f"/batches/{ID}", {"status": "verzenden"})
    fields: dict[str, Any] = {"sjabloonVersieId": None, "doel": "uitnodiging", "velden": {}}
    neighbours = {"vorigeZaakId": None, "volgendeZaakId": None, "krijgtBrief": False}
    case = {"zaakId": ID, "zaaknummer": "HO-2026-000001", "aan": None, "aanNaam": "A. Tester"}
    services.tell("cases", "GET", f"/zaken/{ID}", case)
    services.tell("cases", "POST", "/samenvoegwaarden", {**fields, **neighbours, **case})
    mail = {"van": "a@example.nl", "vanNaam": "A", "onderwerp": "B", "tekst": "C", "html": "D"}
    services.tell("mailer", "POST", "/voorbeelden", mail)
    services.tell("documents", "POST", "/voorbeelden", {})
    for service in ("documents", "mailer"):
        services.tell(service, "GET", "/sjablonen/actief", {"id": ID, "naam": "A", "versie": 1})
        services.tell(service, "GET", "/documenten", {"aantal": 0, "resultaten": []})
        services.tell(service, "GET", "/emails", {"aantal": 0, "resultaten": []})


@pytest.mark.parametrize("role", sorted(USER_ROLES))
async def test_each_role_gets_what_the_table_says_and_nothing_else(
    gateway: Gateway, services: FakeServices, role: Role
) -> None:
    """403 for what the role may not, an answer for what it may."""
    _answers(services)
    client = await gateway.signed_in(role)
    for route in sorted(ROUTES.values(), key=lambda route: route.name in LAST):
        if route.name in LAST:
            client = await gateway.signed_in(role)
        answer = await client.request(
            route.method,
            _address(route),
            json=BODIES.get(route.name, {}) if route.is_change else None,
        )
        if route.name == "gemeenteKiezen":
            expected = {403}  # everybody may choose, but not a gemeente of somebody else
        elif route.name in OF_USERS | OF_INZAGEN:
            expected = {200, 400, 404} if role in route.roles else {403}
        else:
            expected = {200, 202, 204} if role in route.roles else {403}
        assert answer.status_code in expected, (route.name, role, answer.text)


async def test_what_a_role_may_not_never_reaches_a_service(
    gateway: Gateway, services: FakeServices
) -> None:
    """A raadpleger opens no documents."""
    client = await gateway.signed_in(Role.RAADPLEGER)
    assert (await client.get(f"/v1/documenten/{ID}/inhoud")).status_code == 403
    assert services.seen == []


async def test_without_a_session_nothing_is_open(gateway: Gateway, services: FakeServices) -> None:
    """401 as a problem, for every route of the table."""
    client = await gateway.client()
    for headers in (
        {},
        {"Authorization": "Bearer verzonnen"},
        {"Cookie": "heronderzoek=verzonnen"},
    ):
        for route in ROUTES.values():
            body = BODIES.get(route.name, {}) if route.is_change else None
            answer = await client.request(route.method, _address(route), json=body, headers=headers)
            assert answer.status_code == 401, route.name
            assert answer.headers["content-type"] == "application/problem+json"
    assert services.seen == []


def _served(gateway: Gateway) -> Iterator[tuple[str, str]]:
    for context in iter_route_contexts(gateway.app.routes):
        for method in context.methods or ():
            yield method, str(context.path)


async def test_every_address_has_a_line_in_the_table(gateway: Gateway) -> None:
    """A route without a line is only there when it is open on purpose, and every line is served."""
    served = {pair for pair in _served(gateway) if pair[0] != "HEAD"}
    guarded = {(method, f"/v1{path}") for method, path in ROUTES}
    assert served == guarded | OPEN


def test_no_line_is_for_a_service_or_for_nobody() -> None:
    """People have roles; `systeem` is for services among themselves."""
    for route in ROUTES.values():
        assert route.roles
        assert route.roles <= USER_ROLES
