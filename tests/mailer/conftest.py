"""Mailer on the real PostgreSQL and S3, with a mail server that does what the test says."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest
import sqlalchemy as sa

from deploy.local.stack import Stack
from shared.chassis import clock
from shared.chassis import tables as chassis
from shared.chassis.identity import Identity, Signer
from shared.chassis.run import make_web
from shared.contracts.codes import Purpose, Role
from shared.contracts.envelope import Event
from shared.contracts.events import EmailGevraagd, InstellingenGewijzigd
from shared.contracts.merge_fields import example_values
from tests.mailer.smtp_double import SmtpDouble
from tests.support import parts

#: Fast enough that no test waits for a slot unless it is about slots.
NO_LIMIT = 1_000_000
Made = Callable[..., parts.Bench]


@pytest.fixture
async def smtp() -> AsyncIterator[SmtpDouble]:
    """A mail server whose answers the test sets."""
    double = SmtpDouble()
    await double.start()
    yield double
    await double.stop()


@pytest.fixture
async def make_mailer(stack: Stack) -> AsyncIterator[Made]:
    """Build mailers, each as another process would be; none may leave an event set aside.

    What they leave undone goes at the end.
    """
    parts.migrated(stack, "mailer")
    made: list[parts.Bench] = []

    def make(**changes: Any) -> parts.Bench:
        given = {"mails_per_minute": NO_LIMIT, **changes}
        bench = parts.bench_of(stack, "mailer", *parts.build_of("mailer"), **given)
        made.append(bench)
        return bench

    yield make
    cleaner = make()
    aside = chassis.dead_letters.c.replayed_at.is_(None)
    assert await cleaner.rows(sa.select(chassis.dead_letters).where(aside)) == []
    async with cleaner.database.transaction() as transaction:
        undone = chassis.work_items.c.done_at.is_(None)
        await transaction.connection.execute(sa.delete(chassis.work_items).where(undone))
    for bench in made:
        for close in bench.built.close:
            answer = close()
            if answer is not None:
                await answer
        await bench.database.close()


@pytest.fixture
async def mailer(make_mailer: Made, smtp: SmtpDouble) -> parts.Bench:
    """A mailer that sends to the double, impatiently."""
    return make_mailer(
        smtp_host="127.0.0.1",
        smtp_port=smtp.port,
        smtp_timeout=timedelta(seconds=1),
        smtp_delivery_timeout=timedelta(seconds=1),
    )


def settings_event(gemeente: str, sequence: int = 1, **changes: Any) -> Event[Any]:
    """The settings of a gemeente."""
    given = {
        "code": gemeente,
        "naam": "Gemeente Voorbeeldstad",
        "plaats": "Voorbeeldstad",
        "afdeling": "Inkomen en Zorg",
        "telefoon": "14 0123",
        "openingstijden": "op werkdagen van 9 tot 17",
        "retouradres": "Postbus 10, 1234 AA Voorbeeldstad",
        "afzenderNaam": "Gemeente Voorbeeldstad",
        "afzenderEmail": "heronderzoek@voorbeeldstad.example.nl",
        "link": "https://mijn.voorbeeldstad.example.nl",
    }
    return parts.event_of(
        InstellingenGewijzigd(**{**given, **changes}), gemeente, sequence=sequence
    )


def order(
    to: str | None = None,
    *,
    version: UUID | None = None,
    attempt: UUID | None = None,
    purpose: Purpose = Purpose.INVITATION,
    **values: str,
) -> EmailGevraagd:
    """An order for one mail."""
    attempt = attempt or uuid4()
    return EmailGevraagd(
        zaakId=uuid4(),
        bezorgingId=uuid4(),
        pogingId=attempt,
        batchId=uuid4(),
        zaaknummer="HO-2026-000123",
        doel=purpose,
        sjabloonVersieId=version,
        aan=to or f"a{attempt.hex[:12]}@example.nl",
        aanNaam="A. de Vries",
        velden={**example_values(purpose), **values},
    )


@contextmanager
def moved(stack: Stack, by: str) -> Iterator[None]:
    """The business clock of mailer, so much further for a while."""
    address = stack.database_url("mailer").replace("+psycopg", "")
    with psycopg.connect(address, autocommit=True) as connection:
        clock.move(connection, clock.parsed(by))
        try:
            yield
        finally:
            clock.reset(connection)


async def due_now(mailer: parts.Bench, gemeente: str) -> None:
    """What was put back may be tried again at once."""
    async with mailer.database.transaction() as transaction:
        await transaction.connection.execute(
            sa.update(chassis.work_items)
            .where(chassis.work_items.c.gemeente == gemeente)
            .values(not_before=sa.func.clock_timestamp() - timedelta(minutes=1))
        )


async def recorded(mailer: parts.Bench, kind: Any, gemeente: str) -> list[dict[str, Any]]:
    """The data of a gemeente's events of one kind, oldest first."""
    return [event["data"] for event in await mailer.recorded(kind) if event["gemeente"] == gemeente]


def client(bench: parts.Bench) -> httpx.AsyncClient:
    """HTTP to the service, without a network between."""
    transport = httpx.ASGITransport(make_web(bench.parts, bench.built))
    return httpx.AsyncClient(transport=transport, base_url="http://mailer/v1")


def token(stack: Stack, gemeente: str, *roles: Role, user: str = "u-1") -> dict[str, str]:
    """The header of a signed-in colleague."""
    identity = Identity(user, "Sam Bakker", "sam@example.nl", frozenset(roles), gemeente)
    signer = Signer(stack.secrets.identity_key("gateway"), "gateway")
    return {"Authorization": f"Bearer {signer.sign(identity, 'mailer')}"}
