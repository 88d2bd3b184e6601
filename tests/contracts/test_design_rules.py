"""The APIs keep the NL API Design Rules, by Spectral and the rules of tests/npm/nl-api.yaml."""

from __future__ import annotations

import copy
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.local import npm
from services.gateway.description import FILE

ROOT = Path(__file__).resolve().parents[2]
RULES = ROOT / "tests" / "npm" / "nl-api.yaml"
DOCUMENTS = [*sorted((ROOT / "docs" / "openapi").glob("*.json")), FILE]

Json = dict[str, Any]


def findings(*documents: Path) -> list[Json]:
    """What Spectral says of documents: errors, warnings and hints alike."""
    program = npm.install() / "@stoplight" / "spectral-cli" / "dist" / "index.js"
    command = [npm.node(), str(program), "lint", "--ruleset", str(RULES), "--format", "json"]
    done = subprocess.run(
        [*command, "--quiet", *map(str, documents)], check=False, capture_output=True, text=True
    )
    assert done.returncode in {0, 1}, done.stderr
    found: list[Json] = json.loads(done.stdout)
    return found


def test_no_document_breaks_a_rule() -> None:
    """Neither of the services' own documents, nor of the gateway's whole one."""
    assert len(DOCUMENTS) == 7
    wrong = [
        f"{Path(each['source']).name} {'.'.join(map(str, each['path']))}: {each['message']}"
        for each in findings(*DOCUMENTS)
    ]
    assert wrong == []


def _path(old: str, new: str) -> Callable[[Json], None]:
    def change(document: Json) -> None:
        document["paths"][new] = document["paths"].pop(old)

    return change


def _set(*where: str, to: Any) -> Callable[[Json], None]:
    def change(document: Json) -> None:
        *outer, last = where
        for key in outer:
            document = document[key]
        document[last] = to

    return change


def _without(*where: str) -> Callable[[Json], None]:
    def change(document: Json) -> None:
        *outer, last = where
        for key in outer:
            document = document[key]
        del document[last]

    return change


def _parameter(**more: str) -> Callable[[Json], None]:
    given = {"name": "zaakId", "in": "query", "description": "Kenmerk", "schema": {}} | more

    def change(document: Json) -> None:
        document["paths"]["/meldingen"]["get"]["parameters"].append(given)

    return change


GET = ("paths", "/meldingen", "get")
PROPERTIES = ("components", "schemas", "Melding", "properties")
#: One way to break each rule of ours.
BROKEN: dict[str, Callable[[Json], None]] = {
    "nl-openapi-3": _set("openapi", to="3.1"),
    "nl-contact": _without("info", "contact", "email"),
    "nl-version-is-semver": _set("info", "version", to="1.0"),
    "nl-server-has-major-version": _set("servers", to=[{"url": "/"}]),
    "nl-server-is-not-plain-http": _set("servers", to=[{"url": "http://x.example.nl/v1"}]),
    "nl-path-kebab-case": _path("/meldingen", "/mijnMeldingen"),
    "nl-path-without-slash-at-the-end": _path("/meldingen", "/meldingen/"),
    "nl-path-without-version": _path("/meldingen", "/v1/meldingen"),
    "nl-standard-methods": _set("paths", "/meldingen", "trace", to={"responses": {}}),
    "nl-query-camel-case": _parameter(name="zaak_id"),
    "nl-no-bsn-in-an-address": _parameter(name="bsnInwoner"),
    "nl-operation-has-a-summary": _set(*GET, "summary", to=""),
    "nl-parameter-has-a-description": _parameter(description=""),
    "nl-version-header": _without(*GET, "responses", "200", "headers"),
    "nl-no-422": _set(*GET, "responses", "422", to={"description": "Nee"}),
    "nl-invalid-input-is-400": _without(*GET, "responses", "400"),
    "nl-error-is-a-problem": _set(
        *GET, "responses", "404", to={"description": "Nee", "content": {"application/json": {}}}
    ),
    "nl-problem-has-status-title-detail": _set(
        "components", "schemas", "Problem", "required", to=["status", "title"]
    ),
    "nl-property-camel-case": _set(
        *PROPERTIES, "gelezen_op", to={"type": "string", "description": "Wanneer"}
    ),
    "nl-property-has-a-description": _set(*PROPERTIES, "nieuw", to={"type": "string"}),
    "nl-date-ends-in-datum": _set(
        *PROPERTIES, "eindDatum", to={"format": "date-time", "description": "Einde"}
    ),
    "nl-date-has-a-format": _set(
        *PROPERTIES, "eindDatum", to={"type": "string", "description": "Einde"}
    ),
    "nl-date-is-called-datum": _set(
        *PROPERTIES, "einde", to={"format": "date", "description": "Einde"}
    ),
    "nl-timestamp-ends-in-op": _set(
        *PROPERTIES, "geplaatst", to={"format": "date-time", "description": "Einde"}
    ),
    "nl-no-local-time": _set(*PROPERTIES, "tijd", to={"format": "time", "description": "Tijd"}),
}


def test_every_rule_of_ours_is_broken_below() -> None:
    """A rule that nothing can break checks nothing."""
    ours = {name for name in yaml.safe_load(RULES.read_text())["rules"] if name.startswith("nl-")}
    assert set(BROKEN) == ours


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """What Spectral says of each broken document, by the rule that it breaks."""
    folder = tmp_path_factory.mktemp("broken")
    whole = json.loads((ROOT / "docs" / "openapi" / "communications.json").read_text())
    for rule, change in BROKEN.items():
        document = copy.deepcopy(whole)
        change(document)
        (folder / f"{rule}.json").write_text(json.dumps(document))
    found: dict[str, set[str]] = {rule: set() for rule in BROKEN}
    for each in findings(*sorted(folder.glob("*.json"))):
        found[Path(each["source"]).stem].add(each["code"])
    return found


@pytest.mark.parametrize("rule", BROKEN)
def test_a_document_that_breaks_a_rule_is_refused(rule: str, reported: dict[str, set[str]]) -> None:
    """Each rule finds what it is for."""
    assert rule in reported[rule]
