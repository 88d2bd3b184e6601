"""Copies for the sender of a file: what they hold, who may have them, and how long."""

from __future__ import annotations

import asyncio
import io
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from examples.residents import COLUMNS
from services.intake import handlers, tables
from services.intake.workbook.copies.styles import RED
from tests.intake.colleague import Changes, Intake

WRONG: Changes = {
    3: {"ACHTERNAAM": None},
    4: {"BSN": "999990018"},
    6: {"ACHTERNAAM": None, "COMM_VOORK": "FAX"},
}


def sheet_of(content: bytes) -> Worksheet:
    """The first sheet of a workbook."""
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    assert isinstance(sheet, Worksheet)
    return sheet


def red_cells(sheet: Worksheet) -> set[str]:
    """The names of the cells with a red ground."""
    return {
        str(cell.coordinate)
        for row in sheet.iter_rows()
        for cell in row
        if cell.fill.fgColor.rgb == RED
    }


def column(sheet: Worksheet, name: str) -> dict[int, Any]:
    """The filled cells of a column below its header, by row."""
    (place,) = [cell.column for cell in sheet[1] if cell.value == name]
    return {
        row: sheet.cell(row, place).value
        for row in range(2, sheet.max_row + 1)
        if sheet.cell(row, place).value is not None
    }


async def test_the_marked_copy_tells_at_every_wrong_cell_what_is_wrong(intake: Intake) -> None:
    """Red, with a note, and in words per row: colour is never the only sign."""
    upload = await intake.checked(intake.workbook(8, WRONG))
    sheet = sheet_of(await intake.content(await intake.copy(upload["id"])))
    names = {name: get_column_letter(place) for place, name in enumerate(COLUMNS, 1)}
    surname, way, bsn = names["ACHTERNAAM"], names["COMM_VOORK"], names["BSN"]
    assert red_cells(sheet) == {f"{surname}3", f"{bsn}4", f"{surname}6", f"{way}6"}
    note = sheet[f"{bsn}4"].comment
    assert note is not None
    assert note.text == (
        "✖ Het nummer voldoet niet aan de 11-proef: er staat een tikfout in. Zoek het juiste"
        " nummer op.\nVerwacht: 8 of 9 cijfers die aan de 11-proef voldoen."
    )
    told = column(sheet, "FOUTEN")
    assert set(told) == {3, 4, 6}
    assert told[3] == "✖ ACHTERNAAM: ACHTERNAAM is verplicht. Vul de cel in."
    assert [line.split(":")[0] for line in told[6].split("\n")] == ["✖ ACHTERNAAM", "✖ COMM_VOORK"]


async def test_the_copy_keeps_all_that_the_sender_made(intake: Intake) -> None:
    """Formulas, formats, widths, hidden rows, notes of others and other sheets."""
    book = load_workbook(io.BytesIO(intake.workbook(5, WRONG)))
    sheet = book.worksheets[0]
    sheet["A3"].number_format = "0"
    sheet["F5"] = '="Jan"&"sen"'
    sheet.row_dimensions[5].hidden = True
    sheet.column_dimensions["B"].width = 33
    sheet["B2"].comment = _note("Even nabellen")
    other = book.create_sheet("Aantekeningen")
    other["A1"] = "=1+1"
    upload = await intake.checked(_saved(book))
    assert upload["andereWerkbladen"] == ["Aantekeningen"]
    assert upload["aantalVerborgenRijen"] == 1
    made = load_workbook(io.BytesIO(await intake.content(await intake.copy(upload["id"]))))
    kept = made["Heronderzoek"]
    assert made["Aantekeningen"]["A1"].value == "=1+1"
    assert kept["F5"].value == '="Jan"&"sen"'
    assert kept["A3"].number_format == "0"
    assert kept.row_dimensions[5].hidden
    assert kept.column_dimensions["B"].width == 33
    assert kept["B2"].comment.text == "Even nabellen"
    assert kept["F3"].comment.text.startswith("✖ ACHTERNAAM is verplicht.")


def _note(text: str) -> Any:
    from openpyxl.comments import Comment  # noqa: PLC0415 - for this test alone

    return Comment(text, "Sam")


def _saved(book: Workbook) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


async def test_a_marked_copy_that_comes_back_is_marked_anew(intake: Intake) -> None:
    """Our own column is no data, and what was mended is no longer told."""
    first = await intake.checked(intake.workbook(8, WRONG))
    book = load_workbook(io.BytesIO(await intake.content(await intake.copy(first["id"]))))
    book.worksheets[0]["F3"] = "Hersteld"
    second = await intake.checked(_saved(book))
    assert second["vergelijking"] == {
        "vorigeUploadId": first["id"],
        "opgelost": 1,
        "over": 3,
        "nieuw": 0,
    }
    own = [c for c in second["kolommen"] if c["kop"] == "FOUTEN"]
    assert [c["herkendAan"] for c in own] == ["overgeslagen"]
    assert "kolom-onbekend" not in {group["soort"] for group in second["groepen"]}
    sheet = sheet_of(await intake.content(await intake.copy(second["id"])))
    assert set(column(sheet, "FOUTEN")) == {4, 6}
    assert sheet["F3"].comment is None
    assert [cell.value for cell in sheet[1]].count("FOUTEN") == 1


