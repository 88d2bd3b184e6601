"""One row of a sheet's XML: cells get another style or other text, all else stays byte for byte."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape

from services.intake.contract.header import letters

_ALPHABET = 26
_CELL = re.compile(rb"<(?:\w+:)?c(?=[\s/>])((?:[^>\"']|\"[^\"]*\"|'[^']*')*?)(/?)>")
_CELL_END = re.compile(rb"</(?:\w+:)?c\s*>")
_REFERENCE = re.compile(rb"\br\s*=\s*[\"']([A-Za-z]+)\d+[\"']")
_STYLE = re.compile(rb"\ss\s*=\s*[\"'](\d+)[\"']")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a cell stands in the bytes of its row: its opening tag, and its end."""

    place: int
    start: int
    tag_end: int
    end: int


def cells_of(row: bytes, start: int) -> Iterator[Cell]:
    """The cells of a row, whose own opening tag ends at `start`."""
    place = -1
    position = start
    while match := _CELL.search(row, position):
        reference = _REFERENCE.search(match[1])
        place = place_of(reference[1]) if reference else place + 1
        position = match.end()
        if not match[2]:
            closing = _CELL_END.search(row, position)
            position = closing.end() if closing else len(row)
        yield Cell(place, match.start(), match.end(), position)


def style_of(tag: bytes) -> int:
    """The style of a cell's opening tag."""
    match = _STYLE.search(tag)
    return int(match[1]) if match else 0


def restyled(tag: bytes, style: int) -> bytes:
    """An opening tag with another style."""
    plain = _STYLE.sub(b"", tag, count=1)
    end = len(plain) - (2 if plain.endswith(b"/>") else 1)
    return b'%b s="%d"%b' % (plain[:end].rstrip(), style, plain[end:])


def place_of(name: bytes) -> int:
    """The place of a column by its letters: A is 0."""
    place = 0
    for letter in name[:4].upper():
        place = place * _ALPHABET + letter - ord("A") + 1
    return place - 1


def reference(place: int, row: int) -> bytes:
    """The name of a cell: A1."""
    return f"{letters(place)}{row}".encode()


def empty_cell(prefix: bytes, place: int, row: int, style: int) -> bytes:
    """A cell without a value, to be coloured."""
    return b'<%bc r="%b" s="%d"/>' % (prefix, reference(place, row), style)


def text_cell(prefix: bytes, place: int, row: int, style: int, text: str) -> bytes:
    """A cell with text, which no program takes for a formula."""
    p = prefix
    opening = b'<%bc r="%b" s="%d" t="inlineStr">' % (p, reference(place, row), style)
    content = xml_text(text).encode()
    inner = b'<%bis><%bt xml:space="preserve">%b</%bt></%bis>' % (p, p, content, p, p)
    return opening + inner + b"</%bc>" % p


def xml_text(text: str) -> str:
    """Text as it may stand in XML: characters that XML does not know become a mark."""
    return escape(_NOT_IN_XML.sub("\ufffd", text))
