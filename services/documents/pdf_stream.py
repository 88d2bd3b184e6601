"""A PDF written as it grows: the pages of other PDFs, to something that only takes.

A PDF library keeps every object of what it merges until it saves. Here an object is written as soon
as its letter is read, and what is remembered of it is where it begins (11 bytes). What recurs (the
logo, a font, a description of one) is written once: an object of the same bytes as a recent one is
that one. Objects that are no streams are gathered and compressed together, a hundred at a time.

Source: ISO 32000-1, 7.5.7 (object streams), 7.5.8 (cross-reference streams), 7.7.3 (page tree).
"""

from __future__ import annotations

import hashlib
import zlib
from array import array
from collections import OrderedDict
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

import pikepdf

Sink = Callable[[bytes], object]

_HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
_PAGES_PER_NODE = 100  # a tree of two levels: 200,000 pages are 2,000 nodes
_OBJECTS_PER_STREAM = 100
#: Written objects that a new one is compared with: a letter has some twenty, and what recurs at all
#: recurs in most letters.
_REMEMBERED = 4096
_INHERITED = ("/Resources", "/MediaBox", "/CropBox", "/Rotate")
#: What leads out of a page to its own document, of which only the pages are taken.
_LEFT_OUT = frozenset({"/Parent", "/StructParents", "/B"})
_OTHER_ROOTS = frozenset({"/Pages", "/Catalog"})
_FREE, _PLAIN, _PACKED = 0, 1, 2


