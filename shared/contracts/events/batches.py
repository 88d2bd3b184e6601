"""The course of a heronderzoek as a whole."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts import topics
from shared.contracts.envelope import EventData


class BatchGeopend(EventData):
    """Every row of the file has its case or was refused."""

    type: ClassVar = "nl.heronderzoek.zaken.batch-geopend.v1"
    topic: ClassVar = topics.CASE_BATCHES.name
    subject: ClassVar = "batchId"

    batchId: UUID
    aantalRijen: int
    aantalZaken: int
    aantalGeweigerd: int


class BatchVerzonden(EventData):
    """Sending was approved: so many letters and mails are ordered.

    Told again with the next `sequence` when some turn out to be impossible to order: then these are
    the numbers that were.
    """

    type: ClassVar = "nl.heronderzoek.zaken.batch-verzonden.v1"
    topic: ClassVar = topics.CASE_BATCHES.name
    subject: ClassVar = "batchId"

    batchId: UUID
    aantalBrieven: int
    aantalEmails: int
    verzendDatum: date
    reactieDatum: date


class BatchAfgerond(EventData):
    """Every letter and mail of a batch came to its end; each is in exactly one of the counts.

    Told again with the next `sequence` when something was tried again, or when mails came back
    after the end: then these are the counts. Letters: gemaakt, mislukt, uitgesloten, ingetrokken.
    Mails: verzonden, nietBezorgd, mislukt, uitgesloten, ingetrokken.
    """

    type: ClassVar = "nl.heronderzoek.zaken.batch-afgerond.v1"
    topic: ClassVar = topics.CASE_BATCHES.name
    subject: ClassVar = "batchId"

    batchId: UUID
    aantalZaken: int
    brievenGemaakt: int
    brievenMislukt: int
    emailsVerzonden: int
    emailsMislukt: int
    emailsNietBezorgd: int = Field(0, description="Verzonden en teruggekomen, tot nu toe")
    aantalBrieven: int | None = Field(None, description="Alle brieven, in welke toestand ook")
    aantalEmails: int | None = Field(None, description="Alle e-mails, in welke toestand ook")
    brievenUitgesloten: int = Field(0, description="Van inwoners aan wie niets werd verstuurd")
    brievenIngetrokken: int = Field(0, description="Gestopt voordat ze waren gemaakt")
    emailsUitgesloten: int = Field(0, description="Van inwoners aan wie niets werd verstuurd")
    emailsIngetrokken: int = Field(0, description="Gestopt voordat ze waren verzonden")
    laterNietBezorgd: int = Field(
        0, description="Teruggekomen na het einde, sinds de vorige keer dat dit werd gemeld"
    )
    gestartDoor: str = Field(description="Gebruiker die het bestand bevestigde")


class BatchIngetrokken(EventData):
    """A batch was withdrawn before it was approved; its cases are stopped."""

    type: ClassVar = "nl.heronderzoek.zaken.batch-ingetrokken.v1"
    topic: ClassVar = topics.CASE_BATCHES.name
    subject: ClassVar = "batchId"

    batchId: UUID
    wordtVervangen: bool = Field(description="Of er een beter bestand voor in de plaats komt")


class VerzendingGepauzeerd(EventData):
    """Nothing new of a batch may leave until it goes on."""

    type: ClassVar = "nl.heronderzoek.zaken.verzending-gepauzeerd.v1"
    topic: ClassVar = topics.CASE_BATCHES.name
    subject: ClassVar = "batchId"

    batchId: UUID


class VerzendingHervat(EventData):
    """A paused batch goes on."""

    type: ClassVar = "nl.heronderzoek.zaken.verzending-hervat.v1"
    topic: ClassVar = topics.CASE_BATCHES.name
    subject: ClassVar = "batchId"

    batchId: UUID


class VerzendingGestopt(EventData):
    """What of a batch did not leave yet will not leave; each order still gets its answer."""

    type: ClassVar = "nl.heronderzoek.zaken.verzending-gestopt.v1"
    topic: ClassVar = topics.CASE_BATCHES.name
    subject: ClassVar = "batchId"

    batchId: UUID
