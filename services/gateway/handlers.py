"""Signing in, choosing a gemeente, signing out: each with its line in the logboek."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from services.gateway import domain, queries, users
from services.gateway.domain import (
    ADDRESS_LOCK,
    INSTALLATION,
    USER_LOCK,
    AuditEntry,
    Session,
    User,
)
from services.gateway.errors import (
    LocalSignInOff,
    NotYourGemeente,
    TooManyTries,
    WrongCredentials,
    WrongPassword,
)
from services.gateway.passwords import Passwords
from services.gateway.settings import Settings
from shared.chassis.database import Database
from shared.chassis.errors import Refused
from shared.chassis.sealing import KeyRing

SIGN_IN = "aanmelden"
CREATED = 201


@dataclass(frozen=True, slots=True)
class SignIn:
    """What somebody signs in with, and from where."""

    username: str
    password: str
    gemeente: str | None
    origin: str
    trace_id: str | None


@dataclass(frozen=True)
class Reception:
    """Where people sign in."""

    settings: Settings
    database: Database
    keys: KeyRing
    passwords: Passwords

    async def sign_in(self, command: SignIn) -> Session:
        """A new session; raises the same WrongCredentials for an unknown user or a wrong password.

        Five wrong tries close a user name, known or not; many from one address slow that down.
        """
        if not self.settings.signs_in_locally:
            raise LocalSignInOff
        user: User | None = None
        try:
            user = await self._user(command)
            return await self._open(user, command)
        except Refused as refusal:
            await self._log(command, user, INSTALLATION, refusal.status)
            raise

    async def _user(self, command: SignIn) -> User:
        name = self.keys.index(f"naam|{domain.folded(command.username)}")
        address = self.keys.index(f"adres|{command.origin}")
        async with self.database.transaction() as transaction:
            # always in this order, so that two requests never wait for each other
            by_address = await queries.count_try(transaction, address, ADDRESS_LOCK)
            by_name = await queries.count_try(transaction, name, USER_LOCK)
            user = await queries.user_by_name(transaction, command.username)
        if by_address.is_closed or by_name.is_closed:
            raise TooManyTries(max(by_address.seconds, by_name.seconds))
        fits = await self.passwords.verify(command.password, user.password_hash if user else None)
        if user is None or not fits or _has_expired(user):
            raise WrongCredentials
        async with self.database.transaction() as transaction:
            await queries.forget_tries(transaction, address, name)
        return user

    async def _open(self, user: User, command: SignIn) -> Session:
        gemeente = user.gemeente_of_choice(command.gemeente)
        if gemeente is None:
            raise NotYourGemeente
        session = Session(domain.new_token(), user, gemeente)
        settings = self.settings
        async with self.database.transaction(gemeente) as transaction:
            await queries.sweep(transaction, settings.session_idle, settings.session_lifetime)
            await queries.open_session(transaction, session)
            await queries.write_audit(transaction, _entry(command, user, gemeente, CREATED))
        return session

    async def _log(self, command: SignIn, user: User | None, gemeente: str, result: int) -> None:
        async with self.database.transaction(gemeente) as transaction:
            await queries.write_audit(transaction, _entry(command, user, gemeente, result))

    async def choose(self, session: Session, gemeente: str) -> Session:
        """Go on in another gemeente of the user; raises NotYourGemeente."""
        if session.user.gemeente_of_choice(gemeente) is None:
            raise NotYourGemeente
        async with self.database.transaction() as transaction:
            await queries.choose_gemeente(transaction, session.token, gemeente)
        return Session(session.token, session.user, gemeente)

    async def change_password(self, session: Session, origin: str, current: str, new: str) -> None:
        """An own password, for who knows the present one; wrong ones count as wrong tries."""
        user = session.user
        try:
            known = await self._user(SignIn(user.username, current, None, origin, None))
        except WrongCredentials:
            raise WrongPassword from None
        hashed = await self.passwords.hash(new)
        async with self.database.transaction() as transaction:
            await users.choose_password(transaction, known.id, hashed, session.token)

    async def sign_out(self, session: Session) -> None:
        """End the session."""
        async with self.database.transaction() as transaction:
            await queries.end_session(transaction, session.token)


def _has_expired(user: User) -> bool:
    return user.one_time_until is not None and user.one_time_until < datetime.now(UTC)


def _entry(command: SignIn, user: User | None, gemeente: str, result: int) -> AuditEntry:
    return AuditEntry(
        actor=user.id if user else "onbekend",
        gemeente=gemeente,
        action=SIGN_IN,
        object="/sessies",
        result=result,
        origin=command.origin,
        trace_id=command.trace_id,
    )
