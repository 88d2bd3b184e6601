"""The Afdrukbestand: all letters of a batch as one PDF in order, with a manifest, and as a ZIP.

In a process of its own: a print run of thousands of letters takes tens of seconds of computing,
which no event loop should wait for. Letters are read one at a time and the result is written as it
grows, so memory does not follow their number. What lies on the disk is sealed, both ways: a kill
leaves nothing that can be read. The same letters give the same print file, so that a run that is
repeated after a crash changes nothing.
"""

from __future__ import annotations

import asyncio
import csv
import hashlib
import io
import json
import multiprocessing
import signal
import zipfile
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pikepdf
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from services.documents.pdf_stream import PdfStream, Sink
from shared.chassis.bucket import context_of
from shared.chassis.errors import SealBroken
from shared.chassis.scratch import die_with_parent
from shared.chassis.sealed_file import SealedFile
from shared.chassis.sealing import KeyRing

_PAGES_PER_SHEET = 2
#: Of a separator sheet, in points: 2.5 cm.
_MARGIN = 71
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_ZIP_READABLE = 0o644 << 16


@dataclass(frozen=True, slots=True)
class PrintLetter:
    """A finished letter: its place in the run, its case number, where its sealed PDF lies.

    `key` is that of the store: the seal is bound to it.
    """

    sequence: int
    case_number: str
    path: Path
    key: str


@dataclass(frozen=True, slots=True)
class Target:
    """A file to write, sealed for the key under which it will be stored."""

    path: Path
    key: str


@dataclass(frozen=True, slots=True)
class Layout:
    """How letters follow each other.

    `double_sided`: a letter of an odd number of pages gets a blank one, so that the next begins on
    a new sheet. `separator_every`: a separator sheet comes before each so many letters.
    """

    double_sided: bool = False
    separator_every: int | None = None


Read = Callable[[PrintLetter], bytes]
PLAIN = Layout()


@dataclass(frozen=True, slots=True)
class ManifestLine:
    """Where one letter stands in the print file. Names are those of the JSON manifest."""

    volgnummer: int
    zaaknummer: str
    paginas: int
    eerstePagina: int
    sha256: str


@dataclass(frozen=True)
class Totals:
    """What the print shop needs to know. `blanco` are the pages added for double-sided printing."""

    brieven: int
    paginas: int
    blanco: int
    vellenEnkelzijdig: int
    vellenDubbelzijdig: int
    scheidingsbladen: int = 0


@dataclass(frozen=True)
class PrintFile:
    """The manifest of a print file that was written, with the sha256 of its PDF."""

    lines: tuple[ManifestLine, ...]
    totals: Totals
    sha256: str

    def as_csv(self) -> str:
        """Return the manifest with semicolons, as a Dutch spreadsheet opens it."""
        output = StringIO()
        writer = csv.writer(output, delimiter=";", lineterminator="\r\n")
        writer.writerow(ManifestLine.__dataclass_fields__)
        writer.writerows(asdict(line).values() for line in self.lines)
        return output.getvalue()

    def as_json(self) -> str:
        """Return the manifest with its totals as JSON."""
        content = {
            "sha256": self.sha256,
            "totalen": asdict(self.totals),
            "brieven": [asdict(line) for line in self.lines],
        }
        return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


class LetterUnreadable(Exception):
    """A stored PDF cannot be opened; the print file is not made."""

    def __init__(self, case_number: str) -> None:
        """Keep the case number, which the operator needs."""
        self.case_number = case_number
        super().__init__(
            f"De brief van zaak {case_number} is beschadigd. "
            "Maak deze brief opnieuw en maak daarna het afdrukbestand."
        )

    def __reduce__(self) -> tuple[type[LetterUnreadable], tuple[str]]:
        """Survive the way back from the process that merges."""
        return (type(self), (self.case_number,))


