"""Kill -9 while slow work of the side roads runs: each thing is still done, and done once."""

from __future__ import annotations

import io
import smtplib
import time
from email import message_from_bytes
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from deploy.local.environment import RETURNS, SERVICES
from deploy.local.ports import HOST
from tests.support import after_sending, destruction, rounds
from tests.support.caseworker import Caseworker
from tests.support.notifications import notification
from tests.support.people import people, write
from tests.support.system import System
from tests.support.waiting import until

USER = "behandelaar-9002"
WRONG_ROWS = 3000
WITHDRAWN = 300
MAILS = 40
INVITATIONS = "select message_id from mails where batch_id = %s and purpose = 'uitnodiging'"


@pytest.mark.timeout(600)  # what a killed process had in hand is let go after a minute, twice
def test_every_worker_may_die_while_it_does_slow_work(system: System, tmp_path: Path) -> None:
    """Copies, withdrawals, bounces, letters, post and destruction all come to their end, once."""
    with (
        rounds.signed_in(system, USER) as worker,
        rounds.signed_in(system, "beheerder-9002") as administrator,
        rounds.signed_in(system, "coordinator-9002") as second,
    ):
        old = destruction.due(system, worker, tmp_path)
        batch = rounds.sent(worker, tmp_path, people(MAILS, ["EMAIL"], partners=False)).batch
        wrong = rounds.opened(worker, tmp_path, people(WITHDRAWN))
        upload = wrong_file(worker, tmp_path)
        listed = destruction.asked(administrator)

        come_back(system, batch)
        assert worker.post(f"/batches/{wrong}/intrekking", {"reden": "Verkeerd"}).is_success
        assert second.post(f"/vernietigingen/{listed}/akkoord").status_code == 202
        copy = worker.post(f"/uploads/{upload}/kopieen", {"soort": "gemarkeerd"}).json()["id"]
        time.sleep(0.5)
        kill_workers(system)
        assert_withdrawn(system, worker, wrong)
        assert_destroyed(system, administrator, listed, old)
        assert_marked(worker, f"/kopieen/{copy}")
        until(lambda: figures(worker, batch, "emails")["nietBezorgd"] == MAILS, 180, "came back")

        ordered = worker.post(f"/batches/{batch}/niet-bezorgd/brieven", {})
        assert ordered.json()["aantalBrieven"] == MAILS
        time.sleep(1)
        kill_workers(system)
        (file,) = until(lambda: print_files(worker, batch), 180, "print file ready")
        assert file["aantalBrieven"] == MAILS
        said = {"gepostDatum": after_sending.today()}
        assert worker.post(f"/afdrukbestanden/{file['id']}/gepost", said).status_code == 200
        kill_workers(system)
        assert_posted_once(system, worker, batch)


def kill_workers(system: System) -> None:
    """End every worker at once; nothing of what they had in hand is finished."""
    for service in SERVICES:
        system.kill(f"{service}-worker")


def wrong_file(worker: Caseworker, folder: Path) -> str:
    """An upload in which every row has a mistake; its id."""
    rows = people(WRONG_ROWS)
    for row in rows:
        row["GEBOORTEDATUM"] = "ooit"
    found: str = worker.checked(write(folder / "fout.xlsx", rows), 120)["id"]
    return found


def assert_marked(worker: Caseworker, path: str) -> None:
    """The copy is whole: each wrong row says what is wrong."""
    ready(worker, path, "gereed", 180)
    content = worker.http.get(f"{path}/inhoud").content
    sheet = openpyxl.load_workbook(io.BytesIO(content), read_only=True).worksheets[0]
    *_, faults = zip(*sheet.iter_rows(values_only=True), strict=True)
    assert faults[0] == "FOUTEN"
    assert sum(bool(fault) for fault in faults[1:]) == WRONG_ROWS


def assert_withdrawn(system: System, worker: Caseworker, batch: str) -> None:
    """Every case is stopped, and nobody is written to."""
    ready(worker, f"/batches/{batch}", "ingetrokken", 120)
    ended = system.query(
        "cases", "select status, count(*) as n from cases where batch_id = %s group by 1", batch
    )
    assert ended == [{"status": "gestopt", "n": WITHDRAWN}]
    for service, table in (("mailer", "mails"), ("documents", "documents")):
        assert not system.query(service, f"select 1 from {table} where batch_id = %s", batch)  # noqa: S608


def assert_destroyed(system: System, administrator: Caseworker, made: str, batch: str) -> None:
    """All services say that all is gone, and the register says so of each case."""
    ready(administrator, f"/vernietigingen/{made}", "klaar", 180)
    register = administrator.get(f"/vernietigingen/{made}/zaken", perPagina=200)["resultaten"]
    wiped = ("brieven", "emails", "berichten", "rij")
    assert register
    assert all(line[f"{name}GewistOp"] for line in register for name in wiped)
    assert not system.query("cases", "select 1 from cases where batch_id = %s", batch)


def assert_posted_once(system: System, worker: Caseworker, batch: str) -> None:
    """Every letter is posted, and its case says so once."""
    until(lambda: figures(worker, batch, "brieven")["gepost"] == MAILS, 120, "all posted")
    entries = system.query(
        "cases",
        "select case_id from timeline join cases on cases.id = timeline.case_id"
        " where batch_id = %s and what = 'Brief gepost'",
        batch,
    )
    assert len(entries) == len({entry["case_id"] for entry in entries}) == MAILS


def ready(worker: Caseworker, path: str, status: str, seconds: float) -> None:
    """Wait until a thing has a status; the system may be unable to answer meanwhile."""
    until(
        lambda: (worker.patient_get(path) or {}).get("status") == status,
        seconds,
        f"{path} {status}",
    )


def figures(worker: Caseworker, batch: str, kind: str) -> dict[str, Any]:
    """What a batch says of its letters or mails."""
    found = worker.patient_get(f"/batches/{batch}")
    return dict(found[kind]) if found else dict.fromkeys(("gepost", "nietBezorgd"))


def print_files(worker: Caseworker, batch: str) -> list[dict[str, Any]]:
    """The print files of a batch, once all are ready."""
    found = worker.patient_get(f"/afdrukbestanden?batchId={batch}")
    made: list[dict[str, Any]] = found["resultaten"] if found else []
    return made if made and all(one["status"] == "gereed" for one in made) else []


def come_back(system: System, batch: str) -> None:
    """Every mail of a batch is returned by its resident's server."""
    sent = system.query("mailer", INVITATIONS, batch)
    ours = {row["message_id"].strip("<>") for row in sent}
    assert len(ours) == MAILS
    arrived = [
        str(message_from_bytes(raw)["Message-ID"])
        for raws in system.stack.mail.messages().values()
        for raw in raws
    ]
    with smtplib.SMTP(HOST, system.stack.ports.smtp) as server:
        for message_id in arrived:
            if message_id.strip("<>") in ours:
                told = notification(message_id)
                server.sendmail("postmaster@elders.example.nl", [RETURNS], told)
