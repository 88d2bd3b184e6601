"""The rules of intake: what an upload goes through, and which numbers its rows get."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from services.intake.contract.bsn import passes_eleven_test
from services.intake.contract.definition import Kind, Severity
from services.intake.contract.findings import Finding
from services.intake.domain.open_cases import group_of, new_group
from services.intake.errors import HasErrors, NoRows, NotChecked

#: Uploads hold personal data: as long as a question about them is likely, no longer.
RETENTION = timedelta(days=30)
ROWS_PER_FRAME = 1000
MAX_FILE_NAME = 200
#: The calendar by which a case number gets its year.
LOCAL_TIME = ZoneInfo("Europe/Amsterdam")
_LONG_NUMBER = re.compile(r"(?<!\d)\d{8,9}(?!\d)")

SAME_FILE = Kind(
    "bestand-eerder-geupload",
    Severity.WAARSCHUWING,
    "Dit bestand is al eerder geüpload",
    "Precies dit bestand is al eerder geüpload. Controleer of u het juiste bestand hebt gekozen.",
    "een bestand dat nog niet is geüpload",
)


class Status(StrEnum):
    """Where an upload stands."""

    RECEIVED = "ontvangen"
    CHECKING = "controleren"
    CHECKED = "gecontroleerd"
    REFUSED = "geweigerd"
    CONFIRMED = "bevestigd"
    #: Its retention has ended: nobody sees it any more, and it is being deleted.
    EXPIRED = "vervallen"


@dataclass(frozen=True, slots=True)
class Sheet:
    """What was read: the sheet, the others that were left alone, and what each column was."""

    name: str
    others: list[str]
    columns: list[dict[str, Any]]
    hidden_rows: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the check of a file found. `attempt` names the frames that belong to it."""

    attempt: int
    rows: int
    wrong_rows: int
    groups: list[dict[str, Any]]
    findings: list[Finding]
    sheet: Sheet
    comparison: dict[str, Any] | None = None

    def with_earlier(self, found: str) -> Outcome:
        """The same, with the warning that this very file came before."""
        finding = Finding(
            SAME_FILE.code,
            SAME_FILE.severity,
            1,
            None,
            found,
            SAME_FILE.expected or "",
            SAME_FILE.message,
        )
        group = group_of(new_group(SAME_FILE, None, [1]), self.rows)
        return replace(self, groups=[*self.groups, group], findings=[finding, *self.findings])

    def total(self, severity: Severity) -> int:
        """The true number of findings of a severity, also of those that were not stored."""
        return sum(group["count"] for group in self.groups if group["severity"] == severity)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file that the check does not read at all."""

    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that somebody sent, and what became of it."""

    id: UUID
    gemeente: str
    file_name: str
    sha256: str
    size: int
    status: Status
    received_at: datetime
    received_by: str
    expires_at: datetime | None = None
    progress: int = 0
    attempt: int = 0
    rows: int = 0
    wrong_rows: int = 0
    errors: int = 0
    warnings: int = 0
    groups: list[dict[str, Any]] = field(default_factory=list)
    reason_code: str | None = None
    reason: str | None = None
    batch_id: UUID | None = None
    #: The upload that this one corrects, when its sender said so.
    replaces: UUID | None = None
    sheet: str | None = None
    other_sheets: list[str] = field(default_factory=list)
    columns: list[dict[str, Any]] = field(default_factory=list)
    hidden_rows: int = 0
    #: What became of the errors of the upload before this one: solved, left, new.
    comparison: dict[str, Any] | None = None

    @property
    def is_awaiting_check(self) -> bool:
        """Whether the outcome of a check is still to come."""
        return self.status in {Status.RECEIVED, Status.CHECKING}

    @property
    def good_rows(self) -> int:
        """How many rows could become a case."""
        return self.rows - self.wrong_rows

    def checked(self, outcome: Outcome, now: datetime) -> Upload:
        """The file was read; what was found stands in `outcome`."""
        return replace(
            self,
            status=Status.CHECKED,
            expires_at=now + RETENTION,
            progress=outcome.rows,
            attempt=outcome.attempt,
            rows=outcome.rows,
            wrong_rows=outcome.wrong_rows,
            errors=outcome.total(Severity.FOUT),
            warnings=outcome.total(Severity.WAARSCHUWING),
            groups=outcome.groups,
            sheet=outcome.sheet.name,
            other_sheets=outcome.sheet.others,
            columns=outcome.sheet.columns,
            hidden_rows=outcome.sheet.hidden_rows,
            comparison=outcome.comparison,
        )

    def refused(self, code: str, reason: str, now: datetime) -> Upload:
        """The file could not be read; `reason` says why and what to do."""
        return replace(
            self,
            status=Status.REFUSED,
            expires_at=now + RETENTION,
            reason_code=code,
            reason=reason,
        )

    def require_confirmable(self, *, without_wrong_rows: bool) -> None:
        """Raise what stands in the way of opening cases; wrong rows may be left out on purpose."""
        self.require_checked()
        if self.errors and not without_wrong_rows:
            raise HasErrors(
                f"Het bestand heeft {self.errors} fouten. Verbeter ze en upload het opnieuw, of ga"
                " verder zonder de foute rijen."
            )
        if not self.rows:
            raise NoRows("Het bestand heeft geen rijen. Upload een bestand met minstens één rij.")
        if not self.good_rows:
            raise NoRows("Alle rijen hebben een fout. Verbeter ze en upload het bestand opnieuw.")

    def require_checked(self) -> None:
        """Raise why the outcome of a check is not there, or is no longer of use."""
        if self.status != Status.CHECKED:
            raise NotChecked(_WHY_NOT[self.status])

    def confirmed(self, batch_id: UUID, now: datetime) -> Upload:
        """Somebody agreed; the file is locked and its good rows become cases."""
        return replace(self, status=Status.CONFIRMED, batch_id=batch_id, expires_at=now + RETENTION)

    def withdrawn(self, at: datetime) -> Upload:
        """Its batch was taken back: from then on it is kept as long as any other."""
        if self.status == Status.EXPIRED or self.expires_at is None:
            return self
        return replace(self, expires_at=max(self.expires_at, at + RETENTION))


