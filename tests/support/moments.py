"""Business time of one service, set to a moment and put right afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import psycopg

from deploy.local.stack import Stack
from services.cases.domain.working_days import ZONE
from shared.chassis import clock


class Moments:
    """Sets the business time of a service."""

    def __init__(self, stack: Stack, service: str) -> None:
        self._address = stack.superuser_url(service)

    def go_to(self, day: date, hour: int = 10) -> None:
        """It is this day, at this hour in the Netherlands."""
        moment = datetime.combine(day, time(hour), ZoneInfo(ZONE))
        with psycopg.connect(self._address, autocommit=True) as connection:
            clock.reset(connection)
            _, now = clock.seen(connection)
            clock.move(connection, moment - now)

    def reset(self) -> None:
        """It is now."""
        with psycopg.connect(self._address, autocommit=True) as connection:
            clock.reset(connection)


@contextmanager
def moments_of(stack: Stack, service: str) -> Iterator[Moments]:
    """The business time of a service, for as long as a test takes."""
    moments = Moments(stack, service)
    try:
        yield moments
    finally:
        moments.reset()
