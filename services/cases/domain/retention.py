"""How long cases are kept, what stands in the way of destroying one, and who agreed to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.cases import retention_errors
from shared.chassis.errors import FieldError, Invalid

#: A century: longer is what an archive is for.
LONGEST_MONTHS = 1200


@dataclass(frozen=True, slots=True)
class Term:
    """How long cases of one kind are kept after they ended; `result` None fits every result."""

    kind: str
    title: str
    status: str
    result: str | None
    months: int
    is_assumed: bool
    source: str


@dataclass(frozen=True, slots=True)
class OwnTerms:
    """The terms that a gemeente chose itself, in months per kind."""

    gemeente: str
    months: Mapping[str, int]
    version: int
    changed_by: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Hold:
    """A case that must be kept, whatever its term says (*bewaarblokkade*); `id` is the case's."""

    id: UUID
    gemeente: str
    reason: str
    by: str
    at: datetime


class DestructionStatus(StrEnum):
    """How far a destruction is."""

    ASKED = "aangevraagd"
    REJECTED = "afgewezen"
    RUNNING = "bezig"
    DONE = "klaar"


@dataclass(frozen=True, slots=True)
class Destruction:
    """Cases that somebody wants destroyed, and who agreed."""

    id: UUID
    gemeente: str
    status: str
    asked_by: str
    asked_at: datetime
    case_count: int
    decided_by: str | None = None
    decided_at: datetime | None = None
    reason: str | None = None
    ended_at: datetime | None = None

    def approved(self, by: str, at: datetime) -> Destruction:
        """A second person agrees; raises OwnDestruction or AlreadyDecided."""
        self._may_decide(by)
        return replace(self, status=DestructionStatus.RUNNING, decided_by=by, decided_at=at)

    def rejected(self, by: str, reason: str, at: datetime) -> Destruction:
        """It does not happen; who asked may take it back as well."""
        if self.status != DestructionStatus.ASKED:
            raise retention_errors.AlreadyDecided
        return replace(
            self,
            status=DestructionStatus.REJECTED,
            decided_by=by,
            decided_at=at,
            reason=reason,
            ended_at=at,
        )

    def done(self, at: datetime) -> Destruction:
        """All answers are in."""
        return replace(self, status=DestructionStatus.DONE, ended_at=at)

    def _may_decide(self, by: str) -> None:
        if self.status != DestructionStatus.ASKED:
            raise retention_errors.AlreadyDecided
        if by == self.asked_by:
            raise retention_errors.OwnDestruction


@dataclass(frozen=True, slots=True)
class Destroyed:
    """A line of the register: a case that was, or was to be, destroyed. `id` was the case's.

    Without personal data: it stays when everything else is gone. The batch still counts its letters
    of which `posted` were brought to the post and `returned` came back, and whether it was stopped.
    """

    id: UUID
    gemeente: str
    destruction_id: UUID
    batch_id: UUID
    number: str
    kind: str
    months: int
    ended_at: datetime
    destroyed_at: datetime | None = None
    kept_because: str | None = None
    letters_gone_at: datetime | None = None
    mails_gone_at: datetime | None = None
    messages_gone_at: datetime | None = None
    row_gone_at: datetime | None = None
    posted: int = 0
    returned: int = 0
    stopped: int = 0


def chosen(terms: tuple[Term, ...], own: OwnTerms | None) -> tuple[Term, ...]:
    """The terms as they are for a gemeente."""
    months = own.months if own else {}
    return tuple(
        replace(term, months=months[term.kind], is_assumed=False) if term.kind in months else term
        for term in terms
    )


def wrong_terms(months: Mapping[str, int], terms: tuple[Term, ...]) -> None:
    """Raise Invalid with everything that cannot be in a gemeente's own terms."""
    known = {term.kind for term in terms}
    wrong = []
    for kind, number in months.items():
        if kind not in known:
            reason = f"Deze soort kennen wij niet. Kies uit: {', '.join(sorted(known))}."
            wrong.append(FieldError(f"termijnen.{kind}", "onbekende-soort", reason))
        elif not 0 <= number <= LONGEST_MONTHS:
            reason = f"Kies een aantal maanden van 0 tot en met {LONGEST_MONTHS}."
            wrong.append(FieldError(f"termijnen.{kind}", "buiten-bereik", reason))
    if wrong:
        raise Invalid("De bewaartermijnen zijn niet bewaard.", tuple(wrong))
