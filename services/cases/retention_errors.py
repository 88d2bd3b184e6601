"""What cases refuses about keeping and destroying, in the user's words.

NotFound
└── NoSuchDestruction
Conflict
├── TermsChanged          somebody else changed the terms of keeping meanwhile
├── AlreadyHeld           the case is kept already
├── NotHeld               nothing keeps the case but its term
├── NothingDue            no case may be destroyed now
└── AlreadyDecided        somebody agreed or refused before
NotAllowed
└── OwnDestruction        destroying belongs to two people
"""

from __future__ import annotations

from shared.chassis.errors import Conflict, NotAllowed, NotFound


class NoSuchDestruction(NotFound):
    """No list of destruction with this id in this gemeente."""

    def __init__(self) -> None:
        super().__init__("Deze vernietiging is er niet. Kijk in de lijst met vernietigingen.")


class TermsChanged(Conflict):
    """Somebody else changed the terms of keeping since they were looked at."""

    problem = "bewaartermijnen-veranderd"
    title = "De bewaartermijnen zijn intussen gewijzigd"

    def __init__(self) -> None:
        super().__init__("Bekijk de bewaartermijnen opnieuw en doe daarna uw wijziging.")


class AlreadyHeld(Conflict):
    """A case that is kept already."""

    problem = "al-geblokkeerd"
    title = "Er staat al een bewaarblokkade op deze zaak"

    def __init__(self) -> None:
        super().__init__("Hef de blokkade op en zet een nieuwe als de reden is veranderd.")


class NotHeld(Conflict):
    """A case that nothing keeps but its term."""

    problem = "niet-geblokkeerd"
    title = "Er staat geen bewaarblokkade op deze zaak"

    def __init__(self) -> None:
        super().__init__("Er is niets om op te heffen.")


class NothingDue(Conflict):
    """There is no case that may be destroyed now."""

    problem = "niets-te-vernietigen"
    title = "Er is nu niets te vernietigen"

    def __init__(self) -> None:
        super().__init__("Geen zaak is voorbij zijn bewaartermijn, of er staat iets in de weg.")


class AlreadyDecided(Conflict):
    """Somebody agreed with a destruction, or refused it, before."""

    problem = "al-beslist"
    title = "Over deze vernietiging is al beslist"

    def __init__(self) -> None:
        super().__init__("Bekijk de vernietiging om te zien wie dat deed en wanneer.")


class OwnDestruction(NotAllowed):
    """Who asked for a destruction cannot agree with it."""

    problem = "eigen-vernietiging"
    title = "Een ander moet akkoord geven"

    def __init__(self) -> None:
        super().__init__("U hebt deze vernietiging zelf aangevraagd. Vraag een collega.")
