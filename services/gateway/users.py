"""Users of a gemeente: made, changed and deactivated by its beheerder.

Name, e-mail address and password belong to a user; roles, and whether they count, to the user in
one gemeente. So a beheerder changes the former only of users who work nowhere that he does not
manage.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from services.gateway import domain, queries, tables
from services.gateway.domain import AuditEntry
from services.gateway.errors import (
    NoSuchUser,
    NotManagedHere,
    OwnRights,
    SignsInElsewhere,
    UserChanged,
    UserNameTaken,
)
from shared.chassis.database import Transaction
from shared.chassis.errors import NotAllowed
from shared.chassis.sealing import KeyRing
from shared.chassis.work import Work
from shared.contracts.codes import Role

#: Long enough for a new colleague to get it after a weekend; an own password follows at once.
ONE_TIME_FOR = timedelta(days=3)
#: 80 bits, in letters and digits that nobody mixes up when reading them out.
ONE_TIME_BYTES = 10

_users = tables.users.c
_rights = tables.user_rights.c


@dataclass(frozen=True, slots=True)
class Person:
    """A user as the beheerder of one gemeente sees one."""

    id: str
    username: str
    name: str
    email: str
    roles: frozenset[Role]
    version: int
    deactivated_at: datetime | None
    one_time_until: datetime | None
    issuer: str | None


@dataclass(frozen=True, slots=True)
class Act:
    """A change by a beheerder, with its line for the logboek. `manages`: where he is beheerder."""

    by: str
    manages: frozenset[str]
    entry: AuditEntry
    user_id: str = ""
    version: int = 0
    username: str = ""
    name: str = ""
    email: str = ""
    roles: frozenset[Role] = frozenset()
    password_hash: str = ""


def one_time_password(keys: KeyRing, cause: str) -> str:
    """The same for the same cause, so that a repeated request needs no stored password."""
    digest = keys.index(f"eenmalig|{cause}")[1 : 1 + ONE_TIME_BYTES]
    text = base64.b32encode(digest).decode().lower()
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))


async def page(
    transaction: Transaction, gemeente: str, number: int, size: int
) -> tuple[int, list[Person]]:
    """How many users a gemeente has, and one page of them, by name."""
    here = _rights.gemeente == gemeente
    count = sa.select(sa.func.count()).select_from(tables.user_rights).where(here)
    total = int((await transaction.connection.execute(count)).scalar_one())
    statement = _people().where(here).order_by(_users.name, _users.id)
    rows = await transaction.connection.execute(statement.limit(size).offset((number - 1) * size))
    return total, [_person(row) for row in rows.mappings()]


async def person(where: Transaction | Work, gemeente: str, user_id: str) -> Person:
    """One user; raises NoSuchUser when this gemeente has no such user."""
    statement = _people().where(_rights.gemeente == gemeente, _users.id == user_id)
    row = (await where.connection.execute(statement)).mappings().first()
    if row is None:
        raise NoSuchUser
    return _person(row)


async def add(act: Act, work: Work) -> dict[str, Any]:
    """A new user, who chooses an own password at the first sign-in."""
    await _still_in_charge(act, work)
    user_id = str(uuid4())
    made = await work.query(
        pg.insert(tables.users)
        .values(
            id=user_id,
            username=domain.folded(act.username),
            name=act.name,
            email=act.email,
            password_hash=act.password_hash,
            one_time_until=sa.func.clock_timestamp() + ONE_TIME_FOR,
        )
        .on_conflict_do_nothing(index_elements=["username"])
        .returning(_users.id)
    )
    if made.first() is None:
        raise UserNameTaken
    await work.query(
        sa.insert(tables.user_rights).values(
            user_id=user_id, gemeente=work.gemeente, roles=sorted(act.roles)
        )
    )
    entry = replace(act.entry, object=f"/gebruikers/{user_id}")
    await _log(replace(act, entry=entry), work, f"rollen: {_listed(act.roles)}")
    return {"id": user_id}


async def change(act: Act, work: Work) -> dict[str, Any]:
    """Another name, address or roles. Raises UserChanged when somebody else was first."""
    await _still_in_charge(act, work)
    before = await _expected(act, work)
    if before.roles != act.roles and act.user_id == act.by:
        raise OwnRights
    _refuse_elsewhere(before)
    if (before.name, before.email) != (act.name, act.email):
        await _only_managed(act, work)
        values = {"name": act.name, "email": act.email}
        await work.query(sa.update(tables.users).where(_users.id == act.user_id).values(values))
    await _set_rights(act, work, roles=sorted(act.roles))
    await _log(act, work, f"rollen: {_listed(before.roles)} -> {_listed(act.roles)}")
    return {"id": act.user_id}


async def deactivate(act: Act, work: Work) -> dict[str, Any]:
    """Nothing more may be done here in this user's name, from this moment."""
    await _still_in_charge(act, work)
    if act.user_id == act.by:
        raise OwnRights
    await _expected(act, work)
    await _set_rights(act, work, deactivated_at=sa.func.clock_timestamp())
    sessions = tables.sessions.c
    ended = await queries.end_sessions(
        work, sessions.user_id == act.user_id, sessions.gemeente == work.gemeente
    )
    await _log(act, work, f"{ended} sessies beëindigd")
    return {"id": act.user_id}


