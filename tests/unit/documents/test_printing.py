"""Printing by choice: every letter once, in order, in parts, with sheets that add up."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pikepdf
import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.documents import errors
from services.documents.domain import PrintFile, PrintState, print_files_of
from services.documents.domain.printing import (
    PrintOptions,
    PrintOrdering,
    ToPrint,
    in_order,
    part_name,
    parts_of,
    postal_key,
)
from services.documents.print_file import Layout, PrintLetter, merge_letters

NOW = datetime(2026, 12, 1, 23, 30, tzinfo=UTC)  # half past midnight on the 2nd in the Netherlands
postcodes = st.one_of(st.none(), st.from_regex(r"[1-9][0-9]{3} ?[A-Za-z]{2}", fullmatch=True))
houses = st.builds(str, st.integers(1, 99999))


@st.composite
def letters(draw: Any) -> list[ToPrint]:
    """Letters with and without a Dutch address, each once."""
    addresses = draw(st.lists(st.tuples(postcodes, houses), max_size=60))
    return [
        ToPrint(
            UUID(int=place),
            f"HO-2026-{place:06d}",
            place,
            postal_key({"POSTCODE": postcode or "", "HUISNUMMER": house}),
        )
        for place, (postcode, house) in enumerate(addresses, start=1)
    ]


@given(letters(), st.sampled_from(PrintOrdering), st.one_of(st.none(), st.integers(1, 70)))
def test_every_letter_is_in_one_part_and_in_order(
    run: list[ToPrint], ordering: PrintOrdering, split_at: int | None
) -> None:
    """No part is larger than was asked for, and none but the last is smaller."""
    options = PrintOptions(uuid4(), "1000", ordering, split_at=split_at)
    made = print_files_of(None, 3, run, options, now=NOW)
    inside = [letter.document_id for _, part in made for letter in part]
    assert inside == [letter.document_id for letter in in_order(run, ordering)]
    assert sorted(inside) == sorted(letter.document_id for letter in run)
    sizes = [file.letters for file, _ in made]
    assert sizes == [len(part) for _, part in made]
    assert all(size == split_at for size in sizes[:-1])
    assert all(size <= (split_at or len(run)) for size in sizes)
    assert len({file.id for file, _ in made}) == len(made)
    assert [letter.place for _, part in made for letter in part] == [
        place for size in sizes for place in range(1, size + 1)
    ]


@given(letters())
def test_by_postcode_means_postcode_then_house_number(run: list[ToPrint]) -> None:
    """As PostNL sorts; who has no Dutch postcode comes last, in the file's order."""
    keys = [letter.postal_key for letter in in_order(run, PrintOrdering.POSTCODE)]
    known = [key for key in keys if key is not None]
    assert keys == known + [None] * (len(keys) - len(known))
    by_number = [(key.split("|")[0], int(key.split("|")[1])) for key in known]
    assert by_number == sorted(by_number)
    without = [one.place for one in in_order(run, PrintOrdering.POSTCODE) if not one.postal_key]
    assert without == sorted(without)


def test_house_number_2_comes_before_12_and_its_letter_after_it() -> None:
    """Numbers are numbers, and blanks and small letters do not matter."""
    typed = ["12", "2 b", "2", "2A"]
    keys = [postal_key({"POSTCODE": "1000 aa", "HUISNUMMER": number}) for number in typed]
    assert sorted(zip(keys, typed, strict=True)) == [
        ("1000AA|00000002|", "2"),
        ("1000AA|00000002|A", "2A"),
        ("1000AA|00000002|B", "2 b"),
        ("1000AA|00000012|", "12"),
    ]
    assert postal_key({"POSTCODE": "B-1000", "HUISNUMMER": "2"}) is None


def test_parts_are_named_by_letters() -> None:
    """Beyond z it goes on as the columns of a spreadsheet."""
    assert part_name(2, 1, 1) == "2"
    assert [part_name(2, part, 30) for part in (1, 2, 26, 27, 28)] == [
        "2a",
        "2b",
        "2z",
        "2aa",
        "2ab",
    ]
    assert parts_of([], None) == []


def pdf_of(pages: int) -> bytes:
    """A PDF of so many empty pages."""
    target = io.BytesIO()
    with pikepdf.new() as made:
        for _ in range(pages):
            made.add_blank_page(page_size=(595, 842))
        made.save(target)
    return target.getvalue()


PDFS = {pages: pdf_of(pages) for pages in range(1, 5)}


@given(
    st.lists(st.integers(1, 4), min_size=1, max_size=12),
    st.booleans(),
    st.one_of(st.none(), st.integers(1, 14)),
)
def test_pages_and_sheets_add_up_for_each_layout(
    sizes: list[int], double_sided: bool, every: int | None
) -> None:
    """The manifest, the totals and the PDF say the same."""
    run = [
        PrintLetter(place, f"HO-2026-{place:06d}", Path(str(size)), "")
        for place, size in enumerate(sizes, start=1)
    ]
    target = io.BytesIO()
    made = merge_letters(
        run, lambda letter: PDFS[int(letter.path.name)], target.write, Layout(double_sided, every)
    )
    totals, pages = made.totals, len(pypdf.PdfReader(target).pages)
    assert [line.paginas for line in made.lines] == sizes
    assert totals.paginas == sum(sizes)
    assert totals.scheidingsbladen == (-(-len(sizes) // every) if every else 0)
    assert pages == totals.paginas + totals.blanco + totals.scheidingsbladen
    if double_sided:
        assert pages == 2 * totals.vellenDubbelzijdig
        assert all(line.eerstePagina % 2 for line in made.lines)
    else:
        assert (totals.blanco, pages) == (0, totals.vellenEnkelzijdig)
    for line, after in zip(made.lines, made.lines[1:], strict=False):
        assert after.eerstePagina >= line.eerstePagina + line.paginas


def ready() -> PrintFile:
    """A print file that was made on the 30th of November."""
    return PrintFile(
        uuid4(),
        "1000",
        None,
        1,
        PrintState.READY,
        5,
        NOW - timedelta(days=3),
        NOW - timedelta(days=2),
    )


@pytest.mark.parametrize(("day", "code"), [(29, "datum-te-vroeg"), (33, "datum-in-toekomst")])
def test_no_letter_is_posted_before_it_was_made_or_in_the_future(day: int, code: str) -> None:
    """The days are those of the Netherlands."""
    on = date(2026, 11, 1) + timedelta(days=day - 1)
    with pytest.raises(errors.DayRefused) as refused:
        ready().posted(on, None, "sam", NOW)
    assert refused.value.errors[0].code == code


def test_the_day_of_posting_changes_with_a_reason_only() -> None:
    """The same day again is the same; another one counts as another posting."""
    first = ready().posted(date(2026, 12, 2), None, "sam", NOW)
    assert first.posted(date(2026, 12, 2), None, "kim", NOW) is first
    with pytest.raises(errors.CorrectionWithoutReason):
        first.posted(date(2026, 12, 1), None, "kim", NOW)
    mended = first.posted(date(2026, 12, 1), "Een dag eerder opgehaald", "kim", NOW)
    assert (first.postings, mended.postings, mended.posted_by) == (1, 2, "kim")


def test_what_is_not_ready_cannot_have_been_posted() -> None:
    """A print file in the making has no letters to post."""
    building = print_files_of(
        None,
        1,
        [ToPrint(uuid4(), "HO-2026-000001", 1, None)],
        PrintOptions(uuid4(), "1000"),
        now=NOW,
    )[0][0]
    with pytest.raises(errors.PrintFileNotReady):
        building.posted(date(2026, 12, 2), None, "sam", NOW)
