"""One XLSX through all services: the main job, as a caseworker does it."""

from __future__ import annotations

import email
import email.policy
import hashlib
import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from examples.residents import write_workbook
from tests.support.caseworker import Caseworker
from tests.support.system import System
from tests.support.waiting import until

ROWS = 60


@pytest.fixture(scope="module")
def journey(system: System, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A batch of sixty residents that was sent and closed."""
    file = tmp_path_factory.mktemp("flow") / "inwoners.xlsx"
    write_workbook(file, rows=ROWS, wrong=0, seed=11)
    worker = system.caseworker()
    system.stack.mail.forget()
    upload = worker.checked(file)
    assert upload["status"] == "gecontroleerd", upload
    batch = worker.confirm(upload["id"])
    opened = worker.opened(batch)
    approved = worker.approve(batch)
    closed = worker.reaches(batch, "afgerond", 240)
    return {
        "worker": worker,
        "upload": upload,
        "batch": batch,
        "opened": opened,
        "approved": approved,
        "closed": closed,
        "system": system,
    }


def test_every_row_has_its_case_in_the_order_of_the_file(journey: dict[str, Any]) -> None:
    """Sixty rows, sixty cases, numbered as they stand in the file."""
    assert journey["opened"]["aantalZaken"] == ROWS
    assert journey["opened"]["aantalGeweigerd"] == 0
    rows = journey["system"].query(
        "cases", "select number, row from cases where batch_id = %s order by row", journey["batch"]
    )
    numbers = [row["number"] for row in rows]
    assert numbers == sorted(numbers)
    assert len(set(numbers)) == ROWS
    assert re.fullmatch(r"HO-\d{4}-\d{6}", numbers[0])


def test_all_counts_add_up(journey: dict[str, Any]) -> None:
    """Letters and mails made are those that were approved, and none failed."""
    closed, approved = journey["closed"], journey["approved"]
    assert closed["brieven"]["gemaakt"] == approved.letters
    assert closed["emails"]["verzonden"] == approved.mails
    assert closed["brieven"]["mislukt"] == closed["emails"]["mislukt"] == 0
    assert closed["aantalZaken"] == ROWS


def test_every_case_is_invited(journey: dict[str, Any]) -> None:
    """The status went on by itself."""
    page = journey["worker"].get("/zaken", batchId=journey["batch"], perPagina=100)
    assert page["aantal"] == ROWS
    assert {case["status"] for case in page["resultaten"]} == {"uitnodiging verzonden"}


def test_a_list_is_logged_as_a_look_at_everybody_in_it(journey: dict[str, Any]) -> None:
    """One line per resident, as with a look at one of them."""
    worker: Caseworker = journey["worker"]
    listed = worker.get("/zaken", batchId=journey["batch"], perPagina=100)["resultaten"]
    worker.get("/documenten", zaakId=listed[0]["id"])
    lines = journey["system"].query(
        "gateway", "select action, case_id, trace_id from audit_log order by id desc limit %s", 200
    )
    looks = {str(line["case_id"]) for line in lines if line["action"] == "zakenLezen"}
    assert {case["id"] for case in listed} <= looks
    documents = next(line for line in lines if line["action"] == "documentenLezen")
    assert str(documents["case_id"]) == listed[0]["id"]


def test_each_resident_gets_one_mail_of_his_own(journey: dict[str, Any]) -> None:
    """Text and HTML, a Message-ID each, no BSN, and kept exactly as it was sent."""
    boxes = journey["system"].stack.mail.messages()
    mails = [
        email.message_from_bytes(raw, policy=email.policy.default)
        for address, raws in boxes.items()
        if not address.startswith("behandelaar")
        for raw in raws
    ]
    invitations = [mail for mail in mails if mail["Auto-Submitted"]]
    assert len(invitations) >= journey["approved"].mails
    assert len({mail["Message-ID"] for mail in mails}) == len(mails)
    for mail in invitations[:5]:
        kinds = {part.get_content_type() for part in mail.walk()}
        assert {"text/plain", "text/html"} <= kinds


def test_the_letters_can_be_printed_as_one_file(journey: dict[str, Any]) -> None:
    """Afdrukbestand 1 holds every letter in the file's order, with a manifest and a ZIP."""
    worker: Caseworker = journey["worker"]

    def ready() -> list[dict[str, Any]]:
        found = worker.get("/afdrukbestanden", batchId=journey["batch"])["resultaten"]
        return [file for file in found if file["status"] == "gereed"]

    listed = until(ready, 60, "print file ready")
    assert len(listed) == 1
    one = listed[0]
    assert one["aantalBrieven"] == journey["approved"].letters
    whole = worker.http.get(f"/afdrukbestanden/{one['id']}/pdf")
    with pikepdf.open(io.BytesIO(whole.content)) as pdf:
        assert len(pdf.pages) == one["aantalPaginas"]
    archive = zipfile.ZipFile(
        io.BytesIO(worker.http.get(f"/afdrukbestanden/{one['id']}/zip").content)
    )
    names = archive.namelist()
    assert len(names) == one["aantalBrieven"]
    assert names == sorted(names)
    manifest = worker.http.get(f"/afdrukbestanden/{one['id']}/manifest").text
    assert hashlib.sha256(archive.read(names[0])).hexdigest() in manifest


def test_the_starter_gets_a_mail_with_a_link(journey: dict[str, Any]) -> None:
    """One mail to the colleague, with the address of the Batchoverzicht."""
    system: System = journey["system"]

    def ready_mails() -> list[bytes]:
        link = f"/batches/{journey['batch']}".encode()
        return [
            raw
            for raws in system.stack.mail.messages().values()
            for raw in raws
            if link in raw.replace(b"=\r\n", b"")
        ]

    assert len(until(ready_mails, 60, "mail to the starter")) == 1


def test_letters_and_mails_of_a_case_can_be_opened(journey: dict[str, Any]) -> None:
    """What was sent to a resident is listed with his case, and downloads as it was sent."""
    worker: Caseworker = journey["worker"]
    page = worker.get("/zaken", batchId=journey["batch"], perPagina=100)
    seen = {"brieven": 0, "emails": 0}
    for case in page["resultaten"]:
        sent = worker.get(f"/zaken/{case['id']}/communicatie")
        seen["brieven"] += len(sent["brieven"])
        seen["emails"] += len(sent["emails"])
        if sent["brieven"] and sent["emails"]:
            letter = worker.http.get(f"/documenten/{sent['brieven'][0]['id']}/inhoud")
            assert letter.content.startswith(b"%PDF-")
            mail = worker.http.get(f"/emails/{sent['emails'][0]['id']}/bron")
            assert b"Message-ID:" in mail.content
    assert seen == {"brieven": journey["approved"].letters, "emails": journey["approved"].mails}


def test_the_same_residents_again_are_refused_with_their_case_numbers(
    journey: dict[str, Any], tmp_path: Path
) -> None:
    """Who has an open case gets no second one; the finding names it."""
    file = tmp_path / "weer.xlsx"
    write_workbook(file, rows=ROWS, wrong=0, seed=11)
    upload = journey["worker"].checked(file)
    running = [group for group in upload["groepen"] if group["soort"] == "lopende-zaak"]
    assert sum(group["aantal"] for group in running) >= ROWS
    page = journey["worker"].get(f"/uploads/{upload['id']}/bevindingen", soort="lopende-zaak")
    assert "HO-" in str(page["resultaten"][0])
