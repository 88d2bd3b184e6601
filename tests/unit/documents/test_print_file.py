"""Print files: in order, counted, the same each time."""

import csv
import hashlib
import io
import json
import tracemalloc
import zipfile
from base64 import b64encode
from collections.abc import Iterable, Iterator
from pathlib import Path

import pikepdf
import pypdf
import pytest

from services.documents.print_file import (
    PLAIN,
    Layout,
    LetterUnreadable,
    PrintFile,
    PrintLetter,
    Target,
    make_print_file,
    merge_letters,
    zip_letters,
)
from services.documents.renderer import render_letter
from services.documents.renderer.letter import LetterTemplate
from services.documents.templates import default_letter
from shared.chassis.bucket import context_of
from shared.chassis.sealed_file import FRAME_BYTES
from shared.chassis.sealing import KeyRing
from shared.contracts.codes import Purpose
from shared.contracts.merge_fields import example_values

EXAMPLE = example_values(Purpose.INVITATION)
PAGES = (1, 2, 1)
KEYS = KeyRing.of(f"1:{b64encode(bytes(32)).decode()}", f"1:{b64encode(bytes(32)).decode()}")


def letter_of(folder: Path, sequence: int, pdf: bytes) -> PrintLetter:
    """A sealed letter in a folder, as a print run fetches it."""
    path, key = folder / f"{sequence}.sealed", f"1000/documenten/{sequence}.pdf"
    path.write_bytes(KEYS.seal(pdf, context_of(key)))
    return PrintLetter(sequence, f"HO-2026-{sequence:06d}", path, key)


def read(letter: PrintLetter) -> bytes:
    """The PDF of a letter."""
    return KEYS.unseal(letter.path.read_bytes(), context_of(letter.key))


def merged(run: Iterable[PrintLetter], *, layout: Layout = PLAIN) -> tuple[PrintFile, bytes]:
    """The manifest and the PDF of a run."""
    target = io.BytesIO()
    made = merge_letters(run, read, target.write, layout)
    return made, target.getvalue()


def zipped(run: Iterable[PrintLetter]) -> bytes:
    """The ZIP of a run."""
    target = io.BytesIO()
    zip_letters(run, read, target.write)
    return target.getvalue()


def opened(target: Target) -> bytes:
    """The content of a file of one sealed frame."""
    sealed = target.path.read_bytes()
    assert len(sealed) < FRAME_BYTES
    return KEYS.unseal(sealed, context_of(target.key) + b"|0|last")


@pytest.fixture
def run(tmp_path: Path) -> list[PrintLetter]:
    """Return three letters of one, two and one page."""
    letters = []
    for sequence, pages in enumerate(PAGES, start=1):
        more = "<pdf:nextpage/>".join(f"<p>brief {sequence} blad {n}</p>" for n in range(pages))
        letter = render_letter(LetterTemplate(str(sequence), f"<body>{more}</body>"), EXAMPLE)
        assert letter.pages == pages
        letters.append(letter_of(tmp_path, sequence, letter.pdf))
    return letters


def page_texts(content: bytes) -> list[str]:
    """Return the text of each page."""
    return [page.extract_text().strip() for page in pypdf.PdfReader(io.BytesIO(content)).pages]


async def test_letters_stand_in_order_with_a_manifest(
    run: list[PrintLetter], tmp_path: Path
) -> None:
    """The manifest says where each letter begins; a letter of one page gets a blank back."""
    pdf, archive = (Target(tmp_path / kind, f"1000/afdruk.{kind}") for kind in ("pdf", "zip"))
    made = await make_print_file(run, pdf, archive, KEYS, Layout(double_sided=True))
    content = opened(pdf)
    assert page_texts(content) == [
        "brief 1 blad 0",
        "",
        "brief 2 blad 0",
        "brief 2 blad 1",
        "brief 3 blad 0",
        "",
    ]
    assert [(line.volgnummer, line.eerstePagina, line.paginas) for line in made.lines] == [
        (1, 1, 1),
        (2, 3, 2),
        (3, 5, 1),
    ]
    assert made.sha256 == hashlib.sha256(content).hexdigest()
    assert made.lines[1].sha256 == hashlib.sha256(read(run[1])).hexdigest()
    assert opened(archive) == zipped(run)
    totals = made.totals
    assert (totals.brieven, totals.paginas, totals.blanco) == (3, 4, 2)
    assert (totals.vellenEnkelzijdig, totals.vellenDubbelzijdig) == (4, 3)


def test_double_sided_letters_begin_on_a_new_sheet(run: list[PrintLetter]) -> None:
    """A blank back is as large as its front."""
    made, content = merged(run, layout=Layout(double_sided=True))
    assert [line.eerstePagina for line in made.lines] == [1, 3, 5]
    assert made.totals.blanco == 2
    boxes = {
        tuple(map(float, page.mediabox)) for page in pypdf.PdfReader(io.BytesIO(content)).pages
    }
    assert len(boxes) == 1


def test_the_same_letters_give_the_same_print_file(run: list[PrintLetter]) -> None:
    """A run repeated after a crash changes nothing; another order does."""
    assert merged(run) == merged(run)
    assert merged(run[::-1])[0].sha256 != merged(run)[0].sha256


def test_what_recurs_is_stored_once(tmp_path: Path) -> None:
    """A print file of thousands of letters does not hold thousands of logos and fonts."""
    pdf = render_letter(default_letter(Purpose.INVITATION), EXAMPLE).pdf
    once = len(merged([letter_of(tmp_path, 1, pdf)])[1])
    _, content = merged(letter_of(tmp_path, n, pdf) for n in range(1, 6))
    with pikepdf.open(io.BytesIO(content)) as found:
        streams = [item for item in found.objects if isinstance(item, pikepdf.Stream)]
        assert sum(item.get("/Subtype") == "/Image" for item in streams) == 1
        assert sum("/Length1" in item for item in streams) == 2  # fonts
    assert len(content) < 2 * once


