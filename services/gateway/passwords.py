"""Passwords, hashed with argon2id.

A hash takes some 50 ms and 64 MB on purpose, so hashing happens in threads, a few at a time.
"""

from __future__ import annotations

import asyncio

from pwdlib import PasswordHash

#: Two at once use two cores and 128 MB; more would only make each slower.
AT_ONCE = 2


class Passwords:
    """Hashes and verifies passwords."""

    def __init__(self) -> None:
        self._hasher = PasswordHash.recommended()
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._nobody: str | None = None

    async def hash(self, password: str) -> str:
        """The hash to store."""
        async with self._turns:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def verify(self, password: str, stored: str | None) -> bool:
        """Whether the password fits; for an unknown user (None) it takes as long to say no."""
        expected = stored if stored is not None else await self._hash_of_nobody()
        async with self._turns:
            fits = await asyncio.to_thread(self._hasher.verify, password, expected)
        return fits and stored is not None

    async def prepare(self) -> None:
        """Make the hash for unknown users, so that not even the first of them shows."""
        await self._hash_of_nobody()

    async def _hash_of_nobody(self) -> str:
        if self._nobody is None:
            self._nobody = await self.hash("niemand heeft dit wachtwoord")
        return self._nobody
