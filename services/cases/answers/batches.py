"""What is asked and answered about a batch: its figures, its plan, its approval."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from services.cases.answers.acts import Handeling
from services.cases.answers.cases import full_name
from services.cases.answers.retries import RetryOfferAnswer
from services.cases.answers.shapes import Reason, Request, Row
from services.cases.domain import Batch, BatchStatus, Figures, Plan, PlanCounts
from services.cases.domain.retry_offer import RetryOffer
from shared.contracts.codes import Channel

#: A page of residents with all of them ticked, a few times over.
MOST_AT_ONCE = 1000


class Brieven(BaseModel):
    """How many letters are in which state."""

    gepland: int
    gevraagd: int
    gemaakt: int
    mislukt: int
    uitgesloten: int
    ingetrokken: int
    gepost: int
    retour: int


class Emails(BaseModel):
    """How many mails are in which state."""

    gepland: int
    gevraagd: int
    verzonden: int
    mislukt: int
    uitgesloten: int
    ingetrokken: int
    nietBezorgd: int


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
    akkoordDoorNaam: str | None
    akkoordOp: datetime | None
    afgerondOp: datetime | None
    brieven: Brieven
    emails: Emails
    vierOgen: bool
    verzendenOp: datetime | None
    emailsPerWerkdag: int | None
    begonnenOp: datetime | None
    aanbieding: Handeling | None
    terugzending: Handeling | None
    intrekking: Handeling | None
    wordtVervangen: bool
    aantalGestopt: int
    pauze: Handeling | None
    beeindiging: Handeling | None
    herkansing: RetryOfferAnswer | None

    @classmethod
    def of(
        cls,
        batch: Batch,
        rows: tuple[int, int, int],
        figures: Figures,
        names: Mapping[str, str],
        stopped: int,
        offer: RetryOffer | None,
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
            akkoordDoorNaam=names.get(batch.approved_by or ""),
            akkoordOp=batch.approved_at,
            afgerondOp=batch.closed_at,
            brieven=Brieven(
                gepland=figures.letters_planned,
                gevraagd=figures.letters_asked,
                gemaakt=figures.letters_made,
                mislukt=figures.letters_failed,
                uitgesloten=figures.letters_excluded,
                ingetrokken=figures.letters_withdrawn,
                gepost=figures.letters_posted,
                retour=figures.letters_returned,
            ),
            emails=Emails(
                gepland=figures.mails_planned,
                gevraagd=figures.mails_asked,
                verzonden=figures.mails_sent,
                mislukt=figures.mails_failed,
                uitgesloten=figures.mails_excluded,
                ingetrokken=figures.mails_withdrawn,
                nietBezorgd=figures.mails_bounced,
            ),
            vierOgen=batch.four_eyes,
            verzendenOp=batch.send_at,
            emailsPerWerkdag=batch.mails_per_day,
            begonnenOp=batch.ordering_at,
            aanbieding=Handeling.of(batch.offered_by, batch.offered_at, names),
            terugzending=Handeling.of(
                batch.sent_back_by, batch.sent_back_at, names, batch.sent_back_reason
            ),
            intrekking=Handeling.of(
                batch.withdrawn_by, batch.withdrawn_at, names, batch.withdrawn_reason
            ),
            wordtVervangen=batch.is_replaced,
            aantalGestopt=stopped,
            pauze=Handeling.of(batch.paused_by, batch.paused_at, names),
            beeindiging=Handeling.of(batch.stopped_by, batch.stopped_at, names),
            herkansing=RetryOfferAnswer.of(offer, names) if offer else None,
        )


class PlanAnswer(BaseModel):
    """The communication plan: who gets what, when, and until when they may answer."""

    aantalAlleenEmail: int
    aantalAlleenBrief: int
    aantalBeide: int
    aantalEmails: int
    aantalBrieven: int
    zonderAdres: int
    aantalUitgesloten: int
    indicaties: dict[str, int]
    verzendDatum: date
    reactietermijnDagen: int
    reactieDatum: date
    verklaring: str | None
    verklaringBron: str | None
    verzendenOp: datetime | None
    emailsPerWerkdag: int | None

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
            verklaringBron=plan.source,
            verzendenOp=plan.send_at,
            emailsPerWerkdag=plan.mails_per_day,
            aantalUitgesloten=counts.excluded,
        )


class PlanRequest(Request):
    """A plan as the user sets it."""

    verzendDatum: date
    reactietermijnDagen: int
    verklaring: Annotated[str | None, StringConstraints(strip_whitespace=True, max_length=2000)] = (
        Field(None)
    )
    verklaringBron: Annotated[
        str | None, StringConstraints(strip_whitespace=True, max_length=500)
    ] = Field(None)
    verzendenOp: AwareDatetime | None = None
    emailsPerWerkdag: int | None = None


class ReasonRequest(Request):
    """Why somebody does this."""

    reden: Reason


class ExclusionRequest(Request):
    """Residents whom nothing is sent to, and why."""

    zaakIds: list[UUID] = Field(min_length=1, max_length=MOST_AT_ONCE)
    reden: Reason


class InclusionRequest(Request):
    """Residents who are written to after all."""

    zaakIds: list[UUID] = Field(min_length=1, max_length=MOST_AT_ONCE)


class WithdrawalRequest(Request):
    """Why a batch is taken back, and whether a better file comes."""

    reden: Reason
    wordtVervangen: bool = False


class MomentRequest(Request):
    """When sending begins; empty is at once."""

    verzendenOp: AwareDatetime | None = None


class ExclusionAnswer(BaseModel):
    """A resident whom nothing is sent to."""

    zaakId: UUID
    zaaknummer: str
    rij: int
    naam: str
    reden: str
    door: str
    op: datetime

    @classmethod
    def of(cls, row: Row, names: Mapping[str, str]) -> ExclusionAnswer:
        """A row of the query, with the user's name where it is known."""
        return cls(
            zaakId=row["id"],
            zaaknummer=row["number"],
            rij=row["row"],
            naam=full_name(row),
            reden=row["reason"],
            door=names.get(row["by"], row["by"]),
            op=row["at"],
        )


class ExampleAnswer(BaseModel):
    """A resident whose letter or mail is worth a look before sending."""

    soort: str
    zaakId: UUID
    zaaknummer: str
    rij: int
    naam: str

    @classmethod
    def of(cls, row: Row) -> ExampleAnswer:
        """A row of the query."""
        return cls(
            soort=row["kind"],
            zaakId=row["id"],
            zaaknummer=row["number"],
            rij=row["row"],
            naam=full_name(row),
        )


class ApprovalAnswer(BaseModel):
    """What will be sent."""

    batchId: UUID
    status: BatchStatus
    aantalEmails: int
    aantalBrieven: int
    verzendDatum: date
    reactieDatum: date


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
