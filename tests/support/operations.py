"""Every operation of an OpenAPI document, filled in with real ids, so that a new one is tried too.

What cannot be filled in is an error: a route nobody taught the tests about must not pass unseen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

OK = range(200, 300)
#: Answers a workbook, which is the same for everybody.
EMPTY_FILE = "/leeg-bestand"
#: What needs no id and answers with a file.
FILES = frozenset({EMPTY_FILE, "/zakenlijst"})
_METHODS = ("get", "post", "put", "patch", "delete")
_PARAMETER = re.compile(r"\{[^}]+\}")


class Unknown(AssertionError):
    """A parameter or body that the test does not know how to fill in."""


@dataclass(frozen=True)
class Operation:
    """One method of one path."""

    method: str
    path: str
    required: tuple[str, ...]
    optional: tuple[str, ...]
    has_body: bool
    roles: tuple[str, ...]

    @property
    def shape(self) -> str:
        """The path without /v1 and without the names of its ids: `/zaken/{}/berichten`."""
        return _PARAMETER.sub("{}", self.path.removeprefix("/v1"))

    @property
    def key(self) -> str:
        """What a table of a test names it by: `GET /zaken/{}`."""
        return f"{self.method} {self.shape}"

    @property
    def is_change(self) -> bool:
        """Whether it changes something."""
        return self.method != "GET"

    @property
    def collection(self) -> str:
        """The kind of thing its first id names."""
        return self.shape.split("/")[1]

    @property
    def has_id(self) -> bool:
        """Whether it is about one thing."""
        return "{}" in self.shape

    def filled(self, identifier: str) -> str:
        """The path with the same id in every place."""
        return self.shape.replace("{}", identifier)


def operations(document: Mapping[str, Any]) -> Iterator[Operation]:
    """All operations of a document, reads before changes."""
    found = [
        Operation(
            method.upper(),
            path,
            tuple(_query(operation, required=True)),
            tuple(_query(operation, required=False)),
            "requestBody" in operation,
            tuple(operation.get("x-rollen", ())),
        )
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in _METHODS
    ]
    return iter(sorted(found, key=lambda each: (each.method != "GET", each.path)))


def _query(operation: Mapping[str, Any], *, required: bool) -> Iterator[str]:
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "query" and parameter.get("required", False) is required:
            yield parameter["name"]


@dataclass(frozen=True)
class Filling:
    """How operations are filled in: ids per kind of thing or per operation, queries and bodies.

    A body is made at the moment of asking: an approval names what is shown then.
    """

    ids: Mapping[str, str]
    query: Mapping[str, str]
    bodies: Mapping[str, Callable[[], dict[str, Any]]]

    def ask(self, client: httpx.Client, operation: Operation, **more: Any) -> httpx.Response:
        """Do the operation at a client based at `…/v1`; raises Unknown when it cannot be."""
        return client.request(
            operation.method,
            self._path(operation),
            params={name: self._value(operation, name) for name in operation.required}
            | {name: self.query[name] for name in operation.optional if name in self.query},
            **self._body(operation),
            **more,
        )

    def _path(self, operation: Operation) -> str:
        if not operation.has_id:
            return operation.shape
        first = self.ids.get(operation.key) or self.ids.get(operation.collection)
        path = operation.shape
        for before in re.findall(r"/([^/]+)/\{\}", operation.shape):
            found = first if before == operation.collection else self.ids.get(before)
            if found is None:
                raise Unknown(f"which id belongs in {operation.key}?")
            path = path.replace("{}", found, 1)
        return path

    def _value(self, operation: Operation, name: str) -> str:
        if name not in self.query:
            raise Unknown(f"what is {name} of {operation.key}?")
        return self.query[name]

    def _body(self, operation: Operation) -> dict[str, Any]:
        if not operation.has_body:
            return {}
        make = self.bodies.get(operation.key)
        if make is None:
            raise Unknown(f"what does {operation.key} want?")
        return make()


def what_leaks(answer: httpx.Response, marks: frozenset[str]) -> str | None:
    """What an answer to B says about A, in words; None when it says nothing."""
    if answer.status_code == 404:
        assert answer.headers["content-type"].startswith("application/problem+json")
        return None
    if answer.status_code not in OK:
        return f"{answer.status_code} where 404 was due: {answer.text[:200]}"
    if found := [mark for mark in marks if mark in answer.text]:
        return f"{answer.status_code} with ids of A: {found}"
    if "json" not in answer.headers["content-type"] or answer.json().get("aantal") is None:
        return None if is_own(answer) else f"{answer.status_code} with content"
    return None


def is_own(answer: httpx.Response) -> bool:
    """Whether an answer without a count is about B itself: its own settings and templates."""
    own = (
        "/huisstijl",
        "/instellingen",
        "/bewaartermijnen",
        "/samenvoegvelden",
        "/verzendlimiet",
        "sjablonen/actief",
        "/kolommen",
        *FILES,
        "/startvoorwaarden",
        "/afdrukopties",
        "/v1/herinneringen",
    )
    return answer.request.url.path.endswith(own)
