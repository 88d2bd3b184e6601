"""What is handed on to a service and back, and what stays here."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest

from deploy.local import ports
from services.gateway import upstream
from services.gateway.routes import UPLOAD_BYTES
from shared.chassis import run
from shared.contracts.codes import Role
from tests.gateway.conftest import Gateway, sign_in
from tests.gateway.fake_services import FakeServices
from tests.support.parts import new_gemeente


async def test_a_service_gets_a_signed_identity_of_one_minute(
    gateway: Gateway, services: FakeServices
) -> None:
    """Who, with which roles, in which gemeente; for that service alone."""
    gemeente = new_gemeente()
    client = await gateway.signed_in(Role.BEHANDELAAR, Role.COORDINATOR, gemeente=gemeente)
    assert (await client.get("/v1/batches")).status_code == 200
    (seen,) = services.seen
    assert (seen.service, seen.path) == ("cases", "/batches")
    assert seen.identity.gemeente == gemeente
    assert seen.identity.roles == {Role.BEHANDELAAR, Role.COORDINATOR}
    assert seen.identity.id in gateway.names.values()


async def test_the_identity_follows_the_chosen_gemeente(
    gateway: Gateway, services: FakeServices
) -> None:
    """With the roles of that gemeente."""
    first, second = sorted((new_gemeente(), new_gemeente()))
    name = await gateway.user({first: [Role.BEHANDELAAR], second: [Role.COORDINATOR]})
    client = await gateway.client()
    session = (await sign_in(client, name)).json()
    csrf = {"X-CSRF-Token": session["csrf"]}
    await client.get("/v1/batches")
    await client.put("/v1/sessies/huidige", json={"gemeente": second}, headers=csrf)
    await client.get("/v1/batches")
    seen = [(each.identity.gemeente, set(each.identity.roles)) for each in services.seen]
    assert seen == [(first, {Role.BEHANDELAAR}), (second, {Role.COORDINATOR})]


async def test_cookies_tokens_and_hop_by_hop_headers_stay_here(
    gateway: Gateway, services: FakeServices
) -> None:
    """Only what is on the list goes on; and no cookie comes back."""
    name = await gateway.user({new_gemeente(): [Role.BEHANDELAAR]})
    client = await gateway.client()
    token = (await sign_in(client, name)).json()["token"]
    given = {
        "Connection": "X-Eigen",
        "X-Eigen": "1",
        "TE": "trailers",
        "X-Forwarded-For": "1.2.3.4",
    }
    for _ in range(2):  # what the first answer sets must not go with the second request
        answer = await client.get("/v1/batches", headers={**given, "Accept": "application/json"})
    seen = services.seen[1]
    assert token not in str(seen.headers)
    assert not {"cookie", "x-eigen", "te", "x-csrf-token", "x-forwarded-for"} & seen.headers.keys()
    assert seen.headers["accept"] == "application/json"
    assert "set-cookie" not in answer.headers


async def test_key_trace_query_and_body_arrive_as_they_were(
    gateway: Gateway, services: FakeServices
) -> None:
    """A double submit reaches the service with the same key, so it can give the same answer."""
    batch, key, trace = str(uuid4()), str(uuid4()), f"00-{'ab' * 16}-{'cd' * 8}-01"
    client = await gateway.signed_in(Role.BEHANDELAAR)
    body = b'{"verzendDatum":"2026-12-01","reactietermijnDagen":28}'
    headers = {"Idempotency-Key": key, "traceparent": trace, "Content-Type": "application/json"}
    for _ in range(2):
        await client.put(f"/v1/batches/{batch}/plan?x=1&y=a%20b", content=body, headers=headers)
    for seen in services.seen:
        assert (seen.method, seen.path, seen.query) == (
            "PUT",
            f"/batches/{batch}/plan",
            "x=1&y=a%20b",
        )
        assert seen.headers["idempotency-key"] == key
        assert seen.headers["traceparent"].split("-")[1] == "ab" * 16
        assert seen.sha256 == hashlib.sha256(body).hexdigest()
    assert len(services.seen) == 2


async def test_a_request_without_a_trace_starts_one(
    gateway: Gateway, services: FakeServices
) -> None:
    """So that what follows from it can be found together."""
    client = await gateway.signed_in(Role.BEHANDELAAR)
    await client.get("/v1/batches")
    assert len(services.seen[0].headers["traceparent"].split("-")[1]) == 32


async def test_a_problem_of_a_service_comes_through_as_it_is(
    gateway: Gateway, services: FakeServices
) -> None:
    """Another gemeente's batch is 404 at the service, and so here."""
    batch = str(uuid4())
    problem = {
        "type": "urn:heronderzoek:fout:niet-gevonden",
        "title": "Niet gevonden",
        "status": 404,
    }
    services.tell("cases", "GET", f"/batches/{batch}", problem, 404)
    client = await gateway.signed_in(Role.BEHANDELAAR)
    answer = await client.get(f"/v1/batches/{batch}")
    assert (answer.status_code, answer.json()) == (404, problem)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["api-version"]


