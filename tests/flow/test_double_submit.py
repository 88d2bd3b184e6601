"""Twice is harmless: the same request four times at once, two people at once, and what changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.support import rounds, templates
from tests.support.caseworker import Caseworker, agreement
from tests.support.people import people, write
from tests.support.system import System

TIMES = 4


@pytest.fixture(scope="module")
def worker(system: System) -> Iterator[Caseworker]:
    """A caseworker."""
    with rounds.signed_in(system) as found:
        yield found


@pytest.fixture(scope="module")
def colleague(system: System) -> Iterator[Caseworker]:
    """A coördinator of the same gemeente."""
    with rounds.signed_in(system, "coordinator") as found:
        yield found


@pytest.fixture(scope="module")
def administrator(system: System) -> Iterator[Caseworker]:
    """A beheerder of the same gemeente."""
    with rounds.signed_in(system, "beheerder") as found:
        yield found


def at_once(*asks: Callable[[], httpx.Response]) -> list[httpx.Response]:
    """Do all of it at the same time."""
    with ThreadPoolExecutor(len(asks)) as threads:
        return [each.result() for each in [threads.submit(ask) for ask in asks]]


def the_same(answers: list[httpx.Response]) -> Any:
    """The one answer that all of them are."""
    assert {answer.status_code for answer in answers} == {202}, [each.text for each in answers]
    first = answers[0].json()
    assert [answer.json() for answer in answers] == [first] * len(answers)
    return first


def test_an_upload_sent_four_times_at_once_is_one_upload(
    worker: Caseworker, tmp_path: Path
) -> None:
    """One key, one upload, one answer; the key with another file is refused."""
    file, key = write(tmp_path / "bewoners.xlsx", people(2)), str(uuid4())
    before = worker.get("/uploads")["aantal"]
    upload = the_same(at_once(*[lambda: worker.upload(file, key=key)] * TIMES))
    assert worker.get("/uploads")["aantal"] == before + 1
    other = worker.upload(write(tmp_path / "anders.xlsx", people(2)), key=key)
    assert other.status_code == 409
    assert "Idempotency-Key" in other.json()["detail"]
    assert worker.get(f"/uploads/{upload['id']}")["bestandsnaam"] == "bewoners.xlsx"


@pytest.fixture(scope="module")
def batch(worker: Caseworker, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A batch that was confirmed four times at once, and its cases are open."""
    rows = people(6)
    upload = rounds.checked(worker, tmp_path_factory.mktemp("double"), rows)
    before, key = worker.get("/batches")["aantal"], str(uuid4())
    path, body = f"/uploads/{upload}/bevestiging", {"akkoord": True}
    answer = the_same(at_once(*[lambda: worker.post(path, body, key=key)] * TIMES))
    assert answer["aantalRijen"] == len(rows)
    opened = worker.opened(answer["batchId"])
    assert (opened["aantalZaken"], opened["aantalGeweigerd"]) == (len(rows), 0)
    assert worker.get("/batches")["aantal"] == before + 1
    found: str = answer["batchId"]
    return found


def test_a_confirmation_sent_four_times_at_once_is_one_batch(system: System, batch: str) -> None:
    """One batch with one case per row, and one range of case numbers."""
    rows = system.query("cases", "select number, row from cases where batch_id = %s", batch)
    assert (
        len(rows)
        == len({each["row"] for each in rows})
        == len({each["number"] for each in rows})
        == 6
    )


def test_two_colleagues_who_confirm_at_once_make_one_batch(
    worker: Caseworker, colleague: Caseworker, tmp_path: Path
) -> None:
    """Other people, other keys: the same batch for both."""
    upload = rounds.checked(worker, tmp_path, people(3))
    path, body = f"/uploads/{upload}/bevestiging", {"akkoord": True}
    answers = at_once(*[lambda who=who: who.post(path, body) for who in (worker, colleague) * 2])
    opened = worker.opened(the_same(answers)["batchId"])
    assert opened["aantalZaken"] == 3


def test_an_approval_of_other_counts_is_refused_with_the_true_ones(
    worker: Caseworker, batch: str
) -> None:
    """409 in Dutch, and nothing was ordered."""
    shown = rounds.planned(worker, batch)
    asked = {**agreement(shown), "aantalBrieven": 1_000}
    answer = worker.post(f"/batches/{batch}/akkoord", asked)
    assert answer.status_code == 409
    problem = answer.json()
    assert problem["aantalBrieven"] == shown["plan"]["aantalBrieven"]
    assert problem["aantalEmails"] == shown["plan"]["aantalEmails"]
    assert "akkoord" in problem["detail"]
    assert worker.get(f"/batches/{batch}")["status"] == "open"


