"""Business time, moved ahead: so that a test or a demo can live through two weeks.

Rules see `work.now`, which is the database's clock plus this shift. Leases, tokens, sessions and
retention use real time, so nothing that guards or cleans is moved. Each service has a clock of its
own; they are moved together.
"""

from __future__ import annotations

import re
import sys
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import psycopg

if TYPE_CHECKING:
    from shared.chassis.settings import ChassisSettings

Connection = psycopg.Connection[tuple[Any, ...]]
_SHIFT = re.compile(r"([+-]?)([0-9]{1,5})([dhm])")
_UNITS = {"d": "days", "h": "hours", "m": "minutes"}
#: Further than any term, and near enough for dates to stay dates.
FURTHEST = timedelta(days=3660)
USAGE = "a shift is a whole number of d, h or m, at most ten years in all: +14d, -2h, +30m"


class ShiftRefused(Exception):
    """Not a shift, or one that goes too far."""


def clock_command(settings: ChassisSettings, act: str, by: str | None) -> int:
    """`clock show | shift +14d | reset`; answers the exit code."""
    if settings.environment == "production" or not settings.allow_time_travel:
        sys.stderr.write("refused: ALLOW_TIME_TRAVEL is not set, or this is production\n")
        return 1
    try:
        with psycopg.connect(settings.dsn, connect_timeout=5) as connection:
            if act == "shift":
                move(connection, parsed(by or ""))
            elif act == "reset":
                reset(connection)
            shift, now = seen(connection)
    except ShiftRefused:
        sys.stderr.write(f"refused: {USAGE}\n")
        return 2
    sys.stdout.write(f"{now:%Y-%m-%d %H:%M:%S%z}\t{shift}\n")
    return 0


def parsed(text: str) -> timedelta:
    """A shift as it is typed; raises ShiftRefused."""
    found = _SHIFT.fullmatch(text)
    if found is None:
        raise ShiftRefused
    sign, number, unit = found.groups()
    return timedelta(**{_UNITS[unit]: int(number)}) * (-1 if sign == "-" else 1)


def move(connection: Connection, by: timedelta) -> None:
    """Move business time by so much more; raises ShiftRefused when that goes too far."""
    row = connection.execute(
        "insert into business_clock (shift) values (%(by)s) on conflict (single)"
        " do update set shift = business_clock.shift + %(by)s returning shift",
        {"by": by},
    ).fetchone()
    if row is None or abs(row[0]) > FURTHEST:
        raise ShiftRefused  # and so rolled back


def reset(connection: Connection) -> None:
    """Business time is real time again."""
    connection.execute("delete from business_clock")


def seen(connection: Connection) -> tuple[timedelta, datetime]:
    """How far business time is moved, and what it is now."""
    row = connection.execute(
        "select shift, clock_timestamp() + shift from"
        " (select coalesce((select shift from business_clock), interval '0') as shift) as clock"
    ).fetchone()
    if row is None:
        raise LookupError("a select of one row gives one row")
    return row[0], row[1]
