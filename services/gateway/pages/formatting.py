"""Numbers, dates and names as they are read in Dutch."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_decimal, format_percent

LOCALE = "nl_NL"
AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def number(value: float) -> str:
    """12.345."""
    return format_decimal(value, locale=LOCALE)


def percent(part: float, whole: float) -> str:
    """72%; nothing of nothing is 0%."""
    return format_percent(part / whole if whole else 0, locale=LOCALE).replace("\xa0", "")


def day(value: str | date) -> str:
    """22-11-2026."""
    return format_date(as_day(value), "dd-MM-yyyy", locale=LOCALE)


def day_in_words(value: str | date) -> str:
    """22 november, for in a sentence about now."""
    return format_date(as_day(value), "d MMMM", locale=LOCALE)


def whole_day(value: str | date) -> str:
    """Zondag 22 november 2026."""
    return format_date(as_day(value), "EEEE d MMMM yyyy", locale=LOCALE).capitalize()


def moment(value: str | datetime) -> str:
    """22-11-2026 om 16:42."""
    local = as_moment(value)
    return f"{day(local)} om {local:%H:%M}"


def local_field(value: str | datetime | None) -> str:
    """2026-11-22T16:42, as a field of a form takes it; empty for no moment."""
    return f"{as_moment(value):%Y-%m-%dT%H:%M}" if value else ""


def clock(value: str | datetime) -> str:
    """16:42."""
    return f"{as_moment(value):%H:%M}"


def birth_date(value: str) -> str:
    """14-03-1968; an unknown day or month stays 00."""
    return "-".join(reversed(value.split("-")))


def days_from(value: str, today: str) -> str:
    """Over 21 dagen, vandaag, or 3 dagen geleden."""
    count = (as_day(value) - as_day(today)).days
    if count == 0:
        return "vandaag"
    days = "1 dag" if abs(count) == 1 else f"{number(abs(count))} dagen"
    return f"over {days}" if count > 0 else f"{days} geleden"


def initials(name: str) -> str:
    """The first letters of a first and last name."""
    words = [word for word in name.split() if word[0].isalnum()]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


def as_moment(value: str | datetime) -> datetime:
    """A moment of the API, in the time of who reads it."""
    found = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(AMSTERDAM)


def as_day(value: str | date) -> date:
    """A day, or the day of a moment, where who reads it lives."""
    if isinstance(value, datetime):
        return as_moment(value).date()
    if isinstance(value, date):
        return value
    return as_moment(value).date() if "T" in value else date.fromisoformat(value)


FILTERS = {
    "number": number,
    "day": day,
    "day_in_words": day_in_words,
    "whole_day": whole_day,
    "moment": moment,
    "clock": clock,
    "birth_date": birth_date,
    "days_from": days_from,
    "initials": initials,
}
