"""The page /docs: every operation with its fields, from the API description.

It holds no script and asks nothing of any other address.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from services.gateway.routes import ROUTES

METHODS = ("get", "post", "put", "patch", "delete")
POLICY = "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'"
STYLE = Path(__file__).with_name("reference.css")
FIRST_ERROR = "400"
#: Kinds of value in words; what is not here is told by its own name.
KINDS = {
    "string": "tekst",
    "integer": "geheel getal",
    "boolean": "true of false",
    "object": "onderdelen",
    "null": "leeg",
}
FORMATS = {
    "date": "datum (jjjj-mm-dd)",
    "date-time": "tijdstip",
    "uuid": "kenmerk (UUID)",
    "binary": "bestand",
}
#: Roles that are written otherwise than on the wire.
NAMES = {"coordinator": "coördinator"}
INTRODUCTION = (
    "Stuur en lees JSON. Elk adres begint met het adres van deze pagina zonder <code>/docs</code>.",
    "Meld u aan met <code>POST /v1/sessies</code>. U krijgt een token.",
    "Stuur dat bij elk verzoek mee: <code>Authorization: Bearer &lt;token&gt;</code>.",
    'Voor programma\'s is er <a href="/v1/openapi.json">openapi.json</a>.',
)

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """One line of a list of fields."""

    name: str
    kind: str
    is_required: bool
    meaning: str


def make_router(document: Json) -> APIRouter:
    """The page and its style sheet; both are made once."""
    page = "".join(_page(document))
    style = STYLE.read_text(encoding="utf-8")
    router = APIRouter(include_in_schema=False)

    @router.get("/docs")
    async def docs() -> HTMLResponse:
        return HTMLResponse(page, headers={"Content-Security-Policy": POLICY})

    @router.get("/docs/stijl.css")
    async def stylesheet() -> Response:
        return Response(style, media_type="text/css")

    return router


def _page(document: Json) -> Iterator[str]:
    title = escape(document["info"]["title"])
    topics = list(_topics(document))
    yield '<!doctype html><html lang="nl"><head><meta charset="utf-8">'
    yield f"<title>API van {title}</title>"
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield '<link rel="stylesheet" href="/docs/stijl.css"></head><body>'
    yield '<a class="skip" href="#inhoud">Naar de inhoud</a>'
    yield f'<header class="bar"><strong>{title}</strong>'
    yield f"<span>API, versie {escape(document['info']['version'])}</span></header>"
    yield '<div class="frame">'
    yield from _contents(topics)
    yield '<main id="inhoud" tabindex="-1">'
    yield f"<h1>API van {title}</h1>"
    yield f'<p class="lead">{escape(document["info"]["description"])}</p>'
    yield from (f"<p>{line}</p>" for line in INTRODUCTION)
    yield from _errors(document)
    for name, meaning, operations in topics:
        yield f'<section class="topic" id="{_anchor(name)}"><h2>{escape(name)}</h2>'
        yield f'<p class="soft">{escape(meaning)}.</p>'
        for method, path, operation in operations:
            yield from _operation(document, method, path, operation)
        yield "</section>"
    yield "</main></div></body></html>"


def _topics(document: Json) -> Iterator[tuple[str, str, list[tuple[str, str, Json]]]]:
    """The topics in the document's order, each with its operations."""
    start = document["servers"][0]["url"]
    for tag in document["tags"]:
        found = [
            (method.upper(), start + path, item[method])
            for path, item in document["paths"].items()
            for method in METHODS
            if method in item and tag["name"] in item[method]["tags"]
        ]
        yield tag["name"], tag["description"], found


def _anchor(name: str) -> str:
    """Where a topic is on the page; operations are there by their own names."""
    return f"onderwerp-{name.lower()}"


def _contents(topics: list[tuple[str, str, list[tuple[str, str, Json]]]]) -> Iterator[str]:
    yield '<nav class="contents" aria-label="Onderwerpen"><ul>'
    yield '<li><a href="#fouten">Fouten</a></li>'
    for name, _, operations in topics:
        yield f'<li><a href="#{_anchor(name)}">{escape(name)}'
        yield f'<span class="count" aria-hidden="true">{len(operations)}</span></a></li>'
    yield "</ul></nav>"


def _errors(document: Json) -> Iterator[str]:
    """What every operation can answer besides, said once."""
    yield '<section class="topic" id="fouten"><h2>Fouten</h2>'
    yield "<p>Een fout heeft altijd dezelfde vorm (<code>application/problem+json</code>)."
    yield " Het antwoord zegt wat er mis is en wat u kunt doen. Kloppen er velden niet, dan"
    yield " staan ze er allemaal in.</p>"
    answers = document["components"]["responses"].items()
    lines = [Field(status, "", True, answer["description"]) for status, answer in answers]
    yield "<h3>Een verzoek kan dit geven</h3>"
    yield from _list(lines, "fields fields--short")
    yield "<h3>Zo ziet een fout eruit</h3>"
    yield from _list(_rows(document, _reference("Problem")))
    yield "</section>"


