"""Who looks through the logboek for one resident also finds the files that held the resident."""

from __future__ import annotations

from uuid import uuid4

from shared.contracts.codes import Role
from tests.gateway.conftest import Gateway
from tests.gateway.fake_services import FakeServices
from tests.support.parts import new_gemeente


async def test_files_that_held_a_resident_are_found_by_the_case(
    gateway: Gateway, services: FakeServices
) -> None:
    """Of the batch and of the print file, not of others; what was refused was not seen."""
    gemeente, case = new_gemeente(), str(uuid4())
    batch, other, file = (str(uuid4()) for _ in range(3))
    services.tell("cases", "POST", "/batch-van-zaak", {"batchId": batch})
    services.tell("documents", "POST", "/afdrukbestanden-met-zaak", {"afdrukbestandIds": [file]})
    services.tell("documents", "GET", f"/afdrukbestanden/{file}/zip", {}, 404)
    worker = await gateway.signed_in(Role.BEHANDELAAR, gemeente=gemeente)
    for path in (
        f"zaken/{case}",
        f"batches/{batch}/resultaten",
        f"batches/{other}/resultaten",
        f"afdrukbestanden/{file}/pdf",
        f"afdrukbestanden/{file}/zip",
        f"afdrukbestanden/{file}/manifest",
        f"afdrukbestanden/{other}/pdf",
    ):
        await worker.get(f"/v1/{path}")
    auditor = await gateway.signed_in(Role.AUDITOR, gemeente=gemeente)
    lines = (await auditor.get(f"/v1/logboek?zaakId={case}")).json()["resultaten"]
    assert [line["actie"] for line in lines] == [
        "manifestOpenen",
        "afdrukbestandOpenen",
        "resultatenExporteren",
        "zaakLezen",
    ]
    only = await auditor.get(f"/v1/logboek?zaakId={case}&actie=resultatenExporteren")
    assert only.json()["aantal"] == 1
    saved = await auditor.get(f"/v1/logboek/bestand?zaakId={case}")
    assert len(saved.text.strip().splitlines()) == 5
    asked = [one for one in services.seen if one.path.endswith("van-zaak")]
    assert {one.identity.id for one in asked} == {"systeem:gateway"}


async def test_without_an_answer_nothing_is_found_instead_of_half(
    gateway: Gateway, services: FakeServices
) -> None:
    """Whoever looks must not think that this is all; the try is in the logboek."""
    services.tell("cases", "POST", "/batch-van-zaak", {}, 503)
    auditor = await gateway.signed_in(Role.AUDITOR)
    answer = await auditor.get(f"/v1/logboek?zaakId={uuid4()}")
    assert answer.status_code == 503
    assert "Zaken" in answer.json()["detail"]
    assert (await auditor.get("/v1/logboek?resultaat=503")).json()["aantal"] == 1
