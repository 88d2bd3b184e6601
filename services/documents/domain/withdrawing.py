"""Orders that are not wanted any more, and where a letter stands that must be taken out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

#: A blank page follows an odd one when both sides are printed.
_PAGES_PER_SHEET = 2


@dataclass(frozen=True, slots=True)
class WithdrawnOrder:
    """An order that is not wanted any more; `id` is that of the attempt, and so of its letter.

    It may be known before the order itself.
    """

    id: UUID
    gemeente: str
    case_id: UUID
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ToPull:
    """A letter in a print file that must not be posted."""

    document_id: UUID
    case_id: UUID
    case_number: str
    place: int
    page: int
    reason: str
    at: datetime


def first_pages(
    pages: Sequence[int], *, double_sided: bool, separator_every: int | None
) -> list[int]:
    """On which page of a print file each of its letters begins; `pages` are those of each."""
    found, page = [], 1
    for nth, many in enumerate(pages):
        if separator_every and nth % separator_every == 0:
            page += _PAGES_PER_SHEET if double_sided else 1
        found.append(page)
        page += many + (many % _PAGES_PER_SHEET if double_sided else 0)
    return found
