"""Large files sealed in frames: opened only whole, in order and under their own key."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from shared.chassis import sealed_file
from shared.chassis.bucket import Bucket
from shared.chassis.errors import SealBroken
from shared.chassis.sealed_file import FRAME_BYTES, SEAL_BYTES, SealedFile
from shared.chassis.sealing import KeyRing
from tests.support.parts import Bench

SIZES = (0, 1, FRAME_BYTES - 1, FRAME_BYTES, FRAME_BYTES + 1, 2 * FRAME_BYTES, 3 * FRAME_BYTES + 7)


@pytest.fixture
def keys(documents: Bench) -> KeyRing:
    """The keys of the installation."""
    return documents.parts.keys


async def stored(bucket: Bucket, keys: KeyRing, key: str, content: bytes, folder: Path) -> bytes:
    """Seal and store content; answers the sealed bytes."""
    path = folder / "sealed"
    target = SealedFile(path, key, keys)
    for at in range(0, len(content), 300_000):
        target.write(content[at : at + 300_000])
    target.finish()
    await bucket.put_file(key, str(path), sealed_file.MEDIA_TYPE)
    return path.read_bytes()


async def opened(bucket: Bucket, keys: KeyRing, key: str) -> tuple[int, bytes]:
    """The promised size and the bytes."""
    found = await sealed_file.open_stream(bucket, keys, key)
    assert found is not None
    return found[0], b"".join([piece async for piece in found[1]])


@pytest.mark.parametrize("size", SIZES)
async def test_a_file_comes_back_whole(
    bucket: Bucket, keys: KeyRing, tmp_path: Path, size: int
) -> None:
    """Whatever its size, with that size known before the first byte."""
    content = os.urandom(size)
    sealed = await stored(bucket, keys, "1000/heel", content, tmp_path)
    assert content == b"" or content[:64] not in sealed or size == 1
    assert await opened(bucket, keys, "1000/heel") == (size, content)


@pytest.mark.parametrize("damage", ["cut", "swapped", "changed", "moved"])
async def test_a_damaged_file_does_not_open(
    bucket: Bucket, keys: KeyRing, tmp_path: Path, damage: str
) -> None:
    """Cut at a frame, frames swapped, a bit changed, or put under another key."""
    sealed = await stored(bucket, keys, "1000/a", os.urandom(3 * FRAME_BYTES), tmp_path)
    frame = FRAME_BYTES + SEAL_BYTES
    broken = {
        "cut": sealed[: 2 * frame],
        "swapped": sealed[frame : 2 * frame] + sealed[:frame] + sealed[2 * frame :],
        "changed": sealed[:100] + bytes([sealed[100] ^ 1]) + sealed[101:],
        "moved": sealed,
    }[damage]
    await bucket.put("1000/b" if damage == "moved" else "1000/a", broken, sealed_file.MEDIA_TYPE)
    with pytest.raises(SealBroken):
        await opened(bucket, keys, "1000/b" if damage == "moved" else "1000/a")


async def test_a_missing_file_is_none(bucket: Bucket, keys: KeyRing) -> None:
    """Not an error: the caller says what that means."""
    assert await sealed_file.open_stream(bucket, keys, "1000/niets") is None
