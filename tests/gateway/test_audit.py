"""The logboek: what is written, what is not, and that it only grows."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from shared.contracts.codes import Role
from tests.gateway.conftest import Gateway, sign_in
from tests.gateway.fake_services import FakeServices
from tests.support.parts import new_gemeente


async def _lines(gateway: Gateway, gemeente: str) -> list[Any]:
    return await gateway.rows("select * from audit_log order by id", gemeente)


async def test_reading_personal_data_and_every_change_is_logged(
    gateway: Gateway, services: FakeServices
) -> None:
    """Who, what, on which object, how it ended, from where, in which trace."""
    gemeente, case, batch = new_gemeente(), str(uuid4()), str(uuid4())
    services.tell("cases", "GET", f"/zaken/{case}", {}, 404)
    client = await gateway.signed_in(Role.BEHANDELAAR, gemeente=gemeente)
    trace = {"traceparent": f"00-{'ab' * 16}-{'cd' * 8}-01"}
    await client.get(f"/v1/zaken/{case}", headers=trace)
    await client.put(f"/v1/batches/{batch}/plan", json={})
    await client.get("/v1/batches")
    lines = await _lines(gateway, gemeente)
    assert [(line["action"], line["object"], line["result"]) for line in lines] == [
        ("aanmelden", "/sessies", 201),
        ("zaakLezen", f"/zaken/{case}", 404),
        ("planVastleggen", f"/batches/{batch}/plan", 200),
    ]
    assert {line["actor"] for line in lines} <= set(gateway.names.values())
    assert lines[1]["origin"].startswith("10.0.")
    assert lines[1]["trace_id"] == "ab" * 16


async def test_what_was_refused_is_logged_too(gateway: Gateway, services: FakeServices) -> None:
    """403 with who tried it."""
    gemeente = new_gemeente()
    client = await gateway.signed_in(Role.RAADPLEGER, gemeente=gemeente)
    await client.get(f"/v1/documenten/{uuid4()}/inhoud")
    lines = await _lines(gateway, gemeente)
    assert (lines[-1]["action"], lines[-1]["result"]) == ("documentOpenen", 403)
    assert services.seen == []


async def test_a_failed_sign_in_is_logged_without_the_name(gateway: Gateway) -> None:
    """What somebody typed as a name may be a password, or about a resident."""
    before = len(await _lines(gateway, "0000"))
    await sign_in(await gateway.client(), "getypt-geheim", "onjuist")
    lines = (await _lines(gateway, "0000"))[before:]
    assert [(line["actor"], line["result"]) for line in lines] == [("onbekend", 401)]
    assert "getypt-geheim" not in str(lines)


async def test_what_is_searched_for_is_not_logged(gateway: Gateway, services: FakeServices) -> None:
    """A search text may be a name."""
    gemeente = new_gemeente()
    client = await gateway.signed_in(Role.RAADPLEGER, gemeente=gemeente)
    await client.get("/v1/zaken?zoek=Voorbeeldnaam")
    assert services.seen[0].query == "zoek=Voorbeeldnaam"
    lines = await _lines(gateway, gemeente)
    assert lines[-1]["action"] == "zakenLezen"
    assert "Voorbeeldnaam" not in str(lines)


@pytest.mark.parametrize(
    "change", ["update audit_log set result = 200", "delete from audit_log", "truncate audit_log"]
)
async def test_a_line_that_was_written_stays(gateway: Gateway, change: str) -> None:
    """The service's own role cannot change the logboek."""
    gemeente = new_gemeente()
    await gateway.signed_in(Role.BEHANDELAAR, gemeente=gemeente)
    with pytest.raises(sa.exc.DBAPIError):
        await gateway.rows(change, gemeente)
    assert len(await _lines(gateway, gemeente)) == 1


async def test_an_auditor_reads_the_logboek_of_the_own_gemeente(gateway: Gateway) -> None:
    """Newest first, in pages, and reading it is logged as well."""
    gemeente = new_gemeente()
    await gateway.signed_in(Role.BEHANDELAAR)
    client = await gateway.signed_in(Role.AUDITOR, gemeente=gemeente)
    await client.get("/v1/logboek")
    page = (await client.get("/v1/logboek?perPagina=1")).json()
    assert page["aantal"] == 2
    assert [line["actie"] for line in page["resultaten"]] == ["logboekLezen"]
    assert (await client.get("/v1/logboek?perPagina=0")).status_code == 400
