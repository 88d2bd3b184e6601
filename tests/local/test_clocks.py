"""The clocks of all services move together, and nobody's session moves with them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import psycopg
import pytest

from deploy.local.clocks import WITH_A_CLOCK, ClocksDifferError, NoClockError, move_clocks
from deploy.local.stack import Stack
from services.gateway.__main__ import build
from services.gateway.settings import Settings
from shared.chassis.run import make_web
from tests.support import parts
from tests.support.caseworker import PASSWORD

A_MOMENT = timedelta(minutes=1)


@pytest.fixture
def clocks(stack: Stack) -> Iterator[Stack]:
    """A stack with the databases of all services, whose clocks are put right afterwards."""
    for service in WITH_A_CLOCK:
        parts.migrated(stack, service)
    yield stack
    move_clocks(stack, "reset")


def test_one_command_moves_all(clocks: Stack) -> None:
    """Shown, moved and put right; each service answers for itself."""
    assert {shift for shift, _ in move_clocks(clocks, "show").values()} == {timedelta()}
    moved = move_clocks(clocks, "+14d")
    assert set(moved) == set(WITH_A_CLOCK)
    for shift, now in moved.values():
        assert shift == timedelta(days=14)
        assert abs(now - datetime.now(UTC) - shift) < A_MOMENT
    assert {shift for shift, _ in move_clocks(clocks, "-2h").values()} == {
        timedelta(days=13, hours=22)
    }
    assert {shift for shift, _ in move_clocks(clocks, "reset").values()} == {timedelta()}


def test_what_is_no_shift_moves_none(clocks: Stack) -> None:
    """Nor one that goes too far; the message says what to type."""
    for wrong in ("14", "morgen", "+99999d"):
        with pytest.raises(NoClockError, match="Typ bijvoorbeeld"):
            move_clocks(clocks, wrong)
    assert {shift for shift, _ in move_clocks(clocks, "show").values()} == {timedelta()}


def test_clocks_that_differ_are_told(clocks: Stack) -> None:
    """Somebody moved one alone; a reset makes them equal."""
    with psycopg.connect(clocks.superuser_url("mailer"), autocommit=True) as connection:
        connection.execute("insert into business_clock (shift) values (interval '1 day')")
    with pytest.raises(ClocksDifferError, match="reset"):
        move_clocks(clocks, "show")
    move_clocks(clocks, "reset")


async def test_a_session_does_not_move(clocks: Stack) -> None:
    """Who was signed in is so still, two weeks later by the rules' clock."""
    settings = parts.settings_of(clocks, "gateway", Settings)
    bench = parts.bench_of(clocks, "gateway", Settings, build)
    app = make_web(bench.parts, bench.built)
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://gateway/v1") as client,
    ):
        given = {"gebruikersnaam": "behandelaar", "wachtwoord": PASSWORD}
        answer = await client.post("/sessies", json=given)
        assert answer.status_code == 201, answer.text
        token = {"Authorization": f"Bearer {answer.json()['token']}"}
        assert settings.session_idle < timedelta(days=14)
        move_clocks(clocks, "+14d")
        assert (await client.get("/sessies/huidige", headers=token)).status_code == 200
