"""A ZIP that is sealed while it grows: what lies on the disk can be read by nobody."""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import AsyncIterator
from io import RawIOBase
from pathlib import Path
from typing import Any, Self

from shared.chassis.sealed_file import SealedFile
from shared.chassis.sealing import KeyRing

_READABLE = 0o644 << 16
#: The beginning of the ZIP's own calendar: when an entry was made says nothing about what it holds.
_DATE = (1980, 1, 1, 0, 0, 0)
#: A name of a service becomes a path on somebody's computer: nothing in it may lead elsewhere.
_UNWANTED = re.compile(r"[^A-Za-z0-9._/-]|\.\.")


class Archive:
    """The ZIP of one inzage; what is broken off inside the block is let go of, and never whole."""

    def __init__(self, path: Path, key: str, keys: KeyRing) -> None:
        self._outlet = _Outlet(SealedFile(path, key, keys))
        self._zip = zipfile.ZipFile(self._outlet, "w", zipfile.ZIP_DEFLATED)

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let go, whatever happened."""
        self._outlet.abandon()
        self._zip.close()

    def add(self, name: str, content: bytes) -> None:
        """Add a file that is at hand."""
        self._zip.writestr(_entry(name), content, zipfile.ZIP_DEFLATED)

    async def add_pieces(self, name: str, pieces: AsyncIterator[bytes]) -> None:
        """Add a file as it comes in; its size does not matter to memory."""
        with self._zip.open(_entry(name), "w") as target:
            async for piece in pieces:
                target.write(piece)

    def finish(self) -> tuple[int, str]:
        """The size and SHA-256 of the ZIP; it is whole only after this."""
        self._zip.close()
        return self._outlet.finish()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(_UNWANTED.sub("_", name), date_time=_DATE)
    entry.external_attr = _READABLE
    return entry


class _Outlet(RawIOBase):
    """What the ZIP is written to; it cannot be sought."""

    def __init__(self, target: SealedFile) -> None:
        self._target = target
        self._digest = hashlib.sha256()
        self._size = 0
        self._is_abandoned = False

    def writable(self) -> bool:
        """Only written to."""
        return True

    def write(self, data: Any) -> int:
        """Seal what is whole, keep the rest."""
        piece = bytes(data)
        if self._is_abandoned:
            return len(piece)  # the end that a ZIP writes when it is thrown away
        self._target.write(piece)
        self._digest.update(piece)
        self._size += len(piece)
        return len(piece)

    def abandon(self) -> None:
        """Take no more."""
        self._is_abandoned = True
        self._target.abandon()

    def finish(self) -> tuple[int, str]:
        """Seal the end."""
        self._target.finish()
        return self._size, self._digest.hexdigest()
