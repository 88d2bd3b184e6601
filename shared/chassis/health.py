"""Whether a process can do its work: its own parts only, never a neighbour's."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import sqlalchemy as sa

from shared.chassis.database import Database

CHECK_SECONDS = 3.0

Check = Callable[[], Awaitable[bool]]


class Health:
    """Named checks, run together; one that hangs or raises is a no."""

    def __init__(self, checks: Mapping[str, Check]) -> None:
        self._checks = dict(checks)

    async def check(self) -> dict[str, bool]:
        """The answer of each check."""
        answers = await asyncio.gather(*(self._one(check) for check in self._checks.values()))
        return dict(zip(self._checks, answers, strict=True))

    async def _one(self, check: Check) -> bool:
        try:
            return await asyncio.wait_for(check(), CHECK_SECONDS)
        except Exception:  # noqa: BLE001 - whatever is wrong, the answer is "not ready"
            return False


def database_answers(database: Database) -> Check:
    """Whether the database answers."""

    async def check() -> bool:
        async with database.engine.connect() as connection:
            return bool((await connection.execute(sa.text("select true"))).scalar())

    return check
