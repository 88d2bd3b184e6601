"""Folders for what must lie on a disk for a moment, and that no kill leaves behind.

Each service has one root that only its user may enter. Work gets a folder of its own in it, gone
at the end. A process that was killed cannot clean up: so a folder belongs to whoever holds the lock
on it, the kernel drops that lock with its process, and every process sweeps what nobody holds: when
it starts, before it makes a folder, and every few minutes.
"""

from __future__ import annotations

import asyncio
import ctypes
import fcntl
import os
import shutil
import signal
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import gettempdir, mkdtemp
from typing import Self

import structlog

from shared.chassis.errors import ChassisError

#: What a kill left behind stays this long at most while any process of the service lives.
SWEEP_SECONDS = 60.0
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of Linux

log = structlog.get_logger()


class RootNotPrivate(ChassisError):
    """The root of the folders can be entered by others; nothing is put there."""


class Scratch:
    """The folders of one service."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @classmethod
    def of(cls, base: Path | None, service: str) -> Self:
        """The root of a service in `base`, or in the system's own folder for such files."""
        if base is None:
            return cls(Path(gettempdir()) / f"heronderzoek-{service}-{os.getuid()}")
        return cls(base / service)

    @contextmanager
    def folder(self) -> Iterator[Path]:
        """A new folder for this user alone, with all its content gone afterwards."""
        self.sweep()
        path, lock = self._made()
        try:
            yield path
        finally:
            shutil.rmtree(path, ignore_errors=True)
            os.close(lock)

    def sweep(self) -> int:
        """Remove the folders whose process is gone; answers how many."""
        self._make_root()
        gone = sum(_removed(path) for path in self._root.iterdir())
        if gone:
            log.warning("scratch_swept", folders=gone)
        return gone

    async def keep_swept(self) -> None:
        """Sweep now and then, for as long as the process lives."""
        while True:
            await asyncio.to_thread(self.sweep)
            await asyncio.sleep(SWEEP_SECONDS)

    def _make_root(self) -> None:
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = self._root.lstat()
        is_ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()
        if not is_ours or stat.S_IMODE(found.st_mode) & 0o077:
            raise RootNotPrivate(f"{self._root} must be a folder of this user alone (mode 0700)")

    def _made(self) -> tuple[Path, int]:
        """A folder with its lock; a sweep may take it in between, then there is another."""
        while True:
            path = Path(mkdtemp(dir=self._root))
            lock = _locked(path)
            if lock is None:
                continue
            if path.is_dir():
                return path, lock
            os.close(lock)


def _locked(path: Path) -> int | None:
    """The open folder with its lock, or None when another holds it or has removed it."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return None
    return handle


def _removed(path: Path) -> bool:
    lock = _locked(path)
    if lock is None:
        return False
    try:
        shutil.rmtree(path, ignore_errors=True)
        with suppress(OSError):
            path.unlink()  # no folder: nothing of ours, but nothing that may stay either
        return not path.exists()
    finally:
        os.close(lock)


def die_with_parent() -> None:
    """Have the kernel kill this child process when its parent ends, however that ends."""
    if ctypes.CDLL(None, use_errno=True).prctl(_DIE_WITH_PARENT, signal.SIGKILL) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
