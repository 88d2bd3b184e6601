"""What is worth trying again, and when."""

from __future__ import annotations

import random
from datetime import timedelta

import psycopg
import sqlalchemy.exc
from aiokafka.errors import KafkaError

from shared.chassis.errors import Transient

#: At most this long between tries in place: an outage ends when it ends, and then work goes on.
LONGEST_PAUSE = timedelta(seconds=15)
#: SQLSTATE classes of faults that pass: connection, resources, operator intervention, locks,
#: serialisation and deadlock (40), and the unique violation (23505) of two at once, which the
#: next try sees as what the other one did.
PASSING = ("08", "53", "57", "58", "40", "55P03", "23505", "25006")


def is_transient(error: BaseException) -> bool:
    """Whether the same step may succeed when tried again."""
    if isinstance(error, Transient | KafkaError | OSError | TimeoutError):
        return True
    if isinstance(error, sqlalchemy.exc.TimeoutError):
        return True
    cause = error.orig if isinstance(error, sqlalchemy.exc.DBAPIError) else error
    if isinstance(cause, psycopg.Error):
        state = cause.sqlstate
        lost = isinstance(cause, psycopg.OperationalError) and state is None
        return lost or bool(state and state.startswith(PASSING))
    return False


def pause(attempt: int) -> float:
    """Seconds before try number `attempt` + 1: doubling from 0.1 s, with jitter, capped."""
    longest = min(LONGEST_PAUSE.total_seconds(), 0.1 * 2.0 ** min(attempt, 12))
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - jitter, not secrecy
