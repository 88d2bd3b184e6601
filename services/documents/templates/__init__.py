"""The default letters: a gemeente starts with these and can replace each of them.

Each is a text in one frame (letterhead, address for the window, footer, closing), so that they look
alike. A gemeente gets whole letters: what it changes is its own.
"""

from __future__ import annotations

import hashlib
import re
from importlib import resources
from uuid import NAMESPACE_URL, uuid5

from services.documents.renderer.letter import LetterTemplate
from shared.contracts.codes import Purpose

FRAME_FILE, LETTER_FILE, LOGO_FILE = "kader.html", "brief.html", "logo.png"
_TITLE = re.compile(r"<h1>(.*?)</h1>")
_TERM = '<p class="label">Reageren kan tot en met</p><p class="gegeven"><b>$REACTIEDATUM$</b></p>'
_NO_TERM = '<p class="label">&nbsp;</p>'


def default_letter(purpose: Purpose) -> LetterTemplate:
    """Return the letter that is shipped for a purpose.

    Its version id follows from its content: the same files have the same id everywhere, changed
    files a new one. Raises KeyError for a purpose that has no letter.
    """
    text = resources.files(__name__) / purpose.value / LETTER_FILE
    if not text.is_file():
        raise KeyError(purpose)
    html, files = in_frame(text.read_text(encoding="utf-8"))
    digest = hashlib.sha256(html.encode("utf-8"))
    for name in sorted(files):
        digest.update(name.encode("utf-8") + b"\0" + files[name])
    version = uuid5(NAMESPACE_URL, f"heronderzoek:standaardbrief:{digest.hexdigest()}")
    return LetterTemplate(str(version), html, files, purpose)


def in_frame(text: str) -> tuple[str, dict[str, bytes]]:
    """Return a whole letter of a text, and the files of the frame."""
    folder = resources.files(__name__)
    title = _TITLE.search(text)
    html = (
        (folder / FRAME_FILE)
        .read_text(encoding="utf-8")
        .replace("<!-- titel -->", title[1] if title else "Brief", 1)
        .replace("<!-- termijn -->", _TERM if "$REACTIEDATUM$" in text else _NO_TERM, 1)
        .replace("<!-- inhoud -->\n", text, 1)
    )
    return html, {LOGO_FILE: (folder / LOGO_FILE).read_bytes()}
