"""The work list: sorted, counted, walked through, saved as a file; acts on many of its cases."""

from __future__ import annotations

import csv
import io
import zipfile
from typing import Any
from uuid import uuid4

import pytest

from services.cases import handlers, tables
from services.cases.domain.work_list import MOST_SEARCHES
from shared.contracts.codes import Role
from tests.cases.files import Zaken, bsn, persoon, user
from tests.cases.test_assigning import ANNA, BAS, boss, cases_of, team_of

PARTNER = {"bsn": bsn(709), "achternaam": "Jansen", "geboortedatum": "1971-01-01"}


async def listed(door: Any, gemeente: str, choice: str = "", **more: Any) -> dict[str, Any]:
    """A page of the list."""
    answer = await door("GET", f"/zaken?{choice}", user(gemeente, **more))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def asked(door: Any, who: Any, key: str | None = None, **body: Any) -> Any:
    """An act on many cases that was asked for."""
    headers = {"Idempotency-Key": key or str(uuid4())}
    return await door("POST", "/bulkacties", who, json=body, headers=headers)


async def test_the_list_is_sorted_either_way_and_walked_through(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """By number, term and change; each case knows the ones beside it in the same list."""
    ids = await cases_of(zaken, gemeente, 701, 702, 703)
    for order in ("zaaknummer", "reactieDatum", "gewijzigdOp"):
        up = [
            one["id"] for one in (await listed(door, gemeente, f"volgorde={order}"))["resultaten"]
        ]
        down = [
            one["id"] for one in (await listed(door, gemeente, f"volgorde=-{order}"))["resultaten"]
        ]
        assert sorted(up) == sorted(ids)
        assert down == up[::-1]
        for choice, walk in ((order, up), (f"-{order}", down)):
            answer = await door("GET", f"/zaken/{walk[1]}/buren?volgorde={choice}", user(gemeente))
            assert answer.json() == {
                "vorige": walk[0],
                "volgende": walk[2],
                "plaats": 2,
                "aantal": 3,
            }
    assert (await door("GET", f"/zaken/{uuid4()}/buren", user(gemeente))).status_code == 404


async def test_each_choice_tells_how_many_cases_it_gives(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """With the other filters as they are, whatever was chosen of its own."""
    north = await team_of(door, gemeente, ANNA, BAS)
    first, _, _ = await cases_of(zaken, gemeente, 704, 705, 706)
    body = {"zaakIds": [first], "behandelaar": BAS}
    assert (await door("POST", "/toewijzingen", boss(gemeente), json=body)).status_code == 200
    page = await listed(door, gemeente, f"keuzes=true&behandelaar={BAS}&open=true")
    batch = page["resultaten"][0]["batchId"]
    assert page["aantal"] == 1
    assert page["keuzes"] == {
        "perTeam": {north: 1},
        "perBehandelaar": {BAS: 1},
        "onverdeeld": 2,
        "perBatch": {batch: 1},
    }
    assert (await listed(door, gemeente))["keuzes"] is None
    rare = "keuzes=true&termijnVoorbij=true&bezwaar=true&indicatie=overleden"
    assert (await listed(door, gemeente, rare))["keuzes"]["perBatch"] == {}


async def test_a_line_names_the_partner_and_the_last_contact(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """The data that came in, until something is sent."""
    file = await zaken.opened(gemeente, persoon(707, partner=PARTNER))
    case = str(file.rows[0].data.zaakId)
    day = (await listed(door, gemeente))["peilDatum"]
    body = {"versie": 1, "bron": "post", "ontvangstDatum": day, "ontvangstbevestiging": False}
    answer = await door("POST", f"/zaken/{case}/aanleveringen", user(gemeente), json=body)
    assert answer.status_code == 200, answer.text
    (line,) = (await listed(door, gemeente))["resultaten"]
    contact = {"soort": "gegevens aangeleverd", "kanaal": "post", "datum": day}
    assert line["laatsteContact"] == contact
    assert line["partnerNaam"] == "Jansen"


async def test_the_list_is_saved_as_a_file(zaken: Zaken, door: Any, gemeente: str) -> None:
    """What looks like a formula stays text in both kinds."""
    await zaken.opened(gemeente, persoon(710, achternaam="=1+1", aanschrijfnaam="=1+1"))
    text = await door("GET", "/zakenlijst?formaat=csv&volgorde=-reactieDatum", user(gemeente))
    assert text.headers["content-disposition"].endswith('.csv"')
    head, row = csv.reader(io.StringIO(text.content.decode("utf-8-sig")), delimiter=";")
    assert head[:2] == ["Zaaknummer", "Naam"]
    assert row[1].startswith("'=")
    book = await door("GET", "/zakenlijst", user(gemeente))
    with zipfile.ZipFile(io.BytesIO(book.content)) as package:
        sheet = package.read("xl/worksheets/sheet1.xml").decode()
        assert 'name="Zaken"' in package.read("xl/workbook.xml").decode()
    assert sheet.count("<row>") == 2
    assert 's="1"><is><t xml:space="preserve">=1+1' in sheet
    reader = user(gemeente, "lezer", {Role.RAADPLEGER})
    assert (await door("GET", "/zakenlijst", reader)).status_code == 403


async def test_an_act_on_all_cases_of_a_list_says_what_was_not_done(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """Sent twice it is done once; each case that was skipped says why."""
    first, *others = await cases_of(zaken, gemeente, *range(711, 736))
    day = (await listed(door, gemeente))["peilDatum"]
    body = {"versie": 1, "bron": "post", "ontvangstDatum": day, "ontvangstbevestiging": False}
    for case in others:
        answer = await door("POST", f"/zaken/{case}/aanleveringen", user(gemeente), json=body)
        assert answer.status_code == 200, answer.text
    wish: dict[str, Any] = {
        "actie": "in onderzoek nemen",
        "selectie": {"open": True},
        "reden": "Alles nalopen",
    }
    key = str(uuid4())
    act = (await asked(door, user(gemeente), key, aantal=25, **wish)).json()
    assert (await asked(door, user(gemeente), key, aantal=25, **wish)).json()["id"] == act["id"]
    await zaken.work_all(handlers.BULK)
    done = (await door("GET", f"/bulkacties/{act['id']}", user(gemeente))).json()
    assert (done["gedaan"], done["overgeslagen"], done["aantal"]) == (24, 1, 25)
    assert done["klaarOp"] is not None
    lines = await door(
        "GET", f"/bulkacties/{act['id']}/zaken?uitkomst=overgeslagen", user(gemeente)
    )
    (line,) = lines.json()["resultaten"]
    assert line["zaakId"] == first
    assert "aangemaakt" in line["reden"]
    assert len((await door("GET", "/bulkacties", user(gemeente))).json()["resultaten"]) == 1
    shown = (await door("GET", f"/zaken/{others[0]}/tijdlijn", user(gemeente))).json()
    assert shown["resultaten"][0]["wat"] == "In onderzoek genomen"


async def test_cases_are_divided_in_the_background(zaken: Zaken, door: Any, gemeente: str) -> None:
    """Evenly over who is there; a behandelaar may not."""
    team = await team_of(door, gemeente, ANNA, BAS)
    ids = await cases_of(zaken, gemeente, 741, 742, 743, 744)
    wish: dict[str, Any] = {"actie": "verdelen", "zaakIds": ids, "aantal": 4, "teamId": team}
    assert (await asked(door, user(gemeente), **wish)).status_code == 403
    assert (await asked(door, boss(gemeente), **wish)).status_code == 202
    await zaken.work_all(handlers.BULK)
    page = await listed(door, gemeente, "keuzes=true")
    assert page["keuzes"]["perBehandelaar"] == {ANNA: 2, BAS: 2}


@pytest.mark.parametrize(
    ("wish", "name"),
    [
        ({"actie": "afwachten", "selectie": {}, "aantal": 1, "reden": "Wacht even"}, "totDatum"),
        ({"actie": "sluiten", "aantal": 1}, "zaakIds"),
        ({"actie": "toewijzen", "selectie": {}, "aantal": 1}, "behandelaar"),
        ({"actie": "herinneringen", "selectie": {}, "aantal": 1, "aan": False}, "reden"),
    ],
)
async def test_what_an_act_lacks_is_told(
    door: Any, gemeente: str, wish: dict[str, Any], name: str
) -> None:
    """At its field."""
    answer = await asked(door, user(gemeente), **wish)
    assert answer.status_code == 400
    assert name in {one["name"] for one in answer.json()["invalidParams"]}


async def test_a_list_that_changed_meanwhile_is_not_acted_on(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """Nothing was done, and the number that fits now is told."""
    await cases_of(zaken, gemeente, 745)
    wish: dict[str, Any] = {"actie": "sluiten", "selectie": {}, "aantal": 7}
    answer = await asked(door, user(gemeente), **wish)
    assert (answer.status_code, answer.json()["aantal"]) == (409, 1)
    assert await zaken.table(tables.bulk_acts, gemeente) == []


async def test_searches_are_kept_per_user(door: Any, gemeente: str) -> None:
    """By a name of their own, and until they are dropped."""
    anna, bas = user(gemeente, ANNA), user(gemeente, BAS)
    body = {"naam": "Noord, open", "keuzes": "open=true"}
    kept = (await door("POST", "/zoekopdrachten", anna, json=body)).json()
    assert (await door("POST", "/zoekopdrachten", anna, json=body)).status_code == 409
    assert (await door("GET", "/zoekopdrachten", anna)).json()["resultaten"] == [kept]
    assert (await door("GET", "/zoekopdrachten", bas)).json()["resultaten"] == []
    away = f"/zoekopdrachten/{kept['id']}/verwijdering"
    assert (await door("POST", away, bas)).status_code == 404
    assert (await door("POST", away, anna)).status_code == 204
    for number in range(MOST_SEARCHES):
        more = {"naam": f"Lijst {number}", "keuzes": ""}
        assert (await door("POST", "/zoekopdrachten", bas, json=more)).status_code == 201
    answer = await door("POST", "/zoekopdrachten", bas, json=body)
    assert (answer.status_code, answer.json()["title"]) == (409, "U hebt al veel zoekopdrachten")
