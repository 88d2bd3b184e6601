"""What was found in a wrong cell, told by its shape and never by its content.

A list of errors is read by more people than the file is, and kept longer; so it holds no BSN, no
name, no address. The shape says enough to find the mistake: "8 cijfers, eindigt op 1234".
"""

import datetime as dt
import unicodedata
from collections.abc import Container

from services.intake.contract.verdicts import CellError

_SHOWN = 4  # a BSN is shown with its last four digits everywhere in the system
_ENOUGH_HIDDEN = 8  # four of fewer digits would give most of the number away
_EMPTY = "leeg"


def describe(kind: str, raw: object, harmless: Container[str] = frozenset()) -> str:
    """Describe a raw cell of a column of this kind."""
    if isinstance(raw, str):
        return _describe_text(kind, raw, harmless)
    if isinstance(raw, bool):
        return "WAAR" if raw else "ONWAAR"
    if isinstance(raw, float):
        return _describe_number(kind, raw)
    if isinstance(raw, CellError):
        return "een formule zonder uitkomst" if raw.is_formula else f"foutwaarde {raw.text}"
    return _EMPTY if raw is None else _describe_moment(raw)


def _describe_moment(raw: object) -> str:
    if isinstance(raw, dt.datetime) and raw.time() != dt.time(0):
        return "een Excel-datum met tijdstip"
    return "een Excel-datum" if isinstance(raw, dt.date) else "een tijd"


def describe_header(text: str) -> str:
    """Show an unknown header, unless it may be data of a person."""
    known_shape = len(text) <= _MAX_HEADER and not any(mark.isdigit() for mark in text)
    return text if known_shape and "@" not in text and text.isprintable() else f"{len(text)} tekens"


_MAX_HEADER = 60


def _describe_number(kind: str, raw: float) -> str:
    if not raw.is_integer():
        return "een getal met decimalen"
    if raw < 0:
        return "een negatief getal"
    return f"{_digits(str(int(raw)), kind)} (als getal)"


def _describe_text(kind: str, raw: str, harmless: Container[str]) -> str:
    text = raw.replace("\u00a0", " ").strip()
    if not text:
        return _EMPTY
    if kind == "code" and text.upper() in harmless:
        return text
    hidden = next((mark for mark in text if unicodedata.category(mark) in {"Cc", "Cf"}), None)
    if hidden and hidden not in "\r\n\t":
        return f"onzichtbaar teken U+{ord(hidden):04X}, {len(text)} tekens"
    if kind in {"bsn", "phone", "postbox"}:
        return _digits(text, kind)
    if kind in {"birth-date", "date", "postcode", "house-number"}:
        return f"de vorm {_shape(text)}"
    return _email(text) if kind == "email" else _letters(text)


def _digits(text: str, kind: str) -> str:
    count = sum(mark.isdigit() for mark in text)
    if any(mark.isalpha() for mark in text):
        return f"bevat een letter, {count} cijfers" if count else "geen cijfers, wel letters"
    if kind == "bsn" and count < len(text):
        return f"bevat een ander teken dan cijfers, {count} cijfers"
    if count < _ENOUGH_HIDDEN:
        return "1 cijfer" if count == 1 else f"{count} cijfers"
    last = [mark for mark in text if mark.isdigit()][-_SHOWN:]
    return f"{count} cijfers, eindigt op {''.join(last)}"


def _shape(text: str) -> str:
    """Replace each digit by 9 and each letter by a, as far as a short value goes."""
    shape = "".join("9" if m.isdigit() else "a" if m.isalpha() else m for m in text[:16])
    return shape + "…" if len(text) > len(shape) else shape


def _email(text: str) -> str:
    marks = text.count("@")
    if marks != 1:
        return f"{len(text)} tekens, {'geen' if marks == 0 else marks} @"
    if any(mark.isspace() for mark in text):
        return f"{len(text)} tekens, met een spatie"
    if not text.isascii():
        return f"{len(text)} tekens, met een bijzonder teken"
    local, _, domain = text.partition("@")
    if not local or not domain:
        return f"{len(text)} tekens, niets {'vóór' if not local else 'na'} de @"
    if "." not in domain.strip("."):
        return f"{len(text)} tekens, geen punt na de @"
    return f"{len(text)} tekens"


def _letters(text: str) -> str:
    return "1 teken" if len(text) == 1 else f"{len(text)} tekens"
