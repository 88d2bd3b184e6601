"""What can go wrong in the chassis, sorted once.

ChassisError
├── Transient            worth trying again as it is: broker, database, S3, mail server
│   └── StoreUnavailable
├── Malformed            an event that cannot be read; set aside, never retried
│   └── UnknownType      an event that our contracts do not know yet; parked
├── SealBroken           sealed bytes that do not open with these keys and this context
└── Refused              a rule said no; the user's words, an HTTP status and a problem type
    ├── NotAllowed       403
    ├── NotSignedIn      401
    ├── NotFound         404
    ├── Conflict         409
    └── Invalid          400, with every field error together
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar


class ChassisError(Exception):
    """Anything that the chassis raises on purpose."""


class Transient(ChassisError):
    """It may work in a moment: try again, change nothing.

    `too_late` is what the user hears when it was tried until nobody should wait any longer.
    """

    too_late: ClassVar[str] = "Het is twee dagen lang niet gelukt. Probeer het later opnieuw."


class StoreUnavailable(Transient):
    """The object store did not answer, or answered with a fault of its own."""


class Malformed(ChassisError):
    """The bytes of an event cannot be read; `reason` says why, without its content."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class UnknownType(Malformed):
    """A type that our contracts do not know: a newer producer, or a stray one."""


class SealBroken(ChassisError):
    """Sealed bytes do not open: a wrong key, a wrong context or a changed byte."""


@dataclass(frozen=True, slots=True)
class FieldError:
    """One wrong field of a request, in the user's words."""

    name: str
    code: str
    reason: str


class Refused(ChassisError):
    """A rule said no. Services derive their own; each says what the user can do."""

    status: ClassVar[int] = 409
    problem: ClassVar[str] = "geweigerd"
    title: ClassVar[str] = "Dit kan nu niet"
    #: After how many seconds it may be possible, when that is known (Retry-After, RFC 9110).
    wait_seconds: int | None = None

    def __init__(self, detail: str, **extra: Any) -> None:
        self.detail = detail
        self.extra = extra
        super().__init__(detail)


class NotSignedIn(Refused):
    """No valid identity came with the request."""

    status = 401
    problem = "niet-aangemeld"
    title = "U bent niet aangemeld"


class NotAllowed(Refused):
    """The identity lacks the role."""

    status = 403
    problem = "geen-recht"
    title = "U hebt hier geen recht toe"


class NotFound(Refused):
    """It does not exist, or not in this gemeente: the answer is the same."""

    status = 404
    problem = "niet-gevonden"
    title = "Niet gevonden"


class Conflict(Refused):
    """It changed in the meantime, or cannot be done in this state."""

    status = 409
    problem = "conflict"
    title = "De gegevens zijn intussen veranderd"


class Invalid(Refused):
    """The request is wrong; all field errors at once."""

    status = 400
    problem = "ongeldige-invoer"
    title = "De invoer klopt niet"

    def __init__(self, detail: str, errors: tuple[FieldError, ...] = ()) -> None:
        self.errors = errors
        super().__init__(detail)
