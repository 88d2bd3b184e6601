"""Batches at the edge: one resident, no letter, no mail, nothing at all; they end as others do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support import rounds
from tests.support.caseworker import Caseworker, agreement
from tests.support.people import people
from tests.support.system import System
from tests.support.waiting import until


@pytest.fixture(scope="module")
def worker(system: System) -> Iterator[Caseworker]:
    """A caseworker."""
    with rounds.signed_in(system) as found:
        yield found


def ended(worker: Caseworker, batch: str) -> tuple[dict[str, int], dict[str, int], list[Any]]:
    """What a batch made and sent when it was done, and its print files."""
    told = worker.reaches(batch, "afgerond", 120)
    letters, mails = ({k: v for k, v in told[name].items() if v} for name in ("brieven", "emails"))
    return letters, mails, worker.get("/afdrukbestanden", batchId=batch)["resultaten"]


def starter_was_told(system: System, worker: Caseworker, batch: str) -> bool:
    """Whether a mail with the address of the batch came, and a notice."""
    own = worker.get("/sessies/huidige")["gebruiker"]["email"]
    mails = [raw.replace(b"=\r\n", b"") for raw in system.stack.mail.messages().get(own, [])]
    notices = [one for one in worker.get("/meldingen")["resultaten"] if batch in str(one)]
    return any(f"/batches/{batch}".encode() in mail for mail in mails) and bool(notices)


def test_one_resident_with_a_mail_and_no_letter(
    system: System, worker: Caseworker, tmp_path: Path
) -> None:
    """No print file is waited for, and the starter is told all the same."""
    batch = rounds.opened(worker, tmp_path, people(1, ["EMAIL"]))
    approved = worker.approve(batch)
    assert (approved.letters, approved.mails) == (0, 1)
    assert ended(worker, batch) == ({}, {"verzonden": 1}, [])
    until(lambda: starter_was_told(system, worker, batch), 60, "starter told")


def test_one_resident_with_a_letter_and_no_mail(
    system: System, worker: Caseworker, tmp_path: Path
) -> None:
    """Nothing has to be declared about e-mail; the one letter is in the one print file."""
    batch = rounds.opened(worker, tmp_path, people(1, ["BRIEF"]))
    wish = {**rounds.plan_of(worker.get(f"/batches/{batch}/plan")), "verklaring": None}
    answer = worker.http.put(f"/batches/{batch}/plan", json=wish)
    assert answer.status_code == 200, answer.text
    shown = worker.get(f"/batches/{batch}/voorstel")
    assert shown["ontbreekt"] == []
    answer = worker.post(f"/batches/{batch}/akkoord", agreement(shown))
    assert answer.status_code == 202, answer.text
    letters, mails, (file,) = ended(worker, batch)
    assert (letters, mails) == ({"gemaakt": 1}, {})
    assert (file["status"], file["aantalBrieven"]) == ("gereed", 1)
    until(lambda: starter_was_told(system, worker, batch), 60, "starter told")


def test_a_batch_whose_residents_are_all_excluded_sends_nothing_and_ends(
    system: System, worker: Caseworker, tmp_path: Path
) -> None:
    """Its cases stay; there is no print file and no mail, and the starter is told."""
    batch = rounds.opened(worker, tmp_path, people(2, ["BEIDE"]))
    cases = [one["id"] for one in worker.get("/zaken", batchId=batch)["resultaten"]]
    body = {"zaakIds": cases, "reden": "Toch nog niet"}
    assert worker.post(f"/batches/{batch}/uitsluitingen", body).is_success
    approved = worker.approve(batch)
    assert (approved.letters, approved.mails) == (0, 0)
    assert ended(worker, batch) == ({"uitgesloten": 2}, {"uitgesloten": 2}, [])
    until(lambda: starter_was_told(system, worker, batch), 60, "starter told")
    found = worker.get("/zaken", batchId=batch)["resultaten"]
    assert {one["status"] for one in found} == {"aangemaakt"}
