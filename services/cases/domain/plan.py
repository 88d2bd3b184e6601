"""The communication plan: who is written to how, when, and why e-mail is allowed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from services.cases.domain import working_days
from shared.chassis.errors import FieldError, Invalid

LONGEST_RESPONSE_DAYS = 365
LONGEST_AHEAD = timedelta(days=365)
#: More than fits in any batch: a number above it is a slip of the finger.
MOST_MAILS_A_DAY = 100_000
DECEASED = "overleden"

#: Templates by channel: (of mails, of letters).
Templates = tuple[UUID | None, UUID | None]


@dataclass(frozen=True, slots=True)
class PlanCounts:
    """Who gets what, before sending. The excluded are in no other count."""

    only_mail: int = 0
    only_letter: int = 0
    both: int = 0
    without_address: int = 0
    indications: tuple[tuple[str, int], ...] = ()
    excluded: int = 0

    def used(self, templates: Templates) -> Templates:
        """The templates of the channels that something is sent by."""
        return (templates[0] if self.mails else None, templates[1] if self.letters else None)

    @property
    def mails(self) -> int:
        """Mails that will be sent."""
        return self.only_mail + self.both

    @property
    def letters(self) -> int:
        """Letters that will be made."""
        return self.only_letter + self.both

    @property
    def deceased(self) -> int:
        """Residents who would be written to although they have died."""
        return dict(self.indications).get(DECEASED, 0)


@dataclass(frozen=True, slots=True)
class Plan:
    """When the letters are dated, how long a resident has, and why e-mail is allowed.

    `source` is where the declaration comes from. Sending begins at `send_at`, or with the approval;
    with `mails_per_day` no more mails than that leave on a working day.
    """

    send_date: date
    response_days: int
    declaration: str | None
    source: str | None = None
    send_at: datetime | None = None
    mails_per_day: int | None = None

    @property
    def response_date(self) -> date:
        """The last day to answer."""
        return working_days.end_of_term(self.send_date, self.response_days)

    def check(self, now: datetime) -> None:
        """Raise Invalid with everything that is wrong."""
        wrong = [*_wrong_dates(self, working_days.today(now)), *wrong_moment(self.send_at, now)]
        if self.mails_per_day is not None and not 0 < self.mails_per_day <= MOST_MAILS_A_DAY:
            reason = f"Kies een aantal van 1 tot en met {MOST_MAILS_A_DAY} e-mails per werkdag."
            wrong.append(FieldError("emailsPerWerkdag", "buiten-bereik", reason))
        if wrong:
            raise Invalid("Pas het plan aan.", tuple(wrong))


def _wrong_dates(plan: Plan, today: date) -> list[FieldError]:
    wrong = []
    if plan.send_date < today:
        reason = "De verzenddatum ligt in het verleden. Kies vandaag of later."
        wrong.append(FieldError("verzendDatum", "verleden", reason))
    if plan.send_date > today + LONGEST_AHEAD:
        reason = "De verzenddatum ligt meer dan een jaar vooruit. Kies een eerdere datum."
        wrong.append(FieldError("verzendDatum", "te-ver", reason))
    if not 0 < plan.response_days <= LONGEST_RESPONSE_DAYS:
        reason = f"Kies een termijn van 1 tot en met {LONGEST_RESPONSE_DAYS} dagen."
        wrong.append(FieldError("reactietermijnDagen", "buiten-bereik", reason))
    return wrong


def wrong_moment(send_at: datetime | None, now: datetime) -> list[FieldError]:
    """What is wrong with a moment to begin sending at; None is: at once."""
    if send_at is None:
        return []
    if send_at < now:
        reason = "Dit moment is voorbij. Kies een later moment, of laat het leeg."
        return [FieldError("verzendenOp", "verleden", reason)]
    if send_at > now + LONGEST_AHEAD:
        reason = "Dit moment ligt meer dan een jaar vooruit. Kies een eerder moment."
        return [FieldError("verzendenOp", "te-ver", reason)]
    return []


def check_templates(counts: PlanCounts, templates: Templates) -> None:
    """Raise Invalid unless each used channel has its template: (of mails, of letters)."""
    used = (
        ("emailSjabloonVersieId", counts.mails, templates[0], "e-mails"),
        ("briefSjabloonVersieId", counts.letters, templates[1], "brieven"),
    )
    wrong = tuple(
        FieldError(name, "missing", f"Geef aan met welk sjabloon de {what} worden gemaakt.")
        for name, count, template, what in used
        if count and template is None
    )
    if wrong:
        raise Invalid("Er ontbreekt een sjabloon.", wrong)
