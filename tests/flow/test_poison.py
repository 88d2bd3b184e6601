"""Events that nobody can handle, on the real Kafka: set aside, counted, braked on, replayed."""

from __future__ import annotations

import http.client
import json
from base64 import b64decode
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from deploy.local.ports import HOST
from shared.chassis.codec import Outgoing, encode
from shared.chassis.sealing import KeyRing
from shared.contracts.codes import Preference
from shared.contracts.envelope import Event
from shared.contracts.events import RijAangeboden, RijGeweigerd, ZaakGeopend
from shared.contracts.persons import Persoon
from shared.contracts.topics import dead_letter_topic
from tests.support.broker import Broker, Plain
from tests.support.commands import dead_letters, last_line, listed
from tests.support.parts import event_of
from tests.support.people import people
from tests.support.system import System
from tests.support.waiting import until

#: Nobody signs in there, so what these tests leave behind is in nobody's way.
GEMEENTE = "9777"
ROWS, CASES = RijAangeboden.topic, ZaakGeopend.topic
BRAKE_AFTER = 50
WRONG_KEYS = ("1:" + "QUFB" * 10 + "QUE=", "1:" + "QkJC" * 10 + "QkI=")


@pytest.fixture(scope="module")
def broker(system: System) -> Broker:
    """The system's Kafka."""
    return Broker(system.stack.environment()["KAFKA_BOOTSTRAP"])


@pytest.fixture(scope="module")
def keys(system: System) -> KeyRing:
    """The keys that the services seal with."""
    environment = system.stack.environment()
    return KeyRing.of(environment["SEAL_KEYS"], environment["INDEX_KEYS"])


def row(number: int = 1) -> Event[RijAangeboden]:
    """A row of somebody new."""
    person = people(1, partners=False)[0]
    data = RijAangeboden(
        zaakId=uuid4(),
        batchId=uuid4(),
        zaaknummer=f"HO-2026-{uuid4().int % 10**6:06d}",
        rij=number + 1,
        volgnummer=number,
        persoon=Persoon(
            bsn=person["BSN"],
            achternaam=person["ACHTERNAAM"],
            geboortedatum="1970-01-31",
            email=person["EMAIL"],
            communicatievoorkeur=Preference.EMAIL,
        ),
    )
    return event_of(data, GEMEENTE)


def plain(outgoing: Outgoing, **changes: Any) -> Plain:
    """An event as the relay would produce it."""
    made = Plain(outgoing.topic, outgoing.payload, outgoing.key, dict(outgoing.headers))
    return replace(made, **changes)


def good(keys: KeyRing) -> tuple[Plain, UUID]:
    """A row that can be handled, and its case."""
    event = row()
    return plain(encode(event, keys)), event.data.zaakId


def altered(outgoing: Outgoing, **attributes: Any) -> Plain:
    """An event whose envelope says something else; its header too, as a producer would do it."""
    body = {**json.loads(outgoing.payload), **attributes}
    headers = {**outgoing.headers, "ce_type": body["type"]}
    return plain(outgoing, value=json.dumps(body).encode(), headers=headers)


def is_open(system: System, case: UUID) -> bool:
    """Whether a case was opened for a row."""
    return bool(system.query("cases", "select 1 from cases where id = %s", case))


def newest_letter(system: System, service: str) -> int:
    """The number of the last dead letter so far."""
    found = system.query(service, "select coalesce(max(id), 0) as newest from dead_letters")
    newest: int = found[0]["newest"]
    return newest


def new_letters(system: System, service: str, since: int) -> list[dict[str, Any]]:
    """The dead letters that came after one."""
    statement = "select id, reason from dead_letters where id > %s order by id"
    return system.query(service, statement, since)


def status(port: int, path: str) -> int:
    """What a process says about its health."""
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


def poison(keys: KeyRing) -> dict[str, Plain]:
    """One of each kind, and what its reason starts with."""
    wrong = KeyRing.of(*WRONG_KEYS)
    kind = RijAangeboden.type
    opened = event_of(
        ZaakGeopend(zaakId=uuid4(), zaaknummer="HO-2026-000001", batchId=uuid4(), rij=2), GEMEENTE
    )
    moved = encode(row(), keys)
    return {
        "geen JSON": Plain(ROWS, b"\xff\xfe\x00 geen event"),
        f"onbekend type {kind[:-2]}v2": altered(encode(row(), keys), type=kind[:-2] + "v2"),
        "onbekend type nl.voorbeeld": altered(encode(row(), keys), type="nl.voorbeeld.iets.v1"),
        "envelope: specversion": altered(encode(row(), keys), specversion="2.0"),
        "envelope: gemeente": altered(encode(row(), keys), gemeente="Waterdam"),
        f"{ZaakGeopend.type} hoort niet op": plain(encode(opened, keys), topic=ROWS, headers={}),
        "het zegel past niet": plain(encode(row(), wrong)),
        "het zegel past niet ": altered(moved, subject=str(uuid4())),
    }


def test_what_cannot_be_read_is_set_aside_and_the_rest_goes_on(
    system: System, broker: Broker, keys: KeyRing
) -> None:
    """Each kind becomes one dead letter with its reason; the good row behind it opens its case."""
    since = newest_letter(system, "cases")
    sent = poison(keys)
    last, case = good(keys)
    broker.send([*sent.values(), last])
    until(lambda: is_open(system, case), 60, "the good row behind the poison is handled")
    letters = [each for each in listed(system, "cases") if int(each["id"]) > since]
    assert len(letters) == len(sent)
    for reason, letter in zip(sent, letters, strict=True):
        assert letter["reason"].startswith(reason.strip())
        assert letter["place"].startswith(f"{ROWS}/0/")
        assert letter["kind"] == ("parked" if reason.startswith("onbekend") else "dead")


