"""Reads and writes of the gateway's tables, in the caller's transaction."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from services.gateway import domain, tables
from services.gateway.domain import (
    AuditEntry,
    Lock,
    LockRule,
    Moments,
    Proof,
    Session,
    SessionLimits,
    User,
)
from shared.chassis import tables as chassis
from shared.chassis.database import Transaction
from shared.chassis.work import Work
from shared.contracts.codes import Role

#: A session's last sight is written at most this often: a page makes many requests.
SEEN_EVERY = timedelta(minutes=1)
#: At most this many ended sessions, counters and logout tokens go at a time.
SWEEP = 1000

_NOW = sa.func.clock_timestamp()


async def user_by_name(transaction: Transaction, username: str) -> User | None:
    """The local user with this name, with rights."""
    condition = tables.users.c.username == domain.folded(username)
    return _user((await transaction.connection.execute(_users().where(condition))).all())


async def user_by_id(transaction: Transaction, user_id: str) -> User | None:
    """The user with this id, with rights."""
    condition = tables.users.c.id == user_id
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


async def open_session(
    transaction: Transaction, user: User, gemeente: str, limits: SessionLimits, proof: Proof
) -> Session:
    """A new session, stored by the hash of its id."""
    token = domain.new_token()
    statement = (
        pg.insert(tables.sessions)
        .values(
            id_hash=domain.digest(token),
            user_id=user.id,
            gemeente=gemeente,
            provider_sid=proof.sid,
            id_token=proof.sealed_token,
        )
        .returning(*_moments(limits))
    )
    row = (await transaction.connection.execute(statement)).one()
    return Session(token, user, gemeente, _read_moments(row))


async def session_by_token(
    transaction: Transaction, token: str, limits: SessionLimits, *, at_work: bool
) -> Session | None:
    """The living session of a token, or None when it ended or lost its rights.

    `at_work`: whether this request keeps it alive.
    """
    sessions = tables.sessions
    unseen = (_NOW - sessions.c.seen_at).label("unseen")
    statement = (
        _users(sessions.c.gemeente.label("chosen"), unseen, *_moments(limits))
        .join(sessions, sessions.c.user_id == tables.users.c.id)
        .where(
            sessions.c.id_hash == domain.digest(token),
            sessions.c.seen_at > _NOW - limits.idle,
            sessions.c.created_at > _NOW - limits.lifetime,
        )
    )
    rows = (await transaction.connection.execute(statement)).all()
    user = _user(rows)
    if user is None or rows[0].chosen not in user.rights:
        return None
    moments = _read_moments(rows[0])
    if at_work and rows[0].unseen > SEEN_EVERY:
        moments = await extend_session(transaction, token, limits) or moments
    return Session(token, user, rows[0].chosen, moments)


async def extend_session(
    transaction: Transaction, token: str, limits: SessionLimits
) -> Moments | None:
    """Count from now on; None when the session is gone."""
    statement = (
        sa.update(tables.sessions)
        .where(tables.sessions.c.id_hash == domain.digest(token))
        .values(seen_at=_NOW)
        .returning(*_moments(limits))
    )
    row = (await transaction.connection.execute(statement)).first()
    return None if row is None else _read_moments(row)


def _moments(limits: SessionLimits) -> tuple[sa.Label[Any], ...]:
    sessions = tables.sessions.c
    latest = sessions.created_at + limits.lifetime
    ends = sa.func.least(sessions.seen_at + limits.idle, latest)
    return ends.label("ends_at"), latest.label("latest_at"), _NOW.label("moment")


def _read_moments(row: Any) -> Moments:
    return Moments(row.ends_at, row.latest_at, row.moment)


async def choose_gemeente(transaction: Transaction, token: str, gemeente: str) -> None:
    """Go on in another gemeente."""
    await _touch(transaction, token, gemeente=gemeente, seen_at=_NOW)


async def end_session(transaction: Transaction, token: str) -> bytes | None:
    """Forget a session, and answer the sealed token to sign out at the provider with.

    One that is gone is fine.
    """
    sessions = tables.sessions
    statement = (
        sa.delete(sessions)
        .where(sessions.c.id_hash == domain.digest(token))
        .returning(sessions.c.id_token)
    )
    found: bytes | None = (await transaction.connection.execute(statement)).scalar()
    return found


async def end_sessions(transaction: Transaction | Work, *conditions: Any) -> int:
    """Forget all sessions that fit; answer how many."""
    statement = sa.delete(tables.sessions).where(*conditions)
    return (await transaction.connection.execute(statement)).rowcount


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
        first.issuer,
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


async def sweep(transaction: Transaction | Work, limits: SessionLimits) -> None:
    """Remove what has ended: sessions, counters of a day ago, and used logout tokens."""
    sessions, tries, used = tables.sessions, tables.sign_in_tries, tables.logout_tokens
    ended = sa.or_(
        sessions.c.seen_at < _NOW - limits.idle, sessions.c.created_at < _NOW - limits.lifetime
    )
    for table, key, condition in (
        (sessions, sessions.c.id_hash, ended),
        (tries, tries.c.subject, tries.c.last_at < _NOW - timedelta(days=1)),
        (used, used.c.jti_hash, used.c.forget_at < _NOW),
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
