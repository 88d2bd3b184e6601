"""Reads a guarded .docx with mammoth: text and structure stay, the looks of Word do not.

Everything that does not come along is told, in words of who made the document.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO

import mammoth

from services.documents.docx.package import MAIN, guarded

_SUFFIXES = {"image/png": ".png", "image/jpeg": ".jpg"}
_TEXT = re.compile(rb"<w:t[ >]")
#: What is in the document and does not come along, by a trace of it in the main part.
_LOST: Mapping[str, bytes] = {
    "Tekstvakken en tekeningen komen niet mee. Zet hun tekst in de brief zelf.": b"<w:txbxContent",
    "Uitlijning (rechts, midden) komt niet mee.": b"<w:jc ",
    "Kleuren van tekst komen niet mee.": b"<w:color ",
    "Lettertypen komen niet mee: de brief krijgt het lettertype van de huisstijl.": b"<w:rFonts ",
    "Tabs worden spaties. Gebruik een tabel om tekst uit te lijnen.": b"<w:tab/>",
    "Bijgehouden wijzigingen: de nieuwe tekst geldt, wat was verwijderd is weg.": b"<w:del ",
    "Velden van Word (datum, paginanummer) zijn gewone tekst geworden.": b"<w:fldChar ",
}
_STYLE = re.compile(r"Unrecognised (?:paragraph|run|table) style: '?([^'(]*)'?")
_IGNORED = re.compile(r"An unrecognised element was ignored: (\S+)")
_MAX_NAME = 40


@dataclass(frozen=True)
class Converted:
    """The text as HTML without a frame, the pictures by name, and what did not come along."""

    html: str
    pictures: Mapping[str, bytes]
    lost: tuple[str, ...]


def read_docx(content: bytes) -> Converted:
    """The letter in a document; raises DocxRefused."""
    parts = guarded(content)
    pictures = _Pictures()
    result = mammoth.convert_to_html(
        BytesIO(content),
        convert_image=pictures.keep,
        include_embedded_style_map=False,  # a document does not say how it is read
        external_file_access=False,
        ignore_empty_paragraphs=True,
    )
    lost = [*_lost_of(parts), *pictures.lost, *map(_in_words, result.messages)]
    html = _lines(result.value)
    return Converted(html, pictures.kept, tuple(dict.fromkeys(filter(None, lost))))


class _Pictures:
    """Takes pictures out of the document, under a name of their own."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self.lost: list[str] = []

    def keep(self, image: mammoth.documents.Image) -> list[mammoth.html.Element]:
        """Put a picture beside the text."""
        suffix = _SUFFIXES.get(image.content_type)
        if suffix is None:
            self.lost.append(
                "Een afbeelding is weggelaten. Gebruik PNG of JPEG, en sla haar op in het document."
            )
            return []
        name = f"afbeelding-{len(self.kept) + 1}{suffix}"
        with image.open() as file:
            self.kept[name] = file.read()
        attributes = {"src": name, "alt": image.alt_text or ""}
        return [mammoth.html.element("img", attributes)]


def _lost_of(parts: Mapping[str, bytes]) -> Iterator[str]:
    main = parts[MAIN]
    yield from (told for told, trace in _LOST.items() if trace in main)
    frames = ("word/header", "word/footer")
    outside = [part for name, part in parts.items() if name.startswith(frames)]
    if any(map(_TEXT.search, outside)):
        yield (
            "De koptekst en voettekst van Word komen niet mee:"
            " elke brief heeft die van de gemeente."
        )
    if "word/comments.xml" in parts:
        yield "Opmerkingen in de kantlijn komen niet mee."


def _in_words(message: mammoth.results.Message) -> str | None:
    """What mammoth says, in our own words."""
    if found := _STYLE.search(message.message):
        name = found[1].strip()[:_MAX_NAME]
        return f"De stijl '{name}' kennen wij niet: de tekst komt mee, de opmaak niet."
    if found := _IGNORED.search(message.message):
        return f"Een onderdeel van Word komt niet mee ({found[1][:_MAX_NAME]})."
    if "mage" in message.message:
        return "Een afbeelding is weggelaten. Gebruik PNG of JPEG, en sla haar op in het document."
    return "Een deel van de opmaak komt niet mee. Bekijk het voorbeeld."


def _lines(html: str) -> str:
    """One paragraph a line, so that findings of the linter have a line that helps."""
    return re.sub(r"(</(?:p|h[1-6]|ul|ol|li|table|tr)>)(?!\n)", r"\1\n", html)
