"""What intake answers and takes about uploads, findings and batches."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

import sqlalchemy as sa
from fastapi import Query
from pydantic import BaseModel, ConfigDict

from services.intake.domain import Batch, RefusedRow, Status

Page = Annotated[int, Query(alias="pagina", ge=1, le=1_000_000)]
PageSize = Annotated[int, Query(alias="perPagina", ge=1, le=200)]


class Ontvangen(BaseModel):
    """A file that was taken in."""

    id: UUID
    bestandsnaam: str
    status: Status


class Groep(BaseModel):
    """All findings of one kind in one column, with the true count."""

    soort: str
    ernst: str
    titel: str
    aantal: int
    kolom: str | None
    uitleg: str
    verwacht: str
    rijen: list[tuple[int, int]]
    rijenVolledig: bool
    bijnaAlleRijen: bool

    @classmethod
    def of(cls, group: dict[str, Any]) -> Self:
        """A group as it is kept with the upload."""
        return cls(
            soort=group["kind"],
            ernst=group["severity"],
            titel=group["title"],
            aantal=group["count"],
            kolom=group["column"],
            uitleg=group["message"],
            verwacht=group["expected"],
            rijen=group["ranges"],
            rijenVolledig=group["ranges_complete"],
            bijnaAlleRijen=group["is_systematic"],
        )


class Upload(BaseModel):
    """An upload in a list."""

    id: UUID
    bestandsnaam: str
    status: Status
    voortgangRijen: int
    aantalRijen: int
    aantalGoed: int
    aantalFout: int
    aantalFouten: int
    aantalWaarschuwingen: int
    reden: str | None
    batchId: UUID | None
    ontvangenOp: datetime
    ontvangenDoor: str

    @classmethod
    def of(cls, row: sa.RowMapping) -> Self:
        """An upload as the queries give it."""
        return cls(**_upload(row))


class HerkendeKolom(BaseModel):
    """A column of the workbook, and what it was read as."""

    letter: str
    kop: str
    kolom: str | None
    herkendAan: Literal["naam", "alias", "overgeslagen", "onbekend"]


class Vergelijking(BaseModel):
    """What became of the errors of the upload before this one."""

    vorigeUploadId: UUID
    opgelost: int
    over: int
    nieuw: int


class UploadMetGroepen(Upload):
    """One upload, with what was read and what was found."""

    werkblad: str | None
    andereWerkbladen: list[str]
    kolommen: list[HerkendeKolom]
    aantalVerborgenRijen: int
    vervangt: UUID | None
    vergelijking: Vergelijking | None
    groepen: list[Groep]

    @classmethod
    def of(cls, row: sa.RowMapping) -> Self:
        """An upload as the queries give it."""
        return cls(
            **_upload(row),
            werkblad=row["sheet"],
            andereWerkbladen=row["other_sheets"],
            kolommen=[_matched(column) for column in row["columns"]],
            aantalVerborgenRijen=row["hidden_rows"],
            vervangt=row["replaces"],
            vergelijking=_compared(row["comparison"]),
            groepen=[Groep.of(group) for group in row["groups"]],
        )


def _matched(column: dict[str, Any]) -> HerkendeKolom:
    return HerkendeKolom(
        letter=column["letter"],
        kop=column["header"],
        kolom=column["column"],
        herkendAan=column["how"],
    )


def _compared(found: dict[str, Any] | None) -> Vergelijking | None:
    if found is None:
        return None
    return Vergelijking(
        vorigeUploadId=found["upload"],
        opgelost=found["solved"],
        over=found["left"],
        nieuw=found["new"],
    )


def _upload(row: sa.RowMapping) -> dict[str, Any]:
    return {
        "id": row["id"],
        "bestandsnaam": row["file_name"],
        "status": row["status"],
        "voortgangRijen": row["progress"],
        "aantalRijen": row["rows"],
        "aantalGoed": row["rows"] - row["wrong_rows"],
        "aantalFout": row["wrong_rows"],
        "aantalFouten": row["errors"],
        "aantalWaarschuwingen": row["warnings"],
        "reden": row["reason"],
        "batchId": row["batch_id"],
        "ontvangenOp": row["received_at"],
        "ontvangenDoor": row["person_name"] or row["received_by"],
    }


class Uploads(BaseModel):
    """A page of uploads, newest first."""

    aantal: int
    pagina: int
    resultaten: list[Upload]


class Bevinding(BaseModel):
    """One finding. What was found is masked: a shape, never personal data."""

    rij: int
    kolom: str | None
    soort: str
    ernst: str
    gevonden: str
    verwacht: str
    uitleg: str
    verwanteRijen: list[int]

    @classmethod
    def of(cls, row: sa.RowMapping) -> Self:
        """A finding as the queries give it."""
        return cls(
            rij=row["row"],
            kolom=row["column"],
            soort=row["kind"],
            ernst=row["severity"],
            gevonden=row["found"],
            verwacht=row["expected"],
            uitleg=row["message"],
            verwanteRijen=row["related"],
        )


class Bevindingen(BaseModel):
    """A page of findings, by row."""

    aantal: int
    pagina: int
    resultaten: list[Bevinding]


class Akkoord(BaseModel):
    """The colleague has seen the check and agrees to open a case for every (good) row."""

    model_config = ConfigDict(extra="forbid")

    akkoord: Literal[True]
    zonderFouteRijen: bool = False


class Bevestigd(BaseModel):
    """A confirmed upload: the batch that it became."""

    batchId: UUID
    aantalRijen: int
    aantalWeggelaten: int


class BatchVoortgang(BaseModel):
    """How far the rows of a batch have been offered to cases."""

    id: UUID
    uploadId: UUID
    bestandsnaam: str
    aantalRijen: int
    aantalWeggelaten: int
    aangeboden: int
    aantalGeweigerd: int
    eersteZaaknummer: str
    laatsteZaaknummer: str
    bevestigdOp: datetime
    bevestigdDoor: str
    storing: str | None

    @classmethod
    def of(cls, batch: Batch, person: str, refused: int) -> Self:
        """A batch, the name of who confirmed it and its number of refused rows."""
        return cls(
            id=batch.id,
            uploadId=batch.upload_id,
            bestandsnaam=batch.file_name,
            aantalRijen=batch.rows,
            aantalWeggelaten=batch.left_out,
            aangeboden=batch.offered,
            aantalGeweigerd=refused,
            eersteZaaknummer=batch.case_number(1),
            laatsteZaaknummer=batch.case_number(batch.rows),
            bevestigdOp=batch.confirmed_at,
            bevestigdDoor=person,
            storing=batch.trouble,
        )


class GeweigerdeRij(BaseModel):
    """A row for which no case could be opened."""

    rij: int
    reden: str
    lopendeZaak: str | None


class GeweigerdeRijen(BaseModel):
    """A page of refused rows, by row."""

    aantal: int
    pagina: int
    resultaten: list[GeweigerdeRij]

    @classmethod
    def of(cls, total: int, page: int, rows: Sequence[RefusedRow]) -> Self:
        """A page as the queries give it."""
        results = [
            GeweigerdeRij(rij=row.row, reden=row.reason, lopendeZaak=row.open_case) for row in rows
        ]
        return cls(aantal=total, pagina=page, resultaten=results)
