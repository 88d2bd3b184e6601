"""Answers that several services make together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest

from deploy.local import ports
from shared.contracts.codes import Role
from tests.gateway.conftest import Gateway
from tests.gateway.fake_services import FakeServices

BATCH, LETTER, MAIL = str(uuid4()), str(uuid4()), str(uuid4())
APPROVAL = {
    "aantalEmails": 3,
    "aantalBrieven": 2,
    "briefSjabloonVersieId": LETTER,
    "emailSjabloonVersieId": MAIL,
}


@pytest.fixture
def proposal(services: FakeServices) -> FakeServices:
    """A batch that waits for approval, with both templates active."""
    plan = {"aantalEmails": 3, "aantalBrieven": 2, "verzendDatum": "2026-12-01"}
    services.tell("cases", "GET", f"/batches/{BATCH}/plan", plan)
    services.tell("cases", "GET", f"/batches/{BATCH}", {"status": "open"})
    services.tell("cases", "POST", f"/batches/{BATCH}/akkoord", {"batchId": BATCH}, 202)
    for service, version in (("documents", LETTER), ("mailer", MAIL)):
        template = {"id": version, "naam": "Uitnodiging", "versie": 4, "doel": "uitnodiging"}
        services.tell(service, "GET", "/sjablonen/actief", template)
    return services


async def _approve(client: httpx.AsyncClient, **changes: Any) -> httpx.Response:
    return await client.post(f"/v1/batches/{BATCH}/akkoord", json={**APPROVAL, **changes})


def _approvals(services: FakeServices) -> int:
    return sum(seen.path.endswith("/akkoord") for seen in services.seen)


async def test_the_proposal_shows_counts_and_active_templates(
    gateway: Gateway, proposal: FakeServices
) -> None:
    """Nothing is missing, so it can be approved."""
    client = await gateway.signed_in(Role.BEHANDELAAR)
    found = (await client.get(f"/v1/batches/{BATCH}/voorstel")).json()
    assert found["plan"]["aantalEmails"] == 3
    assert (found["briefSjabloon"]["id"], found["emailSjabloon"]["id"]) == (LETTER, MAIL)
    assert found["ontbreekt"] == []
    assert proposal.seen[1].query == "doel=uitnodiging"


async def test_a_missing_template_is_a_warning_before_anything_is_uploaded(
    gateway: Gateway, proposal: FakeServices
) -> None:
    """Each channel by itself, with what still works and whom to ask."""
    client = await gateway.signed_in(Role.BEHANDELAAR)
    found = (await client.get("/v1/startvoorwaarden")).json()
    assert (found["briefSjabloon"]["id"], found["emailSjabloon"]["id"]) == (LETTER, MAIL)
    assert found["waarschuwingen"] == []
    proposal.tell("mailer", "GET", "/sjablonen/actief", {}, 404)
    found = (await client.get("/v1/startvoorwaarden")).json()
    (warning,) = found["waarschuwingen"]
    assert warning["kanaal"] == "email"
    assert "geen e-mails versturen. Vraag een beheerder" in warning["uitleg"]
    assert found["emailSjabloon"] is None
    proposal.tell("documents", "GET", "/sjablonen/actief", {}, 500)
    assert (await client.get("/v1/startvoorwaarden")).status_code == 503


async def test_a_missing_template_is_told_only_when_it_is_needed(
    gateway: Gateway, proposal: FakeServices
) -> None:
    """The channel and what to do."""
    client = await gateway.signed_in(Role.BEHANDELAAR)
    proposal.tell("documents", "GET", "/sjablonen/actief", {}, 404)
    (missing,) = (await client.get(f"/v1/batches/{BATCH}/voorstel")).json()["ontbreekt"]
    assert missing["kanaal"] == "brief"
    assert "Vraag een beheerder" in missing["uitleg"]
    assert (await _approve(client, briefSjabloonVersieId=None)).status_code == 409
    mails_only = {"aantalEmails": 3, "aantalBrieven": 0}
    proposal.tell("cases", "GET", f"/batches/{BATCH}/plan", mails_only)
    assert (await client.get(f"/v1/batches/{BATCH}/voorstel")).json()["ontbreekt"] == []
    answer = await _approve(client, aantalBrieven=0, briefSjabloonVersieId=None)
    assert answer.status_code == 202


async def test_what_was_shown_can_be_approved(gateway: Gateway, proposal: FakeServices) -> None:
    """The service cases gets it as it was given."""
    client = await gateway.signed_in(Role.COORDINATOR)
    answer = await _approve(client)
    assert (answer.status_code, answer.json()) == (202, {"batchId": BATCH})
    assert _approvals(proposal) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"aantalEmails": 4},
        {"aantalBrieven": 1},
        {"briefSjabloonVersieId": str(uuid4())},
        {"emailSjabloonVersieId": None},
    ],
)
async def test_what_changed_in_between_is_not_approved(
    gateway: Gateway, proposal: FakeServices, change: dict[str, Any]
) -> None:
    """409 with what would be sent now; cases hears nothing."""
    client = await gateway.signed_in(Role.BEHANDELAAR)
    answer = await _approve(client, **change)
    assert answer.status_code == 409
    problem = answer.json()
    assert {name: problem[name] for name in APPROVAL} == APPROVAL
    assert _approvals(proposal) == 0


async def test_a_double_submit_is_for_cases_to_answer(
    gateway: Gateway, proposal: FakeServices
) -> None:
    """Once approved, a new template must not turn the repeat into a refusal."""
    proposal.tell("cases", "GET", f"/batches/{BATCH}", {"status": "verzenden"})
    proposal.tell("mailer", "GET", "/sjablonen/actief", {"id": LETTER, "naam": "A", "versie": 5})
    client = await gateway.signed_in(Role.BEHANDELAAR)
    key = {"Idempotency-Key": str(uuid4())}
    answer = await client.post(f"/v1/batches/{BATCH}/akkoord", json=APPROVAL, headers=key)
    assert answer.status_code == 202
    assert proposal.seen[-1].headers["idempotency-key"] == key["Idempotency-Key"]


async def test_an_unknown_batch_has_no_proposal_and_no_progress(
    gateway: Gateway, services: FakeServices
) -> None:
    """404 at every service is 404 here."""
    for service in ("intake", "cases", "documents"):
        services.tell(service, "GET", f"/batches/{BATCH}", {}, 404)
    services.tell("cases", "GET", f"/batches/{BATCH}/plan", {}, 404)
    client = await gateway.signed_in(Role.BEHANDELAAR)
    for path in ("voorstel", "voortgang"):
        assert (await client.get(f"/v1/batches/{BATCH}/{path}")).status_code == 404
    assert (await _approve(client)).status_code == 404


async def test_progress_is_what_each_service_knows(
    gateway: Gateway, services: FakeServices
) -> None:
    """A batch that cases has not met yet is already at intake."""
    services.tell("intake", "GET", f"/batches/{BATCH}", {"aantalRijen": 5, "aangeboden": 2})
    services.tell("cases", "GET", f"/batches/{BATCH}", {}, 404)
    services.tell("documents", "GET", f"/batches/{BATCH}", {}, 404)
    client = await gateway.signed_in(Role.BEHANDELAAR)
    found = (await client.get(f"/v1/batches/{BATCH}/voortgang")).json()
    assert found["bestand"]["aangeboden"] == 2
    assert (found["zaken"], found["brieven"], found["nietBereikbaar"]) == (None, None, [])


async def test_progress_goes_on_without_a_part_that_is_away(
    make_gateway: Callable[..., Any], services: FakeServices
) -> None:
    """The part is named, the rest is shown; a proposal without a part is not made."""
    urls = services.urls() | {"documents_url": f"http://127.0.0.1:{ports.free_base()}"}
    gateway: Gateway = await make_gateway(**urls)
    services.tell("cases", "GET", f"/batches/{BATCH}", {"status": "verzenden"})
    client = await gateway.signed_in(Role.BEHANDELAAR)
    found = (await client.get(f"/v1/batches/{BATCH}/voortgang")).json()
    assert found["nietBereikbaar"] == ["Brieven"]
    assert found["zaken"] == {"status": "verzenden"}
    assert (await client.get(f"/v1/batches/{BATCH}/voorstel")).status_code == 503


async def test_communication_lists_letters_and_mails_with_links(
    gateway: Gateway, services: FakeServices
) -> None:
    """The links lead through the gateway."""
    services.tell("documents", "GET", "/documenten", {"resultaten": [{"id": LETTER}]})
    services.tell("mailer", "GET", "/emails", {"resultaten": [{"id": MAIL}]})
    client = await gateway.signed_in(Role.BEHANDELAAR)
    found = (await client.get(f"/v1/zaken/{BATCH}/communicatie")).json()
    assert found["brieven"][0]["links"]["inhoud"] == f"/v1/documenten/{LETTER}/inhoud"
    assert found["emails"][0]["links"]["bron"] == f"/v1/emails/{MAIL}/bron"


async def test_communication_of_another_gemeente_is_not_found(
    gateway: Gateway, services: FakeServices
) -> None:
    """An empty list would say that the case exists."""
    services.tell("cases", "GET", f"/zaken/{BATCH}", {}, 404)
    services.tell("documents", "GET", "/documenten", {"resultaten": []})
    services.tell("mailer", "GET", "/emails", {"resultaten": []})
    client = await gateway.signed_in(Role.BEHANDELAAR)
    assert (await client.get(f"/v1/zaken/{BATCH}/communicatie")).status_code == 404
