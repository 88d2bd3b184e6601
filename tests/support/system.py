"""The whole system as `make up` starts it, on ports and state of its own."""

from __future__ import annotations

import threading
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row

from deploy.local import ports
from deploy.local.service_process import Role, ServiceProcess, is_ready
from deploy.local.stack import Stack
from deploy.local.supervisor import Supervisor
from tests.support import complaints
from tests.support.caseworker import Caseworker
from tests.support.waiting import until


class System:
    """Stack and services, revived when they fall, as a user's installation does."""

    def __init__(self, state: Path) -> None:
        self.stack = Stack(state, port_base=ports.free_base())
        self.supervisor = Supervisor(self.stack)
        self._caseworkers: list[Caseworker] = []
        self._watcher = threading.Thread(target=self.supervisor.watch, daemon=True)

    def start(self) -> None:
        """Start all and keep it running."""
        self.supervisor.start()
        self._watcher.start()

    def stop(self) -> None:
        """Stop all."""
        for worker in self._caseworkers:
            worker.http.close()
        self.supervisor.stop()
        if self._watcher.ident is not None:  # a start that failed must stay what is reported
            self._watcher.join(timeout=10)

    @property
    def address(self) -> str:
        """Where the gateway is."""
        return f"http://127.0.0.1:{self.stack.ports.gateway}"

    def caseworker(self, user: str = "behandelaar") -> Caseworker:
        """A user who signs in now; his connections are closed when the system stops, or before."""
        self._caseworkers.append(Caseworker(self.address, user))
        return self._caseworkers[-1]

    def process(self, name: str) -> ServiceProcess:
        """A running role: `cases-worker`, `gateway-api`."""
        return self.supervisor.processes[name]

    def kill(self, name: str) -> None:
        """End a process at once, as a crash does."""
        self.process(name).process.kill()

    def second(self, service: str) -> ServiceProcess:
        """A second worker with jobs of a service, on a port of its own."""
        port = ports.free_base()
        role = Role(service, f"second-{port}", ("worker", "--with-jobs"), port)
        made = ServiceProcess(self.stack, role)
        made.process.environment["METRICS_PORT"] = str(port)
        made.start()
        until(lambda: is_ready(port), 60, f"second worker of {service} ready")
        return made

    def query(self, service: str, statement: str, *values: Any) -> list[dict[str, Any]]:
        """Look into a service's database, past every policy."""
        with psycopg.connect(
            self.stack.superuser_url(service), row_factory=dict_row, autocommit=True
        ) as connection:
            return connection.execute(statement, values).fetchall()

    def complaints(self, since: datetime) -> str:
        """What the services complained of since a moment, in a few lines each."""
        return complaints.since(self.stack.state / "log", since)

    def all_ready(self) -> bool:
        """Whether every process says that it can do its work."""
        return all(is_ready(each.role.port) for each in self.supervisor.processes.values())
