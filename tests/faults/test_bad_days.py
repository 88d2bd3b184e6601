"""Bad days on the whole system: processes die and parts go away, and nobody is lost or doubled.

Nobody touches a thing: what fell starts again as the supervisor of `make up` (or Kubernetes) does.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from deploy.local.environment import SERVICES
from deploy.local.part import Part
from tests.support.caseworker import Approved, Caseworker
from tests.support.people import people, write
from tests.support.system import System
from tests.support.waiting import until

AWAY_SECONDS = 20
#: Fewer letters than mails: drawing letters is the slow part, and not what is tried here.
WAYS = ("BEIDE", "EMAIL", "EMAIL", "BRIEF")
#: As many go through the hands of each process as in a real batch, with one letter in eight.
MANY_WAYS = ("BEIDE", *["EMAIL"] * 14, "BRIEF")
#: Two processes of mailer were killed, each with four connections and the outcomes in its hands.
MOST_DOUBLED = 22
PROCESSES = (
    "cases-worker",
    "intake-worker",
    "documents-worker",
    "mailer-worker",
    "communications-worker",
    "cases-api",
    "intake-api",
    "documents-api",
    "mailer-api",
    "communications-api",
    "gateway-api",
)


def send(system: System, file: Path) -> tuple[Caseworker, str, Approved]:
    """Upload, confirm and approve; the batch is being sent when this returns."""
    worker = system.caseworker("behandelaar-9002")
    upload = worker.checked(file, 180)
    assert upload["status"] == "gecontroleerd", upload
    batch = worker.confirm(upload["id"])
    worker.opened(batch, 180)
    return worker, batch, worker.approve(batch)


def residents_of(system: System, batch: str) -> list[dict[str, Any]]:
    """The cases of a batch with their person's case id."""
    return system.query("cases", "select id, number from cases where batch_id = %s", batch)


def assert_nobody_lost(system: System, batch: str, approved: Approved, rows: int) -> Counter[str]:
    """Exactly one case, letter and mail each.

    Answers the Message-IDs that came into a mailbox more than once, and how many times too often.
    """
    assert len(residents_of(system, batch)) == rows
    letters = system.query(
        "documents",
        "select case_id from documents where batch_id = %s and state = 'gemaakt'",
        batch,
    )
    assert len(letters) == len({row["case_id"] for row in letters}) == approved.letters
    mails = system.query(
        "mailer",
        "select case_id, message_id from mails"
        " where batch_id = %s and status = 'verzonden' and purpose = 'uitnodiging'",
        batch,
    )
    assert len(mails) == len({row["case_id"] for row in mails}) == approved.mails
    ours = {f"<{row['message_id'].strip('<>')}>" for row in mails}
    assert len(ours) == approved.mails
    seen = {key: count for key, count in delivered(system).items() if key in ours}
    assert set(seen) == ours, f"{len(ours - set(seen))} mails were not delivered"
    return Counter({key: count - 1 for key, count in seen.items() if count > 1})


def delivered(system: System) -> Counter[str]:
    """How often each Message-ID lies in the mailboxes."""
    return Counter(
        line.split(b":", 1)[1].strip().decode()
        for raws in system.stack.mail.messages().values()
        for raw in raws
        for line in raw.split(b"\r\n\r\n", 1)[0].splitlines()
        if line.lower().startswith(b"message-id:")
    )


def assert_nothing_else_doubled(system: System, batch: str, approved: Approved) -> None:
    """One of each, wherever a resident's things lie: deliveries, S3, print file, persons."""
    orders = system.query(
        "cases", "select case_id, channel from deliveries where batch_id = %s", batch
    )
    assert len(orders) == len({(row["case_id"], row["channel"]) for row in orders})
    assert len(orders) == approved.letters + approved.mails
    people = system.query(
        "cases",
        "select bsn_index from persons join cases on cases.id = persons.case_id"
        " where batch_id = %s and open",
        batch,
    )
    assert len(people) == len({bytes(row["bsn_index"]) for row in people})

    def printed() -> list[dict[str, Any]]:
        return system.query(
            "documents",
            "select letters.document_id, files.number from print_file_letters letters"
            " join print_files files on files.id = letters.print_file_id where files.batch_id = %s",
            batch,
        )

    inside = until(printed, 60, "print file ordered")
    assert len(inside) == len({row["document_id"] for row in inside}) == approved.letters
    assert {row["number"] for row in inside} == {1}


