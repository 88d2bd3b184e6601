"""Writes the API descriptions: docs/openapi/<service>.json and the gateway's own merged one.

`python -m deploy.docs.openapi`. Each service's app is built with made-up settings and never
started. The gateway's document describes what its table of routes forwards, with the schemas of
the service behind it, so that at run time it needs no service's code.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

from deploy.local.environment import GEMEENTEN, SERVICES
from deploy.local.stack import Stack
from services.gateway.description import FILE
from services.gateway.routes import FORWARDED, OWN, Part, Route
from shared.chassis.openapi import error
from shared.chassis.run import make_web, parts_of

Json = dict[str, Any]

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "openapi"
#: The same for all services, so they stay one schema.
SHARED_SCHEMAS = frozenset({"Problem", "InvalidParam"})
SCHEMA = "#/components/schemas/"
PREFIX = {
    Part.INTAKE: "Bestanden",
    Part.CASES: "Zaken",
    Part.DOCUMENTS: "Brieven",
    Part.MAILER: "Email",
    Part.COMMUNICATIONS: "Communicatie",
}
#: What an address is about, by its first part: the tags of services/gateway/api.toml.
TOPICS = {
    "aanmeldwijzen": "Aanmelden",
    "sessies": "Aanmelden",
    "uploads": "Bestanden",
    "leeg-bestand": "Bestanden",
    "kolommen": "Bestanden",
    "kolomaliassen": "Bestanden",
    "kopieen": "Bestanden",
    "startvoorwaarden": "Batches",
    "batches": "Batches",
    "zaken": "Zaken",
    "toewijzingen": "Zaken",
    "bulkacties": "Zaken",
    "zakenlijst": "Zaken",
    "zoekopdrachten": "Zaken",
    "verdelingen": "Zaken",
    "taken": "Taken",
    "teams": "Teams",
    "afwezigheden": "Teams",
    "documenten": "Documenten",
    "afdrukbestanden": "Afdrukbestanden",
    "afdrukopties": "Afdrukbestanden",
    "te-printen": "Afdrukbestanden",
    "retourpost": "Retourpost",
    "emails": "E-mails",
    "meldingen": "Meldingen",
    "briefsjablonen": "Sjablonen",
    "emailsjablonen": "Sjablonen",
    "samenvoegvelden": "Sjablonen",
    "instellingen": "Instellingen",
    "huisstijl": "Instellingen",
    "inzagen": "Inzagen",
    "gebruikers": "Gebruikers",
    "bewaartermijnen": "Bewaren",
    "vernietigbare-zaken": "Bewaren",
    "vernietigingen": "Bewaren",
    "verzendlimiet": "Instellingen",
    "proeven": "Batches",
    "retourmail": "E-mails",
    "herinneringen": "Instellingen",
    "logboek": "Logboek",
}
#: What the gateway puts together without looking into it: fields with another service's schema.
COMPOSED = {
    ("Voorstel", "plan"): (Part.CASES, "PlanAnswer"),
    ("Voortgang", "bestand"): (Part.INTAKE, "BatchVoortgang"),
    ("Voortgang", "zaken"): (Part.CASES, "BatchAnswer"),
    ("Voortgang", "brieven"): (Part.DOCUMENTS, "Voortgang"),
    ("Communicatie", "brieven"): (Part.DOCUMENTS, "DocumentAntwoord"),
    ("Communicatie", "emails"): (Part.MAILER, "EmailAntwoord"),
}
CSRF = {
    "name": "X-CSRF-Token",
    "in": "header",
    "required": False,
    "description": "Verplicht bij een wijziging met een cookie: de waarde csrf van de sessie",
    "schema": {"type": "string"},
}
LINKS: Json = {
    "type": "object",
    "required": ["links"],
    "properties": {
        "links": {
            "type": "object",
            "description": "Adressen van dit bericht en van de inhoud",
            "additionalProperties": {"type": "string"},
        }
    },
}
SECURITY: list[dict[str, list[str]]] = [{"token": []}, {"cookie": []}]
SCHEMES = {
    "token": {"type": "http", "scheme": "bearer"},
    "cookie": {"type": "apiKey", "in": "cookie", "name": "__Host-heronderzoek"},
}


def files() -> dict[Path, str]:
    """Every generated file with what it should hold; raises LookupError for a missing operation."""
    own = {service: document_of(service) for service in (*SERVICES, "gateway")}
    made = {FOLDER / f"{service}.json": _text(document) for service, document in own.items()}
    made[FILE] = _text(merged(own))
    return made


def document_of(service: str) -> Json:
    """The OpenAPI document of one service, as its own code describes it."""
    package = import_module(f"services.{service}.__main__")
    with tempfile.TemporaryDirectory() as folder:
        stack = Stack(Path(folder), port_base=8080)
        environment = stack.environment(service) | {
            "DATABASE_URL": stack.database_url(service),
            "GEMEENTEN_FILE": str(GEMEENTEN),
        }
    settings = package.Settings(**{name.lower(): value for name, value in environment.items()})
    parts = parts_of(service, settings)
    document: Json = make_web(parts, package.build(parts)).openapi()
    return document


def merged(documents: dict[str, Json]) -> Json:
    """The gateway's document: its own operations and those that it forwards."""
    result = documents["gateway"]
    schemas = result["components"]["schemas"]
    for route in OWN:
        _guarded(result["paths"][route.path][route.method.lower()], route)
    for path, method in (("/sessies", "post"), ("/aanmeldwijzen", "get")):
        result["paths"][path][method]["security"] = []
    for route in FORWARDED:
        operation = _operation(documents[route.part], route)
        result["paths"].setdefault(route.path, {})[route.method.lower()] = operation
        _bring(schemas, documents, route.part, operation)
        result["components"]["responses"] |= documents[route.part]["components"]["responses"]
        _guarded(operation, route)
    _compose(schemas, documents)
    _approve_as_cases_does(result, documents)
    result["components"]["securitySchemes"] = SCHEMES
    result["components"]["responses"]["413"] = error("Stuur minder tegelijk")
    result["components"]["responses"] = dict(sorted(result["components"]["responses"].items()))
    result["paths"] = dict(sorted(result["paths"].items()))
    for path, item in result["paths"].items():
        for operation in item.values():
            operation["tags"] = [TOPICS[path.split("/")[1]]]
    result["components"]["schemas"] = dict(sorted(schemas.items()))
    return result


