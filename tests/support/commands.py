"""Commands for ops, run as ops runs them: a process with the system's environment."""

from __future__ import annotations

import subprocess
import sys

from deploy.local.service_process import ROOT, settings
from tests.support.system import System

SECONDS = 60


def dead_letters(system: System, service: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`python -m services.<service> dead-letters …`."""
    return subprocess.run(
        [sys.executable, "-m", f"services.{service}", "dead-letters", *arguments],
        cwd=ROOT,
        env=settings(system.stack, service),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


def listed(system: System, service: str) -> list[dict[str, str]]:
    """The dead letters that wait, as `list` shows them."""
    answer = dead_letters(system, service, "list")
    assert answer.returncode == 0, answer.stderr
    fields = ("id", "at", "kind", "place", "reason")
    lines = [line.split("\t") for line in answer.stdout.splitlines()]
    return [dict(zip(fields, line, strict=True)) for line in lines if len(line) == len(fields)]


def last_line(answer: subprocess.CompletedProcess[str]) -> str:
    """What a command says at its end."""
    return answer.stdout.splitlines()[-1]
