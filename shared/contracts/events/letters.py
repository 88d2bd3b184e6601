"""What becomes of letters: made, printed, posted, returned."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts import topics
from shared.contracts.codes import Purpose, ReturnReason
from shared.contracts.envelope import EventData


class DocumentOpgeslagen(EventData):
    """A letter lies in the store."""

    type: ClassVar = "nl.heronderzoek.documenten.document-opgeslagen.v1"
    topic: ClassVar = topics.DOCUMENTS.name
    subject: ClassVar = "documentId"

    zaakId: UUID
    documentId: UUID
    batchId: UUID | None = Field(None, description="Leeg: voor één zaak, buiten een batch")
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
    batchId: UUID | None = Field(None, description="Leeg: voor één zaak, buiten een batch")
    bezorgingId: UUID
    pogingId: UUID
    doel: Purpose
    reden: str = Field(description="In woorden van de gebruiker, zonder persoonsgegevens")
    ingetrokken: bool = Field(False, description="Niet mislukt, maar op verzoek niet gemaakt")


class BriefNietPosten(EventData):
    """A letter that is in a print file must not be posted: somebody has to take it out."""

    type: ClassVar = "nl.heronderzoek.documenten.brief-niet-posten.v1"
    topic: ClassVar = topics.DOCUMENTS.name
    subject: ClassVar = "documentId"

    zaakId: UUID
    documentId: UUID
    bezorgingId: UUID
    pogingId: UUID
    doel: Purpose
    afdrukbestandId: UUID
    afdrukbestand: str = Field(description="Nummer van het afdrukbestand, met een letter per deel")
    batchId: UUID | None = Field(None, description="Leeg: een afdrukbestand van losse zaken")
    volgnummer: int = Field(description="De hoeveelste brief in het afdrukbestand")
    pagina: int = Field(description="De eerste pagina van de brief in het afdrukbestand")
    reden: str = Field(description="In woorden van de gebruiker, zonder persoonsgegevens")


class BriefTegengehouden(EventData):
    """A letter that was made is not posted."""

    type: ClassVar = "nl.heronderzoek.documenten.brief-tegengehouden.v1"
    topic: ClassVar = topics.DOCUMENTS.name
    subject: ClassVar = "documentId"

    zaakId: UUID
    documentId: UUID
    bezorgingId: UUID
    pogingId: UUID
    batchId: UUID | None = Field(None, description="Leeg: voor één zaak, buiten een batch")
    doel: Purpose
    reden: str = Field(description="In woorden van de gebruiker, zonder persoonsgegevens")


class BriefGepost(EventData):
    """Somebody confirmed that a letter was posted; the date counts as evidence."""

    type: ClassVar = "nl.heronderzoek.documenten.brief-gepost.v1"
    topic: ClassVar = topics.DOCUMENTS.name
    subject: ClassVar = "documentId"

    zaakId: UUID
    documentId: UUID
    bezorgingId: UUID
    doel: Purpose
    gepostDatum: date
    vorigeDatum: date | None = Field(
        None, description="Wat eerder was opgegeven, bij een correctie"
    )


class BriefRetour(EventData):
    """A posted letter came back."""

    type: ClassVar = "nl.heronderzoek.documenten.brief-retour.v1"
    topic: ClassVar = topics.DOCUMENTS.name
    subject: ClassVar = "documentId"

    zaakId: UUID
    documentId: UUID
    bezorgingId: UUID
    doel: Purpose
    reden: ReturnReason
    retourDatum: date


class BriefRetourIngetrokken(EventData):
    """A letter did not come back after all: the wrong one was entered."""

    type: ClassVar = "nl.heronderzoek.documenten.brief-retour-ingetrokken.v1"
    topic: ClassVar = topics.DOCUMENTS.name
    subject: ClassVar = "documentId"

    zaakId: UUID
    documentId: UUID
    bezorgingId: UUID
    doel: Purpose
    reden: ReturnReason = Field(description="De reden van de retour die is ingetrokken")


class DocumentenGewist(EventData):
    """The letters of a destroyed case are gone."""

    type: ClassVar = "nl.heronderzoek.documenten.documenten-gewist.v1"
    topic: ClassVar = topics.DOCUMENTS.name
    subject: ClassVar = "zaakId"

    zaakId: UUID


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
