"""Changes cells of a row in place: all other bytes of the row stay as they are."""

from services.intake.workbook.copies import cells
from services.intake.workbook.copies.styles import RedStyles
from services.intake.workbook.refusals import UNUSUAL, Refused

#: What cells become, by their place: red (None), or text of ours; empty text takes a cell away.
Changes = dict[int, str | None]


class RowEditor:
    """Edits the rows of one sheet; `cleaning` takes red away that an earlier check left."""

    def __init__(self, prefix: bytes, styles: RedStyles, *, cleaning: bool) -> None:
        self._prefix = prefix
        self._styles = styles
        self._cleaning = cleaning
        self._end = b"</%brow>" % prefix

    def changed(self, content: bytes, number: int, changes: Changes) -> bytes:
        """A row without its opening tag, changed; cells stay in the order of the columns."""
        end = content.rfind(self._end)
        if end < 0:
            raise Refused(UNUSUAL, "no end of a row")
        made: list[bytes] = []
        position = 0
        waiting = sorted(changes)
        for cell in cells.cells_of(content[:end], 0):
            while waiting and waiting[0] < cell.place:
                made += (content[position : cell.start], self._new(number, waiting[0], changes))
                position = cell.start
                del waiting[0]
            if waiting and waiting[0] == cell.place:
                del waiting[0]
                made += (
                    content[position : cell.start],
                    self._replaced(content, cell, number, changes),
                )
                position = cell.end
            elif self._cleaning:
                made += (content[position : cell.start], self._cleaned(content, cell))
                position = cell.end
        made.append(content[position:end])
        made += (self._new(number, place, changes) for place in waiting)
        made.append(content[end:])
        return b"".join(made)

    def _replaced(self, content: bytes, cell: cells.Cell, number: int, changes: Changes) -> bytes:
        if changes[cell.place] is not None:
            return self._new(number, cell.place, changes)
        tag = content[cell.start : cell.tag_end]
        red = self._styles.red(cells.style_of(tag))
        return cells.restyled(tag, red) + content[cell.tag_end : cell.end]

    def _cleaned(self, content: bytes, cell: cells.Cell) -> bytes:
        tag = content[cell.start : cell.tag_end]
        style = cells.style_of(tag)
        clean = self._styles.clean(style)
        if clean == style:
            return content[cell.start : cell.end]
        return cells.restyled(tag, clean) + content[cell.tag_end : cell.end]

    def _new(self, number: int, place: int, changes: Changes) -> bytes:
        text = changes[place]
        if text is None:
            return cells.empty_cell(self._prefix, place, number, self._styles.red(0))
        if not text:
            return b""
        return cells.text_cell(self._prefix, place, number, self._styles.wrapped, text)
