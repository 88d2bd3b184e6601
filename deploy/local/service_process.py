"""One process of one service: started, asked whether it is ready, started again when it falls."""

from __future__ import annotations

import http.client
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from deploy.local.environment import SERVICES
from deploy.local.ports import HOST, require_free
from deploy.local.process import Process
from deploy.local.stack import Stack

ROOT = Path(__file__).resolve().parents[2]
# Eleven processes that import at the same time on two cores take about fifteen seconds.
READY_SECONDS = 90.0
POLL_SECONDS = 0.1
ANSWER_SECONDS = 2.0
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 30.0
# A process that ran this long was well: its next fall counts as a first one.
STEADY_SECONDS = 60.0


class ServiceFailedError(Exception):
    """A command of a service, or a process of it, did not do what the start needs."""

    def __init__(self, name: str, what: str, process: Process) -> None:
        super().__init__(
            f"{name} {what}. Laatste regels van {process.log}:\n{process.end_of_log()}"
        )


@dataclass(frozen=True)
class Role:
    """A kind of process: which command starts it and where it tells its health."""

    service: str
    kind: str
    arguments: tuple[str, ...]
    port: int

    @property
    def name(self) -> str:
        """Name on the screen and of the log file."""
        return f"{self.service}-{self.kind}"


def roles(stack: Stack) -> list[Role]:
    """All processes of an installation. Worker and jobs share one, which saves memory."""
    found = [Role("gateway", "api", ("api",), stack.ports.gateway)]
    for service in SERVICES:
        found.append(Role(service, "api", ("api",), stack.ports.api(service)))
        worker = ("worker", "--with-jobs")
        found.append(Role(service, "worker", worker, stack.ports.worker(service)))
    return found


def settings(stack: Stack, service: str | None = None, *, owner: bool = False) -> dict[str, str]:
    """Give a program of ours its environment: this one's, with the installation's settings."""
    common = {"PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": ""}
    # glibc reserves memory per thread; two arenas are enough for processes that mostly wait.
    common["MALLOC_ARENA_MAX"] = "2"
    return dict(os.environ) | common | stack.environment(service, owner=owner)


def run_to_end(stack: Stack, name: str, module: str, *arguments: str, service: str | None) -> None:
    """Run a command of ours and wait; its output is in `<name>.log`."""
    process = Process(
        [sys.executable, "-m", module, *arguments],
        stack.state / "log" / f"{name}.log",
        environment=settings(stack, service, owner=service is not None),
        folder=ROOT,
    )
    process.start()
    code = process.wait()
    if code:
        raise ServiceFailedError(name, f"stopte met code {code}", process)


class ServiceProcess:
    """A running role."""

    def __init__(self, stack: Stack, role: Role) -> None:
        self.role = role
        self.process = Process(
            [sys.executable, "-m", f"services.{role.service}", *role.arguments],
            stack.state / "log" / f"{role.name}.log",
            environment=settings(stack, role.service),
            folder=ROOT,
        )
        self._pause = FIRST_PAUSE
        self._started_at = 0.0
        self._start_again_at: float | None = None

    def start(self) -> None:
        """Start it, after a look at its port so that the error names the other program."""
        require_free(self.role.port, self.role.service)
        self._started_at = time.monotonic()
        self.process.start()

    def wait_ready(self, stopping: Event) -> None:
        """Return when it is ready or all is stopped; raise when it ends or takes too long."""
        deadline = time.monotonic() + READY_SECONDS
        while not is_ready(self.role.port) and not stopping.is_set():
            if not self.process.is_running:
                what = f"stopte met code {self.process.exit_code}"
                raise ServiceFailedError(self.role.name, what, self.process)
            if time.monotonic() > deadline:
                what = f"is na {READY_SECONDS:.0f} s niet gereed"
                raise ServiceFailedError(self.role.name, what, self.process)
            stopping.wait(POLL_SECONDS)

    def revive(self) -> str | None:
        """Start it again some time after it fell; return what to tell about that, if anything."""
        now = time.monotonic()
        if self._start_again_at is None:
            if self.process.is_running:
                return None
            return self._plan(now)
        if now < self._start_again_at:
            return None
        self._start_again_at = None
        self._started_at = now
        self.process.start()
        return f"{self.role.name} is opnieuw gestart."

    def _plan(self, now: float) -> str:
        if now - self._started_at > STEADY_SECONDS:
            self._pause = FIRST_PAUSE
        pause = self._pause
        self._start_again_at = now + pause
        self._pause = min(pause * 2, LONGEST_PAUSE)
        return (
            f"{self.role.name} viel om (code {self.process.exit_code}); wij starten hem over"
            f" {pause:.0f} s opnieuw. Waarom staat in {self.process.log}."
        )


def is_ready(port: int) -> bool:
    """Whether the process on this port says that it can do its work."""
    connection = http.client.HTTPConnection(HOST, port, timeout=ANSWER_SECONDS)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
