"""What a colleague is told about the print file of a batch."""

from __future__ import annotations

from enum import StrEnum


class PrintNews(StrEnum):
    """What is known of the first print file of a batch, in the words of the mail about it."""

    READY = "Het staat voor u klaar."
    FAILED = (
        "Het kon niet worden gemaakt. In het batchoverzicht staat waarom,"
        " en kunt u het opnieuw laten maken."
    )
    LATE = "Het is er nog niet. Vraag uw beheerder om te kijken."
    NONE = "Er zijn geen brieven om af te drukken."
