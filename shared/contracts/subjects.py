"""Which cases an answer of an API shows something of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

#: Here the results themselves are cases; everywhere else a case is named by its field.
CASES = "/v1/zaken"
FIELD = "zaakId"


def named_cases(path: str, answer: Any) -> Iterator[str]:
    """The ids of the cases in an answer (parsed JSON) of the address `path`."""
    if path == CASES and isinstance(answer, dict):
        yield from (line["id"] for line in answer.get("resultaten", ()))
    yield from _named(answer)


def _named(answer: Any) -> Iterator[str]:
    if isinstance(answer, dict):
        if isinstance(found := answer.get(FIELD), str):
            yield found
        answer = list(answer.values())
    if isinstance(answer, list):
        for each in answer:
            yield from _named(each)
