"""A sheet's XML as a stream: rows with errors are rewritten, all others go through as they are.

Reading and saving a workbook with a library takes twenty times as long and ten times the memory,
and loses what the library does not know. So only what must change is changed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from services.intake.contract.header import HEADER_ROW, OURS
from services.intake.contract.marks import Mark, Marks
from services.intake.workbook.copies.row import Changes, RowEditor
from services.intake.workbook.copies.styles import RedStyles
from services.intake.workbook.refusals import UNUSUAL, Refused

COLUMN = OURS[0]
SIGN = "✖ "
MAX_NOTES = 10_000  # Excel takes seconds to open more
#: Rows that are wrong because of something elsewhere have no error of their own.
ELSEWHERE = (
    f"{SIGN}Deze rij kan niet mee door een fout elders in het bestand."
    " Kijk naar de opmerking bij FOUTEN in rij 1, en naar rijen die deze rij noemen."
)
_BLOCK = 1 << 18
_MAX_FRAME = 16 << 20  # what stands before and after the rows; real files: some kB
_DATA = re.compile(rb"<((?:\w+:)?)sheetData\b[^>]*?(/?)>")
_DIMENSION = re.compile(rb"<(?:\w+:)?dimension\b[^>]*?(?:/>|>\s*</(?:\w+:)?dimension>)")
_LAST_COLUMN = re.compile(rb"<(?:\w+:)?col\b[^>]*\bmax\s*=\s*[\"'](\d+)[\"']")
_NUMBER = re.compile(rb"\sr\s*=\s*[\"'](\d+)[\"']")
_SPANS = re.compile(rb"\sspans\s*=\s*[\"'][^\"']*[\"']")
_WIDTH = 60


@dataclass(frozen=True, slots=True)
class Note:
    """What a reader sees when the pointer is on a cell."""

    row: int
    place: int
    text: str


class SheetMarker:
    """Rewrites one sheet; `notes` is complete after the last piece."""

    def __init__(self, marks: Marks, wrong: frozenset[int], styles: RedStyles) -> None:
        self.notes: list[Note] = []
        self.skipped_notes = 0
        self._styles = styles
        self._columns = marks.columns
        self._own = marks.columns.get(COLUMN, marks.width)
        #: A marked copy that was mended: what an earlier check coloured and told is taken away.
        self._came_back = COLUMN in marks.columns
        self._rows = marks.by_row()
        self._next: tuple[int, list[Mark]] | None = next(self._rows, None)
        self._wrong = wrong
        self._prefix = b""
        self._editor = RowEditor(b"", styles, cleaning=False)
        self._row_tag = re.compile(b"")
        self._number = 0
        self._has_header = False

    def pieces(self, source: IO[bytes]) -> Iterator[bytes]:
        """The sheet's bytes up to the end of its rows; then `tail` holds the rest."""
        head, rest = _until_rows(source)
        match = _DATA.search(head)
        if match is None:
            raise Refused(UNUSUAL, "no rows element")
        self._prefix = prefix = match[1]
        self._editor = RowEditor(prefix, self._styles, cleaning=self._came_back)
        self._row_tag = re.compile(rb"<%brow\b([^>]*?)(/?)>" % re.escape(prefix))
        yield self._head(head[: match.start()])
        yield b"<%bsheetData>" % prefix
        if match[2]:
            yield self._header_if_missing(HEADER_ROW + 1)
            yield b"</%bsheetData>" % prefix
            self.tail = rest + source.read(_MAX_FRAME + 1)
        else:
            yield from self._body(source, rest)
        if len(self.tail) > _MAX_FRAME:
            raise Refused(UNUSUAL, "large tail of a sheet")

    def _head(self, head: bytes) -> bytes:
        """What stands before the rows, without a size that is no longer true."""
        head = _DIMENSION.sub(b"", head, count=1)
        own = self._own + 1
        if any(int(found) >= own for found in _LAST_COLUMN.findall(head)):
            return head
        p = self._prefix
        column = b'<%bcol min="%d" max="%d" width="%d" customWidth="1"/>' % (p, own, own, _WIDTH)
        end = b"</%bcols>" % p
        if end in head:
            return head.replace(end, column + end, 1)
        return head + b"<%bcols>" % p + column + end

    def _body(self, source: IO[bytes], held: bytes) -> Iterator[bytes]:
        row_end, end = b"</%brow>" % self._prefix, b"</%bsheetData>" % self._prefix
        while True:
            closed = held.find(end)
            if closed >= 0:
                yield self._block(held[:closed])
                yield self._header_if_missing(HEADER_ROW + 1)
                yield end
                self.tail = held[closed + len(end) :] + source.read(_MAX_FRAME + 1)
                return
            cut = held.rfind(row_end)
            if cut >= 0:
                cut += len(row_end)
                yield self._block(held[:cut])
                held = held[cut:]
            block = source.read(_BLOCK)
            if not block:
                raise Refused(UNUSUAL, "no end of rows")
            held += block

    def _block(self, block: bytes) -> bytes:
        """Whole rows, each rewritten when it has errors."""
        tags = list(self._row_tag.finditer(block))
        if not tags:
            return block
        if b"<!" in block:
            raise Refused(UNUSUAL, "comment or character data between cells")
        if self._is_untouched(block, tags):
            self._number = self._number_of(tags[-1])
            return block
        made = [block[: tags[0].start()]]
        for place, tag in enumerate(tags):
            end = tags[place + 1].start() if place + 1 < len(tags) else len(block)
            self._number = self._number_of(tag)
            made += (
                self._header_if_missing(self._number),
                self._row(tag, block[tag.start() : end]),
            )
        return b"".join(made)

    def _is_untouched(self, block: bytes, tags: list[re.Match[bytes]]) -> bool:
        """Whether no row of a block has errors; told by its first and last number."""
        if self._came_back or not self._has_header or not _NUMBER.search(tags[0][1]):
            return False
        last = _NUMBER.search(tags[-1][1])
        waits = self._next[0] if self._next else None
        if last is None or (waits is not None and waits <= int(last[1])):
            return False
        rows = range(int(_NUMBER.search(tags[0][1])[1]), int(last[1]) + 1)  # type: ignore[index]
        return bool(block) and self._wrong.isdisjoint(rows)

    def _number_of(self, tag: re.Match[bytes]) -> int:
        match = _NUMBER.search(tag[1])
        return int(match[1]) if match else self._number + 1

    def _row(self, tag: re.Match[bytes], row: bytes) -> bytes:
        number = self._number
        errors = self._errors_of(number)
        is_wrong = bool(errors) or number in self._wrong
        if not is_wrong and number != HEADER_ROW and not self._came_back:
            return row
        opening = row[: tag.end() - tag.start()]
        content = row[len(opening) :]
        opening = _SPANS.sub(b"", opening)
        if tag[2]:
            opening = opening.rstrip(b"/>").rstrip() + b">"
            content = b"</%brow>" % self._prefix + content
        changes = self._changes(number, errors, is_wrong=is_wrong)
        return opening + self._editor.changed(content, number, changes)

    def _errors_of(self, number: int) -> list[Mark]:
        while self._next and self._next[0] < number:
            self._next = next(self._rows, None)
        if self._next and self._next[0] == number:
            errors = self._next[1]
            self._next = next(self._rows, None)
            return errors
        return []

    def _changes(self, number: int, errors: list[Mark], *, is_wrong: bool) -> Changes:
        """What a row's cells become; every wrong cell gets one note."""
        notes: dict[int, str] = {}
        for error in errors:
            place = self._columns.get(error.kind.column or "")
            if place is not None:
                text = f"{SIGN}{error.text}\nVerwacht: {error.kind.expected}."
                notes[place] = f"{notes[place]}\n{text}" if place in notes else text
        changes: Changes = dict.fromkeys(notes)
        told = "\n".join(f"{SIGN}{_where(error)}{error.text}" for error in errors)
        if number == HEADER_ROW:
            self._has_header = True
            changes[self._own] = COLUMN
            notes[self._own] = told or f"{SIGN}Hier staat per rij wat er niet klopt."
        else:
            changes[self._own] = (told or ELSEWHERE) if is_wrong else ""
        self._keep_notes(number, notes)
        return changes

    def _keep_notes(self, row: int, notes: dict[int, str]) -> None:
        free = MAX_NOTES - len(self.notes)
        kept = sorted(notes.items())[:free]
        self.notes += [Note(row, place, text) for place, text in kept]
        self.skipped_notes += len(notes) - len(kept)

    def _header_if_missing(self, number: int) -> bytes:
        """A first row with our column's name, for a sheet that begins lower or is empty."""
        if self._has_header or number <= HEADER_ROW:
            return b""
        p = self._prefix
        changes = self._changes(HEADER_ROW, self._errors_of(HEADER_ROW), is_wrong=True)
        row = self._editor.changed(b"</%brow>" % p, HEADER_ROW, changes)
        return b'<%brow r="1">' % p + row


def _where(error: Mark) -> str:
    return f"{error.kind.column}: " if error.kind.column else ""


def _until_rows(source: IO[bytes]) -> tuple[bytes, bytes]:
    """What stands before the rows, their opening tag included, and what was read after it."""
    held = b""
    while True:
        match = _DATA.search(held)
        if match:
            return held[: match.end()], held[match.end() :]
        block = source.read(_BLOCK)
        held += block
        if not block or len(held) > _MAX_FRAME:
            raise Refused(UNUSUAL, "no rows element")
