"""What is refused about an inzage.

Refused (chassis)
├── NoSuchInzage      404, not in this gemeente
├── InzageNotReady    409, it is being made or it failed
├── InzageGone        410, its time is over or a case in it was destroyed
└── TooManyInzagen    429, with the seconds to wait
"""

from __future__ import annotations

from shared.chassis.errors import Conflict, NotFound, Refused, Transient


class NoSuchInzage(NotFound):
    """No inzage with this id in this gemeente."""

    def __init__(self) -> None:
        super().__init__("Deze inzage is er niet. Kijk in de lijst met inzagen.")


class InzageNotReady(Conflict):
    """There is no file yet, or there never will be."""

    problem = "inzage-niet-gereed"
    title = "Er is nog geen bestand"

    def __init__(self, reason: str | None) -> None:
        super().__init__(reason or "De inzage wordt gemaakt. U krijgt een e-mail als die klaar is.")


class InzageGone(Refused):
    """The file was removed."""

    status = 410
    problem = "inzage-verwijderd"
    title = "Dit bestand is er niet meer"


class TooManyInzagen(Refused):
    """A user asked for as many in an hour as anybody may."""

    status = 429
    problem = "te-veel-inzagen"
    title = "U hebt te veel inzagen aangevraagd"

    def __init__(self, most: int, seconds: int) -> None:
        super().__init__(
            f"U kunt {most} inzagen per uur aanvragen. Probeer het later opnieuw.",
            wachtSeconden=seconds,
        )


class PartAway(Transient):
    """A service did not give its share; the whole file is begun anew later."""

    too_late = (
        "Een onderdeel was twee dagen lang niet bereikbaar. Vraag de inzage opnieuw aan als het"
        " weer werkt."
    )