async def test_the_template_addresses_lead_to_two_services(
    gateway: Gateway, services: FakeServices
) -> None:
    """Both services call them sjablonen; here they have names of their own."""
    client = await gateway.signed_in(Role.BEHEERDER)
    await client.get("/v1/briefsjablonen/actief?doel=uitnodiging")
    await client.get("/v1/emailsjablonen")
    seen = [(each.service, each.path, each.query) for each in services.seen]
    assert seen == [
        ("documents", "/sjablonen/actief", "doel=uitnodiging"),
        ("mailer", "/sjablonen", ""),
    ]


async def test_a_service_that_is_down_is_named_in_words(make_gateway: Callable[..., Any]) -> None:
    """503 with the part's name, and no host name or port."""
    nobody = f"http://127.0.0.1:{ports.free_base()}"
    urls = {f"{name}_url": nobody for name in ("intake", "cases", "documents", "mailer")}
    gateway: Gateway = await make_gateway(**urls)
    client = await gateway.signed_in(Role.BEHANDELAAR)
    for path, part in (("/v1/batches", "Zaken"), ("/v1/uploads", "Bestanden")):
        answer = await client.get(path)
        assert answer.status_code == 503
        assert answer.headers["content-type"] == "application/problem+json"
        assert f"Het onderdeel {part} is even niet bereikbaar" in answer.json()["detail"]
        assert "127.0.0.1" not in answer.text
        assert "http:" not in answer.text


async def _breaking(seen: list[str]) -> tuple[asyncio.Server, str]:
    """A service that closes its first connection without an answer; and its address."""

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        seen.append(head.split(b" ", 1)[0].decode())
        if len(seen) > 1:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(meet, "127.0.0.1", 0)
    return server, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@pytest.mark.parametrize(("method", "status", "times"), [("GET", 200, 2), ("POST", 503, 1)])
async def test_a_broken_connection_is_tried_once_more_for_reading_only(
    make_gateway: Callable[..., Any], method: str, status: int, times: int
) -> None:
    """A service that restarts must not show; what may have been done is never done twice."""
    seen: list[str] = []
    server, address = await _breaking(seen)
    async with server:
        gateway: Gateway = await make_gateway(cases_url=address)
        client = await gateway.signed_in(Role.BEHANDELAAR)
        path = "/v1/batches" if method == "GET" else f"/v1/batches/{uuid4()}/pauze"
        answer = await client.request(method, path)
        assert answer.status_code == status, answer.text
        assert seen == [method] * times


def test_services_keep_idle_connections_longer_than_the_gateway() -> None:
    """Who closes first must be the one who asks."""
    assert upstream.LIMITS.keepalive_expiry is not None
    assert upstream.LIMITS.keepalive_expiry < run.KEEP_ALIVE_SECONDS


async def test_an_answer_that_takes_too_long_is_given_up(
    make_gateway: Callable[..., Any], services: FakeServices
) -> None:
    """A service that hangs is as good as one that is away."""
    gateway: Gateway = await make_gateway(**services.urls(), read_timeout=0.2)
    services.hang.add("/batches")
    client = await gateway.signed_in(Role.BEHANDELAAR)
    assert (await client.get("/v1/batches")).status_code == 503


