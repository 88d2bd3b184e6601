"""Runs a child process that opens a file of somebody else: without our environment, within a time.

A parser can be made to abort, and no `except` catches that; so a workbook is opened in a process
of its own (limits.py puts up its walls), and this is where such a process is started and ended.
"""

import asyncio
import contextlib
import datetime as dt
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from services.intake.workbook.exits import OUT_OF_MEMORY, REFUSED, SHARED_NETWORK
from services.intake.workbook.refusals import MESSAGES, Refusal
from shared.chassis.confinement import tell_shared_network

WALL_CLOCK = dt.timedelta(seconds=120)  # the CPU limit is 60 s; a busy machine may take twice that
_MAX_STDERR = 4_096
_ROOT = Path(__file__).resolve().parents[3]
_OUT_OF_TIME = frozenset({-signal.SIGXCPU, -signal.SIGKILL})
_OUT_OF_MEMORY = frozenset({-signal.SIGABRT, -signal.SIGSEGV, -signal.SIGBUS, OUT_OF_MEMORY})

OnProgress = Callable[[int], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Ended:
    """How a child ended; `said` is the start of what it wrote to standard error."""

    status: int
    said: str

    def refusal(self) -> Refusal | None:
        """What it means for the sender of the file, unless the child itself tells (REFUSED)."""
        if self.status in {0, REFUSED}:
            return None
        if self.status in _OUT_OF_MEMORY:
            return Refusal("te-veel-geheugen", MESSAGES["te-veel-geheugen"], f"exit {self.status}")
        if self.status in _OUT_OF_TIME:
            return Refusal("te-veel-tijd", MESSAGES["te-veel-tijd"], f"exit {self.status}")
        last = self.said.splitlines()[-1] if self.said else ""
        detail = f"exit {self.status}: {last}"
        return Refusal("controle-mislukt", MESSAGES["controle-mislukt"], detail)


async def run_child(
    module: str,
    arguments: Sequence[str],
    directory: Path,
    *,
    on_progress: OnProgress | None = None,
    wall_clock: dt.timedelta = WALL_CLOCK,
) -> Ended:
    """Run a module of ours in `directory` and wait for its end; it is killed after `wall_clock`."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-s",
        "-m",
        module,
        *arguments,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=_clean_environment(),
        cwd=directory,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(wall_clock.total_seconds()):
            _, said, status = await asyncio.gather(
                _follow(process.stdout, on_progress), _first_words(process.stderr), process.wait()
            )
    except TimeoutError:
        return Ended(-signal.SIGKILL, "wall clock")
    finally:
        await _end(process)
    return Ended(status, said)


def _clean_environment() -> dict[str, str]:
    """Hand over nothing of ours: no secrets, no proxies; only where the program lies."""
    return {
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": str(_ROOT),
        "PYTHONUTF8": "1",
        "MALLOC_ARENA_MAX": "1",
    }


async def _follow(stdout: asyncio.StreamReader | None, on_progress: OnProgress | None) -> None:
    while stdout and (line := await stdout.readline()):
        said = line.decode("ascii", "replace").strip()
        if said == SHARED_NETWORK:
            tell_shared_network("workbook")
        word, _, count = said.partition(" ")
        if on_progress and word == "rows" and count.isdigit():
            await on_progress(int(count))


async def _first_words(stderr: asyncio.StreamReader | None) -> str:
    said = b""
    while stderr and (block := await stderr.read(_MAX_STDERR)):
        said = (said + block)[:_MAX_STDERR]
    return said.decode("utf-8", "replace").strip()


async def _end(process: asyncio.subprocess.Process) -> None:
    """Kill what still runs, with everything it may have started, and reap it."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
