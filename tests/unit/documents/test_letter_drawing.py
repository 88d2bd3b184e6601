"""One letter: what is in the PDF, and what stops it."""

import io
import socket
from collections.abc import Iterator, Mapping

import pikepdf
import pypdf
import pytest
from PIL import Image

from services.documents.renderer import LetterFailed, LetterTemplate, render_letter
from services.documents.renderer.letter import (
    AssetMissing,
    CharacterNotDrawable,
    FieldMissing,
    LayoutBroken,
)
from services.documents.templates import default_letter
from shared.contracts.codes import Purpose
from shared.contracts.merge_fields import example_values

EXAMPLE = example_values(Purpose.INVITATION)


def template(body: str, assets: Mapping[str, bytes] | None = None) -> LetterTemplate:
    """Return a small template."""
    return LetterTemplate("1", f"<html><body>{body}</body></html>", assets or {})


def text_of(pdf: bytes) -> str:
    """Return the text of all pages on one line."""
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def picture(mode: str = "RGB") -> bytes:
    """Return a small PNG."""
    output = io.BytesIO()
    Image.new(mode, (20, 20), "navy").save(output, "png")
    return output.getvalue()


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """Return a socket on the loopback that would see a visitor."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


def test_the_default_letter_says_what_the_law_asks() -> None:
    """Nature, consequence, what to do, until when, and where to find help."""
    letter = render_letter(default_letter(Purpose.INVITATION), EXAMPLE)
    text = text_of(letter.pdf)
    assert letter.pages == len(pypdf.PdfReader(io.BytesIO(letter.pdf)).pages) == 2
    assert letter.warnings == ()
    for part in (
        "Mevrouw A. de Vries",
        "Uitnodiging voor een heronderzoek",
        "uiterlijk op 21 december 2026",
        "U bent verplicht om mee te werken",
        "14 0123",
        "HO-2026-000123",
        "Pagina 1 van 2",
        "Pagina 2 van 2",
    ):
        assert part in text
    assert "$" not in text


def test_the_address_stands_in_the_window_of_the_envelope() -> None:
    """Between 45 and 85 mm from the top and 20 to 120 mm from the left."""
    letter = render_letter(default_letter(Purpose.INVITATION), EXAMPLE)
    page = pypdf.PdfReader(io.BytesIO(letter.pdf)).pages[0]
    places: dict[str, tuple[float, float]] = {}

    def note(text: str, matrix: list[float], position: list[float], *_: object) -> None:
        x = position[4] * matrix[0] + matrix[4]
        y = position[5] * matrix[3] + matrix[5]
        places[text.strip()] = (x / 72 * 25.4, 297 - y / 72 * 25.4)

    page.extract_text(visitor_text=note)
    left, top = places["Mevrouw A. de Vries"]
    assert 20 <= left <= 30
    assert 45 <= top <= 60
    assert 45 <= places["1234 AB  VOORBEELDSTAD"][1] <= 85


def test_the_same_input_gives_the_same_bytes() -> None:
    """A letter that is made again after a crash is the same letter."""
    letter = default_letter(Purpose.INVITATION)
    first = render_letter(letter, EXAMPLE)
    render_letter(letter, {**EXAMPLE, "ACHTERNAAM": "Ander", "AANHEF": "Geachte heer Ander,"})
    assert render_letter(letter, EXAMPLE).pdf == first.pdf


def test_the_pdf_has_a_title_a_language_and_an_author_but_no_moment() -> None:
    """Screen readers need the first two; a moment would make each copy differ."""
    letter = render_letter(default_letter(Purpose.INVITATION), EXAMPLE)
    with pikepdf.open(io.BytesIO(letter.pdf)) as pdf:
        assert str(pdf.docinfo["/Title"]) == "Uitnodiging voor een heronderzoek HO-2026-000123"
        assert str(pdf.docinfo["/Author"]) == "Gemeente Voorbeeldstad"
        assert str(pdf.Root["/Lang"]) == "nl-NL"
        assert "/CreationDate" not in pdf.docinfo


@pytest.mark.parametrize(
    "name",
    [
        "Öztürkoğlu-İşçi",
        "Łączyńska-Żółć",
        "Dvořáčková",
        "Ḥusayn al-Ṭabarī ʿAbd",
        "Əliyev",
        "Ștefănuță",
    ],
)
@pytest.mark.parametrize("markup", ["{}", "<b>{}</b>", "<i>{}</i>", "<b><i>{}</i></b>"])
def test_names_from_everywhere_are_drawn(name: str, markup: str) -> None:
    """Turkish, Polish, Czech, transliterated Arabic, Azeri and Romanian, in every face."""
    body = f'<p style="font-family: Helvetica">{markup.format("$VOORNAAM$")}</p>'
    letter = render_letter(template(body), {**EXAMPLE, "VOORNAAM": name})
    assert name in text_of(letter.pdf)


def test_markup_in_a_name_is_printed_as_it_is() -> None:
    """And a name that looks like a field too."""
    values = {**EXAMPLE, "VOORNAAM": "<b>&$ACHTERNAAM$"}
    assert "<b>&$ACHTERNAAM$" in text_of(render_letter(template("<p>$VOORNAAM$</p>"), values).pdf)


@pytest.mark.parametrize("name", ["محمد", "李明", "\U0001f600"])
def test_a_character_that_cannot_be_drawn_fails_the_letter(name: str) -> None:
    """Better no letter than one with empty boxes."""
    with pytest.raises(CharacterNotDrawable, match=r"U\+"):
        render_letter(template("<p>$VOORNAAM$</p>"), {**EXAMPLE, "VOORNAAM": name})


def test_an_empty_required_field_fails_the_letter_by_name() -> None:
    """The reason names the field and not the resident."""
    with pytest.raises(FieldMissing, match=r"\$ADRESBLOK\$"):
        render_letter(default_letter(Purpose.INVITATION), {**EXAMPLE, "ADRESBLOK": ""})


@pytest.mark.parametrize(
    "body",
    [
        '<img src="http://127.0.0.1:{port}/x.png">',
        '<img src="//127.0.0.1:{port}/x.png">',
        '<div style="background-image: url(http://127.0.0.1:{port}/x.png)">a</div>',
        "<style>@import url(http://127.0.0.1:{port}/x.css);</style>a",
        '<link rel="stylesheet" type="text/css" href="http://127.0.0.1:{port}/x.css">a',
        "<style>@font-face {{ font-family: x; src: url(http://127.0.0.1:{port}/x.ttf) }}</style>a",
        "<style>@page {{ background-image: url(http://127.0.0.1:{port}/x.png) }}</style>a",
    ],
)
def test_no_address_on_the_network_is_visited(body: str, listener: socket.socket) -> None:
    """Not even by a template that was never linted; the letter fails instead."""
    hostile = template(body.format(port=listener.getsockname()[1]))
    with pytest.raises(LetterFailed):
        render_letter(hostile, EXAMPLE)
    with pytest.raises(BlockingIOError):
        listener.accept()


@pytest.mark.parametrize(
    "address",
    ["file:///etc/hostname", "/etc/hostname", "../logo.png", "logo.svg", "huisletter:../x.ttf"],
)
def test_no_file_is_read(address: str) -> None:
    """Only what is stored with the template exists."""
    with pytest.raises(AssetMissing):
        render_letter(template(f'<img src="{address}">'), EXAMPLE)


def test_a_missing_logo_fails_the_letter_and_a_stored_one_is_drawn() -> None:
    """The library alone would leave it out without a word."""
    body = '<p><img src="logo.png"></p>'
    with pytest.raises(AssetMissing, match=r"logo\.png"):
        render_letter(template(body), EXAMPLE)
    letter = render_letter(template(body, {"logo.png": picture()}), EXAMPLE)
    assert len(pypdf.PdfReader(io.BytesIO(letter.pdf)).pages[0].images) == 1


def test_a_damaged_picture_fails_the_letter() -> None:
    """A hole where the logo was is no letter to send."""
    with pytest.raises(LetterFailed):
        render_letter(template('<img src="logo.png">', {"logo.png": b"\x89PNG broken"}), EXAMPLE)


def test_a_header_that_does_not_fit_fails_the_letter() -> None:
    """The library would cut it off or shrink it."""
    style = (
        "<style>@page { margin: 4cm; @frame kop { -pdf-frame-content: kop; top: 1cm; left: 1cm;"
        " width: 10cm; height: 1cm; } }</style>"
    )
    header = '<div id="kop">' + "<p>regel</p>" * 12 + "</div>"
    with pytest.raises(LayoutBroken):
        render_letter(template(f"{style}{header}<p>a</p>"), EXAMPLE)
