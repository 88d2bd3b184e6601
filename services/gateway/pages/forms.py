"""Forms: what was typed is kept, what is wrong stands at its field, sending twice is harmless."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from starlette.datastructures import FormData, UploadFile

from services.gateway.pages.own_api import Declined, Upload

#: The fields that every form has (`ui/form.html`).
CSRF, KEY = "csrf", "sleutel"
UNKNOWN_TYPE = "application/octet-stream"


@dataclass(frozen=True)
class Form:
    """A form as it is shown: empty, or with what was typed and why that cannot be."""

    values: Mapping[str, Any] = field(default_factory=dict)
    problem: Declined | None = None
    #: Goes along as Idempotency-Key, so that a double click does one thing.
    key: str = field(default_factory=lambda: str(uuid4()))

    def value(self, name: str) -> Any:
        """What stands in a field."""
        return self.values.get(name, "")

    def wrong(self, name: str) -> Sequence[str]:
        """What is wrong with a field."""
        return self.problem.fields.get(name, ()) if self.problem else ()

    @property
    def mistakes(self) -> list[tuple[str, str]]:
        """Each field with something wrong, and what; for the summary on top of the page."""
        found = self.problem.fields.items() if self.problem else ()
        return [(name, reason) for name, reasons in found for reason in reasons]


def typed(form: FormData) -> dict[str, str]:
    """The texts of a form that came in, without what is ours."""
    return {
        name: value
        for name, value in form.items()
        if isinstance(value, str) and name not in {CSRF, KEY}
    }


def uploaded(form: FormData, name: str) -> Upload | None:
    """A file of a form, as the API takes it; None when none was chosen."""
    file = form.get(name)
    if not isinstance(file, UploadFile) or not file.filename:
        return None
    return file.filename, file.file, file.content_type or UNKNOWN_TYPE
