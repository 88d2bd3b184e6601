"""Mail templates by version: who did what, what changed, and going back."""

from __future__ import annotations

from uuid import uuid4

import pytest

from deploy.local.stack import Stack
from shared.contracts.codes import Role
from tests.mailer.conftest import client, settings_event, token
from tests.mailer.test_doors import GOOD
from tests.support import parts
from tests.support.parts import new_gemeente


async def test_an_older_mail_template_can_count_again(
    mailer: parts.Bench, stack: Stack, gemeente: str
) -> None:
    """Twice is once; a version placed after that is active and has the next number."""
    await mailer.feed(settings_event(gemeente))
    who, http = token(stack, gemeente, Role.BEHEERDER), client(mailer)
    active = "/sjablonen/actief?doel=uitnodiging"
    first = (await http.get(active, headers=who)).json()["id"]
    second = (await http.post("/sjablonen", json=GOOD, headers=who)).json()["id"]
    for _ in range(2):
        back = await http.post(f"/sjablonen/{first}/activering", headers=who)
        assert back.status_code == 200, back.text
    assert (await http.get(active, headers=who)).json()["id"] == first
    listed = (await http.get("/sjablonen?perPagina=200", headers=who)).json()["resultaten"]
    mine = [one for one in listed if one["doel"] == "uitnodiging"]
    assert [(one["id"], one["actief"]) for one in mine] == [(second, False), (first, True)]
    assert mine[0]["geplaatstDoor"]
    assert mine[1]["geactiveerdDoor"] == mine[0]["geplaatstDoor"]
    third = (await http.post("/sjablonen", json=GOOD, headers=who)).json()
    assert third["versie"] == 3
    assert (await http.get(active, headers=who)).json()["id"] == third["id"]


async def test_what_changed_is_shown_per_part(
    mailer: parts.Bench, stack: Stack, gemeente: str
) -> None:
    """Compared with the version before, or with another one."""
    await mailer.feed(settings_event(gemeente))
    who, http = token(stack, gemeente, Role.BEHEERDER), client(mailer)
    second = (await http.post("/sjablonen", json=GOOD, headers=who)).json()["id"]
    changed = {**GOOD, "onderwerp": "Uw heronderzoek $ZAAKNUMMER$"}
    third = (await http.post("/sjablonen", json=changed, headers=who)).json()["id"]
    found = (await http.get(f"/sjablonen/{third}/verschil", headers=who)).json()
    assert found["met"] == second
    assert "+Uw heronderzoek $ZAAKNUMMER$" in found["onderwerp"]
    assert found["tekst"] == found["html"] == []
    same = (await http.get(f"/sjablonen/{third}/verschil?met={third}", headers=who)).json()
    assert same["onderwerp"] == []


@pytest.mark.parametrize("path", ["activering", "verschil"])
async def test_a_version_of_another_gemeente_is_not_there(
    mailer: parts.Bench, stack: Stack, gemeente: str, path: str
) -> None:
    """404, as for a version that does not exist."""
    await mailer.feed(settings_event(gemeente))
    own, http = token(stack, gemeente, Role.BEHEERDER), client(mailer)
    version = (await http.get("/sjablonen/actief?doel=uitnodiging", headers=own)).json()["id"]
    stranger = token(stack, new_gemeente(), Role.BEHEERDER)
    method = "POST" if path == "activering" else "GET"
    for found, who in ((version, stranger), (uuid4(), own)):
        answer = await http.request(method, f"/sjablonen/{found}/{path}", headers=who)
        assert answer.status_code == 404
