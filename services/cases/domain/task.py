"""What somebody still has to do in a case."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from types import MappingProxyType
from uuid import UUID

from services.cases.work_errors import ComplaintForCoordinator, TaskDone, TaskOpen
from shared.contracts.codes import Role, TaskKind

#: What a task is called in a list and in the history of its case.
TITLES: Mapping[TaskKind, str] = MappingProxyType(
    {
        TaskKind.CHECK_ADDRESS: "Adres nakijken",
        TaskKind.CHECK_EMAIL: "E-mailadres nakijken",
        TaskKind.SEND_LETTER: "Brief sturen",
        TaskKind.COMPLAINT: "Klacht behandelen",
        TaskKind.CALL_BACK: "Inwoner terugbellen",
        TaskKind.JUDGE_DOCUMENTS: "Stukken beoordelen",
        TaskKind.ANSWER_MESSAGE: "Bericht beantwoorden",
        TaskKind.CHECK_DECEASED: "Nakijken of de inwoner is overleden",
        TaskKind.PULL_LETTER: "Brief uit het afdrukbestand halen",
        TaskKind.TERM_PASSED: "Reactietermijn is verlopen",
        TaskKind.WAIT_ENDED: "Zaak weer oppakken",
        TaskKind.OBJECTION: "Bezwaar bekijken",
        TaskKind.OTHER: "Taak",
    }
)


#: What is laid with a role and not with whoever does the case: it may well be about that person.
ROLES: Mapping[TaskKind, Role] = MappingProxyType({TaskKind.COMPLAINT: Role.COORDINATOR})


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do in a case; open until somebody is done with it.

    `due_on` is the last day on which it is still in time. Without a team and an assignee everybody
    may pick it up.
    """

    id: UUID
    gemeente: str
    case_id: UUID
    kind: str
    explanation: str
    opened_at: datetime
    opened_by: str
    due_on: date | None = None
    team_id: UUID | None = None
    assignee: str | None = None
    done_at: datetime | None = None
    done_by: str | None = None
    outcome: str | None = None

    @property
    def title(self) -> str:
        """What is to be done, in words."""
        return TITLES[TaskKind(self.kind)]

    @property
    def role(self) -> Role | None:
        """Who alone may do it; None when everybody who does cases may."""
        return ROLES.get(TaskKind(self.kind))

    def check_doer(self, roles: Collection[Role]) -> None:
        """Raise ComplaintForCoordinator unless somebody with these roles may do it."""
        if self.role is not None and self.role not in roles:
            raise ComplaintForCoordinator

    def finished(self, by: str, outcome: str | None, at: datetime) -> Task:
        """It is done; raises TaskDone when somebody was first."""
        if self.done_at is not None:
            raise TaskDone
        return replace(self, done_at=at, done_by=by, outcome=outcome)

    def assigned(self, assignee: str | None) -> Task:
        """It goes to a colleague, or to nobody in particular; raises TaskDone."""
        if self.done_at is not None:
            raise TaskDone
        return self if assignee == self.assignee else replace(self, assignee=assignee)

    def reopened(self) -> Task:
        """It turns out not to be done; raises TaskOpen when it never was."""
        if self.done_at is None:
            raise TaskOpen
        return replace(self, done_at=None, done_by=None, outcome=None)
