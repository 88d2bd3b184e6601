"""One letter by the plain xhtml2pdf call, the same bytes every time.

A letter that is made again after a crash must have the same sha256, so everything that would
differ (dates, the file's id) is fixed. Only bytes stored with the template are read: the callback
knows nothing else, and the library's own policy refuses network and disk besides.
"""

from __future__ import annotations

import base64
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from io import BytesIO
from pathlib import Path

import pikepdf
import reportlab.rl_config
from PIL import Image
from xhtml2pdf import pisa
from xhtml2pdf.config.resources import ResourceAccessPolicy
from xhtml2pdf.default import DEFAULT_CSS

from services.documents.renderer import house_font
from services.documents.renderer.letter import (
    AssetMissing,
    CharacterNotDrawable,
    FieldMissing,
    LayoutBroken,
    LetterTemplate,
    RenderedLetter,
)
from shared.templating import TemplatingError, fill_html

_MEDIA_TYPES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".ttf": "font/ttf",
}
_MAX_PIXELS = 25_000_000  # 100 MB when drawn; a logo has 100,000
# What the library only logs, but what leaves a hole in the letter.
_ASSET_COMPLAINTS = (
    "Blocked by the resource policy",
    "Could not get image",
    "Error in handling image",
    "The src attribute of image",
    "Cannot embed the font",
    "@font-face",
    "Cannot decode background image",
    "Could not read background image",
    "Ignoring <pdf:insertpdf>",
)
_LAYOUT_COMPLAINTS = (
    "Could not paint the static frame",
    "The static frame",
    "The content of the static frame",
)


def render_letter(template: LetterTemplate, values: Mapping[str, str]) -> RenderedLetter:
    """Fill the template and draw it. Raises LetterFailed with a reason in Dutch."""
    try:
        filled = fill_html(template.html, values, template.purpose)
    except TemplatingError as error:
        raise FieldMissing(str(error)) from error
    if character := house_font.undrawable(filled, template.assets):
        raise CharacterNotDrawable.of(character)
    assets = _Assets(template.assets)
    complaints = _Complaints()
    raw = _draw(filled, assets, complaints, author=values.get("GEMEENTE", ""))
    if assets.refused:
        raise assets.refused[0]
    complaints.fail_if_harmful()
    pdf, pages = _finish(raw)
    return RenderedLetter(pdf, pages, tuple(complaints.messages))


def _draw(filled: str, assets: _Assets, complaints: _Complaints, *, author: str) -> bytes:
    """Run the library; its log is the only place where it tells what it left out."""
    reportlab.rl_config.invariant = 1  # no dates, no random ids
    logger = logging.getLogger("xhtml2pdf")
    was_propagating = logger.propagate
    logger.propagate = False  # its lines quote the document, which holds a resident's name
    logger.addHandler(complaints)
    output = BytesIO()
    try:
        status = pisa.CreatePDF(
            filled,
            dest=output,
            encoding="utf-8",
            default_css=house_font.css() + DEFAULT_CSS,
            link_callback=assets.resolve,
            context_meta={"author": author},
            resource_policy=_policy(),
        )
    except AssetMissing:
        raise
    except Exception as error:
        if assets.refused:
            raise assets.refused[0] from error
        raise LayoutBroken.because(type(error).__name__) from error
    finally:
        logger.removeHandler(complaints)
        logger.propagate = was_propagating
    if status.err:
        raise LayoutBroken.because(f"{status.err} fouten in de opmaak")
    return output.getvalue()


def _policy() -> ResourceAccessPolicy:
    """Refuse the network, and every file outside the folder of the house font."""
    return ResourceAccessPolicy.server(
        None, allow_remote=False, extra_roots=(house_font.font_folder(),)
    )


@dataclass
class _Assets:
    """Resolves addresses to bytes of the template, and remembers what it refused."""

    stored: Mapping[str, bytes]
    refused: list[AssetMissing] = field(default_factory=list)

    def resolve(self, address: str, _relative_to: str | None = None) -> str:
        """Return what the library may read instead of the address, or raise AssetMissing."""
        if face := house_font.face_path(str(address)):
            return str(face)
        if str(address).startswith("data:image/"):
            return str(address)
        data = self.stored.get(str(address))
        media_type = _MEDIA_TYPES.get(Path(str(address)).suffix.lower())
        if data is None or media_type is None:
            raise self._refuse(AssetMissing.named(str(address)))
        if media_type.startswith("image/") and not _is_picture(data):
            raise self._refuse(AssetMissing.damaged(str(address)))
        return f"data:{media_type};base64,{base64.b64encode(data).decode('ascii')}"

    def _refuse(self, refusal: AssetMissing) -> AssetMissing:
        """Remember it: in some places the library swallows what the callback raises."""
        self.refused.append(refusal)
        return refusal


@lru_cache(maxsize=64)
def _is_picture(data: bytes) -> bool:
    """Say whether the library can draw it; of a damaged picture it would say nothing."""
    try:
        with Image.open(BytesIO(data), formats=("PNG", "JPEG", "GIF")) as picture:
            if picture.width * picture.height > _MAX_PIXELS:
                return False
            picture.load()
    except (OSError, SyntaxError, ValueError):
        return False
    return True


class _Complaints(logging.Handler):
    """Collects the library's warnings instead of printing them."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a warning."""
        self.messages.append(record.getMessage())

    def fail_if_harmful(self) -> None:
        """Raise when something would be missing from the letter."""
        for message in self.messages:
            if any(complaint in message for complaint in _ASSET_COMPLAINTS):
                raise AssetMissing.somewhere()
            if any(complaint in message for complaint in _LAYOUT_COMPLAINTS):
                raise LayoutBroken.because("de tekst past niet in haar plaats")


def _finish(raw: bytes) -> tuple[bytes, int]:
    """Set what readers and screen readers look for, and count the pages."""
    output = BytesIO()
    with pikepdf.open(BytesIO(raw)) as document:
        document.Root.Lang = pikepdf.String("nl-NL")
        document.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
        for key in ("/CreationDate", "/ModDate", "/Keywords", "/Trapped"):
            if key in document.docinfo:
                del document.docinfo[key]
        document.save(
            output,
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            compress_streams=True,
        )
        return output.getvalue(), len(document.pages)
