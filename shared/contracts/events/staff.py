"""Colleagues who are away, and the work that is laid ready for them."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts import topics
from shared.contracts.codes import TaskKind
from shared.contracts.envelope import EventData


class AfwezigheidVastgelegd(EventData):
    """A colleague is away from the first to the last day; another one does the work."""

    type: ClassVar = "nl.heronderzoek.zaken.afwezigheid-vastgelegd.v1"
    topic: ClassVar = topics.STAFF.name
    subject: ClassVar = "afwezigheidId"

    afwezigheidId: UUID
    gebruikerId: str = Field(description="Wie er afwezig is")
    waarnemer: str = Field(description="Wie het werk dan doet")
    vanafDatum: date
    totEnMetDatum: date


class AfwezigheidIngetrokken(EventData):
    """A colleague who was called away is there after all."""

    type: ClassVar = "nl.heronderzoek.zaken.afwezigheid-ingetrokken.v1"
    topic: ClassVar = topics.STAFF.name
    subject: ClassVar = "afwezigheidId"

    afwezigheidId: UUID
    gebruikerId: str = Field(description="Wie er toch is")


class TaakGeopend(EventData):
    """Somebody has something to do in a case; what exactly is not for everybody."""

    type: ClassVar = "nl.heronderzoek.zaken.taak-geopend.v1"
    topic: ClassVar = topics.CASES.name
    subject: ClassVar = "zaakId"

    zaakId: UUID
    zaaknummer: str
    taakId: UUID
    soort: TaskKind
    team: str | None = None
    behandelaar: str | None = Field(
        None, description="Kenmerk van de gebruiker; een klacht is voor een coördinator"
    )
