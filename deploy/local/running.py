"""Who runs the system of a state folder: one supervisor at most, known by a locked file.

The kernel takes the lock away when the supervisor ends, however it ends, so the file never
lies about one that is gone.
"""

from __future__ import annotations

import fcntl
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from deploy.local.process import descendants

POLL_SECONDS = 0.2
# Services get twenty seconds to stop, then the stack as many.
DOWN_SECONDS = 60.0


class AlreadyRunningError(Exception):
    """Another supervisor works in this state folder."""

    def __init__(self, pid: int) -> None:
        super().__init__(f"Heronderzoek draait al (proces {pid}). Stoppen kan met: make down")


class WillNotStopError(Exception):
    """The supervisor was asked to stop and did not."""

    def __init__(self, pid: int) -> None:
        super().__init__(
            f"Proces {pid} stopt niet binnen {DOWN_SECONDS:.0f} s. Kijk wat het doet, of beëindig"
            f" het met: kill -9 {pid}. De onderdelen stoppen dan mee; gegevens blijven."
        )


@contextmanager
def sole_supervisor(state: Path) -> Iterator[None]:
    """Be the supervisor of a state folder; raise AlreadyRunningError if there is one."""
    state.mkdir(parents=True, exist_ok=True)
    with _lock_file(state).open("a+") as file:
        if not _take(file):
            raise AlreadyRunningError(_pid_in(file))
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def supervisor_of(state: Path) -> int | None:
    """Process id of the supervisor of a state folder, if one runs."""
    if not _lock_file(state).exists():
        return None
    with _lock_file(state).open("a+") as file:
        return None if _take(file) else _pid_in(file)


def stop_other(state: Path) -> bool:
    """Stop the supervisor of a state folder and wait for it; false when there was none."""
    pid = supervisor_of(state)
    if pid is None:
        return False
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + DOWN_SECONDS
    while supervisor_of(state) is not None:
        if time.monotonic() > deadline:
            raise WillNotStopError(pid)
        time.sleep(POLL_SECONDS)
    return True


def processes_below(state: Path) -> list[int]:
    """List all processes that the supervisor of a state folder started, directly or not."""
    pid = supervisor_of(state)
    return descendants(pid) if pid is not None else []


def _lock_file(state: Path) -> Path:
    return state / "supervisor.lock"


def _take(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _pid_in(file: IO[str]) -> int:
    file.seek(0)
    return int(file.read() or 0)
