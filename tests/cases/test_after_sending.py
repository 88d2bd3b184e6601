"""Letters that were posted or came back, in their case, its figures and its workbook."""

from __future__ import annotations

import io
from datetime import date
from typing import Any
from uuid import uuid5

import openpyxl
import pytest

from services.cases import tables
from services.cases.domain import DeliveryState, attempt_of
from shared.contracts.codes import Purpose, ReturnReason, Role
from shared.contracts.events import (
    BriefGepost,
    BriefGevraagd,
    BriefRetour,
    BriefRetourIngetrokken,
)
from tests.cases.files import Zaken, persoon, user
from tests.cases.test_outcomes import by_channel, made
from tests.cases.test_single_orders import _last_call, _ordered
from tests.support.parts import event_of

POSTED, BACK = date(2026, 11, 25), date(2026, 12, 3)


def news(kind: Any, delivery: Any, sequence: int, **more: Any) -> Any:
    """News of the letter of a delivery."""
    data = kind(
        zaakId=delivery.case_id,
        documentId=attempt_of(delivery.id, delivery.round),
        bezorgingId=delivery.id,
        doel=Purpose(delivery.purpose),
        **more,
    )
    return event_of(data, delivery.gemeente, sequence=sequence)


def returned(delivery: Any, sequence: int = 1, reason: str = "verhuisd") -> Any:
    """A letter came back."""
    return news(BriefRetour, delivery, sequence, reden=ReturnReason(reason), retourDatum=BACK)


def undone(delivery: Any, sequence: int = 2, reason: str = "verhuisd") -> Any:
    """A letter did not come back after all."""
    return news(BriefRetourIngetrokken, delivery, sequence, reden=ReturnReason(reason))


async def test_the_day_of_posting_is_told_once_and_can_be_corrected(
    zaken: Zaken, gemeente: str
) -> None:
    """The newest word counts, in any order, and each is in the history."""
    await zaken.sent(gemeente, persoon(300))
    letter = (await by_channel(zaken, gemeente))["brief"]
    first = news(BriefGepost, letter, 1, gepostDatum=POSTED)
    second = news(BriefGepost, letter, 2, gepostDatum=BACK, vorigeDatum=POSTED)
    await zaken.feed(first, second, first)
    await zaken.feed(first)
    (delivery,) = await zaken.table(tables.deliveries, gemeente)
    assert delivery.posted_on == BACK
    told = [one.what for one in await zaken.table(tables.timeline, gemeente)]
    assert sorted(told)[:2] == ["Brief gepost", "Postdatum verbeterd"]


async def test_a_returned_letter_pauses_its_case_and_opens_a_task(
    zaken: Zaken, gemeente: str
) -> None:
    """Once, though told twice; what was made stays made, so that counts add up."""
    await zaken.sent(gemeente, persoon(301))
    letter = (await by_channel(zaken, gemeente))["brief"]
    back = returned(letter)
    await zaken.feed(made(letter))
    await zaken.feed(back, back)
    await zaken.feed(back)
    (case,) = await zaken.table(tables.cases, gemeente)
    (delivery,) = await zaken.table(tables.deliveries, gemeente)
    (task,) = await zaken.table(tables.tasks, gemeente)
    assert case.returned_at is not None
    assert case.deceased_at is None
    assert (delivery.state, delivery.shown_state) == (DeliveryState.DONE, "retour")
    assert (task.kind, task.case_id) == ("adres-nakijken", case.id)


@pytest.mark.parametrize("is_reversed", [False, True])
async def test_a_return_that_was_taken_back_lets_the_case_go_on(
    zaken: Zaken, gemeente: str, *, is_reversed: bool
) -> None:
    """Also when the older news comes last."""
    await zaken.sent(gemeente, persoon(302))
    letter = (await by_channel(zaken, gemeente))["brief"]
    events = [returned(letter, reason="overleden"), undone(letter, reason="overleden")]
    for event in events[::-1] if is_reversed else events:
        await zaken.feed(event)
    (case,) = await zaken.table(tables.cases, gemeente)
    (delivery,) = await zaken.table(tables.deliveries, gemeente)
    assert (case.returned_at, case.deceased_at) == (None, None)
    assert delivery.returned_on is None


async def test_taking_one_return_back_leaves_that_of_another_letter(
    zaken: Zaken, gemeente: str
) -> None:
    """The case goes on when no letter of it is back."""
    await zaken.sent(gemeente, persoon(303))
    first = (await by_channel(zaken, gemeente))["brief"]
    await _ordered(zaken, gemeente, _last_call(1))
    second = next(
        one
        for one in await zaken.table(tables.deliveries, gemeente)
        if one.channel == "brief" and one.id != first.id
    )
    await zaken.feed(returned(first, reason="overleden"), returned(second))
    await zaken.feed(undone(first, reason="overleden"))
    (case,) = await zaken.table(tables.cases, gemeente)
    assert case.returned_at is not None
    assert case.deceased_at is None
    await zaken.feed(undone(second))
    (case,) = await zaken.table(tables.cases, gemeente)
    assert case.returned_at is None


