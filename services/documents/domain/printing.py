"""How a print file is laid out: in which order, in which parts, with what between the letters."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID, uuid5

#: Larger than any run; a part of one letter is a file per letter, which the ZIP gives already.
SMALLEST_PART, LARGEST_PART = 10, 100_000
_POSTCODE = re.compile(r"([1-9][0-9]{3})\s*([A-Za-z]{2})")
_HOUSE_NUMBER = re.compile(r"\s*([0-9]+)\s*(.*)", re.DOTALL)
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


class PrintOrdering(StrEnum):
    """In which order letters are printed."""

    FILE = "bestand"
    #: As PostNL sorts: by postcode, then by house number.
    POSTCODE = "postcode"


@dataclass(frozen=True, slots=True)
class PrintOptions:
    """What somebody chose for a print file; `id` is the batch, or that of a gemeente's default.

    `split_at` is the most letters in one part; a letter is never split. `separator_every` is after
    how many letters a separator sheet comes. `double_sided`: each letter begins on a front side.
    """

    id: UUID
    gemeente: str
    ordering: str = PrintOrdering.FILE
    double_sided: bool = True
    split_at: int | None = None
    separator_every: int | None = None
    version: int = 0


class ToPrint(NamedTuple):
    """A finished letter that is in no print file yet."""

    document_id: UUID
    case_number: str
    place: int
    postal_key: str | None


def default_options_id(gemeente: str) -> UUID:
    """The id of the choice of a gemeente for its batches."""
    return uuid5(UUID(int=0), f"heronderzoek:afdrukopties:{gemeente}")


def postal_key(values: Mapping[str, str]) -> str | None:
    """What sorts a letter by postcode and house number; None without a Dutch postcode."""
    postcode = _POSTCODE.fullmatch(values.get("POSTCODE", "").strip())
    if postcode is None:
        return None
    digits, letters = postcode.groups()
    house = _HOUSE_NUMBER.fullmatch(values.get("HUISNUMMER", ""))
    number, addition = house.groups() if house else ("0", "")
    return f"{digits}{letters.upper()}|{int(number):08d}|{addition.strip().upper()}"


def in_order(letters: Sequence[ToPrint], ordering: str) -> list[ToPrint]:
    """The letters as they are printed. What has no Dutch postcode comes last, in file order."""

    def by_file(letter: ToPrint) -> tuple[int, str, UUID]:
        return letter.place, letter.case_number, letter.document_id

    def by_postcode(letter: ToPrint) -> tuple[bool, str, tuple[int, str, UUID]]:
        return letter.postal_key is None, letter.postal_key or "", by_file(letter)

    if ordering == PrintOrdering.POSTCODE:
        return sorted(letters, key=by_postcode)
    return sorted(letters, key=by_file)


def parts_of(letters: Sequence[ToPrint], split_at: int | None) -> list[Sequence[ToPrint]]:
    """The letters of each part, in order."""
    size = split_at or max(1, len(letters))
    return [letters[start : start + size] for start in range(0, len(letters), size)]


def part_name(number: int, part: int, parts: int) -> str:
    """How a print file is called: "2", or "2a", "2b", … "2aa" when it has parts."""
    if parts == 1:
        return str(number)
    suffix = ""
    while part:
        part, rest = divmod(part - 1, len(_LETTERS))
        suffix = _LETTERS[rest] + suffix
    return f"{number}{suffix}"
