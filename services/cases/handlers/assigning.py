"""Who does which case: taken over, given back, handed to a colleague, or divided over a team."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid5

import sqlalchemy as sa

from services.cases import domain, errors, queries, tables, work_errors
from services.cases.domain import Case, Task, Team, TimelineEntry, working_days
from services.cases.domain.task import ROLES
from services.cases.domain.team import divided, together
from services.cases.work_errors import NoSuchTask
from shared.chassis.errors import FieldError, Invalid
from shared.chassis.work import Work
from shared.contracts.codes import Role
from shared.contracts.events import ZaakToegewezen


@dataclass(frozen=True, slots=True)
class Assign:
    """Cases go to a team, to a colleague, or both; what is None stays as it is.

    Another team without a colleague is nobody's in particular. `to_nobody` gives cases back.
    """

    case_ids: tuple[UUID, ...]
    team_id: UUID | None
    assignee: str | None
    reason: str | None
    is_coordinator: bool
    to_nobody: bool = False


@dataclass(frozen=True, slots=True)
class Divide:
    """Cases are divided evenly over who is at work in a team."""

    case_ids: tuple[UUID, ...]
    team_id: UUID


@dataclass(frozen=True, slots=True)
class AssignTask:
    """A task goes to a colleague, or to nobody in particular."""

    task_id: UUID
    assignee: str | None
    roles: frozenset[Role] = frozenset()


async def assign_cases(command: Assign, work: Work) -> None:
    """One or many cases change hands; all of them or none."""
    if command.team_id is not None and work.found(Team, command.team_id) is None:
        raise work_errors.NoSuchTeam
    await _check_colleague(command.assignee, work)
    cases = await _locked(command.case_ids, work)
    if not all(_may(command, case, work) for case in cases):
        raise work_errors.OnlyCoordinatorsAssign
    wishes = [(case, *_wish(command, case)) for case in cases]
    await _move(wishes, command.reason, work)


def _may(command: Assign, case: Case, work: Work) -> bool:
    """A behandelaar takes over any case, and gives away the own ones."""
    return (
        command.is_coordinator
        or case.assignee == work.actor
        or (command.assignee == work.actor and command.team_id is None)
    )


def _wish(command: Assign, case: Case) -> tuple[UUID | None, str | None]:
    team = command.team_id or case.team_id
    if command.to_nobody or (command.assignee is None and team != case.team_id):
        return team, None
    return team, command.assignee or case.assignee


async def divide_cases(command: Divide, work: Work) -> dict[str, int]:
    """Evenly, and cases of the same residents to the same colleague; how many each got."""
    if work.found(Team, command.team_id) is None:
        raise work_errors.NoSuchTeam
    cases = await _locked(command.case_ids, work)
    whose = await whose_cases(command.team_id, [case.id for case in cases], work)
    wishes = [(case, command.team_id, whose[case.id]) for case in cases]
    await _move(wishes, "Verdeeld over het team", work)
    given = dict.fromkeys(await _at_work(command.team_id, work), 0)
    for member in whose.values():
        given[member] += 1
    return given


async def whose_cases(team_id: UUID, ids: Sequence[UUID], work: Work) -> dict[UUID, str]:
    """To whom of who is at work in a team each case would go."""
    members = await _at_work(team_id, work)
    people = await queries.people_in(work.connection, ids)
    load = await queries.load_of(work.connection, work.gemeente, members)
    return divided(together(people), members, load)


async def assign_task(command: AssignTask, work: Work) -> None:
    """A task changes hands; the case stays with whom it is."""
    task = work.found(Task, command.task_id)
    if task is None:
        raise NoSuchTask
    task.check_doer(command.roles)
    await _check_colleague(command.assignee, work)
    after = task.assigned(command.assignee)
    if after is task:
        return
    work.save(tables.tasks, after)
    who = await _name(command.assignee, work) if command.assignee else "niemand in het bijzonder"
    _tell(task.case_id, f"Taak toegewezen: {task.title}", f"Aan {who}", work)


async def _at_work(team_id: UUID, work: Work) -> list[str]:
    """The members of a team who are not away today."""
    members = [row["user_id"] for row in await queries.members_of(work.connection, [team_id])]
    day = working_days.today(work.now)
    away = await queries.deputies(work.connection, work.gemeente, members, day)
    there = [member for member in members if member not in away]
    if not there:
        raise work_errors.NobodyThere
    return there


async def _locked(ids: Sequence[UUID], work: Work) -> list[Case]:
    cases = await queries.lock_cases(work, ids)
    missing = len(set(ids)) - len(cases)
    if missing and len(set(ids)) == 1:
        raise errors.NoSuchCase
    if missing:
        reason = f"{missing} van deze zaken zijn er niet. Kies zaken uit de lijst."
        raise Invalid("Kies andere zaken.", (FieldError("zaakIds", "onbekend", reason),))
    return cases


async def _check_colleague(user: str | None, work: Work) -> None:
    """Only who is in a team of the gemeente, or who asks, can be given work."""
    if user is None or user == work.actor:
        return
    if not await queries.is_member(work.connection, work.gemeente, user):
        reason = "Deze collega zit in geen team. Kies iemand uit een team."
        raise Invalid("Kies een andere collega.", (FieldError("behandelaar", "onbekend", reason),))


async def _move(
    wishes: Sequence[tuple[Case, UUID | None, str | None]], reason: str | None, work: Work
) -> None:
    """Give each case its team and colleague, with its open tasks, and tell all of it."""
    users = {user for _, _, user in wishes if user}
    day = working_days.today(work.now)
    names = await queries.colleagues(work.connection, work.gemeente, sorted(users))
    deputies = await queries.deputies(work.connection, work.gemeente, sorted(users), day)
    teams = await queries.team_names(work.connection, work.gemeente)
    moved: dict[tuple[str | None, UUID | None, str | None], list[UUID]] = defaultdict(list)
    for case, team_id, user in wishes:
        after = case.assigned(team_id, user, work.now)
        if after is case:
            continue
        moved[case.assignee, team_id, user].append(case.id)
        work.save(tables.cases, after)
        _record(after, deputies.get(user or ""), work)
        told = _said(teams.get(team_id) if team_id else None, names.get(user or "", user), reason)
        _tell(case.id, "Zaak toegewezen" if user else "Zaak teruggegeven", told, work)
    for (before, team_id, user), cases in moved.items():
        await _take_tasks_along(cases, before, team_id, user, work)


def _said(team: str | None, name: str | None, reason: str | None) -> str:
    to = f"Aan {name}" if name else "Aan niemand in het bijzonder"
    where = f" ({team})" if team else ""
    return f"{to}{where}{f': {reason}' if reason else ''}"


def _record(case: domain.Case, deputy: str | None, work: Work) -> None:
    work.record(
        ZaakToegewezen(
            zaakId=case.id,
            zaaknummer=case.number,
            team=str(case.team_id) if case.team_id else None,
            behandelaar=case.assignee,
            waarnemer=deputy,
        ),
        sequence=case.version,
    )


async def _take_tasks_along(
    cases: Sequence[UUID], before: str | None, team_id: UUID | None, user: str | None, work: Work
) -> None:
    """Open tasks go with the case, except those that are somebody else's or a role's."""
    tasks = tables.tasks.c
    those = sa.and_(
        tasks.gemeente == work.gemeente,
        tasks.case_id.in_(cases),
        tasks.done_at.is_(None),
        tasks.kind.not_in(tuple(ROLES)),
        sa.or_(tasks.assignee.is_(None), tasks.assignee == before),
    )
    await work.query(sa.update(tables.tasks).where(those).values(team_id=team_id, assignee=user))


async def _name(user: str, work: Work) -> str:
    found = await queries.colleagues(work.connection, work.gemeente, [user])
    return found.get(user, user)


def _tell(case_id: UUID, what: str, explanation: str, work: Work) -> None:
    entry = uuid5(work.cause.id, f"{what}|{case_id}")
    work.add(
        tables.timeline,
        TimelineEntry(entry, work.gemeente, case_id, work.now, work.actor, what, explanation),
    )
