"""Every event of the system, by the topic that carries it.

A new optional field is the only change allowed within v1.
"""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts import topics
from shared.contracts.codes import CaseStatus, Channel, Purpose
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


class PersoonVastgelegd(EventData):
    """The person of a case was recorded, or recorded anew."""

    type: ClassVar = "nl.heronderzoek.zaken.persoon-vastgelegd.v1"
    topic: ClassVar = topics.PERSONS.name
    subject: ClassVar = "zaakId"

    zaakId: UUID
    zaaknummer: str
    persoon: Persoon


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
    """Every letter and mail of a batch is done or has failed; the counts are final."""

    type: ClassVar = "nl.heronderzoek.zaken.batch-afgerond.v1"
    topic: ClassVar = topics.CASE_BATCHES.name
    subject: ClassVar = "batchId"

    batchId: UUID
    aantalZaken: int
    brievenGemaakt: int
    brievenMislukt: int
    emailsVerzonden: int
    emailsMislukt: int
    gestartDoor: str = Field(description="Gebruiker die het bestand bevestigde")


class BriefGevraagd(EventData):
    """A letter must be made with the template version that was approved."""

    type: ClassVar = "nl.heronderzoek.zaken.brief-gevraagd.v1"
    topic: ClassVar = topics.ORDERS.name
    subject: ClassVar = "bezorgingId"

    zaakId: UUID
    bezorgingId: UUID
    pogingId: UUID
    batchId: UUID
    zaaknummer: str
    volgnummer: int
    doel: Purpose
    sjabloonVersieId: UUID
    velden: dict[str, str] = Field(description="Samenvoegvelden met hun waarde, zonder $")


class EmailGevraagd(EventData):
    """A mail must be sent; to a resident, or to a colleague about a batch."""

    type: ClassVar = "nl.heronderzoek.zaken.email-gevraagd.v1"
    topic: ClassVar = topics.ORDERS.name
    subject: ClassVar = "bezorgingId"

    zaakId: UUID = Field(description="De zaak; bij een mail aan een collega de batch")
    bezorgingId: UUID
    pogingId: UUID
    batchId: UUID
    zaaknummer: str | None = None
    doel: Purpose
    sjabloonVersieId: UUID | None = Field(None, description="Leeg: het sjabloon dat nu actief is")
    aan: str
    aanNaam: str | None = None
    velden: dict[str, str]


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

    @property
    def gemeente(self) -> str:
        """The key of the compacted topic."""
        return self.code


class DocumentOpgeslagen(EventData):
    """A letter lies in the store."""

    type: ClassVar = "nl.heronderzoek.documenten.document-opgeslagen.v1"
    topic: ClassVar = topics.DOCUMENTS.name
    subject: ClassVar = "documentId"

    zaakId: UUID
    documentId: UUID
    batchId: UUID
    bezorgingId: UUID
    pogingId: UUID
    doel: Purpose
    paginas: int
    bytes: int
    sha256: str


class DocumentMislukt(EventData):
    """A letter could not be made."""

    type: ClassVar = "nl.heronderzoek.documenten.document-mislukt.v1"
    topic: ClassVar = topics.DOCUMENTS.name
    subject: ClassVar = "documentId"

    zaakId: UUID
    documentId: UUID
    batchId: UUID
    bezorgingId: UUID
    pogingId: UUID
    doel: Purpose
    reden: str = Field(description="In woorden van de gebruiker, zonder persoonsgegevens")


class AfdrukbestandGereed(EventData):
    """A print file of a batch is ready to download."""

    type: ClassVar = "nl.heronderzoek.documenten.afdrukbestand-gereed.v1"
    topic: ClassVar = topics.PRINT_FILES.name
    subject: ClassVar = "afdrukbestandId"

    afdrukbestandId: UUID
    batchId: UUID
    nummer: int
    aantalBrieven: int
    aantalPaginas: int
    aantalVellen: int


class AfdrukbestandMislukt(EventData):
    """A print file of a batch could not be made; somebody can have it made again."""

    type: ClassVar = "nl.heronderzoek.documenten.afdrukbestand-mislukt.v1"
    topic: ClassVar = topics.PRINT_FILES.name
    subject: ClassVar = "afdrukbestandId"

    afdrukbestandId: UUID
    batchId: UUID
    nummer: int
    aantalBrieven: int
    reden: str = Field(description="In woorden van de gebruiker, zonder persoonsgegevens")


class EmailVerzonden(EventData):
    """The mail server accepted a mail; that is not "read"."""

    type: ClassVar = "nl.heronderzoek.berichten.email-verzonden.v1"
    topic: ClassVar = topics.DELIVERY.name
    subject: ClassVar = "bezorgingId"

    zaakId: UUID
    bezorgingId: UUID
    pogingId: UUID
    batchId: UUID
    doel: Purpose
    berichtId: UUID = Field(description="De e-mail zoals die bij de mailer is bewaard")


class EmailMislukt(EventData):
    """A mail could not be sent."""

    type: ClassVar = "nl.heronderzoek.berichten.email-mislukt.v1"
    topic: ClassVar = topics.DELIVERY.name
    subject: ClassVar = "bezorgingId"

    zaakId: UUID
    bezorgingId: UUID
    pogingId: UUID
    batchId: UUID
    doel: Purpose
    berichtId: UUID
    reden: str = Field(description="In woorden van de gebruiker, zonder persoonsgegevens")


class BerichtGeplaatst(EventData):
    """A message stands in the communication of a case."""

    type: ClassVar = "nl.heronderzoek.communicatie.bericht-geplaatst.v1"
    topic: ClassVar = topics.MESSAGES.name
    subject: ClassVar = "berichtId"

    zaakId: UUID
    berichtId: UUID
    kanaal: Channel
    richting: str = Field(pattern="^(uitgaand|inkomend)$")


EVENTS: dict[str, type[EventData]] = {
    event.type: event
    for event in (
        RijAangeboden,
        BatchBevestigd,
        ZaakGeopend,
        RijGeweigerd,
        ZaakstatusGewijzigd,
        PersoonVastgelegd,
        BatchGeopend,
        BatchVerzonden,
        BatchAfgerond,
        BriefGevraagd,
        EmailGevraagd,
        InstellingenGewijzigd,
        DocumentOpgeslagen,
        DocumentMislukt,
        AfdrukbestandGereed,
        AfdrukbestandMislukt,
        EmailVerzonden,
        EmailMislukt,
        BerichtGeplaatst,
    )
}
