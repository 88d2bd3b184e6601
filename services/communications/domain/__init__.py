"""The rules of communications: messages of a case, and notices for a colleague."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Self
from uuid import UUID, uuid5

from services.communications.domain.notices import (
    Absence,
    CaseNews,
    Notice,
    NoticeKind,
    day_of,
    notice_id,
)
from services.communications.domain.words import counted

__all__ = [
    "Absence",
    "Batch",
    "Case",
    "CaseNews",
    "Direction",
    "Message",
    "MessageStatus",
    "Notice",
    "NoticeKind",
    "Participant",
    "day_of",
    "display_name",
    "notice_id",
    "resident_id",
]


class MessageStatus(StrEnum):
    """What became of a message. Sent means accepted by the mail server, made means printable.

    What was sent may come back; then it was not delivered. What nobody wanted any more before it
    left is withdrawn.
    """

    SENT = "verzonden"
    MADE = "gemaakt"
    FAILED = "mislukt"
    BOUNCED = "niet bezorgd"
    WITHDRAWN = "ingetrokken"


class Direction(StrEnum):
    """To or from the resident."""

    OUTGOING = "uitgaand"
    INCOMING = "inkomend"


@dataclass(frozen=True, slots=True)
class Case:
    """A case as far as it is known here; any topic may be the first to name it."""

    id: UUID
    gemeente: str
    number: str | None = None
    batch_id: UUID | None = None
    assignee: str | None = None
    assigned: int = -1

    def numbered(self, number: str | None, batch_id: UUID | None = None) -> Self:
        """The case with what is told about it; what is known stays."""
        return replace(self, number=self.number or number, batch_id=self.batch_id or batch_id)

    def assigned_to(self, assignee: str | None, version: int) -> Self:
        """The case with who does it; `version` tells newer news from older."""
        if version <= self.assigned:
            return self
        return replace(self, assignee=assignee, assigned=version)


@dataclass(frozen=True, slots=True)
class Participant:
    """The resident of a case: the name to show, and the address that mail may come from."""

    id: UUID
    gemeente: str
    case_id: UUID
    name: str
    email: str | None
    sequence: int


@dataclass(frozen=True, slots=True)
class Message:
    """One message in the timeline of a case. Its id is that of the mail or document itself."""

    id: UUID
    gemeente: str
    case_id: UUID
    batch_id: UUID | None
    delivery_id: UUID
    channel: str
    direction: str
    purpose: str
    status: str
    reason: str | None
    pages: int | None
    placed_at: datetime

    def bounced(self, reason: str) -> Self:
        """It was sent and came back."""
        return replace(self, status=MessageStatus.BOUNCED.value, reason=reason)

    def held_back(self, reason: str) -> Self:
        """A letter that was made is not posted."""
        return replace(self, status=MessageStatus.WITHDRAWN.value, reason=reason)


@dataclass(frozen=True, slots=True)
class Batch:
    """What is known of a batch, from two topics in any order.

    `printed_by` is who caused the newest print file, `closed_by` who caused the closing: someone
    else's act notifies the starter, the starter's own does not.
    """

    id: UUID
    gemeente: str
    started_by: str | None = None
    closed_by: str | None = None
    closing: int = -1
    cases: int = 0
    letters: int = 0
    emails: int = 0
    failures: int = 0
    bounced: int = 0
    print_file_id: UUID | None = None
    print_file: int = 0
    print_file_letters: int = 0
    print_file_version: int = 0
    print_file_failed: bool = False
    printed_by: str | None = None

    def closed(
        self,
        started_by: str,
        closed_by: str,
        closing: int,
        *,
        cases: int,
        letters: int,
        emails: int,
        failures: int,
        bounced: int = 0,
    ) -> Self:
        """The batch with its final counts; `closing` tells newer ones from older."""
        return replace(
            self,
            started_by=started_by,
            closed_by=closed_by,
            closing=closing,
            cases=cases,
            letters=letters,
            emails=emails,
            failures=failures,
            bounced=bounced,
        )

    def printed(
        self, print_file_id: UUID, number: int, version: int, letters: int, by: str, *, failed: bool
    ) -> Self:
        """The batch with its newest print file, or with the news that it failed."""
        return replace(
            self,
            print_file_id=print_file_id,
            print_file=number,
            print_file_version=version,
            print_file_letters=letters,
            print_file_failed=failed,
            printed_by=by,
        )

    @property
    def is_news(self) -> bool:
        """Whether somebody else did what the starter must know."""
        return bool({self.closed_by, self.printed_by} - {None, self.started_by})

    def notice(self, now: datetime) -> Notice | None:
        """What the starter must know; None while the starter is not known."""
        if self.started_by is None:
            return None
        return Notice(
            id=notice_id(self.id),
            gemeente=self.gemeente,
            user_id=self.started_by,
            kind=NoticeKind.BATCH_CLOSED.value,
            batch_id=self.id,
            print_file_id=self.print_file_id,
            title="Uw heronderzoek is afgerond",
            text=self._text(),
            placed_at=now,
            read_at=None,
        )

    def late_notice(self, late: int, version: int, now: datetime) -> Notice | None:
        """What the starter must know of mails that came back since; None when there are none."""
        if self.started_by is None or not late:
            return None
        came_back = counted(late, "e-mail kwam", "e-mails kwamen")
        text = (
            f"{came_back} terug nadat uw heronderzoek was afgerond. Nu zijn er"
            f" {counted(self.emails, 'e-mail', 'e-mails')} verzonden en {self.bounced} niet"
            " bezorgd. In het batchoverzicht ziet u van wie, en kunt u een brief laten maken."
        )
        return Notice(
            id=uuid5(self.id, f"niet-bezorgd|{version}"),
            gemeente=self.gemeente,
            user_id=self.started_by,
            kind=NoticeKind.LATE_BOUNCES.value,
            batch_id=self.id,
            title="E-mails kwamen terug",
            text=text,
            placed_at=now,
            items=late,
        )

    def _text(self) -> str:
        came_back = f", {self.bounced} niet bezorgd" if self.bounced else ""
        counts = (
            f"{counted(self.cases, 'zaak', 'zaken')}, {counted(self.letters, 'brief', 'brieven')}"
            f" gemaakt, {counted(self.emails, 'e-mail', 'e-mails')} verzonden,"
            f" {self.failures} mislukt{came_back}."
        )
        if self.print_file_id is None:
            return counts
        if self.print_file_failed:
            return (
                f"{counts} Afdrukbestand {self.print_file} kon niet worden gemaakt. In het"
                " batchoverzicht staat waarom, en kunt u het opnieuw laten maken."
            )
        letters = counted(self.print_file_letters, "brief", "brieven")
        return f"{counts} Afdrukbestand {self.print_file} is klaar ({letters})."


def resident_id(case_id: UUID) -> UUID:
    """The id of the resident among a case's participants."""
    return uuid5(case_id, "inwoner")


def display_name(written: str | None, initials: str | None, prefix: str | None, last: str) -> str:
    """The name to show: the one to write to when there is one, else initials, prefix, surname."""
    return written or " ".join(part for part in (initials, prefix, last) if part)