async def test_the_wrong_rows_alone_can_be_mended_and_uploaded(intake: Intake) -> None:
    """With the number they had; text that looks like a formula stays text."""
    changes: dict[int, dict[str, Any]] = {row: dict(cells) for row, cells in WRONG.items()}
    changes[3]["OPMERKING"] = "=1+1"
    book = load_workbook(io.BytesIO(intake.workbook(8, changes)))
    remark = book.worksheets[0].cell(3, COLUMNS.index("OPMERKING") + 1)
    remark.value, remark.data_type = "=1+1", "s"
    upload = await intake.checked(_saved(book))
    content = await intake.content(await intake.copy(upload["id"], "foute-rijen"))
    sheet = sheet_of(content)
    assert column(sheet, "RIJ IN BESTAND") == {2: 3, 3: 4, 4: 6}
    assert set(column(sheet, "FOUTEN")) == {2, 3, 4}
    text = sheet.cell(2, COLUMNS.index("OPMERKING") + 1)
    assert (text.value, text.data_type, text.quotePrefix) == ("=1+1", "s", True)
    assert len(red_cells(sheet)) == 4
    again = await intake.checked(content, replaces=upload["id"])
    assert (again["aantalRijen"], again["aantalFouten"]) == (3, 4)
    assert again["vergelijking"]["over"] == 4


async def test_rows_of_people_with_an_open_case_are_marked_too(intake: Intake) -> None:
    """The check cannot know them; the copy must."""
    intake.has_open_case("999990019", "HO-2025-000007")
    upload = await intake.checked(intake.workbook(4, {4: {"BSN": "999990019"}}))
    sheet = sheet_of(await intake.content(await intake.copy(upload["id"])))
    assert red_cells(sheet) == {"A4"}
    assert "HO-2025-000007" in column(sheet, "FOUTEN")[4]
    rows = sheet_of(await intake.content(await intake.copy(upload["id"], "foute-rijen")))
    assert column(rows, "RIJ IN BESTAND") == {2: 4}


async def test_only_who_sent_the_file_gets_a_copy(intake: Intake) -> None:
    """A colleague reads why; another gemeente finds nothing."""
    upload = await intake.checked(intake.workbook(4, WRONG))
    copy = await intake.copy(upload["id"])
    wish = {"soort": "gemarkeerd"}
    for status, headers in (
        (403, intake.token(user="u-2")),
        (404, intake.token(gemeente="9999")),
    ):
        answers = [
            await intake.call("GET", f"/kopieen/{copy['id']}", status=status, headers=headers),
            await intake.call(
                "GET", f"/kopieen/{copy['id']}/inhoud", status=status, headers=headers
            ),
            await intake.call(
                "GET", f"/uploads/{upload['id']}/kopieen", status=status, headers=headers
            ),
            await intake.call(
                "POST",
                f"/uploads/{upload['id']}/kopieen",
                status=status,
                headers=headers,
                json=wish,
            ),
        ]
        if status == 403:
            assert {a["title"] for a in answers} == {
                "Alleen wie het bestand heeft geüpload mag dit"
            }


async def test_a_copy_asked_for_twice_is_made_once(intake: Intake) -> None:
    """Also by two requests at the same moment."""
    upload = await intake.checked(intake.workbook(4, WRONG))
    path, wish = f"/uploads/{upload['id']}/kopieen", {"soort": "gemarkeerd"}
    asked = await asyncio.gather(
        *(intake.call("POST", path, status=202, json=wish) for _ in range(3))
    )
    assert len({answer["id"] for answer in asked}) == 1
    assert asked[0]["status"] == "wordt-gemaakt"
    address = f"/kopieen/{asked[0]['id']}/inhoud"
    early = await intake.call("GET", address, status=409)
    assert early["detail"] == "De kopie wordt gemaakt. Probeer het zo weer."
    assert await intake.bench.work_all("copies") == 1
    page = await intake.call("GET", path)
    assert [copy["status"] for copy in page["resultaten"]] == ["gereed"]


async def test_a_copy_is_sealed_and_goes_after_seven_days(intake: Intake) -> None:
    """Out of reach on the hour, then gone from the store; a new one can be asked for."""
    upload = await intake.checked(intake.workbook(4, WRONG))
    copy = await intake.copy(upload["id"])
    (key,) = [k for k in await intake.bucket.keys(intake.gemeente) if "kopieen" in k]
    stored = await intake.bucket.get(key)
    assert stored is not None
    assert not stored.startswith(b"PK")
    await intake.bench.tick(handlers.expire_copies)
    assert await intake.bench.work_all("copy-retention") == 0

    async with intake.later(timedelta(days=7, minutes=1)):
        await intake.call("GET", f"/kopieen/{copy['id']}/inhoud", status=404)
        assert (await intake.call("GET", f"/uploads/{upload['id']}/kopieen"))["aantal"] == 0
        await intake.bench.tick(handlers.expire_copies)
        await intake.bench.work_all("copy-retention")
        assert key not in await intake.bucket.keys(intake.gemeente)
        assert not await intake.rows(sa.select(tables.copies))
        again = await intake.copy(upload["id"])
        assert again["id"] != copy["id"]
        await intake.content(again)


