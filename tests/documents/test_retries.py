"""Letters that were made again: printed once, in a print file of their own."""

from __future__ import annotations

import sqlalchemy as sa

from services.documents import handlers, tables
from tests.documents import office
from tests.documents.test_print_files import batch_of_letters, print_files
from tests.support.parts import Bench


async def _numbers(documents: Bench, gemeente: str) -> list[tuple[int, int]]:
    """Number and letters of each print file, after the timer ran twice."""
    for _ in range(2):
        await documents.tick(handlers.order_print_files)
    files = await print_files(documents, gemeente)
    return sorted((file["number"], file["letters"]) for file in files)


async def test_letters_made_again_come_in_the_next_print_file_and_only_there(
    documents: Bench, gemeente: str
) -> None:
    """The same orders twice, and one retry that fails again: no letter in two files."""
    batch = await batch_of_letters(documents, gemeente, 1, 2, bad=3)
    assert await _numbers(documents, gemeente) == [(1, 2)]
    good = [office.order(gemeente, batch, place, attempt=2) for place in (900, 901)]
    bad = office.order(gemeente, batch, 902, values={**office.EXAMPLE, "AANHEF": ""}, attempt=2)
    await documents.feed(*good, bad, *good)
    assert await _numbers(documents, gemeente) == [(1, 2)]
    await documents.work_all(handlers.LETTERS)
    assert await _numbers(documents, gemeente) == [(1, 2), (2, 2)]
    await documents.feed(office.order(gemeente, batch, 902, attempt=3), *good)
    await documents.work_all(handlers.LETTERS)
    assert await _numbers(documents, gemeente) == [(1, 2), (2, 2), (3, 1)]
    inside = await documents.rows(sa.select(tables.print_file_letters.c.case_number), gemeente)
    numbers = sorted(row["case_number"] for row in inside)
    assert numbers == [f"HO-2026-{place:06d}" for place in (1, 2, 900, 901, 902)]


async def test_a_retry_before_the_first_print_file_is_in_it(
    documents: Bench, gemeente: str
) -> None:
    """The first print file waits for it, and there is no second."""
    batch = await batch_of_letters(documents, gemeente, 1, bad=1)
    await documents.feed(office.order(gemeente, batch, 900, attempt=2))
    await documents.work_all(handlers.LETTERS)
    assert await _numbers(documents, gemeente) == [(1, 2)]


async def test_letters_instead_of_mails_make_the_first_print_file_of_a_batch_of_mails(
    documents: Bench, gemeente: str
) -> None:
    """No letter was approved; those that were asked for since are printed all the same, once."""
    batch = await batch_of_letters(documents, gemeente)
    assert await _numbers(documents, gemeente) == []
    orders = [office.order(gemeente, batch, place, attempt=2) for place in (1, 2)]
    await documents.feed(*orders)
    assert await _numbers(documents, gemeente) == []
    await documents.work_all(handlers.LETTERS)
    assert await _numbers(documents, gemeente) == [(1, 2)]
