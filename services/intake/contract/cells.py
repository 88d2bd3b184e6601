"""How each kind of cell is read: from what the workbook holds to what a row carries.

A reader takes the raw cell (text, number, date) and returns the value, None for an empty cell, a
Problem, or a Remarked value. It never raises: a file may hold a million cells.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable

from services.intake.contract import contact
from services.intake.contract.bsn import MAX_BSN, passes_eleven_test
from services.intake.contract.dates import date_reader
from services.intake.contract.definition import CodeList, Column, Contract
from services.intake.contract.verdicts import Problem, Remarked

Reader = Callable[[object], object]

_SAFE_INTEGER = 10**15  # Excel keeps 15 digits; what is longer was rounded before we saw it
_SMALLEST_BSN = 10_000_000
_MAX_HOUSE_NUMBER = 99_999
_NO_BSN = Problem("bsn-vorm")
_FAILED_BSN = Problem("bsn-elfproef")

_BSN = re.compile(r"\d{8,9}", re.ASCII).fullmatch
_POSTCODE = re.compile(r"([1-9]\d{3}) ?([A-Za-z]{2})", re.ASCII).fullmatch
_NEVER_ISSUED = frozenset({"SA", "SD", "SS"})
_POSTBOX = re.compile(r"(?:postbus\s*)?(\d{1,6})", re.ASCII | re.IGNORECASE).fullmatch
_SPLIT = re.compile(r"(\d{1,5})\s*[-/ ]?\s*([A-Za-z0-9][A-Za-z0-9 ]{0,5})", re.ASCII).fullmatch
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
).search
_SPACES = re.compile(r"[ \t\r\n]+")


def reader_of(
    column: Column, contract: Contract, today: dt.date, *, since_1904: bool = False
) -> Reader:
    """Return the reader of a column."""
    if column.kind in {"birth-date", "date"}:
        return date_reader(today, birth=column.kind == "birth-date", since_1904=since_1904)
    if column.kind in {"text", "note", "country"}:
        read = text_reader(column.limit or 0, keep_lines=column.kind == "note")
        return country_reader(read, contract.codes["LAND"]) if column.kind == "country" else read
    if column.kind == "code":
        return code_reader(contract.codes[column.codes or column.name])
    if column.kind == "email":
        return contact.email_reader()
    return _PLAIN[column.kind]


def read_bsn(raw: object) -> object:
    """Read a BSN into nine digits; a number that Excel stored has lost its leading zero."""
    if isinstance(raw, str):
        if not _BSN(raw):
            raw = _clean(raw)
            if not raw:
                return None
            if not _BSN(raw):
                return _NO_BSN
        number = int(raw)
    elif isinstance(raw, float) and raw.is_integer() and _SMALLEST_BSN <= raw <= MAX_BSN:
        number = int(raw)
    else:
        return _NO_BSN
    return f"{number:09d}" if passes_eleven_test(number) else _FAILED_BSN


def text_reader(limit: int, *, keep_lines: bool = False) -> Reader:
    """Return a reader of text in normal form C; only a note keeps its line breaks."""

    def read(raw: object) -> object:
        text = as_text(raw)
        if isinstance(text, Problem):
            return text
        if not text.isascii():
            text = unicodedata.normalize("NFC", text.replace("\u00a0", " "))
        if not text.isprintable():
            text = text.replace("\r\n", "\n") if keep_lines else _SPACES.sub(" ", text)
            if _INVISIBLE(text):
                return Problem("stuurtekens")
        text = text.strip()
        if len(text) > limit:
            return Problem("te-lang")
        return text or None

    return read


def as_text(raw: object) -> str | Problem:
    """Return the cell as text; a number as it was typed, a date never."""
    if isinstance(raw, str):
        return raw
    if not isinstance(raw, float):
        return Problem("geen-tekst")
    if abs(raw) >= _SAFE_INTEGER:
        return Problem("getal-afgerond")
    return str(int(raw)) if raw.is_integer() else repr(raw).replace(".", ",")


def code_reader(codes: CodeList) -> Reader:
    """Return a reader of a code list; a synonym is understood with a remark."""
    values = {value.casefold(): value for value in codes.values}
    synonyms = {word.casefold(): value for word, value in codes.synonyms.items()}

    def read(raw: object) -> object:
        if not isinstance(raw, str):
            return Problem("code-onbekend")
        word = _clean(raw).casefold()
        if not word:
            return None
        if word in synonyms:
            return Remarked(synonyms[word], "code-omgezet", {"proposal": synonyms[word]})
        return values.get(word) or Problem("code-onbekend")

    return read


def country_reader(read_text: Reader, home: CodeList) -> Reader:
    """Return a reader of the country; the home country is stored as empty."""
    ours = frozenset(home.values)

    def read(raw: object) -> object:
        country = read_text(raw)
        return None if isinstance(country, str) and country.upper() in ours else country

    return read


def read_postcode(raw: object) -> object:
    """Read a Dutch postcode into the form `1234 AB`."""
    if not isinstance(raw, str):
        return Problem("postcode-vorm")
    text = _clean(raw)
    if not text:
        return None
    match = _POSTCODE(text)
    if not match or match[2].upper() in _NEVER_ISSUED:
        return Problem("postcode-vorm")
    return f"{match[1]} {match[2].upper()}"


def read_house_number(raw: object) -> object:
    """Read a house number into an integer; what looks like more gets a proposed split."""
    if isinstance(raw, dt.date):
        hint = f"HUISNUMMER {raw.day} en HUISNUMMERTOEVOEGING {raw.month}"
        return Problem("huisnummer-datum", {"proposal": hint})
    text = as_text(raw)
    if isinstance(text, Problem):
        return Problem("huisnummer-vorm")
    text = _clean(text)
    if not text:
        return None
    if not (text.isascii() and text.isdigit()):
        return _split_house_number(text)
    number = int(text) if len(text) <= len(str(_MAX_HOUSE_NUMBER)) else 0
    return number if 1 <= number <= _MAX_HOUSE_NUMBER else Problem("huisnummer-vorm")


def _split_house_number(text: str) -> Problem:
    match = _SPLIT(text)
    if not match or int(match[1]) == 0:
        return Problem("huisnummer-vorm")
    number, rest = int(match[1]), match[2].strip()
    if len(rest) > 1 and rest[0].isalpha() and rest[1:].strip().isdigit():
        proposal = f"HUISLETTER {rest[0].upper()} en HUISNUMMERTOEVOEGING {rest[1:].strip()}"
        return Problem("huisnummer-gesplitst", {"proposal": f"HUISNUMMER {number}, {proposal}"})
    target = "HUISLETTER" if len(rest) == 1 and rest.isalpha() else "HUISNUMMERTOEVOEGING"
    part = rest.upper() if target == "HUISLETTER" else rest
    return Problem("huisnummer-gesplitst", {"proposal": f"HUISNUMMER {number} en {target} {part}"})


def read_house_letter(raw: object) -> object:
    """Read a house letter as it stands: one letter of the alphabet."""
    if not isinstance(raw, str):
        return Problem("huisletter-vorm")
    text = _clean(raw)
    if not text:
        return None
    is_letter = len(text) == 1 and text.isascii() and text.isalpha()
    return text if is_letter else Problem("huisletter-vorm")


def read_postbox(raw: object) -> object:
    """Read the number of a post office box, with or without the word before it."""
    text = as_text(raw)
    if isinstance(text, Problem):
        return Problem("postbus-vorm")
    text = _clean(text)
    if not text:
        return None
    match = _POSTBOX(text)
    return match[1] if match and int(match[1]) else Problem("postbus-vorm")


def _clean(text: str) -> str:
    return text.replace("\u00a0", " ").strip()


_PLAIN: dict[str, Reader] = {
    "bsn": read_bsn,
    "postcode": read_postcode,
    "house-number": read_house_number,
    "house-letter": read_house_letter,
    "postbox": read_postbox,
    "phone": contact.read_phone,
}
