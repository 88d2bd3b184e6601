"""What a template says, beside what it may hold: numbers of residents, terms, the way to object.

The law asks for some sentences. A template without them is refused when it is uploaded, not found
out by a judge.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from shared.contracts.codes import Channel, Purpose
from shared.contracts.merge_fields import ASKING, DECISIONS
from shared.templating.hostile_html import Problem

MAX_ROWS = 500  # twelve pages of table; a letter has a few rows
MAX_SPAN = 100
MAX_DEPTH = 5  # tables in tables; the PDF library lays each out anew for every level above it
_NUMBER = re.compile(r"(?<![\d,])(?:\d[ .]?){8}\d(?![\d,])")
_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)
_INVISIBLE = re.compile(r"(?is)<(style|title)\b.*?</\1\s*>|<!--.*?-->")
_TAG = re.compile(r"<[^>]*>")
_ROW = re.compile(r"<tr\b", re.IGNORECASE)
_TABLE = re.compile(r"<(/?)table\b", re.IGNORECASE)
_SPAN = re.compile(r"(?:col|row)span\s*=\s*[\"']?\s*(\d+)", re.IGNORECASE)
_SIX_WEEKS = re.compile(r"(?:\b6|\bzes)\s+weken\b", re.IGNORECASE)
_BSN_ADVICE = "Haal het nummer weg: een BSN mag nooit in een brief of e-mail staan."


def text_problems(source: str, purpose: Purpose, channel: Channel) -> Iterator[Problem]:
    """Return what is wrong with the words: BSNs, a missing term, a missing way to object."""
    for number, line in enumerate(source.splitlines(), start=1):
        for match in _NUMBER.finditer(html.unescape(_TAG.sub("", line))):
            if _passes_eleven_test(match[0]):
                yield Problem("bsn-nummer", f"Hier staat een BSN. {_BSN_ADVICE}", number)
    visible = _visible(source)
    if purpose in ASKING and "$REACTIEDATUM$" not in visible:
        message = (
            "$REACTIEDATUM$ komt niet voor. U vraagt een reactie, en de wet (Wmebv) vraagt dat een "
            "inwoner dan weet tot wanneer hij kan reageren. Zet de datum erin."
        )
        yield Problem("termijn-ontbreekt", message, 0)
    if purpose in DECISIONS and channel is Channel.LETTER and not _says_how_to_object(visible):
        message = (
            "De bezwaarclausule ontbreekt. Schrijf dat een inwoner bezwaar kan maken, en dat dit "
            "binnen zes weken moet (Awb, artikel 3:45 en 6:7)."
        )
        yield Problem("bezwaarclausule-ontbreekt", message, 0)


def table_problems(source: str) -> Iterator[Problem]:
    """Return the tables that the PDF library would draw for hours."""
    rows = list(_ROW.finditer(source))
    if len(rows) > MAX_ROWS:
        line = source.count("\n", 0, rows[MAX_ROWS].start()) + 1
        message = f"De tabellen hebben meer dan {MAX_ROWS} rijen. Maak ze korter."
        yield Problem("tabel-te-groot", message, line)
    depth = 0
    for match in _TABLE.finditer(source):
        depth = max(0, depth - 1) if match[1] else depth + 1
        if depth > MAX_DEPTH:
            line = source.count("\n", 0, match.start()) + 1
            message = f"Er staan meer dan {MAX_DEPTH} tabellen in elkaar. Haal er een weg."
            yield Problem("tabel-te-diep", message, line)
            break
    for match in _SPAN.finditer(source):
        if len(match[1]) > len(str(MAX_SPAN)) or int(match[1]) > MAX_SPAN:
            line = source.count("\n", 0, match.start()) + 1
            message = f"Een cel mag hoogstens {MAX_SPAN} rijen of kolommen breed zijn."
            yield Problem("tabel-te-groot", message, line)


def _visible(source: str) -> str:
    return " ".join(html.unescape(_TAG.sub(" ", _INVISIBLE.sub(" ", source))).split())


def _says_how_to_object(visible: str) -> bool:
    return "bezwaar" in visible.lower() and _SIX_WEEKS.search(visible) is not None


def _passes_eleven_test(written: str) -> bool:
    digits = [int(character) for character in written if character.isdigit()]
    total = sum(weight * digit for weight, digit in zip(_WEIGHTS, digits, strict=True))
    return any(digits) and total % 11 == 0
