"""`up`, `demo`, `status` and `down`, with the real stack and small stand-in services.

The services here only do what the supervisor asks of a service: migrate, serve, be ready.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from deploy.local import jars, ports
from deploy.local.environment import SERVICES
from deploy.local.ports import Ports
from deploy.local.process import descendants
from deploy.local.service_process import is_ready

ROOT = Path(__file__).resolve().parents[2]
# A busy machine of two cores needs ten seconds for a start.
LIMIT = 90.0
POLL_SECONDS = 0.1
SERVICE = """
import http.server, os, sys
if sys.argv[1] == "migrate":
    assert "DATABASE_OWNER_URL" in os.environ
    with open(os.environ["DIARY"], "a") as diary:
        diary.write(__package__ + " migrated\\n")
    raise SystemExit(0)
assert "DATABASE_OWNER_URL" not in os.environ
if os.environ.get("BROKEN") == f"{__package__}-{sys.argv[1]}":
    raise SystemExit("de instellingen kloppen niet")
class Health(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/health/ready" else 404)
        self.end_headers()
port = int(os.environ["PORT" if sys.argv[1] == "api" else "METRICS_PORT"])
http.server.ThreadingHTTPServer(("127.0.0.1", port), Health).serve_forever()
"""
DEMO = "import os; print('demo bij', os.environ['PUBLIC_URL']); raise SystemExit(3)"


class Checkout:
    """A copy of the supervisor with stand-in services, on ports of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.base = ports.free_base()
        self.diary = folder / "diary.txt"
        shutil.copytree(ROOT / "deploy", folder / "deploy")
        (folder / ".local").mkdir()
        (folder / ".local" / "jars").symlink_to(jars.FOLDER)
        for service in (*SERVICES, "gateway"):
            self._write(f"services/{service}/__main__.py", SERVICE)
            (folder / "services" / service / "migrations").mkdir()
        self._write("shared/chassis/topics.py", "")
        self._write("shared/chassis/clock.py", (ROOT / "shared/chassis/clock.py").read_text())
        self._write("examples/demo.py", DEMO)

    def _write(self, name: str, text: str) -> None:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def command(self, *arguments: str, broken: str = "") -> subprocess.Popen[str]:
        """Start a command of the supervisor."""
        return self.program("-m", "deploy.local", *arguments, broken=broken)

    def program(self, *arguments: str, broken: str = "") -> subprocess.Popen[str]:
        """Start Python in this installation."""
        environment = dict(os.environ) | {
            "HERONDERZOEK_PORT_BASE": str(self.base),
            "BROKEN": broken,
            "DIARY": str(self.diary),
        }
        return subprocess.Popen(
            [sys.executable, *arguments],
            cwd=self.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *arguments: str, broken: str = "") -> tuple[int, str]:
        """Run a command to its end; answer its exit code and what it printed."""
        started = self.command(*arguments, broken=broken)
        said, _ = started.communicate(timeout=LIMIT)
        return started.returncode, said

    @contextmanager
    def up(self) -> Iterator[subprocess.Popen[str]]:
        """Run `up` for a while; whatever a test does, nothing stays behind."""
        started = self.command("up")
        reader = threading.Thread(target=started.communicate)  # nobody blocks on a full pipe
        try:
            until_it_says(started, "Heronderzoek draait")
            reader.start()
            yield started
        finally:
            with suppress(ProcessLookupError):
                started.kill()
            reader.join()


def until_it_says(started: subprocess.Popen[str], words: str) -> None:
    """Read along until some words appear."""
    said = []
    for line in started.stdout or ():
        said.append(line)
        if words in line:
            return
    pytest.fail("".join(said))


def until(condition: Callable[[], bool]) -> None:
    """Wait for a condition, with a limit."""
    deadline = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < deadline, "the condition did not come true in time"
        time.sleep(POLL_SECONDS)


def is_gone(pid: int) -> bool:
    """Whether a process has ended."""
    return not Path(f"/proc/{pid}").exists()


def process_of(supervisor: int, command: str) -> int | None:
    """Find a child of the supervisor by the end of its command line."""
    for pid in descendants(supervisor):
        with suppress(OSError):
            line = Path(f"/proc/{pid}/cmdline").read_bytes().decode().replace("\0", " ").strip()
            if line.endswith(command):
                return pid
    return None


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """One installation for all tests of this file: its data folder is made once."""
    return Checkout(tmp_path_factory.mktemp("checkout"))


def test_what_falls_is_started_again_until_down(checkout: Checkout) -> None:
    """A killed service and a killed part come back; `down` leaves no process."""
    with checkout.up() as supervisor:
        family = descendants(supervisor.pid)
        service = process_of(supervisor.pid, "services.cases api")
        part = process_of(supervisor.pid, "--no-access-log")
        assert service
        assert part
        os.kill(service, signal.SIGKILL)
        os.kill(part, signal.SIGKILL)
        port = Ports.at(checkout.base).cases
        until(lambda: process_of(supervisor.pid, "services.cases api") not in {None, service})
        until(lambda: is_ready(port))
        until(lambda: checkout.run("status")[0] == 0)
        code, said = checkout.run("up")
        assert (code, f"proces {supervisor.pid}" in said) == (1, True)
        assert checkout.run("down")[0] == 0
        until(lambda: all(is_gone(pid) for pid in family))
    assert "niet gereed" in checkout.run("status")[1]


def test_nothing_outlives_a_killed_supervisor(checkout: Checkout) -> None:
    """Kill -9 of the supervisor ends services and stack, so that `up` works again."""
    with checkout.up() as supervisor:
        family = descendants(supervisor.pid)
        assert len(family) > len(SERVICES) * 2
        supervisor.kill()
        until(lambda: all(is_gone(pid) for pid in family))


def test_a_database_is_migrated_once_for_the_code_as_it_is(checkout: Checkout) -> None:
    """A later start skips it; changed code migrates again, and so does a lost database."""
    steps = """
import pathlib, shutil
from deploy.local.migration import migrate
from deploy.local.stack import Stack
stack = Stack(pathlib.Path(".local", "second"))
stack.postgres.start()
migrate(stack, "cases")
migrate(stack, "cases")
pathlib.Path("services/cases/tables.py").touch()
migrate(stack, "cases")
stack.postgres.stop()
shutil.rmtree(stack.state / "postgres")
stack.postgres.start()
migrate(stack, "cases")
stack.stop()
"""
    checkout.diary.write_text("")
    done = checkout.program("-c", steps)
    said, _ = done.communicate(timeout=LIMIT)
    assert (done.returncode, said) == (0, "")
    assert checkout.diary.read_text() == "services.cases migrated\n" * 3


def test_the_demo_runs_on_the_started_system_and_its_exit_code_counts(checkout: Checkout) -> None:
    """`demo --once` stops after the demo and tells how it went."""
    code, said = checkout.run("demo", "--once")
    assert f"demo bij http://127.0.0.1:{checkout.base}" in said
    assert code == 3


def test_a_service_that_cannot_start_is_named_with_its_last_words(checkout: Checkout) -> None:
    """The start fails as a whole, and says why in one message."""
    code, said = checkout.run("up", broken="services.intake-api")
    assert code == 1
    assert "intake-api stopte met code 1" in said
    assert "de instellingen kloppen niet" in said
