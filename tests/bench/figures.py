"""What is measured, and how it is shown."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Figure:
    """One measured figure."""

    what: str
    value: float
    unit: str
    note: str = ""


@dataclass
class Clock:
    """Elapsed and own CPU seconds of a block."""

    seconds: float = field(default=0.0)
    cpu: float = field(default=0.0)


@contextmanager
def clock() -> Iterator[Clock]:
    """Time a block."""
    found = Clock()
    wall, cpu = time.perf_counter(), time.process_time()
    try:
        yield found
    finally:
        found.seconds, found.cpu = time.perf_counter() - wall, time.process_time() - cpu


def table(figures: list[Figure]) -> str:
    """The figures as a Markdown table."""
    lines = ["| what | figure | unit | note |", "|---|---:|---|---|"]
    lines += [f"| {f.what} | {_round(f.value)} | {f.unit} | {f.note} |" for f in figures]
    return "\n".join(lines)


def _round(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
