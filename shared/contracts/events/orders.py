"""What must be written to residents, and in whose name."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts import topics
from shared.contracts.codes import Channel, Purpose
from shared.contracts.envelope import EventData


class BriefGevraagd(EventData):
    """A letter must be made with the template version that was approved."""

    type: ClassVar = "nl.heronderzoek.zaken.brief-gevraagd.v1"
    topic: ClassVar = topics.ORDERS.name
    subject: ClassVar = "bezorgingId"

    zaakId: UUID
    bezorgingId: UUID
    pogingId: UUID
    batchId: UUID | None = Field(None, description="Leeg: voor één zaak, buiten een batch")
    zaaknummer: str
    volgnummer: int
    doel: Purpose
    sjabloonVersieId: UUID | None = Field(None, description="Leeg: het sjabloon dat nu actief is")
    velden: dict[str, str] = Field(description="Samenvoegvelden met hun waarde, zonder $")


class EmailGevraagd(EventData):
    """A mail must be sent; to a resident, or to a colleague about a batch."""

    type: ClassVar = "nl.heronderzoek.zaken.email-gevraagd.v1"
    topic: ClassVar = topics.ORDERS.name
    subject: ClassVar = "bezorgingId"

    zaakId: UUID = Field(description="De zaak; bij een mail aan een collega de batch")
    bezorgingId: UUID
    pogingId: UUID
    batchId: UUID | None = Field(None, description="Leeg: voor één zaak, buiten een batch")
    zaaknummer: str | None = None
    doel: Purpose
    sjabloonVersieId: UUID | None = Field(None, description="Leeg: het sjabloon dat nu actief is")
    aan: str
    aanNaam: str | None = None
    velden: dict[str, str]


class OpdrachtIngetrokken(EventData):
    """What an order asks for is not wanted any more; what has not left must not leave.

    It follows its order on the same topic under the same key. Who made or sent it already does
    nothing, or tells where it still can be held back.
    """

    type: ClassVar = "nl.heronderzoek.zaken.opdracht-ingetrokken.v1"
    topic: ClassVar = topics.ORDERS.name
    subject: ClassVar = "bezorgingId"

    zaakId: UUID
    bezorgingId: UUID
    pogingId: UUID
    batchId: UUID | None = Field(None, description="Leeg: voor één zaak, buiten een batch")
    kanaal: Channel
    doel: Purpose
    reden: str = Field(description="In woorden van de gebruiker, zonder persoonsgegevens")


class InstellingenGewijzigd(EventData):
    """The settings of a gemeente, complete."""

    type: ClassVar = "nl.heronderzoek.gemeenten.instellingen-gewijzigd.v1"
    topic: ClassVar = topics.SETTINGS.name
    subject: ClassVar = "code"

    code: str = Field(pattern=r"^[0-9]{4}$")
    naam: str
    plaats: str
    afdeling: str
    telefoon: str
    openingstijden: str
    retouradres: str
    afzenderNaam: str
    afzenderEmail: str
    link: str
    vierOgen: bool = Field(False, description="Of een tweede persoon akkoord geeft op een batch")
    reactietermijnDagen: int = Field(28, description="Hoe lang inwoners krijgen om te reageren")
    kleurBalk: str = Field("#14323f", description="Kleur van de balk boven elke pagina")
    kleurBalktekst: str = Field("#ffffff", description="Kleur van de tekst op die balk")
    kleurActie: str = Field("#00617f", description="Kleur van knoppen en links")
    kleurAccent: str = Field("#8c2357", description="Kleur van wat nieuw of ongelezen is")

    @property
    def gemeente(self) -> str:
        """The key of the compacted topic."""
        return self.code
