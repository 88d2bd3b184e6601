"""What is refused about trying again what failed, in the user's words.

Conflict
├── RetryOfferOutdated   the second person agrees with something else than was offered
├── RetryAlreadyOffered  just this waits for a colleague already
├── RetryWaits           what was offered comes first
└── NoRetryOffered       nothing waits for a second person
"""

from __future__ import annotations

from shared.chassis.errors import Conflict


class RetryOfferOutdated(Conflict):
    """What the second person agrees with is not what was offered to be tried again."""

    problem = "aanbod-verouderd"
    title = "Er is iets anders aangeboden"

    def __init__(self, mails: int, letters: int) -> None:
        super().__init__(
            f"Een collega bood {mails} e-mails en {letters} brieven aan, of andere sjablonen."
            " Bekijk het aanbod en geef daarna akkoord.",
            aantalEmails=mails,
            aantalBrieven=letters,
        )


class RetryAlreadyOffered(Conflict):
    """Just this waits for a colleague already."""

    problem = "al-aangeboden"
    title = "Dit is al aangeboden"

    def __init__(self) -> None:
        super().__init__("Het wacht op akkoord van een andere coördinator. U hoeft niets te doen.")


class RetryWaits(Conflict):
    """What was offered comes first: it would be about other letters and mails afterwards."""

    problem = "wacht-op-akkoord"
    title = "Er wacht iets op akkoord"

    def __init__(self, mails: int, letters: int) -> None:
        super().__init__(
            f"Een collega bood {mails} e-mails en {letters} brieven aan om opnieuw te proberen."
            " Een coördinator geeft daar eerst akkoord op, of stuurt het terug.",
            aantalEmails=mails,
            aantalBrieven=letters,
        )


class NoRetryOffered(Conflict):
    """Nothing waits for a second person."""

    problem = "niet-aangeboden"
    title = "Er wacht niets op akkoord"

    def __init__(self) -> None:
        super().__init__(
            "Er is niets aangeboden om opnieuw te proberen, of een collega was u voor."
            " Bekijk de batch."
        )
