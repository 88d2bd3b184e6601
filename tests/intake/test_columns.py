"""The empty file, the columns of the contract, and a gemeente's own names for them."""

from __future__ import annotations

import io
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from services.intake.contract.definition import load_contract
from shared.contracts.codes import Role
from tests.intake.colleague import Intake

FILLED: dict[str, Any] = {
    "BSN": "999990019",
    "VOORLETTERS": "A.",
    "ACHTERNAAM": "Voorbeeld",
    "GEBOORTEDATUM": "31-01-1970",
    "STRAAT": "Dorpsstraat",
    "HUISNUMMER": "12",
    "POSTCODE": "1234 AB",
    "WOONPLAATS": "Voorbeeldstad",
    "TELEFOON": "0612345678",
    "COMM_VOORK": "BRIEF",
}


async def empty_file(intake: Intake) -> bytes:
    """The empty file as a colleague downloads it."""
    answer = await intake.http.get("/v1/leeg-bestand", headers=intake.token())
    assert answer.status_code == 200
    assert 'filename="heronderzoek-leeg.xlsx"' in answer.headers["content-disposition"]
    return answer.content


def filled(content: bytes, row: int, cells: dict[str, Any]) -> bytes:
    """The same workbook with a row filled in."""
    book = load_workbook(io.BytesIO(content))
    sheet = book["Heronderzoek"]
    places = {cell.value: place for place, cell in enumerate(sheet[1], 1)}
    for cell in sheet[row]:
        cell.value = None
    for name, value in cells.items():
        sheet.cell(row, places[name], value)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


async def test_the_empty_file_has_every_column_of_the_contract(intake: Intake) -> None:
    """Mandatory ones stand out, zeros stay, lists drop down, and each column is explained."""
    book = load_workbook(io.BytesIO(await empty_file(intake)))
    sheet, guide = book["Heronderzoek"], book["Uitleg"]
    assert isinstance(sheet, Worksheet)
    contract = load_contract()
    assert [cell.value for cell in sheet[1]] == list(contract.columns)
    letters = {cell.value: get_column_letter(n) for n, cell in enumerate(sheet[1], 1)}
    dark = {c.value for c in sheet[1] if c.font.color.rgb == "FFFFFFFF"}
    assert dark == {c.name for c in contract.columns.values() if c.required}
    for name in ("BSN", "POSTCODE", "TELEFOON", "PARTNER_BSN"):
        assert sheet.column_dimensions[letters[name]].number_format == "@"
    for name in ("GEBOORTEDATUM", "EINDDATUM_POLIS"):
        assert sheet.column_dimensions[letters[name]].number_format == "dd-mm-yyyy"
    lists = {str(r.sqref).split("2:")[0] for r in sheet.data_validations.dataValidation if r.type}
    assert lists == {letters[n] for n in ("GESLACHT", "INDICATIE", "COMM_VOORK")}
    assert sheet.freeze_panes == "B2"
    assert book["Lijsten"].sheet_state == "hidden"
    explained = {row[0]: row for row in guide.iter_rows(values_only=True)}
    for column in contract.columns.values():
        assert all(explained[column.name][1:4]), column.name


async def test_the_empty_file_itself_has_no_rows(intake: Intake) -> None:
    """Its example is nobody's data, however often it is uploaded."""
    upload = await intake.checked(await empty_file(intake))
    kinds = {group["soort"]: group["aantal"] for group in upload["groepen"]}
    assert kinds == {"voorbeeldrij": 1, "geen-rijen": 1}
    assert upload["aantalRijen"] == 0


@pytest.mark.parametrize(("row", "examples"), [(3, 1), (2, 0)])
async def test_a_filled_in_file_is_read_without_its_example(
    intake: Intake, row: int, examples: int
) -> None:
    """Below the example, or over it."""
    upload = await intake.checked(filled(await empty_file(intake), row, FILLED))
    assert (upload["aantalRijen"], upload["aantalFouten"]) == (1, 0)
    kinds = [group["soort"] for group in upload["groepen"]]
    assert kinds.count("voorbeeldrij") == examples
    assert upload["werkblad"] == "Heronderzoek"
    assert upload["andereWerkbladen"] == ["Uitleg"]


