"""Has a mail of a stranger read by a process of its own, and gives up on it in time.

A parser can be made to hang or to take all memory, and no `except` catches that.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from services.mailer.bounces.report import Report
from services.mailer.bounces.shown import Shown
from shared.chassis.confinement import tell_shared_network

_CHILD = "services.mailer.bounces.child"
_ROOT = Path(__file__).resolve().parents[3]
#: The processor limit is 5 s; a busy machine may take far longer to give them.
PATIENCE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Told:
    """What the child answers."""

    alone: bool
    report: Report | None = None
    shown: Shown | None = None


_TOLD = TypeAdapter(Told)


class Unreadable(Exception):
    """The mail made its reader fail, hang or run out of means."""


async def read_apart(content: bytes) -> Report | None:
    """What a mail reports, None when it is no notification. Raises Unreadable."""
    return (await _asked(content)).report


async def show_apart(content: bytes) -> Shown | None:
    """What a person sees of a mail. Raises Unreadable."""
    return (await _asked(content, "show")).shown


async def _asked(content: bytes, *arguments: str) -> Told:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-s",
        "-m",
        _CHILD,
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(_ROOT), "PYTHONUTF8": "1"},
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(PATIENCE.total_seconds()):
            said, _ = await process.communicate(content)
        if process.returncode != 0:
            raise Unreadable(f"exit {process.returncode}")
        told = _TOLD.validate_json(said)
    except (TimeoutError, ValidationError) as error:
        raise Unreadable(type(error).__name__) from None
    finally:
        await _end(process)
    if not told.alone:
        tell_shared_network("bounces")
    return told


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
