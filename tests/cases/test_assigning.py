"""Teams, who does which case, who stands in for whom, and what is written down."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.cases.domain.team import divided, together
from shared.contracts.codes import Role
from shared.contracts.events import ZaakToegewezen
from tests.cases.files import Zaken, bsn, persoon, user
from tests.support.parts import new_gemeente

ANNA, BAS, CARLA = "anna", "bas", "carla"


def boss(gemeente: str) -> Any:
    """The coordinator."""
    return user(gemeente, "coordinator", {Role.COORDINATOR})


async def team_of(door: Any, gemeente: str, *members: str, name: str = "Noord") -> str:
    """A team with these members; its id."""
    body = {"naam": name, "leden": [{"gebruikerId": one, "naam": one.title()} for one in members]}
    administrator = user(gemeente, "beheer", {Role.BEHEERDER})
    answer = await door("POST", "/teams", administrator, json=body)
    assert answer.status_code == 201, answer.text
    found: str = answer.json()["id"]
    return found


async def cases_of(zaken: Zaken, gemeente: str, *numbers: int, **more: Any) -> list[str]:
    """Open cases of these residents; their ids."""
    file = await zaken.opened(gemeente, *(persoon(number, **more) for number in numbers))
    return [str(row.data.zaakId) for row in file.rows]


def test_cases_divide_evenly_and_those_of_one_resident_stay_together() -> None:
    """Nobody has more than one group more than another; who has least goes first."""
    ids = [UUID(int=number) for number in range(7)]
    people = [(case, bytes([number])) for number, case in enumerate(ids)]
    groups = together([*people, (ids[6], b"\x00"), (ids[3], b"\x06")])
    assert sorted(map(len, groups)) == [1, 1, 1, 1, 3]
    whose = divided(groups, [ANNA, BAS], {ANNA: 9})
    assert whose[ids[0]] == whose[ids[3]] == whose[ids[6]] == BAS
    assert sorted(list(whose.values()).count(one) for one in (ANNA, BAS)) == [3, 4]


async def test_a_batch_begins_with_the_default_team(zaken: Zaken, door: Any, gemeente: str) -> None:
    """Its cases are on the list of that team, until they get one of their own."""
    north = await team_of(door, gemeente, ANNA)
    south = await team_of(door, gemeente, BAS, name="Zuid")
    first, second = await cases_of(zaken, gemeente, 210, 211)
    body = {"zaakIds": [second], "teamId": south}
    assert (await door("POST", "/toewijzingen", boss(gemeente), json=body)).status_code == 200

    async def listed(team: str) -> list[str]:
        page = (await door("GET", f"/zaken?teamId={team}", user(gemeente))).json()
        return [one["id"] for one in page["resultaten"]]

    assert await listed(north) == [first]
    assert await listed(south) == [second]


async def test_the_list_of_a_colleague_and_of_nobody(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """Who divides work sees what is not divided yet, and what one colleague has."""
    await team_of(door, gemeente, ANNA, BAS)
    first, second = await cases_of(zaken, gemeente, 213, 214)
    body = {"zaakIds": [second], "behandelaar": BAS}
    assert (await door("POST", "/toewijzingen", boss(gemeente), json=body)).status_code == 200

    async def listed(choice: str) -> list[str]:
        page = (await door("GET", f"/zaken?{choice}", user(gemeente))).json()
        assert sum(page["aantalPerStatus"].values()) == page["aantal"]
        return [one["id"] for one in page["resultaten"]]

    assert await listed("onverdeeld=true") == [first]
    assert await listed(f"behandelaar={BAS}") == [second]
    assert await listed("behandelaar=niemand-zoals-deze") == []


async def test_taking_over_and_giving_back_are_told(zaken: Zaken, door: Any, gemeente: str) -> None:
    """With the actor and the reason; tasks go along; others hear it as events."""
    await team_of(door, gemeente, ANNA, BAS)
    (case,) = await cases_of(zaken, gemeente, 212)
    task = {"soort": "terugbellen", "toelichting": "Belt graag"}
    assert (await door("POST", f"/zaken/{case}/taken", boss(gemeente), json=task)).is_success
    taken = await door("POST", f"/zaken/{case}/overname", user(gemeente, ANNA), json={})
    assert taken.status_code == 200, taken.text
    assert taken.json()["behandelaarNaam"] == "Collega anna"
    mine = (await door("GET", "/taken?mijn=true", user(gemeente, ANNA))).json()
    assert [one["zaakId"] for one in mine["resultaten"]] == [case]

    stolen = {"zaakIds": [case], "behandelaar": CARLA}
    answer = await door("POST", "/toewijzingen", user(gemeente, BAS), json=stolen)
    assert (answer.status_code, "geen team" in answer.text) == (400, True)
    stolen["behandelaar"] = ANNA
    other = {"reden": "Hoort bij Zuid"}
    refused = await door("POST", f"/zaken/{case}/teruggave", user(gemeente, BAS), json=other)
    assert refused.status_code == 403

    back = await door("POST", f"/zaken/{case}/teruggave", user(gemeente, ANNA), json=other)
    assert back.json()["behandelaar"] is None
    told = (await door("GET", f"/zaken/{case}/tijdlijn", user(gemeente))).json()["resultaten"]
    assert (told[0]["wat"], told[0]["door"]) == ("Zaak teruggegeven", "Collega anna")
    assert "Hoort bij Zuid" in told[0]["toelichting"]
    events = await zaken.told(ZaakToegewezen, gemeente)
    assert [event.data.behandelaar for event in events] == [ANNA, None]


async def test_many_cases_are_divided_over_who_is_at_work(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """Who is away gets nothing; a case of an unknown number stops all of it."""
    team = await team_of(door, gemeente, ANNA, BAS, CARLA)
    ids = await cases_of(zaken, gemeente, *range(213, 219))
    today = date.today().isoformat()  # noqa: DTZ011 - the day of the person who fills it in
    away = {"waarnemer": BAS, "vanafDatum": today, "totEnMetDatum": today}
    assert (
        await door("POST", "/afwezigheden", user(gemeente, CARLA), json=away)
    ).status_code == 201
    wrong = {"zaakIds": [*ids, str(uuid4())], "teamId": team}
    assert (await door("POST", "/verdelingen", boss(gemeente), json=wrong)).status_code == 400
    answer = await door("POST", "/verdelingen", boss(gemeente), json={**wrong, "zaakIds": ids})
    assert answer.status_code == 200, answer.text
    assert {one["behandelaar"]: one["aantalZaken"] for one in answer.json()["verdeling"]} == {
        ANNA: 3,
        BAS: 3,
    }
    page = (await door("GET", "/zaken?mijn=true", user(gemeente, BAS))).json()
    assert page["aantal"] == 3


async def test_the_deputy_sees_the_work_of_who_is_away(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """During those days only; a coordinator can say so for a sick colleague."""
    await team_of(door, gemeente, ANNA, BAS)
    (case,) = await cases_of(zaken, gemeente, 219)
    assert (await door("POST", f"/zaken/{case}/overname", user(gemeente, ANNA), json={})).is_success
    first = date.today() + timedelta(days=2)  # noqa: DTZ011 - as above
    body = {
        "gebruikerId": ANNA,
        "waarnemer": BAS,
        "vanafDatum": first.isoformat(),
        "totEnMetDatum": first.isoformat(),
    }
    other = await door("POST", "/afwezigheden", user(gemeente, BAS), json=body)
    assert other.status_code == 403
    later = await door("POST", "/afwezigheden", boss(gemeente), json=body)
    assert later.status_code == 201, later.text
    twice = await door("POST", "/afwezigheden", boss(gemeente), json=body)
    assert (twice.status_code, twice.json()["title"]) == (
        409,
        "Voor deze dagen staat al afwezigheid",
    )

    async def seen() -> int:
        page = (await door("GET", "/zaken?mijn=true", user(gemeente, BAS))).json()
        return int(page["aantal"])

    assert await seen() == 0
    now = {**body, "vanafDatum": date.today().isoformat()}  # noqa: DTZ011 - as above
    now["totEnMetDatum"] = now["vanafDatum"]
    today = (await door("POST", "/afwezigheden", boss(gemeente), json=now)).json()
    assert await seen() == 1
    back = await door("POST", f"/afwezigheden/{today['id']}/intrekking", user(gemeente, ANNA))
    assert back.json()["isIngetrokken"] is True
    assert await seen() == 0


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"waarnemer": ANNA}, "waarnemer"),
        ({"waarnemer": "onbekend"}, "waarnemer"),
        ({"totEnMetDatum": "2020-01-01"}, "totEnMetDatum"),
    ],
)
async def test_a_wrong_absence_says_which_field(
    zaken: Zaken, door: Any, gemeente: str, change: dict[str, str], field: str
) -> None:
    """All wrong fields at once, in words."""
    assert zaken
    await team_of(door, gemeente, ANNA, BAS)
    body = {"waarnemer": BAS, "vanafDatum": "2099-01-05", "totEnMetDatum": "2099-01-06", **change}
    answer = await door("POST", "/afwezigheden", user(gemeente, ANNA), json=body)
    assert answer.status_code == 400
    assert [one["name"] for one in answer.json()["invalidParams"]] == [field]


async def test_a_team_changes_from_the_version_that_was_shown(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """Two beheerders at once: the second hears it; two teams never have one name."""
    assert zaken
    team = await team_of(door, gemeente, ANNA)
    await team_of(door, gemeente, BAS, name="Zuid")
    who = user(gemeente, "beheer", {Role.BEHEERDER})
    wish = {"naam": "Oost", "leden": [], "versie": 1}
    assert (await door("PUT", f"/teams/{team}", who, json=wish)).json()["versie"] == 2
    assert (await door("PUT", f"/teams/{team}", who, json=wish)).status_code == 409
    named = {"naam": "zuid", "leden": [], "versie": 2}
    assert (await door("PUT", f"/teams/{team}", who, json=named)).status_code == 409
    found = (await door("GET", "/teams", who)).json()["resultaten"]
    assert [(one["naam"], one["isStandaard"]) for one in found] == [("Oost", True), ("Zuid", False)]


async def test_a_note_stands_in_the_history_and_is_nobody_elses(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """With who wrote it; a double click writes it once."""
    (case,) = await cases_of(
        zaken,
        gemeente,
        220,
        partner={"bsn": bsn(221), "achternaam": "Partner", "geboortedatum": "1971-01-01"},
    )
    key = {"Idempotency-Key": str(uuid4())}
    note = {"tekst": "Belde: stukken komen morgen"}
    for _ in range(2):
        answer = await door(
            "POST", f"/zaken/{case}/notities", user(gemeente, ANNA), json=note, headers=key
        )
        assert answer.status_code == 201, answer.text
    page = (await door("GET", f"/zaken/{case}/tijdlijn?perPagina=1", user(gemeente))).json()
    assert (page["aantal"], len(page["resultaten"])) == (2, 1)
    assert page["resultaten"][0]["toelichting"] == note["tekst"]
    assert page["resultaten"][0]["door"] == "Collega anna"
    stranger = user(new_gemeente())
    assert (await door("GET", f"/zaken/{case}/tijdlijn", stranger)).status_code == 404
    answer = await door("POST", f"/zaken/{case}/notities", stranger, json=note)
    assert answer.status_code == 404
