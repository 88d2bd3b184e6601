"""The templates that a gemeente starts with, as a beheerder would place them anew."""

from __future__ import annotations

from typing import Any

from services.documents.templates import default_letter
from services.mailer.templates import default_mail
from shared.contracts.codes import Purpose
from tests.support.caseworker import Caseworker


def letter_template(name: str) -> dict[str, Any]:
    """The default letter, under another name."""
    letter = default_letter(Purpose.INVITATION)
    return {"doel": "uitnodiging", "naam": name, "html": letter.html}


def mail_template(name: str) -> dict[str, Any]:
    """The default mail, under another name."""
    mail = default_mail(Purpose.INVITATION)
    return {
        "doel": "uitnodiging",
        "naam": name,
        "onderwerp": mail.subject,
        "tekst": mail.text,
        "html": mail.html,
    }


def place(administrator: Caseworker, collection: str, template: dict[str, Any]) -> str:
    """Place a version, which is active at once; its id."""
    answer = administrator.post(f"/{collection}", template)
    assert answer.status_code == 201, answer.text
    version: str = answer.json()["id"]
    return version
