"""What the raw bytes of a part tell, without parsing: bounds, and marks that need the exact reader.

Patterns on bytes see too much rather than too little; a mark seen in vain costs a slower reading.
"""

import re
from dataclasses import dataclass

from services.intake.workbook.refusals import Refused

MAX_ROWS = 200_001  # the header included
MAX_COLUMNS = 60
MAX_DENSE_CELLS = 4_000_000  # the fast reader keeps all cells at once, 70 bytes each
_ALPHABET = 26

# A reference with two or more column letters, or with a row number of six digits or more.
_FAR = re.compile(rb"\sr\s*=\s*[\"'](?:([A-Za-z]{2,})|[A-Za-z]?0*(\d{6,}))")
_FAR_PLAIN = re.compile(rb' r="(?:([A-Z]{2,})|[A-Z]?0*(\d{6,}))')
_ODD_SPACING = (b"='", b" =", b"\tr=", b"\nr=")  # legal XML that no known program writes
_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*?\br=[\"'](\d{1,9})")
_MARKS = (b't="e"', b't="b"', b'hidden="1', b'hidden="t')
_FORMULA = (b"<f>", b"<f ", b"<f/")
_PREFIXED = re.compile(rb"<\w+:(?:worksheet|sheetData|row)\b")


@dataclass(slots=True)
class SheetMarks:
    """What the scan saw of one sheet."""

    needs_exact: bool = False
    last_row: int = 0
    width: int = _ALPHABET

    @property
    def is_too_dense(self) -> bool:
        """Tell whether the sheet is too large for a reader that keeps all cells."""
        return self.last_row * self.width > MAX_DENSE_CELLS


class SheetScan:
    """Scans a sheet block by block."""

    def __init__(self) -> None:
        """Start at the top of the sheet."""
        self.marks = SheetMarks()
        self._rows = 0

    def feed(self, block: bytes, joined: bytes) -> None:
        """Look at a block; `joined` is the same with the end of the block before it."""
        self._count_rows(block, joined)
        is_odd = any(odd in joined for odd in _ODD_SPACING)
        self._find_far_cells(joined, _FAR if is_odd else _FAR_PLAIN)
        if not self.marks.needs_exact:
            is_first = len(block) == len(joined)
            self.marks.needs_exact = is_odd or _is_marked(joined, is_first=is_first)

    def _count_rows(self, block: bytes, joined: bytes) -> None:
        self._rows += block.count(b"<row") + block.count(b":row ")
        place = joined.rfind(b"<row")
        match = _ROW.match(joined, place) if place >= 0 else None
        last = int(match[1]) if match else 0
        self.marks.last_row = max(self.marks.last_row, self._rows, last)
        if self.marks.last_row > MAX_ROWS:
            raise Refused("te-veel-rijen")

    def _find_far_cells(self, joined: bytes, pattern: re.Pattern[bytes]) -> None:
        for match in pattern.finditer(joined):
            if match[2]:
                if len(match[2]) > len(str(MAX_ROWS)) or int(match[2]) > MAX_ROWS:
                    raise Refused("te-veel-rijen")
                continue
            width = _column_number(match[1])
            if width > MAX_COLUMNS:
                raise Refused("te-veel-kolommen")
            self.marks.width = max(self.marks.width, width)


def _is_marked(joined: bytes, *, is_first: bool) -> bool:
    """Tell whether something is there that only the exact reader tells apart."""
    if any(mark in joined for mark in _MARKS):
        return True
    if b"<f" in joined and any(mark in joined for mark in _FORMULA):
        return True
    return is_first and _PREFIXED.search(joined) is not None


def _column_number(name: bytes) -> int:
    number = 0
    for letter in name[:4].upper():
        number = number * _ALPHABET + letter - ord("A") + 1
    return number
