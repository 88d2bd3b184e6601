"""What a letter or mail to one resident would be made of, before anything is sent."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from services.cases.written import NO_ADDRESS
from shared.chassis.identity import system
from shared.contracts.codes import Role
from tests.cases.files import File, Zaken, persoon, user


def _asked(file: File, case: UUID, channel: str) -> dict[str, str]:
    return {"batchId": str(file.id), "zaakId": str(case), "kanaal": channel}


async def test_the_gateway_gets_the_values_and_the_neighbours(
    door: Any, zaken: Zaken, gemeente: str
) -> None:
    """With the dates of the plan; the first has nobody before, the last nobody after."""
    file = await zaken.opened(gemeente, *(persoon(nr, "BEIDE") for nr in range(3)))
    await zaken.with_office(gemeente)
    ids = [row.data.zaakId for row in file.rows]
    itself = system("gateway", gemeente)
    shown = [
        (await door("POST", "/samenvoegwaarden", itself, json=_asked(file, case, "email"))).json()
        for case in ids
    ]
    assert [one["vorigeZaakId"] for one in shown] == [None, str(ids[0]), str(ids[1])]
    assert [one["volgendeZaakId"] for one in shown] == [str(ids[1]), str(ids[2]), None]
    first = shown[0]
    assert first["aan"] == "tester0@example.nl"
    assert first["velden"]["ACHTERNAAM"] == "Tester0"
    assert first["velden"]["DATUM"]
    assert first["krijgtBrief"] is True
    assert first["sjabloonVersieId"] is None


async def test_what_cannot_be_shown_says_why_and_users_get_no_values(
    door: Any, zaken: Zaken, gemeente: str
) -> None:
    """No e-mail address, a case of another batch, and a colleague with every role."""
    file = await zaken.opened(gemeente, persoon(1, "BRIEF"))
    await zaken.with_office(gemeente)
    case, itself = file.rows[0].data.zaakId, system("gateway", gemeente)
    path = "/samenvoegwaarden"
    refused = await door("POST", path, itself, json=_asked(file, case, "email"))
    assert (refused.status_code, refused.json()["detail"]) == (409, NO_ADDRESS)
    unknown = await door("POST", path, itself, json=_asked(file, uuid4(), "brief"))
    assert unknown.status_code == 404
    colleague = user(gemeente, roles=[role for role in Role if role is not Role.SYSTEEM])
    forbidden = await door("POST", path, colleague, json=_asked(file, case, "brief"))
    assert forbidden.status_code == 403
    letter = await door("POST", path, itself, json=_asked(file, case, "brief"))
    assert (letter.status_code, letter.json()["aan"]) == (200, None)
