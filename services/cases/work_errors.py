"""What is refused about tasks, teams and who sees what, in the user's words.

Refused
├── NotFound
│   ├── NoPartner
│   ├── NoSuchTask
│   ├── NoSuchTeam
│   └── NoSuchAbsence
├── Conflict
│   ├── TeamNameTaken           two teams have the same name
│   ├── TeamChanged             a colleague changed the team in the meantime
│   ├── NobodyThere             a team without anybody who is at work
│   ├── AlreadyAway             these days overlap those of another absence
│   ├── TaskDone                somebody was done with it before
│   └── TaskOpen                it was never done
├── NotAllowed
│   ├── ComplaintForCoordinator a complaint is not done by whom it may be about
│   ├── OnlyCoordinatorsAssign  a behandelaar gives away the own cases only
│   └── AbsenceOfOther          a colleague is called absent by a coordinator
└── SeenTooOften                a user saw too many whole BSNs in an hour
"""

from __future__ import annotations

from datetime import timedelta
from math import ceil

from shared.chassis.errors import Conflict, NotAllowed, NotFound, Refused


class NoPartner(NotFound):
    """The case is about one resident alone."""

    def __init__(self) -> None:
        super().__init__("In deze zaak staat geen partner.")


class NoSuchTask(NotFound):
    """No task with this id in this gemeente."""

    def __init__(self) -> None:
        super().__init__("Deze taak is er niet. Kijk in de lijst met taken.")


class NoSuchTeam(NotFound):
    """No team with this id in this gemeente."""

    def __init__(self) -> None:
        super().__init__("Dit team is er niet. Kijk in de lijst met teams.")


class NoSuchAbsence(NotFound):
    """No absence with this id in this gemeente."""

    def __init__(self) -> None:
        super().__init__("Deze afwezigheid is er niet. Kijk in de lijst.")


class TeamNameTaken(Conflict):
    """Two teams have the same name."""

    problem = "teamnaam-bestaat-al"
    title = "Er is al een team met deze naam"

    def __init__(self) -> None:
        super().__init__("Kies een andere naam, of wijzig het team dat er al is.")


class TeamChanged(Conflict):
    """A colleague changed the team in the meantime."""

    problem = "team-is-gewijzigd"
    title = "Een collega heeft dit team intussen gewijzigd"

    def __init__(self) -> None:
        super().__init__("Bekijk het team opnieuw en doe uw wijziging nog een keer.")


class NobodyThere(Conflict):
    """A team without anybody who is at work."""

    problem = "niemand-aanwezig"
    title = "In dit team is niemand aanwezig"

    def __init__(self) -> None:
        super().__init__("Kies een ander team, of zet iemand in dit team die aanwezig is.")


class AlreadyAway(Conflict):
    """These days overlap those of another absence."""

    problem = "al-afwezig"
    title = "Voor deze dagen staat al afwezigheid"

    def __init__(self) -> None:
        super().__init__("Trek de afwezigheid die er staat eerst in, of kies andere dagen.")


class TaskDone(Conflict):
    """Somebody was done with it before."""

    problem = "taak-al-afgerond"
    title = "Deze taak is al afgerond"

    def __init__(self) -> None:
        super().__init__("Een collega was u voor. Bekijk de tijdlijn van de zaak.")


class TaskOpen(Conflict):
    """It was never done."""

    problem = "taak-nog-open"
    title = "Deze taak is nog niet afgerond"

    def __init__(self) -> None:
        super().__init__("Alleen een afgeronde taak kunt u heropenen.")


class ComplaintForCoordinator(NotAllowed):
    """A complaint is not done by whom it may be about."""

    problem = "klacht-voor-coordinator"
    title = "Een klacht is voor een coördinator"

    def __init__(self) -> None:
        super().__init__("Vraag een coördinator om deze taak af te ronden of toe te wijzen.")


class OnlyCoordinatorsAssign(NotAllowed):
    """A behandelaar takes over cases, and gives away the own ones."""

    problem = "alleen-coordinator-verdeelt"
    title = "Alleen een coördinator geeft zaken van anderen weg"

    def __init__(self) -> None:
        super().__init__("Neem de zaak zelf over, of vraag een coördinator om haar toe te wijzen.")


class AbsenceOfOther(NotAllowed):
    """A colleague is called absent by a coordinator."""

    problem = "afwezigheid-van-een-ander"
    title = "Alleen een coördinator meldt een collega afwezig"

    def __init__(self) -> None:
        super().__init__("U kunt uzelf afwezig melden. Vraag een coördinator voor een collega.")


class SeenTooOften(Refused):
    """A user saw as many whole BSNs in an hour as anybody may."""

    status = 429
    problem = "te-vaak-ingezien"
    title = "U hebt te veel BSN's ingezien"

    def __init__(self, most: int, wait: timedelta) -> None:
        seconds = max(1, ceil(wait.total_seconds()))
        super().__init__(
            f"U kunt per uur {most} keer een heel BSN inzien."
            f" Probeer het over {ceil(seconds / 60)} minuten opnieuw.",
            wachtSeconden=seconds,
        )
        self.wait_seconds = seconds
