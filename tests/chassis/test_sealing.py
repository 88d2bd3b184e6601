"""Sealed values open only where they belong, and are found by index while keys rotate."""

from __future__ import annotations

import base64
from uuid import uuid4

import pytest
import sqlalchemy as sa

from deploy.local.stack import Stack
from shared.chassis.errors import SealBroken
from shared.chassis.mapper import Mapper
from shared.chassis.ops import rotate_keys_command
from shared.chassis.run import parts_of
from shared.chassis.sealing import KeyRing, key_of
from shared.chassis.settings import ChassisSettings
from tests.support import ledger, parts

OLD = "1:" + base64.b64encode(b"o" * 32).decode()
NEW = OLD + ",2:" + base64.b64encode(b"n" * 32).decode()


def test_what_is_sealed_opens_again() -> None:
    """Two seals of one value differ, and both open."""
    keys = KeyRing.of(OLD, OLD)
    first, second = keys.seal(b"999990019", b"hier"), keys.seal(b"999990019", b"hier")
    assert first != second
    assert keys.unseal(first, b"hier") == keys.unseal(second, b"hier") == b"999990019"


@pytest.mark.parametrize("damage", ["context", "byte", "key", "empty"])
def test_what_was_moved_or_changed_does_not_open(damage: str) -> None:
    """Another place, a flipped byte, an unknown key or nothing at all: a clear no."""
    keys = KeyRing.of(OLD, OLD)
    sealed = bytearray(keys.seal(b"geheim", b"hier"))
    context = b"daar" if damage == "context" else b"hier"
    if damage == "byte":
        sealed[-1] ^= 1
    if damage == "key":
        sealed[0] = 9
    with pytest.raises(SealBroken):
        keys.unseal(b"" if damage == "empty" else bytes(sealed), context)


@pytest.mark.parametrize("text", ["", "1:kort", "0:" + "A" * 43 + "=", OLD + "," + OLD, "x"])
def test_wrong_keys_are_refused_at_start(text: str) -> None:
    """A key is 32 bytes with a number of its own."""
    with pytest.raises(ValueError, match=r"sleutel|nummer"):
        KeyRing.of(text, OLD)


def test_an_old_index_is_still_found_after_a_new_key() -> None:
    """A look-up asks for the index of every key version."""
    assert KeyRing.of(OLD, OLD).index("999990019") in KeyRing.of(NEW, NEW).indexes("999990019")
    assert key_of(KeyRing.of(NEW, NEW).seal(b"x", b"y")) == 2


async def test_rotating_seals_every_row_anew(
    stack: Stack, book: parts.Bench, gemeente: str
) -> None:
    """After rotation every row opens with the newest key alone, and is found by its new index."""
    settings = parts.settings_of(stack, "ledger", ChassisSettings)
    numbers = settings.seal_keys.get_secret_value()
    newer = numbers + ",9:" + base64.b64encode(b"9" * 32).decode()
    accounts = [ledger.Account(uuid4(), gemeente, "Z", f"99999{nr:04}", 1) for nr in range(3)]
    async with book.database.transaction(gemeente) as transaction:
        await transaction.connection.execute(
            sa.text("insert into gemeenten values (:g) on conflict do nothing"), {"g": gemeente}
        )
        for account in accounts:
            row = book.parts.mapper.to_row(ledger.accounts, account)
            await transaction.connection.execute(sa.insert(ledger.accounts).values(row))
    rotated = parts_of(
        "ledger",
        parts.settings_of(stack, "ledger", ChassisSettings, seal_keys=newer, index_keys=newer),
    )
    assert await rotate_keys_command(rotated.database, rotated.mapper, book.service) == 0
    only_new = KeyRing.of("9:" + newer.rsplit(":", 1)[1], "9:" + newer.rsplit(":", 1)[1])
    rows = await book.rows(sa.select(ledger.accounts), gemeente)
    opened = {Mapper(only_new).to_item(ledger.accounts, row) for row in rows}
    assert opened == set(accounts)
    assert {bytes(row["owner_index"]) for row in rows} == {
        only_new.index(a.owner or "") for a in accounts
    }
