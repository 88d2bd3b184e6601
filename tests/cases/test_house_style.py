"""The house style: saved by the beheerder, seen by every colleague."""

from __future__ import annotations

from typing import Any

from shared.contracts.codes import Role
from shared.contracts.events import InstellingenGewijzigd
from tests.cases.files import Zaken, user
from tests.cases.test_doors import SETTINGS

OWN = {
    "kleurBalk": "#ffffff",
    "kleurBalktekst": "#222222",
    "kleurActie": "#7a1f3d",
    "kleurAccent": "#1f3d7a",
}


async def test_every_colleague_sees_the_colours_that_the_beheerder_saved(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """Until then those of nobody in particular; other services hear of them too."""
    manager = user(gemeente, "beheerder", {Role.BEHEERDER})
    auditor = user(gemeente, "auditor", {Role.AUDITOR})
    assert (await door("GET", "/huisstijl", auditor)).status_code == 404
    saved = await door("PUT", "/instellingen", manager, json={**SETTINGS, "versie": 0})
    assert saved.status_code == 200, saved.text
    assert (await door("GET", "/huisstijl", auditor)).json()["kleurActie"] == "#00617f"
    own = {**SETTINGS, **OWN, "kleurActie": " #7A1F3D ", "versie": 1}
    saved = await door("PUT", "/instellingen", manager, json=own)
    assert saved.status_code == 200, saved.text
    shown = (await door("GET", "/huisstijl", auditor)).json()
    assert shown == {"naam": SETTINGS["naam"], **OWN}
    told = await zaken.told(InstellingenGewijzigd, gemeente)
    assert told[-1].data.kleurBalk == OWN["kleurBalk"]


async def test_colours_that_cannot_be_read_are_refused(door: Any, gemeente: str) -> None:
    """At their fields, together with whatever else is wrong."""
    manager = user(gemeente, "beheerder", {Role.BEHEERDER})
    wrong = {**SETTINGS, "telefoon": "bel ons", "kleurActie": "#ffee00", "versie": 0}
    answer = await door("PUT", "/instellingen", manager, json=wrong)
    assert answer.status_code == 400
    names = [one["name"] for one in answer.json()["invalidParams"]]
    assert names == ["telefoon", "kleurActie"]
    assert (await door("GET", "/instellingen", manager)).status_code == 404
