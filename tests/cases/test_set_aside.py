"""A row that breaks its handler: the batch goes on without it, and it comes in after the repair."""

from __future__ import annotations

from typing import Any

import pytest

from deploy.local.stack import Stack
from services.cases import handlers, tables
from shared.chassis import dead_letters
from shared.contracts.events import (
    BatchAfgerond,
    BatchGeopend,
    RijGeweigerd,
    WeigeringIngetrokken,
    ZaakGeopend,
)
from tests.cases.files import TEMPLATES, File, Zaken, persoon, user
from tests.support.faults import broken


async def with_a_broken_row(zaken: Zaken, stack: Stack, gemeente: str, *numbers: int) -> File:
    """A batch of which the first row met a fault of ours; all others became cases."""
    file = File(gemeente)
    for number in numbers:
        file.row(persoon(number))
    with broken(stack, "cases", "cases", f"number = '{file.rows[0].data.zaaknummer}'"):
        await zaken.feed(*file.rows, file.confirmation())
    await zaken.tick(handlers.open_batches)
    return file


async def replay(zaken: Zaken, file: File) -> None:
    """Bring the broken row in again, as ops does after the repair."""
    (letter,) = [
        one
        for one in await dead_letters.listed(zaken.database)
        if str(file.rows[0].id).encode() in one.record.value
    ]
    assert letter.reason == "fout: IntegrityError"
    assert await dead_letters.replay(zaken.database, zaken.consumer, [letter.id]) == (
        [letter.id],
        [],
    )


async def shown(door: Any, gemeente: str, file: File) -> tuple[str, int, int, int]:
    """What a user sees of a batch: status, cases, refused rows, and those that wait for ops."""
    page = (await door("GET", f"/batches/{file.id}", user(gemeente))).json()
    assert page["aantalRijen"] >= page["aantalZaken"] + page["aantalGeweigerd"]
    waiting = page["aantalWachtOpBeheerder"]
    return page["status"], page["aantalZaken"], page["aantalGeweigerd"], waiting


async def test_a_batch_opens_without_the_row_that_broke_and_says_so(
    zaken: Zaken, door: Any, stack: Stack, gemeente: str
) -> None:
    """It counts as refused, with words for the user; the counts add up."""
    file = await with_a_broken_row(zaken, stack, gemeente, 30, 31, 32)

    assert await shown(door, gemeente, file) == ("open", 2, 1, 1)
    page = (await door("GET", f"/batches/{file.id}/geweigerd", user(gemeente))).json()
    (row,) = page["resultaten"]
    assert (row["rij"], row["lopendeZaak"], row["wachtOpBeheerder"]) == (2, None, True)
    assert "wacht op de beheerder" in row["reden"]
    (told,) = await zaken.told(RijGeweigerd, gemeente)
    assert (told.subject, told.sequence) == (str(file.rows[0].data.zaakId), 1)


async def test_after_the_repair_the_case_opens_and_the_counts_are_right(
    zaken: Zaken, door: Any, stack: Stack, gemeente: str
) -> None:
    """The refusal is gone, for other services too; the same event again changes nothing."""
    file = await with_a_broken_row(zaken, stack, gemeente, 33, 34)
    await replay(zaken, file)
    await zaken.feed(file.rows[0])

    assert await shown(door, gemeente, file) == ("open", 2, 0, 0)
    assert len(await zaken.told(ZaakGeopend, gemeente)) == 2
    (back,) = await zaken.told(WeigeringIngetrokken, gemeente)
    (refused,) = await zaken.told(RijGeweigerd, gemeente)
    assert back.subject == refused.subject
    assert back.sequence > refused.sequence
    opened = await zaken.told(BatchGeopend, gemeente)
    assert [(one.data.aantalZaken, one.data.aantalGeweigerd) for one in opened] == [(1, 1), (2, 0)]
    assert opened[0].sequence < opened[1].sequence
    plan = (await door("GET", f"/batches/{file.id}/plan", user(gemeente))).json()
    assert plan["aantalBrieven"] == 2


async def test_a_row_that_is_mended_before_its_batch_is_open_counts_as_any_other(
    zaken: Zaken, door: Any, stack: Stack, gemeente: str
) -> None:
    """The batch still waited for another row."""
    file = File(gemeente)
    for number in (35, 36):
        file.row(persoon(number))
    with broken(stack, "cases", "cases", f"number = '{file.rows[0].data.zaaknummer}'"):
        await zaken.feed(file.rows[0], file.confirmation())
    assert await shown(door, gemeente, file) == ("openen", 0, 1, 1)
    await replay(zaken, file)
    await zaken.feed(file.rows[1])
    await zaken.tick(handlers.open_batches)

    assert await shown(door, gemeente, file) == ("open", 2, 0, 0)
    assert len(await zaken.told(BatchGeopend, gemeente)) == 1


