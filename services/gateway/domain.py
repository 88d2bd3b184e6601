"""Users, sessions and the rules about them. Sessions and locks use real time."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.chassis.identity import Identity
from shared.contracts.codes import Role

#: Audit rows that belong to no gemeente (a sign-in that failed) belong to the installation.
INSTALLATION = "0000"
#: 256 bits cannot be guessed, so a fast hash of it may be stored.
SESSION_ID_BYTES = 32

#: Every role that a person can have.
USER_ROLES = frozenset(Role) - {Role.SYSTEEM}


@dataclass(frozen=True, slots=True)
class LockRule:
    """When a counter of wrong tries locks, and for how long."""

    tries: int
    first_wait: timedelta
    longest_wait: timedelta
    #: After this much quiet the counter starts again.
    forget_after: timedelta = timedelta(minutes=15)

    def wait_after(self, count: int) -> timedelta | None:
        """How long try number `count` closes the door behind it: doubling, up to the longest."""
        if count < self.tries:
            return None
        doublings: int = 2 ** min(count - self.tries, 10)
        return min(self.first_wait * doublings, self.longest_wait)


#: A user name: five wrong tries, then a minute; each next one twice as long, up to an hour. So a
#: mistake costs little and guessing comes to some thirty tries a day.
USER_LOCK = LockRule(5, timedelta(minutes=1), timedelta(hours=1), timedelta(hours=24))
#: An address: an office shares one, so more tries; then slower and slower.
ADDRESS_LOCK = LockRule(30, timedelta(seconds=5), timedelta(minutes=15))


@dataclass(frozen=True, slots=True)
class User:
    """A colleague. `rights` is roles by gemeente; who has an `issuer` signs in there."""

    id: str
    username: str
    name: str
    email: str
    password_hash: str | None
    rights: dict[str, frozenset[Role]]
    #: Until when the password counts, when somebody else gave it.
    one_time_until: datetime | None = None
    #: The provider of the account; None for who signs in with a password of ours.
    issuer: str | None = None

    def gemeente_of_choice(self, wanted: str | None) -> str | None:
        """The wanted gemeente, or the first one; None when the user has no role there."""
        gemeente = wanted or min(self.rights, default=None)
        return gemeente if gemeente in self.rights else None

    def identity(self, gemeente: str) -> Identity:
        """The user at work in one gemeente."""
        return Identity(self.id, self.name, self.email, self.rights[gemeente], gemeente)


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """How long a session lives without work, and at most."""

    idle: timedelta
    lifetime: timedelta


@dataclass(frozen=True, slots=True)
class Moments:
    """When a session ends if nothing happens, when it ends anyway, and what the time is there."""

    ends_at: datetime
    latest_at: datetime
    now: datetime

    @property
    def remaining(self) -> int:
        """Whole seconds until the end."""
        return max(0, int((self.ends_at - self.now).total_seconds()))

    @property
    def can_grow(self) -> bool:
        """Whether work makes it last longer than it does now."""
        return self.ends_at < self.latest_at


@dataclass(frozen=True, slots=True)
class Proof:
    """What the provider gave at sign-in: its own session, and the token to sign out there with."""

    sid: str | None = None
    sealed_token: bytes | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in user. `token` is what the browser or API client holds."""

    token: str
    user: User
    gemeente: str
    moments: Moments

    @property
    def identity(self) -> Identity:
        """Who acts."""
        return self.user.identity(self.gemeente)

    @property
    def csrf(self) -> str:
        """The token that a page of ours can know and another site cannot.

        It follows from the session id, which only its holder has, so it needs no storing.
        """
        return csrf_of(self.token)


def new_token() -> str:
    """A session id nobody can guess."""
    return secrets.token_urlsafe(SESSION_ID_BYTES)


def digest(token: str) -> bytes:
    """What is stored of a session id: a leaked database holds no usable session."""
    return hashlib.sha256(token.encode()).digest()


def csrf_of(token: str) -> str:
    """The CSRF token of a session id."""
    return hmac.digest(token.encode(), b"csrf", "sha256").hex()


def same(given: str | None, expected: str) -> bool:
    """Compare two secrets in constant time."""
    return given is not None and hmac.compare_digest(given.encode(), expected.encode())


def folded(username: str) -> str:
    """A user name as it is compared: case and outer spaces do not matter."""
    return username.strip().casefold()


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line of the logboek: who did what to which object, from where, and how it ended.

    Holds ids, and a reason where one is asked for: never a name, a search text or anything else
    about a resident.
    """

    actor: str
    gemeente: str
    action: str
    object: str
    result: int
    origin: str
    trace_id: str | None
    case_id: str | None = None
    detail: str | None = None
    #: Only of what has to have one: in the words of the user.
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Lock:
    """The outcome of counting one try: the seconds to wait before it may be made, or 0."""

    seconds: int

    @property
    def is_closed(self) -> bool:
        """Whether this try may not be made."""
        return self.seconds > 0
