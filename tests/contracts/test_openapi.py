"""The API descriptions are what the code says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from deploy.docs.openapi import ROOT, files
from services.gateway import description, reference
from services.gateway.routes import ROUTES

Json = dict[str, Any]


@pytest.fixture(scope="module")
def document() -> Json:
    """The gateway's description, as it is committed."""
    return description.load()


def test_the_committed_descriptions_are_up_to_date() -> None:
    """Run python -m deploy.docs.openapi after a change of addresses or fields."""
    stale = [
        str(path.relative_to(ROOT))
        for path, text in files().items()
        if not path.is_file() or path.read_text() != text
    ]
    assert stale == []


def test_every_address_of_the_table_is_described(document: Json) -> None:
    """With its name, its roles and an answer."""
    for route in ROUTES.values():
        operation = document["paths"][f"/v1{route.path}"][route.method.lower()]
        assert operation["operationId"] == route.name
        assert operation["x-rollen"] == sorted(route.roles)
        assert any(status.startswith("2") for status in operation["responses"]), route.name


def test_nothing_is_described_that_is_not_there(document: Json) -> None:
    """Only the way in has no line in the table."""
    described = {
        (method.upper(), path) for path, item in document["paths"].items() for method in item
    }
    table = {(method, f"/v1{path}") for method, path in ROUTES}
    assert described == table | {("POST", "/v1/sessies")}


def _references(part: Any) -> set[str]:
    if isinstance(part, dict):
        own = {part["$ref"]} if isinstance(part.get("$ref"), str) else set()
        return own.union(*(_references(value) for value in part.values()))
    return set().union(*(_references(value) for value in part)) if isinstance(part, list) else set()


def test_every_reference_leads_somewhere(document: Json) -> None:
    """Schemas of six services stand beside each other without one taking another's name."""
    known = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert _references(document) <= known
    names = [
        operation["operationId"]
        for item in document["paths"].values()
        for operation in item.values()
        if "operationId" in operation
    ]
    assert len(names) == len(set(names))


def test_no_field_is_a_bsn(document: Json) -> None:
    """No address takes one; what is shown is masked and says so."""
    for item in document["paths"].values():
        for operation in item.values():
            names = {parameter["name"].lower() for parameter in operation.get("parameters", [])}
            assert "bsn" not in names


async def test_the_page_shows_every_operation_without_script(document: Json) -> None:
    """It works with scripts off and asks nothing of another host."""
    app = FastAPI(docs_url=None)
    app.include_router(reference.make_router(document))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://x.example.nl") as client:
        page = await client.get("/docs")
        style = await client.get("/docs/stijl.css")
    assert style.headers["content-type"].startswith("text/css")
    assert "<script" not in page.text
    assert "//" not in page.text.replace("<!doctype html>", "")
    for method, path in ROUTES:
        assert f"<code>{method} /v1{path}</code>" in page.text


def test_the_files_are_json_with_a_title() -> None:
    """One per service, for clients that make code from them."""
    found = sorted(Path(ROOT / "docs/openapi").glob("*.json"))
    assert len(found) == 6
    for path in found:
        assert json.loads(path.read_text())["info"]["title"]
