"""What cases hands over about one person: of each case, and never what is another's."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from services.cases import tables
from services.cases.domain.case import PersonRole
from services.cases.domain.inzage import WITHHELD, told
from shared.chassis.identity import system
from shared.contracts.codes import Role
from tests.cases.files import Zaken, bsn, persoon, user

PARTNER = {"voorletters": "P.", "achternaam": "Meeuw", "geboortedatum": "1961-05-07"}
DOORS = ("/inzage-personen", "/inzage-delen", "/bestaande-zaken")


def _question(case: dict[str, Any]) -> dict[str, Any]:
    return {name: case[name] for name in ("zaakId", "batchId", "volgnummer", "wie")}


async def _person(door: Any, gemeente: str, case: Any, who: str = "inwoner") -> dict[str, Any]:
    body = {"zaakId": str(case), "wie": who}
    answer = await door("POST", "/inzage-personen", system("gateway", gemeente), json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def _parts(door: Any, gemeente: str, case: dict[str, Any]) -> dict[str, Any]:
    itself = system("gateway", gemeente)
    answer = await door("POST", "/inzage-delen", itself, json=_question(case))
    assert answer.status_code == 200, answer.text
    return {part["titel"]: part["regels"] for part in answer.json()["onderdelen"]}


async def test_somebody_is_found_in_every_case_also_as_partner(
    door: Any, zaken: Zaken, gemeente: str
) -> None:
    """By BSN, oldest first; a closed case counts, another gemeente's does not."""
    first = await zaken.opened(gemeente, persoon(500))
    own = first.rows[0].data.zaakId
    await _closed(zaken, gemeente, own)
    second = await zaken.opened(
        gemeente, persoon(501, partner={**PARTNER, "bsn": bsn(500)}), persoon(502)
    )
    also = second.rows[0].data.zaakId
    found = await _person(door, gemeente, also, "partner")
    assert [(one["zaakId"], one["wie"]) for one in found["zaken"]] == [
        (str(own), "inwoner"),
        (str(also), "partner"),
    ]
    assert (found["bsn"], found["naam"]) == (bsn(500), "P. Meeuw")
    assert len((await _person(door, gemeente, also))["zaken"]) == 1


async def _closed(zaken: Zaken, gemeente: str, case: UUID) -> None:
    """As if the case was closed: its people may be in another one."""
    persons, cases = tables.persons, tables.cases
    async with zaken.database.transaction(gemeente) as transaction:
        for change in (
            sa.update(persons).where(persons.c.case_id == case).values(open=False),
            sa.update(cases).where(cases.c.id == case).values(status="afgesloten"),
        ):
            await transaction.connection.execute(change)


async def test_each_of_two_people_gets_the_own_part(door: Any, zaken: Zaken, gemeente: str) -> None:
    """No contact data or notes for the partner, and neither gets the other's BSN."""
    file = await zaken.opened(gemeente, persoon(510, "BEIDE", partner={**PARTNER, "bsn": bsn(511)}))
    case = file.rows[0].data.zaakId
    note = {"tekst": "Belde over de partner"}
    answer = await door("POST", f"/zaken/{case}/notities", user(gemeente), json=note)
    assert answer.status_code == 201, answer.text
    look = {"wie": "partner", "reden": "Inkomen van de partner opvragen"}
    seer = user(gemeente, roles=[Role.PERSOONSVERWERKER])
    assert (await door("POST", f"/zaken/{case}/bsn-inzage", seer, json=look)).status_code == 200
    parts = {}
    for who in ("inwoner", "partner"):
        (one,) = (await _person(door, gemeente, case, who))["zaken"]
        parts[who] = await _parts(door, gemeente, one)
    mine, theirs = parts["inwoner"], parts["partner"]
    assert bsn(511) not in str(mine)
    assert bsn(510) not in str(theirs)
    assert "1961-05-07" not in str(mine)
    assert "tester510@example.nl" not in str(theirs)
    assert mine["Uw gegevens"][0]["partner"]["achternaam"] == "Meeuw"
    assert theirs["Uw gegevens"][0]["bsn"] == bsn(511)
    assert note["tekst"] in str(mine["Wat er gebeurde"])
    assert WITHHELD in str(theirs["Wat er gebeurde"])
    assert note["tekst"] not in str(theirs)
    assert len(theirs["Wie uw hele BSN bekeek"]) == 1
    assert mine["Wie uw hele BSN bekeek"] == []
    assert {"Wat wij u stuurden", "Herinneringen", "Verbeterde contactgegevens"} <= set(mine)
    assert not {"Wat wij u stuurden", "Herinneringen"} & set(theirs)


async def test_who_is_not_there_is_not_found(door: Any, zaken: Zaken, gemeente: str) -> None:
    """An unknown case, one of another gemeente, a case without a partner; users get nothing."""
    file = await zaken.opened(gemeente, persoon(520))
    case = str(file.rows[0].data.zaakId)
    own, other = system("gateway", gemeente), system("gateway", "9999")
    for who, body in (
        (own, {"zaakId": str(uuid4()), "wie": "inwoner"}),
        (other, {"zaakId": case, "wie": "inwoner"}),
        (own, {"zaakId": case, "wie": "partner"}),
    ):
        assert (await door("POST", "/inzage-personen", who, json=body)).status_code == 404
    question = {"zaakId": case, "batchId": str(file.id), "volgnummer": 1, "wie": "inwoner"}
    assert (await door("POST", "/inzage-delen", other, json=question)).status_code == 404
    there = {"zaakIds": [case, str(uuid4())]}
    answer = await door("POST", "/bestaande-zaken", own, json=there)
    assert answer.json()["zaakIds"] == [case]
    assert (await door("POST", "/bestaande-zaken", other, json=there)).json()["zaakIds"] == []


@pytest.mark.parametrize("path", DOORS)
async def test_no_user_may_ask(door: Any, gemeente: str, path: str) -> None:
    """With every role that a person can have."""
    case, who = str(uuid4()), "inwoner"
    bodies: dict[str, dict[str, Any]] = {
        "/inzage-personen": {"zaakId": case, "wie": who},
        "/inzage-delen": {"zaakId": case, "batchId": case, "volgnummer": 1, "wie": who},
        "/bestaande-zaken": {"zaakIds": [case]},
    }
    colleague = user(gemeente, roles=[role for role in Role if role is not Role.SYSTEEM])
    assert (await door("POST", path, colleague, json=bodies[path])).status_code == 403


def test_only_the_text_of_a_note_is_withheld_and_only_from_the_partner() -> None:
    """Why a status changed is about both."""
    assert told("Notitie", "tekst", PersonRole.RESIDENT) == "tekst"
    assert told("Notitie", "tekst", PersonRole.PARTNER) == WITHHELD
    assert told("Zaak gestopt", "tekst", PersonRole.PARTNER) == "tekst"
    assert told("Notitie", None, PersonRole.PARTNER) is None