def _bring(schemas: Json, documents: dict[str, Json], part: Part, user: Json) -> None:
    """Add the schemas of a service that an operation or field refers to; renames in place."""
    for name in _needed(documents[part], user, PREFIX[part]):
        found = documents[part]["components"]["schemas"][name]
        schemas[_renamed(name, PREFIX[part])] = _with_names(found, PREFIX[part])


def _compose(schemas: Json, documents: dict[str, Json]) -> None:
    """Say what is in the fields that the gateway hands on."""
    for (owner, field), (part, name) in COMPOSED.items():
        given = schemas[owner]["properties"][field]
        made: Json = {"$ref": SCHEMA + name}
        if given["type"] == "array":
            made = {"type": "array", "items": {"allOf": [made, LINKS]}}
        elif given["type"] != "object":
            made = {"anyOf": [made, {"type": "null"}]}
        made["description"] = given["description"]
        _bring(schemas, documents, part, made)
        schemas[owner]["properties"][field] = made


def _approve_as_cases_does(result: Json, documents: dict[str, Json]) -> None:
    """The gateway looks at an approval and hands it on: key and answer are those of cases."""
    line = next(route for route in OWN if route.name == "akkoordGeven")
    ours = result["paths"][line.path][line.method.lower()]
    theirs = _operation(documents[Part.CASES], replace(line, part=Part.CASES))
    del theirs["requestBody"]
    _bring(result["components"]["schemas"], documents, Part.CASES, theirs)
    ours["parameters"] += [each for each in theirs["parameters"] if each["in"] == "header"]
    ours["responses"]["202"] = theirs["responses"]["202"]


def _operation(document: Json, route: Route) -> Json:
    """The service's description of a forwarded operation, with our names for its schemas."""
    wanted = _shape(route.service_path)
    for path, item in document["paths"].items():
        if _shape(path) == wanted and route.method.lower() in item:
            operation: Json = json.loads(json.dumps(item[route.method.lower()]))
            _rename_ids(operation, route)
            operation["x-deel"] = route.part.label
            return operation
    raise LookupError(f"{route.part}: {route.method} {route.service_path} bestaat niet")


def _shape(path: str) -> list[str]:
    """A path without the names of its parameters."""
    return ["{}" if piece.startswith("{") else piece for piece in path.split("/")]


def _rename_ids(operation: Json, route: Route) -> None:
    names = iter([piece[1:-1] for piece in route.path.split("/") if piece.startswith("{")])
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "path":
            parameter["name"] = next(names)


def _guarded(operation: Json, route: Route) -> None:
    """Say who may do it, and how a change with a cookie is trusted."""
    operation["operationId"] = route.name
    operation["security"] = SECURITY
    operation["x-rollen"] = sorted(route.roles)
    if route.is_change:
        operation.setdefault("parameters", []).append(CSRF)
    if "requestBody" in operation:
        too_large = {"413": {"$ref": "#/components/responses/413"}}
        operation["responses"] = dict(sorted((too_large | operation["responses"]).items()))


def _needed(document: Json, operation: Json, prefix: str) -> Iterator[str]:
    """The schemas that an operation refers to, those behind them included; renames in place."""
    schemas = document["components"]["schemas"]
    waiting, seen = list(_references(operation)), set[str]()
    operation.update(_with_names(operation, prefix))
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += _references(schemas[name])
            yield name


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if str(part.get("$ref")).startswith(SCHEMA):
            yield part["$ref"].removeprefix(SCHEMA)
        for value in part.values():
            yield from _references(value)
    elif isinstance(part, list):
        for value in part:
            yield from _references(value)


def _with_names(part: Any, prefix: str) -> Any:
    """A copy in which every reference has the merged document's name."""
    if isinstance(part, dict):
        copy = {key: _with_names(value, prefix) for key, value in part.items()}
        if str(copy.get("$ref")).startswith(SCHEMA):
            copy["$ref"] = SCHEMA + _renamed(copy["$ref"].removeprefix(SCHEMA), prefix)
        return copy
    return [_with_names(value, prefix) for value in part] if isinstance(part, list) else part


def _renamed(name: str, prefix: str) -> str:
    return name if name in SHARED_SCHEMAS else f"{prefix}{name}"


def _text(document: Json) -> str:
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def main() -> int:
    """Write every file; a service or operation that is not there is said and nothing is written."""
    try:
        made = files()
    except (LookupError, ImportError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for path, text in made.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
