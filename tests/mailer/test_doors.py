"""The HTTP doors of mailer: who may see what, and templates by version."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx
import pytest

from deploy.local.stack import Stack
from services.mailer.domain import first_template_id
from shared.contracts.codes import Purpose, Role
from shared.contracts.merge_fields import MERGE_FIELDS
from tests.mailer.conftest import client, order, settings_event, token
from tests.mailer.smtp_double import SmtpDouble
from tests.support import parts

GOOD: dict[str, Any] = {
    "doel": "uitnodiging",
    "naam": "Uitnodiging 2027",
    "onderwerp": "Heronderzoek $ZAAKNUMMER$",
    "tekst": "$AANHEF$\n\nReageer uiterlijk $REACTIEDATUM$.\n",
    "html": "<p>$AANHEF$</p>\n<p>Reageer uiterlijk $REACTIEDATUM$.</p>",
}


@pytest.fixture
async def http(mailer: parts.Bench) -> httpx.AsyncClient:
    """The api process of mailer, called in this process."""
    return client(mailer)


async def test_a_caseworker_sees_the_mails_of_a_case_and_gets_them_as_sent(
    mailer: parts.Bench, http: httpx.AsyncClient, smtp: SmtpDouble, stack: Stack, gemeente: str
) -> None:
    """The list names the mail; its source is what the mail server got."""
    one = order()
    await mailer.feed(settings_event(gemeente), parts.event_of(one, gemeente))
    await mailer.work("mails")
    who = token(stack, gemeente, Role.BEHANDELAAR)
    listed = (await http.get(f"/emails?zaakId={one.zaakId}", headers=who)).json()
    assert listed["aantal"] == 1
    assert listed["resultaten"][0]["status"] == "verzonden"
    assert listed["resultaten"][0]["aan"] == one.aan
    source = await http.get(f"/emails/{one.pogingId}/bron", headers=who)
    assert source.headers["content-type"] == "message/rfc822"
    assert source.content == smtp.accepted[0].content


async def test_a_raadpleger_sees_that_a_mail_was_sent_and_not_what_it_says(
    mailer: parts.Bench, http: httpx.AsyncClient, stack: Stack, gemeente: str
) -> None:
    """Status and moment yes; address and source no."""
    one = order()
    await mailer.feed(settings_event(gemeente), parts.event_of(one, gemeente))
    await mailer.work("mails")
    who = token(stack, gemeente, Role.RAADPLEGER)
    answer = await http.get(f"/emails/{one.pogingId}", headers=who)
    assert answer.json()["status"] == "verzonden"
    assert one.aan not in answer.text
    assert (await http.get(f"/emails/{one.pogingId}/bron", headers=who)).status_code == 403


async def test_another_gemeente_finds_nothing(
    mailer: parts.Bench, http: httpx.AsyncClient, stack: Stack, gemeente: str
) -> None:
    """With real ids: 404, and its own totals do not move."""
    one = order()
    await mailer.feed(settings_event(gemeente), parts.event_of(one, gemeente))
    await mailer.work("mails")
    roles = (Role.BEHANDELAAR, Role.BEHEERDER)
    mine, other = token(stack, gemeente, *roles), token(stack, parts.new_gemeente(), *roles)
    version = first_template_id(gemeente, Purpose.INVITATION)
    paths = (
        f"/emails/{one.pogingId}",
        f"/emails/{one.pogingId}/bron",
        f"/sjablonen/{version}",
        "/sjablonen/actief?doel=uitnodiging",
    )
    for path in paths:
        assert (await http.get(path, headers=mine)).status_code == 200, path
        assert (await http.get(path, headers=other)).status_code == 404, path
    for path in (f"/emails?zaakId={one.zaakId}", "/sjablonen"):
        assert (await http.get(path, headers=mine)).json()["aantal"] > 0, path
        assert (await http.get(path, headers=other)).json()["aantal"] == 0, path


async def test_a_mail_that_was_never_composed_has_no_source(
    mailer: parts.Bench, http: httpx.AsyncClient, stack: Stack, gemeente: str
) -> None:
    """404 that says why."""
    one = order()
    await mailer.feed(settings_event(gemeente), parts.event_of(one, gemeente))
    who = token(stack, gemeente, Role.BEHANDELAAR)
    answer = await http.get(f"/emails/{one.pogingId}/bron", headers=who)
    assert answer.status_code == 404
    assert "nog niet opgesteld" in answer.json()["detail"]


async def test_a_new_version_becomes_active_and_the_old_one_stays(
    mailer: parts.Bench, http: httpx.AsyncClient, stack: Stack, gemeente: str
) -> None:
    """Versions are added and never changed."""
    await mailer.feed(settings_event(gemeente))
    who = token(stack, gemeente, Role.BEHEERDER)
    before = (await http.get("/sjablonen/actief?doel=uitnodiging", headers=who)).json()
    first = (await http.get(f"/sjablonen/{before['id']}", headers=who)).json()
    added = await http.post("/sjablonen", json=GOOD, headers=who)
    assert added.status_code == 201, added.text
    assert added.json()["versie"] == 2
    active = (await http.get("/sjablonen/actief?doel=uitnodiging", headers=who)).json()
    assert active["id"] == added.json()["id"]
    assert (await http.get(f"/sjablonen/{before['id']}", headers=who)).json() == first
    kept = (await http.get(f"/sjablonen/{active['id']}", headers=who)).json()
    assert kept["html"] == GOOD["html"]


async def test_the_same_submit_twice_adds_one_version(
    mailer: parts.Bench, http: httpx.AsyncClient, stack: Stack, gemeente: str
) -> None:
    """A double click is one version."""
    await mailer.feed(settings_event(gemeente))
    who = token(stack, gemeente, Role.BEHEERDER) | {"Idempotency-Key": str(uuid4())}
    answers = [await http.post("/sjablonen", json=GOOD, headers=who) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert (await http.get("/sjablonen", headers=who)).json()["aantal"] == len(Purpose) + 1


async def test_a_wrong_template_is_refused_with_every_error_and_its_line(
    mailer: parts.Bench, http: httpx.AsyncClient, stack: Stack, gemeente: str
) -> None:
    """Subject, text and HTML together; nothing becomes active."""
    await mailer.feed(settings_event(gemeente))
    who = token(stack, gemeente, Role.BEHEERDER)
    wrong = GOOD | {
        "onderwerp": "Heronderzoek $BSN$",
        "tekst": "$AANHEF$\n$BESTAATNIET$ $REACTIEDATUM$",
        "html": "<p>$AANHEF$</p>\n<script>alert(1)</script><p>$REACTIEDATUM$</p>",
    }
    answer = await http.post("/sjablonen", json=wrong, headers=who)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    found = {item["name"]: item["reason"] for item in answer.json()["invalidParams"]}
    assert set(found) == {"onderwerp", "tekst", "html"}
    assert found["tekst"].startswith("Regel 2:")
    active = (await http.get("/sjablonen/actief?doel=uitnodiging", headers=who)).json()
    assert active["versie"] == 1


async def test_what_a_template_lacks_is_said_and_does_not_stop_it(
    mailer: parts.Bench, http: httpx.AsyncClient, stack: Stack, gemeente: str
) -> None:
    """A missing recommended field is a warning."""
    await mailer.feed(settings_event(gemeente))
    who = token(stack, gemeente, Role.BEHEERDER)
    answer = await http.post("/sjablonen", json=GOOD, headers=who)
    assert any("$TELEFOON_GEMEENTE$" in line for line in answer.json()["waarschuwingen"])
    assert "TELEFOON_GEMEENTE" in MERGE_FIELDS


@pytest.mark.parametrize("role", [Role.RAADPLEGER, Role.BEHANDELAAR, Role.COORDINATOR])
async def test_only_a_beheerder_changes_templates(
    http: httpx.AsyncClient, stack: Stack, gemeente: str, role: Role
) -> None:
    """The others get 403."""
    answer = await http.post("/sjablonen", json=GOOD, headers=token(stack, gemeente, role))
    assert answer.status_code == 403


async def test_without_a_token_nothing_is_shown(http: httpx.AsyncClient) -> None:
    """401 on every door."""
    for path in ("/emails?zaakId=" + str(uuid4()), "/sjablonen", f"/emails/{uuid4()}"):
        assert (await http.get(path)).status_code == 401, path
