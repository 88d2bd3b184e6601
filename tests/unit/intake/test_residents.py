"""The made-up residents keep their promises."""

import random
from pathlib import Path

import pytest
from stdnum.nl import bsn as reference

from examples.residents import MISTAKES, bsns, residents, write_workbook


def test_small_files_stay_within_the_test_range() -> None:
    """All numbers are different, pass the 11-proef and start with 99999."""
    rows = list(residents(500, random.Random(1)))
    numbers = [str(row["BSN"]) for row in rows]
    numbers += [str(row["PARTNER_BSN"]) for row in rows if row.get("PARTNER_BSN")]
    assert all(number.startswith("99999") and reference.is_valid(number) for number in numbers)
    assert len(set(numbers)) == len(numbers)
    assert 0.2 < (len(numbers) - 500) / 500 < 0.4


def test_the_test_range_holds_nine_hundred_and_nine_numbers() -> None:
    """As the documentation says; the next one lies below it."""
    source = bsns()
    first = [number for number, _ in zip(source, range(909), strict=False)]
    assert first[-1].startswith("99999")
    assert not next(source).startswith("99999")


def test_the_same_seed_gives_the_same_residents() -> None:
    """And another seed gives others."""
    first, again, other = (list(residents(20, random.Random(seed))) for seed in (7, 7, 8))
    assert first == again
    assert first != other


def test_mistakes_of_every_kind_are_planted(tmp_path: Path) -> None:
    """Each row at most once."""
    planted = write_workbook(tmp_path / "a.xlsx", rows=60, wrong=len(MISTAKES))
    assert {(p.kind, p.column) for p in planted} == {(m.kind, m.column) for m in MISTAKES}
    assert len({p.row for p in planted}) == len(planted)


def test_more_mistakes_than_rows_are_refused(tmp_path: Path) -> None:
    """With a sentence that says why."""
    with pytest.raises(ValueError, match="Van 3 rijen kunnen er geen 4 fout zijn"):
        write_workbook(tmp_path / "a.xlsx", rows=3, wrong=4)