def test_every_page_is_drawn_as_in_its_letter(tmp_path: Path) -> None:
    """More pages than a node of the page tree has, each with the content it came with."""
    pdf = render_letter(default_letter(Purpose.INVITATION), EXAMPLE).pdf
    before = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]
    made, content = merged(letter_of(tmp_path, n, pdf) for n in range(1, 121))
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    assert len(pages) == made.totals.paginas == 120 * len(before)
    assert [pages[n].extract_text() for n in range(-len(before), 0)] == before
    with pikepdf.open(io.BytesIO(content)) as found, pikepdf.open(io.BytesIO(pdf)) as one:
        assert not found.get_warnings()
        for page, source in zip(list(found.pages)[-len(before) :], one.pages, strict=True):
            assert page.Contents.read_bytes() == source.Contents.read_bytes()
            assert [str(note.A.URI) for note in page.get("/Annots", [])] == [
                str(note.A.URI) for note in source.get("/Annots", [])
            ]


def test_inherited_and_circular_entries_are_kept(tmp_path: Path) -> None:
    """A page gets what its tree says for it; a note leads back to its page."""
    with pikepdf.new() as source:
        source.add_blank_page(page_size=(200, 300))
        page = source.pages[0].obj
        source.Root.Pages.MediaBox, source.Root.Pages.Rotate = page.MediaBox, 90
        del page["/MediaBox"]
        popup = source.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.Annot))
        note = source.make_indirect(pikepdf.Dictionary(P=page, Popup=popup, T="(12 0 R)"))
        popup.Parent = note
        page.Annots = pikepdf.Array([note])
        target = io.BytesIO()
        source.save(target)
    _, content = merged(letter_of(tmp_path, n, target.getvalue()) for n in (1, 2))
    with pikepdf.open(io.BytesIO(content)) as found:
        for copy in found.pages:
            assert [int(copy.Rotate), *map(int, copy.MediaBox)] == [90, 0, 0, 200, 300]
            assert copy.Annots[0].P.objgen == copy.obj.objgen
            assert copy.Annots[0].Popup.Parent.objgen == copy.Annots[0].objgen
            assert str(copy.Annots[0].T) == "(12 0 R)"


def test_memory_does_not_follow_the_number_of_letters(tmp_path: Path) -> None:
    """Ten times the letters, each with a font of its own, and hardly more memory."""
    pdf = render_letter(default_letter(Purpose.INVITATION), EXAMPLE).pdf

    def run(many: int) -> Iterator[PrintLetter]:
        for number in range(many):
            with pikepdf.open(io.BytesIO(pdf)) as one:
                for item in one.objects:
                    if isinstance(item, pikepdf.Stream) and "/Length1" in item:
                        item.write(item.read_bytes() + number.to_bytes(4))
                target = io.BytesIO()
                one.save(target)
            yield letter_of(tmp_path, number + 1, target.getvalue())

    def peak(many: int) -> tuple[int, int]:
        size = 0

        def sink(piece: bytes) -> None:
            nonlocal size
            size += len(piece)

        tracemalloc.start()
        try:
            merge_letters(run(many), read, sink)
            return tracemalloc.get_traced_memory()[1], size
        finally:
            tracemalloc.stop()

    peak(5)  # what is loaded once
    (few, small), (many, large) = peak(30), peak(300)
    assert large > 9 * small
    assert many - few < 270 * 3000


def test_the_manifest_is_readable_by_people_and_programs(run: list[PrintLetter]) -> None:
    """CSV with semicolons, JSON with totals."""
    made, _ = merged(run)
    rows = list(csv.DictReader(io.StringIO(made.as_csv()), delimiter=";"))
    assert [row["zaaknummer"] for row in rows] == [letter.case_number for letter in run]
    content = json.loads(made.as_json())
    assert content["totalen"]["paginas"] == 4
    assert content["brieven"][2]["eerstePagina"] == 4


@pytest.mark.parametrize("damage", ["no pdf", "cut short", "seal broken"])
async def test_a_damaged_letter_is_named(
    run: list[PrintLetter], tmp_path: Path, damage: str
) -> None:
    """The operator must know which letter to make again; half a letter is never printed."""
    pdf = read(run[1])
    if damage == "seal broken":
        run[1].path.write_bytes(run[1].path.read_bytes()[:-1] + b"?")
    else:
        letter_of(tmp_path, 2, b"not a pdf" if damage == "no pdf" else pdf[: len(pdf) // 2])
    pdf_file, archive = (Target(tmp_path / kind, f"1000/afdruk.{kind}") for kind in ("pdf", "zip"))
    with pytest.raises(LetterUnreadable, match="HO-2026-000002"):
        await make_print_file(run, pdf_file, archive, KEYS, PLAIN)


def test_the_zip_holds_the_letters_as_they_are(run: list[PrintLetter]) -> None:
    """Zero-padded names, untouched bytes, the same archive each time."""
    content = zipped(run)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.namelist() == [
            "00001_HO-2026-000001.pdf",
            "00002_HO-2026-000002.pdf",
            "00003_HO-2026-000003.pdf",
        ]
        assert archive.testzip() is None
        assert archive.read("00002_HO-2026-000002.pdf") == read(run[1])
    assert zipped(run) == content
