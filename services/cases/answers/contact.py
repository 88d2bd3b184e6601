"""What is asked and answered about the contact data of a resident."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints
from pydantic_core import from_json

from services.cases.answers.shapes import Reason, Request
from services.cases.domain import ContactChange
from shared.contracts.codes import Channel, Preference
from shared.contracts.persons import Adres, Correspondentie

#: The rules say what fits, and why; this only keeps whole books out.
Text = Annotated[str, StringConstraints(max_length=500)]


class AdresInvoer(Request):
    """Where letters go; what is left out is empty."""

    straat: Text | None = None
    postbus: Text | None = None
    huisnummer: int | None = None
    huisletter: Text | None = None
    huisnummertoevoeging: Text | None = None
    postcode: Text | None = None
    woonplaats: Text | None = None
    land: Text | None = None


class CorrespondentieInvoer(Request):
    """Who receives the letters instead; what is left out is empty."""

    naam: Text | None = None
    straat: Text | None = None
    huisnummer: Text | None = None
    postcode: Text | None = None
    woonplaats: Text | None = None


class ContactRequest(Request):
    """A correction. What is left out stays; what is null becomes empty."""

    versie: int = Field(ge=1)
    reden: Reason
    aanschrijfnaam: Text | None = None
    adres: AdresInvoer | None = None
    correspondentie: CorrespondentieInvoer | None = None
    email: Text | None = None
    telefoon: Text | None = None
    communicatievoorkeur: Preference | None = None

    def wishes(self) -> dict[str, Any]:
        """What was sent along, and so changes."""
        given = self.model_dump()
        return {name: given[name] for name in self.model_fields_set - {"versie", "reden"}}


class Contactgegevens(BaseModel):
    """Contact data."""

    aanschrijfnaam: str | None = None
    adres: Adres | None = None
    correspondentie: Correspondentie | None = None
    email: str | None = None
    telefoon: str | None = None
    communicatievoorkeur: Preference | None = None


class ContactChangeAnswer(BaseModel):
    """A correction: only what changed is filled."""

    id: UUID
    op: datetime
    door: str
    doorNaam: str | None
    reden: str
    gewijzigd: list[str]
    was: Contactgegevens
    werd: Contactgegevens

    @classmethod
    def of(cls, change: ContactChange, names: Mapping[str, str]) -> ContactChangeAnswer:
        """A correction that was opened."""
        after = from_json(change.after)
        return cls(
            id=change.id,
            op=change.at,
            door=change.by,
            doorNaam=names.get(change.by),
            reden=change.reason,
            gewijzigd=sorted(after),
            was=Contactgegevens.model_validate(from_json(change.before)),
            werd=Contactgegevens.model_validate(after),
        )


class ContactAnswer(BaseModel):
    """The contact data of a resident, and how they came about."""

    versie: int
    gegevens: Contactgegevens
    onderweg: list[Channel]
    wijzigingen: list[ContactChangeAnswer]
