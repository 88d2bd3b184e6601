"""Names, salutations and dates as a Dutch letter writes them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any

_MONTHS = (
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
)
_TITLES = {"M": "heer", "V": "mevrouw"}
_LEADING_TITLE = re.compile(r"(?:(?:de )?heer|mevrouw|mevr\.?|mw\.?|dhr\.?)\s+", re.IGNORECASE)
_INITIALS = re.compile(r"(?:[A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ]{0,2}\.\s?)+")
_BARE_INITIALS = 6  # "JAM" is three initials; longer capitals are a name


def clean(value: object) -> str:
    """Return a value as one line of composed text without control or invisible characters."""
    text = unicodedata.normalize("NFC", "" if value is None else str(value))
    # Word joiners, direction marks and the like: invisible in a source, boxes in a letter.
    kept = (
        " " if character.isspace() else character
        for character in text
        if character.isspace() or unicodedata.category(character) not in {"Cc", "Cf"}
    )
    return " ".join("".join(kept).split())


def clean_lines(value: object) -> str:
    """Return a value that may hold several lines; empty lines are dropped."""
    lines = (clean(line) for line in str(value or "").splitlines())
    return "\n".join(line for line in lines if line)


def written_date(value: date | str) -> str:
    """Write a date out: "22 november 2026". ISO text may have unknown parts ("1970-00-00")."""
    if isinstance(value, date):
        return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"
    if not value:
        return ""
    year, month, day = (int(part) for part in value[:10].split("-"))
    if not year:
        return ""
    if not month:
        return str(year)
    if not day:
        return f"{_MONTHS[month - 1]} {year}"
    return f"{day} {_MONTHS[month - 1]} {year}"


def initials(person: Mapping[str, Any]) -> str:
    """Return the initials with dots: "J.A."."""
    given = clean(person.get("voorletters"))
    bare = given.replace(" ", "")
    if bare.isalpha() and bare.isupper() and len(bare) <= _BARE_INITIALS:
        return "".join(f"{letter}." for letter in bare)
    return given


def surname(person: Mapping[str, Any]) -> str:
    """Return the last name with its tussenvoegsel: "de Vries", "d'Ancona"."""
    prefix = clean(person.get("tussenvoegsel"))
    last = clean(person.get("achternaam"))
    if not prefix:
        return last
    # "d'" and "l'" are written against the name, "'t" and "van 't" are not.
    joined = prefix.lower() in {"d'", "l'", "d\u2019", "l\u2019"}
    return f"{prefix}{last}" if joined else f"{prefix} {last}"


def capital(name: str) -> str:
    """Return a name as it stands after a title: "De Vries", but "'t Hooft" as it is."""
    return name[:1].upper() + name[1:]


def written_name(person: Mapping[str, Any]) -> str:
    """Return the name to write to: the aanschrijfnaam, else initials and last name."""
    if chosen := clean(person.get("aanschrijfnaam")):
        return chosen
    first = initials(person) or clean(person.get("voornaam"))
    return f"{first} {surname(person)}" if first else capital(surname(person))


def address_name(person: Mapping[str, Any]) -> str:
    """Return the first line of an address: "Mevrouw A. de Vries", "De heer J. Bakker"."""
    name = written_name(person)
    title = {"M": "De heer", "V": "Mevrouw"}.get(person.get("geslacht") or "")
    if title is None or _LEADING_TITLE.match(name):
        return name
    return f"{title} {name}"


def salutation(person: Mapping[str, Any]) -> str:
    """Return the salutation with its comma; neutral where the gender is not M or V."""
    title = _TITLES.get(person.get("geslacht") or "")
    if title is None:
        return f"Geachte {_without_title(written_name(person))},"
    if chosen := clean(person.get("aanschrijfnaam")):
        bare = _INITIALS.sub("", _without_title(chosen), count=1).strip()
        return f"Geachte {title} {capital(bare or chosen)},"
    return f"Geachte {title} {capital(surname(person))},"


def _without_title(name: str) -> str:
    return _LEADING_TITLE.sub("", name, count=1) if _LEADING_TITLE.match(name) else name
