"""Which port each process listens on, and who holds it when it is taken.

All ports follow from one base, so that a second installation needs one setting; a single
port can be moved on its own.
"""

from __future__ import annotations

import errno
import os
import random
import socket
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Self

DEFAULT_BASE = 8080
# The last port is base + 27; forty leave room for a neighbour without overlap.
PORTS_PER_INSTALLATION = 40
# Those below need root; the highest leave room for the ports that follow from a base.
CHOOSABLE = range(1024, 65535 - PORTS_PER_INSTALLATION)
HOST = "127.0.0.1"
# Below the range from which Linux hands out ports to outgoing connections (32768 and up).
FREE_RANGE = range(20000, 32000, PORTS_PER_INSTALLATION)


class PortTakenError(Exception):
    """A port of the system is in use by another program."""

    def __init__(self, port: int, purpose: str) -> None:
        holder = holder_of(port)
        by = f" door {holder}" if holder else ""
        setting = f"HERONDERZOEK_{purpose.upper()}_PORT"
        super().__init__(
            f"Poort {port} ({purpose}) is al in gebruik{by}. Stop dat programma, of kies andere"
            f" poorten: HERONDERZOEK_PORT_BASE=9080 voor alles, {setting} voor deze ene."
        )
        self.port = port


@dataclass(frozen=True)
class Ports:
    """One port per process and purpose."""

    gateway: int
    intake: int
    cases: int
    documents: int
    mailer: int
    communications: int
    intake_worker: int
    cases_worker: int
    documents_worker: int
    mailer_worker: int
    communications_worker: int
    postgres: int
    kafka: int
    kafka_controller: int
    s3: int
    smtp: int
    imap: int
    mail_api: int
    mail_inner: int

    @classmethod
    def at(cls, base: int) -> Self:
        """APIs at base … base+5, workers at base+11 …, the stack at base+20 …."""
        offsets = (0, 1, 2, 3, 4, 5, 11, 12, 13, 14, 15, 20, 21, 22, 23, 24, 25, 26, 27)
        return cls(*(base + offset for offset in offsets))

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Read HERONDERZOEK_PORT_BASE and HERONDERZOEK_<NAME>_PORT."""
        ports = cls.at(_number(environment, "HERONDERZOEK_PORT_BASE", DEFAULT_BASE))
        names = [field.name for field in fields(cls)]
        chosen = {
            name: _number(environment, f"HERONDERZOEK_{name.upper()}_PORT", getattr(ports, name))
            for name in names
        }
        return replace(ports, **chosen)

    def worker(self, service: str) -> int:
        """Port on which the worker of a service tells its health and figures."""
        return int(getattr(self, f"{service}_worker"))

    def api(self, service: str) -> int:
        """Port of the HTTP interface of a service."""
        return int(getattr(self, service))


def _number(environment: Mapping[str, str], name: str, default: int) -> int:
    text = environment.get(name, "")
    if not text:
        return default
    if not text.isdecimal() or int(text) not in CHOOSABLE:
        raise SystemExit(
            f"{name}={text!r} is geen bruikbare poort; kies een getal van"
            f" {CHOOSABLE.start} tot {CHOOSABLE.stop}."
        )
    return int(text)


def require_free(port: int, purpose: str) -> None:
    """Raise PortTakenError when something listens on this port."""
    if not is_free(port):
        raise PortTakenError(port, purpose)


def is_free(port: int) -> bool:
    """Whether a server could listen here now; connections that are closing do not count."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
            probe.listen()
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise
    return True


def free_base() -> int:
    """Find a base at which every port of an installation is free, for tests."""
    bases = list(FREE_RANGE)
    random.shuffle(bases)  # two test runs that start together should not meet
    for base in bases:
        if all(is_free(port) for port in vars(Ports.at(base)).values()):
            return base
    raise SystemExit("Geen vrije poorten gevonden tussen 20000 en 32000; stop andere programma's.")


def holder_of(port: int) -> str | None:
    """Name and id of the process that listens on a port, if this user may see it."""
    inode = _listening_inode(port)
    if inode is None:
        return None
    for descriptor in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if str(descriptor.readlink()) == f"socket:[{inode}]":
                process = descriptor.parent.parent
                return f"'{(process / 'comm').read_text().strip()}' (proces {process.name})"
        except OSError:
            continue  # the process ended meanwhile, or belongs to another user
    return None


def _listening_inode(port: int) -> str | None:
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        if not table.exists():
            continue
        for line in table.read_text().splitlines()[1:]:
            columns = line.split()
            is_listening = columns[3] == "0A"
            if is_listening and int(columns[1].rsplit(":", 1)[1], 16) == port:
                return columns[9]
    return None
