"""A file that comes again: what was solved, what is left, what is new; and going on without."""

from __future__ import annotations

import io
import random
from typing import Any
from uuid import UUID, uuid4

import pytest
from openpyxl import Workbook

from examples.residents import COLUMNS, residents
from services.intake.contract.bsn import passes_eleven_test
from shared.contracts.events import BatchBevestigd, RijAangeboden
from tests.intake.colleague import Changes, Intake

Row = dict[str, Any]
WRONG: Changes = {3: {"ACHTERNAAM": None}, 4: {"BSN": "999990018"}, 6: {"COMM_VOORK": "FAX"}}


def people(count: int = 20) -> list[Row]:
    """Made-up residents."""
    return list(residents(count, random.Random(11)))


def file_of(rows: list[Row]) -> bytes:
    """A workbook of these rows, in this order."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Heronderzoek")
    sheet.append(COLUMNS)
    for row in rows:
        sheet.append([row.get(name) for name in COLUMNS])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def spoiled(rows: list[Row], *places: int) -> list[Row]:
    """The same people, some with a date that cannot be read."""
    return [
        {**row, "GEBOORTEDATUM": "1970-01-31"} if place in places else dict(row)
        for place, row in enumerate(rows)
    ]


def counts(upload: dict[str, Any]) -> tuple[int, int, int]:
    """Solved, left and new."""
    found = upload["vergelijking"]
    return found["opgelost"], found["over"], found["nieuw"]


async def test_a_first_file_is_compared_with_nothing(intake: Intake) -> None:
    """There is no earlier one."""
    upload = await intake.checked(file_of(spoiled(people(), 1)))
    assert upload["vergelijking"] is None


async def test_solved_left_and_new_are_counted(intake: Intake) -> None:
    """Twelve solved, three left, one new, as the screen says it."""
    rows = people()
    first = await intake.checked(file_of(spoiled(rows, *range(15))))
    second = await intake.checked(file_of(spoiled(rows, 0, 1, 2, 18)))
    assert counts(second) == (12, 3, 1)
    assert second["vergelijking"]["vorigeUploadId"] == first["id"]


async def test_rows_that_moved_are_the_same_rows(intake: Intake) -> None:
    """Sorted another way, with rows taken out and others put in."""
    rows = people()
    await intake.checked(file_of(spoiled(rows, 2, 5, 9)))
    mended = spoiled(rows, 5, 9, 12)
    del mended[3:5]
    moved = [*reversed(mended)]
    second = await intake.checked(file_of(moved))
    assert counts(second) == (1, 2, 1)


async def test_a_row_whose_number_was_mended_is_known_by_its_content(intake: Intake) -> None:
    """The wrong BSN is gone, another mistake in the same row stays."""
    rows = people()
    broken = spoiled(rows, 4)
    broken[4]["BSN"] = "999990018"
    assert not passes_eleven_test(999990018)
    await intake.checked(file_of(broken))
    mended = list(reversed(spoiled(rows, 4)))
    assert counts(await intake.checked(file_of(mended))) == (1, 1, 0)


async def test_another_file_is_not_compared(intake: Intake) -> None:
    """Nobody in it was in the one before, and nobody said that it replaces that one."""
    await intake.checked(file_of(spoiled(people(), 1)))
    others = list(residents(20, random.Random(99)))
    for place, row in enumerate(others):
        row["BSN"] = str(999900000 + place * 11)
    other = await intake.checked(file_of(spoiled(others, 3)))
    assert other["vergelijking"] is None


async def test_the_file_of_a_colleague_is_compared_when_it_is_named(intake: Intake) -> None:
    """By itself only an own earlier upload counts."""
    rows = people()
    first = await intake.checked(file_of(spoiled(rows, 1, 2)))
    content = file_of(spoiled(rows, 2))
    assert (await intake.checked(content, user="u-2"))["vergelijking"] is None
    named = await intake.checked(file_of(spoiled(rows, 2, 3)), user="u-2", replaces=first["id"])
    assert counts(named) == (1, 1, 1)
    assert named["vervangt"] == first["id"]


async def test_an_upload_to_replace_must_exist(intake: Intake) -> None:
    """The file is not taken in, and nothing of it is kept."""
    files = {"bestand": ("a.xlsx", file_of(people(2)))}
    path = f"/uploads?vervangt={uuid4()}"
    problem = await intake.call("POST", path, status=400, files=files)
    assert problem["invalidParams"][0]["name"] == "vervangt"
    assert not await intake.bucket.keys(f"{intake.gemeente}/")


async def test_open_cases_count_in_the_comparison(intake: Intake) -> None:
    """The case was closed meanwhile, another person has one now."""
    rows = people(6)
    intake.has_open_case(rows[0]["BSN"], "HO-2025-000001")
    intake.has_open_case(rows[1]["BSN"], "HO-2025-000002")
    await intake.checked(file_of(rows))
    del intake.cases.open[intake.gemeente]
    intake.has_open_case(rows[1]["BSN"], "HO-2025-000002")
    intake.has_open_case(rows[2]["BSN"], "HO-2025-000003")
    rows.reverse()
    assert counts(await intake.checked(file_of(rows))) == (1, 1, 1)


async def test_a_whole_file_of_mistakes_is_compared_too(intake: Intake) -> None:
    """More than the list of findings holds: the counts are the true ones."""
    rows = list(residents(11_000, random.Random(5)))
    first = await intake.checked(file_of(spoiled(rows, *range(11_000))))
    assert first["aantalFouten"] == 11_000
    assert counts(await intake.checked(file_of(spoiled(rows, 7, 10_999)))) == (10_998, 2, 0)


async def test_wrong_rows_are_left_out_only_on_purpose(intake: Intake) -> None:
    """Refused without the switch, with what can be done; then counted, numbered and published."""
    upload = await intake.checked(intake.workbook(8, WRONG))
    problem = await intake.confirm(upload["id"], status=409)
    assert "verder zonder de foute rijen" in problem["detail"]
    confirmed = await intake.confirm(upload["id"], zonderFouteRijen=True)
    assert (confirmed["aantalRijen"], confirmed["aantalWeggelaten"]) == (5, 3)
    await intake.bench.work_all("frames")
    batch = await intake.call("GET", f"/batches/{confirmed['batchId']}")
    assert (batch["aantalRijen"], batch["aantalWeggelaten"], batch["aangeboden"]) == (5, 3, 5)
    (told,) = await intake.events(BatchBevestigd)
    assert told.data.aantalRijen == 5
    offered = await intake.events(RijAangeboden)
    assert [event.data.rij for event in offered] == [2, 5, 7, 8, 9]
    numbers = [event.data.zaaknummer for event in offered]
    assert numbers[0] == batch["eersteZaaknummer"]
    assert numbers[-1] == batch["laatsteZaaknummer"]


async def test_a_second_confirmation_changes_nothing(intake: Intake) -> None:
    """With the switch or without it: the batch is as it was made."""
    upload = await intake.checked(intake.workbook(8, WRONG))
    first = await intake.confirm(upload["id"], zonderFouteRijen=True)
    assert await intake.confirm(upload["id"]) == first
    assert await intake.confirm(upload["id"], zonderFouteRijen=True) == first


async def test_a_file_without_a_good_row_cannot_go_on(intake: Intake) -> None:
    """Also when the mistake is in the header and no row has one of its own."""
    rows = spoiled(people(3), 0, 1, 2)
    upload = await intake.checked(file_of(rows))
    problem = await intake.confirm(upload["id"], status=409, zonderFouteRijen=True)
    assert problem["detail"].startswith("Alle rijen hebben een fout.")


async def test_a_row_with_an_open_case_is_left_out_too(intake: Intake) -> None:
    """It was good for the contract, and is no row of the batch."""
    intake.has_open_case("999990019", "HO-2025-000007")
    upload = await intake.checked(intake.workbook(4, {3: {"BSN": "999990019"}}))
    confirmed = await intake.confirm(upload["id"], zonderFouteRijen=True)
    await intake.bench.work_all("frames")
    offered = await intake.events(RijAangeboden)
    assert [event.data.rij for event in offered] == [2, 4, 5]
    assert UUID(confirmed["batchId"])


@pytest.mark.parametrize("body", [{"akkoord": False}, {"akkoord": True, "zonderFouteRijen": "x"}])
async def test_half_an_agreement_is_none(intake: Intake, body: dict[str, Any]) -> None:
    """400 with the field, and the upload stays as it was."""
    upload = await intake.checked(intake.workbook(2))
    await intake.call("POST", f"/uploads/{upload['id']}/bevestiging", status=400, json=body)
    assert (await intake.call("GET", f"/uploads/{upload['id']}"))["status"] == "gecontroleerd"
