"""A child that reads a stranger's file has nobody to talk to, whatever the code in it calls."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.intake.workbook.exits import SHARED_NETWORK
from services.intake.workbook.files import SUMMARY_FILE
from tests.support import namespaces
from tests.unit.intake.workbooks import GOOD_ROW, write

ROOT = Path(__file__).resolve().parents[3]
#: Straight to the C library: neither Python's sockets nor its audit hooks are in the way.
RAW = """
import ctypes, socket, struct
libc = ctypes.CDLL(None, use_errno=True)
address = struct.pack("=HH4s8x", socket.AF_INET, socket.htons({port}), bytes([127, 0, 0, 1]))
raw = libc.socket(socket.AF_INET, socket.SOCK_STREAM, 0)
print("reached" if libc.connect(raw, address, 16) == 0 else "unreachable")
"""
WALLS = "from services.intake.workbook.limits import apply_limits\nprint(apply_limits())\n"
CAPABILITIES = (
    "print([l for l in open('/proc/self/status') if l.startswith('CapEff')][0].split()[1])"
)


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """Somebody on this machine who would take a connection."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


def said(program: str, *before: str) -> list[str]:
    """What a Python process says, line by line."""
    command = [*before, sys.executable, "-c", program]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    ).stdout.split()


@pytest.fixture
def may_leave() -> None:
    """Skip where the machine lets nobody make a namespace; there the fallback is what holds."""
    if not namespaces.are_allowed():
        pytest.skip("this kernel gives no network namespace to an ordinary process")


@pytest.mark.usefixtures("may_leave")
def test_not_even_loopback_can_be_reached(listener: socket.socket) -> None:
    """The same code reaches the listener without the walls, and does not behind them."""
    raw = RAW.format(port=listener.getsockname()[1])
    assert said(raw) == ["reached"]
    listener.accept()[0].close()
    assert said(WALLS + raw) == ["True", "unreachable"]
    with pytest.raises(BlockingIOError):
        listener.accept()


@pytest.mark.usefixtures("may_leave")
def test_the_new_namespace_gives_no_privileges() -> None:
    """Its maker would have them all in it."""
    assert said(WALLS + CAPABILITIES) == ["True", "0" * 16]


@pytest.mark.usefixtures("may_leave")
def test_where_namespaces_are_forbidden_the_file_is_checked_all_the_same(
    tmp_path: Path, listener: socket.socket
) -> None:
    """The child says that it shares the network, and Python's own refusal still holds."""
    unshare = shutil.which("unshare")
    assert unshare is not None
    shell = 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"'
    forbidding = (unshare, "--user", "--map-root-user", "sh", "-c", shell, "sh")
    header, row = list(GOOD_ROW), list(GOOD_ROW.values())
    file = write(tmp_path / "upload.xlsx", [header, row])
    checked = subprocess.run(
        [
            *forbidding,
            *(sys.executable, "-m", "services.intake.workbook.child", str(file), str(tmp_path)),
            *("--gemeente=9001", "--today=2026-11-22"),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr
    assert checked.stdout.splitlines()[0] == SHARED_NETWORK
    assert json.loads((tmp_path / SUMMARY_FILE).read_bytes())["rows"] == 1
    port = listener.getsockname()[1]
    connect = (
        f"import socket\ntry: socket.create_connection(('127.0.0.1', {port}))\n"
        "except PermissionError: print('refused')"
    )
    assert said(WALLS + connect, *forbidding) == ["False", "refused"]
    with pytest.raises(BlockingIOError):
        listener.accept()