_WHY_NOT = {
    Status.RECEIVED: "Wacht tot de controle klaar is.",
    Status.CHECKING: "Wacht tot de controle klaar is.",
    Status.REFUSED: "Het bestand is geweigerd. Lees de reden en upload een ander bestand.",
    Status.CONFIRMED: "Het bestand is al bevestigd.",
    Status.EXPIRED: "Het bestand is verlopen. Upload het opnieuw.",
}


@dataclass(frozen=True, slots=True)
class Batch:
    """The good rows of one confirmed file: numbers `first` … `first + rows - 1` of `year`."""

    id: UUID
    gemeente: str
    upload_id: UUID
    file_name: str
    rows: int
    attempt: int
    year: int
    first: int
    confirmed_at: datetime
    confirmed_by: str
    offered: int = 0
    trouble: str | None = None
    #: Rows with an error that were left out on purpose.
    left_out: int = 0

    def case_number(self, place: int) -> str:
        """The case number of the row at `place` in the file, counted from 1."""
        return f"HO-{self.year}-{self.first + place - 1:06d}"

    @property
    def frames(self) -> int:
        """In how many frames its rows lie."""
        return -(-self.rows // ROWS_PER_FRAME)


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that cases could not open a case for; `is_withdrawn` when it got one after all.

    `sequence` is that of the news: older news changes nothing.
    """

    id: UUID
    gemeente: str
    batch_id: UUID
    row: int
    reason: str
    open_case: str | None
    sequence: int
    is_withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class ToCheck:
    """An upload to check, with all that it is held against.

    `today` is for dates of birth, `aliases` are the gemeente's own column names, `previous` is the
    upload that this one is compared with.
    """

    upload: Upload
    today: date
    aliases: Mapping[str, str] = field(default_factory=dict)
    previous: Upload | None = None


@dataclass(frozen=True, slots=True)
class OfferedRow:
    """A row that is ready to be published; `data` is the JSON of a RijAangeboden."""

    case_id: UUID
    data: bytes


def batch_id_of(upload_id: UUID) -> UUID:
    """The id of the one batch that an upload can become."""
    return uuid5(upload_id, "batch")


def case_id_of(batch_id: UUID, row: int) -> UUID:
    """The id of the case of a row; the same each time that the row is offered."""
    return uuid5(batch_id, str(row))


def year_of(now: datetime) -> int:
    """The year that a case number of this moment carries."""
    return now.astimezone(LOCAL_TIME).year


def clean_file_name(name: str) -> str:
    """A name to show: no path, no control characters, no BSN, at most 200 characters.

    The name travels on a public topic, so a number that may be a BSN is masked in it.
    """
    base = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    visible = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in base)
    masked = _LONG_NUMBER.sub(_masked, " ".join(visible.split()))
    stem, dot, ending = masked.rpartition(".")
    if len(masked) > MAX_FILE_NAME and dot and len(ending) < MAX_FILE_NAME // 2:
        return f"{stem[: MAX_FILE_NAME - len(ending) - 1]}.{ending}"
    return masked[:MAX_FILE_NAME] or "naamloos.xlsx"


def _masked(match: re.Match[str]) -> str:
    return "*****" if passes_eleven_test(int(match[0])) else match[0]
