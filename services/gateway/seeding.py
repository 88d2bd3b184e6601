"""Demo users: one per role and gemeente, so that everything can be tried. Never in production."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from services.gateway import queries
from services.gateway.domain import USER_ROLES, User
from services.gateway.passwords import Passwords
from services.gateway.settings import Settings
from shared.chassis.database import Database
from shared.contracts.codes import Role

#: Two processes that start at once must not both write the same users.
LOCK = "select pg_advisory_xact_lock(791)"
NAMES = {
    Role.RAADPLEGER: "Robin Balie",
    Role.BEHANDELAAR: "Sam Bakker",
    Role.COORDINATOR: "Chris Leeflang",
    Role.BEHEERDER: "Bo Beheer",
    Role.PERSOONSVERWERKER: "Puck Persoons",
    Role.AUDITOR: "Alex Toezicht",
}


@dataclass(frozen=True, slots=True)
class DemoUser:
    """A user to be made."""

    username: str
    name: str
    rights: dict[str, frozenset[Role]]


def demo_users(gemeenten: list[str]) -> Iterator[DemoUser]:
    """One user per role and gemeente, and `beheer` for all gemeenten.

    They are named by role in the first gemeente (`behandelaar`), with the code of the gemeente
    behind it in the others (`behandelaar-9002`).
    """
    for place, gemeente in enumerate(gemeenten):
        suffix = f"-{gemeente}" if place else ""
        for role in sorted(USER_ROLES):
            yield DemoUser(f"{role}{suffix}", NAMES[role], {gemeente: frozenset({role})})
    everywhere = {gemeente: frozenset({Role.BEHEERDER}) for gemeente in gemeenten}
    yield DemoUser("beheer", "Beheer van alle gemeenten", everywhere)


def codes_in(file: Path) -> list[str]:
    """The codes of the gemeenten in GEMEENTEN_FILE, in its order."""
    return [str(gemeente["code"]) for gemeente in json.loads(file.read_text())]


async def seed(settings: Settings, database: Database, passwords: Passwords) -> None:
    """Make the demo users, or bring them back to how they should be."""
    if not settings.demo_users or settings.gemeenten_file is None:
        return
    hashed = await passwords.hash(settings.demo_password.get_secret_value())
    async with database.transaction() as transaction:
        await transaction.connection.exec_driver_sql(LOCK)
        for demo in demo_users(codes_in(settings.gemeenten_file)):
            user = User(
                id=str(uuid5(NAMESPACE_URL, f"heronderzoek/demo/{demo.username}")),
                username=demo.username,
                name=demo.name,
                email=f"{demo.username}@example.nl",
                password_hash=hashed,
                rights=demo.rights,
            )
            await queries.add_user(transaction, user)
