"""What goes wrong between us and the provider of accounts.

Refused (chassis)
└── ProviderRefusal           shown on the page to sign in on; `why` is for the log alone
    ├── NoProvider            403, OIDC is not set here
    ├── ProviderAway          503, the provider does not answer
    ├── ProviderDeclined      403, the provider itself said no, or the user stopped there
    ├── AttemptUnknown        400, the answer belongs to no sign-in of this browser
    ├── TokenRefused          403, what the provider sent cannot be trusted
    ├── NoAccess              403, nothing in the account gives a right here
    └── LogoutRefused         400, a logout token that cannot be trusted
"""

from __future__ import annotations

import re
from typing import Any, ClassVar

from shared.chassis.errors import Refused


class ProviderRefusal(Refused):
    """Signing in with an account elsewhere did not go on."""

    sentence: ClassVar[str]

    def __init__(self, why: str = "") -> None:
        self.why = why
        super().__init__(self.sentence)


class NoProvider(ProviderRefusal):
    """This installation knows no provider."""

    status = 403
    problem = "oidc-staat-uit"
    title = "Aanmelden met uw werkaccount staat hier uit"
    sentence = "Meld u aan op een andere manier, of vraag uw beheerder hoe dat hier gaat."


class ProviderAway(ProviderRefusal):
    """The provider does not answer, or not in a way that can be read."""

    status = 503
    problem = "oidc-niet-bereikbaar"
    title = "Aanmelden kan nu even niet"
    sentence = (
        "De aanmelddienst van uw organisatie geeft geen antwoord. Probeer het over een paar"
        " minuten opnieuw. Blijft dit zo? Bel dan uw helpdesk."
    )
    wait_seconds = 60


class ProviderDeclined(ProviderRefusal):
    """The provider answered with an error, such as `access_denied`."""

    status = 403
    problem = "oidc-geweigerd"
    title = "U bent niet aangemeld"
    sentence = (
        "De aanmelddienst van uw organisatie heeft u niet aangemeld, of u bent daar gestopt."
        " Probeer het opnieuw. Lukt het weer niet? Bel dan uw helpdesk."
    )


class AttemptUnknown(ProviderRefusal):
    """An answer of the provider to a question that this browser did not ask, or long ago."""

    status = 400
    problem = "oidc-verlopen"
    title = "Het aanmelden duurde te lang"
    sentence = "Begin opnieuw met aanmelden. Doe dat in één tabblad en rond het af in tien minuten."


class TokenRefused(ProviderRefusal):
    """The token is of another provider, for another application, too old, or not signed well."""

    status = 403
    problem = "oidc-niet-te-vertrouwen"
    title = "U bent niet aangemeld"
    sentence = (
        "Het antwoord van de aanmelddienst klopt niet. Probeer het opnieuw. Lukt het weer niet?"
        " Bel dan uw helpdesk en noem het tijdstip."
    )


class NoAccess(ProviderRefusal):
    """An account that no role follows from."""

    status = 403
    problem = "geen-toegang"
    title = "U hebt geen toegang"
    sentence = (
        "Uw account hoort niet bij een rol in Heronderzoek. Vraag uw beheerder om een rol, en meld"
        " u daarna opnieuw aan."
    )


class LogoutRefused(ProviderRefusal):
    """Somebody says that a user signed out, without being able to prove it."""

    status = 400
    problem = "afmelding-geweigerd"
    title = "Deze afmelding is geweigerd"
    sentence = "Het logout token klopt niet, of is al eens gebruikt."


_CODE = re.compile(r"[a-z_]{1,40}")


def code_of(told: Any) -> str:
    """A code of OAuth as it may stand in a log; whatever else was sent in its place may not."""
    return told if isinstance(told, str) and _CODE.fullmatch(told) else "no code"


#: What a person can meet on the way in.
REFUSALS: tuple[type[ProviderRefusal], ...] = (
    NoProvider,
    ProviderAway,
    ProviderDeclined,
    AttemptUnknown,
    TokenRefused,
    NoAccess,
)