async def activate(act: Act, work: Work) -> dict[str, Any]:
    """The user may work here again, with the roles of before."""
    await _still_in_charge(act, work)
    before = await _expected(act, work)
    await _set_rights(act, work, deactivated_at=None)
    await _log(act, work, f"rollen: {_listed(before.roles)}")
    return {"id": act.user_id}


async def reset_password(act: Act, work: Work) -> dict[str, Any]:
    """A password for once; all sessions of the user end, and no lock stands in the way."""
    await _still_in_charge(act, work)
    _refuse_elsewhere(await person(work, work.gemeente, act.user_id))
    await _only_managed(act, work)
    await work.query(
        sa.update(tables.users)
        .where(_users.id == act.user_id)
        .values(
            password_hash=act.password_hash,
            one_time_until=sa.func.clock_timestamp() + ONE_TIME_FOR,
        )
    )
    await queries.end_sessions(work, tables.sessions.c.user_id == act.user_id)
    await _log(act, work, None)
    return {"id": act.user_id}


async def end_sessions(act: Act, work: Work) -> dict[str, Any]:
    """Sign a user out wherever the beheerder manages, as when a laptop was lost."""
    await _still_in_charge(act, work)
    await person(work, work.gemeente, act.user_id)
    sessions = tables.sessions.c
    ended = await queries.end_sessions(
        work, sessions.user_id == act.user_id, sessions.gemeente.in_(sorted(act.manages))
    )
    await _log(act, work, f"{ended} sessies beëindigd")
    return {"aantal": ended}


async def choose_password(
    transaction: Transaction, user_id: str, password_hash: str, kept: str
) -> None:
    """An own password; every other session of the user ends, the one at hand stays."""
    await transaction.connection.execute(
        sa.update(tables.users)
        .where(_users.id == user_id)
        .values(password_hash=password_hash, one_time_until=None)
    )
    sessions = tables.sessions.c
    await queries.end_sessions(
        transaction, sessions.user_id == user_id, sessions.id_hash != domain.digest(kept)
    )


async def _still_in_charge(act: Act, work: Work) -> None:
    """One change of a gemeente's users at a time, by somebody who is still its beheerder.

    So two beheerders who take each other's role at once cannot leave a gemeente without one.
    """
    lock = sa.func.pg_advisory_xact_lock(sa.func.hashtext(f"gebruikers|{work.gemeente}"))
    await work.query(sa.select(lock))
    own = await work.query(
        sa.select(_rights.roles).where(
            _rights.gemeente == work.gemeente,
            _rights.user_id == act.by,
            _rights.deactivated_at.is_(None),
        )
    )
    if Role.BEHEERDER not in (own.scalar() or ()):
        raise NotAllowed("U bent geen beheerder meer van deze gemeente.")


async def _expected(act: Act, work: Work) -> Person:
    found = await person(work, work.gemeente, act.user_id)
    if found.version != act.version:
        raise UserChanged
    return found


async def _only_managed(act: Act, work: Work) -> None:
    """Raise NotManagedHere when the user also works where the beheerder is none."""
    found = await work.query(sa.select(_rights.gemeente).where(_rights.user_id == act.user_id))
    if set(found.scalars()) - act.manages:
        raise NotManagedHere


async def _set_rights(act: Act, work: Work, **values: Any) -> None:
    await work.query(
        sa.update(tables.user_rights)
        .where(_rights.user_id == act.user_id, _rights.gemeente == work.gemeente)
        .values(version=_rights.version + 1, **values)
    )


async def _log(act: Act, work: Work, detail: str | None) -> None:
    """The line of the logboek, in the transaction of the change itself."""
    await queries.write_audit(work, replace(act.entry, detail=detail))


def _refuse_elsewhere(found: Person) -> None:
    """Raise SignsInElsewhere for an account of a provider: it would undo the change."""
    if found.issuer is not None:
        raise SignsInElsewhere


def _people() -> sa.Select[Any]:
    return sa.select(tables.users, _rights.roles, _rights.version, _rights.deactivated_at).join(
        tables.user_rights, _rights.user_id == _users.id
    )


def _person(row: Any) -> Person:
    return Person(
        row["id"],
        row["username"],
        row["name"],
        row["email"],
        frozenset(Role(role) for role in row["roles"]),
        row["version"],
        row["deactivated_at"],
        row["one_time_until"],
        row["issuer"],
    )


def _listed(roles: frozenset[Role]) -> str:
    return ", ".join(sorted(roles))
