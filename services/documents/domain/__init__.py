"""The rules of letters: one active template, a letter's life, what a print file holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self
from uuid import NAMESPACE_URL, UUID, uuid5

from services.documents.domain.print_file import (
    PrintFile,
    PrintFileLetter,
    PrintState,
    print_files_of,
)
from shared.contracts.codes import Channel, Purpose
from shared.contracts.merge_fields import purposes_of

__all__ = [
    "LETTER_PURPOSES",
    "STOP_MARGIN",
    "TEMPLATE_PATIENCE",
    "UNHEARD",
    "WITHDRAWN",
    "Batch",
    "Document",
    "LetterState",
    "Office",
    "PrintFile",
    "PrintFileLetter",
    "PrintState",
    "Progress",
    "Template",
    "TemplateAsset",
    "TemplateVersion",
    "letter_key",
    "print_files_of",
    "template_id",
]

#: The purposes that a letter is made for; the others are only mailed.
LETTER_PURPOSES = frozenset(purposes_of(Channel.LETTER))
#: An approved version was read from this service, so it exists within seconds of its order.
#: After this a wrong id is the only explanation left.
TEMPLATE_PATIENCE = timedelta(minutes=5)
#: A news number below that of any event: of a row that only holds a place.
UNHEARD = -1
#: An order that was given before its batch was stopped may carry a later time: two transactions
#: of one moment. Whoever asks again for a letter does so after more than this.
STOP_MARGIN = timedelta(minutes=1)
WITHDRAWN = "De rest van de batch is ingetrokken voordat deze brief werd gemaakt."


class LetterState(StrEnum):
    """Where a letter stands."""

    ASKED = "gevraagd"
    MADE = "gemaakt"
    FAILED = "mislukt"
    #: Not made, or not posted, because nobody wanted it any more.
    WITHDRAWN = "ingetrokken"


@dataclass(frozen=True, slots=True)
class Office:
    """What this service knows of a gemeente. `sequence` tells newer settings from older."""

    code: str
    gemeente: str
    sequence: int
    name: str = ""
    place: str = ""
    department: str = ""
    phone: str = ""
    opening_hours: str = ""
    return_address: str = ""
    link: str = ""

    @property
    def merge_values(self) -> dict[str, str]:
        """The merge fields that a gemeente fills, for samples of its templates."""
        return {
            "GEMEENTE": self.name,
            "PLAATS": self.place,
            "AFDELING": self.department,
            "TELEFOON_GEMEENTE": self.phone,
            "OPENINGSTIJDEN": self.opening_hours,
            "RETOURADRES": self.return_address,
            "LINK": self.link,
        }


@dataclass(frozen=True, slots=True)
class Template:
    """The letter of a gemeente for a purpose: its versions never change, one of them is active."""

    id: UUID
    gemeente: str
    purpose: Purpose
    versions: int = 0
    active_version: UUID | None = None
    active_since: datetime | None = None

    @classmethod
    def empty(cls, gemeente: str, purpose: Purpose) -> Self:
        """A template without versions."""
        return cls(template_id(gemeente, purpose), gemeente, purpose)

    def with_version(
        self, name: str, html: str, *, by: str, now: datetime
    ) -> tuple[Template, TemplateVersion]:
        """The template with a new version, which is active from now on; and that version."""
        number = self.versions + 1
        version = TemplateVersion(
            id=uuid5(self.id, str(number)),
            gemeente=self.gemeente,
            template_id=self.id,
            purpose=self.purpose,
            number=number,
            name=name,
            html=html,
            made_at=now,
            made_by=by,
        )
        active = replace(self, versions=number, active_version=version.id, active_since=now)
        return active, version

    def activated(self, version: UUID, *, now: datetime) -> Template:
        """The template with an older version in force; that version itself stays as it is."""
        if version == self.active_version:
            return self
        return replace(self, active_version=version, active_since=now)


def template_id(gemeente: str, purpose: Purpose) -> UUID:
    """The id of the one template that a gemeente has for a purpose."""
    return uuid5(NAMESPACE_URL, f"heronderzoek:briefsjabloon:{gemeente}:{purpose}")


@dataclass(frozen=True, slots=True)
class TemplateVersion:
    """A text that letters are made with. It never changes: approved is what is sent."""

    id: UUID
    gemeente: str
    template_id: UUID
    purpose: Purpose
    number: int
    name: str
    html: str
    made_at: datetime
    made_by: str


@dataclass(frozen=True, slots=True)
class TemplateAsset:
    """A picture or font that belongs to one version."""

    version_id: UUID
    name: str
    gemeente: str
    content: bytes

    @classmethod
    def all_of(cls, version: TemplateVersion, files: Mapping[str, bytes]) -> list[Self]:
        """The files of a version, by name."""
        return [cls(version.id, name, version.gemeente, content) for name, content in files.items()]


@dataclass(frozen=True, slots=True)
class Document:
    """A letter to one resident; its id is that of the attempt, `round` its number: 2 is a retry.

    `merge_values` is JSON and sealed; it is gone as soon as the letter is made or has failed.
    Without a batch it is a letter of one case. Only a letter that failed for want of a template has
    no `template_version`.
    """

    id: UUID
    gemeente: str
    case_id: UUID
    delivery_id: UUID
    batch_id: UUID | None
    case_number: str
    place: int
    purpose: Purpose
    template_version: UUID | None
    state: LetterState
    asked_at: datetime
    round: int = 1
    ended_at: datetime | None = None
    merge_values: str | None = None
    pages: int | None = None
    size: int | None = None
    sha256: str | None = None
    reason: str | None = None
    postal_key: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether it must still be made."""
        return self.state == LetterState.ASKED

    @property
    def key(self) -> str:
        """Where its PDF lies in the store."""
        return letter_key(self.gemeente, self.id)

    def made(self, *, pages: int, size: int, sha256: str, now: datetime) -> Document:
        """The letter with its PDF stored; the values are no longer kept."""
        return replace(
            self,
            state=LetterState.MADE,
            ended_at=now,
            merge_values=None,
            pages=pages,
            size=size,
            sha256=sha256,
        )

    def failed(self, reason: str, *, now: datetime) -> Document:
        """The letter that could not be made; the values are no longer kept."""
        return replace(
            self, state=LetterState.FAILED, ended_at=now, merge_values=None, reason=reason
        )

    def withdrawn(self, reason: str, *, now: datetime) -> Document:
        """The letter that nobody wants any more; the values are no longer kept."""
        return replace(self.failed(reason, now=now), state=LetterState.WITHDRAWN)