async def test_copies_go_with_their_upload(intake: Intake) -> None:
    """Thirty days after confirmation nothing of the file is left, however young a copy is."""
    upload = await intake.checked(intake.workbook(4, WRONG))
    await intake.confirm(upload["id"], zonderFouteRijen=True)
    await intake.bench.work_all("frames")
    async with intake.later(timedelta(days=29)):
        await intake.copy(upload["id"], "foute-rijen")
        await intake.bench.tick(handlers.expire_uploads)
        assert await intake.bench.work_all("retention") == 0
    async with intake.later(timedelta(days=30, minutes=5)):
        await intake.bench.tick(handlers.expire_uploads)
        await intake.bench.work_all("retention")
    assert await intake.bucket.keys(f"{intake.gemeente}/") == []
    for table in (tables.uploads, tables.findings, tables.copies):
        assert not await intake.rows(sa.select(table))


async def test_a_copy_that_is_ready_after_its_upload_went_is_deleted(intake: Intake) -> None:
    """The file must not outlive what it was made of."""
    upload = await intake.checked(intake.workbook(4, WRONG))
    path = f"/uploads/{upload['id']}/kopieen"
    asked = await intake.call("POST", path, status=202, json={"soort": "gemarkeerd"})
    item = {"copy": asked["id"], "upload": upload["id"]}
    await intake.bench.work_all("copies")
    async with intake.bench.database.transaction(intake.gemeente) as transaction:
        await transaction.connection.execute(sa.delete(tables.copies))
    work = await _late_outcome(intake, item)
    assert work == 1
    assert not [k for k in await intake.bucket.keys(intake.gemeente) if "kopieen" in k]


async def _late_outcome(intake: Intake, payload: dict[str, str]) -> int:
    """Record that a copy was made, as a process does that was late; answers what is cleaned up."""
    from uuid import uuid4  # noqa: PLC0415 - for this test alone

    from shared.chassis.service import Item  # noqa: PLC0415

    now = timedelta()
    item = Item(uuid4(), intake.gemeente, payload, 1, uuid4(), "u-1", uuid4(), None, now)
    async with intake.bench.database.transaction(intake.gemeente) as transaction:
        work = intake.bench.jobs._work(transaction, item)  # noqa: SLF001
        await handlers.keep_copy(item, 10, work)
        await work.write()
    return await intake.bench.work_all("copy-retention")


@pytest.mark.parametrize("kind", ["gemarkeerd", "foute-rijen"])
async def test_without_errors_there_is_nothing_to_copy(intake: Intake, kind: str) -> None:
    """A clear answer, and nothing in the queue."""
    upload = await intake.checked(intake.workbook(3))
    path = f"/uploads/{upload['id']}/kopieen"
    problem = await intake.call("POST", path, status=409, json={"soort": kind})
    assert problem["title"] == "Er zijn geen fouten"
    await intake.call("POST", path, status=400, json={"soort": "alles"})


async def test_a_refused_or_unchecked_file_has_no_copy(intake: Intake) -> None:
    """It was never read, or not yet."""
    waiting = await intake.send(intake.workbook(3, WRONG))
    path = f"/uploads/{waiting['id']}/kopieen"
    problem = await intake.call("POST", path, status=409, json={"soort": "gemarkeerd"})
    assert problem["detail"] == "Wacht tot de controle klaar is."
    await intake.bench.work_all("checks")
    refused = await intake.checked(intake.workbook(3, WRONG)[:-300])
    path = f"/uploads/{refused['id']}/kopieen"
    problem = await intake.call("POST", path, status=409, json={"soort": "gemarkeerd"})
    assert "geweigerd" in problem["detail"]


async def test_a_file_that_left_the_store_gives_a_reason(intake: Intake) -> None:
    """The copy fails with what to do, and can be asked for again."""
    upload = await intake.checked(intake.workbook(3, WRONG))
    await intake.bucket.delete(f"{intake.gemeente}/uploads/{upload['id']}.xlsx")
    copy = await intake.copy(upload["id"])
    assert (copy["status"], copy["reden"]) == (
        "mislukt",
        "Het bestand is niet meer bewaard. Upload het opnieuw.",
    )
    problem = await intake.call("GET", f"/kopieen/{copy['id']}/inhoud", status=409)
    assert problem["detail"] == copy["reden"]
    assert (await intake.copy(upload["id"]))["id"] != copy["id"]
