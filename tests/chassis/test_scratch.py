"""Scratch folders: private, gone afterwards, and swept when a kill left them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from shared.chassis.scratch import RootNotPrivate, Scratch
from tests.support.waiting import until

HOLDER = """
import subprocess, sys, time
from pathlib import Path
from shared.chassis.scratch import Scratch
with Scratch(Path(sys.argv[1])).folder() as folder:
    (folder / "brief").write_text("leesbaar")
    print(folder, flush=True)
    time.sleep(600)
"""
PARENT = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", sys.argv[1]])
time.sleep(600)
"""
CHILD = """
import os, time
from shared.chassis.scratch import die_with_parent
die_with_parent()
open(os.environ["TOLD"], "w").write(str(os.getpid()))
time.sleep(600)
"""


def test_a_folder_is_private_and_gone_afterwards(tmp_path: Path) -> None:
    """For this user alone, also after an error."""
    scratch = Scratch(tmp_path / "root")
    with suppress(ZeroDivisionError), scratch.folder() as folder:
        (folder / "brief").write_bytes(b"x")
        assert folder.stat().st_mode & 0o777 == 0o700
        assert folder.parent.stat().st_mode & 0o777 == 0o700
        raise ZeroDivisionError
    assert list((tmp_path / "root").iterdir()) == []


def test_a_sweep_leaves_what_is_in_use_and_removes_what_a_kill_left(tmp_path: Path) -> None:
    """The lock tells the two apart, not the clock."""
    scratch = Scratch(tmp_path / "root")
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path / "root")], stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        left = Path(holder.stdout.readline().strip())
        assert scratch.sweep() == 0
        assert (left / "brief").read_text() == "leesbaar"
        os.kill(holder.pid, signal.SIGKILL)
    with scratch.folder() as mine:
        assert not left.exists()
        assert scratch.sweep() == 0
        assert mine.is_dir()


def test_a_root_that_others_may_enter_is_refused(tmp_path: Path) -> None:
    """Somebody may have made it first, to read along."""
    tmp_path.chmod(0o755)
    with pytest.raises(RootNotPrivate), Scratch(tmp_path).folder():
        pass
    link = tmp_path / "link"
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    link.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(RootNotPrivate), Scratch(link).folder():
        pass


def test_a_child_ends_with_a_parent_that_was_killed(tmp_path: Path) -> None:
    """Else it would go on writing in a folder that nobody owns."""
    told = tmp_path / "pid"
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, CHILD], env={**os.environ, "TOLD": str(told)}
    ) as parent:
        until(lambda: told.exists() and told.read_text(), 20, "a child")
        child = int(told.read_text())
        os.kill(parent.pid, signal.SIGKILL)
    until(lambda: not _lives(child), 10, "the end of the child")


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
