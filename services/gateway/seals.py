"""What a sealed day of the logboek is, and what is wrong with one that does not fit any more.

Each gemeente has a chain of its own: the hash of a day is SHA-256 over the hash of the day before
and over each line of the day as it stands. Days without lines are sealed as well, so a seal that
is gone shows. A seal keeps its lines' ids and a part of their hashes, which tells *which* line was
changed; and a keyed mark (HMAC) over its hash, so that who can write in the database but has no key
cannot make a chain of his own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

#: A day of the logboek is a day in the Netherlands.
ZONE = ZoneInfo("Europe/Amsterdam")
#: A transaction that wrote a line just before midnight has ended by then.
SETTLED_AFTER = timedelta(minutes=15)
#: The hash before the first day.
BEGINNING = bytes(32)
#: What is hashed of a line, in this order.
FIELDS = (
    "id",
    "at",
    "gemeente",
    "actor",
    "action",
    "object",
    "result",
    "origin",
    "trace_id",
    "case_id",
    "detail",
    "reason",
)
ID_BYTES, PART_BYTES = 8, 8
ENTRY_BYTES = ID_BYTES + PART_BYTES


@dataclass(frozen=True, slots=True)
class Seal:
    """One sealed day of one gemeente; `lines` holds the id and a part of the hash of each line."""

    gemeente: str
    day: date
    hash: bytes
    mark: bytes
    lines: bytes

    def parts(self) -> dict[int, bytes]:
        """The part of each line's hash that was kept, by the line's id."""
        return {
            int.from_bytes(self.lines[at : at + ID_BYTES], "big"): self.lines[
                at + ID_BYTES : at + ENTRY_BYTES
            ]
            for at in range(0, len(self.lines), ENTRY_BYTES)
        }


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it was sealed; `line` is its number when one line is meant."""

    gemeente: str
    day: date
    what: str
    line: int | None = None


def hash_of(row: Mapping[str, Any]) -> bytes:
    """The hash of one line: of its fields as compact JSON, its moment in UTC."""
    values = [row[name] for name in FIELDS]
    values[1] = row["at"].astimezone(UTC).isoformat(timespec="microseconds")
    values[9] = None if row["case_id"] is None else str(row["case_id"])
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).digest()


class Day:
    """A day while its lines are read, in the order of their ids."""

    def __init__(self, gemeente: str, day: date, before: bytes) -> None:
        self.gemeente = gemeente
        self.day = day
        self._hash = hashlib.sha256(before + f"{gemeente}|{day.isoformat()}".encode())
        self._lines = bytearray()

    def take(self, row: Mapping[str, Any]) -> None:
        """The next line."""
        found = hash_of(row)
        self._hash.update(found)
        self._lines += row["id"].to_bytes(ID_BYTES, "big") + found[:PART_BYTES]

    def seal(self, mark: bytes) -> Seal:
        """The day as it stands."""
        return Seal(self.gemeente, self.day, self.hash, mark, bytes(self._lines))

    @property
    def hash(self) -> bytes:
        """The hash over the day before and all lines so far."""
        return self._hash.digest()

    @property
    def marked(self) -> str:
        """What the keyed mark is made of."""
        return f"logboek|{self.gemeente}|{self.day.isoformat()}|{self.hash.hex()}"


def bounds(day: date) -> tuple[datetime, datetime]:
    """When a day begins, and when the next one does."""
    return (
        datetime.combine(day, time(), ZONE),
        datetime.combine(day + timedelta(days=1), time(), ZONE),
    )


def day_of(moment: datetime) -> date:
    """The day that a moment belongs to."""
    return moment.astimezone(ZONE).date()


def last_settled(now: datetime) -> date:
    """The last day in which no line can appear any more."""
    return day_of(now - SETTLED_AFTER) - timedelta(days=1)


def days_from(first: date, last: date) -> Iterator[date]:
    """Every day from the first to the last."""
    while first <= last:
        yield first
        first += timedelta(days=1)


def faults_of(sealed: Seal, found: Seal, marks: Sequence[bytes]) -> Iterator[Fault]:
    """How a day differs from its seal; `marks` are the keyed marks that fit what is there now."""
    expected, now = sealed.parts(), found.parts()
    named = False
    for line in sorted(expected.keys() | now.keys()):
        if expected.get(line) == now.get(line):
            continue
        named = True
        if line not in now:
            what = "is missing"
        else:
            what = "was changed" if line in expected else "was added after the day was sealed"
        yield Fault(sealed.gemeente, sealed.day, what, line)
    if not named and (sealed.hash != found.hash or sealed.mark not in marks):
        yield Fault(sealed.gemeente, sealed.day, "the seal itself was changed")
