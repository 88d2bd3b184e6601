"""Many who watch the same: what they see is read once a second, however many they are.

A stream of Server-Sent Events ends by itself after a while, and the browser opens it again: so it
is checked again and again who watches, and a process that stops waits for nobody.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

EVERY_SECONDS = 1.0
#: A stream lasts this long.
LASTS_SECONDS = 60.0
#: A line now and then keeps what stands in between from cutting a quiet stream.
QUIET_SECONDS = 15.0

Read = Callable[[], Awaitable[Any]]


@dataclass
class _Seen:
    """The newest answer to one question; `at` is when it was asked."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    at: float = float("-inf")
    told: Any = None
    watchers: int = 0


class Watching:
    """What is watched now, by what it is and of which gemeente."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, ...], _Seen] = {}

    async def follow(self, key: tuple[str, ...], read: Read) -> AsyncIterator[Any]:
        """The answer, now and each second again, until the stream has lasted long enough."""
        seen = self._seen.setdefault(key, _Seen())
        seen.watchers += 1
        end = monotonic() + LASTS_SECONDS
        try:
            while monotonic() < end:
                yield await _latest(seen, read)
                await asyncio.sleep(EVERY_SECONDS)
        finally:
            seen.watchers -= 1
            if not seen.watchers:
                self._seen.pop(key, None)


async def _latest(seen: _Seen, read: Read) -> Any:
    """What was read less than a second ago, by whoever; else it is read again, by one of them."""
    async with seen.turn:
        if monotonic() - seen.at >= EVERY_SECONDS * 0.9:
            seen.told, seen.at = await read(), monotonic()
    return seen.told


async def as_events(pieces: AsyncIterator[str | None]) -> AsyncIterator[bytes]:
    """Pieces of a page as events, each when it differs from the one before; None is the end."""
    before, quiet_since = "", monotonic()
    async for piece in pieces:
        if piece is None:
            yield b"event: klaar\ndata: klaar\n\n"
            return
        if piece != before:
            before, quiet_since = piece, monotonic()
            yield "".join(f"data: {line}\n" for line in piece.splitlines()).encode() + b"\n"
        elif monotonic() - quiet_since > QUIET_SECONDS:
            quiet_since = monotonic()
            yield b": nog bezig\n\n"
