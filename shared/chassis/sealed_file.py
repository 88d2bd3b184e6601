"""Large files, sealed frame by frame, so that neither sealing nor opening needs them in memory.

A print file of 10,000 letters is hundreds of megabytes. It is cut into frames of equal size, each
sealed for its key, its number and whether it is the last: frames cannot be swapped, left out or
taken from another file, and a file that was cut short does not open.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

from shared.chassis.bucket import Bucket
from shared.chassis.errors import SealBroken
from shared.chassis.sealing import NONCE_BYTES, KeyRing

FRAME_BYTES = 1024 * 1024
#: Key id, nonce and tag of each frame.
SEAL_BYTES = 1 + NONCE_BYTES + 16
MEDIA_TYPE = "application/vnd.heronderzoek.sealed-frames"
_SEALED_FRAME = FRAME_BYTES + SEAL_BYTES


class SealedFile:
    """A file being written: content in pieces of any size, on the disk as sealed frames only."""

    def __init__(self, target: Path, key: str, keys: KeyRing) -> None:
        self._file = target.open("wb")
        self._key = key
        self._keys = keys
        self._held = bytearray()
        self._number = 0

    def write(self, piece: bytes) -> None:
        """Add bytes; the last frame waits in memory until it is known to be the last."""
        self._held += piece
        while len(self._held) > FRAME_BYTES:
            self._seal(bytes(self._held[:FRAME_BYTES]), last=False)
            del self._held[:FRAME_BYTES]

    def finish(self) -> None:
        """Seal the last frame; the file is whole only after this."""
        self._seal(bytes(self._held), last=True)
        self._file.close()

    def abandon(self) -> None:
        """Let go of a file that will never be whole; after `finish` this does nothing."""
        self._held.clear()
        self._file.close()

    def _seal(self, frame: bytes, *, last: bool) -> None:
        self._file.write(self._keys.seal(frame, _context(self._key, self._number, last=last)))
        self._number += 1


async def open_stream(
    bucket: Bucket, keys: KeyRing, key: str
) -> tuple[int, AsyncIterator[bytes]] | None:
    """The size of the plain file and its bytes, frame by frame; None when there is none.

    The stream raises SealBroken at the first frame that was changed or is missing.
    """
    found = await bucket.stream(key)
    if found is None:
        return None
    sealed_size, pieces = found
    count = -(-sealed_size // _SEALED_FRAME)
    return sealed_size - count * SEAL_BYTES, _opened(pieces, keys, key, count)


async def _opened(
    pieces: AsyncIterator[bytes], keys: KeyRing, key: str, count: int
) -> AsyncIterator[bytes]:
    held, number = bytearray(), 0
    async for piece in pieces:
        held += piece
        while len(held) >= _SEALED_FRAME and number < count - 1:
            frame = bytes(held[:_SEALED_FRAME])
            del held[:_SEALED_FRAME]
            yield keys.unseal(frame, _context(key, number, last=False))
            number += 1
    if number != count - 1:
        raise SealBroken("het bestand is korter dan het was")
    yield keys.unseal(bytes(held), _context(key, number, last=True))


def _context(key: str, number: int, *, last: bool) -> bytes:
    return f"s3|{key}|{number}|{'last' if last else 'more'}".encode()
