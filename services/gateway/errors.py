"""What the gateway refuses.

Refused (chassis)
├── NotSignedIn
│   └── WrongCredentials      401, the same for an unknown user and a wrong password
├── WrongPassword             400, the present password of who wants another one
├── NoSuchUser                404, not in this gemeente
├── UserNameTaken             409
├── UserChanged               409, somebody else changed the user meanwhile
├── NotAllowed
│   ├── OwnPasswordFirst      403, a password for once opens nothing else
│   ├── OwnRights             403, nobody changes the own roles
│   ├── NotManagedHere        403, the user works where the beheerder is none
│   ├── NotYourGemeente       403
│   ├── CsrfMissing           403
│   ├── SignsInElsewhere      403, the provider keeps the name, roles and password
│   └── LocalSignInOff        403
├── TooManyTries              429, with the seconds to wait
├── TooLarge                  413
├── FileTooLarge              413, in the words of intake, which has the same limit
├── PeriodReversed            400, the last day is before the first
├── TooManyLines              409, more of the logboek than fits in a file
├── ProposalChanged           409, with the counts and versions of this moment
└── PartUnreachable           503, names the part in the user's words
"""

from __future__ import annotations

from typing import Any

from shared.chassis.errors import (
    Conflict,
    FieldError,
    Invalid,
    NotAllowed,
    NotFound,
    NotSignedIn,
    Refused,
)


class WrongCredentials(NotSignedIn):
    """User name and password do not belong together."""

    title = "Aanmelden is niet gelukt"

    def __init__(self) -> None:
        super().__init__("Deze gebruikersnaam en dit wachtwoord horen niet bij elkaar.")


class WrongPassword(Invalid):
    """The password that counts now was not this one."""

    def __init__(self) -> None:
        wrong = FieldError("huidig", "wrong_password", "Dit is niet uw huidige wachtwoord.")
        super().__init__("Het wachtwoord is niet gewijzigd.", (wrong,))


class NoSuchUser(NotFound):
    """No user with this id in this gemeente."""

    def __init__(self) -> None:
        super().__init__("Deze gebruiker is er niet. Kijk in de lijst met gebruikers.")


class UserNameTaken(Conflict):
    """User names are unique in an installation."""

    problem = "gebruikersnaam-bezet"
    title = "Deze gebruikersnaam bestaat al"

    def __init__(self) -> None:
        super().__init__("Kies een andere gebruikersnaam.")


class UserChanged(Conflict):
    """Somebody else changed the user since it was looked at."""

    problem = "gebruiker-veranderd"
    title = "De gebruiker is intussen gewijzigd"

    def __init__(self) -> None:
        super().__init__("Bekijk de gebruiker opnieuw en doe daarna uw wijziging.")


class OwnPasswordFirst(NotAllowed):
    """Who signed in with a password that somebody else knows chooses an own one first."""

    problem = "wachtwoord-kiezen"
    title = "Kies eerst een eigen wachtwoord"

    def __init__(self) -> None:
        super().__init__("U bent aangemeld met een eenmalig wachtwoord. Kies nu uw eigen.")


class OwnRights(NotAllowed):
    """Nobody gives or takes rights of the own."""

    problem = "eigen-rechten"

    def __init__(self) -> None:
        super().__init__(
            "U kunt uw eigen rollen niet wijzigen en uzelf niet deactiveren. Vraag een andere"
            " beheerder."
        )


class NotManagedHere(NotAllowed):
    """A user who also works in a gemeente that the beheerder does not manage."""

    problem = "werkt-ook-elders"

    def __init__(self) -> None:
        super().__init__(
            "Deze gebruiker werkt ook bij een andere gemeente. Naam, e-mailadres en wachtwoord"
            " wijzigt een beheerder van al die gemeenten."
        )


class NotYourGemeente(NotAllowed):
    """A gemeente in which the user has no role."""

    def __init__(self) -> None:
        super().__init__("U hebt geen rechten in deze gemeente. Vraag uw beheerder erom.")


class SignsInElsewhere(NotAllowed):
    """A user whose account belongs to a provider."""

    problem = "account-elders"

    def __init__(self) -> None:
        super().__init__(
            "Deze gebruiker meldt zich aan met een werkaccount. Naam, e-mailadres, rollen en"
            " wachtwoord wijzigt de beheerder van die accounts."
        )


class CsrfMissing(NotAllowed):
    """A change that came with a cookie but without its token may come from another site."""

    problem = "csrf-ontbreekt"
    title = "Dit verzoek is niet te vertrouwen"

    def __init__(self) -> None:
        super().__init__("Stuur de waarde `csrf` van uw sessie mee in de kop X-CSRF-Token.")


class LocalSignInOff(NotAllowed):
    """This installation signs nobody in with a password of its own."""

    def __init__(self) -> None:
        super().__init__("Aanmelden met een wachtwoord staat hier uit.")


class TooManyTries(Refused):
    """A user name or an address is locked for a while."""

    status = 429
    problem = "te-vaak-geprobeerd"
    title = "Te vaak geprobeerd"

    def __init__(self, seconds: int) -> None:
        minutes = max(1, -(-seconds // 60))
        unit = "minuut" if minutes == 1 else "minuten"
        super().__init__(
            f"Wacht {minutes} {unit} en probeer het dan opnieuw.", wachtSeconden=seconds
        )


class TooLarge(Refused):
    """A body larger than its address takes."""

    status = 413
    problem = "te-groot"
    title = "Dit is te groot"

    def __init__(self, limit: int) -> None:
        size = f"{limit // 2**20} MB" if limit >= 2**20 else f"{limit // 2**10} kB"
        super().__init__(f"Stuur niet meer dan {size} tegelijk.")


class FileTooLarge(Refused):
    """A workbook larger than is taken in."""

    status = 413
    problem = "te-groot"
    title = "Het bestand is te groot"

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"Het bestand is groter dan {limit // 2**20} MB. Verdeel de rijen over meer bestanden."
        )


class PeriodReversed(Invalid):
    """A period that ends before it begins."""

    def __init__(self) -> None:
        wrong = FieldError("totDatum", "period_reversed", "Kies een dag na de eerste dag.")
        super().__init__("De laatste dag ligt voor de eerste dag.", (wrong,))


class TooManyLines(Conflict):
    """More lines than a file can hold."""

    problem = "te-veel-regels"
    title = "Dit is te veel voor een bestand"

    def __init__(self, count: int, most: int) -> None:
        super().__init__(
            f"Dit zijn {count} regels; er passen er {most} in een bestand."
            " Kies een kortere periode."
        )


class ProposalChanged(Conflict):
    """What was approved is not what would be sent now."""

    problem = "voorstel-veranderd"
    title = "Het voorstel is intussen veranderd"

    def __init__(self, now: dict[str, Any]) -> None:
        super().__init__("Bekijk de nieuwe aantallen en sjablonen, en geef daarna akkoord.", **now)


class PartUnreachable(Refused):
    """A service does not answer; `part` is its name for users."""

    status = 503
    problem = "niet-bereikbaar"
    title = "Even niet bereikbaar"

    def __init__(self, part: str) -> None:
        super().__init__(
            f"Het onderdeel {part} is even niet bereikbaar. Probeer het over een minuut opnieuw."
        )
