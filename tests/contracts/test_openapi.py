"""The API descriptions are what the code says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from deploy.docs.openapi import ROOT, files
from services.gateway import description, reference
from services.gateway.routes import ROUTES
from shared.chassis.openapi import Words, operations

Json = dict[str, Any]

FOLDER = ROOT / "docs" / "openapi"
DOCUMENTED = ("intake", "cases", "documents", "mailer", "communications", "gateway")
#: Words that a Dutch sentence does not have.
ENGLISH = re.compile(r"\b(the|and|with|which|who|what|page|case|cases|letters?)\b", re.IGNORECASE)
#: For everybody, signed in or not.
OPEN = {("POST", "/sessies"), ("GET", "/aanmeldwijzen")}


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
        operation = document["paths"][route.path][route.method.lower()]
        assert operation["operationId"] == route.name
        assert operation["x-rollen"] == sorted(route.roles)
        assert any(status.startswith("2") for status in operation["responses"]), route.name


def test_nothing_is_described_that_is_not_there(document: Json) -> None:
    """Only the way in has no line in the table."""
    described = {
        (method.upper(), path) for path, item in document["paths"].items() for method in item
    }
    assert described == set(ROUTES) | OPEN


def _references(part: Any) -> set[str]:
    if isinstance(part, dict):
        own = {part["$ref"]} if isinstance(part.get("$ref"), str) else set()
        return own.union(*(_references(value) for value in part.values()))
    return set().union(*(_references(value) for value in part)) if isinstance(part, list) else set()


def test_every_reference_leads_somewhere(document: Json) -> None:
    """Schemas of six services stand beside each other without one taking another's name."""
    known = {
        f"#/components/{kind}/{name}"
        for kind, found in document["components"].items()
        for name in found
    }
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
    shown = page.text.replace("<wbr>", "")
    for method, path in ROUTES:
        assert f'<span class="method">{method}</span><code>/v1{path}</code>' in shown


def _fields(document: Json) -> Iterator[tuple[str, str, Json]]:
    """Every field that users see: its schema or operation, its name, and what is said of it."""
    for operation in operations(document):
        name = operation["operationId"]
        for parameter in operation.get("parameters", []):
            yield name, parameter["name"], parameter
        for content in operation.get("requestBody", {}).get("content", {}).values():
            for field, part in content["schema"].get("properties", {}).items():
                yield name, field, part
    for name, schema in document["components"]["schemas"].items():
        for field, part in schema.get("properties", {}).items():
            yield name, field, part


@pytest.mark.parametrize("service", DOCUMENTED)
def test_everything_that_users_see_has_words(service: str) -> None:
    """A new address, schema or field is described in the service's api.toml."""
    document = json.loads((FOLDER / f"{service}.json").read_text())
    schemas = document["components"]["schemas"].items()
    silent = [name for name, schema in schemas if not schema.get("description")]
    silent += [each["operationId"] for each in operations(document) if not each["summary"]]
    silent += [f"{owner}.{name}" for owner, name, part in _fields(document) if not _said(part)]
    assert silent == []
    assert document["info"]["description"]
    tags = {tag for operation in operations(document) for tag in operation["tags"]}
    assert tags <= {tag["name"] for tag in document["tags"]}


def test_every_topic_has_addresses(document: Json) -> None:
    """The reader of the whole API finds each address under one topic, and no empty topic."""
    used = [tag for operation in operations(document) for tag in operation["tags"]]
    assert set(used) == {tag["name"] for tag in document["tags"]}
    assert len(used) == len(ROUTES) + len(OPEN)


def _said(part: Json) -> str:
    text: str = part.get("description", "")
    return text


@pytest.mark.parametrize("service", [each for each in DOCUMENTED if each != "gateway"])
def test_no_words_are_left_of_what_is_gone(service: str) -> None:
    """A line of api.toml that describes nothing would never be found again."""
    document = json.loads((FOLDER / f"{service}.json").read_text())
    words = Words.load(ROOT / "services" / service / "api.toml")
    names = {each["operationId"] for each in operations(document)}
    fields = {(owner, name) for owner, name, _ in _fields(document)}
    known = {f"{owner}.{name}" for owner, name in fields} | {name for _, name in fields}
    assert set(words.operations) <= names
    assert set(words.explanations) <= names
    assert set(words.schemas) <= set(document["components"]["schemas"])
    assert set(words.fields) <= known


def test_no_docstring_is_published(document: Json) -> None:
    """Docstrings are English and for who reads the code."""
    for operation in operations(document):
        assert not ENGLISH.search(operation["summary"] + operation.get("description", ""))
    for owner, name, part in _fields(document):
        assert not ENGLISH.search(_said(part)), f"{owner}.{name}"


def test_the_files_are_json_with_a_title() -> None:
    """One per service, for clients that make code from them."""
    found = sorted(Path(ROOT / "docs/openapi").glob("*.json"))
    assert len(found) == 6
    for path in found:
        assert json.loads(path.read_text())["info"]["title"]