async def test_an_id_that_is_none_is_refused_here(gateway: Gateway, services: FakeServices) -> None:
    """400, with the field; nothing strange gets into a service's address."""
    client = await gateway.signed_in(Role.BEHANDELAAR)
    for wrong in ("1", "..", "%2e%2e%2fopen-zaken", "999990019"):
        answer = await client.get(f"/v1/zaken/{wrong}/berichten")
        assert answer.status_code in {400, 404}
    assert (await client.get("/v1/zaken/999990019")).json()["invalidParams"][0]["name"] == "id"
    assert services.seen == []


async def test_unknown_addresses_are_problems(gateway: Gateway) -> None:
    """404 for unknown and for a trailing slash, 405 for a wrong method; each with API-Version."""
    client = await gateway.signed_in(Role.BEHANDELAAR)
    for method, path, status in (
        ("GET", "/v1/batches/", 404),
        ("GET", "/v1/bestaat-niet", 404),
        ("POST", "/v1/open-zaken", 404),
        ("DELETE", "/v1/batches", 405),
    ):
        answer = await client.request(method, path)
        assert answer.status_code == status, path
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["api-version"]
        assert "content-security-policy" in answer.headers


async def _pieces(size: int) -> AsyncIterator[bytes]:
    piece = bytes(256 * 1024)
    for _ in range(size // len(piece)):
        yield piece


async def test_an_upload_of_fifty_megabytes_arrives_whole(
    gateway: Gateway, services: FakeServices
) -> None:
    """In pieces, without its length known before."""
    client = await gateway.signed_in(Role.BEHANDELAAR)
    size = 50 * 1024 * 1024
    answer = await client.post("/v1/uploads", content=_pieces(size))
    assert answer.status_code == 200
    (seen,) = services.seen
    assert seen.size == size
    assert seen.sha256 == hashlib.sha256(bytes(size)).hexdigest()


async def test_what_is_too_large_is_refused(gateway: Gateway, services: FakeServices) -> None:
    """413 by its length, by what really comes, and smaller where only fields are expected."""
    client = await gateway.signed_in(Role.BEHANDELAAR)
    batch = f"/v1/batches/{uuid4()}"
    too_large = UPLOAD_BYTES + 256 * 1024
    file = "Het bestand is groter dan 50 MB. Verdeel de rijen over meer bestanden."
    fields = "Stuur niet meer dan 64 kB tegelijk."
    tries: list[tuple[str, str, Any, str]] = [
        ("POST", "/v1/uploads", bytes(too_large), file),
        ("POST", "/v1/uploads", _pieces(too_large), file),
        ("PUT", f"{batch}/plan", bytes(100_000), fields),
        ("POST", f"{batch}/akkoord", b'{"aantalEmails": ' + b" " * 100_000 + b"1}", fields),
        ("POST", "/v1/sessies", b'{"wachtwoord": "' + b"x" * 100_000 + b'"}', fields),
    ]
    for method, path, content, detail in tries:
        headers = {"Content-Type": "application/json"}
        answer = await client.request(method, path, content=content, headers=headers)
        assert (answer.status_code, answer.json()["detail"]) == (413, detail), path
        assert answer.headers["content-type"] == "application/problem+json"
    assert services.seen == []


async def test_invalid_input_is_told_per_field(gateway: Gateway) -> None:
    """400, never 422, all fields at once."""
    answer = await (await gateway.client()).post("/v1/sessies", json={"gebruikersnaam": "", "x": 1})
    assert answer.status_code == 400
    names = {wrong["name"] for wrong in answer.json()["invalidParams"]}
    assert names == {"gebruikersnaam", "wachtwoord", "x"}


async def test_other_sites_may_read_the_description_only(gateway: Gateway) -> None:
    """CORS allows reading without credentials; a change from another site is stopped before it."""
    client = await gateway.client()
    origin = {"Origin": "https://elders.example.nl"}
    answer = await client.get("/v1/openapi.json", headers=origin)
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers
    ask = {**origin, "Access-Control-Request-Method": "POST"}
    assert "POST" not in _allowed(await client.options("/v1/sessies", headers=ask))


def _allowed(answer: httpx.Response) -> str:
    return str(answer.headers.get("access-control-allow-methods", ""))