def test_a_dead_letter_is_shown_with_its_bytes_and_copied_to_its_topic(
    system: System, broker: Broker
) -> None:
    """Ops sees what came in exactly; the copy says why and from where."""
    mark = f"onleesbaar {uuid4()}".encode()
    since = newest_letter(system, "cases")
    broker.send([Plain(ROWS, mark)])
    letter = until(lambda: new_letters(system, "cases", since), 30, "dead letter")[0]
    told = dead_letters(system, "cases", "show", str(letter["id"])).stdout
    shown = json.loads(told[: told.rindex("}") + 1])
    assert b64decode(shown["payload_base64"]) == mark

    def copy() -> Plain | None:
        found = broker.read([dead_letter_topic(ROWS, "cases")])
        return next((record for record in found if record.value == mark), None)

    copied = until(copy, 30, "copy on the dead-letter topic")
    assert copied.headers["dlq_reason"] == letter["reason"] == shown["reason"]
    place = f"{shown['topic']}/{shown['partition']}/{shown['offset']}"
    assert copied.headers["dlq_position"] == place


def test_each_reader_of_a_topic_sets_aside_for_itself(
    system: System, broker: Broker, keys: KeyRing
) -> None:
    """A broken event on zaken.zaken is a dead letter of those who follow it, and of nobody else."""
    readers = ("intake", "documents", "mailer", "communications")
    since = {service: newest_letter(system, service) for service in (*readers, "cases")}
    batch = uuid4()
    refused = RijGeweigerd(zaakId=uuid4(), batchId=batch, rij=2, reden="Er loopt al een zaak.")
    broken = Plain(CASES, b'{"specversion":"1.0"}')
    broker.send([broken, plain(encode(event_of(refused, GEMEENTE), keys))])
    found = "select 1 from refused_rows where batch_id = %s"
    until(lambda: system.query("intake", found, batch), 60, "the good event behind it")
    for service in readers:
        letters = until(lambda at=service: new_letters(system, at, since[at]), 30, "dead letter")  # type: ignore[misc]
        assert [letter["reason"][:9] for letter in letters] == ["envelope:"], service
    assert new_letters(system, "cases", since["cases"]) == []


def test_fifty_in_a_row_pull_the_brake_and_resume_goes_on(
    system: System, broker: Broker, keys: KeyRing
) -> None:
    """The worker lives but is not ready, the rest waits; after `resume` nothing is missing."""
    port = system.stack.ports.worker("cases")
    first, before = good(keys)
    last, behind = good(keys)
    garbage = [Plain(ROWS, f"rommel {number}".encode()) for number in range(BRAKE_AFTER + 10)]
    broker.send([first])
    until(lambda: is_open(system, before), 30, "a good row, so that counting starts anew")
    since = newest_letter(system, "cases")
    broker.send([*garbage, last])
    until(lambda: status(port, "/health/ready") == 503, 60, "worker not ready")
    assert status(port, "/health/live") == 200
    assert ROWS in last_line(dead_letters(system, "cases", "list"))
    assert len(new_letters(system, "cases", since)) == BRAKE_AFTER
    assert not is_open(system, behind)

    answer = dead_letters(system, "cases", "resume", ROWS)
    assert last_line(answer) == f"released: {ROWS}"
    until(lambda: is_open(system, behind), 60, "the row behind the garbage is handled")
    until(lambda: status(port, "/health/ready") == 200, 30, "worker ready again")
    assert len(new_letters(system, "cases", since)) == len(garbage)


def parked(system: System, record: Plain) -> str:
    """Lay a record among the dead letters, as a newer producer's event would lie there."""
    with psycopg.connect(system.stack.superuser_url("cases"), autocommit=True) as connection:
        found = connection.execute(
            'insert into dead_letters (topic, partition, "offset", key, headers, payload, reason,'
            " parked) values (%s, 0, %s, %s, %s, %s, 'onbekend type', true) returning id",
            (
                record.topic,
                uuid4().int % 10**12 + 10**12,
                record.key,
                Jsonb(record.headers),
                record.value,
            ),
        ).fetchone()
    assert found is not None
    return str(found[0])


def test_replay_brings_in_what_can_be_handled_now(
    system: System, broker: Broker, keys: KeyRing
) -> None:
    """A parked row opens its case, once; what is still unreadable stays, with its first reason."""
    since = newest_letter(system, "cases")
    broker.send([Plain(ROWS, b"nog steeds onleesbaar")])
    dead = until(lambda: new_letters(system, "cases", since), 30, "dead letter")[0]
    record, case = good(keys)
    letter = parked(system, record)

    answer = dead_letters(system, "cases", "replay", letter, str(dead["id"]))
    assert answer.returncode == 1
    assert last_line(answer) == f"replayed: 1; failed again: [{dead['id']}]"
    assert is_open(system, case)
    left = {each["id"]: each["reason"] for each in listed(system, "cases")}
    assert letter not in left
    assert left[str(dead["id"])] == dead["reason"]

    broker.send([record])
    again, marker = good(keys)
    broker.send([again])
    until(lambda: is_open(system, marker), 30, "the marker behind the repeat")
    timeline = "select count(*) as n from timeline where case_id = %s"
    assert system.query("cases", timeline, case) == [{"n": 1}]
