"""The HTTP side: problems in words, idempotent commands, the rules of the NL API."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID, uuid4

import httpx
import pytest
import sqlalchemy as sa
from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict

from deploy.local.stack import Stack
from shared.chassis.errors import Conflict, NotFound
from shared.chassis.identity import Identity, Signer
from shared.chassis.run import Built, make_web
from shared.chassis.web import Run, Who
from shared.chassis.work import Work
from shared.contracts.codes import Role
from tests.support import ledger, parts

router = APIRouter(tags=["rekeningen"])


class NewAccount(BaseModel):
    """What a caller sends."""

    model_config = ConfigDict(extra="forbid")

    nummer: str
    bedrag: int


async def open_account(command: NewAccount, work: Work) -> dict[str, Any]:
    """Open an account, slowly enough to meet its double."""
    account = ledger.Account(uuid4(), work.gemeente, command.nummer, None, command.bedrag)
    work.add(ledger.accounts, account)
    await work.query(sa.select(sa.func.pg_sleep(0.05)))
    return {"id": str(account.id)}


@router.post("/rekeningen", status_code=201)
async def post_account(command: NewAccount, run: Run) -> dict[str, Any]:
    """Open an account."""
    answer: dict[str, Any] = await run(open_account, command)
    return answer


@router.get("/rekeningen/{account_id}")
async def get_account(account_id: UUID, who: Who) -> dict[str, Any]:
    """There is none."""
    who.require(Role.BEHANDELAAR)
    raise NotFound(f"Er is geen rekening {str(account_id)[:8]}.")


@router.get("/rekeningen")
async def list_accounts(who: Who, pagina: Annotated[int, Query(ge=1)] = 1) -> dict[str, int]:
    """A list; page 13 is taken, page 14 breaks."""
    if pagina == 13:
        raise Conflict("Iemand was u voor.", aantal=3)
    if pagina == 14:
        raise RuntimeError(f"a bug near {who.name}")
    return {"pagina": pagina}


@router.post("/rekeningen/bestand")
async def read_file(request: Request) -> dict[str, int]:
    """Read a body in pieces, as an upload is."""
    return {"bytes": sum([len(piece) async for piece in request.stream()])}


@pytest.fixture
async def client(
    stack: Stack, book: parts.Bench, gemeente: str
) -> AsyncIterator[httpx.AsyncClient]:
    """A caseworker's client of an api of the ledger."""
    signer = Signer(stack.environment("gateway")["IDENTITY_KEY"], "gateway")
    who = Identity("u-1", "Anna", "anna@example.nl", frozenset({Role.BEHANDELAAR}), gemeente)
    app = make_web(book.parts, Built(book.service, [router], title="Grootboek"))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    headers = {"Authorization": f"Bearer {signer.sign(who, 'ledger')}"}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://ledger", headers=headers
    ) as made:
        yield made


def problem(answer: httpx.Response) -> dict[str, Any]:
    """The problem that an answer holds."""
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert {"type", "title", "status", "detail"} <= set(body)
    assert body["status"] == answer.status_code
    return body


async def count(book: parts.Bench, gemeente: str) -> int:
    """How many accounts a gemeente has."""
    return len(await book.rows(sa.select(ledger.accounts), gemeente))


async def test_wrong_input_is_400_with_every_field(client: httpx.AsyncClient) -> None:
    """All wrong fields together, in words, never 422."""
    answer = await client.post("/v1/rekeningen", json={"bedrag": "veel", "kleur": "rood"})
    body = problem(answer)
    assert answer.status_code == 400
    found = {item["name"]: item["reason"] for item in body["invalidParams"]}
    assert found["nummer"] == "Dit veld is verplicht."
    assert found["bedrag"] == "Vul een geheel getal in."
    assert set(found) == {"nummer", "bedrag", "kleur"}


async def test_a_text_that_cannot_be_kept_is_refused(client: httpx.AsyncClient) -> None:
    """NUL is valid in JSON and in no text of PostgreSQL."""
    answer = await client.post("/v1/rekeningen", json={"nummer": "Z\x001", "bedrag": 1})
    assert answer.status_code == 400
    assert "onzichtbaar teken" in answer.json()["detail"]


async def test_a_refusal_says_what_and_carries_the_new_figures(client: httpx.AsyncClient) -> None:
    """A rule's no keeps its status, its words and its figures."""
    body = problem(await client.get("/v1/rekeningen?pagina=13"))
    assert (body["status"], body["detail"], body["aantal"]) == (409, "Iemand was u voor.", 3)


