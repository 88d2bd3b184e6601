"""The default letters: a gemeente starts with these and can replace each of them."""

from __future__ import annotations

import hashlib
from importlib import resources
from uuid import NAMESPACE_URL, uuid5

from services.documents.renderer.letter import LetterTemplate
from shared.contracts.codes import Purpose

LETTER_FILE = "brief.html"


def default_letter(purpose: Purpose) -> LetterTemplate:
    """Return the letter that is shipped for a purpose.

    Its version id follows from its content: the same files have the same id everywhere, changed
    files a new one. Raises KeyError for a purpose that has no letter.
    """
    folder = resources.files(__name__) / purpose.value
    if not (folder / LETTER_FILE).is_file():
        raise KeyError(purpose)
    files = {item.name: item.read_bytes() for item in folder.iterdir() if item.is_file()}
    html = files.pop(LETTER_FILE).decode("utf-8")
    digest = hashlib.sha256(html.encode("utf-8"))
    for name in sorted(files):
        digest.update(name.encode("utf-8") + b"\0" + files[name])
    version = uuid5(NAMESPACE_URL, f"heronderzoek:standaardbrief:{digest.hexdigest()}")
    return LetterTemplate(str(version), html, files, purpose)
