"""What the HTTP doors of cases take and give (JSON, Dutch camelCase)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.cases.domain import Batch, BatchStatus, Case, Figures, Person, Plan, PlanCounts
from shared.contracts.codes import CaseStatus, Channel, Preference, Purpose

T = TypeVar("T")
#: A row of a query, by column name.
Row = Mapping[Any, Any]
_ONE_LINE = r"^[^\x00-\x1f\x7f]*$"
Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=_ONE_LINE),
]
#: A whole file of people and their partners can be asked for at once.
MOST_INDEXES = 200_000


class Request(BaseModel):
    """Base of everything that comes in: an unknown property is an error, not a silent loss."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Page(BaseModel, Generic[T]):
    """A page of results."""

    aantal: int = Field(description="Aantal resultaten op alle pagina's samen")
    pagina: int
    resultaten: list[T]


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
        cls, batch: Batch, rows: tuple[int, int], figures: Figures, names: Mapping[str, str]
    ) -> BatchAnswer:
        """A batch, with (cases, refused) and figures as they are now."""
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
        Field(None, description="Waaruit blijkt dat deze inwoners voor e-mail kozen (Wmebv)")
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

    zaakId: UUID = Field(description="Het kenmerk dat de zaak gekregen zou hebben")
    rij: int
    reden: str
    lopendeZaak: str | None
    geweigerdOp: datetime

    @classmethod
    def of(cls, row: Row) -> RefusalAnswer:
        """A row of the query."""
        return cls(
            zaakId=row["id"],
            rij=row["row"],
            reden=row["reason"],
            lopendeZaak=row["running_number"],
            geweigerdOp=row["at"],
        )


class CaseLine(BaseModel):
    """A case in a list."""

    id: UUID
    zaaknummer: str
    batchId: UUID
    rij: int
    status: CaseStatus
    naam: str
    woonplaats: str | None
    geopendOp: datetime
    gewijzigdOp: datetime

    @classmethod
    def of(cls, row: Row) -> CaseLine:
        """A row of the query."""
        return cls(
            id=row["id"],
            zaaknummer=row["number"],
            batchId=row["batch_id"],
            rij=row["row"],
            status=CaseStatus(row["status"]),
            naam=full_name(row),
            woonplaats=row["city"],
            geopendOp=row["opened_at"],
            gewijzigdOp=row["changed_at"],
        )


class PersonAnswer(BaseModel):
    """Somebody in a case. Of the BSN only the last four digits are shown."""

    naam: str
    bsn: str = Field(description="Gemaskeerd: *****1234")
    geboortedatum: str
    voorletters: str | None
    voornaam: str | None
    tussenvoegsel: str | None
    achternaam: str
    email: str | None
    telefoon: str | None
    straat: str | None
    huisnummer: str | None
    postcode: str | None
    woonplaats: str | None

    @classmethod
    def of(cls, person: Person) -> PersonAnswer:
        """A person, with the BSN masked."""
        return cls(
            naam=full_name(
                {
                    "initials": person.initials,
                    "first_name": person.first_name,
                    "infix": person.infix,
                    "last_name": person.last_name,
                    "written_name": person.written_name,
                }
            ),
            bsn=f"*****{person.bsn[-4:]}",
            geboortedatum=person.birth_date,
            voorletters=person.initials,
            voornaam=person.first_name,
            tussenvoegsel=person.infix,
            achternaam=person.last_name,
            email=person.email,
            telefoon=person.telephone,
            straat=person.street,
            huisnummer=person.house_number,
            postcode=person.postcode,
            woonplaats=person.city,
        )


