"""What others hear of absences and tasks, and who a complaint is for."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from shared.contracts.codes import Role
from shared.contracts.events import AfwezigheidIngetrokken, AfwezigheidVastgelegd, TaakGeopend
from tests.cases.files import Zaken, user
from tests.cases.test_assigning import ANNA, BAS, boss, cases_of, team_of

COMPLAINT = {"soort": "klacht", "toelichting": "Niet goed te woord gestaan"}


async def test_an_absence_is_told_once_and_so_is_its_end(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """With ids and days only; withdrawing it twice tells it once."""
    await team_of(door, gemeente, ANNA, BAS)
    until = date.today() + timedelta(days=9)  # noqa: DTZ011 - a day some days ahead, in any zone
    body = {"waarnemer": BAS, "vanafDatum": "2026-01-01", "totEnMetDatum": until.isoformat()}
    made = await door("POST", "/afwezigheden", user(gemeente, ANNA), json=body)
    assert made.status_code == 201, made.text
    for _ in range(2):
        path = f"/afwezigheden/{made.json()['id']}/intrekking"
        assert (await door("POST", path, user(gemeente, ANNA))).status_code == 200
    (told,) = await zaken.told(AfwezigheidVastgelegd, gemeente)
    assert (told.data.gebruikerId, told.data.waarnemer) == (ANNA, BAS)
    assert (told.data.vanafDatum, told.data.totEnMetDatum) == (date(2026, 1, 1), until)
    (ended,) = await zaken.told(AfwezigheidIngetrokken, gemeente)
    assert ended.data.afwezigheidId == told.data.afwezigheidId


async def test_a_complaint_is_for_a_coordinator_and_stays_there(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """It may be about who does the case: that colleague neither gets nor ends it."""
    await team_of(door, gemeente, ANNA, BAS)
    (case,) = await cases_of(zaken, gemeente, 212)
    taken = await door("POST", f"/zaken/{case}/overname", user(gemeente, ANNA), json={})
    assert taken.status_code == 200, taken.text
    made = await door("POST", f"/zaken/{case}/taken", user(gemeente, ANNA), json=COMPLAINT)
    assert (made.json()["voorRol"], made.json()["behandelaar"]) == ("coordinator", None)
    task = made.json()["id"]
    (told,) = await zaken.told(TaakGeopend, gemeente)
    assert (told.data.soort, told.data.behandelaar) == ("klacht", None)
    moved = {"zaakIds": [case], "behandelaar": BAS}
    assert (await door("POST", "/toewijzingen", boss(gemeente), json=moved)).status_code == 200

    async def listed(who: Any) -> list[str]:
        page = (await door("GET", "/taken?mijn=true", who)).json()
        return [one["id"] for one in page["resultaten"]]

    assert await listed(user(gemeente, BAS, {Role.BEHANDELAAR})) == []
    assert await listed(boss(gemeente)) == [task]
    for act, body in (("afronding", {}), ("toewijzing", {"behandelaar": BAS})):
        refused = await door("POST", f"/taken/{task}/{act}", user(gemeente, BAS), json=body)
        assert refused.status_code == 403, refused.text
        assert refused.json()["title"] == "Een klacht is voor een coördinator"
    done = await door("POST", f"/taken/{task}/afronding", boss(gemeente), json={})
    assert done.status_code == 200, done.text
    again = {"reden": "Nog niet klaar"}
    path = f"/taken/{task}/heropening"
    assert (await door("POST", path, user(gemeente, BAS), json=again)).status_code == 403
    assert (await door("POST", path, boss(gemeente), json=again)).status_code == 200


async def test_a_task_is_told_to_whom_it_is_given(zaken: Zaken, door: Any, gemeente: str) -> None:
    """With the number of the case and the team."""
    team = await team_of(door, gemeente, ANNA)
    (case,) = await cases_of(zaken, gemeente, 213)
    await door("POST", f"/zaken/{case}/overname", user(gemeente, ANNA), json={})
    call = {"soort": "terugbellen", "toelichting": "Belt graag"}
    made = await door("POST", f"/zaken/{case}/taken", boss(gemeente), json=call)
    (told,) = await zaken.told(TaakGeopend, gemeente)
    assert (told.data.behandelaar, told.data.team) == (ANNA, team)
    assert (told.data.zaaknummer, told.actor) == (made.json()["zaaknummer"], "coordinator")
