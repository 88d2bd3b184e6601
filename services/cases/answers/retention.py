"""What is asked and answered about keeping and destroying cases."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from services.cases.answers.shapes import Page, Reason, Request, Row
from services.cases.domain.retention import DestructionStatus, OwnTerms, Term

Kind = Annotated[str, StringConstraints(min_length=1, max_length=50)]


class TermsRequest(Request):
    """A gemeente's own terms; a kind that is left out keeps its usual term."""

    versie: int = Field(ge=0)
    termijnen: dict[Kind, int] = Field(max_length=50)


class TermAnswer(BaseModel):
    """How long cases of one kind are kept."""

    soort: str
    titel: str
    maanden: int
    isAanname: bool
    bron: str

    @classmethod
    def of(cls, term: Term) -> TermAnswer:
        """From what counts."""
        return cls(
            soort=term.kind,
            titel=term.title,
            maanden=term.months,
            isAanname=term.is_assumed,
            bron=term.source,
        )


class TermsAnswer(BaseModel):
    """All terms of a gemeente."""

    versie: int
    termijnen: list[TermAnswer]

    @classmethod
    def of(cls, own: OwnTerms | None, terms: tuple[Term, ...]) -> TermsAnswer:
        """From what a gemeente chose and what it left."""
        return cls(
            versie=own.version if own else 0, termijnen=[TermAnswer.of(term) for term in terms]
        )


class KindCount(BaseModel):
    """How many cases of one kind would go."""

    soort: str
    aantal: int
    aantalGeblokkeerd: int


class DueAnswer(BaseModel):
    """A case whose term has passed; without anything about the resident."""

    zaakId: UUID
    zaaknummer: str
    soort: str
    maanden: int
    geeindigdOp: datetime
    blokkade: str | None

    @classmethod
    def of(cls, row: Row) -> DueAnswer:
        """From a row of the dry run."""
        return cls(
            zaakId=row["id"],
            zaaknummer=row["number"],
            soort=row["kind"],
            maanden=row["months"],
            geeindigdOp=row["closed_at"],
            blokkade=row["blocked"],
        )


class DuePage(Page[DueAnswer]):
    """A page of the dry run, with the counts per kind."""

    perSoort: list[KindCount]


class DestructionRequest(Request):
    """Which kinds are to go; none named is all."""

    soorten: list[Kind] = Field(default_factory=list, max_length=50)


class ReasonedRequest(Request):
    """Why."""

    reden: Reason


class DestructionAnswer(BaseModel):
    """A list of cases to destroy, or that were."""

    id: UUID
    status: DestructionStatus
    aantalZaken: int
    aantalVernietigd: int
    aantalBewaard: int
    aangevraagdDoor: str
    aangevraagdOp: datetime
    beslistDoor: str | None
    beslistOp: datetime | None
    reden: str | None
    afgerondOp: datetime | None

    @classmethod
    def of(cls, row: Row, names: Mapping[str, str]) -> DestructionAnswer:
        """From a list and its counts; people by name where they are known."""
        decided = row["decided_by"]
        return cls(
            id=row["id"],
            status=DestructionStatus(row["status"]),
            aantalZaken=row["case_count"],
            aantalVernietigd=row["gone"],
            aantalBewaard=row["kept"],
            aangevraagdDoor=names.get(row["asked_by"], row["asked_by"]),
            aangevraagdOp=row["asked_at"],
            beslistDoor=names.get(decided, decided) if decided else None,
            beslistOp=row["decided_at"],
            reden=row["reason"],
            afgerondOp=row["ended_at"],
        )


class DestroyedAnswer(BaseModel):
    """A line of the register of destruction."""

    zaakId: UUID
    zaaknummer: str
    soort: str
    maanden: int
    geeindigdOp: datetime
    vernietigdOp: datetime | None
    bewaardOmdat: str | None
    brievenGewistOp: datetime | None
    emailsGewistOp: datetime | None
    berichtenGewistOp: datetime | None
    rijGewistOp: datetime | None

    @classmethod
    def of(cls, row: Row) -> DestroyedAnswer:
        """From a row of the register."""
        return cls(
            zaakId=row["id"],
            zaaknummer=row["number"],
            soort=row["kind"],
            maanden=row["months"],
            geeindigdOp=row["ended_at"],
            vernietigdOp=row["destroyed_at"],
            bewaardOmdat=row["kept_because"],
            brievenGewistOp=row["letters_gone_at"],
            emailsGewistOp=row["mails_gone_at"],
            berichtenGewistOp=row["messages_gone_at"],
            rijGewistOp=row["row_gone_at"],
        )


class HoldAnswer(BaseModel):
    """Whether a case must be kept, and why."""

    zaakId: UUID
    reden: str | None
    gezetDoor: str | None
    gezetOp: datetime | None
