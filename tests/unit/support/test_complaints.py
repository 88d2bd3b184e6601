"""What is shown of the services' logs under a failed test."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.support import complaints

BEGAN = datetime(2026, 1, 5, 12, tzinfo=UTC)


def line(seconds: int, level: str = "warning", **more: str) -> str:
    """A line as a service logs it, so many seconds after the test began."""
    at = (BEGAN + timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")
    return json.dumps({"event": f"at {seconds}", "level": level, "timestamp": at, **more})


def test_only_complaints_since_the_test_began_are_shown(tmp_path: Path) -> None:
    """Older ones and news are left out, also what died before; what died since is shown."""
    told = [line(-2), "died before", line(1, "info"), line(2, topic="rijen"), "died since"]
    (tmp_path / "cases-worker.log").write_text("\n".join(told))
    assert complaints.since(tmp_path, BEGAN).splitlines() == [
        "cases-worker: 12:00:02 warning at 2 topic=rijen",
        "cases-worker: died since",
    ]


def test_a_service_gets_a_few_lines_and_an_exception_its_end(tmp_path: Path) -> None:
    """The newest stay; the last lines of a traceback say what went wrong."""
    trace = "\n".join(["Traceback", *(f"  frame {number}" for number in range(30)), "Broken: why"])
    (tmp_path / "cases-api.log").write_text("\n".join(line(number) for number in range(40)))
    (tmp_path / "mailer-api.log").write_text(line(5, "error", exception=trace))
    shown = complaints.since(tmp_path, BEGAN).splitlines()
    assert len([one for one in shown if one.startswith("cases")]) == complaints.MOST_LINES
    assert "at 39" in shown[complaints.MOST_LINES - 1]
    assert shown[-1] == "mailer-api: Broken: why"
    assert "frame 3" not in "\n".join(shown).split()
