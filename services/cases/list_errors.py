"""What can be wrong with a selection, an act on many cases, or a search that is kept."""

from __future__ import annotations

from shared.chassis.errors import Conflict, NotFound


class SelectionChanged(Conflict):
    """Another number of cases fits than the user saw."""

    problem = "selectie-gewijzigd"
    title = "De lijst is intussen veranderd"

    def __init__(self, seen: int, now: int) -> None:
        super().__init__(
            f"U koos {seen} zaken, en dat zijn er nu {now}. Er is nog niets gedaan."
            " Bekijk de lijst en kies opnieuw.",
            aantal=now,
        )


class NoSuchBulkAct(NotFound):
    """No act on many cases of this user's gemeente has this id."""

    problem = "bulkactie-onbekend"
    title = "Deze bulkactie is er niet"

    def __init__(self) -> None:
        super().__init__("Ga naar de lijst met zaken en kies daar opnieuw.")


class NoSuchSearch(NotFound):
    """The user keeps no search with this id."""

    problem = "zoekopdracht-onbekend"
    title = "Deze zoekopdracht is er niet"

    def __init__(self) -> None:
        super().__init__("Misschien verwijderde u haar in een ander venster.")


class TooManySearches(Conflict):
    """More would be no help any more."""

    problem = "te-veel-zoekopdrachten"
    title = "U hebt al veel zoekopdrachten"

    def __init__(self, most: int) -> None:
        super().__init__(f"U kunt er {most} bewaren. Verwijder er eerst een.")


class SearchNameTaken(Conflict):
    """The user keeps another search by this name."""

    problem = "zoekopdracht-bestaat-al"
    title = "U hebt al een zoekopdracht met deze naam"

    def __init__(self) -> None:
        super().__init__("Kies een andere naam.")
