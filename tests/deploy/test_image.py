"""The Dockerfile builds an image that holds one service, its own packages, and no more."""

from __future__ import annotations

import http.server
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from deploy.local import ports
from tests.deploy.composition import DOCKERFILE, ROOT, SERVICES, image_environment

TEXT = DOCKERFILE.read_text()
HEALTH = ROOT / "deploy" / "health.py"
REQUIREMENTS = ROOT / "deploy" / "requirements"
TIMEOUT = 20
#: What the stage that makes the assets reads; none of it goes into the image.
OF_ASSETS = [
    "deploy/requirements/assets.txt",
    "deploy/__init__.py",
    "deploy/assets",
    "deploy/local/__init__.py",
    "services/gateway/pages",
]


def test_only_the_service_and_what_is_shared_goes_in() -> None:
    """A neighbour's code in the image would be a neighbour's faults in the process."""
    copied = re.findall(r"^COPY (?!--from=)(\S+) ", TEXT, re.MULTILINE)
    assert copied == [
        "deploy/requirements/${SERVICE}.txt",
        "services/__init__.py",
        "services/${SERVICE}",
        "shared",
        *OF_ASSETS,
        "deploy/health.py",
    ]
    made = TEXT[TEXT.index("AS assets") :]
    assert re.findall(r"^COPY --from=assets (.*)$", made, re.MULTILINE) == [
        "/opt/assets /opt/assets"
    ]


def test_the_build_sees_nothing_that_is_secret() -> None:
    """What may go in is listed; .env, .local and .git are not."""
    lines = [
        line
        for line in (ROOT / ".dockerignore").read_text().splitlines()
        if not line.startswith("#")
    ]
    assert lines[0] == "*"
    allowed = {line[1:] for line in lines if line.startswith("!")}
    assert allowed == {
        "services",
        "shared",
        "deploy",
        "deploy/health.py",
        "deploy/requirements",
        "deploy/__init__.py",
        "deploy/assets",
        "deploy/local",
        "deploy/local/__init__.py",
        "deploy/local/npm.py",
    }
    assert lines.index("deploy/*") > lines.index("!deploy")


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_a_lock_with_hashes_and_no_address(service: str) -> None:
    """The image is built from it alone, wherever packages come from."""
    lock = (REQUIREMENTS / f"{service}.txt").read_text()
    pins = re.findall(r"^[a-z0-9][\w.-]*==\S+ \\$", lock, re.MULTILINE)
    assert len(pins) > 10
    assert lock.count("==") >= len(pins)
    assert all("--hash=sha256:" in entry for entry in re.split(r"\n(?=[a-z0-9])", lock)[1:])
    assert "://" not in lock
    assert "--index" not in lock


def test_packages_are_installed_by_hash() -> None:
    """And the base is that version of Python for which the locks hold."""
    assert "pip install --require-hashes --no-deps --only-binary=:all:" in TEXT
    assert re.search(r"^ARG BASE=python:3\.11-slim-bookworm$", TEXT, re.MULTILINE)
    assert re.findall(r"^FROM (\S+)", TEXT, re.MULTILINE) == ["${BASE}"] * 3
    assert "://" not in TEXT


def test_the_process_is_nobody_and_gets_its_signals() -> None:
    """A number, so that a cluster can see that it is not root; and `exec`, for SIGTERM."""
    assert re.findall(r"^USER (.*)$", TEXT, re.MULTILINE) == ["10001:10001"]
    entry = re.search(r"^ENTRYPOINT (.*)$", TEXT, re.MULTILINE)
    assert entry is not None
    assert '"exec python -m \\"services.${SERVICE}\\" \\"$@\\""' in entry[1]


def test_the_health_check_looks_at_the_port_of_every_process() -> None:
    """Api, worker and jobs have one port in a container, and it is the one exposed."""
    given = image_environment()
    assert given["PORT"] == given["METRICS_PORT"]
    assert re.findall(r"^EXPOSE (\d+)$", TEXT, re.MULTILINE) == [given["PORT"]]
    assert 'CMD ["python", "-IS", "/opt/health.py", "live"]' in TEXT
    assert "COPY deploy/health.py /opt/health.py" in TEXT


@pytest.fixture
def process() -> Iterator[tuple[int, dict[str, int]]]:
    """A process that answers on a port as it is told, by path."""
    answers: dict[str, int] = {}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(answers.get(self.path, 404))
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_address[1], answers
    server.shutdown()
    server.server_close()
    thread.join()


def check(question: str, port: int) -> int:
    """Exit code of the check, started as the image starts it."""
    return subprocess.run(
        [sys.executable, "-IS", str(HEALTH), question],
        env=os.environ | {"PORT": str(port)},
        check=False,
        capture_output=True,
        timeout=TIMEOUT,
    ).returncode


def test_a_check_tells_alive_from_ready(process: tuple[int, dict[str, int]]) -> None:
    """A worker with a pulled brake is alive and not ready."""
    port, answers = process
    answers |= {"/health/live": 200, "/health/ready": 503}
    assert check("live", port) == 0
    assert check("ready", port) == 1


def test_a_process_that_does_not_answer_is_not_healthy() -> None:
    """Nobody listens there."""
    assert check("live", ports.free_base()) == 1
