"""The rules of mailer: what a mail is, who sends it, and which template version it is made of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self
from uuid import UUID, uuid5

from shared.contracts.codes import Purpose

#: The ids of a gemeente's first templates follow from this, so two workers make the same ones.
FIRST_TEMPLATES = UUID("0c9b0a4e-5d0b-4f0e-9a53-5a54c1f6a0d7")

#: A news number below that of any event: of a row that only holds a place.
UNHEARD = -1
#: An order that was given before its batch was stopped may carry a later time: two transactions
#: of one moment. Whoever asks again for a mail does so after more than this.
STOP_MARGIN = timedelta(minutes=1)
#: More than any mail server takes from one sender: a number above it is a slip of the finger.
MOST_PER_MINUTE = 1_000_000
#: What came to the mailbox and cannot be read belongs to the installation: no gemeente has 0000.
NOBODYS = "0000"
WITHDRAWN = "De rest van de batch is ingetrokken voordat deze e-mail werd verstuurd."


#: Written to many residents at once, by a timer: nobody waits for one of them, and just before
#: one leaves it is asked whether it is still wanted.
REMINDERS = frozenset({Purpose.FIRST_REMINDER, Purpose.SECOND_REMINDER, Purpose.THIRD_REMINDER})


class MailStatus(StrEnum):
    """Where a mail stands. Sent means accepted by the mail server, not read."""

    READY = "klaar"
    SENT = "verzonden"
    FAILED = "mislukt"
    #: Not sent, because nobody wanted it any more.
    WITHDRAWN = "ingetrokken"
    #: It was sent and came back.
    BOUNCED = "niet bezorgd"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who a gemeente's mails come from."""

    code: str
    gemeente: str
    name: str
    address: str
    sequence: int

    @property
    def domain(self) -> str:
        """The domain of the address in ASCII, for the Message-ID."""
        return ascii_address(self.address).rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class Batch:
    """What this service knows of a batch: whether its sending was stopped, and by which news."""

    id: UUID
    gemeente: str
    sequence: int = UNHEARD
    stopped_at: datetime | None = None

    def braked(self, sequence: int, stopped_at: datetime | None = None) -> Batch:
        """Newer news of a pause, of its end or of a stop; a stop stays."""
        return replace(self, sequence=sequence, stopped_at=self.stopped_at or stopped_at)


@dataclass(frozen=True, slots=True)
class WithdrawnOrder:
    """An order that is not wanted any more; `id` is that of the attempt, and so of its mail.

    It may be known before the order itself.
    """

    id: UUID
    gemeente: str
    case_id: UUID
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Pace:
    """Until when a sender's sending moments are given out, and how many the last taker got."""

    code: str
    gemeente: str
    until: datetime
    granted: int = 0
    #: The gemeente's own limit; None is that of the installation.
    per_minute: int | None = None

    def limited(self, per_minute: int | None) -> Pace:
        """The same pace with another limit."""
        return replace(self, per_minute=per_minute)


@dataclass(frozen=True, slots=True)
class Template:
    """One version of a template; its text never changes.

    Of a purpose the version that was activated last is active: the one with the highest `turn`.
    """

    id: UUID
    gemeente: str
    purpose: str
    name: str
    version: int
    subject: str
    text: str
    html: str
    active_since: datetime
    made_at: datetime
    made_by: str
    activated_by: str
    turn: int = 1

    def activated(self, turn: int, by: str, now: datetime) -> Template:
        """The same version, in force again."""
        return replace(self, turn=turn, activated_by=by, active_since=now)


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail to one recipient. The id is the attempt's, so a redone order is the same mail.

    `fields` are the merge values as JSON, and go when the mail has gone: what was said stands in
    the mail as sent. `template_id` is empty until then when the order names no version.
    """

    id: UUID
    gemeente: str
    case_id: UUID
    delivery_id: UUID
    batch_id: UUID | None
    case_number: str | None
    purpose: str
    template_id: UUID | None
    recipient: str
    recipient_name: str | None
    fields: str | None
    status: str
    requested_at: datetime
    sent_at: datetime | None = None
    failed_at: datetime | None = None
    reason: str | None = None
    message_id: str | None = None
    smtp_reply: str | None = None
    delayed_at: datetime | None = None
    bounced_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether it must still go out."""
        return self.status == MailStatus.READY

    def sent(self, template_id: UUID, message_id: str, reply: str, now: datetime) -> Self:
        """The mail server accepted it; its reply is the evidence."""
        return replace(
            self,
            status=MailStatus.SENT.value,
            template_id=template_id,
            message_id=message_id,
            smtp_reply=reply,
            sent_at=now,
            fields=None,
        )

    def failed(self, reason: str, now: datetime) -> Self:
        """It could not be sent; a new attempt is a new mail."""
        return replace(
            self, status=MailStatus.FAILED.value, reason=reason, failed_at=now, fields=None
        )

    def bounced(self, reason: str, now: datetime) -> Self:
        """It came back. What was never sent, or came back before, stays as it is."""
        if self.status != MailStatus.SENT:
            return self
        return replace(self, status=MailStatus.BOUNCED.value, reason=reason, bounced_at=now)

    def delayed(self, now: datetime) -> Self:
        """The other side has not got it yet; the first news of that counts."""
        if self.status != MailStatus.SENT or self.delayed_at is not None:
            return self
        return replace(self, delayed_at=now)

    def withdrawn(self, reason: str, now: datetime) -> Self:
        """Nobody wants it sent any more."""
        return replace(self.failed(reason, now), status=MailStatus.WITHDRAWN.value)


