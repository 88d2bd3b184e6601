"""Asks an API everything that its description allows, and much that it does not, by schemathesis.

Which values are tried is fixed by their seed, so a failure comes back; the rest of the tests can
share the system, because everything happens in a gemeente of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import hypothesis
import requests
import schemathesis
from hypothesis import HealthCheck, Phase
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode, Response
from schemathesis.checks import CHECKS
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok

UNPROCESSABLE = 422
FIRST_ERROR = 400
CHECKED = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
]
Json = dict[str, Any]


@dataclass
class Door:
    """One API: where it is, how it is entered, and ids of things that exist there."""

    address: str
    headers: Callable[[], Mapping[str, str]]
    ids: Mapping[str, str]
    session: requests.Session = field(default_factory=requests.Session)
    #: How often each operation answered with each status: a test that only met 404 tried nothing.
    met: dict[str, dict[int, int]] = field(default_factory=dict)

    def ask(self, case: Case[Any]) -> Response:
        """Send one case."""
        response = case.call(
            base_url=f"{self.address}/v1", session=self.session, headers=dict(self.headers())
        )
        of_operation = self.met.setdefault(case.operation.label, {})
        of_operation[response.status_code] = of_operation.get(response.status_code, 0) + 1
        return response

    def known_ids(self, operation: str) -> dict[str, str] | None:
        """Ids that exist for the parameters of a path, or None when one is not known.

        The first is the operation's own, or that of its collection; others are of theirs.
        """
        found: dict[str, str | None] = {}
        for collection, name in re.findall(r"/([^/{]+)/\{(\w+)\}", operation.split()[1]):
            own = None if found else self.ids.get(operation)
            found[name] = own or self.ids.get(collection)
        known = {name: value for name, value in found.items() if value}
        return known if known and len(known) == len(found) else None


def operations_of(document: Json) -> Iterator[Any]:
    """Every operation of a description, reads before changes."""
    schema = schemathesis.openapi.from_dict(document)
    found = []
    for each in schema.get_all_operations():
        assert isinstance(each, Ok), each
        found.append(each.ok())
    return iter(sorted(found, key=lambda each: (each.method.upper() != "GET", each.path)))


def try_everything(door: Door, operation: Any, mode: GenerationMode, examples: int) -> list[str]:
    """Ask an operation as many things; what was wrong with the answers.

    Half of what is right names a thing that exists. What is wrong must be wrong beside the id of
    such a thing, where there is anything beside it.
    """
    wrong: list[str] = []
    real = door.known_ids(operation.label)
    is_right = mode is GenerationMode.POSITIVE
    fixed = real if operation.query or operation.body else None
    asked = operation.as_strategy(generation_mode=mode, path_parameters=None if is_right else fixed)

    @hypothesis.seed(20261)
    @hypothesis.settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @hypothesis.given(case=asked, exists=st.booleans())
    def ask(case: Case[Any], exists: bool) -> None:
        if is_right and exists and real:
            case.path_parameters = dict(real)
        response = door.ask(case)
        if complaint := complaint_about(case, response):
            wrong.append(complaint)

    ask()
    return wrong


def complaint_about(case: Case[Any], response: Response) -> str | None:
    """What is wrong with an answer, or None."""
    checks: list[Any] = list(CHECKS.get_by_names(CHECKED))
    try:
        case.validate_response(response, checks=checks, additional_checks=[says_what_is_wrong])
    except FailureGroup as failure:
        return f"{case.as_curl_command()}: {'; '.join(map(str, failure.exceptions))}"
    return None


def says_what_is_wrong(ctx: object, response: Response, case: Case[Any]) -> None:
    """Every error is a problem with the status that it has, and words."""
    del ctx, case
    if response.status_code < FIRST_ERROR:
        return
    problem = response.json()
    assert response.status_code != UNPROCESSABLE
    assert problem["status"] == response.status_code
    assert problem["title"]
    assert problem["detail"]
