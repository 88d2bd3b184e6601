"""What the four parts of the stack have in common: start, wait until it answers, stop, kill."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from pathlib import Path

from deploy.local.ports import Ports, require_free
from deploy.local.process import Process

# The slowest start seen was 6 s (Kafka, first time, on two busy cores).
START_SECONDS = 60.0
POLL_SECONDS = 0.05


class PartFailedError(Exception):
    """A part ended while it started, or never answered."""

    def __init__(self, name: str, what: str, process: Process) -> None:
        super().__init__(
            f"{name} {what}. Laatste regels van {process.log}:\n{process.end_of_log()}"
        )


class Part(ABC):
    """A server program with its data folder and ports."""

    name: str
    # Names of the fields of Ports that this part listens on.
    listens_on: tuple[str, ...]

    def __init__(self, state: Path, ports: Ports) -> None:
        self.state = state
        self.ports = ports
        self.data = state / self.name
        self.log = state / "log" / f"{self.name}.log"
        self._process: Process | None = None

    @abstractmethod
    def prepare(self) -> None:
        """Make what the first start needs; return at once on later ones."""

    @abstractmethod
    def process(self) -> Process:
        """Describe the program to start."""

    @abstractmethod
    def answers(self) -> bool:
        """Whether it does real work now."""

    def check_ports(self) -> None:
        """Raise PortTakenError when another program has one of this part's ports."""
        if not self.is_running:
            for purpose in self.listens_on:
                require_free(getattr(self.ports, purpose), purpose)

    def start(self) -> None:
        """Start it and return when it answers; a part that runs is left as it is."""
        if self.is_running:
            return
        self.check_ports()
        self.prepare()
        self._process = self.process()
        self._process.start()
        self.wait_ready()

    def wait_ready(self, seconds: float = START_SECONDS) -> None:
        """Return as soon as it answers; raise PartFailedError when it ends or stays silent."""
        deadline = time.monotonic() + seconds
        process = self._started()
        while not self.answers():
            if not process.is_running:
                raise PartFailedError(self.name, f"stopte met code {process.exit_code}", process)
            if time.monotonic() > deadline:
                raise PartFailedError(self.name, f"antwoordt na {seconds:.0f} s niet", process)
            time.sleep(POLL_SECONDS)

    def stop(self) -> None:
        """Stop it in an orderly way; its data stays."""
        if self._process is not None:
            self._process.stop()

    def kill(self) -> None:
        """End it at once, as a power cut would (kill -9)."""
        self._started().kill()

    def pause(self) -> None:
        """Freeze it: connections stay open and nothing answers."""
        self._started().pause()

    def resume(self) -> None:
        """Let it go on after a pause."""
        self._started().resume()

    @property
    def is_running(self) -> bool:
        """Whether its process is there (it may not answer yet)."""
        return self._process is not None and self._process.is_running

    @property
    def pid(self) -> int | None:
        """Process id of the running or last run."""
        return self._process.pid if self._process else None

    def resident_bytes(self) -> int:
        """Memory it holds now."""
        return self._process.resident_bytes() if self._process else 0

    def _started(self) -> Process:
        if self._process is None:
            raise RuntimeError(f"{self.name} was never started")
        return self._process
