"""What is asked and answered about cases and the people in them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from services.cases.answers.decisions import DecisionLine
from services.cases.answers.shapes import Request, Row
from services.cases.domain import Case, Person, life, working_days
from services.cases.domain.case import RETURNED
from services.cases.domain.life import Act, Source
from services.cases.next_step import next_step
from shared.contracts.codes import CaseStatus, Channel, Preference, Purpose, ReturnReason

#: A whole file of people and their partners can be asked for at once.
MOST_INDEXES = 200_000


class LastContact(BaseModel):
    """What last went to the resident, or came from the resident."""

    soort: str
    kanaal: str | None
    datum: date

    @classmethod
    def of(cls, case: Row, sent: Row | None) -> LastContact | None:
        """The last letter or mail, unless the data came in later."""
        day = working_days.today(sent["ended_at"]) if sent else None
        supplied: date | None = case["supplied_on"]
        if supplied is not None and (day is None or supplied >= day):
            return cls(soort="gegevens aangeleverd", kanaal=case["supplied_via"], datum=supplied)
        if sent is None or day is None:
            return None
        return cls(soort=sent["purpose"], kanaal=sent["channel"], datum=day)


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
    teamId: UUID | None
    behandelaar: str | None
    behandelaarNaam: str | None
    reactieDatum: date | None
    wachtTotDatum: date | None
    bezwaarDatum: date | None
    partnerNaam: str | None
    laatsteContact: LastContact | None

    @classmethod
    def of(
        cls,
        row: Row,
        names: Mapping[str, str],
        partner: Row | None = None,
        sent: Row | None = None,
    ) -> CaseLine:
        """A row of the query, with the name of its behandelaar where it is known."""
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
            teamId=row["team_id"],
            behandelaar=row["assignee"],
            behandelaarNaam=names.get(row["assignee"] or ""),
            reactieDatum=row["response_date"],
            wachtTotDatum=row["waiting_until"] if row["status"] == CaseStatus.WAITING else None,
            bezwaarDatum=row["objection_at"],
            partnerNaam=full_name(partner) if partner else None,
            laatsteContact=LastContact.of(row, sent),
        )


class PersonAnswer(BaseModel):
    """Somebody in a case. Of the BSN only the last four digits are shown."""

    naam: str
    bsn: str
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


class Toestemming(BaseModel):
    """What was declared about e-mail when a mail was approved (Wmebv): evidence."""

    tekst: str
    bron: str
    door: str
    op: datetime


class DeliveryAnswer(BaseModel):
    """A letter or mail to the resident."""

    id: UUID
    kanaal: Channel
    doel: Purpose
    status: str
    ronde: int
    reden: str | None
    gevraagdOp: datetime | None
    klaarOp: datetime | None
    gepostDatum: date | None
    retourDatum: date | None
    retourReden: ReturnReason | None
    toestemming: Toestemming | None

    @classmethod
    def of(cls, row: Row) -> DeliveryAnswer:
        """A row of the query."""
        consent = None
        if row["consent_id"] is not None:
            consent = Toestemming(
                tekst=row["consent_text"],
                bron=row["consent_source"],
                door=row["consent_by"],
                op=row["consent_at"],
            )
        return cls(
            id=row["id"],
            kanaal=Channel(row["channel"]),
            doel=Purpose(row["purpose"]),
            status=RETURNED if row["returned_on"] else row["state"],
            ronde=row["round"],
            reden=row["reason"],
            gevraagdOp=row["asked_at"],
            klaarOp=row["ended_at"],
            gepostDatum=row["posted_on"],
            retourDatum=row["returned_on"],
            retourReden=row["return_reason"],
            toestemming=consent,
        )


class TimelineAnswer(BaseModel):
    """Something that happened in a case."""

    op: datetime
    door: str
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
    retourOp: datetime | None
    overledenOp: datetime | None
    geopendOp: datetime
    gewijzigdOp: datetime
    teamId: UUID | None
    behandelaar: str | None
    behandelaarNaam: str | None
    versie: int
    volgendeStap: str
    mogelijk: list[Act]
    reactieDatum: date | None
    wachtTotDatum: date | None
    wachtReden: str | None
    aanleverKanaal: Source | None
    aanleverDatum: date | None
    stopReden: str | None
    afgeslotenOp: datetime | None
    bezwaarDatum: date | None
    besluiten: list[DecisionLine]
    inwoner: PersonAnswer
    partner: PersonAnswer | None
    bezorgingen: list[DeliveryAnswer]
    tijdlijn: list[TimelineAnswer]

    @classmethod
    def of(
        cls,
        case: Case,
        people: tuple[Person, Person | None],
        sent: tuple[list[DecisionLine], list[DeliveryAnswer]],
        timeline: list[TimelineAnswer],
        assignee_name: str | None,
        today: date,
    ) -> CaseAnswer:
        """A case; `people` are the resident and the partner, `sent` what was decided and sent."""
        resident, partner = people
        decisions, deliveries = sent
        is_waiting = case.status == CaseStatus.WAITING
        return cls(
            id=case.id,
            zaaknummer=case.number,
            batchId=case.batch_id,
            rij=case.row,
            status=CaseStatus(case.status),
            communicatievoorkeur=Preference(case.preference),
            indicatie=case.indication,
            retourOp=case.returned_at,
            overledenOp=case.deceased_at,
            geopendOp=case.opened_at,
            gewijzigdOp=case.changed_at,
            teamId=case.team_id,
            behandelaar=case.assignee,
            behandelaarNaam=assignee_name,
            versie=case.version,
            volgendeStap=next_step(case, today),
            mogelijk=list(life.possible(case)),
            reactieDatum=case.response_date,
            wachtTotDatum=case.waiting_until if is_waiting else None,
            wachtReden=case.waiting_reason if is_waiting else None,
            aanleverKanaal=Source(case.supplied_via) if case.supplied_via else None,
            aanleverDatum=case.supplied_on,
            stopReden=case.stopped_reason,
            afgeslotenOp=case.closed_at,
            bezwaarDatum=case.objection_at,
            besluiten=decisions,
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


class BatchOfCaseRequest(Request):
    """Which case."""

    zaakId: UUID


class BatchOfCaseAnswer(BaseModel):
    """Its batch; None when there never was such a case."""

    batchId: UUID | None


class OpenCase(BaseModel):
    """A BSN index with the number of its open case."""

    bsnIndex: str
    zaaknummer: str


class OpenCasesAnswer(BaseModel):
    """Those that have one."""

    gevonden: list[OpenCase]


def full_name(row: Row) -> str:
    """The name as a list shows it: "A. de Vries"."""
    if row["written_name"]:
        return str(row["written_name"])
    parts = (row["initials"] or row["first_name"], row["infix"], row["last_name"])
    return " ".join(part for part in parts if part)
