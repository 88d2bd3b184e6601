"""Accounts of the provider as users here, and what a sign-out there ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from services.gateway import domain, queries, tables
from services.gateway.domain import User
from services.gateway.sign_in.errors import LogoutRefused
from services.gateway.sign_in.rights import Account
from services.gateway.sign_in.tokens import LOGOUT_AGE, Logout
from shared.chassis.database import Transaction
from shared.contracts.codes import Role

_users = tables.users.c
_rights = tables.user_rights.c
_sessions = tables.sessions.c


def user_id_of(issuer: str, subject: str) -> str:
    """The id of an account here: the same at every sign-in, whatever its name or address is."""
    return str(uuid5(NAMESPACE_URL, f"{issuer}|{subject}"))


async def keep(
    transaction: Transaction, account: Account, rights: dict[str, frozenset[Role]]
) -> User | None:
    """The user of an account, with exactly these rights from now on.

    Who a beheerder deactivated in a gemeente stays so. None when there never was such a user and
    nothing gives a right here.
    """
    user_id = user_id_of(account.issuer, account.subject)
    lock = sa.func.pg_advisory_xact_lock(sa.func.hashtext(f"account|{user_id}"))
    await transaction.connection.execute(sa.select(lock))
    if rights or await _is_known(transaction, user_id):
        await _write(transaction, user_id, account)
        await _set_rights(transaction, user_id, rights)
    return await queries.user_by_id(transaction, user_id)


async def _is_known(transaction: Transaction, user_id: str) -> bool:
    found = await transaction.connection.execute(sa.select(_users.id).where(_users.id == user_id))
    return found.first() is not None


async def _write(transaction: Transaction, user_id: str, account: Account) -> None:
    values = {
        "username": await _free_name(transaction, user_id, account.username),
        "name": account.name,
        "email": account.email,
    }
    fixed = {"id": user_id, "issuer": account.issuer, "subject": account.subject}
    await transaction.connection.execute(
        pg.insert(tables.users)
        .values(**fixed, **values)
        .on_conflict_do_update(index_elements=["id"], set_=values)
    )


async def _free_name(transaction: Transaction, user_id: str, wanted: str) -> str:
    """The name that the provider knows, with a piece of the id behind it when it is taken."""
    name = domain.folded(wanted)
    taken = sa.select(_users.id).where(_users.username == name, _users.id != user_id)
    is_taken = (await transaction.connection.execute(taken)).first() is not None
    return f"{name}-{user_id[:8]}" if is_taken else name


async def _set_rights(
    transaction: Transaction, user_id: str, rights: dict[str, frozenset[Role]]
) -> None:
    gone = sa.delete(tables.user_rights).where(
        _rights.user_id == user_id, _rights.gemeente.not_in(list(rights))
    )
    await transaction.connection.execute(gone)
    for gemeente, roles in sorted(rights.items()):
        given = pg.insert(tables.user_rights).values(
            user_id=user_id, gemeente=gemeente, roles=sorted(roles)
        )
        await transaction.connection.execute(
            given.on_conflict_do_update(
                index_elements=["user_id", "gemeente"],
                set_={"roles": given.excluded.roles, "version": _rights.version + 1},
                where=_rights.roles != given.excluded.roles,
            )
        )


async def end_by(transaction: Transaction, issuer: str, logout: Logout) -> list[Any]:
    """End the sessions that a logout token is about; raises LogoutRefused when it was used before.

    Answers user id and gemeente of each.
    """
    await _use_once(transaction, issuer, logout)
    whose = sa.select(_users.id).where(_users.issuer == issuer)
    if logout.subject is not None:
        whose = whose.where(_users.subject == logout.subject)
    statement = sa.delete(tables.sessions).where(_sessions.user_id.in_(whose))
    if logout.sid is not None:
        statement = statement.where(_sessions.provider_sid == logout.sid)
    ended = statement.returning(_sessions.user_id, _sessions.gemeente)
    return list((await transaction.connection.execute(ended)).all())


async def _use_once(transaction: Transaction, issuer: str, logout: Logout) -> None:
    """Longer than the token could still be accepted."""
    forget_at = datetime.fromtimestamp(logout.expires_at, UTC) + LOGOUT_AGE + timedelta(minutes=5)
    made = await transaction.connection.execute(
        pg.insert(tables.logout_tokens)
        .values(jti_hash=sha256(f"{issuer}|{logout.jti}".encode()).digest(), forget_at=forget_at)
        .on_conflict_do_nothing()
        .returning(tables.logout_tokens.c.jti_hash)
    )
    if made.first() is None:
        raise LogoutRefused("used before")
