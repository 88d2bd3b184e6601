"""The uploaded workbook with its errors marked; all other parts of it are copied as they are."""

import posixpath
import re
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfileobj
from typing import IO
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from services.intake.contract.marks import Marks
from services.intake.workbook.copies.notes import (
    comments_part,
    drawing_part,
    has_other_objects,
    kept_notes,
)
from services.intake.workbook.copies.sheet import Note, SheetMarker
from services.intake.workbook.copies.styles import with_red_styles
from services.intake.workbook.package import SheetPlace
from services.intake.workbook.refusals import UNUSUAL, Refused

_LEVEL = 3  # a higher one costs twice the time for 5 % of the size
_STYLES, _TYPES, _BOOK_RELATIONS = (
    "xl/styles.xml",
    "[Content_Types].xml",
    "xl/_rels/workbook.xml.rels",
)
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml."
_STRICT = b"http://purl.oclc.org/ooxml"
_RELATION = re.compile(r"<(?:\w+:)?Relationship\b[^>]*>")
_ATTRIBUTE = re.compile(r"\b(Id|Type|Target)\s*=\s*[\"']([^\"']*)[\"']")
_TAG = re.compile(rb"<(/?)(?:\w+:)?(\w+)((?:[^>\"']|\"[^\"]*\"|'[^']*')*?)(/?)>")
#: What follows a reference to the boxes of notes in a sheet, by the schema (ISO/IEC 29500-1).
_AFTER = frozenset(
    b"legacyDrawingHF picture oleObjects controls webPublishItems tableParts extLst".split()
)
_OUR_RELATION = "rIdFouten"


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where the notes of the sheet are, or will be."""

    relations: str
    comments: str
    drawing: str
    has_comments: bool
    has_drawing: bool


def mark_workbook(source: Path, target: Path, place: SheetPlace, marks: Marks) -> int:
    """Write the marked copy; answers how many notes there was no room for."""
    try:
        with ExitStack() as stack:
            package = stack.enter_context(ZipFile(source))
            copy = stack.enter_context(ZipFile(target, "w", ZIP_DEFLATED, compresslevel=_LEVEL))
            return _Copying(package, copy, place, marks).run()
    except (BadZipFile, UnicodeDecodeError, KeyError) as error:
        raise Refused(UNUSUAL, type(error).__name__) from error


class _Copying:
    """One copy in the making."""

    def __init__(self, package: ZipFile, copy: ZipFile, place: SheetPlace, marks: Marks) -> None:
        self._package, self._copy = package, copy
        self._part = place.part
        self._names = set(package.namelist())
        self._frame = self._find_frame()
        self._styles = with_red_styles(self._read(_STYLES))
        self._marker = SheetMarker(marks, frozenset(marks.wrong), self._styles)

    def run(self) -> int:
        """Write every part, the changed ones in their new form."""
        kept = kept_notes(self._read(self._frame.comments))
        notes = self._write_sheet()
        changed = {self._part, _STYLES, _TYPES}
        if notes:
            self._write(self._frame.comments, comments_part(kept, notes))
            self._write(self._frame.drawing, drawing_part(kept, notes))
            self._write(self._frame.relations, [self._sheet_relations()])
            changed |= {self._frame.comments, self._frame.drawing, self._frame.relations}
        if _STYLES not in self._names:
            self._write(_BOOK_RELATIONS, [self._book_relations()])
            changed.add(_BOOK_RELATIONS)
        self._copy.writestr(_STYLES, self._styles.content)
        self._copy.writestr(_TYPES, self._content_types(with_notes=bool(notes)))
        for part in self._package.infolist():
            if part.filename not in changed:
                self._pass_on(part)
        return self._marker.skipped_notes

    def _write_sheet(self) -> list[Note]:
        """Write the sheet; answers its notes, none when it cannot have ours."""
        with self._package.open(self._part) as source, self._open(self._part) as target:
            is_strict = False
            for piece in self._marker.pieces(source):
                is_strict = is_strict or _STRICT in piece[:4096]
                target.write(piece)
            can = not is_strict and not has_other_objects(
                self._read(self._frame.drawing) if self._frame.has_drawing else None
            )
            tail = self._marker.tail
            target.write(tail if not can or self._frame.has_drawing else _with_drawing(tail))
        return self._marker.notes if can else []

    def _find_frame(self) -> _Frame:
        folder, name = posixpath.split(self._part)
        relations = f"{folder}/_rels/{name}.rels"
        found: dict[str, str] = {}
        for tag in _RELATION.findall(self._text(relations)):
            given = dict(_ATTRIBUTE.findall(tag))
            kind = given.get("Type", "").rpartition("/")[2]
            found[kind] = _resolved(folder, given.get("Target", ""))
        comments = found.get("comments", "xl/commentsFouten.xml")
        drawing = found.get("vmlDrawing", "xl/drawings/vmlDrawingFouten.vml")
        return _Frame(relations, comments, drawing, comments in self._names, drawing in self._names)

    def _sheet_relations(self) -> str:
        empty = f'<Relationships xmlns="{_PACKAGE}"></Relationships>'
        text = self._text(self._frame.relations) or empty
        added = ""
        if not self._frame.has_comments:
            added += _relation(f"{_OUR_RELATION}1", "comments", self._frame.comments)
        if not self._frame.has_drawing:
            added += _relation(_OUR_RELATION, "vmlDrawing", self._frame.drawing)
        return _inserted(text, "Relationships", added)

    def _book_relations(self) -> str:
        text = self._text(_BOOK_RELATIONS)
        return _inserted(text, "Relationships", _relation(_OUR_RELATION, "styles", _STYLES))

    def _content_types(self, *, with_notes: bool) -> str:
        text = self._text(_TYPES)
        added = ""
        if with_notes and 'Extension="vml"' not in text:
            added += (
                '<Default Extension="vml"'
                ' ContentType="application/vnd.openxmlformats-officedocument.vmlDrawing"/>'
            )
        if with_notes and not self._frame.has_comments:
            added += _override(self._frame.comments, "comments+xml")
        if _STYLES not in self._names:
            added += _override(_STYLES, "styles+xml")
        return _inserted(text, "Types", added)

    def _read(self, name: str) -> bytes | None:
        return self._package.read(name) if name in self._names else None

    def _text(self, name: str) -> str:
        return (self._read(name) or b"").decode("utf-8-sig")

    def _write(self, name: str, pieces: Iterable[str]) -> None:
        with self._open(name) as target:
            for piece in pieces:
                target.write(piece.encode())

    def _open(self, name: str) -> IO[bytes]:
        return self._copy.open(name, "w", force_zip64=True)

    def _pass_on(self, part: ZipInfo) -> None:
        with self._package.open(part) as source, self._open(part.filename) as target:
            copyfileobj(source, target)


def _resolved(folder: str, target: str) -> str:
    return (
        target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"{folder}/{target}")
    )


def _relation(name: str, kind: str, part: str) -> str:
    kind = f"{_RELATIONS}/{kind}"
    return f'<Relationship xmlns="{_PACKAGE}" Id="{name}" Type="{kind}" Target="/{part}"/>'


def _override(part: str, kind: str) -> str:
    return f'<Override PartName="/{part}" ContentType="{_TYPE}{kind}"/>'


def _inserted(text: str, element: str, added: str) -> str:
    """The text of a part with more in it, before the end of its outermost element."""
    match = re.search(rf"</((?:\w+:)?){element}>\s*$", text)
    if match is None:
        raise Refused(UNUSUAL, f"no end of {element}")
    if match[1]:
        added = re.sub(r"<(?=\w)", f"<{match[1]}", added)
    return text[: match.start()] + added + text[match.start() :]


def _with_drawing(tail: bytes) -> bytes:
    """The end of a sheet with a reference to the boxes of its notes, where the schema wants it."""
    depth = 0
    for tag in _TAG.finditer(tail):
        if tag[1]:
            if depth == 0:
                return _split(tail, tag)
            depth -= 1
        elif depth == 0 and tag[2] in _AFTER:
            return _split(tail, tag)
        elif not tag[4]:
            depth += 1
    raise Refused(UNUSUAL, "no end of a sheet")


def _split(tail: bytes, tag: re.Match[bytes]) -> bytes:
    prefix = tag[0].lstrip(b"</").rpartition(b":")[0] if b":" in tag[0].split(b" ")[0] else b""
    reference = b'<%blegacyDrawing xmlns:r="%b" r:id="%b"/>' % (
        prefix + b":" if prefix else b"",
        _RELATIONS.encode(),
        _OUR_RELATION.encode(),
    )
    return tail[: tag.start()] + reference + tail[tag.start() :]
