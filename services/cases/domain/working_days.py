"""Working days of a Dutch municipality, and the date on which a term ends.

A term that ends on a Saturday, a Sunday or a public holiday runs on until the next day that is
none of these. Source: Algemene termijnenwet, art. 1 and 3 (Good Friday counts as a holiday there,
and 5 May every year).
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

#: Holidays on the same date each year, as (month, day).
FIXED = ((1, 1), (5, 5), (12, 25), (12, 26))
#: Holidays by their distance in days from Easter Sunday: Good Friday, Easter, Easter Monday,
#: Ascension Day, Whit Sunday, Whit Monday.
AROUND_EASTER = (-2, 0, 1, 39, 49, 50)
#: King's Day, moved to the day before when it falls on a Sunday.
KINGS_DAY = (4, 27)
SATURDAY, SUNDAY = 5, 6
ZONE = "Europe/Amsterdam"
#: When the portion of a working day begins to leave: before that nobody is there to answer.
OPENING = time(8)


def today(now: datetime) -> date:
    """The date in the Netherlands at a moment."""
    return now.astimezone(ZoneInfo(ZONE)).date()


def is_working_day(day: date) -> bool:
    """Whether offices are open on this day."""
    return day.weekday() < SATURDAY and day not in holidays(day.year)


def working_day_from(day: date) -> date:
    """The day itself, or the first working day that follows it."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def next_working_day(day: date) -> date:
    """The first working day after this day."""
    return working_day_from(day + timedelta(days=1))


def working_moment(moment: datetime) -> datetime:
    """The moment itself when that is on a working day, else the opening of the next one."""
    return moment if is_working_day(today(moment)) else next_opening(moment)


def next_opening(moment: datetime) -> datetime:
    """When the offices open on the next working day."""
    day = next_working_day(today(moment))
    return datetime.combine(day, OPENING, ZoneInfo(ZONE))


def end_of_term(start: date, days: int) -> date:
    """The last day of a term of `days` that starts on `start`."""
    return working_day_from(start + timedelta(days=days))


@lru_cache(maxsize=64)
def holidays(year: int) -> frozenset[date]:
    """The public holidays of a year."""
    fixed = {date(year, month, day) for month, day in FIXED}
    moving = {easter(year) + timedelta(days=days) for days in AROUND_EASTER}
    kings_day = date(year, *KINGS_DAY)
    if kings_day.weekday() == SUNDAY:
        kings_day -= timedelta(days=1)
    return frozenset(fixed | moving | {kings_day})


def easter(year: int) -> date:
    """Easter Sunday. Source: Meeus, Astronomical Algorithms, chapter 8."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)
