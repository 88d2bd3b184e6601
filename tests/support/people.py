"""Made-up people whose every number and name a test knows, and workbooks of them.

A system is shared by many tests, and a person with an open case is refused: so no two workbooks
of a run have a BSN in common, and two runs on one system most likely neither.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from examples.residents import COLUMNS, residents

WAYS = ("BEIDE", "EMAIL", "BRIEF")
#: Surnames that stand nowhere else: found anywhere, they come from these people.
SURNAMES = ("Zwaluwenburg-Twijfel", "Kwispelhorst", "Vlierboomgaarde", "Ooievaarsnestel")
_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)
_FIRST, _LAST = 990_000_000, 998_000_000

Row = dict[str, Any]


def _numbers() -> Iterator[str]:
    """Numbers that pass the 11-proef, from a place of this run's own."""
    start = random.SystemRandom().randrange(_FIRST, _LAST)
    for number in itertools.count(start):
        text = str(number)
        if sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, text, strict=True)) % 11 == 0:
            yield text


_fresh = _numbers()


def people(count: int, ways: Sequence[str] = WAYS, *, partners: bool = True) -> list[Row]:
    """Residents with new BSNs, who take turns in how they are written to; one in three a couple."""
    rows = []
    for place, row in enumerate(residents(count, random.Random(count))):
        bsn = next(_fresh)
        row |= {
            "BSN": bsn,
            "ACHTERNAAM": SURNAMES[place % len(SURNAMES)],
            "STRAAT": "Nachtegalenkamperdreef",
            "EMAIL": f"bewoner.{_letters(bsn)}@mail.example.nl",
            "COMM_VOORK": ways[place % len(ways)],
        }
        row |= {name: None for name in row if name.startswith("PARTNER_")}
        if partners and place % 3 == 0:
            row |= {
                "PARTNER_BSN": next(_fresh),
                "PARTNER_VOORLETTERS": "P.",
                "PARTNER_ACHTERNAAM": "Meeuwenlaar",
                "PARTNER_GEBOORTEDATUM": "07-05-1961",
            }
        rows.append(row)
    return rows


def _letters(bsn: str) -> str:
    """Letters that differ per person and say nothing."""
    return "".join("abcdefghij"[int(digit)] for digit in bsn)


def write(path: Path, rows: Sequence[Row]) -> Path:
    """A workbook of these rows."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Heronderzoek")
    sheet.append(COLUMNS)
    for row in rows:
        sheet.append([row.get(name) for name in COLUMNS])
    book.save(path)
    return path
