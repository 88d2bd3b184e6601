"""What documents answers and accepts over HTTP: Dutch names, camelCase."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

import sqlalchemy as sa
from pydantic import Base64Bytes, BaseModel, ConfigDict, Field, WithJsonSchema

from services.documents.domain import LetterState, PrintFile, PrintState
from services.documents.domain.printing import PrintOrdering
from services.documents.domain.withdrawing import ToPull
from services.documents.pictures import MAX_PICTURE, MAX_PICTURES
from shared.contracts.codes import Purpose

#: A letter of ten pages is 20 kB of HTML; what is larger holds pictures that belong beside it.
MAX_HTML = 500_000


class Sjabloon(BaseModel):
    """A version of a letter template."""

    id: UUID
    doel: Purpose
    naam: str
    versie: int
    actief: bool
    geactiveerdOp: datetime | None
    geplaatstOp: datetime
    geplaatstDoor: str

    @classmethod
    def of(cls, row: sa.RowMapping, **extra: Any) -> Self:
        """A row of the versions query."""
        return cls(
            id=row["id"],
            doel=row["purpose"],
            naam=row["name"],
            versie=row["number"],
            actief=row["is_active"],
            geactiveerdOp=row["active_since"],
            geplaatstOp=row["made_at"],
            geplaatstDoor=row["made_by"],
            **extra,
        )


class SjabloonMetInhoud(Sjabloon):
    """A version with its text, and the names of its pictures."""

    html: str
    afbeeldingen: list[str]


class Sjablonen(BaseModel):
    """A page of template versions."""

    aantal: int
    pagina: int
    resultaten: list[Sjabloon]


class ActiefSjabloon(BaseModel):
    """The version that letters are made with now."""

    id: UUID
    doel: Purpose
    naam: str
    versie: int
    geactiveerdOp: datetime

    @classmethod
    def of(cls, row: sa.RowMapping) -> Self:
        """A row of the active version."""
        return cls(
            id=row["id"],
            doel=row["purpose"],
            naam=row["name"],
            versie=row["number"],
            geactiveerdOp=row["active_since"],
        )


class Afbeelding(BaseModel):
    """A picture that belongs to a template, by the name that the HTML calls it."""

    model_config = ConfigDict(extra="forbid")

    naam: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$")
    #: Base64 is a third larger than what it holds.
    inhoud: Annotated[
        Base64Bytes,
        Field(max_length=MAX_PICTURE * 4 // 3 + 4),
        WithJsonSchema({"type": "string", "contentEncoding": "base64"}),
    ]


class NieuwSjabloon(BaseModel):
    """A letter to place; its pictures are those of the version before it, and these."""

    model_config = ConfigDict(extra="forbid")

    doel: Purpose
    naam: str = Field(min_length=1, max_length=100)
    html: str = Field(min_length=1, max_length=MAX_HTML)
    afbeeldingen: list[Afbeelding] = Field(default=[], max_length=MAX_PICTURES)


class Bevinding(BaseModel):
    """Something about a template that deserves a look."""

    regel: int | None
    code: str
    uitleg: str


class GeplaatstSjabloon(ActiefSjabloon):
    """The new version, with what the linter would like to see otherwise."""

    waarschuwingen: list[Bevinding]


class Omzetting(BaseModel):
    """What a Word document is as a letter; nothing is kept of it yet."""

    html: str
    afbeeldingen: list[Afbeelding]
    nietMeegekomen: list[str]
    bevindingen: list[Bevinding]


class DocumentAntwoord(BaseModel):
    """A letter of a case."""

    id: UUID
    zaakId: UUID
    batchId: UUID | None
    zaaknummer: str
    doel: Purpose
    status: LetterState
    paginas: int | None
    bytes: int | None
    sha256: str | None
    sjabloonVersieId: UUID | None
    gevraagdOp: datetime
    afgerondOp: datetime | None
    reden: str | None

    @classmethod
    def of(cls, row: sa.RowMapping) -> Self:
        """A row of the documents queries."""
        return cls(
            id=row["id"],
            zaakId=row["case_id"],
            batchId=row["batch_id"],
            zaaknummer=row["case_number"],
            doel=row["purpose"],
            status=row["state"],
            paginas=row["pages"],
            bytes=row["size"],
            sha256=row["sha256"],
            sjabloonVersieId=row["template_version"],
            gevraagdOp=row["asked_at"],
            afgerondOp=row["ended_at"],
            reden=row["reason"],
        )


class Documenten(BaseModel):
    """A page of letters."""

    aantal: int
    pagina: int
    resultaten: list[DocumentAntwoord]


class Voortgang(BaseModel):
    """How far the letters of a batch are."""

    id: UUID
    verwacht: int | None
    gemaakt: int
    mislukt: int
    open: int


class NietPosten(BaseModel):
    """A letter that must be taken out of a print file, or was."""

    documentId: UUID
    zaakId: UUID
    zaaknummer: str
    volgnummer: int
    paginanummer: int
    reden: str
    ingetrokkenOp: datetime

    @classmethod
    def of(cls, letter: ToPull) -> Self:
        """Where it is, and why."""
        return cls(
            documentId=letter.document_id,
            zaakId=letter.case_id,
            zaaknummer=letter.case_number,
            volgnummer=letter.place,
            paginanummer=letter.page,
            reden=letter.reason,
            ingetrokkenOp=letter.at,
        )


class Afdrukbestand(BaseModel):
    """A print file with its totals."""

    id: UUID
    batchId: UUID | None
    nummer: int
    naam: str
    deel: int
    delen: int
    volgorde: PrintOrdering
    dubbelzijdig: bool
    scheidingsbladElke: int | None
    aantalScheidingsbladen: int | None
    gepostDatum: date | None
    gepostOp: datetime | None
    gepostReden: str | None
    status: PrintState
    aantalBrieven: int
    aantalPaginas: int | None
    aantalBlanco: int | None
    aantalVellen: int | None
    sha256: str | None
    gevraagdOp: datetime
    gereedOp: datetime | None
    reden: str | None
    nietPosten: list[NietPosten] | None

    @classmethod
    def of(cls, file: PrintFile | sa.RowMapping, pulled: Sequence[ToPull] | None = None) -> Self:
        """A print file, as item or as row; alone with its letters that must not be posted."""
        row = file if isinstance(file, PrintFile) else PrintFile(**file)
        return cls(
            id=row.id,
            batchId=row.batch_id,
            nummer=row.number,
            naam=row.name,
            deel=row.part,
            delen=row.parts,
            volgorde=row.ordering,
            dubbelzijdig=row.double_sided,
            scheidingsbladElke=row.separator_every,
            aantalScheidingsbladen=row.separators,
            gepostDatum=row.posted_on,
            gepostOp=row.posted_at,
            gepostReden=row.posted_reason,
            status=row.state,
            aantalBrieven=row.letters,
            aantalPaginas=row.pages,
            aantalBlanco=row.blank_pages,
            aantalVellen=row.sheets,
            sha256=row.sha256,
            gevraagdOp=row.asked_at,
            gereedOp=row.ended_at if row.is_ready else None,
            reden=row.reason,
            nietPosten=None if pulled is None else [NietPosten.of(one) for one in pulled],
        )


class Afdrukbestanden(BaseModel):
    """A page of print files."""

    aantal: int
    pagina: int
    resultaten: list[Afdrukbestand]
