"""What is said round a case."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts import topics
from shared.contracts.codes import Channel
from shared.contracts.envelope import EventData


class BerichtenGewist(EventData):
    """The communication of a destroyed case is gone."""

    type: ClassVar = "nl.heronderzoek.communicatie.berichten-gewist.v1"
    topic: ClassVar = topics.MESSAGES.name
    subject: ClassVar = "zaakId"

    zaakId: UUID


class BerichtGeplaatst(EventData):
    """A message stands in the communication of a case."""

    type: ClassVar = "nl.heronderzoek.communicatie.bericht-geplaatst.v1"
    topic: ClassVar = topics.MESSAGES.name
    subject: ClassVar = "berichtId"

    zaakId: UUID
    berichtId: UUID
    kanaal: Channel
    richting: str = Field(pattern="^(uitgaand|inkomend)$")
