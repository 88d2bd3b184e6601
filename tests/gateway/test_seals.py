"""The logboek is sealed per day, and whoever changes it is found out."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest

from deploy.local.stack import Stack
from services.gateway import sealing, seals, tables
from services.gateway.domain import SessionLimits
from services.gateway.worker import timers
from shared.chassis.jobs import Jobs
from shared.chassis.mapper import Mapper
from shared.chassis.sealing import KeyRing
from shared.chassis.service import Service
from tests.gateway.conftest import Gateway
from tests.support.parts import environment_of, new_gemeente

WRITE = (
    "insert into audit_log (gemeente, at, actor, action, object, result, origin)"
    " values (:gemeente, :at, 'iemand', 'zaakLezen', '/zaken', 200, '10.0.0.1')"
)


def _keys(stack: Stack) -> KeyRing:
    environment = stack.environment("gateway")
    return KeyRing.of(environment["SEAL_KEYS"], environment["INDEX_KEYS"])


async def _written(gateway: Gateway, gemeente: str, *days_ago: int) -> None:
    """Lines of some days ago, as the service's own role may add them."""
    await gateway.rows(
        "insert into gemeenten (code) values (:code) on conflict do nothing", code=gemeente
    )
    for days in days_ago:
        at = datetime.now(UTC) - timedelta(days=days)
        await gateway.rows(WRITE, gemeente, gemeente=gemeente, at=at)


async def _sealed(gateway: Gateway, stack: Stack, gemeente: str) -> None:
    """One round of the timer for this gemeente."""
    rounds = timers(SessionLimits(timedelta(minutes=30), timedelta(hours=10)))
    service = Service("gateway", tables.metadata, timers=rounds)
    jobs = Jobs(service, gateway.database, Mapper(_keys(stack)), "urn:nld:oin:test")
    await jobs._tick(rounds[0], "seal_days", gemeente)  # noqa: SLF001 - one round, now


async def _faults(gateway: Gateway, stack: Stack, gemeente: str) -> list[tuple[date, Any, str]]:
    _, faults = await sealing.verify(gateway.database, _keys(stack), gemeente)
    return [(fault.day, fault.line, fault.what) for fault in faults]


def _as_superuser(stack: Stack, statement: str, *values: Any) -> None:
    """Past every right and trigger, as somebody with the machine would."""
    with psycopg.connect(stack.superuser_url("gateway"), autocommit=True) as connection:
        connection.execute("set session_replication_role = replica")
        connection.execute(statement, values)


async def _ids(gateway: Gateway, gemeente: str) -> list[Any]:
    rows = await gateway.rows("select id, at from audit_log order by id", gemeente)
    return [(row["id"], seals.day_of(row["at"])) for row in rows]


async def test_days_that_ended_are_sealed_and_fit(gateway: Gateway, stack: Stack) -> None:
    """Also those in which nothing happened; today waits until it is over."""
    gemeente = new_gemeente()
    await _written(gateway, gemeente, 5, 5, 2, 0)
    await _sealed(gateway, stack, gemeente)
    days, faults = await sealing.verify(gateway.database, _keys(stack), gemeente)
    assert days == 5
    assert faults == []
    await _sealed(gateway, stack, gemeente)
    assert (await sealing.verify(gateway.database, _keys(stack), gemeente))[0] == 5


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ("update audit_log set actor = 'iemanD' where id = %s", "was changed"),
        ("delete from audit_log where id = %s", "is missing"),
    ],
)
async def test_a_flipped_byte_or_a_missing_line_is_named(
    gateway: Gateway, stack: Stack, change: str, what: str
) -> None:
    """With its day and its number, and nothing else is blamed."""
    gemeente = new_gemeente()
    await _written(gateway, gemeente, 4, 3, 3, 2)
    await _sealed(gateway, stack, gemeente)
    line, day = (await _ids(gateway, gemeente))[1]
    _as_superuser(stack, change, line)
    assert await _faults(gateway, stack, gemeente) == [(day, line, what)]