@pytest.mark.parametrize(
    ("collection", "template", "field"),
    [
        ("briefsjablonen", templates.letter_template("Nieuwe brief"), "briefSjabloonVersieId"),
        ("emailsjablonen", templates.mail_template("Nieuwe e-mail"), "emailSjabloonVersieId"),
    ],
)
def test_an_approval_of_a_template_that_changed_is_refused_with_the_new_one(
    worker: Caseworker,
    administrator: Caseworker,
    batch: str,
    collection: str,
    template: dict[str, Any],
    field: str,
) -> None:
    """The beheerder places a version after the caseworker looked."""
    seen = agreement(rounds.planned(worker, batch))
    version = templates.place(administrator, collection, template)
    answer = worker.post(f"/batches/{batch}/akkoord", seen)
    assert answer.status_code == 409, answer.text
    assert answer.json()[field] == version != seen[field]
    assert worker.get(f"/batches/{batch}")["status"] == "open"
    assert worker.get(f"/batches/{batch}/voorstel")[field.removesuffix("VersieId")]["id"] == version


def test_an_approval_sent_four_times_at_once_sends_once(
    system: System, worker: Caseworker, batch: str
) -> None:
    """Each resident has one letter and one mail in the end, with the version that was approved."""
    asked, key = agreement(rounds.planned(worker, batch)), str(uuid4())
    the_same(at_once(*[lambda: worker.post(f"/batches/{batch}/akkoord", asked, key=key)] * TIMES))
    closed = worker.reaches(batch, "afgerond", 120)
    assert closed["brieven"]["gemaakt"] == asked["aantalBrieven"]
    assert closed["emails"]["verzonden"] == asked["aantalEmails"]
    mails = system.query("mailer", "select template_id from mails where batch_id = %s", batch)
    invitations = [
        each for each in mails if str(each["template_id"]) == asked["emailSjabloonVersieId"]
    ]
    assert len(invitations) == asked["aantalEmails"]
    letters = system.query("documents", "select id from documents where batch_id = %s", batch)
    assert len(letters) == asked["aantalBrieven"]


def test_of_two_colleagues_who_approve_at_once_one_is_told_that_it_was_done(
    worker: Caseworker, colleague: Caseworker, tmp_path: Path
) -> None:
    """One approval counts; the other gets the same answer or a clear refusal in Dutch."""
    batch = rounds.opened(worker, tmp_path, people(3))
    asked = agreement(rounds.planned(worker, batch))
    path = f"/batches/{batch}/akkoord"
    answers = at_once(*[lambda who=who: who.post(path, asked) for who in (worker, colleague)])
    assert sorted(answer.status_code for answer in answers) in ([202, 202], [202, 409])
    for answer in answers:
        if answer.status_code == 409:
            assert "al akkoord gegeven" in answer.json()["detail"]
    closed = worker.reaches(batch, "afgerond", 120)
    assert closed["brieven"]["gemaakt"] == asked["aantalBrieven"]
    assert closed["emails"]["verzonden"] == asked["aantalEmails"]
    assert worker.post(path, asked).status_code == 409


def test_of_approving_and_withdrawing_at_once_one_wins(
    system: System, worker: Caseworker, colleague: Caseworker, tmp_path: Path
) -> None:
    """The other hears what happened; everything is sent, or nothing is."""
    batch = rounds.opened(worker, tmp_path, people(2, ["EMAIL"]))
    asked = agreement(rounds.planned(worker, batch))
    path, body = f"/batches/{batch}", {"reden": "Verkeerd bestand"}
    approved, withdrawn = at_once(
        lambda: worker.post(f"{path}/akkoord", asked),
        lambda: colleague.post(f"{path}/intrekking", body),
    )
    answers = {approved.status_code: approved, withdrawn.status_code: withdrawn}
    assert set(answers) == {202, 409}, (approved.text, withdrawn.text)
    is_sent = approved.status_code == 202
    assert ("akkoord gegeven" if is_sent else "ingetrokken") in answers[409].json()["detail"]
    ended = worker.reaches(batch, "afgerond" if is_sent else "ingetrokken", 120)
    assert ended["emails"]["verzonden"] == (2 if is_sent else 0)
    mails = system.query("mailer", "select id from mails where batch_id = %s", batch)
    assert len(mails) == ended["emails"]["verzonden"]
