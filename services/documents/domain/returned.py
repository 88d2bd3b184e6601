"""Letters that came back, and what that was taken back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from services.documents import errors
from shared.contracts.codes import ReturnReason


@dataclass(frozen=True, slots=True)
class ReturnedLetter:
    """A letter that came back; `id` is the letter's. One that was taken back may come again.

    `news` is one more with each change, and tells newer news of it from older.
    """

    id: UUID
    gemeente: str
    case_id: UUID
    batch_id: UUID | None
    delivery_id: UUID
    case_number: str
    purpose: str
    reason: str
    returned_on: date
    remark: str | None
    by: str
    at: datetime
    undone_by: str | None = None
    undone_at: datetime | None = None
    undone_reason: str | None = None
    news: int = 1

    @property
    def stands(self) -> bool:
        """Whether it was not taken back."""
        return self.undone_at is None

    @property
    def is_of_deceased(self) -> bool:
        """Whether nothing may be sent to this resident any more."""
        return self.stands and self.reason == ReturnReason.DECEASED

    def undone(self, reason: str, by: str, now: datetime) -> ReturnedLetter:
        """It was a mistake; raises NotReturned when that was said already."""
        if not self.stands:
            raise errors.NotReturned
        return replace(self, undone_by=by, undone_at=now, undone_reason=reason, news=self.news + 1)