def _operation(document: Json, method: str, path: str, operation: Json) -> Iterator[str]:
    name = escape(operation["operationId"])
    yield f'<article class="operation" id="{name}"><h3>{escape(operation["summary"])}</h3>'
    yield f'<p class="address"><span class="method">{method}</span>'
    yield f"<code>{_breakable(path)}</code></p>"
    if explanation := operation.get("description"):
        yield f"<p>{escape(explanation)}</p>"
    if roles := operation.get("x-rollen"):
        yield f'<p class="soft">Voor: {escape(_listed(roles))}.</p>'
    parameters = [
        Field(each["name"], _kind(document, each["schema"]), each["required"], each["description"])
        for each in operation.get("parameters", [])
    ]
    yield from _fields("In het adres of de koppen", parameters)
    for media, content in operation.get("requestBody", {}).get("content", {}).items():
        yield from _fields(f"U stuurt ({media})", _rows(document, content["schema"]))
    for status, answer in operation["responses"].items():
        if status < FIRST_ERROR:
            yield from _answer(document, status, answer)
        elif "$ref" not in answer:
            yield f'<p class="answer">Status {status}: {escape(answer["description"])}.</p>'
    yield "</article>"


def _listed(roles: list[str]) -> str:
    """The roles in words; all of them are everybody."""
    everyone = max((route.roles for route in ROUTES.values()), key=len)
    if len(roles) == len(everyone):
        return "iedereen die is aangemeld"
    *first, last = (NAMES.get(role, role) for role in roles)
    return f"{', '.join(first)} en {last}" if first else last


def _answer(document: Json, status: str, answer: Json) -> Iterator[str]:
    content = answer.get("content", {})
    if not content:
        yield f'<p class="answer">Antwoord {status}, zonder inhoud.</p>'
    for media, part in content.items():
        fields = _rows(document, part["schema"])
        if fields:
            yield from _fields(f"Antwoord {status} ({media})", fields)
        else:
            yield f'<p class="answer">Antwoord {status}: een bestand'
            yield f" (<code>{escape(media)}</code>).</p>"


def _fields(caption: str, fields: list[Field]) -> Iterator[str]:
    if fields:
        yield f"<h4>{escape(caption)}</h4>"
        yield from _list(fields)


def _list(fields: list[Field], look: str = "fields") -> Iterator[str]:
    yield f'<dl class="{look}">'
    for field in fields:
        yield f"<div><dt><code>{_breakable(field.name)}</code>"
        if field.kind:
            yield f' <span class="kind">{escape(field.kind)}'
            yield f"{'' if field.is_required else ', mag&nbsp;weg'}</span>"
        yield f"</dt><dd>{escape(field.meaning)}</dd></div>"
    yield "</dl>"


def _breakable(name: str) -> str:
    """A long address or name may go on on the next line, after a dot or slash."""
    return escape(name).replace(".", ".<wbr>").replace("/", "/<wbr>")


def _reference(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _resolved(document: Json, schema: Json) -> Json:
    """A schema itself, whatever it was referred to by; the parts of an allOf are one."""
    if "$ref" in schema:
        found: Json = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
        return found
    if "allOf" in schema:
        whole: Json = {"type": "object", "properties": {}, "required": []}
        for part in schema["allOf"]:
            made = _resolved(document, part)
            whole["properties"] |= made["properties"]
            whole["required"] += made.get("required", [])
        return whole
    return schema


def _rows(document: Json, schema: Json, prefix: str = "") -> list[Field]:
    """The fields of a schema, those within fields and lists included."""
    rows: list[Field] = []
    whole = _resolved(document, schema)
    required = whole.get("required", [])
    for name, part in whole.get("properties", {}).items():
        kind, meaning = _kind(document, part), part.get("description", "")
        rows.append(Field(prefix + name, kind, name in required, meaning))
        for inner in (part, part.get("items", {}), *part.get("anyOf", [])):
            rows += _rows(document, inner, f"{prefix}{name}.") if inner else []
    return rows


def _kind(document: Json, schema: Json) -> str:
    """What a value looks like, in words."""
    whole = _resolved(document, schema)
    if "anyOf" in whole:
        return " of ".join(_kind(document, part) for part in whole["anyOf"])
    if "enum" in whole:
        return " | ".join(map(str, whole["enum"]))
    if "const" in whole:
        return str(whole["const"]).lower()
    kinds = whole.get("type", "object")
    first, *more = kinds if isinstance(kinds, list) else [kinds]
    if first == "array":
        items = _kind(document, whole["items"])
        return "lijst" if items == KINDS["object"] else f"lijst van {items}"
    word = FORMATS.get(whole.get("format", ""), KINDS[first])
    return " of ".join([word, *(KINDS[kind] for kind in more)])
