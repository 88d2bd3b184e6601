"""The Afdrukbestand: all letters of a batch as one PDF in order, with a manifest, and as a ZIP.

Read from files and written to files, in a process of its own: a print run of thousands of letters
takes tens of seconds and hundreds of megabytes, which no event loop and no worker should keep. The
same letters give the same bytes, so that a run that is repeated after a crash changes nothing.
"""

from __future__ import annotations

import asyncio
import csv
import hashlib
import io
import json
import multiprocessing
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pikepdf

_READ_SIZE = 256 * 1024
_PAGES_PER_SHEET = 2
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_ZIP_READABLE = 0o644 << 16


@dataclass(frozen=True)
class PrintLetter:
    """A finished letter: its place in the run, its case number and where its PDF lies."""

    sequence: int
    case_number: str
    path: Path


@dataclass(frozen=True)
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
    letters: Sequence[PrintLetter], target: Path, *, double_sided: bool = False
) -> PrintFile:
    """Write the print file in a process of its own and return its manifest."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=context) as pool:
        job = pool.submit(merge_letters, letters, target, double_sided=double_sided)
        return await asyncio.wrap_future(job)


def merge_letters(
    letters: Iterable[PrintLetter], target: Path, *, double_sided: bool = False
) -> PrintFile:
    """Write one PDF of all letters in the given order to `target`; this blocks.

    With `double_sided` a letter of an odd number of pages gets a blank one, so that the next
    letter starts on a new sheet.
    """
    lines: list[ManifestLine] = []
    blanks = 0
    with pikepdf.new() as merged:
        pictures: dict[str, pikepdf.Object] = {}
        for letter in letters:
            first = len(merged.pages) + 1
            pages = _append(merged, letter, pictures)
            digest = _sha256(letter.path)
            lines.append(ManifestLine(letter.sequence, letter.case_number, pages, first, digest))
            if double_sided and pages % _PAGES_PER_SHEET:
                size = merged.pages[-1].mediabox
                merged.add_blank_page(page_size=(float(size[2]), float(size[3])))
                blanks += 1
        _describe(merged)
        merged.save(
            target, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate
        )
    return PrintFile(tuple(lines), _totals(lines, blanks), _sha256(target))


def zip_letters(letters: Iterable[PrintLetter]) -> Iterator[bytes]:
    """Yield a ZIP of the single PDFs, named so that they sort in the order of the run."""
    return zip_contents(
        (f"{letter.sequence:05d}_{letter.case_number}.pdf", _chunks(letter.path))
        for letter in letters
    )


def zip_contents(contents: Iterable[tuple[str, Iterable[bytes]]]) -> Iterator[bytes]:
    """Yield a ZIP of named contents while they are read; nothing is held but one chunk.

    Contents are stored as they are (PDFs are compressed already). Every date is the same, so the
    same contents give the same bytes. The standard library does this when it cannot seek.
    """
    outlet = _Outlet()
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_STORED) as archive:
        for name, chunks in contents:
            entry = zipfile.ZipInfo(name, date_time=_ZIP_DATE)
            entry.external_attr = _ZIP_READABLE
            with archive.open(entry, "w", force_zip64=False) as file:
                for chunk in chunks:
                    file.write(chunk)
                    yield outlet.drain()
    yield outlet.drain()


class _Outlet(io.RawIOBase):
    """What a ZIP is written to: it cannot be sought, and hands on what it got."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        """Only written to."""
        return True

    def write(self, data: Any) -> int:
        """Keep the bytes until they are drained."""
        self._pieces.append(bytes(data))
        return len(data)

    def drain(self) -> bytes:
        """Return what was written since the last time."""
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


def _append(merged: pikepdf.Pdf, letter: PrintLetter, pictures: dict[str, pikepdf.Object]) -> int:
    """Copy the pages of a letter; equal pictures (the logo) are stored once."""
    try:
        with pikepdf.open(letter.path) as source:
            start = len(merged.pages)
            merged.pages.extend(source.pages)
            for index in range(start, len(merged.pages)):
                _share_pictures(merged.pages[index], pictures)
            return len(merged.pages) - start
    except pikepdf.PdfError as error:
        raise LetterUnreadable(letter.case_number) from error


def _share_pictures(page: pikepdf.Page, pictures: dict[str, pikepdf.Object]) -> None:
    found = page.resources.get("/XObject", pikepdf.Dictionary())
    for name in list(found.keys()):
        picture = found[name]
        if picture.get("/Subtype") != "/Image":
            continue
        digest = _picture_digest(picture)
        found[name] = pictures.setdefault(digest, picture)


def _picture_digest(picture: pikepdf.Object) -> str:
    """Return what makes a picture the same: pixels, transparency, size and colours."""
    digest = hashlib.sha256(picture.read_raw_bytes())
    for key in ("/Width", "/Height", "/Filter", "/ColorSpace", "/BitsPerComponent", "/Decode"):
        if key in picture:
            digest.update(pikepdf.unparse_content_stream([([picture[key]], pikepdf.Operator("d"))]))
    if "/SMask" in picture:
        digest.update(_picture_digest(picture["/SMask"]).encode("ascii"))
    return digest.hexdigest()


def _describe(merged: pikepdf.Pdf) -> None:
    merged.docinfo["/Title"] = "Afdrukbestand"
    merged.Root.Lang = pikepdf.String("nl-NL")


def _totals(lines: Sequence[ManifestLine], blanks: int) -> Totals:
    pages = sum(line.paginas for line in lines)
    sheets = sum(-(-line.paginas // _PAGES_PER_SHEET) for line in lines)
    return Totals(len(lines), pages, blanks, pages, sheets)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_READ_SIZE):
            yield chunk