async def test_a_fault_of_ours_tells_no_detail(client: httpx.AsyncClient) -> None:
    """A bug is a 500 in words; nothing technical, no name."""
    answer = await client.get("/v1/rekeningen?pagina=14")
    assert problem(answer)["status"] == 500
    assert "bug" not in answer.text
    assert "Anna" not in answer.text


async def test_who_leaves_halfway_is_no_fault_of_ours(client: httpx.AsyncClient) -> None:
    """A body that breaks off is not counted among the faults."""
    app = client._transport.app  # type: ignore[attr-defined]  # noqa: SLF001 - bytes that httpx cannot cut
    said: list[dict[str, Any]] = []
    came: list[dict[str, Any]] = [
        {"type": "http.request", "body": b"half of a", "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> dict[str, Any]:
        return came.pop(0)

    async def send(message: dict[str, Any]) -> None:
        said.append(message)

    scope = {"type": "http", "method": "POST", "path": "/v1/rekeningen/bestand"}
    await app({**scope, "query_string": b"", "headers": []}, receive, send)
    assert [one.get("status") for one in said if one["type"] == "http.response.start"] == [400]


@pytest.mark.parametrize("path", ["/v1/rekeningen/", "/v1/nergens", "/openapi.json"])
async def test_unknown_addresses_and_trailing_slashes_are_404(
    client: httpx.AsyncClient, path: str
) -> None:
    """No redirect."""
    answer = await client.get(path)
    assert problem(answer)["status"] == 404


async def test_every_answer_carries_version_and_security_headers(client: httpx.AsyncClient) -> None:
    """Also an error."""
    for path in ("/v1/rekeningen", "/v1/nergens"):
        answer = await client.get(path)
        assert answer.headers["api-version"] == "1.0.0"
        assert answer.headers["x-content-type-options"] == "nosniff"


async def test_the_openapi_document_is_public_and_says_400(client: httpx.AsyncClient) -> None:
    """Anyone may read it, from any page; it has no 422."""
    answer = await client.get(
        "/v1/openapi.json", headers={"Authorization": "", "Origin": "https://elders.example.nl"}
    )
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    responses = answer.json()["paths"]["/rekeningen"]["post"]["responses"]
    assert "400" in responses
    assert "422" not in responses


@pytest.mark.parametrize("token", ["", "Bearer x", "Basic abc"])
async def test_who_is_not_signed_in_gets_401(client: httpx.AsyncClient, token: str) -> None:
    """Without a valid token nothing is told."""
    answer = await client.get("/v1/rekeningen", headers={"Authorization": token})
    assert problem(answer)["status"] == 401


async def test_a_double_submit_does_it_once(
    client: httpx.AsyncClient, book: parts.Bench, gemeente: str
) -> None:
    """The same key at the same moment and later: one account, one answer."""
    key = {"Idempotency-Key": str(uuid4())}
    body = {"nummer": "R-1", "bedrag": 1}
    answers = await asyncio.gather(
        *(client.post("/v1/rekeningen", json=body, headers=key) for _ in range(4))
    )
    answers.append(await client.post("/v1/rekeningen", json=body, headers=key))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert await count(book, gemeente) == 1


async def test_a_key_used_for_another_request_is_refused(client: httpx.AsyncClient) -> None:
    """One key is one request."""
    key = {"Idempotency-Key": str(uuid4())}
    await client.post("/v1/rekeningen", json={"nummer": "R-1", "bedrag": 1}, headers=key)
    answer = await client.post("/v1/rekeningen", json={"nummer": "R-2", "bedrag": 1}, headers=key)
    assert problem(answer)["status"] == 409


async def test_ops_can_see_that_it_is_ready_and_what_it_counts(client: httpx.AsyncClient) -> None:
    """Live, ready and metrics need no token."""
    plain = {"Authorization": ""}
    assert (await client.get("/health/live", headers=plain)).status_code == 200
    ready = await client.get("/health/ready", headers=plain)
    assert ready.json() == {"status": "ok", "checks": {"database": True}}
    await client.get("/v1/rekeningen")
    text = (await client.get("/metrics", headers=plain)).text
    assert 'http_requests_total{method="GET",route="/rekeningen",service="ledger"' in text