class DeliveryAnswer(BaseModel):
    """A letter or mail to the resident."""

    id: UUID
    kanaal: Channel
    doel: Purpose
    status: str = Field(description="gepland, gevraagd, gelukt of mislukt")
    ronde: int
    reden: str | None
    gevraagdOp: datetime | None
    klaarOp: datetime | None

    @classmethod
    def of(cls, row: Row) -> DeliveryAnswer:
        """A row of the query."""
        return cls(
            id=row["id"],
            kanaal=Channel(row["channel"]),
            doel=Purpose(row["purpose"]),
            status=row["state"],
            ronde=row["round"],
            reden=row["reason"],
            gevraagdOp=row["asked_at"],
            klaarOp=row["ended_at"],
        )


class TimelineAnswer(BaseModel):
    """Something that happened in a case."""

    op: datetime
    door: str = Field(description="Gebruiker, of systeem:<naam>")
    wat: str
    toelichting: str | None

    @classmethod
    def of(cls, row: Row, names: Mapping[str, str]) -> TimelineAnswer:
        """A row of the query, with the actor's name where it is known."""
        return cls(
            op=row["at"],
            door=names.get(row["actor"], row["actor"]),
            wat=row["what"],
            toelichting=row["explanation"],
        )


class CaseAnswer(BaseModel):
    """A case with its people, what was sent, and its latest history."""

    id: UUID
    zaaknummer: str
    batchId: UUID
    rij: int
    status: CaseStatus
    communicatievoorkeur: Preference
    indicatie: str | None
    geopendOp: datetime
    gewijzigdOp: datetime
    inwoner: PersonAnswer
    partner: PersonAnswer | None
    bezorgingen: list[DeliveryAnswer]
    tijdlijn: list[TimelineAnswer]

    @classmethod
    def of(
        cls,
        case: Case,
        people: tuple[Person, Person | None],
        deliveries: list[DeliveryAnswer],
        timeline: list[TimelineAnswer],
    ) -> CaseAnswer:
        """A case; `people` are the resident and the partner."""
        resident, partner = people
        return cls(
            id=case.id,
            zaaknummer=case.number,
            batchId=case.batch_id,
            rij=case.row,
            status=CaseStatus(case.status),
            communicatievoorkeur=Preference(case.preference),
            indicatie=case.indication,
            geopendOp=case.opened_at,
            gewijzigdOp=case.changed_at,
            inwoner=PersonAnswer.of(resident),
            partner=PersonAnswer.of(partner) if partner else None,
            bezorgingen=deliveries,
            tijdlijn=timeline,
        )


class OpenCasesRequest(Request):
    """BSN indexes (hexadecimal) of which intake wants to know whether they have an open case."""

    bsnIndexen: list[Annotated[str, StringConstraints(pattern=r"^(?:[0-9a-f]{2}){33}$")]] = Field(
        max_length=MOST_INDEXES
    )


class OpenCase(BaseModel):
    """A BSN index with the number of its open case."""

    bsnIndex: str
    zaaknummer: str


class OpenCasesAnswer(BaseModel):
    """Those that have one."""

    gevonden: list[OpenCase]


class OfficeRequest(Request):
    """The settings of a gemeente, complete."""

    naam: Line
    plaats: Line
    afdeling: Line
    telefoon: Line
    openingstijden: Line
    retouradres: Line
    afzenderNaam: Line
    afzenderEmail: Annotated[
        str, StringConstraints(max_length=254, pattern=r"^[^@\s<>,;\"]+@[^@\s<>,;\"]+\.[a-z]{2,}$")
    ]
    link: Annotated[str, StringConstraints(max_length=500, pattern=r"^https?://[^\s<>\"]+$")]


class OfficeAnswer(BaseModel):
    """The settings of a gemeente."""

    code: str = Field(description="CBS-code van de gemeente")
    naam: str
    plaats: str
    afdeling: str
    telefoon: str
    openingstijden: str
    retouradres: str
    afzenderNaam: str
    afzenderEmail: str
    link: str


def full_name(row: Row) -> str:
    """The name as a list shows it: "A. de Vries"."""
    if row["written_name"]:
        return str(row["written_name"])
    parts = (row["initials"] or row["first_name"], row["infix"], row["last_name"])
    return " ".join(part for part in parts if part)
