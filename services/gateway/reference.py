"""The page /docs: every operation with its fields, from the API description.

It holds no script and asks nothing of any other address.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from html import escape
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

METHODS = ("get", "post", "put", "patch", "delete")
POLICY = "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'"
STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8882; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h2 { margin-top: 2.5rem; border-bottom: 1px solid var(--line); }
h3 { margin: 2rem 0 0.25rem; font-size: 1rem; }
code { font-family: ui-monospace, monospace; }
h3 code { background: var(--soft); padding: 0.15rem 0.4rem; border-radius: 0.25rem; }
table { border-collapse: collapse; width: 100%; margin: 0.5rem 0; font-size: 0.9rem; }
th, td { text-align: left; vertical-align: top; padding: 0.25rem 0.5rem;
  border-bottom: 1px solid var(--line); }
caption { text-align: left; font-weight: 600; padding: 0.25rem 0; }
"""

Json = dict[str, Any]


def make_router(document: Json) -> APIRouter:
    """The page and its style sheet; the page is made once."""
    page = "".join(_page(document))
    router = APIRouter(include_in_schema=False)

    @router.get("/docs")
    async def docs() -> HTMLResponse:
        return HTMLResponse(page, headers={"Content-Security-Policy": POLICY})

    @router.get("/docs/stijl.css")
    async def style() -> Response:
        return Response(STYLE, media_type="text/css")

    return router


def _page(document: Json) -> Iterator[str]:
    title = escape(document["info"]["title"])
    yield '<!doctype html><html lang="nl"><head><meta charset="utf-8">'
    yield f"<title>API van {title}</title>"
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield '<link rel="stylesheet" href="/docs/stijl.css"></head><body>'
    yield f"<h1>API van {title}</h1><p>Versie {escape(document['info']['version'])}."
    yield ' Voor programma\'s: <a href="/v1/openapi.json">openapi.json</a>.'
    yield " Meld u aan met <code>POST /v1/sessies</code> en stuur daarna"
    yield " <code>Authorization: Bearer &lt;token&gt;</code> mee.</p>"
    for tag, operations in _by_tag(document).items():
        yield f"<section><h2>{escape(tag)}</h2>"
        for method, path, operation in operations:
            yield from _operation(document, method, path, operation)
        yield "</section>"
    yield "</body></html>"


def _by_tag(document: Json) -> dict[str, list[tuple[str, str, Json]]]:
    found: dict[str, list[tuple[str, str, Json]]] = defaultdict(list)
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                tag = (item[method].get("tags") or ["Overig"])[0]
                found[tag].append((method, path, item[method]))
    return dict(sorted(found.items()))


def _operation(document: Json, method: str, path: str, operation: Json) -> Iterator[str]:
    yield f"<h3><code>{method.upper()} {escape(path)}</code></h3>"
    yield f"<p>{escape(operation.get('description') or operation.get('summary', ''))}</p>"
    parameters = [
        (p["name"], _type(p.get("schema", {})), p.get("required", False), p.get("description", ""))
        for p in operation.get("parameters", [])
    ]
    yield from _table("In het adres of de koppen", parameters)
    body = operation.get("requestBody", {}).get("content", {})
    for media, content in body.items():
        yield from _table(f"Versturen ({media})", _fields(document, content.get("schema", {})))
    for status, answer in operation.get("responses", {}).items():
        if status.startswith("2"):
            yield from _answer(document, status, answer)


def _answer(document: Json, status: str, answer: Json) -> Iterator[str]:
    content = answer.get("content", {})
    if not content:
        yield f"<p>Antwoord {status}: geen inhoud.</p>"
    for media, part in content.items():
        fields = _fields(document, part.get("schema", {}))
        if not fields:
            yield f"<p>Antwoord {status}: <code>{escape(media)}</code>.</p>"
        yield from _table(f"Antwoord {status} ({media})", fields)


def _table(caption: str, rows: list[tuple[str, str, bool, str]]) -> Iterator[str]:
    if rows:
        yield f"<table><caption>{escape(caption)}</caption>"
        yield "<tr><th>Veld</th><th>Soort</th><th>Verplicht</th><th>Uitleg</th></tr>"
        for name, kind, required, meaning in rows:
            yield f"<tr><td><code>{escape(name)}</code></td><td>{escape(kind)}</td>"
            yield f"<td>{'ja' if required else 'nee'}</td><td>{escape(meaning)}</td></tr>"
        yield "</table>"


def _fields(
    document: Json, schema: Json, prefix: str = "", seen: frozenset[str] = frozenset()
) -> list[tuple[str, str, bool, str]]:
    """The fields of a schema as rows, those within fields and lists included."""
    reference = schema.get("$ref") or schema.get("items", {}).get("$ref")
    if reference:
        if reference in seen:
            return []
        seen |= {reference}
        schema = document["components"]["schemas"][reference.rsplit("/", 1)[-1]]
    rows: list[tuple[str, str, bool, str]] = []
    required = schema.get("required", [])
    for name, part in schema.get("properties", {}).items():
        rows.append((prefix + name, _type(part), name in required, part.get("description", "")))
        for inner in [part, *part.get("anyOf", [])]:
            rows += _fields(document, inner, f"{prefix}{name}.", seen)
    return rows


def _type(schema: Json) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if "anyOf" in schema:
        return " of ".join(_type(part) for part in schema["anyOf"]).replace("null", "leeg")
    if schema.get("type") == "array":
        return f"lijst van {_type(schema.get('items', {}))}"
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    kind = str(schema.get("type", "waarde"))
    return f"{kind} ({schema['format']})" if "format" in schema else kind
