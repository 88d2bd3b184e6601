"""Moves the business time of all services of an installation at once.

Each service keeps its own shift in its own database. Here they are one: moved while all are locked
and committed one after the other, so that no service is left behind by a fault on the way.
"""

from __future__ import annotations

from contextlib import ExitStack
from datetime import datetime, timedelta

import psycopg

from deploy.local.environment import SERVICES
from deploy.local.stack import Stack
from shared.chassis import clock

WITH_A_CLOCK = (*SERVICES, "gateway")


class NoClockError(Exception):
    """What was asked is no shift, or the databases are not there."""


class ClocksDifferError(Exception):
    """Somebody moved the clock of one service alone."""


def move_clocks(stack: Stack, by: str) -> dict[str, tuple[timedelta, datetime]]:
    """`+14d`, `reset` or `show`; answers for each service its shift and its time."""
    try:
        found = _moved(stack, by)
    except clock.ShiftRefused:
        raise NoClockError(f"{by!r} is geen verschuiving. Typ bijvoorbeeld +14d of -2h.") from None
    except psycopg.Error:
        raise NoClockError("De databases antwoorden niet. Start eerst met: make up") from None
    if len({shift for shift, _ in found.values()}) > 1:
        raise ClocksDifferError(
            "De diensten hebben niet dezelfde zakelijke tijd. Zet ze gelijk met:"
            " python -m deploy.local clock reset"
        )
    return found


def _moved(stack: Stack, by: str) -> dict[str, tuple[timedelta, datetime]]:
    with ExitStack() as open_ones:
        connections = {
            service: open_ones.enter_context(
                psycopg.connect(stack.superuser_url(service), connect_timeout=5)
            )
            for service in WITH_A_CLOCK
        }
        for connection in connections.values():
            if by == "reset":
                clock.reset(connection)
            elif by != "show":
                clock.move(connection, clock.parsed(by))
        return {service: clock.seen(connection) for service, connection in connections.items()}
