"""What is asked and answered about a batch: its figures, its plan, its approval."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from services.cases.answers.cases import full_name
from services.cases.answers.shapes import Request, Row
from services.cases.domain import Batch, BatchStatus, Figures, Plan, PlanCounts
from shared.contracts.codes import Channel


class Brieven(BaseModel):
    """How many letters are in which state."""

    gepland: int
    gevraagd: int
    gemaakt: int
    mislukt: int


class Emails(BaseModel):
    """How many mails are in which state."""

    gepland: int
    gevraagd: int
    verzonden: int
    mislukt: int


class BatchAnswer(BaseModel):
    """A batch with its progress. Counts of rows are empty until every row has its case."""

    id: UUID
    status: BatchStatus
    bestandsnaam: str
    gestartDoor: str
    gestartDoorNaam: str | None
    bevestigdOp: datetime
    aantalRijen: int
    aantalZaken: int
    aantalGeweigerd: int
    aantalWachtOpBeheerder: int
    verzendDatum: date | None
    reactietermijnDagen: int | None
    reactieDatum: date | None
    akkoordDoor: str | None
    akkoordOp: datetime | None
    afgerondOp: datetime | None
    brieven: Brieven
    emails: Emails

    @classmethod
    def of(
        cls, batch: Batch, rows: tuple[int, int, int], figures: Figures, names: Mapping[str, str]
    ) -> BatchAnswer:
        """A batch, with (cases, refused, of those by a fault) and figures as they are now."""
        return cls(
            id=batch.id,
            status=BatchStatus(batch.status),
            bestandsnaam=batch.file_name,
            gestartDoor=batch.started_by,
            gestartDoorNaam=names.get(batch.started_by),
            bevestigdOp=batch.confirmed_at,
            aantalRijen=batch.row_count,
            aantalZaken=rows[0],
            aantalGeweigerd=rows[1],
            aantalWachtOpBeheerder=rows[2],
            verzendDatum=batch.send_date,
            reactietermijnDagen=batch.response_days,
            reactieDatum=batch.response_date,
            akkoordDoor=batch.approved_by,
            akkoordOp=batch.approved_at,
            afgerondOp=batch.closed_at,
            brieven=Brieven(
                gepland=figures.letters_planned,
                gevraagd=figures.letters_asked,
                gemaakt=figures.letters_made,
                mislukt=figures.letters_failed,
            ),
            emails=Emails(
                gepland=figures.mails_planned,
                gevraagd=figures.mails_asked,
                verzonden=figures.mails_sent,
                mislukt=figures.mails_failed,
            ),
        )


class PlanAnswer(BaseModel):
    """The communication plan: who gets what, when, and until when they may answer."""

    aantalAlleenEmail: int
    aantalAlleenBrief: int
    aantalBeide: int
    aantalEmails: int
    aantalBrieven: int
    zonderAdres: int
    indicaties: dict[str, int]
    verzendDatum: date
    reactietermijnDagen: int
    reactieDatum: date
    verklaring: str | None

    @classmethod
    def of(cls, counts: PlanCounts, plan: Plan) -> PlanAnswer:
        """The plan with its counts."""
        return cls(
            aantalAlleenEmail=counts.only_mail,
            aantalAlleenBrief=counts.only_letter,
            aantalBeide=counts.both,
            aantalEmails=counts.mails,
            aantalBrieven=counts.letters,
            zonderAdres=counts.without_address,
            indicaties=dict(counts.indications),
            verzendDatum=plan.send_date,
            reactietermijnDagen=plan.response_days,
            reactieDatum=plan.response_date,
            verklaring=plan.declaration,
        )


class PlanRequest(Request):
    """A plan as the user sets it."""

    verzendDatum: date
    reactietermijnDagen: int
    verklaring: Annotated[str | None, StringConstraints(strip_whitespace=True, max_length=2000)] = (
        Field(None)
    )


class ApprovalRequest(Request):
    """Agreement with the counts and the template versions that were on the screen."""

    aantalEmails: int = Field(ge=0)
    aantalBrieven: int = Field(ge=0)
    briefSjabloonVersieId: UUID | None = None
    emailSjabloonVersieId: UUID | None = None


class ApprovalAnswer(BaseModel):
    """What will be sent."""

    batchId: UUID
    status: BatchStatus
    aantalEmails: int
    aantalBrieven: int
    verzendDatum: date
    reactieDatum: date


class RetryRequest(Request):
    """What of the failed letters and mails to try again."""

    bezorgingIds: Annotated[list[UUID], Field(min_length=1, max_length=10_000)] | None = None


class RetryAnswer(BaseModel):
    """What is tried again."""

    batchId: UUID
    aantalBrieven: int
    aantalEmails: int


class FailureAnswer(BaseModel):
    """A letter or mail that failed."""

    bezorgingId: UUID
    zaakId: UUID
    zaaknummer: str
    rij: int
    naam: str
    kanaal: Channel
    reden: str | None
    misluktOp: datetime | None

    @classmethod
    def of(cls, row: Row) -> FailureAnswer:
        """A row of the query."""
        return cls(
            bezorgingId=row["id"],
            zaakId=row["case_id"],
            zaaknummer=row["number"],
            rij=row["row"],
            naam=full_name(row),
            kanaal=Channel(row["channel"]),
            reden=row["reason"],
            misluktOp=row["ended_at"],
        )


class RefusalAnswer(BaseModel):
    """A row that became no case."""

    zaakId: UUID
    rij: int
    reden: str
    lopendeZaak: str | None
    geweigerdOp: datetime
    wachtOpBeheerder: bool = Field(description="Door een technische fout; de zaak kan nog komen")

    @classmethod
    def of(cls, row: Row) -> RefusalAnswer:
        """A row of the query."""
        return cls(
            zaakId=row["id"],
            rij=row["row"],
            reden=row["reason"],
            lopendeZaak=row["running_number"],
            geweigerdOp=row["at"],
            wachtOpBeheerder=row["by_fault"],
        )