def letter_key(gemeente: str, document_id: UUID) -> str:
    """Where the PDF of a letter lies in the store."""
    return f"{gemeente}/documenten/{document_id}.pdf"


@dataclass(frozen=True, slots=True)
class Progress:
    """The letters of a batch, counted per delivery: a retry does not count twice."""

    made: int
    failed: int
    open: int


@dataclass(frozen=True, slots=True)
class Batch:
    """What this service knows of a batch: how many letters to expect, print files so far."""

    id: UUID
    gemeente: str
    sequence: int
    expected: int | None = None
    print_files: int = 0
    brake_sequence: int = UNHEARD
    stopped_at: datetime | None = None

    def braked(self, sequence: int, stopped_at: datetime | None = None) -> Batch:
        """Newer news of a pause, of its end or of a stop; a stop stays."""
        stopped = self.stopped_at or stopped_at
        return replace(self, brake_sequence=sequence, stopped_at=stopped)

    def expects(self, letters: int, sequence: int) -> Batch:
        """The batch, now that its number of letters is known."""
        return replace(self, expected=letters, sequence=sequence)

    def is_complete(self, progress: Progress) -> bool:
        """Whether a print file may be made: all letters ended, at least one is made."""
        if self.expected is None or progress.open or not progress.made:
            return False
        return progress.made + progress.failed >= self.expected

    def with_print_file(self) -> Batch:
        """The batch with one print file more."""
        return replace(self, print_files=self.print_files + 1)
