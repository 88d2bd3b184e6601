"""Taking a file in: what is accepted, what is refused at once, and double submits."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from uuid import uuid4

import httpx
import pytest
import sqlalchemy as sa

from services.intake import tables
from services.intake.domain import MAX_FILE_NAME, clean_file_name
from services.intake.frames import file_key
from services.intake.workbook.identify import MAX_FILE
from shared.chassis.malware import MalwareScanner
from shared.chassis.run import make_web
from shared.contracts.codes import Role
from tests.intake.colleague import XLSX, Intake
from tests.support.clamd import EICAR, clamd

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "leeg-bestand"),
        (b"BSN;ACHTERNAAM\n999990019;Voorbeeld\n", "tekst-of-csv"),
        (b"%PDF-1.7 \n", "pdf"),
        (b"<html><table></table></html>", "webpagina-of-xml"),
        (OLE, "oud-xls"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "versleuteld"),
    ],
)
async def test_what_is_no_workbook_is_named_at_once(
    intake: Intake, content: bytes, code: str
) -> None:
    """The name says .xlsx, the bytes do not; nothing is kept."""
    problem = await intake.send(content, status=400)
    assert [param["code"] for param in problem["invalidParams"]] == [code]
    assert problem["invalidParams"][0]["name"] == "bestand"
    assert not await intake.rows(sa.select(tables.uploads))
    assert not await intake.bucket.keys(f"{intake.gemeente}/")


async def test_a_request_without_a_file_says_what_to_send(intake: Intake) -> None:
    """No multipart, no file field, another field: the same answer."""
    requests: list[dict[str, Any]] = [
        {"json": {}},
        {"data": {"bestand": "x"}},
        {"files": {"ander": ("a", b"PK")}},
    ]
    for given in requests:
        problem = await intake.call("POST", "/uploads", status=400, **given)
        assert problem["detail"] == "Stuur het bestand mee in het veld 'bestand'."


async def test_more_than_fifty_megabytes_is_refused(intake: Intake) -> None:
    """By its announced length, before a byte is read."""
    headers = {
        "Content-Length": str(MAX_FILE * 2),
        "Content-Type": "multipart/form-data; boundary=x",
    }
    problem = await intake.call("POST", "/uploads", status=413, headers=headers, content=b"")
    assert "50 MB" in problem["detail"]


async def test_an_endless_body_is_cut_off(intake: Intake) -> None:
    """Without an announced length the bytes are counted; reading stops past the limit."""
    sent = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal sent
        yield b'--x\r\nContent-Disposition: form-data; name="bestand"; filename="a.xlsx"\r\n\r\n'
        while True:
            sent += 1 << 20
            yield bytes(1 << 20)

    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    problem = await intake.call("POST", "/uploads", status=413, headers=headers, content=body())
    assert "50 MB" in problem["detail"]
    assert sent <= MAX_FILE + (2 << 20)


async def test_a_double_submit_gives_the_same_upload(intake: Intake, key: str) -> None:
    """One row, one file, one answer."""
    content = intake.workbook(1)
    answers = [await intake.send(content, Idempotency_Key=key) for _ in range(2)]
    assert answers[0] == answers[1]
    assert len(await intake.rows(sa.select(tables.uploads))) == 1
    assert len(await intake.bucket.keys(f"{intake.gemeente}/")) == 1
    await intake.bench.work_all("checks")


async def test_another_file_under_the_same_key_is_refused(intake: Intake, key: str) -> None:
    """The first file stays as it was, and the other one is not kept."""
    first = intake.workbook(1)
    sent = await intake.send(first, Idempotency_Key=key)
    await intake.send(intake.workbook(2), status=409, Idempotency_Key=key)
    stored = await intake.bucket.keys(f"{intake.gemeente}/")
    assert len(stored) == 1
    assert await intake.bucket.get_sealed(stored[0]) == first
    assert sent["id"] in stored[0]
    await intake.bench.work_all("checks")


async def test_uploads_are_listed_newest_first(intake: Intake) -> None:
    """With the name of who sent them, paged."""
    for number in range(3):
        await intake.send(intake.workbook(1), name=f"{number}.xlsx")
    page = await intake.call("GET", "/uploads?perPagina=2")
    assert page["aantal"] == 3
    assert [u["bestandsnaam"] for u in page["resultaten"]] == ["2.xlsx", "1.xlsx"]
    assert page["resultaten"][0]["ontvangenDoor"] == "Sam Bakker"
    second = await intake.call("GET", "/uploads?perPagina=2&pagina=2")
    assert [u["bestandsnaam"] for u in second["resultaten"]] == ["0.xlsx"]


async def test_another_gemeente_finds_nothing(intake: Intake) -> None:
    """Every address answers 404 with real ids, and lists stay empty."""
    upload = await intake.checked(intake.workbook(2))
    confirmed = await intake.confirm(upload["id"])
    stranger = intake.token(gemeente="9999")
    for path in (
        f"/uploads/{upload['id']}",
        f"/uploads/{upload['id']}/bevindingen",
        f"/batches/{confirmed['batchId']}",
        f"/batches/{confirmed['batchId']}/geweigerde-rijen",
    ):
        await intake.call("GET", path)
        await intake.call("GET", path, status=404, headers=stranger)
    await intake.call(
        "POST",
        f"/uploads/{upload['id']}/bevestiging",
        status=404,
        headers=stranger,
        json={"akkoord": True},
    )
    assert (await intake.call("GET", "/uploads", headers=stranger))["aantal"] == 0


async def test_only_colleagues_who_handle_cases_may_upload(intake: Intake) -> None:
    """A behandelaar or coordinator; nobody without a token."""
    content = intake.workbook(1)
    allowed = {Role.BEHANDELAAR, Role.COORDINATOR}
    for role in set(Role) - allowed - {Role.SYSTEEM}:
        headers = intake.token(role)
        files = {"bestand": ("a.xlsx", content, XLSX)}
        await intake.call("POST", "/uploads", status=403, headers=headers, files=files)
        await intake.call("GET", "/uploads", status=403, headers=headers)
    answer = await intake.http.get("/v1/uploads")
    assert answer.status_code == 401
    await intake.call("GET", "/uploads", headers=intake.token(Role.COORDINATOR))


async def test_an_unknown_upload_is_not_found(intake: Intake) -> None:
    """Also when it is confirmed."""
    await intake.call("GET", f"/uploads/{uuid4()}", status=404)
    await intake.confirm(str(uuid4()), status=404)


async def test_the_stored_workbook_is_what_was_sent(intake: Intake) -> None:
    """Sealed under the key of its upload."""
    content = intake.workbook(2)
    sent = await intake.send(content)
    assert await intake.bucket.get_sealed(file_key(intake.gemeente, sent["id"])) == content
    await intake.bench.work_all("checks")


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("november.xlsx", "november.xlsx"),
        ("C:\\Users\\sam\\november.xlsx", "november.xlsx"),
        ("../../etc/passwd", "passwd"),
        ("a\x00b\n\u202ec.xlsx", "a b c.xlsx"),
        ("zaak 999990019.xlsx", "zaak *****.xlsx"),
        ("factuur 123456789.xlsx", "factuur 123456789.xlsx"),
        ("", "naamloos.xlsx"),
        ("é".encode().decode() * 300 + ".xlsx", "é" * (MAX_FILE_NAME - 5) + ".xlsx"),
    ],
)
def test_a_file_name_is_cleaned(given: str, shown: str) -> None:
    """No path, no control characters, no BSN, at most 200 characters."""
    assert clean_file_name(given) == shown


@asynccontextmanager
async def scanned(intake: Intake, address: str) -> AsyncIterator[Intake]:
    """The same service, with a virus scanner at this address."""
    bench = intake.bench
    built = replace(bench.built, state={**bench.built.state, "scanner": MalwareScanner(address)})
    transport = httpx.ASGITransport(make_web(bench.parts, built), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://intake") as client:
        yield replace(intake, http=client)


async def test_what_the_virus_scanner_knows_is_not_stored(intake: Intake) -> None:
    """EICAR in a file is refused in words; without a verdict a good file waits outside as well."""
    good = intake.workbook(1)
    async with clamd() as scanner, scanned(intake, scanner.address) as guarded:
        problem = await guarded.send(good + EICAR, status=400)
        assert problem["invalidParams"][0]["code"] == "schadelijk-bestand"
        await guarded.send(good)
        assert scanner.seen == [good + EICAR, good]
        assert len(await intake.rows(sa.select(tables.uploads))) == 1
    async with scanned(intake, scanner.address) as guarded:
        problem = await guarded.send(good, status=503)
        assert "virusscanner" in problem["detail"]
    assert len(await intake.rows(sa.select(tables.uploads))) == 1
