"""What the gateway does by itself. It follows no topic: it answers people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from services.gateway import queries
from services.gateway.domain import SessionLimits
from services.gateway.sealing import seal_days
from shared.chassis.service import Timer, every
from shared.chassis.work import Work


def timers(limits: SessionLimits) -> Sequence[Timer]:
    """What happens without anybody asking."""

    async def sweep_sessions(work: Work) -> None:
        """What ended weighs nothing, but must not stay for ever."""
        await queries.sweep(work, limits)

    return (
        # A day is sealed some minutes after it ended; nobody waits for it.
        every(timedelta(minutes=10), seal_days),
        every(timedelta(minutes=5), sweep_sessions),
    )