async def make_print_file(
    letters: Sequence[PrintLetter], pdf: Target, archive: Target, keys: KeyRing, layout: Layout
) -> PrintFile:
    """Write PDF and ZIP in a process of its own and return the manifest."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context, initializer=_begin) as pool:
        return await asyncio.wrap_future(pool.submit(build, letters, pdf, archive, keys, layout))


def _begin() -> None:
    """End with the parent, and leave Ctrl+C to it."""
    die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def build(
    letters: Sequence[PrintLetter], pdf: Target, archive: Target, keys: KeyRing, layout: Layout
) -> PrintFile:
    """Write both from sealed letters to sealed files; this blocks."""

    def read(letter: PrintLetter) -> bytes:
        try:
            return keys.unseal(letter.path.read_bytes(), context_of(letter.key))
        except SealBroken as error:
            raise LetterUnreadable(letter.case_number) from error

    merged = SealedFile(pdf.path, pdf.key, keys)
    made = merge_letters(letters, read, merged.write, layout)
    merged.finish()
    zipped = SealedFile(archive.path, archive.key, keys)
    zip_letters(letters, read, zipped.write)
    zipped.finish()
    return made


def merge_letters(
    letters: Iterable[PrintLetter], read: Read, sink: Sink, layout: Layout = PLAIN
) -> PrintFile:
    """Give `sink` one PDF of all letters in the given order; this blocks."""
    digest = hashlib.sha256()

    def write(piece: bytes) -> None:
        digest.update(piece)
        sink(piece)

    merging = _Merging(PdfStream(write), layout)
    for letter in letters:
        merging.add(letter, read(letter))
    merging.merged.finish("Afdrukbestand", "nl-NL")
    return PrintFile(tuple(merging.lines), merging.totals(), digest.hexdigest())


class _Merging:
    """Adds letters to a PDF one after the other, with what belongs between them."""

    def __init__(self, merged: PdfStream, layout: Layout) -> None:
        self.merged = merged
        self.lines: list[ManifestLine] = []
        self._layout = layout
        self._blanks = 0
        self._separators = 0

    def add(self, letter: PrintLetter, content: bytes) -> None:
        """Copy a letter, after its separator sheet where one is due."""
        every = self._layout.separator_every
        if every and len(self.lines) % every == 0:
            with pikepdf.open(io.BytesIO(separator_sheet(letter))) as sheet:
                self.merged.append(sheet)
            self._separators += 1
            self._fill(A4)
        first = self.merged.pages + 1
        pages, size = _append(self.merged, letter, content)
        mark = hashlib.sha256(content).hexdigest()
        self.lines.append(ManifestLine(letter.sequence, letter.case_number, pages, first, mark))
        if pages % _PAGES_PER_SHEET:
            self._fill(size)

    def _fill(self, size: tuple[float, float]) -> None:
        """Leave the back of a sheet empty, when both sides are printed."""
        if self._layout.double_sided:
            self.merged.append_blank(*size)
            self._blanks += 1

    def totals(self) -> Totals:
        """What was added; a separator is a sheet of its own, whichever way it is printed."""
        pages = sum(line.paginas for line in self.lines)
        sheets = sum(-(-line.paginas // _PAGES_PER_SHEET) for line in self.lines)
        return Totals(
            brieven=len(self.lines),
            paginas=pages,
            blanco=self._blanks,
            vellenEnkelzijdig=pages + self._separators,
            vellenDubbelzijdig=sheets + self._separators,
            scheidingsbladen=self._separators,
        )


def separator_sheet(letter: PrintLetter) -> bytes:
    """A page that tells which letter comes next: its place and case number, nothing of a person."""
    target = io.BytesIO()
    page = Canvas(target, pagesize=A4, invariant=True)
    page.setFont("Helvetica-Bold", 64)
    page.drawString(_MARGIN, A4[1] - 3 * _MARGIN, str(letter.sequence))
    page.setFont("Helvetica", 24)
    page.drawString(_MARGIN, A4[1] - 4 * _MARGIN, letter.case_number)
    page.setFont("Helvetica", 12)
    page.drawString(_MARGIN, A4[1] - 5 * _MARGIN, "Scheidingsblad")
    page.showPage()
    page.save()
    return target.getvalue()


def _append(
    merged: PdfStream, letter: PrintLetter, content: bytes
) -> tuple[int, tuple[float, float]]:
    """Copy the pages of a letter; answers how many, and the size of the last one."""
    try:
        with pikepdf.open(io.BytesIO(content)) as source:
            pages = merged.append(source)
            box = source.pages[-1].mediabox
            size = float(box[2]) - float(box[0]), float(box[3]) - float(box[1])
            is_repaired = bool(source.get_warnings())
    except (pikepdf.PdfError, IndexError) as error:
        raise LetterUnreadable(letter.case_number) from error
    if is_repaired:
        raise LetterUnreadable(letter.case_number)
    return pages, size


def zip_letters(letters: Iterable[PrintLetter], read: Read, sink: Sink) -> None:
    """Give `sink` a ZIP of the single PDFs, named so that they sort in the order of the run.

    They are stored as they are (PDFs are compressed already). Every date is the same, so the same
    letters give the same bytes.
    """
    with zipfile.ZipFile(_Outlet(sink), "w", zipfile.ZIP_STORED) as archive:
        for letter in letters:
            name = f"{letter.sequence:05d}_{letter.case_number}.pdf"
            entry = zipfile.ZipInfo(name, date_time=_ZIP_DATE)
            entry.external_attr = _ZIP_READABLE
            archive.writestr(entry, read(letter))


class _Outlet(io.RawIOBase):
    """What a ZIP is written to: it cannot be sought, and hands on what it gets."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink

    def writable(self) -> bool:
        """Only written to."""
        return True

    def write(self, data: Any) -> int:
        """Hand on the bytes."""
        self._sink(bytes(data))
        return len(data)
