"""A print file: letters that are printed as one, from its order to its posting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
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


class PrintState(StrEnum):
    """Where a print file stands."""

    BUILDING = "bezig"
    READY = "gereed"
    FAILED = "mislukt"
    #: A case with a letter in it was destroyed.
    GONE = "vernietigd"


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
