"""The rules of letters: one active template, a letter's life, what a print file holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Self
from uuid import NAMESPACE_URL, UUID, uuid5

from services.documents import errors
from services.documents.domain.days import check_day
from services.documents.domain.printing import (
    PrintOptions,
    PrintOrdering,
    ToPrint,
    in_order,
    part_name,
    parts_of,
)
from shared.contracts.codes import Channel, Purpose
from shared.contracts.merge_fields import purposes_of

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
    #: Not made, because the rest of its batch was withdrawn.
    WITHDRAWN = "ingetrokken"


class PrintState(StrEnum):
    """Where a print file stands."""

    BUILDING = "bezig"
    READY = "gereed"
    FAILED = "mislukt"
    #: A case with a letter in it was destroyed.
    GONE = "vernietigd"


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

    def withdrawn(self, *, now: datetime) -> Document:
        """The letter that nobody wants any more; the values are no longer kept."""
        return replace(self.failed(WITHDRAWN, now=now), state=LetterState.WITHDRAWN)


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


@dataclass(frozen=True, slots=True)
class PrintFile:
    """Letters to print as one PDF. Which ones is fixed when it is ordered, and how.

    `version` is one more with each change, and tells newer news of it from older. Without a batch
    its letters are of single cases, and its number counts within the gemeente. `postings` counts
    how often its date of posting was said.
    """

    id: UUID
    gemeente: str
    batch_id: UUID | None
    number: int
    state: PrintState
    letters: int
    asked_at: datetime
    ended_at: datetime | None = None
    pages: int | None = None
    blank_pages: int | None = None
    sheets: int | None = None
    sha256: str | None = None
    reason: str | None = None
    version: int = 1
    part: int = 1
    parts: int = 1
    ordering: str = PrintOrdering.FILE
    double_sided: bool = True
    separator_every: int | None = None
    separators: int | None = None
    posted_on: date | None = None
    posted_by: str | None = None
    posted_at: datetime | None = None
    posted_reason: str | None = None
    postings: int = 0

    @property
    def name(self) -> str:
        """Its number, with a letter when it is one of several parts."""
        return part_name(self.number, self.part, self.parts)

    @property
    def is_ready(self) -> bool:
        """Whether it can be downloaded."""
        return self.state == PrintState.READY

    def key(self, extension: str) -> str:
        """Where its PDF, ZIP or manifest (`pdf`, `zip`, `csv`) lies in the store."""
        return f"{self.gemeente}/afdrukbestanden/{self.id}.{extension}"

    def ready(
        self,
        *,
        pages: int,
        blank_pages: int,
        sheets: int,
        separators: int,
        sha256: str,
        now: datetime,
    ) -> PrintFile:
        """The print file with its totals; `sheets` are of paper, as it was chosen to be printed."""
        return replace(
            self,
            state=PrintState.READY,
            ended_at=now,
            pages=pages,
            blank_pages=blank_pages,
            sheets=sheets,
            separators=separators,
            sha256=sha256,
            version=self.version + 1,
        )

    def failed(self, reason: str, *, now: datetime) -> PrintFile:
        """The print file that could not be built."""
        return replace(
            self,
            state=PrintState.FAILED,
            ended_at=now,
            reason=reason,
            version=self.version + 1,
        )

    def again(self) -> PrintFile:
        """The same letters under the same number, to be built once more."""
        if self.state != PrintState.FAILED:
            raise errors.PrintFileNotFailed(is_ready=self.is_ready)
        return replace(
            self,
            state=PrintState.BUILDING,
            ended_at=None,
            reason=None,
            version=self.version + 1,
        )

    def posted(self, on: date, reason: str | None, by: str, now: datetime) -> PrintFile:
        """Somebody brought it to the post. Another date later is a correction, with its reason."""
        if not self.is_ready or self.ended_at is None:
            raise errors.PrintFileNotReady(self.reason)
        check_day("gepostDatum", on, now, not_before=self.ended_at, since="het is gemaakt")
        if on == self.posted_on:
            return self
        if self.posted_on is not None and not reason:
            raise errors.CorrectionWithoutReason(self.posted_on)
        return replace(
            self,
            posted_on=on,
            posted_by=by,
            posted_at=now,
            posted_reason=reason,
            postings=self.postings + 1,
            version=self.version + 1,
        )

    @property
    def build_id(self) -> UUID:
        """The id of the work of building it: once per time that this is asked for."""
        return uuid5(self.id, f"bouwen|{self.version}")


@dataclass(frozen=True, slots=True)
class PrintFileLetter:
    """A letter's place in its print file. A letter is in at most one."""

    document_id: UUID
    gemeente: str
    print_file_id: UUID
    place: int
    case_number: str


def print_files_of(
    batch_id: UUID | None,
    number: int,
    letters: Sequence[ToPrint],
    options: PrintOptions,
    *,
    now: datetime,
) -> list[tuple[PrintFile, list[PrintFileLetter]]]:
    """A print file of these letters, or its parts, each with its letters in printing order."""
    parts = parts_of(in_order(letters, options.ordering), options.split_at)
    return [
        _part(batch_id, (number, nth, len(parts)), inside, options, now)
        for nth, inside in enumerate(parts, start=1)
    ]


def _part(
    batch_id: UUID | None,
    numbers: tuple[int, int, int],
    letters: Sequence[ToPrint],
    options: PrintOptions,
    now: datetime,
) -> tuple[PrintFile, list[PrintFileLetter]]:
    number, part, parts = numbers
    of = batch_id or uuid5(NAMESPACE_URL, f"heronderzoek:losse-brieven:{options.gemeente}")
    file = PrintFile(
        id=uuid5(of, f"afdrukbestand|{part_name(number, part, parts)}"),
        gemeente=options.gemeente,
        batch_id=batch_id,
        number=number,
        state=PrintState.BUILDING,
        letters=len(letters),
        asked_at=now,
        part=part,
        parts=parts,
        ordering=options.ordering,
        double_sided=options.double_sided,
        separator_every=options.separator_every,
    )
    inside = [
        PrintFileLetter(letter.document_id, options.gemeente, file.id, place, letter.case_number)
        for place, letter in enumerate(letters, start=1)
    ]
    return file, inside
