"""What cases refuses, in the user's words.

Those about tasks, teams and who sees what stand in work_errors.py.

Refused
├── NotFound
│   ├── NoSuchBatch
│   ├── NoSuchCase
│   └── NoSettings
├── Conflict
│   ├── BatchStillOpening     rows are still being turned into cases
│   ├── AlreadyApproved       sending was approved before; nothing in the plan changes any more
│   ├── NotSentYet            nothing can have failed before approval
│   ├── StillOrdering         the letters and mails of a batch are still being ordered
│   ├── CountsChanged         approval named other counts than there are
│   ├── SendDatePassed        the plan waited too long
│   ├── NothingDeclared       mails need a declaration (Wmebv)
│   ├── DeceasedIncluded      somebody who died would be written to
│   ├── OneMayApprove         there is nothing to offer: four eyes are not asked for
│   ├── AlreadyOffered        it waits for a colleague already
│   ├── NotOffered            four eyes are asked for, and nobody offered it
│   ├── OfferOutdated         another template became active since it was offered
│   ├── AlreadyWithdrawn      the batch is taken back
│   ├── BatchWithoutCases     every row was refused; there is nothing to send or to withdraw
│   ├── NotSending            nothing of it is under way
│   ├── NotToBeShown          the data of this resident do not fit in a letter or mail
│   ├── SendingBegan          the moment to begin has passed
│   ├── SettingsChanged       somebody else changed the settings meanwhile
│   ├── CaseIsOver            nothing is sent any more in a case that was decided or stopped
│   ├── NotInvitedYet         there is no invitation that somebody could be called about
│   ├── ResidentDied          nothing is sent to somebody who died
│   ├── ChangedMeanwhile      a colleague corrected the same data
│   ├── RemindersChanged      a colleague set the reminders
│   └── SettingsMissing       a letter cannot name its sender
├── NotAllowed
│   ├── OwnOffer              four eyes belong to two people
│   └── OnlyCoordinators      the second person is a coordinator
└── Invalid                   wrong fields, all together

The life of a case has refusals of its own, all of them conflicts: `life_errors.py`; so has what is
tried again: `retry_errors.py`.

UnknownDelivery               an outcome of something that was never ordered here: a dead letter
"""

from __future__ import annotations

from uuid import UUID

from shared.chassis.errors import ChassisError, Conflict, NotAllowed, NotFound


class NoSuchBatch(NotFound):
    """No batch with this id in this gemeente."""

    def __init__(self) -> None:
        super().__init__("Deze batch is er niet. Kijk in de lijst met batches.")


class NoSuchCase(NotFound):
    """No case with this id in this gemeente."""

    def __init__(self) -> None:
        super().__init__("Deze zaak is er niet. Zoek op het zaaknummer.")


class NoSettings(NotFound):
    """Nobody has filled in the settings of this gemeente."""

    def __init__(self) -> None:
        super().__init__("De instellingen van uw gemeente zijn nog niet ingevuld. Vul ze eerst in.")


class BatchStillOpening(Conflict):
    """Rows are still being turned into cases."""

    problem = "batch-nog-bezig"
    title = "De zaken worden nog aangemaakt"

    def __init__(self) -> None:
        super().__init__("Wacht tot alle zaken zijn aangemaakt en geef dan akkoord.")


class AlreadyApproved(Conflict):
    """Sending was approved before."""

    problem = "al-akkoord"
    title = "Er is al akkoord gegeven"

    def __init__(self) -> None:
        super().__init__(
            "Voor deze batch is al akkoord gegeven. Bekijk de voortgang in het batchoverzicht."
        )


class NotSentYet(Conflict):
    """Nothing was sent, so nothing can be sent again."""

    problem = "nog-niet-verzonden"
    title = "Deze batch is nog niet verzonden"

    def __init__(self) -> None:
        super().__init__("Geef eerst akkoord voor deze batch.")


class StillOrdering(Conflict):
    """An earlier order of this batch is not through yet."""

    problem = "nog-bezig-met-verzenden"
    title = "De brieven en e-mails worden nog klaargezet"

    def __init__(self) -> None:
        super().__init__("Wacht tot alles is klaargezet en probeer het daarna opnieuw.")


class CountsChanged(Conflict):
    """What was shown to the approver is not what there is."""

    problem = "aantallen-gewijzigd"
    title = "De aantallen zijn veranderd"

    def __init__(self, mails: int, letters: int) -> None:
        super().__init__(
            f"Het zijn nu {mails} e-mails en {letters} brieven."
            " Controleer deze aantallen en geef opnieuw akkoord.",
            aantalEmails=mails,
            aantalBrieven=letters,
        )


class SendDatePassed(Conflict):
    """The date in the letters has passed."""

    problem = "verzenddatum-voorbij"
    title = "De verzenddatum is voorbij"

    def __init__(self) -> None:
        super().__init__("Kies in het plan een verzenddatum van vandaag of later.")


class NothingDeclared(Conflict):
    """Mails go out only after someone declared that these residents chose e-mail (Wmebv)."""

    problem = "verklaring-ontbreekt"
    title = "De verklaring over e-mail ontbreekt"

    def __init__(self) -> None:
        super().__init__(
            "Vul in het plan in waaruit blijkt dat deze inwoners voor e-mail hebben gekozen."
        )


class DeceasedIncluded(Conflict):
    """Nobody writes to somebody who died."""

    problem = "overleden-inwoner"
    title = "Er staat een overleden inwoner in deze batch"

    def __init__(self, count: int) -> None:
        super().__init__(
            f"{count} inwoner(s) met de indicatie overleden zouden bericht krijgen."
            " Sluit hen uit van deze batch en geef dan akkoord."
        )


