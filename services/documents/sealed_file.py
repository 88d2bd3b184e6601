"""Large files, sealed frame by frame, so that neither sealing nor opening needs them in memory.

A print file of 10,000 letters is hundreds of megabytes. It is cut into frames of equal size, each
sealed for its key, its number and whether it is the last: frames cannot be swapped, left out or
taken from another file, and a file that was cut short does not open.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from pathlib import Path

from shared.chassis.bucket import Bucket
from shared.chassis.errors import SealBroken
from shared.chassis.sealing import NONCE_BYTES, KeyRing

FRAME_BYTES = 1024 * 1024
#: Key id, nonce and tag of each frame.
SEAL_BYTES = 1 + NONCE_BYTES + 16
MEDIA_TYPE = "application/vnd.heronderzoek.sealed-frames"
_SEALED_FRAME = FRAME_BYTES + SEAL_BYTES


def seal_to_file(content: Iterable[bytes], target: Path, key: str, keys: KeyRing) -> None:
    """Write content, in pieces of any size, to `target` as sealed frames; this blocks."""
    with target.open("wb") as file:
        number, held = 0, None
        for frame in _frames(content):
            if held is not None:
                file.write(keys.seal(held, _context(key, number, last=False)))
                number += 1
            held = frame
        file.write(keys.seal(held or b"", _context(key, number, last=True)))


def pieces_of(path: Path) -> Iterator[bytes]:
    """The bytes of a plain file, a frame at a time."""
    with path.open("rb") as file:
        while piece := file.read(FRAME_BYTES):
            yield piece


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


def _frames(content: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in frames of one size; the last may be shorter."""
    held = bytearray()
    for piece in content:
        held += piece
        while len(held) >= FRAME_BYTES:
            yield bytes(held[:FRAME_BYTES])
            del held[:FRAME_BYTES]
    if held:
        yield bytes(held)


def _context(key: str, number: int, *, last: bool) -> bytes:
    return f"s3|{key}|{number}|{'last' if last else 'more'}".encode()
