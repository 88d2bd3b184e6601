"""A case, the people in it, what is sent to them, and what happened when."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid5

from shared.contracts.codes import CaseStatus, Channel, Purpose


class PersonRole(StrEnum):
    """Who somebody is in a case."""

    RESIDENT = "inwoner"
    PARTNER = "partner"


class DeliveryState(StrEnum):
    """How far one letter or mail is; it only moves forward within an attempt."""

    PLANNED = "gepland"
    ASKED = "gevraagd"
    DONE = "gelukt"
    FAILED = "mislukt"
    #: This resident was left out before the approval, for a reason.
    EXCLUDED = "uitgesloten"
    #: The batch, or the rest of it, was withdrawn before this left.
    WITHDRAWN = "ingetrokken"
    #: A mail that was sent and came back.
    BOUNCED = "niet bezorgd"


#: The result of a case whose batch was taken back.
WITHDRAWN = "ingetrokken"

#: How a letter is shown that was made and sent, and came back: its state stays, so counts add up.
RETURNED = "retour"
#: What can no longer change within an attempt.
_ENDED = frozenset(
    {
        DeliveryState.DONE,
        DeliveryState.FAILED,
        DeliveryState.WITHDRAWN,
        DeliveryState.BOUNCED,
    }
)
#: What left, whatever became of it.
_LEFT = frozenset({DeliveryState.DONE, DeliveryState.BOUNCED})
#: What a person may order once more.
_REPEATABLE = frozenset({DeliveryState.FAILED, DeliveryState.WITHDRAWN})


@dataclass(frozen=True, slots=True)
class Case:
    """The re-examination of one resident (or couple).

    `row` is the row in the file, `place` the row's place among the filled ones; `has_address`,
    `indication` and `preference` are what the communication plan counts. Since `returned_at` a
    letter is back and reminders and terms pause; since `deceased_at` nothing is sent.
    `waiting_until` counts while the status is *in afwachting*; `supplied_from` and `stopped_from`
    are where an undo leads. Until `response_date` the resident may answer; `term_noted` is the one
    that a task was opened for when it passed. `decision_id` is the newest decision.
    """

    id: UUID
    gemeente: str
    number: str
    batch_id: UUID
    row: int
    place: int
    status: str
    preference: str
    has_address: bool
    indication: str | None
    opened_at: datetime
    changed_at: datetime
    version: int = 1
    returned_at: datetime | None = None
    deceased_at: datetime | None = None
    term_noted: date | None = None
    #: When it was closed or stopped: from then on its term of keeping runs.
    closed_at: datetime | None = None
    #: When an objection came in; as long as there is one the case is kept.
    objection_at: date | None = None
    #: What came of it, where that matters for how long it is kept.
    result: str | None = None
    #: Without one the case is with the team of its batch.
    team_id: UUID | None = None
    assignee: str | None = None
    response_date: date | None = None
    waiting_until: date | None = None
    waiting_reason: str | None = None
    supplied_on: date | None = None
    supplied_via: str | None = None
    supplied_from: str | None = None
    stopped_from: str | None = None
    stopped_reason: str | None = None
    decision_id: UUID | None = None

    def letter_returned(self, at: datetime, *, is_deceased: bool) -> Case:
        """Reminders and terms pause; of somebody who died nothing is sent any more."""
        deceased_at = self.deceased_at or (at if is_deceased else None)
        return replace(self, returned_at=self.returned_at or at, deceased_at=deceased_at)

    def return_undone(self, *, others: bool, is_deceased: bool) -> Case:
        """A letter did not come back after all; `others` tells that another one did."""
        return replace(
            self,
            returned_at=self.returned_at if others else None,
            deceased_at=self.deceased_at if is_deceased else None,
        )

    def assigned(self, team_id: UUID | None, assignee: str | None, at: datetime) -> Case:
        """It goes to a team, to a colleague, or to nobody in particular."""
        if (team_id, assignee) == (self.team_id, self.assignee):
            return self
        return replace(
            self, team_id=team_id, assignee=assignee, changed_at=at, version=self.version + 1
        )

    def invited(self, at: datetime) -> Case:
        """The first letter or mail that succeeds makes the invitation sent.

        In a case that went on before that news, an undo leads to it.
        """
        if self.status == CaseStatus.CREATED:
            return replace(self, status=CaseStatus.INVITED, changed_at=at, version=self.version + 1)
        return replace(
            self,
            supplied_from=_invited(self.supplied_from),
            stopped_from=_invited(self.stopped_from),
        )

    def withdrawn(self, reason: str, at: datetime) -> Case:
        """Its batch was withdrawn before anything was sent; there is no way back from that."""
        return replace(
            self,
            status=CaseStatus.STOPPED,
            stopped_from=None,
            stopped_reason=reason,
            closed_at=at,
            result=WITHDRAWN,
            changed_at=at,
            version=self.version + 1,
        )


def _invited(status: str | None) -> str | None:
    return CaseStatus.INVITED if status == CaseStatus.CREATED else status


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in a case. A resident's id is the case's; `whole` is all that the file said (JSON).

    While `open`, no other case of the gemeente may have the same BSN, as resident or partner.
    """

    id: UUID
    gemeente: str
    case_id: UUID
    number: str
    role: str
    open: bool
    bsn: str
    birth_date: str
    email: str | None
    telephone: str | None
    whole: str | None
    initials: str | None
    first_name: str | None
    infix: str | None
    last_name: str
    written_name: str | None
    street: str | None
    house_number: str | None
    postcode: str | None
    city: str | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One letter or mail to one resident. `round` goes up only when a person asks again.

    Without a `batch_id` it was ordered for this case alone, and counts in no figure of its batch.
    `posted_news` and `return_news` tell newer news of posting and of coming back from older.
    """

    id: UUID
    gemeente: str
    case_id: UUID
    batch_id: UUID | None
    place: int
    purpose: str
    ordinal: int
    channel: str
    round: int = 1
    state: str = DeliveryState.PLANNED
    reason: str | None = None
    asked_at: datetime | None = None
    ended_at: datetime | None = None
    consent_id: UUID | None = None
    posted_on: date | None = None
    posted_news: int = 0
    returned_on: date | None = None
    return_reason: str | None = None
    return_news: int = 0
    #: When it was said of a letter that was made that it is not posted.
    held_at: datetime | None = None

    @property
    def shown_state(self) -> str:
        """How far it is, in words: a letter that came back is no longer done."""
        return RETURNED if self.returned_on else self.state

    def posted(self, on: date, news: int) -> Delivery:
        """When it was brought to the post. Older news changes nothing."""
        if news <= self.posted_news:
            return self
        return replace(self, posted_on=on, posted_news=news)

    def returned(self, on: date | None, reason: str | None, news: int) -> Delivery:
        """It came back on a day, or with None did not after all. Older news changes nothing."""
        if news <= self.return_news:
            return self
        return replace(self, returned_on=on, return_reason=reason, return_news=news)

    @property
    def attempt_id(self) -> UUID:
        """The id of the attempt that counts now."""
        return attempt_of(self.id, self.round)

    def asked(self, at: datetime, consent_id: UUID | None = None) -> Delivery:
        """The order for it is given; a mail by the consent that it is sent by."""
        if self.state != DeliveryState.PLANNED:
            return self
        return replace(self, state=DeliveryState.ASKED, asked_at=at, consent_id=consent_id)

    def again(self) -> Delivery:
        """The next attempt of one that failed, or was taken back, to be ordered."""
        if self.state not in _REPEATABLE:
            return self
        return replace(
            self,
            round=self.round + 1,
            state=DeliveryState.PLANNED,
            reason=None,
            asked_at=None,
            ended_at=None,
            held_at=None,
        )

    def succeeded(self, attempt_id: UUID, at: datetime) -> Delivery:
        """It was made or sent. News of an earlier attempt changes nothing."""
        if self.state in _LEFT or attempt_id != self.attempt_id or self.held_at is not None:
            return self
        return replace(self, state=DeliveryState.DONE, reason=None, ended_at=at)

    def bounced(self, attempt_id: UUID, reason: str, at: datetime) -> Delivery:
        """It was sent and came back: a mail of the attempt that counts, the first time."""
        if self.state != DeliveryState.DONE or attempt_id != self.attempt_id:
            return self
        return replace(self, state=DeliveryState.BOUNCED, reason=reason, ended_at=at)

    def failed(self, attempt_id: UUID, reason: str, at: datetime) -> Delivery:
        """It went wrong; a success of the same attempt stands, whatever came first."""
        return self._ended(DeliveryState.FAILED, attempt_id, reason, at)

    def withdrawn(self, attempt_id: UUID, reason: str, at: datetime) -> Delivery:
        """It will not leave any more; what left before that stands."""
        return self._ended(DeliveryState.WITHDRAWN, attempt_id, reason, at)

    def held_back(self, attempt_id: UUID, reason: str, at: datetime) -> Delivery:
        """A letter that was made is not posted; the news that it was made may come later."""
        if attempt_id != self.attempt_id or self.held_at is not None:
            return self
        state = DeliveryState.WITHDRAWN
        return replace(self, state=state, reason=reason, ended_at=at, held_at=at)

    def _ended(self, state: DeliveryState, attempt_id: UUID, reason: str, at: datetime) -> Delivery:
        if self.state in _ENDED or attempt_id != self.attempt_id:
            return self
        return replace(self, state=state, reason=reason, ended_at=at)

    def excluded(self, reason: str) -> Delivery:
        """It is left out of what will be sent."""
        if self.state != DeliveryState.PLANNED:
            return self
        return replace(self, state=DeliveryState.EXCLUDED, reason=reason)

    def included(self) -> Delivery:
        """It will be sent after all."""
        if self.state != DeliveryState.EXCLUDED:
            return self
        return replace(self, state=DeliveryState.PLANNED, reason=None)


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """Something that happened in a case: who or what did it, when, and why."""

    id: UUID
    gemeente: str
    case_id: UUID
    at: datetime
    actor: str
    what: str
    explanation: str | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that became no case; `id` is the id that the case would have had.

    `by_fault`: we could not handle it, and it waits for the beheerder to bring it in again.
    """

    id: UUID
    gemeente: str
    batch_id: UUID
    row: int
    reason: str
    running_number: str | None
    at: datetime
    by_fault: bool = False


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A resident whom nothing is sent to, and why; `id` is the case's."""

    id: UUID
    gemeente: str
    batch_id: UUID
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Consent:
    """Somebody declared that residents chose e-mail (Wmebv): evidence for each mail."""

    id: UUID
    gemeente: str
    text: str
    source: str
    by: str
    at: datetime


def delivery_of(case: Case, channel: Channel, purpose: Purpose, ordinal: int = 1) -> Delivery:
    """A planned delivery; its id follows from what it is."""
    return Delivery(
        id=uuid5(case.id, f"{purpose}|{ordinal}|{channel}"),
        gemeente=case.gemeente,
        case_id=case.id,
        batch_id=case.batch_id,
        place=case.place,
        purpose=purpose,
        ordinal=ordinal,
        channel=channel,
    )


def attempt_of(delivery_id: UUID, round_number: int) -> UUID:
    """The id of one attempt at a delivery."""
    return uuid5(delivery_id, str(round_number))


def partner_of(case_id: UUID) -> UUID:
    """The id of the partner's row in a case."""
    return uuid5(case_id, PersonRole.PARTNER)
