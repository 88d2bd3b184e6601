"""The real gateway on the real database, with made-up services behind it."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from deploy.local import ports
from deploy.local.stack import Stack
from services.gateway import queries
from services.gateway.__main__ import build
from services.gateway.domain import User
from services.gateway.passwords import Passwords
from services.gateway.settings import Settings
from shared.chassis.database import Database
from shared.chassis.run import make_web, parts_of
from shared.contracts.codes import Role
from tests.gateway.fake_services import FakeServices
from tests.support.parts import migrated, new_gemeente, settings_of

PASSWORD = "Een-lang-wachtwoord-7"
_places = itertools.count(1)


@dataclass
class Gateway:
    """A gateway under test: its app, its database and people who can sign in."""

    app: FastAPI
    database: Database
    password_hash: str
    doors: AsyncExitStack
    names: dict[str, str] = field(default_factory=dict)

    async def client(self, scheme: str = "http") -> httpx.AsyncClient:
        """A browser at an address of its own."""
        place = next(_places)
        transport = httpx.ASGITransport(
            self.app, raise_app_exceptions=False, client=(f"10.0.{place // 250}.{place % 250}", 1)
        )
        client = httpx.AsyncClient(transport=transport, base_url=f"{scheme}://gateway.example.nl")
        return await self.doors.enter_async_context(client)

    async def user(self, rights: dict[str, Iterable[Role]]) -> str:
        """A new user with these rights; answers the user name."""
        name = f"gebruiker-{uuid4()}"
        given = {gemeente: frozenset(roles) for gemeente, roles in rights.items()}
        user = User(str(uuid4()), name, "Sam Bakker", "sam@example.nl", self.password_hash, given)
        async with self.database.transaction() as transaction:
            await queries.add_user(transaction, user)
        self.names[name] = user.id
        return name

    async def signed_in(self, *roles: Role, gemeente: str | None = None) -> httpx.AsyncClient:
        """An API client of a new user with these roles."""
        name = await self.user({gemeente or new_gemeente(): roles})
        client = await self.client()
        session = (await sign_in(client, name)).json()
        client.cookies.clear()
        client.headers["Authorization"] = f"Bearer {session['token']}"
        return client

    async def rows(self, statement: str, *gemeenten: str, **values: Any) -> list[Any]:
        """Look or change in the database, as the gateway's own role."""
        async with self.database.transaction(*gemeenten) as transaction:
            answer = await transaction.connection.execute(sa.text(statement), values)
            return list(answer.mappings()) if answer.returns_rows else []


async def sign_in(
    client: httpx.AsyncClient, name: str, password: str = PASSWORD, **more: Any
) -> httpx.Response:
    """Sign in."""
    body = {"gebruikersnaam": name, "wachtwoord": password, **more}
    return await client.post("/v1/sessies", json=body)


@pytest.fixture(scope="session")
async def fakes(stack: Stack) -> AsyncIterator[FakeServices]:
    """The made-up services, running."""
    made = FakeServices(stack.secrets.public_identity_keys(), ports.free_base())
    async with made.running():
        yield made


@pytest.fixture
def services(fakes: FakeServices) -> FakeServices:
    """The made-up services, with nothing told yet."""
    fakes.forget()
    return fakes


@pytest.fixture(scope="module")
async def make_gateway(stack: Stack, fakes: FakeServices) -> AsyncIterator[Callable[..., Any]]:
    """Build gateways with other settings; they share a queue, so they end with the module."""
    migrated(stack, "gateway")
    hashed = await Passwords().hash(PASSWORD)
    async with AsyncExitStack() as doors:

        async def make(**changes: Any) -> Gateway:
            given = {**fakes.urls(), "local_users": True, "demo_users": False, **changes}
            parts = parts_of("gateway", settings_of(stack, "gateway", Settings, **given))
            app = make_web(parts, build(parts))
            await doors.enter_async_context(app.router.lifespan_context(app))
            return Gateway(app, parts.database, hashed, doors)

        yield make


@pytest.fixture(scope="module")
async def gateway(make_gateway: Callable[..., Any], fakes: FakeServices) -> Gateway:
    """The gateway of most tests."""
    made: Gateway = await make_gateway(**fakes.urls())
    return made
