"""The OpenAPI document of a service: what is true, in the words of its users.

FastAPI makes the document from the code, whose names and docstrings are English. What users of the
API read is Dutch and stands in one file per service, `api.toml` beside its `api.py`: a summary per
operation, a sentence per schema and per field. Docstrings are never published. Here the two come
together, and the document gets what every operation has: its errors, its version header, its token.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from shared.chassis.problems import MEDIA_TYPE, TITLES

Json = dict[str, Any]

PREFIX = "/v1"
IDEMPOTENCY_KEY = "Idempotency-Key"
OWN_WORDS = Path(__file__).with_name("api.toml")
METHODS = frozenset({"get", "post", "put", "patch", "delete"})
#: Any operation can answer these; 409 joins them where something is changed.
ALWAYS = ("400", "401", "403", "404", "503")
CONFLICT = "409"
FIRST_ERROR = "400"
VERSION_HEADER: Json = {"$ref": "#/components/headers/API-Version"}
TITLES_OF_MORE = {"409": "Dit kan nu niet"}
#: What FastAPI says of every answer that nobody described.
UNSAID = "Successful Response"


@dataclass(frozen=True, slots=True)
class Words:
    """What users read.

    A field's text is found by `Schema.field` or `operation.field`, else by its name alone: the
    same word means the same everywhere.
    """

    about: str
    tags: Mapping[str, str]
    operations: Mapping[str, str]
    explanations: Mapping[str, str]
    schemas: Mapping[str, str]
    fields: Mapping[str, str]

    @classmethod
    def load(cls, *files: Path) -> Words:
        """The words of these files together; the last one wins."""
        tables: dict[str, dict[str, str]] = {}
        about = ""
        for file in files:
            given = tomllib.loads(file.read_text(encoding="utf-8"))
            about = given.pop("about", about)
            for name, table in given.items():
                tables.setdefault(name, {}).update(table)
        return cls(
            about,
            tables.get("tags", {}),
            tables.get("operations", {}),
            tables.get("explanations", {}),
            tables.get("schemas", {}),
            tables.get("fields", {}),
        )

    def of_field(self, owner: str, name: str) -> str | None:
        """What a field of a schema, or a parameter of an operation, is."""
        return self.fields.get(f"{owner}.{name}") or self.fields.get(name)


def operation_id(route: APIRoute) -> str:
    """An operation is named after its function, which is unique in a service."""
    return route.name


def install(app: FastAPI, words: Path | None) -> None:
    """Make an app publish the finished document; `words` is its service's `api.toml`."""
    made = app.openapi

    def openapi() -> Json:
        if app.openapi_schema is None:
            found = Words.load(OWN_WORDS, *([words] if words else []))
            app.openapi_schema = finished(made(), found)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def finished(document: Json, words: Words) -> Json:
    """The document as it is published, made in place."""
    document["info"]["description"] = words.about
    document["tags"] = [{"name": name, "description": text} for name, text in words.tags.items()]
    document["paths"] = {
        path.removeprefix(PREFIX): item for path, item in document.get("paths", {}).items()
    }
    for operation in operations(document):
        _finish_operation(operation, words)
    components = document.setdefault("components", {})
    schemas = {
        name: schema
        for name, schema in components.get("schemas", {}).items()
        if name not in {"HTTPValidationError", "ValidationError"}
    }
    components["schemas"] = {
        name: _finished_schema(name, schema, words) for name, schema in schemas.items()
    }
    components["responses"] = _errors(document)
    components["headers"] = {"API-Version": _version(document["info"]["version"])}
    components["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    }
    return document


def operations(document: Json) -> Iterator[Json]:
    """Every operation of a document."""
    for item in document["paths"].values():
        yield from (operation for method, operation in item.items() if method in METHODS)


def _finish_operation(operation: Json, words: Words) -> None:
    name = operation["operationId"]
    operation["summary"] = words.operations.get(name, "")
    operation.pop("description", None)
    if name in words.explanations:
        operation["description"] = words.explanations[name]
    operation["security"] = [{"token": []}]
    for parameter in operation.get("parameters", []):
        parameter["schema"] = _given(_plain(parameter["schema"]))
        if text := words.of_field(name, parameter["name"]):
            parameter["description"] = text
    for content in operation.get("requestBody", {}).get("content", {}).values():
        content["schema"] = _plain(content["schema"])
        _describe_fields(name, content["schema"], words)
    operation["responses"] = _answers(operation)


def _given(schema: Json) -> Json:
    """A parameter is given or left out; it is never null."""
    kinds = schema.get("type")
    if isinstance(kinds, list):
        return {**schema, "type": next(kind for kind in kinds if kind != "null")}
    parts = [part for part in schema.get("anyOf", []) if part != {"type": "null"}]
    return parts[0] if len(parts) == 1 else schema


def _answers(operation: Json) -> Json:
    """The answers of an operation: its own, with the version header, and its errors."""
    given: Json = operation["responses"]
    for status in ("400", "422"):  # FastAPI's; every operation gets ours
        given.pop(status, None)
    changes = any(each["name"] == IDEMPOTENCY_KEY for each in operation.get("parameters", []))
    found: Json = {}
    for status in sorted({*given, *ALWAYS, *([CONFLICT] if changes else [])}):
        own = given.get(status, {})
        if status >= FIRST_ERROR:
            shared = {"$ref": f"#/components/responses/{status}"}
            found[status] = error(own["description"]) if own else shared
            continue
        if own["description"] == UNSAID:
            own["description"] = "Gelukt"
        for content in own.get("content", {}).values():
            content["schema"] = _plain(content.get("schema", {}))
        found[status] = {**own, "headers": {"API-Version": VERSION_HEADER}}
    return found


def error(description: str) -> Json:
    """How an answer is described that is a problem (RFC 9457)."""
    return {
        "description": description,
        "headers": {"API-Version": VERSION_HEADER},
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


def _errors(document: Json) -> Json:
    """What operations answer besides, each once."""
    titles = {str(status): title for status, title in TITLES.items()} | TITLES_OF_MORE
    used = {
        status
        for operation in operations(document)
        for status, answer in operation["responses"].items()
        if "$ref" in answer
    }
    return {status: error(titles[status]) for status in sorted(used)}


def _version(version: str) -> Json:
    return {
        "description": "De volledige versie van de API",
        "schema": {"type": "string", "examples": [version]},
    }


def _finished_schema(name: str, schema: Json, words: Words) -> Json:
    made = _plain(schema)
    made.pop("description", None)
    if name in words.schemas:
        made = {"description": words.schemas[name], **made}
    _describe_fields(name, made, words)
    return made


def _describe_fields(owner: str, schema: Json, words: Words) -> None:
    for field, part in schema.get("properties", {}).items():
        if text := words.of_field(owner, field):
            part["description"] = text


def _plain(schema: Json) -> Json:
    """A schema without the titles that pydantic makes up, and with `null` as one of its types.

    "A date or nothing" is then still a date to whoever looks at its format.
    """
    made = {name: value for name, value in schema.items() if name != "title"}
    if "properties" in made:
        made["properties"] = {key: _plain(part) for key, part in made["properties"].items()}
    if made.get("prefixItems") and all(
        part == made["prefixItems"][0] for part in made["prefixItems"]
    ):
        made["items"] = made.pop("prefixItems")[0]  # two numbers are a list of numbers
    for name in ("items", "additionalProperties"):
        if isinstance(made.get(name), dict):
            made[name] = _plain(made[name])
    parts = [_plain(part) for part in made.pop("anyOf", [])]
    full = [part for part in parts if part != {"type": "null"}]
    if len(full) == 1 and len(parts) > 1 and isinstance(full[0].get("type"), str):
        return {**full[0], **made, "type": [full[0]["type"], "null"]}
    return {**made, "anyOf": parts} if parts else made
