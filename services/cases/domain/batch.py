"""A batch: the cases of one file, the plan for writing to their residents, and its end."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from services.cases import errors
from services.cases.domain import working_days
from shared.chassis.errors import FieldError, Invalid

#: Assumed: no source gives the usual term; a caseworker sets another per batch.
DEFAULT_RESPONSE_DAYS = 28
LONGEST_RESPONSE_DAYS = 365
LONGEST_AHEAD = timedelta(days=365)
#: A batch closes without its print file after this time. Documents gives up after two days and then
#: says so; the third is for news that is under way.
PRINT_FILE_PATIENCE = timedelta(days=3)
#: A batch without letters is reported to its starter after this time, sent mails or not.
READY_AFTER = timedelta(hours=1)


class PrintNews(StrEnum):
    """What is known of the first print file of a batch, in the words of the mail about it."""

    READY = "Het staat voor u klaar."
    FAILED = (
        "Het kon niet worden gemaakt. In het batchoverzicht staat waarom,"
        " en kunt u het opnieuw laten maken."
    )
    LATE = "Het is er nog niet. Vraag uw beheerder om te kijken."
    NONE = "Er zijn geen brieven om af te drukken."


class BatchStatus(StrEnum):
    """How far a batch is."""

    OPENING = "openen"
    OPEN = "open"
    SENDING = "verzenden"
    CLOSED = "afgerond"


@dataclass(frozen=True, slots=True)
class Figures:
    """How many letters and mails are in which state."""

    letters_planned: int = 0
    letters_asked: int = 0
    letters_made: int = 0
    letters_failed: int = 0
    mails_planned: int = 0
    mails_asked: int = 0
    mails_sent: int = 0
    mails_failed: int = 0

    @property
    def letters_are_done(self) -> bool:
        """Whether every letter was made or failed."""
        return not (self.letters_planned or self.letters_asked)

    @property
    def all_done(self) -> bool:
        """Whether nothing is under way."""
        return self.letters_are_done and not (self.mails_planned or self.mails_asked)


@dataclass(frozen=True, slots=True)
class PlanCounts:
    """Who gets what, before sending."""

    only_mail: int = 0
    only_letter: int = 0
    both: int = 0
    without_address: int = 0
    indications: tuple[tuple[str, int], ...] = ()

    @property
    def mails(self) -> int:
        """Mails that will be sent."""
        return self.only_mail + self.both

    @property
    def letters(self) -> int:
        """Letters that will be made."""
        return self.only_letter + self.both


@dataclass(frozen=True, slots=True)
class Plan:
    """When the letters are dated, how long a resident has, and why e-mail is allowed."""

    send_date: date
    response_days: int
    declaration: str | None

    @property
    def response_date(self) -> date:
        """The last day to answer."""
        return working_days.end_of_term(self.send_date, self.response_days)


@dataclass(frozen=True, slots=True)
class Batch:
    """The cases of one file. Counts are None until they are final."""

    id: UUID
    gemeente: str
    file_name: str
    row_count: int
    started_by: str
    confirmed_at: datetime
    status: str = BatchStatus.OPENING
    version: int = 1
    case_count: int | None = None
    refused_count: int | None = None
    opened_at: datetime | None = None
    send_date: date | None = None
    response_days: int | None = None
    declaration: str | None = None
    planned_by: str | None = None
    planned_at: datetime | None = None
    response_date: date | None = None
    letters_approved: int | None = None
    mails_approved: int | None = None
    letter_template_id: UUID | None = None
    mail_template_id: UUID | None = None
    approved_by: str | None = None
    approved_at: datetime | None = None
    letters_made: int | None = None
    letters_failed: int | None = None
    mails_sent: int | None = None
    mails_failed: int | None = None
    closed_at: datetime | None = None
    told_at: datetime | None = None
    sent_at: datetime | None = None
    printed_at: datetime | None = None

    def plan(self, now: datetime) -> Plan:
        """What was planned, or what is proposed as long as nothing was."""
        tomorrow = working_days.next_working_day(working_days.today(now))
        return Plan(
            self.send_date or tomorrow,
            self.response_days or DEFAULT_RESPONSE_DAYS,
            self.declaration,
        )

    def planned(self, plan: Plan, by: str, now: datetime) -> Batch:
        """Another plan, possible until approval."""
        if self.status not in {BatchStatus.OPENING, BatchStatus.OPEN}:
            raise errors.AlreadyApproved
        _check_plan(plan, working_days.today(now))
        return replace(
            self,
            send_date=plan.send_date,
            response_days=plan.response_days,
            declaration=plan.declaration,
            planned_by=by,
            planned_at=now,
            version=self.version + 1,
        )

    def opened(self, cases: int, refused: int, at: datetime) -> Batch:
        """Every row became a case or was refused."""
        return replace(
            self,
            status=BatchStatus.OPEN,
            case_count=cases,
            refused_count=refused,
            opened_at=at,
            version=self.version + 1,
        )

    def mended(self) -> Batch:
        """A row that was refused by a fault became a case; possible until approval."""
        if self.status == BatchStatus.OPENING:
            return self
        if self.status != BatchStatus.OPEN:
            raise errors.AlreadyApproved
        return replace(
            self,
            case_count=(self.case_count or 0) + 1,
            refused_count=(self.refused_count or 0) - 1,
            version=self.version + 1,
        )

    def approved(
        self,
        counts: PlanCounts,
        shown: tuple[int, int],
        templates: tuple[UUID | None, UUID | None],
        by: str,
        now: datetime,
    ) -> Batch:
        """Sending may start. `shown` is (mails, letters), `templates` (of mails, of letters)."""
        plan = self.plan(now)
        self._may_be_approved(plan, counts, shown, now)
        _check_templates(counts, templates)
        return replace(
            self,
            status=BatchStatus.SENDING,
            send_date=plan.send_date,
            response_days=plan.response_days,
            response_date=plan.response_date,
            mails_approved=counts.mails,
            letters_approved=counts.letters,
            mail_template_id=templates[0] if counts.mails else None,
            letter_template_id=templates[1] if counts.letters else None,
            approved_by=by,
            approved_at=now,
            version=self.version + 1,
        )

    def _may_be_approved(
        self, plan: Plan, counts: PlanCounts, shown: tuple[int, int], now: datetime
    ) -> None:
        if self.status == BatchStatus.OPENING:
            raise errors.BatchStillOpening
        if self.status != BatchStatus.OPEN:
            raise errors.AlreadyApproved
        if shown != (counts.mails, counts.letters):
            raise errors.CountsChanged(counts.mails, counts.letters)
        if plan.send_date < working_days.today(now):
            raise errors.SendDatePassed
        if counts.mails and not plan.declaration:
            raise errors.NothingDeclared

    def ordered(self) -> Batch:
        """Not all that was approved could be ordered; that is news of it."""
        return replace(self, version=self.version + 1)

    def redone(self) -> Batch:
        """What failed is tried again; its counts are open until all is done once more."""
        if self.status not in {BatchStatus.SENDING, BatchStatus.CLOSED}:
            raise errors.NotSentYet
        return replace(
            self,
            status=BatchStatus.SENDING,
            letters_made=None,
            letters_failed=None,
            mails_sent=None,
            mails_failed=None,
            closed_at=None,
            sent_at=None,
            version=self.version + 1,
        )

    def waits_for_print_file(self, figures: Figures, now: datetime) -> bool:
        """Whether all is sent, but its letters cannot be printed yet; not for ever."""
        if not figures.letters_made or self.printed_at is not None:
            return False
        return self.sent_at is None or now - self.sent_at < PRINT_FILE_PATIENCE

    def all_sent(self, at: datetime) -> Batch:
        """Nothing is under way any more but the print file."""
        return self if self.sent_at else replace(self, sent_at=at)

    def printed(self, at: datetime) -> Batch:
        """Its first print file is there, or could not be made."""
        return self if self.printed_at else replace(self, printed_at=at)

    def closed(self, figures: Figures, at: datetime) -> Batch:
        """Every letter and mail is done or failed; these counts are final."""
        return replace(
            self,
            status=BatchStatus.CLOSED,
            letters_made=figures.letters_made,
            letters_failed=figures.letters_failed,
            mails_sent=figures.mails_sent,
            mails_failed=figures.mails_failed,
            closed_at=at,
            version=self.version + 1,
        )

    def told(self, at: datetime) -> Batch:
        """Its starter got the mail with the link."""
        return replace(self, told_at=at, version=self.version + 1)

    def may_tell(self, figures: Figures, now: datetime) -> bool:
        """Whether the starter is told without a print file.

        With letters the print file tells; without them, or when it never came, the end does, or an
        hour's wait.
        """
        if self.told_at is not None or not figures.letters_are_done:
            return False
        if self.status == BatchStatus.CLOSED:
            return True
        if figures.letters_made:
            return False
        return self.approved_at is not None and now - self.approved_at >= READY_AFTER


def _check_plan(plan: Plan, today: date) -> None:
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
    if wrong:
        raise Invalid("Pas het plan aan.", tuple(wrong))


def _check_templates(counts: PlanCounts, templates: tuple[UUID | None, UUID | None]) -> None:
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
