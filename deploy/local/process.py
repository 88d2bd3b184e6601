"""A child process that never outlives its parent.

A supervisor that is killed cannot stop anything, so the kernel does it: each child asks for a
signal at its parent's death. Linux ties that to the parent's *thread*, so all children are
started by one thread that lives as long as this process.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext, suppress
from functools import cache
from pathlib import Path

PR_SET_PDEATHSIG = 1
# How long a stop may take before it becomes a kill: Kafka flushes its segments in some seconds.
STOP_SECONDS = 20.0
KILL_SECONDS = 10.0
# One older log is kept beside a new one, so that a crash loop cannot fill the disk.
LOG_BYTES = 10_000_000


@cache
def _spawner() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix="spawner")


class Process:
    """One program, started in a session of its own, with its output in a log file."""

    def __init__(
        self,
        command: Sequence[str],
        log: Path | None,
        *,
        environment: Mapping[str, str] | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
        user: int | None = None,
        folder: Path | None = None,
    ) -> None:
        self.command = list(command)
        self.log = log
        self.environment = dict(environment if environment is not None else os.environ)
        self.stop_signal = stop_signal
        self.user = user
        self.folder = folder
        self._child: subprocess.Popen[bytes] | None = None
        self._log_start = 0

    def start(self) -> None:
        """Start the program; its output is added to the log."""
        if self.log is not None:
            self.log.parent.mkdir(parents=True, exist_ok=True)
            if self.log.exists() and self.log.stat().st_size > LOG_BYTES:
                self.log.rename(self.log.with_suffix(".log.old"))
            self._log_start = self.log.stat().st_size if self.log.exists() else 0
        self._child = _spawner().submit(self._spawn).result()

    def _spawn(self) -> subprocess.Popen[bytes]:
        # Without a log it shares our screen.
        with self.log.open("ab") if self.log else nullcontext() as output:
            return subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT if output else None,
                env=self.environment,
                cwd=self.folder,
                user=self.user,
                group=self.user,
                extra_groups=[] if self.user else None,
                start_new_session=True,  # Ctrl+C is for the supervisor, which stops all in order
                preexec_fn=_dies_with(os.getpid(), self.stop_signal),  # noqa: PLW1509 - two system calls and no lock
            )

    @property
    def pid(self) -> int | None:
        """Process id, also after its end; None before the first start."""
        return self._child.pid if self._child else None

    @property
    def is_running(self) -> bool:
        """Whether it has started and not ended."""
        return self._child is not None and self._child.poll() is None

    @property
    def exit_code(self) -> int | None:
        """Its exit code, or None while it runs; negative is the signal that ended it."""
        return self._child.poll() if self._child else None

    def wait(self) -> int:
        """Wait for its end and return its exit code."""
        if self._child is None:
            raise RuntimeError(f"{self.command[0]} was never started")
        return self._child.wait()

    def stop(self) -> None:
        """Ask it to stop, and kill it and what it started when it does not."""
        if self._child is None:
            return
        if self.is_running:
            self.resume()
            self._child.send_signal(self.stop_signal)
            with suppress(subprocess.TimeoutExpired):
                self._child.wait(STOP_SECONDS)
        self.kill()

    def kill(self) -> None:
        """End it and its descendants at once (kill -9), and wait until they are gone."""
        if self._child is None:
            return
        family = [self._child.pid, *descendants(self._child.pid)] if self.is_running else []
        with suppress(ProcessLookupError):
            os.killpg(self._child.pid, signal.SIGKILL)
        for member in family:
            with suppress(ProcessLookupError):
                os.kill(member, signal.SIGKILL)
        self._child.wait(KILL_SECONDS)

    def pause(self) -> None:
        """Freeze it and its descendants: their connections stay open and nothing answers."""
        self._signal_family(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on after a pause."""
        self._signal_family(signal.SIGCONT)

    def _signal_family(self, number: signal.Signals) -> None:
        if self._child is None or not self.is_running:
            return
        for member in [self._child.pid, *descendants(self._child.pid)]:
            with suppress(ProcessLookupError):
                os.kill(member, number)

    def resident_bytes(self) -> int:
        """Memory of it and its descendants; pages that they share count once (Pss)."""
        if self._child is None or not self.is_running:
            return 0
        family = [self._child.pid, *descendants(self._child.pid)]
        return sum(proportional_bytes(member) for member in family)

    def end_of_log(self, lines: int = 15) -> str:
        """Last words of this run, for an error message."""
        if self.log is None or not self.log.exists():
            return ""
        words = self.log.read_bytes()[self._log_start :].decode(errors="replace")
        return "\n".join(words.splitlines()[-lines:])


def _dies_with(parent: int, number: signal.Signals) -> Callable[[], None]:
    libc = ctypes.CDLL(None, use_errno=True)

    def ask_for_signal() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)  # the parent died between fork and prctl

    return ask_for_signal


def descendants(pid: int) -> list[int]:
    """All children of a process and theirs."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):  # it ended while we looked
            for child in map(int, task.read_text().split()):
                found += [child, *descendants(child)]
    return found


def proportional_bytes(pid: int) -> int:
    """Resident memory of a process with shared pages divided among those who share them."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0
