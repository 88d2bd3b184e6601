"""Print files: in order, counted, the same each time."""

import csv
import hashlib
import io
import json
import zipfile
from pathlib import Path

import pikepdf
import pypdf
import pytest

from services.documents.print_file import (
    LetterUnreadable,
    PrintLetter,
    make_print_file,
    merge_letters,
    zip_letters,
)
from services.documents.renderer import render_letter
from services.documents.renderer.letter import LetterTemplate
from services.documents.templates import default_letter
from shared.contracts.codes import Purpose
from shared.contracts.merge_fields import example_values

EXAMPLE = example_values(Purpose.INVITATION)
PAGES = (1, 2, 1)


@pytest.fixture
def run(tmp_path: Path) -> list[PrintLetter]:
    """Return three letters of one, two and one page."""
    letters = []
    for sequence, pages in enumerate(PAGES, start=1):
        more = "<pdf:nextpage/>".join(f"<p>brief {sequence} blad {n}</p>" for n in range(pages))
        letter = render_letter(LetterTemplate(str(sequence), f"<body>{more}</body>"), EXAMPLE)
        assert letter.pages == pages
        path = tmp_path / f"{sequence}.pdf"
        path.write_bytes(letter.pdf)
        letters.append(PrintLetter(sequence, f"HO-2026-{sequence:06d}", path))
    return letters


def page_texts(path: Path) -> list[str]:
    """Return the text of each page."""
    return [page.extract_text().strip() for page in pypdf.PdfReader(path).pages]


async def test_letters_stand_in_order_with_a_manifest(
    run: list[PrintLetter], tmp_path: Path
) -> None:
    """The manifest says where each letter begins."""
    target = tmp_path / "afdruk.pdf"
    made = await make_print_file(run, target)
    assert page_texts(target) == [
        "brief 1 blad 0",
        "brief 2 blad 0",
        "brief 2 blad 1",
        "brief 3 blad 0",
    ]
    assert [(line.volgnummer, line.eerstePagina, line.paginas) for line in made.lines] == [
        (1, 1, 1),
        (2, 2, 2),
        (3, 4, 1),
    ]
    assert made.sha256 == hashlib.sha256(target.read_bytes()).hexdigest()
    assert made.lines[1].sha256 == hashlib.sha256(run[1].path.read_bytes()).hexdigest()
    totals = made.totals
    assert (totals.brieven, totals.paginas, totals.blanco) == (3, 4, 0)
    assert (totals.vellenEnkelzijdig, totals.vellenDubbelzijdig) == (4, 3)


def test_double_sided_letters_begin_on_a_new_sheet(run: list[PrintLetter], tmp_path: Path) -> None:
    """A letter of one page gets a blank back, as large as itself."""
    target = tmp_path / "afdruk.pdf"
    made = merge_letters(run, target, double_sided=True)
    assert [line.eerstePagina for line in made.lines] == [1, 3, 5]
    assert made.totals.blanco == 2
    assert page_texts(target)[1] == ""
    boxes = {tuple(map(float, page.mediabox)) for page in pypdf.PdfReader(target).pages}
    assert len(boxes) == 1


def test_the_same_letters_give_the_same_print_file(run: list[PrintLetter], tmp_path: Path) -> None:
    """A run repeated after a crash changes nothing; another order does."""
    first = merge_letters(run, tmp_path / "a.pdf")
    assert merge_letters(run, tmp_path / "b.pdf").sha256 == first.sha256
    assert merge_letters(run[::-1], tmp_path / "c.pdf").sha256 != first.sha256


def test_the_logo_is_stored_once(tmp_path: Path) -> None:
    """A print file of thousands of letters does not hold thousands of logos."""
    pdf = render_letter(default_letter(Purpose.INVITATION), EXAMPLE).pdf
    path = tmp_path / "brief.pdf"
    path.write_bytes(pdf)
    target = tmp_path / "afdruk.pdf"
    merge_letters([PrintLetter(n, f"HO-{n}", path) for n in range(1, 6)], target)
    with pikepdf.open(target) as merged:
        kinds = [item for item in merged.objects if isinstance(item, pikepdf.Stream)]
        assert sum(item.get("/Subtype") == "/Image" for item in kinds) == 1


def test_the_manifest_is_readable_by_people_and_programs(
    run: list[PrintLetter], tmp_path: Path
) -> None:
    """CSV with semicolons, JSON with totals."""
    made = merge_letters(run, tmp_path / "afdruk.pdf")
    rows = list(csv.DictReader(io.StringIO(made.as_csv()), delimiter=";"))
    assert [row["zaaknummer"] for row in rows] == [letter.case_number for letter in run]
    content = json.loads(made.as_json())
    assert content["totalen"]["paginas"] == 4
    assert content["brieven"][2]["eerstePagina"] == 4


async def test_a_damaged_letter_is_named(run: list[PrintLetter], tmp_path: Path) -> None:
    """The operator must know which letter to make again."""
    run[1].path.write_bytes(b"not a pdf")
    with pytest.raises(LetterUnreadable, match="HO-2026-000002"):
        await make_print_file(run, tmp_path / "afdruk.pdf")


def test_the_zip_holds_the_letters_as_they_are(run: list[PrintLetter]) -> None:
    """Zero-padded names, untouched bytes, the same archive each time."""
    content = b"".join(zip_letters(run))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.namelist() == [
            "00001_HO-2026-000001.pdf",
            "00002_HO-2026-000002.pdf",
            "00003_HO-2026-000003.pdf",
        ]
        assert archive.testzip() is None
        assert archive.read("00002_HO-2026-000002.pdf") == run[1].path.read_bytes()
    assert b"".join(zip_letters(run)) == content


def test_the_zip_is_sent_while_it_is_read(run: list[PrintLetter]) -> None:
    """The first bytes leave before the last letter is opened."""
    stream = zip_letters(run)
    first = next(stream)
    run[2].path.unlink()
    assert first.startswith(b"PK")
    with pytest.raises(FileNotFoundError):
        list(stream)
