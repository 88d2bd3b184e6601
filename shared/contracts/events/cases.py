"""What happens to a case and to the people in it."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts import topics
from shared.contracts.codes import CaseStatus
from shared.contracts.envelope import EventData
from shared.contracts.persons import Persoon


class ZaakGeopend(EventData):
    """A case exists and has a number."""

    type: ClassVar = "nl.heronderzoek.zaken.zaak-geopend.v1"
    topic: ClassVar = topics.CASES.name
    subject: ClassVar = "zaakId"

    zaakId: UUID
    zaaknummer: str
    batchId: UUID
    rij: int


class RijGeweigerd(EventData):
    """No case could be opened for a row."""

    type: ClassVar = "nl.heronderzoek.zaken.rij-geweigerd.v1"
    topic: ClassVar = topics.CASES.name
    subject: ClassVar = "zaakId"

    zaakId: UUID
    batchId: UUID
    rij: int
    reden: str = Field(description="In woorden van de gebruiker, zonder persoonsgegevens")
    lopendeZaak: str | None = Field(None, description="Zaaknummer van de zaak die al loopt")


class WeigeringIngetrokken(EventData):
    """A row that was refused because of a technical fault gets its case after all."""

    type: ClassVar = "nl.heronderzoek.zaken.weigering-ingetrokken.v1"
    topic: ClassVar = topics.CASES.name
    subject: ClassVar = "zaakId"

    zaakId: UUID
    batchId: UUID
    rij: int


class ZaakstatusGewijzigd(EventData):
    """A case went from one status to another."""

    type: ClassVar = "nl.heronderzoek.zaken.zaakstatus-gewijzigd.v1"
    topic: ClassVar = topics.CASES.name
    subject: ClassVar = "zaakId"

    zaakId: UUID
    zaaknummer: str
    batchId: UUID
    van: CaseStatus
    naar: CaseStatus


class ZaakToegewezen(EventData):
    """A case went to a team, to a colleague, or to nobody."""

    type: ClassVar = "nl.heronderzoek.zaken.zaak-toegewezen.v1"
    topic: ClassVar = topics.CASES.name
    subject: ClassVar = "zaakId"

    zaakId: UUID
    zaaknummer: str
    team: str | None = None
    behandelaar: str | None = Field(None, description="Kenmerk van de gebruiker")
    waarnemer: str | None = Field(
        None, description="Wie het werk doet als de behandelaar afwezig is"
    )


class BesluitGenomen(EventData):
    """A decision was taken or revised; what it says is not for everybody."""

    type: ClassVar = "nl.heronderzoek.zaken.besluit-genomen.v1"
    topic: ClassVar = topics.CASES.name
    subject: ClassVar = "zaakId"

    zaakId: UUID
    zaaknummer: str
    besluitId: UUID
    besluitDatum: date
    herzietBesluitId: UUID | None = None


class ZaakAfgesloten(EventData):
    """Nothing more is to be done in a case."""

    type: ClassVar = "nl.heronderzoek.zaken.zaak-afgesloten.v1"
    topic: ClassVar = topics.CASES.name
    subject: ClassVar = "zaakId"

    zaakId: UUID
    zaaknummer: str
    batchId: UUID


class ZaakVernietigd(EventData):
    """The case's term of keeping is over: everybody deletes what is kept of it, and answers."""

    type: ClassVar = "nl.heronderzoek.zaken.zaak-vernietigd.v1"
    topic: ClassVar = topics.CASES.name
    subject: ClassVar = "zaakId"

    zaakId: UUID
    batchId: UUID


class PersoonVastgelegd(EventData):
    """The person of a case was recorded, or recorded anew."""

    type: ClassVar = "nl.heronderzoek.zaken.persoon-vastgelegd.v1"
    topic: ClassVar = topics.PERSONS.name
    subject: ClassVar = "zaakId"

    zaakId: UUID
    zaaknummer: str
    batchId: UUID | None = Field(None, description="De batch waarmee de zaak werd geopend")
    persoon: Persoon
