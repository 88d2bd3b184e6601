"""Word documents and pictures: what comes along, what is told to be lost, what is refused."""

from __future__ import annotations

import struct
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from PIL import Image
from structlog.testing import capture_logs

from services.documents import pictures
from services.documents.docx import MAX_DOCX, DocxConversion, DocxRefused
from services.documents.docx.package import MAX_PARTS
from services.documents.docx.reading import read_docx
from services.documents.samples import PEOPLE, sample_values
from shared.contracts.codes import Purpose
from tests.support.word import docx, paragraph, picture, png

BILLION_LAUGHS = '<!DOCTYPE z [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'


def test_text_and_structure_come_along() -> None:
    """Headings, lists of paragraphs and merge fields; each paragraph on a line of its own."""
    heading = paragraph("Uw stukken", '<w:pPr><w:pStyle w:val="Heading1"/></w:pPr>')
    split = "<w:p><w:r><w:t>$AAN</w:t></w:r><w:r><w:t>HEF$</w:t></w:r></w:p>"
    found = read_docx(docx(heading + split + paragraph("Met vriendelijke groet")))
    assert "<p>$AANHEF$</p>\n" in found.html
    assert "Uw stukken" in found.html


def test_what_does_not_come_along_is_told_in_words() -> None:
    """Headers, text boxes, alignment and pictures of another kind; each thing once."""
    body = (
        paragraph("Rechts", '<w:pPr><w:jc w:val="right"/></w:pPr>')
        + paragraph("Nog eens", '<w:pPr><w:jc w:val="right"/></w:pPr>')
        + picture(1)
    )
    header = b'<w:hdr xmlns:w="x"><w:p><w:r><w:t>Gemeente</w:t></w:r></w:p></w:hdr>'
    parts = {"word/media/a.emf": b"emf", "word/header1.xml": header}
    lost = read_docx(docx(body, parts)).lost
    assert len(set(lost)) == len(lost)
    assert sum("Uitlijning" in told for told in lost) == 1
    assert any("koptekst" in told for told in lost)
    assert any("PNG of JPEG" in told for told in lost)


def test_a_picture_gets_a_name() -> None:
    """The HTML calls it by that name."""
    found = read_docx(docx(picture(1), {"word/media/logo.png": png()}))
    assert dict(found.pictures) == {"afbeelding-1.png": png()}
    assert 'src="afbeelding-1.png"' in found.html


def bomb(ratio: int = 1000) -> bytes:
    """A document with a part that inflates to a thousand times its size."""
    return docx(paragraph("x"), {"word/styles.xml": b" " * (ratio * 20_000)})


def crowded() -> bytes:
    """A package of more parts than any letter has."""
    return docx(paragraph("x"), {f"word/{number}.bin": b"" for number in range(MAX_PARTS)})


def lying() -> bytes:
    """A part that says it is small and is not."""
    whole = bytearray(bomb())
    size = struct.pack("<I", 20_000_000)
    at = whole.rfind(size)
    whole[at : at + 4] = struct.pack("<I", 100)
    return bytes(whole)


def workbook() -> bytes:
    """A zip that is something else."""
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>")
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "geen-docx"),
        (b"%PDF-1.7", "geen-docx"),
        (workbook(), "geen-docx"),
        (b"\xd0\xcf\x11\xe0" + bytes(100), "oud-doc"),
        (b"PK" + bytes(100), "beschadigd"),
        (docx(paragraph("x"))[:-40], "beschadigd"),
        (bomb(), "zipbom"),
        (crowded(), "zipbom"),
        (lying(), "beschadigd"),
        (docx(paragraph("x"), start=BILLION_LAUGHS), "gevaarlijke-xml"),
        (
            docx(paragraph("x"), {"word/styles.xml": BILLION_LAUGHS.encode("utf-16")}),
            "gevaarlijke-xml",
        ),
        (docx(paragraph("x"), {"word/vbaProject.bin": b"x"}), "macro's"),
        (docx(paragraph("x"), {"word/embeddings/o.bin": b"x"}), "ingesloten"),
        (docx(paragraph("x"), {"../a.xml": b"x"}), "beschadigd"),
    ],
)
async def test_a_hostile_document_is_refused_in_words(content: bytes, code: str) -> None:
    """Each in a process of its own, with what to do."""
    with pytest.raises(DocxRefused) as refused:
        await DocxConversion().convert(content)
    assert refused.value.code == code
    assert len(str(refused.value)) > 20


async def test_a_document_that_asks_for_too_much_ends_its_process_alone() -> None:
    """Deep nesting that the guard lets through cannot take the service with it."""
    deep = "<w:tbl><w:tr><w:tc>" * 60_000
    with pytest.raises(DocxRefused):
        await DocxConversion().convert(docx(deep))
    fine = await DocxConversion().convert(docx(paragraph("Goed")))
    assert "Goed" in fine.html


async def test_what_nobody_foresaw_is_logged_without_what_the_document_says() -> None:
    """Its sender is told that it is damaged; ops learn which error it was, and where."""
    secret = "Bewoner-999990019"
    broken = docx(paragraph("x"), {"word/styles.xml": f"<{secret}".encode()})
    with capture_logs() as told, pytest.raises(DocxRefused) as refused:
        await DocxConversion().convert(broken)
    assert refused.value.code == "beschadigd"
    (line,) = [line for line in told if line["event"] == "document_unforeseen"]
    assert line["error"].endswith("Error")
    assert ".py:" in line["place"]
    assert secret not in str(line)


async def test_what_is_too_large_is_not_even_opened() -> None:
    """Five megabytes."""
    with pytest.raises(DocxRefused) as refused:
        await DocxConversion().convert(b"PK" + bytes(MAX_DOCX))
    assert refused.value.code == "te-groot"


def jpeg(width: int, height: int) -> bytes:
    """A picture as a camera makes it."""
    out = BytesIO()
    Image.new("RGB", (width, height)).save(out, "JPEG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("logo.png", png(), None),
        ("logo.JPG", jpeg(30, 20), None),
        ("logo.png", png(4000, 1001), pictures.TOO_WIDE),
        ("foto.jpg", jpeg(4001, 1000), pictures.TOO_WIDE),
        ("foto.jpg", png(), pictures.WRONG_NAME),
        ("logo.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>", pictures.NO_PICTURE),
        ("logo.gif", b"GIF89a", pictures.NO_PICTURE),
        ("logo.png", png()[:20], pictures.DAMAGED),
        ("foto.jpg", jpeg(30, 20)[:12], pictures.DAMAGED),
        ("logo.png", png() + bytes(pictures.MAX_PICTURE), pictures.TOO_HEAVY),
    ],
)
def test_a_picture_is_known_by_its_content(name: str, content: bytes, problem: str | None) -> None:
    """Its size in points comes from its header; nothing is opened for that."""
    assert pictures.problem_of(name, content) == problem


def test_the_hardest_examples_are_complete() -> None:
    """An example without a first name has none; the longest address is in its block."""
    values = sample_values(Purpose.INVITATION, {"GEMEENTE": "Gemeente Proefstad", "LINK": ""})
    assert len(values) == len(PEOPLE) + 1
    by_name = dict(zip(PEOPLE, values[1:], strict=True))
    assert by_name["geen voornaam en geen voorletters"]["VOORLETTERS"] == ""
    assert "Burgemeester" in by_name["langste adres"]["ADRESBLOK"]
    assert all(each["GEMEENTE"] == "Gemeente Proefstad" for each in values)
    assert all(each["LINK"] for each in values)
