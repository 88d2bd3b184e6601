"""Sealing personal data, and finding it again without opening it.

A sealed value is AES-256-GCM: one byte key id, twelve bytes nonce, the ciphertext with its tag.
The associated data names the place where the value belongs, so a value cannot be moved to
another row, column or event. An index is a keyed hash (HMAC-SHA-256) of the value, preceded by
its key id; while keys rotate, a value has one index per key version.

Source: NIST SP 800-38D (GCM), RFC 2104 (HMAC).
"""

from __future__ import annotations

import base64
import binascii
import hmac
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.chassis.errors import SealBroken

NONCE_BYTES = 12
KEY_BYTES = 32
MAX_KEY_ID = 255


def _parse(text: str) -> dict[int, bytes]:
    """Read `1:<base64>,2:<base64>`; the last one is for new data."""
    keys: dict[int, bytes] = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        number, _, encoded = part.partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
            key_id = int(number)
        except (binascii.Error, ValueError):
            raise ValueError("een sleutel heeft de vorm nr:base64") from None
        if not 0 < key_id <= MAX_KEY_ID or len(key) != KEY_BYTES or key_id in keys:
            raise ValueError(f"sleutel {key_id}: nummer 1-255, eenmaal, 32 bytes")
        keys[key_id] = key
    if not keys:
        raise ValueError("er is minstens één sleutel nodig")
    return keys


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The keys of an installation."""

    _seals: dict[int, AESGCM]
    _indexes: dict[int, bytes]
    current: int
    current_index: int
    _settings: tuple[str, str] = field(repr=False)

    @classmethod
    def of(cls, seal_keys: str, index_keys: str) -> Self:
        """Build from the two settings; raises ValueError with what is wrong."""
        seals, indexes = _parse(seal_keys), _parse(index_keys)
        return cls(
            {key_id: AESGCM(key) for key_id, key in seals.items()},
            indexes,
            list(seals)[-1],
            list(indexes)[-1],
            (seal_keys, index_keys),
        )

    def __reduce__(self) -> tuple[Callable[[str, str], KeyRing], tuple[str, str]]:
        """Travel to a child process, which builds its own."""
        return (KeyRing.of, self._settings)

    def seal(self, plain: bytes, context: bytes) -> bytes:
        """Seal `plain` for the place that `context` names."""
        nonce = os.urandom(NONCE_BYTES)
        return (
            bytes((self.current,))
            + nonce
            + self._seals[self.current].encrypt(nonce, plain, context)
        )

    def unseal(self, sealed: bytes, context: bytes) -> bytes:
        """Open sealed bytes; raises SealBroken when key, context or content do not fit."""
        key = self._seals.get(sealed[0]) if sealed else None
        if key is None:
            raise SealBroken("onbekende sleutel")
        try:
            return key.decrypt(sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :], context)
        except InvalidTag:
            raise SealBroken("zegel past niet") from None

    def index(self, value: str) -> bytes:
        """The index of a value under the current key: 33 bytes."""
        return self._index(self.current_index, value)

    def indexes(self, value: str) -> list[bytes]:
        """The indexes of a value under every key version, for look-ups."""
        return [self._index(key_id, value) for key_id in self._indexes]

    def _index(self, key_id: int, value: str) -> bytes:
        return bytes((key_id,)) + hmac.digest(self._indexes[key_id], value.encode(), "sha256")


def key_of(sealed: bytes) -> int:
    """Which key sealed these bytes."""
    return sealed[0]
