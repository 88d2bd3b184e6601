"""The terms of keeping that every gemeente begins with: data, not code."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path

from services.cases.domain.retention import Term

FILE = Path(__file__).with_name("retention.toml")


@lru_cache(maxsize=1)
def shipped() -> tuple[Term, ...]:
    """The terms in the order in which they are tried."""
    given = tomllib.loads(FILE.read_text(encoding="utf-8"))["terms"]
    return tuple(
        Term(
            one["kind"],
            one["title"],
            one["status"],
            one.get("result"),
            one["months"],
            one["assumed"],
            one["source"],
        )
        for one in given
    )
