"""What intake tells: rows of a confirmed file, and the file as a whole."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts import topics
from shared.contracts.envelope import EventData
from shared.contracts.persons import Persoon


class RijAangeboden(EventData):
    """A row of a confirmed file is offered, to open a case for."""

    type: ClassVar = "nl.heronderzoek.intake.rij-aangeboden.v1"
    topic: ClassVar = topics.ROWS.name
    subject: ClassVar = "zaakId"

    zaakId: UUID
    batchId: UUID
    zaaknummer: str
    rij: int = Field(description="Rijnummer in het bestand; de kop is rij 1")
    volgnummer: int = Field(description="Plaats in het bestand zonder kop en lege rijen, vanaf 1")
    persoon: Persoon


class BatchBevestigd(EventData):
    """A checked file was confirmed: so many rows will be offered."""

    type: ClassVar = "nl.heronderzoek.intake.batch-bevestigd.v1"
    topic: ClassVar = topics.UPLOADED_BATCHES.name
    subject: ClassVar = "batchId"

    batchId: UUID
    bestandsnaam: str
    aantalRijen: int


class RijGewist(EventData):
    """The row of a destroyed case is gone."""

    type: ClassVar = "nl.heronderzoek.intake.rij-gewist.v1"
    topic: ClassVar = topics.UPLOADED_BATCHES.name
    subject: ClassVar = "zaakId"

    zaakId: UUID
    batchId: UUID
