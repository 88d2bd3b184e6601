"""Looked at before approval, tried on oneself, sent, came back, and written a letter instead."""

from __future__ import annotations

import smtplib
from email import message_from_bytes
from pathlib import Path
from typing import Any

from deploy.local.environment import RETURNS
from deploy.local.ports import HOST
from tests.support import rounds
from tests.support.caseworker import Caseworker
from tests.support.notifications import notification
from tests.support.people import people
from tests.support.system import System
from tests.support.waiting import until


def test_a_mail_that_comes_back_becomes_a_letter(system: System, tmp_path: Path) -> None:
    """Counts, the case and its messages say so; the letter is in a print file of the batch."""
    mail_server = system.stack.mail
    with rounds.signed_in(system) as worker, rounds.signed_in(system, "auditor") as auditor:
        batch = rounds.opened(worker, tmp_path, people(2, ["EMAIL"], partners=False))
        first, second = (one["id"] for one in worker.get("/zaken", batchId=batch)["resultaten"])
        look_before_approval(worker, auditor, system, batch, (first, second))

        worker.approve(batch)
        worker.reaches(batch, "afgerond", 120)
        sent = worker.get(f"/zaken/{first}/communicatie")["emails"][0]
        (arrived,) = mail_server.messages_to(sent["aan"])
        message_id = str(message_from_bytes(arrived)["Message-ID"])
        with smtplib.SMTP(HOST, system.stack.ports.smtp) as server:
            told = notification(message_id)
            server.sendmail("postmaster@elders.example.nl", [RETURNS], told)

        path = f"/batches/{batch}/niet-bezorgd"
        (came_back,) = until(lambda: worker.get(path)["resultaten"], 60, "mail came back")
        assert (came_back["zaakId"], came_back["brief"]) == (first, None)
        mails = worker.get(f"/batches/{batch}")["emails"]
        assert (mails["verzonden"], mails["nietBezorgd"], mails["mislukt"]) == (1, 1, 0)
        until(lambda: says_so(worker, first), 30, "message not delivered")

        ordered = worker.post(f"{path}/brieven", {})
        assert (ordered.status_code, ordered.json()["aantalBrieven"]) == (202, 1)
        prints = until(
            lambda: worker.get("/afdrukbestanden", batchId=batch)["resultaten"], 60, "print file"
        )
        assert [one["aantalBrieven"] for one in prints] == [1]
        assert worker.get(path)["resultaten"][0]["brief"] in {"gevraagd", "gelukt"}


def says_so(worker: Caseworker, case: str) -> bool:
    """Whether the message of the case is shown as not delivered, with a reason."""
    (message,) = worker.get(f"/zaken/{case}/berichten")["resultaten"]
    return message["status"] == "niet bezorgd" and bool(message["reden"])


def look_before_approval(
    worker: Caseworker,
    auditor: Caseworker,
    system: System,
    batch: str,
    cases: tuple[str, str],
) -> None:
    """The letter and mail of a resident with the real data, logged; a trial to oneself."""
    first, second = cases
    path = f"/batches/{batch}/zaken/{first}"
    mail = worker.get(f"{path}/voorbeeld-mail")
    assert (mail["zaakId"], mail["vorigeZaakId"], mail["volgendeZaakId"]) == (first, None, second)
    assert mail["aan"].endswith("@mail.example.nl")
    letter = worker.http.get(f"{path}/voorbeeld-brief")
    assert (letter.status_code, letter.content[:5]) == (200, b"%PDF-")
    assert f'/zaken/{second}/voorbeeld-brief>; rel="next"' in letter.headers["link"]
    trial = worker.post(f"{path}/proef")
    assert trial.status_code == 202, trial.text
    own = trial.json()["aan"]
    assert own == worker.get("/sessies/huidige")["gebruiker"]["email"]
    server = system.stack.mail
    until(lambda: any(map(is_trial, server.messages().get(own, []))), 30, "trial arrived")
    assert server.messages().get(mail["aan"]) is None
    lines: list[dict[str, Any]] = auditor.get("/logboek", perPagina=200)["resultaten"]
    done = {line["actie"] for line in lines if line["object"].startswith(path)}
    assert done == {"voorbeeldbriefOpenen", "voorbeeldmailLezen", "proefSturen"}


def is_trial(message: bytes) -> bool:
    """Whether a mail says that it is a trial."""
    return str(message_from_bytes(message)["Subject"]).startswith("[PROEF]")
