"""Dates as people and Excel write them, never touched by a timezone.

A date is kept as text `jjjj-mm-dd`; the unknown parts of a partial date of birth are zeros, as in
the Dutch population register. Only dashes are read: 01/02/1970 means two different days.
"""

import datetime as dt
import re
from collections.abc import Callable

from services.intake.contract.verdicts import Problem, Remarked

EARLIEST = dt.date(1900, 1, 1)
LATEST = dt.date(2100, 12, 31)
_YEARS = range(EARLIEST.year, LATEST.year + 1)
_SERIALS = range(1, 73_416)  # Excel's day numbers of 1-1-1900 and 31-12-2100
_LEAP_BUG = 60  # Excel counts a 29 February 1900 that never was
_DAY_ZERO = dt.date(1899, 12, 30)
_DAY_ZERO_1904 = dt.date(1904, 1, 1)

_WRITTEN = re.compile(r"(\d{1,2})-(\d{1,2})-(\d{4})", re.ASCII).fullmatch


def date_reader(today: dt.date, *, birth: bool, since_1904: bool) -> Callable[[object], object]:
    """Return the reader of a column of dates; a date of birth may be partial, not in the future."""
    latest, too_late = (today, "datum-toekomst") if birth else (LATEST, "datum-buiten-bereik")

    def within(day: dt.date) -> object:
        if day > latest:
            return Problem(too_late)
        return day.isoformat() if day >= EARLIEST else Problem("datum-buiten-bereik")

    def read(raw: object) -> object:
        if isinstance(raw, str):
            return _from_text(raw, within, partial=birth)
        if isinstance(raw, dt.datetime):
            return within(raw.date()) if raw.time() == dt.time(0) else Problem("datum-met-tijd")
        if isinstance(raw, dt.date):
            return within(raw)
        if isinstance(raw, float):
            return _from_number(raw, within, since_1904=since_1904)
        return Problem("datum-vorm")

    return read


def from_serial(serial: int, *, since_1904: bool) -> dt.date:
    """Turn Excel's day number into the date that Excel shows for it."""
    if since_1904:
        return _DAY_ZERO_1904 + dt.timedelta(days=serial)
    return _DAY_ZERO + dt.timedelta(days=serial + 1 if serial < _LEAP_BUG else serial)


def _from_text(raw: str, within: Callable[[dt.date], object], *, partial: bool) -> object:
    text = raw.replace("\u00a0", " ").strip()
    if not text:
        return None
    match = _WRITTEN(text)
    if not match:
        is_year = text.isascii() and text.isdigit() and int(text) in _YEARS
        return Problem("datum-alleen-jaar" if is_year else "datum-vorm")
    day, month, year = int(match[1]), int(match[2]), int(match[3])
    if partial and day == 0:
        return _partial(month, year, within)
    try:
        return within(dt.date(year, month, day))
    except ValueError:
        return Problem("datum-bestaat-niet")


def _partial(month: int, year: int, within: Callable[[dt.date], object]) -> object:
    """Accept 00-mm-jjjj, 00-00-jjjj and 00-00-0000 with a remark."""
    if year == 0:
        known = month == 0
        return Remarked("0000-00-00", "datum-gedeeltelijk") if known else Problem("datum-vorm")
    try:
        first = within(dt.date(year, month or 1, 1))
    except ValueError:
        return Problem("datum-bestaat-niet")
    if isinstance(first, Problem):
        return first
    return Remarked(f"{year:04d}-{month:02d}-00", "datum-gedeeltelijk")


def _from_number(raw: float, within: Callable[[dt.date], object], *, since_1904: bool) -> object:
    """Read a day number in a cell that lost its date format; a bare year is not a day number."""
    if not raw.is_integer():
        return Problem("datum-met-tijd" if 0 < raw < _SERIALS.stop else "datum-vorm")
    number = int(raw)
    if number in _YEARS:
        return Problem("datum-alleen-jaar")
    if number not in _SERIALS:
        return Problem("datum-vorm")
    day = within(from_serial(number, since_1904=since_1904))
    return day if isinstance(day, Problem) else Remarked(day, "datum-als-getal")
