"""Copies of a workbook for its sender: who may have one, and how long it is kept."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from services.intake.domain.upload import Status, Upload
from services.intake.errors import NothingToCopy, NotTheUploader

#: A marked copy holds BSNs, and serves to mend a file: that is done within days.
COPY_RETENTION = timedelta(days=7)


class CopyKind(StrEnum):
    """What a copy holds."""

    MARKED = "gemarkeerd"
    WRONG_ROWS = "foute-rijen"


class CopyStatus(StrEnum):
    """Where a copy stands."""

    BEING_MADE = "wordt-gemaakt"
    READY = "gereed"
    FAILED = "mislukt"


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy that the sender of a file asked for."""

    id: UUID
    gemeente: str
    upload_id: UUID
    kind: CopyKind
    status: CopyStatus
    requested_at: datetime
    requested_by: str
    expires_at: datetime
    size: int = 0
    reason: str | None = None

    @property
    def is_awaited(self) -> bool:
        """Whether it is still to be made."""
        return self.status == CopyStatus.BEING_MADE

    def made(self, size: int) -> Copy:
        """It lies in the store."""
        return replace(self, status=CopyStatus.READY, size=size)

    def failed(self, reason: str) -> Copy:
        """It cannot be made; the reason says what to do."""
        return replace(self, status=CopyStatus.FAILED, reason=reason)


@dataclass(frozen=True, slots=True)
class ToCopy:
    """A copy to make, with the upload that it is of."""

    copy: Copy
    upload: Upload


def require_sender(sender: str, person: str) -> None:
    """Raise NotTheUploader for anybody but who sent the file: a copy holds all that was in it."""
    if sender != person:
        raise NotTheUploader


def ask_for_copy(upload: Upload, kind: CopyKind, copy_id: UUID, person: str, now: datetime) -> Copy:
    """A copy that may be made; raises why not."""
    require_sender(upload.received_by, person)
    if upload.status != Status.CONFIRMED:
        upload.require_checked()
    if kind is CopyKind.MARKED and not upload.errors:
        raise NothingToCopy("Het bestand heeft geen fouten, dus er valt niets te markeren.")
    if kind is CopyKind.WRONG_ROWS and not upload.wrong_rows:
        raise NothingToCopy("Het bestand heeft geen foute rijen.")
    return Copy(
        copy_id,
        upload.gemeente,
        upload.id,
        kind,
        CopyStatus.BEING_MADE,
        requested_at=now,
        requested_by=person,
        expires_at=now + COPY_RETENTION,
    )
