"""What is asked and answered about the work list, acts on many cases, and kept searches."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints
from pydantic_core import from_json

from services.cases.answers.cases import CaseLine
from services.cases.answers.shapes import Line, Page, Reason, Request, Row
from services.cases.domain.bulk import BulkKind, LineState
from services.cases.queries.work_list import Choices, Place
from shared.contracts.codes import CaseStatus

#: More than are ticked by hand; who wants more names the filters.
MOST_TICKED = 1_000
#: The choices of an address.
Choice = Annotated[
    str, StringConstraints(max_length=1_000, pattern=r"^[^\x00-\x1f\x7f]*$", strip_whitespace=True)
]


class ChoicesAnswer(BaseModel):
    """How many cases each choice of a filter gives."""

    perTeam: dict[UUID, int]
    perBehandelaar: dict[str, int]
    onverdeeld: int
    perBatch: dict[UUID, int]

    @classmethod
    def of(cls, found: Choices) -> ChoicesAnswer:
        """The counts of the query."""
        return cls(
            perTeam=found.teams,
            perBehandelaar={user: number for user, number in found.users.items() if user},
            onverdeeld=found.users[None],
            perBatch=found.batches,
        )


class CasePage(Page[CaseLine]):
    """A page of the work list, with counts of what can be chosen."""

    aantalPerStatus: dict[CaseStatus, int]
    aantalTermijnVoorbij: int
    aantalBezwaar: int
    keuzes: ChoicesAnswer | None
    peilDatum: date


class PlaceAnswer(BaseModel):
    """Where a case stands in a list."""

    vorige: UUID | None
    volgende: UUID | None
    plaats: int
    aantal: int

    @classmethod
    def of(cls, place: Place) -> PlaceAnswer:
        """The place that was found."""
        return cls(
            vorige=place.before, volgende=place.after, plaats=place.position, aantal=place.total
        )


class Selectie(Request):
    """All cases of a list: its filters."""

    batchId: UUID | None = None
    status: CaseStatus | None = None
    open: bool = False
    mijn: bool = False
    teamId: UUID | None = None
    behandelaar: str | None = Field(None, max_length=100)
    onverdeeld: bool = False
    termijnVoorbij: bool = False
    bezwaar: bool = False
    indicatie: str | None = Field(None, max_length=20)


class BulkRequest(Request):
    """An act on many cases: those that are named, or all of a list."""

    actie: BulkKind
    zaakIds: list[UUID] | None = Field(None, min_length=1, max_length=MOST_TICKED)
    selectie: Selectie | None = None
    aantal: int = Field(ge=1)
    reden: Reason | None = None
    teamId: UUID | None = None
    behandelaar: str | None = Field(None, max_length=100)
    totDatum: date | None = None
    weken: int | None = Field(None, ge=1, le=26)
    reactietermijnDagen: int | None = None
    aan: bool | None = None


class BulkAnswer(BaseModel):
    """An act on many cases, and how far it is."""

    id: UUID
    actie: BulkKind
    reden: str | None
    doorNaam: str | None
    gevraagdOp: datetime
    klaarOp: datetime | None
    aantal: int
    gedaan: int
    overgeslagen: int

    @classmethod
    def of(cls, row: Row, names: Mapping[str, str]) -> BulkAnswer:
        """A row of the query."""
        return cls(
            id=row["id"],
            actie=BulkKind(row["kind"]),
            reden=from_json(row["wish"]).get("reden"),
            doorNaam=names.get(row["by"]),
            gevraagdOp=row["at"],
            klaarOp=row["ended_at"],
            aantal=row["total"],
            gedaan=row["done"],
            overgeslagen=row["skipped"],
        )


class BulkLineAnswer(BaseModel):
    """What became of one case, and why it was not done."""

    zaakId: UUID
    zaaknummer: str
    uitkomst: LineState
    reden: str | None

    @classmethod
    def of(cls, row: Row) -> BulkLineAnswer:
        """A row of the query."""
        return cls(
            zaakId=row["case_id"],
            zaaknummer=row["number"],
            uitkomst=LineState(row["state"]),
            reden=row["reason"],
        )


class KeptSearchRequest(Request):
    """A search to keep."""

    naam: Line
    keuzes: Choice


class KeptSearchAnswer(BaseModel):
    """A search that is kept."""

    id: UUID
    naam: str
    keuzes: str

    @classmethod
    def of(cls, row: Row) -> KeptSearchAnswer:
        """A row of the query."""
        return cls(id=row["id"], naam=row["name"], keuzes=row["choices"])