async def test_nothing_is_ordered_for_who_died(zaken: Zaken, gemeente: str) -> None:
    """Each channel fails with the reason, and says how to take it back."""
    await zaken.sent(gemeente, persoon(304, "BEIDE"))
    letter = (await by_channel(zaken, gemeente))["brief"]
    await zaken.feed(returned(letter, reason="overleden"))
    assert await _ordered(zaken, gemeente, _last_call(1)) == ["mislukt", "mislukt"]
    failed = [d for d in await zaken.table(tables.deliveries, gemeente) if d.state == "mislukt"]
    assert all("overleden" in one.reason for one in failed)
    assert len(await zaken.told(BriefGevraagd, gemeente)) == 1
    (task,) = await zaken.table(tables.tasks, gemeente)
    assert task.kind == "overleden-nakijken"


async def test_posted_and_returned_are_counted_beside_what_was_made(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """Letters = made + failed + excluded, with returned ones among the made."""
    file = await zaken.sent(gemeente, persoon(305), persoon(306), persoon(307))
    letters = await zaken.table(tables.deliveries, gemeente)
    await zaken.feed(*(made(one) for one in letters))
    await zaken.feed(*(news(BriefGepost, one, 1, gepostDatum=POSTED) for one in letters))
    await zaken.feed(returned(letters[0]))
    answer = await door("GET", f"/batches/{file.id}", user(gemeente))
    figures = answer.json()["brieven"]
    assert (figures["gemaakt"], figures["gepost"], figures["retour"]) == (3, 3, 1)
    assert figures["mislukt"] + figures["gepland"] + figures["gevraagd"] == 0
    case = await door("GET", f"/zaken/{letters[0].case_id}", user(gemeente))
    (delivery,) = case.json()["bezorgingen"]
    assert (delivery["status"], delivery["gepostDatum"]) == ("retour", str(POSTED))
    assert (delivery["retourDatum"], delivery["retourReden"]) == (str(BACK), "verhuisd")
    assert case.json()["retourOp"] is not None


async def test_the_workbook_has_a_row_per_resident_and_no_formula(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """Names that look like formulas are text; a BSN shows its last four digits."""
    bad = [
        persoon(310 + n, achternaam=name, voorletters=None, tussenvoegsel=None)
        for n, name in enumerate(["=1+1", "+31", "-cmd|' /C calc'!A0", "@SUM(A1)", "O<'&\"B"])
    ]
    file = await zaken.sent(gemeente, *bad, persoon(320, "BEIDE"))
    letters = [d for d in await zaken.table(tables.deliveries, gemeente) if d.channel == "brief"]
    await zaken.feed(*(made(one) for one in letters))
    await zaken.feed(news(BriefGepost, letters[0], 1, gepostDatum=POSTED), returned(letters[0]))
    answer = await door("GET", f"/batches/{file.id}/resultaten", user(gemeente))
    (sheet,) = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets
    rows: list[tuple[Any, ...]] = list(sheet.iter_rows(values_only=True))
    assert len(rows) == 1 + 6
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "inlineStr"}
    names = [row[1] for row in rows[1:6]]
    assert names == ["=1+1", "+31", "-cmd|' /C calc'!A0", "@SUM(A1)", "O<'&\"B"]
    assert all(sheet.cell(2 + n, 2).quotePrefix for n in range(4))
    assert not sheet.cell(6, 2).quotePrefix
    by_number = {row[0]: dict(zip(rows[0], row, strict=True)) for row in rows[1:]}
    case = next(
        one for one in await zaken.table(tables.cases, gemeente) if one.id == letters[0].case_id
    )
    line = by_number[case.number]
    assert (line["Brief"], line["Brief gepost op"]) == ("retour", "25-11-2026")
    assert (line["Brief retour op"], line["Brief retour: reden"]) == ("03-12-2026", "verhuisd")
    assert all(row[2].startswith("*****") and len(row[2]) == 9 for row in rows[1:])
    refused = await door(
        "GET", f"/batches/{file.id}/resultaten", user(gemeente, roles={Role.RAADPLEGER})
    )
    other = await door("GET", f"/batches/{uuid5(file.id, 'x')}/resultaten", user(gemeente))
    assert (refused.status_code, other.status_code) == (403, 404)
