"""The default mails: a gemeente starts with these and can replace those to residents."""

from __future__ import annotations

import hashlib
from importlib import resources
from uuid import NAMESPACE_URL, uuid5

from services.mailer.composer import MailTemplate
from shared.contracts.codes import Purpose

#: What has a default mail.
SHIPPED = (Purpose.INVITATION, Purpose.BATCH_READY)
PARTS = ("onderwerp.txt", "tekst.txt", "bericht.html")


def default_mail(purpose: Purpose) -> MailTemplate:
    """Return the mail that is shipped for a purpose; its version id follows from its content."""
    folder = resources.files(__name__) / purpose.value
    subject, text, html = ((folder / part).read_text(encoding="utf-8") for part in PARTS)
    digest = hashlib.sha256(f"{subject}\0{text}\0{html}".encode()).hexdigest()
    version = uuid5(NAMESPACE_URL, f"heronderzoek:standaardmail:{digest}")
    return MailTemplate(str(version), subject.strip(), text, html, purpose)
