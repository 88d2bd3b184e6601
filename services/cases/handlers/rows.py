"""A row of a confirmed file becomes a case, or is refused.

This is the path that 100,000 rows take, so a row's person is turned into JSON once, for the sealed
column and the event alike, and events made from checked values are not checked again.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from pydantic_core import to_json

from services.cases import domain, tables
from services.cases.domain import Case, Person, PersonRole, Refusal, TimelineEntry
from services.cases.handlers import late_rows
from shared.chassis.work import Work
from shared.contracts.codes import CaseStatus, Purpose
from shared.contracts.envelope import Event
from shared.contracts.events import PersoonVastgelegd, RijAangeboden, ZaakGeopend
from shared.contracts.persons import Adres, Correspondentie, Partner, Persoon


async def open_case(event: Event[RijAangeboden], work: Work) -> None:
    """An accepted row opens a case, unless one of its people is in an open case already."""
    row = event.data
    if running := work.found(Person, row.persoon.bsn, by="bsn"):
        return _refuse(event, work, running, "deze inwoner")
    partner = row.persoon.partner
    if partner and (running := work.found(Person, partner.bsn, by="bsn")):
        return _refuse(event, work, running, "de partner van deze inwoner")
    waiting = work.found(Refusal, row.zaakId)
    if waiting and waiting.by_fault and not await late_rows.may_come_in(event, work):
        return None
    case = _case(event, work)
    whole = row.persoon.__pydantic_serializer__.to_json(row.persoon)
    work.add(tables.cases, case)
    work.add(tables.persons, resident(case, row.persoon, whole))
    if partner:
        work.add(tables.persons, _partner(case, partner))
    for channel in row.persoon.communicatievoorkeur.channels:
        work.add(tables.deliveries, domain.delivery_of(case, channel, Purpose.INVITATION))
    work.add(tables.timeline, _entry(event, work))
    _record_opening(case, row.persoon, whole, work)
    return None


def _refuse(event: Event[RijAangeboden], work: Work, running: Person, who: str) -> None:
    """Tell that somebody in the row has an open case; the same row again is no news."""
    if running.case_id != event.data.zaakId:
        reason = f"Voor {who} loopt al een zaak: {running.number}."
        sequence = 2 if work.found(Refusal, event.data.zaakId) else 1
        late_rows.refuse(event, work, reason, running.number, sequence=sequence)


async def refuse_by_fault(event: Event[RijAangeboden], work: Work) -> None:
    """A row that we could not handle counts as refused, until the beheerder brings it in again."""
    late_rows.refuse(event, work, late_rows.FAULT, by_fault=True)


def _case(event: Event[RijAangeboden], work: Work) -> Case:
    row = event.data
    return Case(
        id=row.zaakId,
        gemeente=event.gemeente,
        number=row.zaaknummer,
        batch_id=row.batchId,
        row=row.rij,
        place=row.volgnummer,
        status=CaseStatus.CREATED,
        preference=row.persoon.communicatievoorkeur,
        has_address=_has_address(row.persoon),
        indication=row.persoon.indicatie,
        opened_at=work.now,
        changed_at=work.now,
    )


def _has_address(person: Persoon) -> bool:
    """Whether a letter could be sent: to the correspondent or to the resident."""
    for place in (person.correspondentie, person.adres):
        if place is not None and place.woonplaats and (place.straat or _box(place)):
            return True
    return False


def _box(place: Adres | Correspondentie) -> str | None:
    return place.postbus if isinstance(place, Adres) else None


def corrected_case(case: Case, person: Persoon, at: datetime) -> Case:
    """The case with what the plan counts, after the person's contact data were corrected."""
    return replace(
        case,
        preference=person.communicatievoorkeur,
        has_address=_has_address(person),
        changed_at=at,
        version=case.version + 1,
    )


def resident(case: Case, person: Persoon, whole: bytes) -> Person:
    """The row of a resident; `whole` is the person as JSON."""
    address = person.adres or _NOWHERE
    return Person(
        id=case.id,
        gemeente=case.gemeente,
        case_id=case.id,
        number=case.number,
        role=PersonRole.RESIDENT,
        open=True,
        bsn=person.bsn,
        birth_date=person.geboortedatum,
        email=person.email,
        telephone=person.telefoon,
        whole=whole.decode(),
        initials=person.voorletters,
        first_name=person.voornaam,
        infix=person.tussenvoegsel,
        last_name=person.achternaam,
        written_name=person.aanschrijfnaam,
        street=address.straat or address.postbus,
        house_number=_house_number(address),
        postcode=address.postcode,
        city=address.woonplaats,
    )


_NOWHERE = Adres()


def _house_number(address: Adres) -> str | None:
    if address.huisnummer is None:
        return None
    letter, addition = address.huisletter or "", address.huisnummertoevoeging
    return f"{address.huisnummer}{letter}{f'-{addition}' if addition else ''}"


def _partner(case: Case, partner: Partner) -> Person:
    return Person(
        id=domain.partner_of(case.id),
        gemeente=case.gemeente,
        case_id=case.id,
        number=case.number,
        role=PersonRole.PARTNER,
        open=True,
        bsn=partner.bsn,
        birth_date=partner.geboortedatum,
        email=None,
        telephone=None,
        whole=None,
        initials=partner.voorletters,
        first_name=None,
        infix=partner.tussenvoegsel,
        last_name=partner.achternaam,
        written_name=None,
        street=None,
        house_number=None,
        postcode=None,
        city=None,
    )


def _entry(event: Event[RijAangeboden], work: Work) -> TimelineEntry:
    explanation = f"Rij {event.data.rij} van het bestand"
    return TimelineEntry(
        event.id,
        event.gemeente,
        event.data.zaakId,
        work.now,
        work.actor,
        "Zaak aangemaakt",
        explanation,
    )


def _record_opening(case: Case, person: Persoon, whole: bytes, work: Work) -> None:
    opened = ZaakGeopend.trusted(
        zaakId=case.id, zaaknummer=case.number, batchId=case.batch_id, rij=case.row
    )
    work.record(opened, sequence=case.version)
    record_person(case, person, whole, work)


def record_person(case: Case, person: Persoon, whole: bytes, work: Work) -> None:
    """Tell who the resident is; `whole` is the person as JSON, which is not made twice."""
    known = PersoonVastgelegd.trusted(
        zaakId=case.id, zaaknummer=case.number, batchId=case.batch_id, persoon=person
    )
    json = b'{"zaakId":"%s","zaaknummer":%s,"persoon":%s}' % (
        str(case.id).encode(),
        to_json(case.number),
        whole,
    )
    work.record(known, sequence=case.version, json=json)
