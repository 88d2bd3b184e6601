"""A batch: the cases of one file, the plan for writing to their residents, and its end."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from services.cases import errors
from services.cases.domain import working_days
from services.cases.domain.batch_status import BEFORE_APPROVAL, BatchStatus
from services.cases.domain.figures import Figures
from services.cases.domain.office import DEFAULT_RESPONSE_DAYS
from services.cases.domain.plan import Plan, PlanCounts, Templates, check_templates, wrong_moment
from shared.chassis.errors import Invalid

#: A batch closes without its print file after this time. Documents gives up after two days and then
#: says so; the third is for news that is under way.
PRINT_FILE_PATIENCE = timedelta(days=3)
#: A batch without letters is reported to its starter after this time, sent mails or not.
READY_AFTER = timedelta(hours=1)


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
    four_eyes: bool = False
    declaration_source: str | None = None
    send_at: datetime | None = None
    mails_per_day: int | None = None
    offered_by: str | None = None
    offered_at: datetime | None = None
    offered_mail_template_id: UUID | None = None
    offered_letter_template_id: UUID | None = None
    sent_back_by: str | None = None
    sent_back_at: datetime | None = None
    sent_back_reason: str | None = None
    withdrawn_by: str | None = None
    withdrawn_at: datetime | None = None
    withdrawn_reason: str | None = None
    is_replaced: bool = False
    team_id: UUID | None = None
    order_round: int = 0
    ordering_at: datetime | None = None
    paused_by: str | None = None
    paused_at: datetime | None = None
    stopped_by: str | None = None
    stopped_at: datetime | None = None
    letters_excluded: int | None = None
    letters_withdrawn: int | None = None
    mails_excluded: int | None = None
    mails_withdrawn: int | None = None
    mails_bounced: int | None = None

    def plan(self, now: datetime) -> Plan:
        """What was planned, or what is proposed as long as nothing was."""
        tomorrow = working_days.next_working_day(working_days.today(now))
        return Plan(
            self.send_date or tomorrow,
            self.response_days or DEFAULT_RESPONSE_DAYS,
            self.declaration,
            self.declaration_source,
            self.send_at,
            self.mails_per_day,
        )

    @property
    def people(self) -> set[str]:
        """The users who did something with it."""
        before = (self.started_by, self.offered_by, self.sent_back_by, self.withdrawn_by)
        known = (*before, self.approved_by, self.paused_by, self.stopped_by)
        return {user for user in known if user}

    @property
    def consent_id(self) -> UUID:
        """The id of what was declared about e-mail when the batch was approved."""
        return uuid5(self.id, "consent")

    @property
    def consent_source(self) -> str:
        """Where the consent to e-mail comes from: as declared, else the file with its choices."""
        return self.declaration_source or f"Kolom COMM_VOORK van {self.file_name}"

    def changed(self) -> Batch:
        """What was planned is not what it was: an offer of it does not stand any more."""
        self._may_change()
        return replace(
            self,
            status=BatchStatus.OPEN if self.status == BatchStatus.OFFERED else self.status,
            offered_by=None,
            offered_at=None,
            offered_mail_template_id=None,
            offered_letter_template_id=None,
            version=self.version + 1,
        )

    def _may_change(self) -> None:
        if self.status in {BatchStatus.WITHDRAWING, BatchStatus.WITHDRAWN}:
            raise errors.AlreadyWithdrawn
        if self.status == BatchStatus.CLOSED and self.approved_at is None:
            raise errors.BatchWithoutCases
        if self.status not in BEFORE_APPROVAL:
            raise errors.AlreadyApproved

    def planned(self, plan: Plan, by: str, now: datetime) -> Batch:
        """Another plan, possible until approval."""
        changed = self.changed()
        plan.check(now)
        return replace(
            changed,
            send_date=plan.send_date,
            response_days=plan.response_days,
            declaration=plan.declaration,
            declaration_source=plan.source,
            send_at=plan.send_at,
            mails_per_day=plan.mails_per_day,
            planned_by=by,
            planned_at=now,
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
        return replace(
            self.changed(),
            case_count=(self.case_count or 0) + 1,
            refused_count=(self.refused_count or 0) - 1,
        )

    def offered(
        self,
        counts: PlanCounts,
        shown: tuple[int, int],
        templates: Templates,
        by: str,
        now: datetime,
    ) -> Batch:
        """A colleague may approve it now; `shown` and `templates` are as with `approved`."""
        if not self.four_eyes:
            raise errors.OneMayApprove
        self._may_be_sent(self.plan(now), counts, shown, now)
        check_templates(counts, templates)
        if self.status == BatchStatus.OFFERED:
            raise errors.AlreadyOffered
        mails, letters = counts.used(templates)
        return replace(
            self,
            status=BatchStatus.OFFERED,
            offered_by=by,
            offered_at=now,
            offered_mail_template_id=mails,
            offered_letter_template_id=letters,
            sent_back_by=None,
            sent_back_at=None,
            sent_back_reason=None,
            version=self.version + 1,
        )

    def sent_back(self, reason: str, by: str, now: datetime) -> Batch:
        """A colleague looked at the offer and wants something changed first."""
        if self.status != BatchStatus.OFFERED:
            raise errors.NotOffered
        return replace(self.changed(), sent_back_by=by, sent_back_at=now, sent_back_reason=reason)

    def approved(
        self,
        counts: PlanCounts,
        shown: tuple[int, int],
        templates: Templates,
        by: str,
        now: datetime,
        *,
        is_coordinator: bool = False,
    ) -> Batch:
        """Sending may start. `shown` is (mails, letters), `templates` (of mails, of letters)."""
        plan = self.plan(now)
        self._may_be_sent(plan, counts, shown, now)
        check_templates(counts, templates)
        mails, letters = counts.used(templates)
        if self.four_eyes:
            self._check_second_person((mails, letters), by, is_coordinator=is_coordinator)
        return replace(
            self,
            status=BatchStatus.SENDING,
            send_date=plan.send_date,
            response_days=plan.response_days,
            response_date=plan.response_date,
            mails_approved=counts.mails,
            letters_approved=counts.letters,
            mail_template_id=mails,
            letter_template_id=letters,
            approved_by=by,
            approved_at=now,
            version=self.version + 1,
        )

    def _check_second_person(self, templates: Templates, by: str, *, is_coordinator: bool) -> None:
        if self.status != BatchStatus.OFFERED:
            raise errors.NotOffered
        if by == self.offered_by:
            raise errors.OwnOffer
        if not is_coordinator:
            raise errors.OnlyCoordinators
        if templates != (self.offered_mail_template_id, self.offered_letter_template_id):
            raise errors.OfferOutdated

    def _may_be_sent(
        self, plan: Plan, counts: PlanCounts, shown: tuple[int, int], now: datetime
    ) -> None:
        if self.status == BatchStatus.OPENING:
            raise errors.BatchStillOpening
        self._may_change()
        if shown != (counts.mails, counts.letters):
            raise errors.CountsChanged(counts.mails, counts.letters)
        if counts.deceased:
            raise errors.DeceasedIncluded(counts.deceased)
        if plan.send_date < working_days.today(now):
            raise errors.SendDatePassed
        if counts.mails and not plan.declaration:
            raise errors.NothingDeclared

    def withdrawing(self, reason: str, by: str, now: datetime, *, is_replaced: bool) -> Batch:
        """Its cases are going to be stopped; possible until approval."""
        if self.status == BatchStatus.OPENING:
            raise errors.BatchStillOpening
        return replace(
            self.changed(),
            status=BatchStatus.WITHDRAWING,
            withdrawn_by=by,
            withdrawn_at=now,
            withdrawn_reason=reason,
            is_replaced=is_replaced,
        )

    def withdrawn(self) -> Batch:
        """All its cases are stopped."""
        return replace(self, status=BatchStatus.WITHDRAWN, version=self.version + 1)

    def moved(self, send_at: datetime | None, now: datetime) -> Batch:
        """Sending begins at another moment, as long as it did not begin."""
        self._must_be_sending()
        if self.ordering_at is not None:
            raise errors.SendingBegan
        if wrong := wrong_moment(send_at, now):
            raise Invalid("Kies een ander moment.", tuple(wrong))
        return replace(
            self, send_at=send_at, order_round=self.order_round + 1, version=self.version + 1
        )

    def began(self, at: datetime) -> Batch:
        """The first letters and mails are ordered."""
        return self if self.ordering_at else replace(self, ordering_at=at)

    def paused(self, by: str, at: datetime) -> Batch:
        """Nothing new leaves. Once more changes nothing."""
        self._must_be_sending()
        if self.paused_at is not None:
            return self
        return replace(self, paused_by=by, paused_at=at, version=self.version + 1)

    def resumed(self) -> Batch:
        """It goes on. Once more changes nothing."""
        self._must_be_sending()
        if self.paused_at is None:
            return self
        return replace(self, paused_by=None, paused_at=None, version=self.version + 1)

    def stopped(self, by: str, at: datetime) -> Batch:
        """What did not leave will not leave."""
        self._must_be_sending()
        running = self.resumed()
        return replace(running, stopped_by=by, stopped_at=at, version=self.version + 1)

    def _must_be_sending(self) -> None:
        if self.status != BatchStatus.SENDING or self.stopped_at is not None:
            raise errors.NotSending

    def ordered(self) -> Batch:
        """Not all that was approved could be ordered; that is news of it."""
        return replace(self, version=self.version + 1)

    def redone(self) -> Batch:
        """What failed is tried again; its counts are open until all is done once more."""
        if self.stopped_at is not None:
            raise errors.NotSending
        if self.status not in {BatchStatus.SENDING, BatchStatus.CLOSED}:
            raise errors.NotSentYet
        return replace(
            self,
            status=BatchStatus.SENDING,
            letters_made=None,
            letters_failed=None,
            mails_sent=None,
            mails_failed=None,
            mails_bounced=None,
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
            **figures.final(),
            closed_at=at,
            version=self.version + 1,
        )

    def bounced(self) -> Batch:
        """One of its mails came back."""
        return self._recounted("mails_sent", "mails_bounced")

    def held_back(self) -> Batch:
        """One of its letters is not posted."""
        return self._recounted("letters_made", "letters_withdrawn")

    def _recounted(self, before: str, after: str) -> Batch:
        """One more of something else. While it is open its counts are not kept here."""
        if self.closed_at is None or (many := getattr(self, before)) is None:
            return self
        counts = {before: many - 1, after: (getattr(self, after) or 0) + 1}
        return replace(self, **counts, version=self.version + 1)

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
