"""What is asked and answered about teams, about who does which case, and about who is away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from services.cases.answers.shapes import Line, Reason, Request, Row

#: A page of cases with all of them ticked, a few times over.
MOST_AT_ONCE = 1000
#: More colleagues than a department has.
MOST_MEMBERS = 500
UserId = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,100}$")]
#: A note is a page at most; a longer text is a document.
NoteText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]


class Teamlid(Request):
    """A colleague in a team."""

    gebruikerId: UserId
    naam: Line


class TeamRequest(Request):
    """How a team must be, complete."""

    naam: Line
    leden: list[Teamlid] = Field(max_length=MOST_MEMBERS)
    isStandaard: bool = False


class TeamChangeRequest(TeamRequest):
    """How a team must become; `versie` is the one that was shown."""

    versie: Annotated[int, Field(ge=1, le=1_000_000)]


class TeamAnswer(BaseModel):
    """A team and who is in it."""

    id: UUID
    naam: str
    isStandaard: bool
    versie: int
    leden: list[Teamlid]

    @classmethod
    def of(cls, row: Row, members: Sequence[Row]) -> TeamAnswer:
        """A row of the query, with the members of all teams."""
        return cls(
            id=row["id"],
            naam=row["name"],
            isStandaard=row["is_default"],
            versie=row["version"],
            leden=[
                Teamlid(gebruikerId=member["user_id"], naam=member["name"])
                for member in members
                if member["team_id"] == row["id"]
            ],
        )


class AssignmentRequest(Request):
    """Cases that go to a team, to a colleague, or both."""

    zaakIds: list[UUID] = Field(min_length=1, max_length=MOST_AT_ONCE)
    teamId: UUID | None = None
    behandelaar: UserId | None = None
    reden: Reason | None = None


class TakeOverRequest(Request):
    """Why somebody takes a case over; it may be left out."""

    reden: Reason | None = None


class GiveBackRequest(Request):
    """Why somebody gives a case back."""

    reden: Reason


class DivisionRequest(Request):
    """Cases that are divided over a team."""

    zaakIds: list[UUID] = Field(min_length=1, max_length=MOST_AT_ONCE)
    teamId: UUID


class Deel(BaseModel):
    """How many cases a colleague got."""

    behandelaar: str
    behandelaarNaam: str | None
    aantalZaken: int


class DivisionAnswer(BaseModel):
    """Who got how many."""

    verdeling: list[Deel]

    @classmethod
    def of(cls, given: Mapping[str, int], names: Mapping[str, str]) -> DivisionAnswer:
        """The handler's answer, with names."""
        return cls(
            verdeling=[
                Deel(behandelaar=user, behandelaarNaam=names.get(user), aantalZaken=count)
                for user, count in sorted(given.items(), key=lambda pair: names.get(pair[0], ""))
            ]
        )


class AssignmentAnswer(BaseModel):
    """How many cases were named."""

    aantalZaken: int


class TeamOfBatchRequest(Request):
    """The team that a batch goes to."""

    teamId: UUID


class TaskAssignmentRequest(Request):
    """Who does a task; empty is nobody in particular."""

    behandelaar: UserId | None


class AbsenceRequest(Request):
    """Somebody is away; without a name it is who asks."""

    gebruikerId: UserId | None = None
    waarnemer: UserId
    vanafDatum: date
    totEnMetDatum: date


class AbsenceAnswer(BaseModel):
    """Who is away, and who does the work."""

    id: UUID
    gebruikerId: str
    naam: str | None
    waarnemer: str
    waarnemerNaam: str | None
    vanafDatum: date
    totEnMetDatum: date
    isIngetrokken: bool

    @classmethod
    def of(cls, row: Row, names: Mapping[str, str]) -> AbsenceAnswer:
        """A row of the query, with names where they are known."""
        return cls(
            id=row["id"],
            gebruikerId=row["user_id"],
            naam=names.get(row["user_id"]),
            waarnemer=row["deputy"],
            waarnemerNaam=names.get(row["deputy"]),
            vanafDatum=row["from_on"],
            totEnMetDatum=row["until_on"],
            isIngetrokken=row["withdrawn_at"] is not None,
        )


class NoteRequest(Request):
    """What somebody wants to keep with a case."""

    tekst: NoteText
