"""Another system that follows the public topics, as examples/ shows it: a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from deploy.local.service_process import ROOT
from examples.subscriber import TOPICS as FOLLOWED
from shared.contracts.topics import TOPICS
from tests.support import rounds
from tests.support.broker import Broker, Plain
from tests.support.people import people
from tests.support.system import System
from tests.support.waiting import until

IDLE_SECONDS = 3
#: Public, and none of our own services reads it: what is broken there breaks nobody.
MESSAGES = "communicatie.berichten"


@pytest.fixture(scope="module")
def broker(system: System) -> Broker:
    """The system's Kafka."""
    return Broker(system.stack.environment()["KAFKA_BOOTSTRAP"])


def new_group(broker: Broker) -> str:
    """A subscriber that has read all that was there before."""
    group = f"subscriber-{uuid4()}"
    broker.up_to_date(group, FOLLOWED)
    return group


def follow(broker: Broker, group: str) -> subprocess.CompletedProcess[str]:
    """Run the subscriber until it has been quiet for a while."""
    return subprocess.run(
        [
            sys.executable, "-m", "examples.subscriber", "--bootstrap", broker.bootstrap,
            "--group", group, "--idle", str(IDLE_SECONDS),
        ],
        cwd=ROOT, capture_output=True, text=True, timeout=90, check=False,
    )  # fmt: skip


def test_it_follows_every_public_topic_and_no_sealed_one() -> None:
    """A new topic has to be added to the example, or not be public."""
    assert set(FOLLOWED) == {topic.name for topic in TOPICS.values() if topic.public}


def test_a_subscriber_sees_a_whole_round_and_every_event_fits_its_schema(
    system: System, broker: Broker, tmp_path: Path
) -> None:
    """One event per fact, of each kind the right number, and again from the start: the same."""
    group = new_group(broker)
    rows = people(5)
    with rounds.signed_in(system) as worker:
        done = rounds.sent(worker, tmp_path, rows)
        until(
            lambda: worker.get("/afdrukbestanden", batchId=done.batch)["resultaten"],
            60,
            "print file",
        )
    answer = follow(broker, group)
    assert answer.returncode == 0, answer.stdout[-2000:] + answer.stderr
    assert "0 onbekend, 0 ongeldig" in answer.stderr
    ours = subjects_of(system, done.batch)
    lines = [line for line in map(str.split, answer.stdout.splitlines()) if line[3] in ours]
    kinds = Counter(line[2].split(".", 2)[2] for line in lines)
    letters, mails = done.approved.letters, done.approved.mails
    assert {line[1] for line in lines} == {"9001"}
    assert kinds["intake.batch-bevestigd.v1"] == 1
    assert kinds["zaken.zaak-geopend.v1"] == len(rows)
    assert kinds["zaken.zaakstatus-gewijzigd.v1"] == len(rows)
    assert kinds["documenten.document-opgeslagen.v1"] == letters
    assert kinds["berichten.email-verzonden.v1"] == mails
    assert kinds["communicatie.bericht-geplaatst.v1"] == letters + mails
    assert kinds["zaken.batch-afgerond.v1"] == kinds["documenten.afdrukbestand-gereed.v1"] == 1


def subjects_of(system: System, batch: str) -> set[str]:
    """The ids of all that belongs to a batch; other batches may still be ending meanwhile."""
    found = {batch}
    for service, statement in (
        ("cases", "select id from cases where batch_id = %s"),
        ("cases", "select id from deliveries where batch_id = %s"),
        ("documents", "select id from documents where batch_id = %s"),
        ("documents", "select id from print_files where batch_id = %s"),
        ("communications", "select id from messages where batch_id = %s"),
    ):
        found |= {str(each["id"]) for each in system.query(service, statement, batch)}
    return found


def test_a_subscriber_notices_an_event_that_breaks_the_contract(broker: Broker) -> None:
    """It says which field, leaves it alone, goes on with the next, and ends with code 1."""
    group = new_group(broker)
    unknown = {**fact(), "type": "nl.heronderzoek.zaken.zaak-geverfd.v1"}
    broken = fact()
    broken["data"]["rij"] = "twee"
    twice = fact()
    events = (unknown, broken, twice, twice)
    broker.send([Plain(MESSAGES, json.dumps(event).encode()) for event in events])
    answer = follow(broker, group)
    assert answer.returncode == 1, answer.stdout + answer.stderr
    assert "1 nieuw, 1 herhaald, 1 onbekend, 1 ongeldig" in answer.stderr
    assert "past niet bij het schema, veld $.data.rij" in answer.stdout
    assert "onbekend type 'nl.heronderzoek.zaken.zaak-geverfd.v1'" in answer.stdout


def fact() -> dict[str, Any]:
    """A good event of a gemeente where nobody works."""
    case = str(uuid4())
    return {
        "specversion": "1.0",
        "id": str(uuid4()),
        "type": "nl.heronderzoek.zaken.zaak-geopend.v1",
        "source": "urn:nld:oin:00000001823288444000:systeem:heronderzoek-cases",
        "subject": case,
        "time": datetime.now(UTC).isoformat(),
        "gemeente": "9777",
        "actor": "systeem:proef",
        "correlationid": str(uuid4()),
        "sequence": 1,
        "datacontenttype": "application/json",
        "data": {"zaakId": case, "zaaknummer": "HO-2026-000001", "batchId": str(uuid4()), "rij": 2},
    }
