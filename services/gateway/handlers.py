"""Signing in, choosing a gemeente, signing out: each with its line in the logboek."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from services.gateway import domain, queries, tables, users
from services.gateway.domain import (
    ADDRESS_LOCK,
    INSTALLATION,
    USER_LOCK,
    AuditEntry,
    Moments,
    Proof,
    Session,
    User,
)
from services.gateway.errors import (
    LocalSignInOff,
    NotYourGemeente,
    SignsInElsewhere,
    TooManyTries,
    WrongCredentials,
    WrongPassword,
)
from services.gateway.passwords import Passwords
from services.gateway.settings import Settings
from shared.chassis.database import Database
from shared.chassis.errors import NotSignedIn, Refused, SealBroken
from shared.chassis.sealing import KeyRing

SIGN_IN = "aanmelden"
CREATED = 201
#: How somebody came in, in the logboek.
BY_PASSWORD, BY_ACCOUNT = "/sessies", "/aanmelden/oidc"
NO_PROOF = Proof()
#: What an ID token is sealed for.
ID_TOKEN = b"sessions.id_token"
#: A reason is a code; what another system makes of it must not fill the logboek.
LONGEST_WHY = 100


@dataclass(frozen=True, slots=True)
class Knock:
    """A request to come in: from where, in which trace, and with which session if there was one."""

    origin: str
    trace_id: str | None
    former: str | None = None


@dataclass(frozen=True, slots=True)
class SignIn:
    """What somebody signs in with."""

    username: str
    password: str
    gemeente: str | None
    knock: Knock


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
            return await self.open(user, command.gemeente, command.knock, BY_PASSWORD)
        except Refused as refusal:
            line = _entry(command.knock, BY_PASSWORD, user, INSTALLATION, refusal.status)
            await self.log(line)
            raise

    async def _user(self, command: SignIn) -> User:
        name = self.keys.index(f"naam|{domain.folded(command.username)}")
        address = self.keys.index(f"adres|{command.knock.origin}")
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

    async def open(
        self, user: User, wanted: str | None, knock: Knock, way: str, proof: Proof = NO_PROOF
    ) -> Session:
        """A session with an id of its own; the one that the browser still had ends.

        Raises NotYourGemeente when the user has no role there.
        """
        gemeente = user.gemeente_of_choice(wanted)
        if gemeente is None:
            raise NotYourGemeente
        limits = self.settings.session_limits
        async with self.database.transaction(gemeente) as transaction:
            if knock.former:
                await queries.end_session(transaction, knock.former)
            session = await queries.open_session(transaction, user, gemeente, limits, proof)
            line = _entry(knock, way, user, gemeente, CREATED)
            await queries.write_audit(transaction, line)
        return session

    async def log(self, entry: AuditEntry) -> None:
        """A line of the logboek by itself."""
        async with self.database.transaction(entry.gemeente) as transaction:
            await queries.write_audit(transaction, entry)

    async def refused(self, knock: Knock, way: str, status: int, why: str) -> None:
        """The line of somebody who did not come in, nobody knows who."""
        line = _entry(knock, way, None, INSTALLATION, status)
        await self.log(replace(line, detail=why[:LONGEST_WHY] or None))

    async def choose(self, session: Session, gemeente: str) -> Session:
        """Go on in another gemeente of the user; raises NotYourGemeente."""
        if session.user.gemeente_of_choice(gemeente) is None:
            raise NotYourGemeente
        async with self.database.transaction() as transaction:
            await queries.choose_gemeente(transaction, session.token, gemeente)
        return replace(session, gemeente=gemeente)

    async def extend(self, session: Session) -> Moments:
        """Half an hour more from now; raises NotSignedIn when it just ended."""
        async with self.database.transaction() as transaction:
            found = await queries.extend_session(
                transaction, session.token, self.settings.session_limits
            )
        if found is None:
            raise NotSignedIn("Uw sessie is beëindigd. Meld u opnieuw aan.")
        return found

    async def change_password(self, session: Session, origin: str, current: str, new: str) -> None:
        """An own password, for who knows the present one; wrong ones count as wrong tries."""
        user = session.user
        if user.issuer is not None:
            raise SignsInElsewhere
        try:
            known = await self._user(SignIn(user.username, current, None, Knock(origin, None)))
        except WrongCredentials:
            raise WrongPassword from None
        hashed = await self.passwords.hash(new)
        async with self.database.transaction() as transaction:
            await users.choose_password(transaction, known.id, hashed, session.token)

    async def sign_out(self, session: Session) -> str | None:
        """End the session; the token to sign out at the provider with, if there is one."""
        async with self.database.transaction() as transaction:
            sealed = await queries.end_session(transaction, session.token)
        try:
            return None if sealed is None else self.keys.unseal(sealed, ID_TOKEN).decode()
        except SealBroken:
            return None  # its key is gone since: the provider asks the user itself

    async def sign_out_everywhere(self, session: Session) -> int:
        """End every session of the user but this one."""
        sessions = tables.sessions.c
        async with self.database.transaction() as transaction:
            return await queries.end_sessions(
                transaction,
                sessions.user_id == session.user.id,
                sessions.id_hash != domain.digest(session.token),
            )


def _has_expired(user: User) -> bool:
    return user.one_time_until is not None and user.one_time_until < datetime.now(UTC)


def _entry(knock: Knock, way: str, user: User | None, gemeente: str, result: int) -> AuditEntry:
    return AuditEntry(
        actor=user.id if user else "onbekend",
        gemeente=gemeente,
        action=SIGN_IN,
        object=way,
        result=result,
        origin=knock.origin,
        trace_id=knock.trace_id,
    )
