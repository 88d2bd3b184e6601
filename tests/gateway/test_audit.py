"""The logboek: what is written, what is not, and that it only grows."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any
from uuid import uuid4

import openpyxl
import pytest
import sqlalchemy as sa

from services.gateway import spreadsheet
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


async def test_an_auditor_asks_for_a_period_a_colleague_an_action_a_case_and_a_result(
    gateway: Gateway, services: FakeServices
) -> None:
    """Each question alone leaves out what does not fit."""
    gemeente, case = new_gemeente(), str(uuid4())
    services.tell("cases", "GET", f"/zaken/{case}", {}, 404)
    worker = await gateway.signed_in(Role.BEHANDELAAR, gemeente=gemeente)
    await worker.get(f"/v1/zaken/{case}")
    await worker.get("/v1/zaken")
    auditor = await gateway.signed_in(Role.AUDITOR, gemeente=gemeente)
    actor = (await _lines(gateway, gemeente))[0]["actor"]
    today = date.today().isoformat()  # noqa: DTZ011 - as somebody in front of a screen
    for question, count in (
        (f"zaakId={case}", 1),
        (f"zaakId={uuid4()}", 0),
        ("actie=zakenLezen", 1),
        (f"gebruikerId={actor}", 3),
        ("resultaat=404", 1),
        (f"vanDatum=2020-01-01&totDatum={today}", 9),
        ("totDatum=2020-01-01", 0),
    ):
        page = (await auditor.get(f"/v1/logboek?{question}")).json()
        assert page["aantal"] == count, question
    page = (await auditor.get(f"/v1/logboek?zaakId={case}")).json()
    assert page["resultaten"][0]["gebruikerNaam"] == "Sam Bakker"


async def test_a_period_that_ends_before_it_begins_is_refused(gateway: Gateway) -> None:
    """With what to do, and the try is in the logboek."""
    gemeente = new_gemeente()
    auditor = await gateway.signed_in(Role.AUDITOR, gemeente=gemeente)
    answer = await auditor.get("/v1/logboek?vanDatum=2026-02-01&totDatum=2026-01-01")
    assert answer.status_code == 400
    assert answer.json()["invalidParams"][0]["name"] == "totDatum"
    assert (await _lines(gateway, gemeente))[-1]["result"] == 400


async def test_the_logboek_is_saved_as_csv_and_as_a_workbook(gateway: Gateway) -> None:
    """The same lines in both, harmless in a spreadsheet, and saving it is logged."""
    gemeente = new_gemeente()
    auditor = await gateway.signed_in(Role.AUDITOR, gemeente=gemeente)
    saved = await auditor.get("/v1/logboek/bestand?soort=csv")
    assert saved.headers["content-disposition"] == 'attachment; filename="logboek.csv"'
    rows = list(csv.reader(saved.content.decode("utf-8-sig").splitlines(), delimiter=";"))
    assert rows[1][4] == "aanmelden"
    saved = await auditor.get("/v1/logboek/bestand?soort=xlsx&actie=aanmelden")
    sheet = openpyxl.load_workbook(io.BytesIO(saved.content))["Logboek"]
    found = [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert found == rows[:2]
    last = (await _lines(gateway, gemeente))[-1]
    assert (last["action"], last["detail"]) == ("logboekOpslaan", "1 regels als xlsx")


def test_a_text_that_looks_like_a_formula_stays_a_text() -> None:
    """In CSV by a sign before it, in a workbook by its type."""
    told = [["=1+1", "@x", "<&>\x01"]]
    assert b"'=1+1;'@x" in spreadsheet.as_csv(("a", "b", "c"), told)
    book = openpyxl.load_workbook(io.BytesIO(spreadsheet.as_xlsx("Blad", ("a", "b", "c"), told)))
    assert [cell.data_type for cell in book["Blad"][2]] == ["s", "s", "s"]
    assert book["Blad"]["C2"].value == "<&>"


async def test_each_case_that_an_answer_shows_has_a_line_of_its_own(
    gateway: Gateway, services: FakeServices
) -> None:
    """The service says whose data it shows; the browser does not get to see that header."""
    gemeente, cases = new_gemeente(), sorted(str(uuid4()) for _ in range(2))
    services.tell("cases", "GET", "/zaken", {}, headers={"data-subjects": ",".join(cases)})
    worker = await gateway.signed_in(Role.RAADPLEGER, gemeente=gemeente)
    answer = await worker.get("/v1/zaken")
    assert "data-subjects" not in answer.headers
    lines = (await _lines(gateway, gemeente))[1:]
    assert [str(line["case_id"]) for line in lines] == cases