def first_template_id(gemeente: str, purpose: Purpose) -> UUID:
    """The id of a gemeente's first template for a purpose."""
    return uuid5(FIRST_TEMPLATES, f"{gemeente}|{purpose}")


@dataclass(frozen=True, slots=True)
class Bounce:
    """A mail that came back, or one that nobody can read; the id follows from its bytes."""

    id: UUID
    gemeente: str
    mail_id: UUID | None
    verdict: str
    status: str
    came_at: datetime
    sender: str | None = None
    why: str | None = None
    reread_at: datetime | None = None
    handled_by: str | None = None
    handled_at: datetime | None = None
    handled_reason: str | None = None

    @property
    def is_set_aside(self) -> bool:
        """Whether nobody knows which mail it is about."""
        return self.mail_id is None

    def handled(self, by: str, reason: str, now: datetime) -> Self:
        """A person, or another try, is done with it."""
        return replace(self, handled_by=by, handled_at=now, handled_reason=reason)

    def reread(self, why: str, now: datetime) -> Self:
        """It was tried again, and this is why it is still there."""
        return replace(self, why=why, reread_at=now)


@dataclass(frozen=True, slots=True)
class Place:
    """How far a mailbox was read; UIDs count within one validity only."""

    validity: int
    uid: int


class TrialStatus(StrEnum):
    """What became of a trial. Sent means accepted by the mail server."""

    UNDER_WAY = "onderweg"
    SENT = "verzonden"
    FAILED = "mislukt"


@dataclass(frozen=True, slots=True)
class Trial:
    """A mail to the colleague who asked for it; `content` is the mail until it was sent.

    A notice that the system sends by itself has no case.
    """

    id: UUID
    gemeente: str
    user_id: str
    address: str
    content: str | None
    asked_at: datetime
    case_id: UUID | None = None
    ended_at: datetime | None = None
    reason: str | None = None

    def sent(self, now: datetime) -> Self:
        """It was sent; its content is personal data that nobody needs any more."""
        return replace(self, content=None, ended_at=now)

    def failed(self, reason: str, now: datetime) -> Self:
        """It was not sent; its content goes all the same."""
        return replace(self, content=None, ended_at=now, reason=reason)

    @property
    def status(self) -> TrialStatus:
        """What became of it."""
        if self.ended_at is None:
            return TrialStatus.UNDER_WAY
        return TrialStatus.SENT if self.reason is None else TrialStatus.FAILED


def bounce_key(bounce: Bounce) -> str:
    """Where a mail that came back lies in the store."""
    return f"{bounce.gemeente}/bounces/{bounce.id}.eml"


def source_key(gemeente: str, mail_id: UUID) -> str:
    """Where the mail as sent lies in the store."""
    return f"{gemeente}/emails/{mail_id}.eml"


def ascii_address(address: str) -> str:
    """The address as it travels: a domain with accents in its ASCII form (RFC 5890).

    Raises UnicodeError when there is no such form.
    """
    local, _, domain = address.strip().rpartition("@")
    return f"{local}@{domain.encode('idna').decode('ascii')}"
