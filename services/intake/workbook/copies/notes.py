"""The notes of a sheet: ours beside those that its sender made.

A note is two things in a workbook: its text in a part of comments, and its box in an old drawing
format (VML). The texts of others are kept byte for byte; the boxes are all drawn anew.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from services.intake.contract.header import letters
from services.intake.workbook.copies.cells import place_of, xml_text
from services.intake.workbook.copies.sheet import SIGN, Note

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
AUTHOR = "Controle van het bestand"
_OPENING = re.compile(r"<((?:\w+:)?)comments\b[^>]*>")
_AUTHORS = re.compile(r"<(?:\w+:)?author\s*/>|<((?:\w+:)?)author>.*?</\1author>", re.DOTALL)
_COMMENT = re.compile(r"<((?:\w+:)?)comment\b([^>]*)>(.*?)</\1comment>", re.DOTALL)
_REF = re.compile(r"\bref\s*=\s*[\"']([A-Z]+)(\d+)[\"']")
_TEXT = re.compile(r"<(?:\w+:)?t\b[^>]*>([^<]*)")
_OTHER_OBJECT = re.compile(r"ObjectType\s*=\s*[\"'](?!Note[\"'])|<v:imagedata")
_SHAPES = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
    ' xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit">'
    '<o:idmap v:ext="edit" data="1"/></o:shapelayout><v:shapetype id="_x0000_t202"'
    ' coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe"><v:stroke'
    ' joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_SHAPE = (
    '<v:shape id="_x0000_s{id}" type="#_x0000_t202" style="position:absolute;width:240pt;'
    'height:75pt;visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto"><v:fill'
    ' color2="#ffffe1"/><v:path o:connecttype="none"/><v:textbox/><x:ClientData'
    ' ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{left},15,{top},4,{right},15,'
    "{bottom},4</x:Anchor><x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row>"
    "<x:Column>{column}</x:Column></x:ClientData></v:shape>"
)
_FIRST_SHAPE = 1025


@dataclass(frozen=True, slots=True)
class Kept:
    """The notes that a sheet had: its authors and comments as XML, and the cells they are on."""

    opening: str
    prefix: str
    authors: tuple[str, ...]
    comments: tuple[str, ...]
    cells: tuple[tuple[int, int], ...]


def kept_notes(content: bytes | None) -> Kept:
    """What is kept of a part of comments: all but the marks of an earlier check."""
    text = content.decode("utf-8-sig") if content else ""
    opening = _OPENING.search(text)
    if opening is None:
        return Kept(f'<comments xmlns="{MAIN}">', "", (), (), ())
    comments, places = [], []
    for match in _COMMENT.finditer(text):
        said = _TEXT.search(match[3])
        where = _REF.search(match[2])
        if where is None or (said and said[1].lstrip().startswith(SIGN.strip())):
            continue
        comments.append(match[0])
        places.append((int(where[2]), place_of(where[1].encode())))
    authors = tuple(match[0] for match in _AUTHORS.finditer(text))
    return Kept(opening[0], opening[1], authors, tuple(comments), tuple(places))


def comments_part(kept: Kept, notes: Iterable[Note]) -> Iterator[str]:
    """The part of comments; a cell that has a note of its sender keeps that one."""
    p = kept.prefix
    yield f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{kept.opening}<{p}authors>'
    yield from kept.authors
    yield f"<{p}author>{AUTHOR}</{p}author></{p}authors><{p}commentList>"
    yield from kept.comments
    ours = len(kept.authors)
    for note in _free(kept, notes):
        yield (
            f'<{p}comment ref="{letters(note.place)}{note.row}" authorId="{ours}"><{p}text>'
            f'<{p}t xml:space="preserve">{xml_text(note.text)}</{p}t></{p}text></{p}comment>'
        )
    yield f"</{p}commentList></{p}comments>"


def drawing_part(kept: Kept, notes: Sequence[Note]) -> Iterator[str]:
    """The boxes of all notes."""
    yield _SHAPES
    places = [*kept.cells, *((note.row, note.place) for note in _free(kept, notes))]
    for number, (row, place) in enumerate(places, _FIRST_SHAPE):
        yield _SHAPE.format(
            id=number,
            left=place + 1,
            right=place + 4,
            top=max(0, row - 2),
            bottom=row + 3,
            row=row - 1,
            column=place,
        )
    yield "</xml>"


def has_other_objects(drawing: bytes | None) -> bool:
    """Whether an old drawing holds more than notes, which would be lost."""
    return bool(drawing) and bool(_OTHER_OBJECT.search((drawing or b"").decode("utf-8", "replace")))


def _free(kept: Kept, notes: Iterable[Note]) -> Iterator[Note]:
    taken = set(kept.cells)
    return (note for note in notes if (note.row, note.place) not in taken)
