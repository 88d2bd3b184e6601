"""The default mails: a gemeente starts with these and can replace each of them.

Those to residents are a text in one frame, so that they look alike; the other one is whole.
"""

from __future__ import annotations

import hashlib
import re
from importlib import resources
from uuid import NAMESPACE_URL, uuid5

from services.mailer.composer import MailTemplate
from shared.contracts.codes import Purpose

PARTS = ("onderwerp.txt", "tekst.txt", "bericht.html")
_TITLE = re.compile(r"<h1[^>]*>(.*?)</h1>")


def default_mail(purpose: Purpose) -> MailTemplate:
    """Return the mail that is shipped for a purpose; its version id follows from its content."""
    folder = resources.files(__name__) / purpose.value
    subject, text, html = ((folder / part).read_text(encoding="utf-8") for part in PARTS)
    if not html.startswith("<!DOCTYPE"):
        html = _in_frame(html)
    digest = hashlib.sha256(f"{subject}\0{text}\0{html}".encode()).hexdigest()
    version = uuid5(NAMESPACE_URL, f"heronderzoek:standaardmail:{digest}")
    return MailTemplate(str(version), subject.strip(), text, html, purpose)


def _in_frame(text: str) -> str:
    title = _TITLE.search(text)
    return (
        (resources.files(__name__) / "kader.html")
        .read_text(encoding="utf-8")
        .replace("<!-- titel -->", title[1] if title else "", 1)
        .replace("<!-- inhoud -->\n", text, 1)
    )
