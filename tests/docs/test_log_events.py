"""docs/log-events.md lists what the code logs: every event, its levels and its keys."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "log-events.md"
LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}
ROW = re.compile(r"^\| `(?P<name>[a-z_]+)` \| (?P<levels>[^|]+) \| (?P<keys>[^|]*) \| [^|]+ \|$")
CODE = re.compile(r"`([a-z_]+)`")


@dataclass
class Logged:
    """What is logged under one event name."""

    levels: set[str] = field(default_factory=set)
    keys: set[str] = field(default_factory=set)


def loggers_of(tree: ast.AST) -> set[str]:
    """The names that a module gives to its structlog loggers."""
    return {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and "get_logger" in ast.unparse(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def calls_of(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Every call that logs, with its level."""
    loggers = loggers_of(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            logger, level = node.func.value, node.func.attr
            if isinstance(logger, ast.Name) and logger.id in loggers and level in LEVELS:
                yield level, node


def in_code() -> dict[str, Logged]:
    """What services and chassis log."""
    found: dict[str, Logged] = defaultdict(Logged)
    for path in sorted([*(ROOT / "services").rglob("*.py"), *(ROOT / "shared").rglob("*.py")]):
        for method, call in calls_of(ast.parse(path.read_text(encoding="utf-8"))):
            place = f"{path.relative_to(ROOT)}:{call.lineno}"
            name = call.args[0] if call.args else None
            assert isinstance(name, ast.Constant), f"{place}: the event's name is not static"
            assert isinstance(name.value, str), f"{place}: the event's name is no text"
            assert all(word.arg for word in call.keywords), f"{place}: the keys are not static"
            event = found[name.value]
            if method == "exception":  # an error with the traceback that is being handled
                event.keys.add("exc_info")
            event.levels.add("error" if method == "exception" else method)
            event.keys.update(str(word.arg) for word in call.keywords)
    return found


def on_page() -> dict[str, Logged]:
    """What the page says."""
    rows = [ROW.match(line) for line in PAGE.read_text(encoding="utf-8").splitlines()]
    return {
        row["name"]: Logged(
            {level.strip() for level in row["levels"].split(",")}, set(CODE.findall(row["keys"]))
        )
        for row in rows
        if row
    }


def test_every_logged_event_is_on_the_page() -> None:
    """Who reads a log line finds it explained."""
    assert sorted(set(in_code()) - set(on_page())) == []


def test_every_event_on_the_page_is_logged() -> None:
    """An alert on an event that is never logged is worse than none."""
    assert sorted(set(on_page()) - set(in_code())) == []


def test_the_page_names_the_keys_and_levels_of_each_event() -> None:
    """A search on a key finds what it should."""
    page, code = on_page(), in_code()
    assert {name: page[name] for name in page if name in code} == {
        name: code[name] for name in code if name in page
    }


def test_the_page_is_read_at_all() -> None:
    """Both sides are found: an empty set equals an empty set."""
    assert "event_dead_lettered" in in_code()
    assert "event_dead_lettered" in on_page()
