"""Teams of a gemeente, which a beheerder makes, and colleagues who are away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid5

import sqlalchemy as sa

from services.cases import errors, queries, tables, work_errors
from services.cases.domain import Absence, Batch, Member, Team, working_days
from services.cases.domain.team import with_team
from shared.chassis.errors import FieldError, Invalid
from shared.chassis.work import Work
from shared.contracts.events import AfwezigheidIngetrokken, AfwezigheidVastgelegd


@dataclass(frozen=True, slots=True)
class TeamWish:
    """How a beheerder wants a team, complete; members by id and name.

    `version` is the one that was shown; a new team has none.
    """

    team_id: UUID | None
    name: str
    members: tuple[tuple[str, str], ...]
    is_default: bool
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Away:
    """Somebody is away; the one who says so may be a coordinator."""

    user_id: str
    deputy: str
    from_on: date
    until_on: date
    is_coordinator: bool


@dataclass(frozen=True, slots=True)
class BackAgain:
    """Somebody is there after all."""

    absence_id: UUID
    is_coordinator: bool


@dataclass(frozen=True, slots=True)
class TeamOfBatch:
    """The cases of a batch go to a team, as far as they have none of their own."""

    batch_id: UUID
    team_id: UUID


async def add_team(wish: TeamWish, work: Work) -> dict[str, Any]:
    """A beheerder makes a team; the first one is the default."""
    await queries.one_at_a_time(work)
    is_first = await queries.default_team(work.connection, work.gemeente) is None
    team = Team(uuid5(work.cause.id, "team"), work.gemeente, wish.name, wish.is_default or is_first)
    await _keep(team, wish, work)
    return {"id": str(team.id)}


async def change_team(wish: TeamWish, work: Work) -> None:
    """A beheerder replaces what a team is; the default one stays so until another is."""
    await queries.one_at_a_time(work)
    before = work.found(Team, wish.team_id)
    if before is None:
        raise work_errors.NoSuchTeam
    if before.version != wish.version:
        raise work_errors.TeamChanged
    team = before.changed(wish.name, is_default=wish.is_default or before.is_default)
    await _keep(team, wish, work)


async def _keep(team: Team, wish: TeamWish, work: Work) -> None:
    if await queries.is_name_taken(work.connection, work.gemeente, team.name, team.id):
        raise work_errors.TeamNameTaken
    teams, members = tables.teams.c, tables.members.c
    if team.is_default:
        others = sa.and_(teams.gemeente == work.gemeente, teams.is_default, teams.id != team.id)
        await work.query(sa.update(tables.teams).where(others).values(is_default=False))
    await work.query(sa.delete(tables.members).where(members.team_id == team.id))
    work.save(tables.teams, team)
    for user_id, name in dict(wish.members).items():
        work.add(tables.members, Member(team.id, user_id, work.gemeente, name))


async def give_batch(command: TeamOfBatch, work: Work) -> None:
    """A coordinator gives a whole batch to a team."""
    batch = work.found(Batch, command.batch_id)
    if batch is None:
        raise errors.NoSuchBatch
    if work.found(Team, command.team_id) is None:
        raise work_errors.NoSuchTeam
    work.save(tables.batches, with_team(batch, command.team_id))


async def note_absence(command: Away, work: Work) -> dict[str, Any]:
    """From the first to the last day the deputy sees the work of who is away."""
    if command.user_id != work.actor and not command.is_coordinator:
        raise work_errors.AbsenceOfOther
    await queries.one_at_a_time(work)
    await _check(command, work)
    absence = Absence(
        uuid5(work.cause.id, "absence"),
        work.gemeente,
        command.user_id,
        command.deputy,
        command.from_on,
        command.until_on,
        work.actor,
        work.now,
    )
    if await queries.overlaps(work.connection, work.gemeente, absence):
        raise work_errors.AlreadyAway
    work.add(tables.absences, absence)
    work.record(
        AfwezigheidVastgelegd(
            afwezigheidId=absence.id,
            gebruikerId=absence.user_id,
            waarnemer=absence.deputy,
            vanafDatum=absence.from_on,
            totEnMetDatum=absence.until_on,
        ),
        sequence=1,
    )
    return {"id": str(absence.id)}


async def _check(command: Away, work: Work) -> None:
    wrong = []
    if command.until_on < max(command.from_on, working_days.today(work.now)):
        reason = "De laatste dag ligt voor de eerste dag of is voorbij. Kies een latere dag."
        wrong.append(FieldError("totEnMetDatum", "te-vroeg", reason))
    if command.deputy == command.user_id:
        reason = "Niemand neemt voor zichzelf waar. Kies een andere collega."
        wrong.append(FieldError("waarnemer", "zelfde-collega", reason))
    for name, user in (("gebruikerId", command.user_id), ("waarnemer", command.deputy)):
        known = user == work.actor or await queries.is_member(work.connection, work.gemeente, user)
        if not known:
            reason = "Deze collega zit in geen team. Kies iemand uit een team."
            wrong.append(FieldError(name, "onbekend", reason))
    if wrong:
        raise Invalid("Controleer de afwezigheid.", tuple(wrong))


async def end_absence(command: BackAgain, work: Work) -> None:
    """Who was away does the own work again."""
    absence = work.found(Absence, command.absence_id)
    if absence is None:
        raise work_errors.NoSuchAbsence
    if absence.user_id != work.actor and not command.is_coordinator:
        raise work_errors.AbsenceOfOther
    withdrawn = absence.withdrawn(work.actor, work.now)
    if withdrawn is absence:
        return
    work.save(tables.absences, withdrawn)
    told = AfwezigheidIngetrokken(afwezigheidId=absence.id, gebruikerId=absence.user_id)
    work.record(told, sequence=2)