async def test_a_line_that_came_later_is_named(gateway: Gateway, stack: Stack) -> None:
    """What is put into a sealed day does not belong there."""
    gemeente = new_gemeente()
    await _written(gateway, gemeente, 3, 2)
    await _sealed(gateway, stack, gemeente)
    await _written(gateway, gemeente, 3)
    line, day = (await _ids(gateway, gemeente))[-1]
    expected = [(day, line, "was added after the day was sealed")]
    assert await _faults(gateway, stack, gemeente) == expected


async def test_a_seal_made_anew_without_the_key_is_found(gateway: Gateway, stack: Stack) -> None:
    """Who changes a line and works out the hashes again still has no keyed mark."""
    gemeente = new_gemeente()
    await _written(gateway, gemeente, 2)
    await _sealed(gateway, stack, gemeente)
    line, day = (await _ids(gateway, gemeente))[0]
    _as_superuser(stack, "update audit_log set result = 404 where id = %s", line)
    rows = await gateway.rows("select * from audit_log where id = :id", gemeente, id=line)
    forged = seals.Day(gemeente, day, seals.BEGINNING)
    forged.take(rows[0])
    seal = forged.seal(b"")
    forge = "update audit_seals set hash = %s, lines = %s where gemeente = %s and day = %s"
    _as_superuser(stack, forge, seal.hash, seal.lines, gemeente, day)
    faults = await _faults(gateway, stack, gemeente)
    assert (day, None, "the seal itself was changed") in faults


async def test_seals_that_are_gone_are_named(gateway: Gateway, stack: Stack) -> None:
    """In the middle, and at the end: then the days count as not sealed."""
    gemeente = new_gemeente()
    await _written(gateway, gemeente, 6, 3)
    await _sealed(gateway, stack, gemeente)
    today = seals.day_of(datetime.now(UTC))
    gone = "delete from audit_seals where gemeente = %s and day = %s"
    _as_superuser(stack, gone, gemeente, today - timedelta(days=4))
    faults = await _faults(gateway, stack, gemeente)
    assert (today - timedelta(days=4), None, "its seal is missing") in faults
    _as_superuser(stack, "delete from audit_seals where gemeente = %s", gemeente)
    assert {what for _, _, what in await _faults(gateway, stack, gemeente)} == {"was not sealed"}


@pytest.mark.parametrize("name", ["audit_log", "audit_seals"])
async def test_the_services_login_may_add_and_read_only(gateway: Gateway, name: str) -> None:
    """The right itself is missing: not only a trigger stands in the way."""
    for right, due in (("select", True), ("insert", True), ("update", False), ("delete", False)):
        rows = await gateway.rows(f"select has_table_privilege('{name}', '{right}') as held")
        assert rows[0]["held"] is due, right


async def test_the_command_says_so_with_its_exit_code(gateway: Gateway, stack: Stack) -> None:
    """`verify-logboek`, as ops types it: 1 and the line's number, which a script can act on."""
    gemeente = new_gemeente()
    await _written(gateway, gemeente, 2)
    await _sealed(gateway, stack, gemeente)
    line, day = (await _ids(gateway, gemeente))[0]
    _as_superuser(stack, "delete from audit_log where id = %s", line)
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "services.gateway", "verify-logboek"],
        env=dict(os.environ) | environment_of(stack, "gateway"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert f"{gemeente}\t{day} line {line}: is missing" in done.stdout


def test_a_hash_covers_every_field() -> None:
    """Another value in any field gives another hash."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    row = {
        "id": 1, "at": at, "gemeente": "9001", "actor": "a",
        "action": "b", "object": "c", "result": 200, "origin": "d", "trace_id": None,
        "case_id": None, "detail": None, "reason": None,
    }  # fmt: skip
    hashes = {seals.hash_of(row)}
    for name in seals.FIELDS:
        value = at + timedelta(microseconds=1) if name == "at" else json.dumps(name)
        hashes.add(seals.hash_of({**row, name: value}))
    assert len(hashes) == len(seals.FIELDS) + 1
