"""Reads and writes of the gateway's tables, in the caller's transaction."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from services.gateway import domain, tables
from services.gateway.domain import AuditEntry, Lock, LockRule, Session, User
from shared.chassis import tables as chassis
from shared.chassis.database import Transaction
from shared.chassis.work import Work
from shared.contracts.codes import Role

#: A session's last sight is written at most this often: a page makes many requests.
SEEN_EVERY = timedelta(minutes=1)
#: At most this many ended sessions and old counters go at each sign-in.
SWEEP = 100

_NOW = sa.func.clock_timestamp()


async def user_by_name(transaction: Transaction, username: str) -> User | None:
    """The local user with this name, with rights."""
    condition = tables.users.c.username == domain.folded(username)
    return _user((await transaction.connection.execute(_users().where(condition))).all())


async def add_user(transaction: Transaction, user: User) -> None:
    """Write a user and exactly these rights; a user who exists is replaced."""
    values = {
        "username": domain.folded(user.username),
        "name": user.name,
        "email": user.email,
        "password_hash": user.password_hash,
        "one_time_until": user.one_time_until,
    }
    await transaction.connection.execute(
        pg.insert(tables.users)
        .values(id=user.id, **values)
        .on_conflict_do_update(index_elements=["id"], set_=values)
    )
    rights = tables.user_rights
    await transaction.connection.execute(sa.delete(rights).where(rights.c.user_id == user.id))
    for gemeente, roles in user.rights.items():
        await transaction.connection.execute(
            sa.insert(rights).values(user_id=user.id, gemeente=gemeente, roles=sorted(roles))
        )


async def open_session(transaction: Transaction, session: Session) -> None:
    """Store a session by the hash of its id."""
    await transaction.connection.execute(
        sa.insert(tables.sessions).values(
            id_hash=domain.digest(session.token),
            user_id=session.user.id,
            gemeente=session.gemeente,
        )
    )


async def session_by_token(
    transaction: Transaction, token: str, idle: timedelta, lifetime: timedelta
) -> Session | None:
    """The living session of a token, marked as seen; None when it ended or lost its rights."""
    sessions = tables.sessions
    statement = (
        _users(sessions.c.gemeente.label("chosen"), (_NOW - sessions.c.seen_at).label("unseen"))
        .join(sessions, sessions.c.user_id == tables.users.c.id)
        .where(
            sessions.c.id_hash == domain.digest(token),
            sessions.c.seen_at > _NOW - idle,
            sessions.c.created_at > _NOW - lifetime,
        )
    )
    rows = (await transaction.connection.execute(statement)).all()
    user = _user(rows)
    if user is None or rows[0].chosen not in user.rights:
        return None
    if rows[0].unseen > SEEN_EVERY:
        await _touch(transaction, token, seen_at=_NOW)
    return Session(token, user, rows[0].chosen)


async def choose_gemeente(transaction: Transaction, token: str, gemeente: str) -> None:
    """Go on in another gemeente."""
    await _touch(transaction, token, gemeente=gemeente, seen_at=_NOW)


async def end_session(transaction: Transaction, token: str) -> None:
    """Forget a session; one that is gone is fine."""
    sessions = tables.sessions
    await transaction.connection.execute(
        sa.delete(sessions).where(sessions.c.id_hash == domain.digest(token))
    )


async def _touch(transaction: Transaction, token: str, **values: Any) -> None:
    sessions = tables.sessions
    await transaction.connection.execute(
        sa.update(sessions).where(sessions.c.id_hash == domain.digest(token)).values(**values)
    )


def _users(*more: Any) -> sa.Select[Any]:
    rights = tables.user_rights
    return (
        sa.select(tables.users, rights.c.gemeente.label("right_in"), rights.c.roles, *more)
        .select_from(tables.users)
        .outerjoin(
            rights,
            sa.and_(rights.c.user_id == tables.users.c.id, rights.c.deactivated_at.is_(None)),
        )
    )


def _user(rows: Any) -> User | None:
    if not rows:
        return None
    first = rows[0]
    rights = {
        row.right_in: frozenset(Role(role) for role in row.roles)
        for row in rows
        if row.right_in is not None
    }
    return User(
        first.id,
        first.username,
        first.name,
        first.email,
        first.password_hash,
        rights,
        first.one_time_until,
    )


async def count_try(transaction: Transaction, subject: bytes, rule: LockRule) -> Lock:
    """Count a try before it is made, and answer whether it may be made.

    Counting first, under the row's lock, keeps many tries at once from all slipping through. The
    try that reaches the limit may still be made; the lock is on for the next one.
    """
    tries = tables.sign_in_tries
    started = (
        pg.insert(tries)
        .values(subject=subject, tries=0, last_at=_NOW)
        .on_conflict_do_update(index_elements=["subject"], set_={"last_at": tries.c.last_at})
        .returning(
            tries.c.tries,
            (tries.c.last_at < _NOW - rule.forget_after).label("is_old"),
            sa.func.extract("epoch", tries.c.locked_until - _NOW).label("seconds"),
        )
    )
    row = (await transaction.connection.execute(started)).one()
    if row.seconds is not None and row.seconds > 0:
        return Lock(int(row.seconds) + 1)
    count = 1 if row.is_old else row.tries + 1
    wait = rule.wait_after(count)
    await transaction.connection.execute(
        sa.update(tries)
        .where(tries.c.subject == subject)
        .values(tries=count, last_at=_NOW, locked_until=None if wait is None else _NOW + wait)
    )
    return Lock(0)


async def forget_tries(transaction: Transaction, *subjects: bytes) -> None:
    """A right password wipes the counters."""
    tries = tables.sign_in_tries
    await transaction.connection.execute(sa.delete(tries).where(tries.c.subject.in_(subjects)))


async def sweep(transaction: Transaction, idle: timedelta, lifetime: timedelta) -> None:
    """Remove some of what has ended: sessions, and counters of a day ago."""
    sessions, tries = tables.sessions, tables.sign_in_tries
    ended = sa.or_(sessions.c.seen_at < _NOW - idle, sessions.c.created_at < _NOW - lifetime)
    for table, key, condition in (
        (sessions, sessions.c.id_hash, ended),
        (tries, tries.c.subject, tries.c.last_at < _NOW - timedelta(days=1)),
    ):
        some = sa.select(key).where(condition).limit(SWEEP).with_for_update(skip_locked=True)
        await transaction.connection.execute(sa.delete(table).where(key.in_(some)))


async def write_audit(transaction: Transaction | Work, *entries: AuditEntry) -> None:
    """Add lines to the logboek; from now on the days of their gemeente are sealed."""
    await transaction.connection.execute(
        pg.insert(chassis.gemeenten)
        .values([{"code": code} for code in sorted({entry.gemeente for entry in entries})])
        .on_conflict_do_nothing()
    )
    await transaction.connection.execute(
        sa.insert(tables.audit_log).values([asdict(entry) for entry in entries])
    )
