"""What is asked and answered about tasks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, StringConstraints

from services.cases.answers.cases import full_name
from services.cases.answers.shapes import Reason, Request, Row
from services.cases.domain.task import ROLES, TITLES
from shared.contracts.codes import Role, TaskKind

#: What came of a task may be left out, but it is not a book.
Outcome = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]


class TaskRequest(Request):
    """Something to do in a case."""

    soort: TaskKind
    toelichting: Reason
    uiterlijkDatum: date | None = None


class FinishRequest(Request):
    """What came of it."""

    uitkomst: Outcome | None = None


class ReopenRequest(Request):
    """Why it is not done after all."""

    reden: Reason


class TaskAnswer(BaseModel):
    """A task, with the case that it is in."""

    id: UUID
    zaakId: UUID
    zaaknummer: str
    naam: str
    soort: TaskKind
    titel: str
    toelichting: str
    geopendOp: datetime
    geopendDoor: str
    uiterlijkDatum: date | None
    isTeLaat: bool
    teamId: UUID | None
    voorRol: Role | None
    behandelaar: str | None
    behandelaarNaam: str | None
    afgerondOp: datetime | None
    afgerondDoor: str | None
    uitkomst: str | None

    @classmethod
    def of(cls, row: Row, names: Mapping[str, str], day: date) -> TaskAnswer:
        """A row of the query on a day, with names where they are known."""
        assignee, done_by = row["assignee"], row["done_by"]
        due_on = row["due_on"]
        return cls(
            id=row["id"],
            zaakId=row["case_id"],
            zaaknummer=row["number"],
            naam=full_name(row),
            soort=TaskKind(row["kind"]),
            titel=TITLES[TaskKind(row["kind"])],
            toelichting=row["explanation"],
            geopendOp=row["opened_at"],
            geopendDoor=names.get(row["opened_by"], row["opened_by"]),
            uiterlijkDatum=due_on,
            isTeLaat=row["done_at"] is None and due_on is not None and due_on < day,
            teamId=row["team_id"],
            voorRol=ROLES.get(TaskKind(row["kind"])),
            behandelaar=assignee,
            behandelaarNaam=names.get(assignee) if assignee else None,
            afgerondOp=row["done_at"],
            afgerondDoor=names.get(done_by, done_by) if done_by else None,
            uitkomst=row["outcome"],
        )


class TaskPage(BaseModel):
    """A page of tasks, with how many there are of each kind."""

    aantal: int
    pagina: int
    aantalPerSoort: dict[TaskKind, int]
    resultaten: list[TaskAnswer]
