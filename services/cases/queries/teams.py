"""Teams, who is in them, and who is away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.cases import domain, tables
from services.cases.domain import PersonRole
from services.cases.queries.cases import names
from services.cases.queries.parts import Page, Rows, count
from shared.chassis.work import Work
from shared.contracts.codes import CaseStatus

_teams, _members, _absences = tables.teams.c, tables.members.c, tables.absences.c
_cases, _persons, _batches = tables.cases.c, tables.persons.c, tables.batches.c
#: What a closed case asks of nobody.
_AT_REST = (CaseStatus.CLOSED, CaseStatus.STOPPED)


async def one_at_a_time(work: Work) -> None:
    """Changes of teams and absences of a gemeente wait for each other, until the commit."""
    key = sa.func.hashtextextended(f"teams of {work.gemeente}", 0)
    await work.query(sa.select(sa.func.pg_advisory_xact_lock(key)))


async def team_page(connection: AsyncConnection, gemeente: str, offset: int, limit: int) -> Page:
    """Teams by name."""
    those = _teams.gemeente == gemeente
    statement = sa.select(tables.teams).where(those).order_by(_teams.name)
    rows = (await connection.execute(statement.offset(offset).limit(limit))).mappings().all()
    return await count(connection, tables.teams, those), rows


async def team(connection: AsyncConnection, team_id: UUID) -> sa.RowMapping | None:
    """One team."""
    found = await connection.execute(sa.select(tables.teams).where(_teams.id == team_id))
    return found.mappings().first()


async def team_names(connection: AsyncConnection, gemeente: str) -> dict[UUID, str]:
    """The names of all teams."""
    statement = sa.select(_teams.id, _teams.name).where(_teams.gemeente == gemeente)
    return {row[0]: row[1] for row in (await connection.execute(statement)).all()}


async def default_team(connection: AsyncConnection, gemeente: str) -> UUID | None:
    """The team that batches begin with."""
    statement = sa.select(_teams.id).where(_teams.gemeente == gemeente, _teams.is_default)
    return (await connection.execute(statement)).scalar()


async def is_name_taken(connection: AsyncConnection, gemeente: str, name: str, of: UUID) -> bool:
    """Whether another team has this name."""
    statement = sa.select(_teams.id).where(
        _teams.gemeente == gemeente,
        sa.func.lower(_teams.name) == name.lower(),
        _teams.id != of,
    )
    return (await connection.execute(statement)).first() is not None


async def members_of(connection: AsyncConnection, teams: Sequence[UUID]) -> Rows:
    """Who is in these teams, by name."""
    statement = sa.select(tables.members).where(_members.team_id.in_(teams)).order_by(_members.name)
    return (await connection.execute(statement)).mappings().all()


async def colleagues(
    connection: AsyncConnection, gemeente: str, users: Sequence[str]
) -> dict[str, str]:
    """The names of users: as they signed in, or as they stand in a team."""
    wanted = sorted(set(users))
    statement = sa.select(_members.user_id, _members.name).where(
        _members.gemeente == gemeente, _members.user_id.in_(wanted)
    )
    in_teams = {row[0]: row[1] for row in (await connection.execute(statement)).all()}
    return in_teams | await names(connection, wanted)


async def is_member(connection: AsyncConnection, gemeente: str, user: str) -> bool:
    """Whether this user is in a team of the gemeente."""
    statement = sa.select(_members.user_id).where(
        _members.gemeente == gemeente, _members.user_id == user
    )
    return (await connection.execute(statement)).first() is not None


async def stands_in_for(
    connection: AsyncConnection, gemeente: str, user: str, day: date
) -> tuple[str, ...]:
    """Whose work this user does on a day: the own, and that of who is away."""
    statement = sa.select(_absences.user_id).where(_away(gemeente, day), _absences.deputy == user)
    away = (await connection.execute(statement)).scalars()
    return (user, *sorted(set(away) - {user}))


async def deputies(
    connection: AsyncConnection, gemeente: str, users: Sequence[str], day: date
) -> dict[str, str]:
    """Who of these users is away on a day, and who does the work."""
    statement = sa.select(_absences.user_id, _absences.deputy).where(
        _away(gemeente, day), _absences.user_id.in_(users)
    )
    return {row[0]: row[1] for row in (await connection.execute(statement)).all()}


def _away(gemeente: str, day: date) -> sa.ColumnElement[bool]:
    return sa.and_(
        _absences.gemeente == gemeente,
        _absences.until_on >= day,
        _absences.from_on <= day,
        _absences.withdrawn_at.is_(None),
    )


async def overlaps(connection: AsyncConnection, gemeente: str, wish: domain.Absence) -> bool:
    """Whether the same user is away on one of these days already."""
    statement = sa.select(_absences.id).where(
        _absences.gemeente == gemeente,
        _absences.user_id == wish.user_id,
        _absences.until_on >= wish.from_on,
        _absences.from_on <= wish.until_on,
        _absences.withdrawn_at.is_(None),
    )
    return (await connection.execute(statement)).first() is not None


async def absence_page(
    connection: AsyncConnection, gemeente: str, day: date, offset: int, limit: int
) -> Page:
    """Who is away, or will be; what is past or was withdrawn is left out."""
    those = sa.and_(
        _absences.gemeente == gemeente,
        _absences.until_on >= day,
        _absences.withdrawn_at.is_(None),
    )
    statement = sa.select(tables.absences).where(those).order_by(_absences.until_on, _absences.id)
    rows = (await connection.execute(statement.offset(offset).limit(limit))).mappings().all()
    return await count(connection, tables.absences, those), rows


async def absence(connection: AsyncConnection, absence_id: UUID) -> sa.RowMapping | None:
    """One absence."""
    found = await connection.execute(sa.select(tables.absences).where(_absences.id == absence_id))
    return found.mappings().first()


async def lock_cases(work: Work, ids: Sequence[UUID]) -> list[domain.Case]:
    """These cases, as far as they exist, locked in order of id."""
    statement = (
        sa.select(tables.cases)
        .where(_cases.gemeente == work.gemeente, _cases.id.in_(ids))
        .order_by(_cases.id)
        .with_for_update()
    )
    return [
        work.mapper.to_item(tables.cases, row) for row in (await work.query(statement)).mappings()
    ]


async def people_in(connection: AsyncConnection, ids: Sequence[UUID]) -> list[tuple[UUID, bytes]]:
    """The residents and partners of cases, by the index of their BSN; in order of case number."""
    keys = [*ids, *(domain.partner_of(case) for case in ids)]
    statement = (
        sa.select(_persons.case_id, _persons.bsn_index)
        .where(_persons.id == sa.any_(sa.literal(keys, sa.ARRAY(sa.Uuid))))
        .order_by(_persons.number, _persons.role == PersonRole.PARTNER)
    )
    return [(row[0], bytes(row[1])) for row in (await connection.execute(statement)).all()]


async def load_of(
    connection: AsyncConnection, gemeente: str, users: Sequence[str]
) -> dict[str, int]:
    """How many cases that ask for something each of these users has."""
    statement = (
        sa.select(_cases.assignee, sa.func.count())
        .where(
            _cases.gemeente == gemeente,
            _cases.assignee.in_(users),
            _cases.status.not_in(_AT_REST),
        )
        .group_by(_cases.assignee)
    )
    return {row[0]: row[1] for row in (await connection.execute(statement)).all()}


async def place_of(work: Work, case_id: UUID) -> tuple[str, UUID | None, str | None]:
    """The number, team and assignee of a case; the team of its batch when it has none."""
    statement = (
        sa.select(
            _cases.number,
            sa.func.coalesce(_cases.team_id, _batches.team_id).label("team_id"),
            _cases.assignee,
        )
        .outerjoin(tables.batches, _batches.id == _cases.batch_id)
        .where(_cases.id == case_id)
    )
    found = (await work.query(statement)).mappings().one()
    return found["number"], found["team_id"], found["assignee"]


def of_team(team_id: UUID) -> sa.ColumnElement[bool]:
    """The cases of a team: its own, and those of its batches that have no team of their own."""
    batches = sa.select(_batches.id).where(_batches.team_id == team_id)
    return sa.or_(
        _cases.team_id == team_id,
        sa.and_(_cases.team_id.is_(None), _cases.batch_id.in_(batches)),
    )
