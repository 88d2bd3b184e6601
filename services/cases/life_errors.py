"""What the life of a case refuses, in the user's words. A part of the tree in `errors.py`.

Conflict
├── CaseChanged            another tab or colleague was first
├── NotNow                 this act does not go from this status
├── AlreadyDecided         a second decision is a revision of the first
├── NothingDecided         there is no decision to revise, or to object to
├── DecisionOutdated       another decision came after the one that is to be revised
├── IncompleteTooSoon      nobody was reminded in vain yet; may be confirmed
├── DecisionNotSent        closing it would hide that the resident knows nothing; may be confirmed
├── NoTermYet              nothing was sent, so there is no term to move
├── OtherCaseOpen          a resident is in one open case at a time
├── BatchWasWithdrawn      its batch does not come back
├── ObjectionKnown         there is one already
├── NoObjection            there is none to remove
├── NotSingle              it belongs to a batch, which has its own list of failures
└── DidNotFail             only what failed is tried again
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from services.cases.domain.announcing import Unsent
from shared.chassis.errors import Conflict, NotFound


class NoSuchDelivery(NotFound):
    """No letter or mail with this id in this case."""

    def __init__(self) -> None:
        super().__init__("Deze brief of e-mail is er niet. Kijk bij de bezorgingen van de zaak.")


class CaseChanged(Conflict):
    """What was on the screen is not what there is."""

    problem = "zaak-gewijzigd"
    title = "De zaak is intussen veranderd"

    def __init__(self, status: str, version: int) -> None:
        super().__init__(
            f"De zaak staat nu op '{status}' (versie {version})."
            " Bekijk de zaak opnieuw en beslis dan.",
            zaakstatus=status,
            versie=version,
        )


class NotNow(Conflict):
    """An act that does not go from where the case stands."""

    problem = "past-niet-bij-status"
    title = "Dit past niet bij de status van de zaak"

    def __init__(
        self, act: str, status: str, sources: Sequence[str], possible: Sequence[str]
    ) -> None:
        instead = f"Nu kan wel: {', '.join(possible)}." if possible else "Nu kan er niets."
        super().__init__(
            f"De zaak staat op '{status}'. '{act.capitalize()}' kan alleen vanuit:"
            f" {', '.join(sources)}. {instead}",
            zaakstatus=status,
            mogelijk=list(possible),
        )


class AlreadyDecided(Conflict):
    """A second decision names the first."""

    problem = "al-besloten"
    title = "Er is al een besluit"

    def __init__(self) -> None:
        super().__init__("Kies 'besluit herzien' als het besluit anders moet zijn.")


class NothingDecided(Conflict):
    """There is no decision in this case."""

    problem = "nog-geen-besluit"
    title = "Er is nog geen besluit"

    def __init__(self) -> None:
        super().__init__("Neem eerst een besluit in deze zaak.")


class DecisionOutdated(Conflict):
    """Only the newest decision is revised."""

    problem = "besluit-al-herzien"
    title = "Dit besluit is al herzien"

    def __init__(self) -> None:
        super().__init__("Bekijk het nieuwste besluit van de zaak en herzie dat.")


class IncompleteTooSoon(Conflict):
    """The resident was not reminded, or still has time."""

    problem = "te-vroeg-voor-geen-gegevens"
    title = "Controleer of u al kunt afwijzen"

    def __init__(self, term: date | None) -> None:
        until = f" De reactietermijn loopt tot en met {term:%d-%m-%Y}." if term else ""
        super().__init__(
            "Afwijzen om geen of onvolledige gegevens kan pas als er een herinnering of laatste"
            f" oproep is verstuurd en de termijn daarvan voorbij is.{until}"
            " Wilt u toch afwijzen? Bevestig dat dan en schrijf op waarom.",
            teBevestigen=True,
        )


class DecisionNotSent(Conflict):
    """The resident was not told what was decided."""

    problem = "besluit-niet-verstuurd"
    title = "Het besluit is nog niet bij de inwoner"

    def __init__(self, unsent: Sequence[Unsent]) -> None:
        what = " ".join(one.explanation for one in unsent) or "Er is niets over verstuurd."
        super().__init__(
            f"{what} Heeft de inwoner het besluit op een andere manier gekregen? Bevestig dat dan"
            " en schrijf op hoe.",
            teBevestigen=True,
            bezorgingen=[
                {
                    "bezorgingId": str(one.delivery_id),
                    "kanaal": one.channel,
                    "status": one.state,
                    "uitleg": one.explanation,
                }
                for one in unsent
            ],
        )


class NoTermYet(Conflict):
    """Nothing was sent, so nothing is due."""

    problem = "nog-geen-termijn"
    title = "Er is nog geen reactietermijn"

    def __init__(self) -> None:
        super().__init__("Uitstel kan pas als de uitnodiging aan de inwoner is klaargezet.")


class OtherCaseOpen(Conflict):
    """A resident or partner is in one open case at a time."""

    problem = "andere-zaak-loopt"
    title = "Er loopt al een andere zaak"

    def __init__(self, number: str) -> None:
        super().__init__(
            f"Voor de inwoner of de partner loopt al een zaak: {number}."
            " Sluit die zaak eerst, of ga daarin verder.",
            zaaknummer=number,
        )


class BatchWasWithdrawn(Conflict):
    """A case of a batch that was taken back stays stopped."""

    problem = "batch-is-ingetrokken"
    title = "De batch van deze zaak is ingetrokken"

    def __init__(self) -> None:
        super().__init__("Neem de inwoner op in een nieuw bestand.")


class ObjectionKnown(Conflict):
    """There is one already."""

    problem = "al-bezwaar"
    title = "Er is al een bezwaar vastgelegd"

    def __init__(self, day: date) -> None:
        super().__init__(
            f"Het bezwaar is ontvangen op {day:%d-%m-%Y}. Verwijder het eerst als dat niet klopt."
        )


class NoObjection(Conflict):
    """There is none to remove."""

    problem = "geen-bezwaar"
    title = "Er is geen bezwaar vastgelegd"

    def __init__(self) -> None:
        super().__init__("Er is niets te verwijderen.")


class NotSingle(Conflict):
    """It belongs to a batch."""

    problem = "hoort-bij-batch"
    title = "Dit hoort bij een batch"

    def __init__(self) -> None:
        super().__init__("Probeer het opnieuw vanuit het batchoverzicht.")


class DidNotFail(Conflict):
    """Only what failed is tried again."""

    problem = "niet-mislukt"
    title = "Dit is niet mislukt"

    def __init__(self, state: str) -> None:
        super().__init__(
            f"De brief of e-mail staat op '{state}'."
            " Alleen wat is mislukt of ingetrokken kan opnieuw."
        )
