"""What can go wrong in mailer, in the user's words.

Refused
├── NotToBeShown                                     409, why there is no example of this mail
├── TooManyTrials                                    429, with the seconds to wait
├── MailNotFound, SourceNotFound, TemplateNotFound   404
├── TrialNotFound                                    404
├── TrialOfOther                                     403
├── BounceNotFound                                   404
├── BounceHandled                                    409, a colleague was done with it before
└── TemplateHasErrors                                400, every finding with its line

Transient
├── MailServerUnavailable    no connection, no answer, or "try again later" (4xx)
├── CasesAway                whether a reminder is still wanted is not known
└── NotKnownYet              the order came before its template or sender

MailRefused                  the mail server said no for good (5xx)
"""

from __future__ import annotations

from shared.chassis.errors import Conflict, Invalid, NotAllowed, NotFound, Refused, Transient


class MailNotFound(NotFound):
    """No mail with this id in this gemeente."""

    title = "Deze e-mail bestaat niet"


class SourceNotFound(NotFound):
    """The mail was never composed, so nothing was kept of it."""

    title = "Van deze e-mail is geen bron bewaard"


class TemplateNotFound(NotFound):
    """No template version with this id, or none for this purpose."""

    title = "Dit sjabloon bestaat niet"


class TrialNotFound(NotFound):
    """No trial with this id in this gemeente, or not any more."""

    title = "Deze proef bestaat niet"


class TrialOfOther(NotAllowed):
    """A trial is between who asked for it and the mail server."""

    title = "Deze proef is van een collega"


class BounceNotFound(NotFound):
    """Nothing came back with this id that this gemeente may see."""

    title = "Deze teruggekomen e-mail bestaat niet"


class BounceHandled(Conflict):
    """Somebody was done with it before."""

    problem = "al-afgehandeld"
    title = "Deze e-mail is al afgehandeld"


class TemplateHasErrors(Invalid):
    """A template that cannot be used as it is."""

    title = "Het sjabloon bevat fouten"


class NotToBeShown(Conflict):
    """There is no example of a mail that could not be made."""

    problem = "voorbeeld-kan-niet"
    title = "Van deze inwoner is geen voorbeeld te maken"


class TooManyTrials(Refused):
    """A colleague had as many trials as one may have in an hour."""

    status = 429
    problem = "te-veel-proeven"
    title = "U hebt veel proeven verstuurd"

    def __init__(self, most: int, seconds: int) -> None:
        super().__init__(
            f"U kunt {most} proeven per uur versturen. Wacht even, of bekijk het voorbeeld.",
            wachtSeconden=seconds,
        )


class MailServerUnavailable(Transient):
    """The mail server cannot be reached, or asks to come back later."""

    too_late = (
        "De mailserver nam deze e-mail twee dagen lang niet aan."
        " Probeer het later opnieuw of stuur een brief."
    )


class CasesAway(Transient):
    """Nobody said whether a reminder is still wanted, so it waits."""

    too_late = (
        "Twee dagen lang was niet na te gaan of deze herinnering nog gewenst is."
        " Daarom is zij niet verstuurd."
    )


class NotKnownYet(Transient):
    """The template or the sender has not arrived yet; topics have no order among them."""


class NoSlotYet(Transient):
    """Others took the sender's next sending slots."""


class MailRefused(Exception):
    """The mail server refused this mail for good; `reason` is for the user."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)
