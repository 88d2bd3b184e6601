"""The templates that a gemeente starts with, as a beheerder would place them anew."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.support.caseworker import Caseworker

SERVICES = Path(__file__).resolve().parents[2] / "services"
_LETTER = SERVICES / "documents" / "templates" / "uitnodiging"
_MAIL = SERVICES / "mailer" / "templates" / "uitnodiging"


def letter_template(name: str) -> dict[str, Any]:
    """The default letter, under another name."""
    html = (_LETTER / "brief.html").read_text()
    return {"doel": "uitnodiging", "naam": name, "html": html}


def mail_template(name: str) -> dict[str, Any]:
    """The default mail, under another name."""
    return {
        "doel": "uitnodiging",
        "naam": name,
        "onderwerp": (_MAIL / "onderwerp.txt").read_text().strip(),
        "tekst": (_MAIL / "tekst.txt").read_text(),
        "html": (_MAIL / "bericht.html").read_text(),
    }


def place(administrator: Caseworker, collection: str, template: dict[str, Any]) -> str:
    """Place a version, which is active at once; its id."""
    answer = administrator.post(f"/{collection}", template)
    assert answer.status_code == 201, answer.text
    version: str = answer.json()["id"]
    return version
