"""What becomes of mails."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts import topics
from shared.contracts.codes import Purpose
from shared.contracts.envelope import EventData


class EmailVerzonden(EventData):
    """The mail server accepted a mail; that is not "read"."""

    type: ClassVar = "nl.heronderzoek.berichten.email-verzonden.v1"
    topic: ClassVar = topics.DELIVERY.name
    subject: ClassVar = "bezorgingId"

    zaakId: UUID
    bezorgingId: UUID
    pogingId: UUID
    batchId: UUID | None = Field(None, description="Leeg: voor één zaak, buiten een batch")
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
    batchId: UUID | None = Field(None, description="Leeg: voor één zaak, buiten een batch")
    doel: Purpose
    berichtId: UUID
    reden: str = Field(description="In woorden van de gebruiker, zonder persoonsgegevens")
    ingetrokken: bool = Field(False, description="Niet mislukt, maar op verzoek niet verstuurd")


class EmailNietBezorgd(EventData):
    """A mail that was sent came back (RFC 3464)."""

    type: ClassVar = "nl.heronderzoek.berichten.email-niet-bezorgd.v1"
    topic: ClassVar = topics.DELIVERY.name
    subject: ClassVar = "bezorgingId"

    zaakId: UUID
    bezorgingId: UUID
    pogingId: UUID
    batchId: UUID | None = Field(None, description="Leeg: voor één zaak, buiten een batch")
    doel: Purpose
    berichtId: UUID
    reden: str = Field(description="In woorden van de gebruiker, zonder persoonsgegevens")
    blijvend: bool = Field(description="Of opnieuw proberen geen zin heeft")


class ProefMislukt(EventData):
    """A mail that a colleague tried out on the own address could not be sent."""

    type: ClassVar = "nl.heronderzoek.berichten.proef-mislukt.v1"
    topic: ClassVar = topics.DELIVERY.name
    subject: ClassVar = "proefId"

    zaakId: UUID = Field(description="De zaak waarvan de e-mail als voorbeeld diende")
    proefId: UUID
    gebruikerId: str = Field(description="Wie de proef vroeg")
    reden: str = Field(description="In woorden van de gebruiker, zonder persoonsgegevens")


class EmailsGewist(EventData):
    """The mails of a destroyed case are gone."""

    type: ClassVar = "nl.heronderzoek.berichten.emails-gewist.v1"
    topic: ClassVar = topics.DELIVERY.name
    subject: ClassVar = "zaakId"

    zaakId: UUID