def assert_told_once(system: System, batch: str, approved: Approved, rows: int) -> None:
    """The other services know of each case, letter and mail once."""
    cases = {str(row["id"]) for row in residents_of(system, batch)}

    def settled() -> bool:
        known = system.query(
            "communications", "select channel, case_id from messages where batch_id = %s", batch
        )
        count = Counter(row["channel"] for row in known if str(row["case_id"]) in cases)
        return count == Counter({"brief": approved.letters, "email": approved.mails})

    until(settled, 60, "communications knows every letter and mail once")
    invited = system.query(
        "cases",
        "select count(*) as n from cases where batch_id = %s and status = 'uitnodiging verzonden'",
        batch,
    )
    assert invited[0]["n"] == rows


def assert_closed(closed: dict[str, Any], approved: Approved, rows: int) -> None:
    """The figures of a closed batch add up."""
    assert closed["aantalZaken"] == rows
    assert closed["brieven"]["gemaakt"] == approved.letters
    assert closed["emails"]["verzonden"] == approved.mails


@pytest.mark.timeout(900)  # all its waits together; two workers each, on few cores
def test_every_process_may_die_in_the_middle_of_a_batch(
    system: System, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """Kill -9 of each process in turn while 2,000 residents are being handled, two workers each."""
    rows = 2000
    file = write(tmp_path / "inwoners.xlsx", people(rows, MANY_WAYS))
    seconds = [system.second(service) for service in SERVICES]
    worker = system.caseworker("behandelaar-9002")
    upload = worker.checked(file, 180)
    assert upload["status"] == "gecontroleerd", upload
    batch = worker.confirm(upload["id"])
    for name in ("intake-worker", "cases-worker"):
        system.kill(name)
    worker.opened(batch, 240)
    approved = worker.approve(batch)
    for name in PROCESSES:
        system.kill(name)
        time.sleep(1.5)
    for one in seconds:
        one.process.kill()
    closed = worker.reaches(batch, "afgerond", 600)
    assert_closed(closed, approved, rows)
    doubled = assert_nobody_lost(system, batch, approved, rows)
    assert_nothing_else_doubled(system, batch, approved)
    record_property("mails_sent", approved.mails)
    record_property("mails_doubled", doubled.total())
    sys.stdout.write(f"{doubled.total()} of {approved.mails} mails went twice: {sorted(doubled)}\n")
    assert doubled.total() <= MOST_DOUBLED, f"{doubled.total()} mails went twice"
    assert set(doubled.values()) <= {1}, f"a mail went more than twice: {doubled}"
    assert_told_once(system, batch, approved, rows)


@pytest.mark.parametrize("part", ["kafka", "postgres", "s3", "mail"])
def test_every_part_may_be_away_for_a_while(
    system: System, tmp_path: Path, part: str, record_property: Callable[[str, object], None]
) -> None:
    """Twenty seconds without a part in the middle of sending: it waits, then goes on by itself."""
    rows = 150
    file = write(tmp_path / "inwoners.xlsx", people(rows, WAYS))
    worker, batch, approved = send(system, file)
    take_away(system, part)
    closed = worker.reaches(batch, "afgerond", 300)
    assert_closed(closed, approved, rows)
    doubled = assert_nobody_lost(system, batch, approved, rows)
    record_property("mails_doubled", doubled.total())
    assert not doubled or part in {"postgres", "mail"}, (
        f"mails went twice without {part}: {doubled}"
    )
    assert_told_once(system, batch, approved, rows)


def take_away(system: System, name: str) -> None:
    """A part is not there for twenty seconds; mail keeps its mailboxes meanwhile."""
    if name == "mail":
        system.stack.mail.close_door()
        time.sleep(AWAY_SECONDS)
        system.stack.mail.open_door()
        return
    part: Part = getattr(system.stack, name)
    system.supervisor.absent.add(part.name)
    part.kill()
    time.sleep(AWAY_SECONDS)
    part.start()
    system.supervisor.absent.discard(part.name)