async def test_only_who_starts_a_heronderzoek_gets_the_empty_file(intake: Intake) -> None:
    """The right is checked here too."""
    headers = intake.token(Role.RAADPLEGER)
    answer = await intake.http.get("/v1/leeg-bestand", headers=headers)
    assert answer.status_code == 403


ALIASES = [
    {"kop": "Burgerservicenr", "kolom": "BSN"},
    {"kop": "Naam klant", "kolom": "ACHTERNAAM"},
]


async def put(intake: Intake, version: int, aliases: Any, *, status: int = 200) -> dict[str, Any]:
    """Replace the own names, as an administrator."""
    body = {"versie": version, "aliassen": aliases}
    headers = intake.token(Role.BEHEERDER)
    return await intake.call("PUT", "/kolomaliassen", status=status, json=body, headers=headers)


async def test_own_names_are_understood_and_shown(intake: Intake) -> None:
    """From the next check on, for this gemeente alone; unknown columns stay a warning."""
    changed = await put(intake, 0, ALIASES)
    assert changed["versie"] == 1
    bsn = next(c for c in changed["kolommen"] if c["naam"] == "BSN")
    assert (bsn["aliassen"], bsn["verplicht"]) == (["Burgerservicenr"], True)
    cells = {**FILLED, "Klantmanager": "x"}
    content = renamed(cells, {"BSN": "BURGERSERVICE NR", "ACHTERNAAM": "naam klant"})
    upload = await intake.checked(content)
    assert upload["aantalFouten"] == 0
    how = {c["kop"]: (c["kolom"], c["herkendAan"]) for c in upload["kolommen"]}
    assert how["BURGERSERVICE NR"] == ("BSN", "alias")
    assert how["naam klant"] == ("ACHTERNAAM", "alias")
    assert how["Klantmanager"] == (None, "onbekend")
    warned = [g["kolom"] for g in upload["groepen"] if g["soort"] == "kolom-onbekend"]
    assert warned == ["Klantmanager"]
    other = intake.token(gemeente="9999")
    assert (await intake.call("GET", "/kolommen", headers=other))["versie"] == 0


def renamed(cells: dict[str, Any], names: dict[str, str]) -> bytes:
    """A file of one row with other names in row 1."""
    from openpyxl import Workbook  # noqa: PLC0415 - for this test alone

    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append([names.get(name, name) for name in cells])
    sheet.append(list(cells.values()))
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


async def test_own_names_that_cannot_work_are_refused_all_at_once(intake: Intake) -> None:
    """Each mistake with its place in the list and what to do; nothing is kept."""
    wrong = [
        {"kop": "x", "kolom": "SOFI"},
        {"kop": " ", "kolom": "BSN"},
        {"kop": "achter naam", "kolom": "BSN"},
        {"kop": "Fouten", "kolom": "BSN"},
        {"kop": "X", "kolom": "BSN"},
    ]
    problem = await put(intake, 0, wrong, status=400)
    found = [(p["name"], p["code"]) for p in problem["invalidParams"]]
    assert found == [
        ("aliassen.0.kolom", "kolom-onbekend"),
        ("aliassen.1.kop", "leeg"),
        ("aliassen.2.kop", "is-kolom"),
        ("aliassen.3.kop", "is-van-ons"),
        ("aliassen.4.kop", "dubbel"),
    ]
    assert (await intake.call("GET", "/kolommen"))["versie"] == 0


async def test_two_administrators_at_once_do_not_undo_each_other(intake: Intake) -> None:
    """The second one made his list from what is no longer there, and hears so."""
    await put(intake, 0, ALIASES)
    problem = await put(intake, 0, [], status=409)
    assert problem["title"] == "De kolomnamen zijn intussen gewijzigd"
    assert (await put(intake, 1, []))["versie"] == 2


async def test_only_an_administrator_sets_own_names(intake: Intake) -> None:
    """A caseworker may see them."""
    body = {"versie": 0, "aliassen": []}
    await intake.call("PUT", "/kolomaliassen", status=403, json=body)
    await intake.call("GET", "/kolommen")
    headers = intake.token(Role.RAADPLEGER)
    await intake.call("GET", "/kolommen", status=403, headers=headers)
