"""The residents of a campaign: how each is written to, and what will happen to whom.

What a test expects is counted from these people, never taken from a counter of the product.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from examples.residents import MISTAKES, Planted
from tests.support.people import Row, people, write

#: In no font of a letter: a street of the wrong export, as a resident abroad wrote it.
UNDRAWABLE_STREET = "北京路"
EMAIL, LETTER, BOTH = "EMAIL", "BRIEF", "BEIDE"


class Fate(StrEnum):
    """What happens to a resident in the campaign."""

    ANSWERED = "sends in what was asked on the own page, before the first reminder"
    LEFT_OUT = "is excluded before approval"
    NUMBERED = "has the BSN as contract number, so nothing can be written"
    MENDED = "has a street no font can draw; that is corrected, and the letter made again"
    UNDRAWABLE = "has such a street; nobody corrects it, and it fails again"
    BOUNCED = "has a mail that comes back, and gets a letter instead"
    HOMELESS = "has a mail that comes back, and no address"
    BOUNCED_TOO = "has a mail that comes back beside a letter that arrives"
    RETURNED = "has a letter that comes back"
    GRANTED = "answers by post at once, and keeps the right"
    LATE = "answers by post after the first reminder"
    SILENT = "never answers: is reminded thrice, and loses the right"
    OBJECTING = "never answers either, and objects to the decision"


#: Who is written to how, and how many; the rest is written to by e-mail, and answers.
CROWD: tuple[tuple[Fate, str, int], ...] = (
    (Fate.LEFT_OUT, EMAIL, 2),
    (Fate.LEFT_OUT, LETTER, 1),
    (Fate.LEFT_OUT, BOTH, 1),
    (Fate.NUMBERED, EMAIL, 3),
    (Fate.NUMBERED, BOTH, 2),
    (Fate.MENDED, LETTER, 6),
    (Fate.MENDED, BOTH, 4),
    (Fate.UNDRAWABLE, LETTER, 9),
    (Fate.UNDRAWABLE, BOTH, 6),
    (Fate.BOUNCED, EMAIL, 50),
    (Fate.HOMELESS, EMAIL, 4),
    (Fate.BOUNCED_TOO, BOTH, 6),
    (Fate.RETURNED, LETTER, 22),
    (Fate.RETURNED, BOTH, 8),
    (Fate.GRANTED, EMAIL, 10),
    (Fate.GRANTED, LETTER, 3),
    (Fate.GRANTED, BOTH, 3),
    (Fate.LATE, EMAIL, 8),
    (Fate.LATE, BOTH, 2),
    (Fate.SILENT, EMAIL, 8),
    (Fate.SILENT, BOTH, 4),
    (Fate.OBJECTING, EMAIL, 2),
)


@dataclass
class Resident:
    """A row of the file; its case is known once the batch is open."""

    row: Row
    way: str
    fate: Fate
    case: str = ""
    number: str = ""

    @property
    def mail(self) -> str:
        """Where mails to this resident arrive."""
        return str(self.row["EMAIL"])


@dataclass
class Cast:
    """All residents, in the file's order."""

    residents: list[Resident]
    by_number: dict[str, Resident] = field(default_factory=dict)

    def __len__(self) -> int:
        """How many there are."""
        return len(self.residents)

    def of(self, *fates: Fate, way: str | None = None) -> list[Resident]:
        """Those with one of these fates, and written to this way when one is given."""
        found = [one for one in self.residents if one.fate in fates]
        return [one for one in found if way in {None, one.way}]

    def with_letter(self, *but: Fate) -> list[Resident]:
        """Those whose way holds a letter, but for these fates."""
        return [one for one in self.residents if one.way != EMAIL and one.fate not in but]

    def with_mail(self, *but: Fate) -> list[Resident]:
        """Those whose way holds a mail, but for these fates."""
        return [one for one in self.residents if one.way != LETTER and one.fate not in but]

    def opened(self, cases: Sequence[dict[str, Any]]) -> None:
        """Take in the cases as the gateway lists them; row 2 of the file is the first resident."""
        for case in cases:
            resident = self.residents[case["rij"] - 2]
            resident.case, resident.number = case["id"], case["zaaknummer"]
            self.by_number[resident.number] = resident


def cast_of(count: int) -> Cast:
    """So many residents, one in ten with a letter; by chance they lie mixed, always the same."""
    named = [(fate, way) for fate, way, many in CROWD for _ in range(many)]
    letters = max(0, count // 10 - sum(way != EMAIL for _, way in named))
    named += [(Fate.ANSWERED, LETTER if place % 3 else BOTH) for place in range(letters)]
    named += [(Fate.ANSWERED, EMAIL)] * (count - len(named))
    random.Random(count).shuffle(named)
    residents = [
        Resident(row, way, fate) for row, (fate, way) in zip(people(count), named, strict=True)
    ]
    for one in residents:
        one.row |= _of_fate(one)
    return Cast(residents)


def _of_fate(one: Resident) -> Row:
    """What stands in the row of somebody, because of what will happen."""
    changes: Row = {"COMM_VOORK": one.way}
    if one.fate is Fate.NUMBERED:
        changes["CONTRACTNUMMER"] = one.row["BSN"]
    if one.fate in {Fate.MENDED, Fate.UNDRAWABLE}:
        changes["STRAAT"] = UNDRAWABLE_STREET
    if one.fate is Fate.HOMELESS:
        changes |= dict.fromkeys(("STRAAT", "HUISNUMMER", "POSTCODE", "WOONPLAATS"))
        changes |= dict.fromkeys(("HUISLETTER", "HUISNUMMERTOEVOEGING"))
    return changes


def written(cast: Cast, path: Path) -> Path:
    """The file of these residents."""
    return write(path, [one.row for one in cast.residents])


def spoiled(cast: Cast, path: Path, wrong: int) -> list[Planted]:
    """The file of these residents with so many wrong rows, spread over it; what is wrong where."""
    rows = [dict(one.row) for one in cast.residents]
    planted = list(_spoil(rows, wrong))
    write(path, rows)
    return planted


def _spoil(rows: list[Row], wrong: int) -> Iterator[Planted]:
    # One mistake each: two partners would be a second one, and so would two rows of one person.
    alone = [place for place, row in enumerate(rows) if not row.get("PARTNER_BSN")]
    for turn in range(wrong):
        place = alone[turn * len(alone) // wrong]
        mistake = MISTAKES[turn % len(MISTAKES)]
        yield Planted(place + 2, mistake.spoil(rows[place]), mistake.kind)
