"""What cases hands over about a person (shared/contracts/inzage.py), in words for a resident."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field
from pydantic_core import from_json

from services.cases.answers.shapes import Request, Row
from services.cases.domain import Case, ContactChange, Decision, Person, PersonRole
from services.cases.domain.inzage import told
from shared.contracts.inzage import (
    Betrokkene,
    Inzageonderdeel,
    Inzagepersoon,
    Inzagezaak,
    named,
    own_data,
)

_DELIVERY = {
    "purpose": "doel",
    "channel": "kanaal",
    "state": "stand",
    "reason": "toelichting",
    "asked_at": "gevraagdOp",
    "ended_at": "klaarOp",
    "posted_on": "gepostOp",
    "returned_on": "retourOp",
    "return_reason": "retourReden",
    "consent_text": "verklaringEmail",
    "consent_source": "bronVerklaring",
    "consent_at": "verklaardOp",
}
_STEP = {
    "step": "herinnering",
    "day": "dag",
    "at": "op",
    "reason": "overgeslagenOmdat",
    "state": "stand",
    "failure": "toelichting",
}
_TASK = {
    "kind": "taak",
    "explanation": "toelichting",
    "opened_at": "geopendOp",
    "opened_by": "geopendDoor",
    "due_on": "uiterlijk",
    "assignee": "behandelaar",
    "done_at": "klaarOp",
    "done_by": "door",
    "outcome": "uitkomst",
}
_UNMASKING = {"at": "op", "by": "door", "reason": "reden"}
_MARK = {"kind": "wat", "reason": "reden", "by": "door", "at": "op"}


class InzagezoekVraag(Request):
    """Whose data are asked for, by a case that the person is in."""

    zaakId: UUID
    wie: Betrokkene


class ZakenVraag(Request):
    """Which cases may still be there."""

    zaakIds: list[UUID] = Field(max_length=10_000)


class ZakenAntwoord(BaseModel):
    """The cases that are still there."""

    zaakIds: list[UUID]


def person_found(person: Person, rows: Sequence[Row]) -> Inzagepersoon:
    """Who it is, with all cases."""
    parts = (person.initials or person.first_name, person.infix, person.last_name)
    return Inzagepersoon(
        naam=" ".join(part for part in parts if part),
        bsn=person.bsn,
        zaken=[
            Inzagezaak(
                zaakId=row["id"],
                zaaknummer=row["number"],
                batchId=row["batch_id"],
                volgnummer=row["place"],
                wie=Betrokkene(row["role"]),
                geopendOp=row["opened_at"],
            )
            for row in rows
        ],
    )


def own_person(people: Mapping[str, Person], role: PersonRole) -> Inzageonderdeel:
    """Who somebody is, as the file said and as it was corrected since."""
    whole = from_json(people[PersonRole.RESIDENT].whole or "{}")
    return Inzageonderdeel(
        titel="Uw gegevens",
        uitleg="Zoals wij ze nu gebruiken. Van een ander in de zaak staat hier alleen de naam.",
        regels=[own_data(whole, Betrokkene(role))],
    )


def corrections(changes: Sequence[ContactChange]) -> Inzageonderdeel:
    """What was corrected, with what it was before."""
    return Inzageonderdeel(
        titel="Verbeterde contactgegevens",
        regels=[
            {
                "op": change.at,
                "door": change.by,
                "reden": change.reason,
                "was": from_json(change.before),
                "werd": from_json(change.after),
            }
            for change in reversed(changes)
        ],
    )


def case_itself(case: Case, role: PersonRole) -> Inzageonderdeel:
    """Where the case stands."""
    return Inzageonderdeel(
        titel="De zaak",
        regels=[
            {
                "zaaknummer": case.number,
                "uBent": role,
                "status": case.status,
                "geopendOp": case.opened_at,
                "gewijzigdOp": case.changed_at,
                "reactiedatum": case.response_date,
                "resultaat": case.result,
                "behandelaar": case.assignee,
                "aangeleverdOp": case.supplied_on,
                "aangeleverdVia": case.supplied_via,
                "wachtTot": case.waiting_until,
                "wachtOmdat": case.waiting_reason,
                "gestoptOmdat": case.stopped_reason,
                "bezwaarOntvangenOp": case.objection_at,
                "overlijdenGemeldOp": case.deceased_at,
                "afgeslotenOp": case.closed_at,
            }
        ],
    )


def decisions(found: Sequence[Decision]) -> Inzageonderdeel:
    """What was decided. A decision covers both partners, so both get it whole."""
    return Inzageonderdeel(
        titel="Besluiten",
        regels=[
            {
                "besluitDatum": one.decided_on,
                "resultaat": one.result,
                "reden": one.ground,
                "motivering": one.motivation,
                "door": one.by,
                "op": one.at,
                "redenHerziening": one.revision_reason,
                "redenBevestiging": one.confirmed,
            }
            for one in reversed(found)
        ],
    )


def history(rows: Sequence[Row], role: PersonRole) -> Inzageonderdeel:
    """What happened, who did it and why; notes stand in it."""
    return Inzageonderdeel(
        titel="Wat er gebeurde",
        uitleg="Ook de notities van medewerkers.",
        regels=[
            {
                "op": row["at"],
                "door": row["actor"],
                "wat": row["what"],
                "toelichting": told(row["what"], row["explanation"], role),
            }
            for row in rows
        ],
    )


def _listed(title: str, rows: Sequence[Row], words: Mapping[str, str]) -> Inzageonderdeel:
    lines: list[dict[str, Any]] = [named(row, words) for row in rows]
    return Inzageonderdeel(titel=title, regels=lines)


def deliveries(rows: Sequence[Row]) -> Inzageonderdeel:
    """What was sent, and what became of it."""
    return _listed("Wat wij u stuurden", rows, _DELIVERY)


def reminders(rows: Sequence[Row]) -> Inzageonderdeel:
    """Reminders that went, and why others did not."""
    return _listed("Herinneringen", rows, _STEP)


def tasks(rows: Sequence[Row]) -> Inzageonderdeel:
    """What colleagues had to do."""
    return _listed("Taken", rows, _TASK)


def unmaskings(rows: Sequence[Row], role: PersonRole) -> Inzageonderdeel:
    """When a colleague looked at the whole BSN of this person."""
    own = [row for row in rows if row["role"] == role]
    return _listed("Wie uw hele BSN bekeek", own, _UNMASKING)


def marks(rows: Sequence[Row]) -> Inzageonderdeel:
    """What holds the case."""
    return _listed("Wat de zaak tegenhoudt", rows, _MARK)
