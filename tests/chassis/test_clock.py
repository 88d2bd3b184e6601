"""Business time moves when asked, and nothing else does."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest

from deploy.local.service_process import ROOT
from deploy.local.stack import Stack
from shared.chassis import clock, work_queue
from shared.chassis.identity import Signer, Verifier, system
from shared.chassis.work import Cause, Work
from tests.support import parts
from tests.support.parts import Bench

FORTNIGHT = timedelta(days=14)
A_MOMENT = timedelta(minutes=1)


@pytest.fixture
def moved(book: Bench) -> Iterator[clock.Connection]:
    """The ledger's clock, which is put right afterwards."""
    with psycopg.connect(book.parts.settings.dsn, autocommit=True) as connection:
        yield connection
        clock.reset(connection)


async def now_in(book: Bench) -> datetime:
    """What a handler would see."""
    async with book.database.transaction() as transaction:
        return transaction.now


async def test_rules_see_the_time_that_was_set(book: Bench, moved: clock.Connection) -> None:
    """Two shifts add up, one back takes off, and a reset ends it."""
    clock.move(moved, FORTNIGHT)
    clock.move(moved, FORTNIGHT)
    clock.move(moved, -timedelta(days=1))
    ahead = await now_in(book) - datetime.now(UTC)
    clock.reset(moved)
    assert abs(ahead - timedelta(days=27)) < A_MOMENT
    assert abs(await now_in(book) - datetime.now(UTC)) < A_MOMENT
    assert clock.seen(moved)[0] == timedelta()


async def test_a_shift_that_goes_too_far_changes_nothing(
    book: Bench, moved: clock.Connection
) -> None:
    """Ten years is further than any term."""
    clock.move(moved, FORTNIGHT)
    with pytest.raises(clock.ShiftRefused), moved.transaction():
        clock.move(moved, clock.FURTHEST)
    shift, _ = clock.seen(moved)
    clock.reset(moved)
    assert shift == FORTNIGHT
    assert abs(await now_in(book) - datetime.now(UTC)) < A_MOMENT


async def test_a_lease_is_not_moved(book: Bench, moved: clock.Connection, gemeente: str) -> None:
    """Who works on something keeps it; what was to wait for a day is due."""
    items = [uuid4(), uuid4()]
    async with book.database.transaction(gemeente) as transaction:
        cause = Cause(uuid4(), "u-1", gemeente, uuid4())
        work = Work(transaction, book.parts.mapper, book.parts.source, cause)
        work.enqueue("klok", items[0])
        work.enqueue("klok", items[1], not_before=work.now + timedelta(days=1))
        await work.write()
    lease = timedelta(minutes=1)
    first = await work_queue.claim(book.database, "klok", 10, lease)
    clock.move(moved, FORTNIGHT)
    later = await work_queue.claim(book.database, "klok", 10, lease)
    clock.reset(moved)
    assert [item.id for item in first] == [items[0]]
    assert [item.id for item in later] == [items[1]]
    async with book.database.transaction(gemeente) as transaction:
        assert await work_queue.finish(transaction, [*first, *later]) == set(items)


async def test_a_token_is_not_moved(
    book: Bench, moved: clock.Connection, stack: Stack, gemeente: str
) -> None:
    """Who was signed in is so still, and no longer than before."""
    signer = Signer(stack.secrets.identity_key("gateway"), "gateway")
    verifier = Verifier(stack.secrets.public_identity_keys(), "cases")
    token = signer.sign(system("gateway", gemeente), "cases")
    clock.move(moved, FORTNIGHT)
    known = verifier.verify(token)
    clock.reset(moved)
    assert known.gemeente == gemeente
    assert abs(await now_in(book) - datetime.now(UTC)) < A_MOMENT


@pytest.mark.parametrize("text", ["", "14", "14d ", "+1.5d", "d", "--2d", "+14w", "999999d"])
def test_what_is_no_shift_is_refused(text: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(clock.ShiftRefused):
        clock.parsed(text)


def run(stack: Stack, *arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
    """`python -m services.communications clock …`, as ops types it."""
    return subprocess.run(
        [sys.executable, "-m", "services.communications", "clock", *arguments],
        cwd=ROOT,
        env={**parts.environment_of(stack, "communications"), "PATH": "/usr/bin:/bin", **changes},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_command_shows_moves_and_resets(stack: Stack) -> None:
    """One line each: the time as rules see it, and how far it is moved."""
    parts.migrated(stack, "communications")
    said = [
        run(stack, *arguments)
        for arguments in (["shift", "+14d"], ["shift", "-2h"], ["show"], ["reset"])
    ]
    assert [one.returncode for one in said] == [0, 0, 0, 0], said
    assert [one.stdout.strip().split("\t")[1] for one in said] == [
        "14 days, 0:00:00",
        "13 days, 22:00:00",
        "13 days, 22:00:00",
        "0:00:00",
    ]


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({"ALLOW_TIME_TRAVEL": "false"}, 1, "ALLOW_TIME_TRAVEL is not set"),
        ({"ALLOW_TIME_TRAVEL": ""}, 1, "ALLOW_TIME_TRAVEL is not set"),
        ({"ENVIRONMENT": "production"}, 2, "ALLOW_TIME_TRAVEL mag niet aan staan in productie"),
        ({"ENVIRONMENT": "production", "ALLOW_TIME_TRAVEL": "false"}, 1, "production"),
    ],
)
def test_the_command_is_refused_where_time_travel_is_not_allowed(
    stack: Stack, changes: dict[str, str], code: int, words: str
) -> None:
    """In production always, elsewhere without the setting; the clock stays."""
    parts.migrated(stack, "communications")
    answer = run(stack, "shift", "+14d", **changes)
    assert (answer.returncode, answer.stdout) == (code, "")
    assert words in answer.stderr
    assert run(stack, "show").stdout.endswith("\t0:00:00\n")