class PdfStream:
    """A PDF in the making; `sink` gets its bytes in order. Memory does not grow with the pages."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._digest = hashlib.sha256()
        self._at = 0
        self._table = _Table()
        self._recent: OrderedDict[bytes, int] = OrderedDict()
        self._packed: list[tuple[int, bytes]] = []
        self._root = self._table.reserve()
        self._nodes: list[tuple[int, int]] = []
        self._node, self._kids = 0, list[int]()
        self.pages = 0
        self._emit(_HEADER)

    def append(self, source: pikepdf.Pdf) -> int:
        """Add all pages of a PDF; answers how many."""
        pages = list(source.pages)
        numbers = [self._table.reserve() for _ in pages]
        copier = _Copier(self, {page.obj.objgen: n for page, n in zip(pages, numbers, strict=True)})
        for page, number in zip(pages, numbers, strict=True):
            self._add_page(number, copier.page(page.obj))
        return len(pages)

    def append_blank(self, width: float, height: float) -> None:
        """Add an empty page of that size."""
        box = _array(_scalar(Decimal(str(number))) for number in (0, 0, width, height))
        entries = {"/Type": b"/Page", "/MediaBox": box, "/Resources": b"<<>>"}
        self._add_page(self._table.reserve(), entries)

    def finish(self, title: str, language: str) -> None:
        """Write what makes it a whole document; nothing may be added after this."""
        self._end_node()
        kids = _array(_reference(number) for number, _ in self._nodes)
        count = b"%d" % self.pages
        self._pack(self._root, _dictionary({"/Type": b"/Pages", "/Kids": kids, "/Count": count}))
        info, catalog = self._table.reserve(), self._table.reserve()
        self._pack(info, _dictionary({"/Title": pikepdf.String(title).unparse()}))
        entries = {
            "/Type": b"/Catalog",
            "/Pages": _reference(self._root),
            "/Lang": pikepdf.String(language).unparse(),
        }
        self._pack(catalog, _dictionary(entries))
        self._write_packed()
        self._write_table(catalog, info)

    def place(self, body: bytes, stream: bytes | None, number: int | None = None) -> int:
        """Write an object, unless it was written lately and needs no number of its own."""
        known = None
        if number is None:
            mark = hashlib.sha256(b"%d|" % len(body) + body)
            mark.update(stream if stream is not None else b"")
            known = mark.digest()
            if (before := self._recent.get(known)) is not None:
                self._recent.move_to_end(known)
                return before
        number = self._table.reserve() if number is None else number
        if stream is None:
            self._pack(number, body)
        else:
            self._write(number, body + b"\nstream\n" + stream + b"\nendstream")
        if known is not None:
            self._recent[known] = number
            if len(self._recent) > _REMEMBERED:
                self._recent.popitem(last=False)
        return number

    def reserve(self) -> int:
        """A number for an object that is written later."""
        return self._table.reserve()

    def _add_page(self, number: int, entries: dict[str, bytes]) -> None:
        if not self._kids:
            self._node = self._table.reserve()
        self._pack(number, _dictionary({**entries, "/Parent": _reference(self._node)}))
        self._kids.append(number)
        self.pages += 1
        if len(self._kids) == _PAGES_PER_NODE:
            self._end_node()

    def _end_node(self) -> None:
        if self._kids:
            entries = {
                "/Type": b"/Pages",
                "/Parent": _reference(self._root),
                "/Kids": _array(map(_reference, self._kids)),
                "/Count": b"%d" % len(self._kids),
            }
            self._pack(self._node, _dictionary(entries))
            self._nodes.append((self._node, len(self._kids)))
            self._kids = []

    def _pack(self, number: int, body: bytes) -> None:
        self._packed.append((number, body))
        if len(self._packed) == _OBJECTS_PER_STREAM:
            self._write_packed()

    def _write_packed(self) -> None:
        """The gathered objects as one object stream."""
        packed, self._packed = self._packed, []
        if not packed:
            return
        holder, heads, at = self._table.reserve(), [], 0
        for place, (number, body) in enumerate(packed):
            self._table.set(number, _PACKED, holder, place)
            heads.append(b"%d %d" % (number, at))
            at += len(body) + 1
        head = b" ".join(heads) + b" "
        content = zlib.compress(head + b"".join(body + b" " for _, body in packed))
        entries = {
            "/Type": b"/ObjStm",
            "/N": b"%d" % len(packed),
            "/First": b"%d" % len(head),
            "/Filter": b"/FlateDecode",
            "/Length": b"%d" % len(content),
        }
        self._write(holder, _dictionary(entries) + b"\nstream\n" + content + b"\nendstream")

    def _write(self, number: int, content: bytes) -> None:
        self._table.set(number, _PLAIN, self._at, 0)
        self._emit(b"%d 0 obj\n" % number + content + b"\nendobj\n")

    def _write_table(self, catalog: int, info: int) -> None:
        number, start = self._table.reserve(), self._at
        self._table.set(number, _PLAIN, start, 0)
        content = self._table.compressed()
        mark = b"<%b>" % self._digest.hexdigest()[:32].encode()
        entries = {
            "/Type": b"/XRef",
            "/Size": b"%d" % len(self._table),
            "/W": b"[1 8 2]",
            "/Root": _reference(catalog),
            "/Info": _reference(info),
            "/ID": _array([mark, mark]),
            "/Filter": b"/FlateDecode",
            "/Length": b"%d" % len(content),
        }
        body = _dictionary(entries) + b"\nstream\n" + content + b"\nendstream"
        self._emit(b"%d 0 obj\n" % number + body + b"\nendobj\n")
        self._emit(b"startxref\n%d\n%%%%EOF\n" % start)

    def _emit(self, content: bytes) -> None:
        self._sink(content)
        self._digest.update(content)
        self._at += len(content)


class _Table:
    """Where each object is: at a place in the file, or in an object stream at a place in that."""

    def __init__(self) -> None:
        self._kinds = array("B", [_FREE])
        self._places = array("Q", [0])
        self._indexes = array("H", [0xFFFF])

    def __len__(self) -> int:
        return len(self._kinds)

    def reserve(self) -> int:
        self._kinds.append(_FREE)
        self._places.append(0)
        self._indexes.append(0)
        return len(self._kinds) - 1

    def set(self, number: int, kind: int, place: int, index: int) -> None:
        self._kinds[number], self._places[number], self._indexes[number] = kind, place, index

    def compressed(self) -> bytes:
        """The content of the cross-reference stream, with fields of 1, 8 and 2 bytes."""
        press = zlib.compressobj()
        rows = zip(self._kinds, self._places, self._indexes, strict=True)
        pieces = [
            press.compress(b"%c%b%b" % (kind, place.to_bytes(8), index.to_bytes(2)))
            for kind, place, index in rows
        ]
        return b"".join(pieces) + press.flush()


class _Copier:
    """Copies what the pages of one document need; `pages` says which number each of them got."""

    def __init__(self, target: PdfStream, pages: dict[tuple[int, int], int]) -> None:
        self._target = target
        self._pages = pages
        self._numbers: dict[tuple[int, int], int] = {}
        #: Objects that are being copied; one that leads back to itself gets its number at once.
        self._open: dict[tuple[int, int], int | None] = {}

    def page(self, page: pikepdf.Object) -> dict[str, bytes]:
        """A page's entries, with those that it has of the tree above it."""
        entries = {key: self._value(page[key]) for key in _keys(page) if key not in _LEFT_OUT}
        above = page.get("/Parent")
        while above is not None:
            for key in _INHERITED:
                if key in above and key not in entries:
                    entries[key] = self._value(above[key])
            above = above.get("/Parent")
        return entries

    def _value(self, value: Any) -> bytes:
        if isinstance(value, pikepdf.Object) and value.is_indirect:
            return self._reference(value)
        return self._direct(value)

    def _reference(self, item: pikepdf.Object) -> bytes:
        place = item.objgen
        if place in self._pages:
            return _reference(self._pages[place])
        if place in self._open:
            self._open[place] = self._open[place] or self._target.reserve()
            return _reference(self._open[place] or 0)
        if isinstance(item, pikepdf.Dictionary) and item.get("/Type") in _OTHER_ROOTS:
            return b"null"
        if place not in self._numbers:
            self._open[place] = None
            stream = item.read_raw_bytes() if isinstance(item, pikepdf.Stream) else None
            body = self._direct(item, stream)
            self._numbers[place] = self._target.place(body, stream, self._open.pop(place))
        return _reference(self._numbers[place])

    def _direct(self, value: Any, stream: bytes | None = None) -> bytes:
        if isinstance(value, pikepdf.Dictionary | pikepdf.Stream):
            entries = {key: self._value(value[key]) for key in _keys(value)}
            length = {} if stream is None else {"/Length": b"%d" % len(stream)}
            return _dictionary({**entries, **length})
        if isinstance(value, pikepdf.Array):
            return _array(self._value(item) for item in value)
        return _scalar(value)


def _keys(item: pikepdf.Object) -> list[str]:
    """In one order: they come as a set, and the order of copying decides the objects' numbers."""
    return sorted(item.keys())


def _scalar(value: Any) -> bytes:
    if value is None:
        return b"null"
    if isinstance(value, bool):
        return b"true" if value else b"false"
    if isinstance(value, int):
        return b"%d" % value
    if isinstance(value, Decimal):
        return f"{value:f}".encode()
    text: bytes = value.unparse()
    return text


def _dictionary(entries: dict[str, bytes]) -> bytes:
    parts = (pikepdf.Name(key).unparse() + b" " + entries[key] for key in sorted(entries))
    return b"<<" + b" ".join(parts) + b">>"


def _array(values: Iterable[bytes]) -> bytes:
    return b"[" + b" ".join(values) + b"]"


def _reference(number: int) -> bytes:
    return b"%d 0 R" % number
