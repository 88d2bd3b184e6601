"""Where every error of a file stands, however many there are.

The list of findings that people read is bounded; a marked copy, the rows that are left out and the
comparison with the next upload need them all. So each error is packed into eight bytes, and each
row is remembered by two hashes that tell it again when it has moved. The hashes are of personal
data with little variation: they are kept sealed only, beside the rows themselves.
"""

from __future__ import annotations

import json
import zlib
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby

#: Another number: made by another version, not to be read.
_VERSION = 1
#: Eight bytes each; a file with more has a mistake in nearly every cell, and the first ones tell.
MAX_MARKS = 1_000_000
_ROW_SHIFT, _KIND_SHIFT, _TEXT_BITS = 40, 24, (1 << 24) - 1
_KIND_BITS = (1 << 16) - 1


@dataclass(frozen=True, slots=True)
class MarkedKind:
    """A kind of error in one column, with what the cell should hold."""

    code: str
    column: str | None
    expected: str


@dataclass(frozen=True, slots=True)
class Mark:
    """One error: its kind and column, and what the user reads."""

    kind: MarkedKind
    text: str


@dataclass(frozen=True, slots=True)
class Identity:
    """What tells a row again: the hash of its BSN as typed (0 without one), and of its content."""

    bsn: int
    content: int


#: A row of which nothing is known.
NOBODY = Identity(0, 0)


@dataclass(slots=True)
class Marks:
    """All errors of one file. `columns` gives the place of each known column in a row."""

    columns: Mapping[str, int] = field(default_factory=dict)
    width: int = 0
    is_complete: bool = True
    wrong: dict[int, Identity] = field(default_factory=dict)
    _cells: array[int] = field(default_factory=lambda: array("Q"))
    _kinds: dict[MarkedKind, int] = field(default_factory=dict)
    _texts: dict[str, int] = field(default_factory=dict)

    def add(self, row: int, kind: MarkedKind, text: str) -> None:
        """Note an error in a row; past the limit only that there were more."""
        if len(self._cells) >= MAX_MARKS:
            self.is_complete = False
            return
        number = self._kinds.setdefault(kind, len(self._kinds))
        place = self._texts.setdefault(text, len(self._texts))
        self._cells.append(row << _ROW_SHIFT | number << _KIND_SHIFT | place)

    def by_row(self) -> Iterator[tuple[int, list[Mark]]]:
        """The rows with errors of their own, from the top, each with its errors."""
        kinds, texts = list(self._kinds), list(self._texts)
        for row, cells in groupby(sorted(self._cells), key=_row_of):
            marks = (
                Mark(kinds[cell >> _KIND_SHIFT & _KIND_BITS], texts[cell & _TEXT_BITS])
                for cell in cells
            )
            yield row, list(marks)

    def texts_of(self, code: str) -> Counter[tuple[str | None, str]]:
        """The errors of one kind as column and text, wherever they stand."""
        wanted = {n: kind.column for kind, n in self._kinds.items() if kind.code == code}
        texts = list(self._texts)
        numbers = ((cell >> _KIND_SHIFT & _KIND_BITS, cell & _TEXT_BITS) for cell in self._cells)
        return Counter((wanted[kind], texts[text]) for kind, text in numbers if kind in wanted)

    def __len__(self) -> int:
        """The number of errors."""
        return len(self._cells)

    def packed(self) -> bytes:
        """All of it as bytes, to be sealed and kept."""
        head = {
            "version": _VERSION,
            "width": self.width,
            "complete": self.is_complete,
            "columns": dict(self.columns),
            "kinds": [[kind.code, kind.column, kind.expected] for kind in self._kinds],
            "texts": list(self._texts),
            "cells": len(self._cells),
        }
        rows = array("Q", self.wrong)
        bsns = array("Q", (identity.bsn for identity in self.wrong.values()))
        contents = array("Q", (identity.content for identity in self.wrong.values()))
        body = b"".join(part.tobytes() for part in (self._cells, rows, bsns, contents))
        return json.dumps(head, ensure_ascii=False).encode() + b"\n" + zlib.compress(body, 1)

    @classmethod
    def unpacked(cls, content: bytes) -> Marks:
        """What `packed` made; raises ValueError for the bytes of another version."""
        start, _, body = content.partition(b"\n")
        head = json.loads(start)
        if head["version"] != _VERSION:
            raise ValueError("marks of another version")
        numbers = array("Q", zlib.decompress(body))
        cells, rest = numbers[: head["cells"]], numbers[head["cells"] :]
        many = len(rest) // 3
        identities = map(Identity, rest[many : 2 * many], rest[2 * many :])
        return cls(
            columns=head["columns"],
            width=head["width"],
            is_complete=head["complete"],
            wrong=dict(zip(rest[:many], identities, strict=True)),
            _cells=cells,
            _kinds={MarkedKind(*kind): place for place, kind in enumerate(head["kinds"])},
            _texts={text: place for place, text in enumerate(head["texts"])},
        )


def _row_of(cell: int) -> int:
    return cell >> _ROW_SHIFT


def kept(rows: Iterable[int], identities: Mapping[int, Identity]) -> dict[int, Identity]:
    """The identities of these rows, from the top."""
    return {row: identities.get(row, NOBODY) for row in sorted(rows)}