class OneMayApprove(Conflict):
    """Four eyes are not asked for, so there is nothing to offer."""

    problem = "vier-ogen-staan-uit"
    title = "Aanbieden is niet nodig"

    def __init__(self) -> None:
        super().__init__("Voor deze batch is geen tweede persoon nodig. Geef zelf akkoord.")


class AlreadyOffered(Conflict):
    """It waits for a colleague already."""

    problem = "al-aangeboden"
    title = "De batch is al aangeboden"

    def __init__(self) -> None:
        super().__init__("Deze batch wacht op akkoord van een coördinator.")


class NotOffered(Conflict):
    """A second person looks at what a first one offers."""

    problem = "niet-aangeboden"
    title = "De batch is niet aangeboden"

    def __init__(self) -> None:
        super().__init__(
            "Bied de batch ter goedkeuring aan. Daarna geeft een coördinator akkoord."
            " Is het plan intussen veranderd, bied de batch dan opnieuw aan."
        )


class OfferOutdated(Conflict):
    """What would be sent is not what was offered."""

    problem = "aanbod-verouderd"
    title = "Er is een ander sjabloon actief"

    def __init__(self) -> None:
        super().__init__(
            "Sinds het aanbieden is een ander sjabloon actief geworden."
            " Stuur de batch terug en laat haar opnieuw aanbieden."
        )


class AlreadyWithdrawn(Conflict):
    """The batch is taken back."""

    problem = "al-ingetrokken"
    title = "De batch is ingetrokken"

    def __init__(self) -> None:
        super().__init__("Deze batch is ingetrokken. Upload een nieuw bestand om verder te gaan.")


class BatchWithoutCases(Conflict):
    """Every row was refused."""

    problem = "geen-zaken"
    title = "Deze batch heeft geen zaken"

    def __init__(self) -> None:
        super().__init__(
            "Alle rijen zijn geweigerd, dus er is niets te versturen of in te trekken."
            " Bekijk de geweigerde rijen."
        )


class NotSending(Conflict):
    """Nothing of this batch is under way."""

    problem = "wordt-niet-verzonden"
    title = "Deze batch wordt niet verzonden"

    def __init__(self) -> None:
        super().__init__(
            "Dit kan alleen zolang de batch wordt verzonden. Bekijk hoe ver de batch is."
        )


class SendingBegan(Conflict):
    """The moment to begin has passed."""

    problem = "verzenden-is-begonnen"
    title = "Het verzenden is al begonnen"

    def __init__(self) -> None:
        super().__init__("Het moment kan niet meer veranderen. U kunt het verzenden wel pauzeren.")


class NotToBeShown(Conflict):
    """There is no example of a letter or mail that could not be made."""

    problem = "voorbeeld-kan-niet"
    title = "Van deze inwoner is geen voorbeeld te maken"


class OwnOffer(NotAllowed):
    """Four eyes belong to two people."""

    problem = "eigen-aanbod"
    title = "U hebt deze batch zelf aangeboden"

    def __init__(self) -> None:
        super().__init__("Vraag een andere coördinator om akkoord te geven.")


class OnlyCoordinators(NotAllowed):
    """The second person is a coordinator."""

    problem = "alleen-coordinator"
    title = "Alleen een coördinator geeft hier akkoord"

    def __init__(self) -> None:
        super().__init__("Voor deze batch geldt het vier-ogenprincipe. Vraag een coördinator.")


class SettingsChanged(Conflict):
    """Somebody else changed the settings since they were looked at."""

    problem = "instellingen-veranderd"
    title = "De instellingen zijn intussen gewijzigd"

    def __init__(self) -> None:
        super().__init__("Bekijk de instellingen opnieuw en doe daarna uw wijziging.")


class CaseIsOver(Conflict):
    """The case was decided, closed or stopped."""

    problem = "zaak-is-klaar"
    title = "Deze zaak is klaar"

    def __init__(self, status: str) -> None:
        super().__init__(
            f"De zaak staat op '{status}', dus er gaat niets meer uit. Heropen de zaak eerst."
        )


class NotInvitedYet(Conflict):
    """The first invitation did not leave."""

    problem = "nog-niet-uitgenodigd"
    title = "Deze inwoner is nog niet uitgenodigd"

    def __init__(self) -> None:
        super().__init__("Verstuur eerst de uitnodiging van de batch.")


class ResidentDied(Conflict):
    """Nothing is sent to somebody who died."""

    problem = "inwoner-overleden"
    title = "Deze inwoner is overleden"

    def __init__(self) -> None:
        super().__init__("Aan een overleden inwoner sturen wij niets. Stop de zaak.")


class ChangedMeanwhile(Conflict):
    """What was on the screen is not what there is."""

    problem = "intussen-gewijzigd"
    title = "Een collega was u voor"

    def __init__(self) -> None:
        super().__init__(
            "Deze contactgegevens zijn intussen gewijzigd. Bekijk ze opnieuw en pas ze dan aan."
        )


class RemindersChanged(Conflict):
    """The settings of the reminders are not what was on the screen."""

    problem = "intussen-gewijzigd"
    title = "Een collega was u voor"

    def __init__(self) -> None:
        super().__init__("De herinneringen zijn intussen anders ingesteld. Bekijk ze opnieuw.")


class SettingsMissing(Conflict):
    """A letter needs the name and address of the gemeente."""

    problem = "instellingen-ontbreken"
    title = "De instellingen van uw gemeente ontbreken"

    def __init__(self) -> None:
        super().__init__("Vraag uw beheerder om de instellingen van de gemeente in te vullen.")


class UnknownDelivery(ChassisError):
    """An outcome of a delivery that this service never made; kept aside for ops."""

    def __init__(self, delivery_id: UUID) -> None:
        super().__init__(str(delivery_id))
