"""What cases refuses, in the user's words.

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
│   └── SettingsMissing       a letter cannot name its sender
└── Invalid                   wrong fields, all together

UnknownDelivery               an outcome of something that was never ordered here: a dead letter
"""

from __future__ import annotations

from uuid import UUID

from shared.chassis.errors import ChassisError, Conflict, NotFound


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
