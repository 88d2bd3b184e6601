"""Trying again at the gateway: newer templates count only as they are now."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx
import pytest

from shared.contracts.codes import Role
from tests.gateway.conftest import Gateway
from tests.gateway.fake_services import FakeServices
from tests.support.parts import new_gemeente

BATCH, LETTER, MAIL = str(uuid4()), str(uuid4()), str(uuid4())
PATH = f"/v1/batches/{BATCH}/opnieuw"
SHOWN = {
    "aantalEmails": 1,
    "aantalBrieven": 2,
    "briefSjabloonVersieId": LETTER,
    "emailSjabloonVersieId": MAIL,
}


@pytest.fixture
def failed(services: FakeServices) -> FakeServices:
    """A batch of which some failed, with both templates active."""
    for service, version in (("documents", LETTER), ("mailer", MAIL)):
        template = {"id": version, "naam": "Uitnodiging", "versie": 4, "doel": "uitnodiging"}
        services.tell(service, "GET", "/sjablonen/actief", template)
    given = {"batchId": BATCH, "aantalBrieven": 2, "aantalEmails": 1, "aangeboden": False}
    services.tell("cases", "POST", f"/batches/{BATCH}/opnieuw", given, 202)
    return services


async def _again(client: httpx.AsyncClient, **changes: Any) -> httpx.Response:
    return await client.post(PATH, json={"akkoord": {**SHOWN, **changes}})


def _asked(services: FakeServices) -> int:
    return sum(seen.path.endswith("/opnieuw") for seen in services.seen)


async def test_the_templates_that_were_shown_and_are_active_go_on_to_cases(
    gateway: Gateway, failed: FakeServices
) -> None:
    """With the answer of cases as it is."""
    client = await gateway.signed_in(Role.COORDINATOR)
    answer = await _again(client)
    assert (answer.status_code, answer.json()["aantalBrieven"]) == (202, 2)
    assert _asked(failed) == 1


async def test_without_agreement_nobody_is_asked_about_templates(
    gateway: Gateway, failed: FakeServices
) -> None:
    """What was approved before is used, also when a newer one is active."""
    client = await gateway.signed_in(Role.BEHANDELAAR)
    assert (await client.post(PATH, json={})).status_code == 202
    assert [seen.service for seen in failed.seen] == ["cases"]


@pytest.mark.parametrize(
    ("service", "field", "status"),
    [
        ("documents", "briefSjabloonVersieId", 200),
        ("mailer", "emailSjabloonVersieId", 200),
        ("documents", "briefSjabloonVersieId", 404),
        ("mailer", "emailSjabloonVersieId", 404),
    ],
)
async def test_a_template_that_is_not_the_active_one_any_more_is_refused_with_the_one_that_is(
    gateway: Gateway, failed: FakeServices, service: str, field: str, status: int
) -> None:
    """Replaced or taken away since it was on the screen; cases hears nothing, the logboek does."""
    newer, gemeente = str(uuid4()), new_gemeente()
    failed.tell(service, "GET", "/sjablonen/actief", {"id": newer}, status)
    client = await gateway.signed_in(Role.BEHANDELAAR, gemeente=gemeente)
    answer = await _again(client)
    assert answer.status_code == 409
    assert answer.json()[field] == (newer if status == 200 else None)
    others = {name: value for name, value in SHOWN.items() if name != field}
    assert {name: answer.json()[name] for name in others} == others
    assert _asked(failed) == 0
    auditor = await gateway.signed_in(Role.AUDITOR, gemeente=gemeente)
    lines = (await auditor.get("/v1/logboek")).json()["resultaten"]
    assert [line["resultaat"] for line in lines if line["actie"] == "opnieuwProberen"] == [409]


async def test_a_channel_of_which_nothing_failed_needs_no_template(
    gateway: Gateway, failed: FakeServices
) -> None:
    """Whichever is active for it."""
    failed.tell("mailer", "GET", "/sjablonen/actief", {}, 404)
    client = await gateway.signed_in(Role.BEHANDELAAR)
    answer = await _again(client, aantalEmails=0, emailSjabloonVersieId=None)
    assert answer.status_code == 202
    assert _asked(failed) == 1


async def test_templates_that_cannot_be_looked_up_stop_it(
    gateway: Gateway, failed: FakeServices
) -> None:
    """Better later than with a template that nobody saw."""
    failed.tell("documents", "GET", "/sjablonen/actief", {}, 500)
    client = await gateway.signed_in(Role.BEHANDELAAR)
    assert (await _again(client)).status_code == 503
    assert _asked(failed) == 0