async def test_a_row_that_is_mended_after_the_approval_stays_refused_and_says_what_to_do(
    zaken: Zaken, door: Any, stack: Stack, gemeente: str
) -> None:
    """What was approved is what is sent; nobody is written to without being in the counts."""
    file = await with_a_broken_row(zaken, stack, gemeente, 37, 38)
    await zaken.with_office(gemeente)
    approval = handlers.Approval(file.id, 0, 1, **TEMPLATES)
    await zaken.command(handlers.approve_sending, approval, user(gemeente))
    await replay(zaken, file)

    assert await shown(door, gemeente, file) == ("verzenden", 1, 1, 0)
    page = (await door("GET", f"/batches/{file.id}/geweigerd", user(gemeente))).json()
    assert "nieuw bestand" in page["resultaten"][0]["reden"]
    assert [one.sequence for one in await zaken.told(RijGeweigerd, gemeente)] == [1, 2]
    again = await zaken.opened(gemeente, persoon(37))
    assert await shown(door, gemeente, again) == ("open", 1, 0, 0)


async def test_a_resident_who_got_a_case_meanwhile_is_refused_with_its_number(
    zaken: Zaken, door: Any, stack: Stack, gemeente: str
) -> None:
    """Somebody sent the resident in with a new file instead of waiting."""
    file = await with_a_broken_row(zaken, stack, gemeente, 39, 40)
    other = await zaken.opened(gemeente, persoon(39))
    await replay(zaken, file)

    assert await shown(door, gemeente, file) == ("open", 1, 1, 0)
    told = await zaken.told(RijGeweigerd, gemeente)
    assert [(one.data.lopendeZaak, one.sequence) for one in told] == [
        (None, 1),
        (other.rows[0].data.zaaknummer, 2),
    ]


async def test_a_batch_whose_only_row_waits_stays_open_for_it(
    zaken: Zaken, door: Any, stack: Stack, gemeente: str
) -> None:
    """Without a case it would be closed, and the row would have nowhere to go."""
    file = await with_a_broken_row(zaken, stack, gemeente, 41)
    await zaken.tick(handlers.close_batches)
    assert await shown(door, gemeente, file) == ("open", 0, 1, 1)
    await replay(zaken, file)
    await zaken.tick(handlers.close_batches)
    assert await shown(door, gemeente, file) == ("open", 1, 0, 0)
    assert await zaken.told(BatchAfgerond, gemeente) == []


async def test_the_same_row_at_another_place_of_the_topic_is_one_refusal(
    zaken: Zaken, stack: Stack, gemeente: str
) -> None:
    """Two dead letters, one refused row; replayed both, one case."""
    file = File(gemeente)
    row = file.row(persoon(42))
    with broken(stack, "cases", "cases", f"number = '{row.data.zaaknummer}'"):
        await zaken.feed(row)
        await zaken.feed(row)
    assert len(await zaken.table(tables.refusals, gemeente)) == 1
    ids = [
        one.id
        for one in await dead_letters.listed(zaken.database)
        if str(row.id).encode() in one.record.value
    ]
    assert len(ids) == 2
    assert await dead_letters.replay(zaken.database, zaken.consumer, ids) == (ids, [])
    assert await zaken.table(tables.refusals, gemeente) == []
    assert len(await zaken.table(tables.cases, gemeente)) == 1
    assert len(await zaken.told(ZaakGeopend, gemeente)) == 1


@pytest.mark.parametrize("table", ["refusals", "outbox"])
async def test_a_fault_in_telling_keeps_the_dead_letter(
    zaken: Zaken, stack: Stack, gemeente: str, table: str
) -> None:
    """What broke the handler may break the telling; the event itself is never lost."""
    file = File(gemeente)
    row = file.row(persoon(43))
    wrong = {"refusals": "reason <> ''", "outbox": "topic = 'zaken.zaken'"}[table]
    with (
        broken(stack, "cases", "cases", f"number = '{row.data.zaaknummer}'"),
        broken(stack, "cases", table, wrong),
    ):
        await zaken.feed(row)
    assert await zaken.table(tables.refusals, gemeente) == []
    await replay(zaken, file)
    assert len(await zaken.table(tables.cases, gemeente)) == 1
