"""What the services complained of since a moment, short enough to be read under a failed test."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

#: As many lines of each service: more would push the test's own words off the screen.
MOST_LINES = 12
#: Of an exception its end is worth most: what was raised, and in which line of ours.
LAST_OF_EXCEPTION = 4
WIDTH = 240
_NEWS = {"debug", "info"}
_KNOWN = {"service", "process", "level", "timestamp", "event", "exception"}


def since(logs: Path, moment: datetime) -> str:
    """The last complaints of every service in a folder of logs."""
    found: dict[str, list[str]] = {}
    for file in sorted([*logs.glob("*-api.log"), *logs.glob("*-worker.log")]):
        service = file.stem.partition("-")[0]
        found.setdefault(service, []).extend(
            f"{file.stem}: {line[:WIDTH]}" for line in _complaints(file, moment)
        )
    return "\n".join(line for lines in found.values() for line in lines[-MOST_LINES:])


def _complaints(file: Path, moment: datetime) -> Iterator[str]:
    """What is no JSON (a process that died tells so) belongs to the moment of the line before."""
    is_late = False
    for line in file.read_text(errors="replace").splitlines():
        told = _told(line)
        if told is None:
            if is_late:
                yield line
            continue
        is_late = datetime.fromisoformat(told["timestamp"]) >= moment
        if is_late and told["level"] not in _NEWS:
            yield from _in_words(told)


def _told(line: str) -> dict[str, Any] | None:
    try:
        told = json.loads(line)
    except ValueError:
        return None
    return told if isinstance(told, dict) and {"timestamp", "level", "event"} <= set(told) else None


def _in_words(told: dict[str, Any]) -> Iterator[str]:
    about = " ".join(f"{name}={value}" for name, value in told.items() if name not in _KNOWN)
    yield f"{told['timestamp'][11:19]} {told['level']} {told['event']} {about}".rstrip()
    rest = [line for line in str(told.get("exception", "")).splitlines() if line.strip()]
    yield from rest[-LAST_OF_EXCEPTION:]
