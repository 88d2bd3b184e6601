"""After a whole round with forty known residents: where their data lies, and where it must not.

The looking is tried first on planted data in each place, so that finding nothing means something.
"""

from __future__ import annotations

import email
import email.policy
import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pypdf
import pytest

from shared.contracts.topics import TOPICS
from tests.support import rounds
from tests.support.broker import Broker, Plain
from tests.support.leaks import (
    Piece,
    Traffic,
    kafka_records,
    leaks,
    log_lines,
    metrics,
    store,
    stored_objects,
    table_rows,
)
from tests.support.people import Row, people, write
from tests.support.system import System
from tests.support.waiting import until

COUNT = 40


@dataclass(frozen=True)
class After:
    """A system after a round, what the client saw on the way, and what to look for."""

    system: System
    #: What was written before cannot know the residents of this round.
    begun: datetime
    round: rounds.Round
    traffic: Traffic
    letters: list[str]
    mails: list[str]

    @property
    def people(self) -> list[Row]:
        """The residents."""
        return list(self.round.people)

    @property
    def bsns(self) -> list[str]:
        """Of residents and partners."""
        partners = [row["PARTNER_BSN"] for row in self.people if row.get("PARTNER_BSN")]
        return [row["BSN"] for row in self.people] + partners

    @property
    def sealed(self) -> list[str]:
        """What is sealed wherever it rests: BSN, e-mail, telephone."""
        mails = [row["EMAIL"] for row in self.people]
        return [*self.bsns, *mails, *(form for row in self.people for form in telephones(row))]

    @property
    def birth_dates(self) -> list[str]:
        """In the notations of the file, of ISO and of a letter's field."""
        found = []
        for row in self.people:
            for name in ("GEBOORTEDATUM", "PARTNER_GEBOORTEDATUM"):
                if row.get(name):
                    day, month, year = row[name].split("-")
                    found += [row[name], f"{year}-{month}-{day}"]
        return found

    @property
    def names(self) -> list[str]:
        """Names, street and place of living."""
        partners = ["Meeuwenlaar"]
        return sorted(
            {row["ACHTERNAAM"] for row in self.people} | {"Nachtegalenkamperdreef", *partners}
        )

    @property
    def everything(self) -> list[str]:
        """All of it."""
        return [*self.sealed, *self.birth_dates, *self.names]


def telephones(row: Row) -> list[str]:
    """The number as it came and as it may have been normalised."""
    digits = row["TELEFOON"].replace("-", "")
    return [row["TELEFOON"], digits, "+31" + digits[1:]]


@pytest.fixture(scope="module")
def after(system: System, tmp_path_factory: pytest.TempPathFactory) -> Iterator[After]:
    """A round with forty residents, then a look at each page, letter and mail of it."""
    traffic, begun = Traffic(), datetime.now(UTC) - timedelta(seconds=1)
    with rounds.signed_in(system) as worker:
        traffic.follow(worker.http)
        folder = tmp_path_factory.mktemp("personal")
        done = rounds.sent(worker, folder, people(COUNT))
        wrong = people(3)
        wrong[0]["BSN"] = wrong[0]["BSN"][:-1] + str((int(wrong[0]["BSN"][-1]) + 1) % 10)
        wrong[1]["EMAIL"] = wrong[1]["EMAIL"].replace("@", " bij ")
        refused = worker.checked(write(folder / "fout.xlsx", wrong))
        worker.get(f"/uploads/{refused['id']}/bevindingen")
        look_at_everything(worker, done)
        letters, mails = letters_of(worker, done.batch), mails_of(system, done.people)
        yield After(system, begun, done, traffic, letters, mails)


def look_at_everything(worker: Any, done: rounds.Round) -> None:
    """Open what a caseworker opens: lists, a case, its letters and mails."""
    worker.get("/batches")
    for case in worker.get("/zaken", batchId=done.batch, perPagina=200)["resultaten"][:10]:
        worker.get(f"/zaken/{case['id']}")
        worker.get(f"/zaken/{case['id']}/berichten")
        sent = worker.get(f"/zaken/{case['id']}/communicatie")
        for letter in sent["brieven"]:
            worker.http.get(f"/documenten/{letter['id']}/inhoud")
        for mail in sent["emails"]:
            worker.get(f"/emails/{mail['id']}")
            worker.http.get(f"/emails/{mail['id']}/bron")


def letters_of(worker: Any, batch: str) -> list[str]:
    """The text of every letter, as a reader of the PDF finds it."""
    listed = until(
        lambda: worker.get("/afdrukbestanden", batchId=batch)["resultaten"], 60, "print file"
    )
    one = listed[0]
    content = worker.http.get(f"/afdrukbestanden/{one['id']}/zip").content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return [
            "\n".join(
                page.extract_text()
                for page in pypdf.PdfReader(io.BytesIO(archive.read(name))).pages
            )
            for name in archive.namelist()
        ]


def mails_of(system: System, rows: Any) -> list[str]:
    """Headers and decoded parts of every mail to these residents."""
    boxes = system.stack.mail.messages()
    return [_readable(raw) for row in rows for raw in boxes.get(row["EMAIL"], ())]


def _readable(raw: bytes) -> str:
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    parts = [part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"]
    return "\n".join([*(f"{name}: {value}" for name, value in mail.items()), *parts])


def test_the_log_reader_finds_what_is_planted(after: After) -> None:
    """A line with a BSN in a log, in the clear and in base64."""
    file = after.system.stack.state / "log" / "geplant.log"
    for line in (b'{"event": "x", "bsn": "999990019"}', b"eyJic24iOiAiOTk5OTkwMDE5In0="):
        file.write_bytes(b"een gewone regel\n" + line)
        try:
            found = leaks(log_lines(after.system), ["999990019"])
        finally:
            file.unlink()
        assert found == ["'999990019' in log geplant.log:2"]


@pytest.mark.parametrize("place", ["key", "value", "header"])
def test_the_kafka_reader_finds_what_is_planted(after: After, place: str) -> None:
    """A record with a BSN, in each of its parts."""
    broker = Broker(after.system.stack.environment()["KAFKA_BOOTSTRAP"])
    topic = f"geplant-{uuid4()}"
    broker.make(topic)
    try:
        broker.send(
            [
                Plain(
                    topic,
                    b"999990019" if place == "value" else b"-",
                    b"999990019" if place == "key" else b"-",
                    {"kop": "999990019"} if place == "header" else {},
                )
            ]
        )
        assert leaks(kafka_records(after.system), ["999990019"]) == [
            f"'999990019' in topic {topic}"
        ]
    finally:
        broker.remove(topic)


@pytest.mark.parametrize(
    "value", ["'999990019'", "'999990019'::bytea", '\'{"a": "999990019"}\'::jsonb']
)
def test_the_table_reader_finds_what_is_planted(after: After, value: str) -> None:
    """A BSN in a text, in bytes and in JSON."""
    address = after.system.stack.superuser_url("mailer")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"create table geplant as select {value} as iets")
        try:
            found = leaks(table_rows(after.system), ["999990019"])
        finally:
            connection.execute("drop table geplant")
    assert found == ["'999990019' in table mailer.geplant"]


def test_the_store_reader_finds_what_is_planted(after: After) -> None:
    """A BSN in an object and in a key."""
    client, bucket = store(after.system)
    for key, content in (("geplant/1", b"bsn 999990019"), ("geplant/999990019", b"-")):
        client.put_object(Bucket=bucket, Key=key, Body=content)  # type: ignore[attr-defined]
        try:
            found = leaks(stored_objects(after.system, after.begun), ["999990019"])
        finally:
            client.delete_object(Bucket=bucket, Key=key)  # type: ignore[attr-defined]
        assert found == [f"'999990019' in object {key}"]


def test_letters_and_mails_are_read_as_their_readers_do(after: After) -> None:
    """Each letter and each mail shows the name of its own resident."""
    assert len(after.letters) == after.round.approved.letters
    assert len(after.mails) == after.round.approved.mails
    for text in (*after.letters, *after.mails):
        assert any(name in text for name in after.names), text[:500]


def test_no_log_has_personal_data(after: After) -> None:
    """Of no service and of none of the parts; the mail server alone may know addresses."""
    lines = list(log_lines(after.system))
    assert len(lines) > 50
    assert leaks(lines, after.bsns) == []
    ours = [line for line in lines if not line.where.startswith("log mail.log")]
    assert leaks(ours, [*after.sealed, *after.names]) == []


def test_no_record_on_a_public_topic_has_personal_data(after: After) -> None:
    """Neither key, header nor value, of facts and of dead letters."""
    records = list(kafka_records(after.system))
    public = [piece for piece in records if not is_sealed(piece)]
    assert {piece.where for piece in public} >= {"topic zaken.zaken", "topic berichten.bezorging"}
    assert leaks(public, after.everything) == []


def test_nothing_on_a_sealed_topic_can_be_read(after: After) -> None:
    """Records are there, and their content is under a seal."""
    sealed = [piece for piece in kafka_records(after.system) if is_sealed(piece)]
    assert {piece.where for piece in sealed} >= {
        "topic intake.rijen", "topic zaken.personen", "topic zaken.opdrachten",
    }  # fmt: skip
    assert leaks(sealed, after.everything) == []


def is_sealed(piece: Piece) -> bool:
    """Whether a record lies on a topic for personal data."""
    topic = TOPICS.get(piece.where.removeprefix("topic "))
    return topic is not None and topic.sealed


def test_no_table_has_sealed_data_in_the_clear(after: After) -> None:
    """BSN, e-mail, telephone and birth date; names and addresses may be found by search."""
    tables = list(table_rows(after.system))
    assert leaks(tables, ["Nachtegalenkamperdreef"]), "the residents are not in these tables"
    assert leaks(tables, after.sealed) == []
    assert leaks(tables, after.birth_dates) == []


def test_the_store_keeps_no_personal_data_in_keys_or_in_the_clear(after: After) -> None:
    """Uploads, rows, letters and mails are sealed; nothing of a resident is in a key."""
    objects = list(stored_objects(after.system, after.begun))
    kinds = {piece.where.split("/")[1 if "/" in piece.where else 0] for piece in objects}
    assert len(objects) > COUNT
    assert kinds
    assert leaks(objects, after.everything) == []
    for piece in objects:
        body = piece.content.partition(b"\n")[2]
        assert not body.startswith((b"PK", b"%PDF", b"From", b"Message-ID", b"{")), piece.where


def test_no_address_header_or_figure_has_personal_data(after: After) -> None:
    """URLs and headers both ways, and what Prometheus is told."""
    assert len(after.traffic.pieces) > 30
    assert leaks(after.traffic.pieces, after.everything) == []
    assert leaks(metrics(after.system), after.everything) == []


def test_no_answer_shows_a_whole_bsn(after: After) -> None:
    """Lists, cases and findings show at most the last four digits."""
    masked = f"*****{after.people[0]['BSN'][-4:]}".encode()
    assert any(masked in piece.content for piece in after.traffic.bodies)
    assert leaks(after.traffic.bodies, after.bsns) == []


def test_no_letter_and_no_mail_has_a_bsn_or_another_residents_name(after: After) -> None:
    """Not in text, headers or subject, with or without dots between the digits."""
    bare: Callable[[str], str] = lambda text: text.replace(".", "").replace(" ", "")  # noqa: E731
    for text in (*after.letters, *after.mails):
        assert not [bsn for bsn in after.bsns if bsn in bare(text)]
    for mail in after.mails:
        others = [row["EMAIL"] for row in after.people if row["EMAIL"] in mail]
        assert len(set(others)) == 1


def test_the_upload_does_not_lie_about_on_the_disk(after: After) -> None:
    """The working folder of the check is empty when nothing is being checked."""
    folder = Path("/tmp")  # noqa: S108 - where intake works by default
    assert after.round.closed["aantalZaken"] == COUNT

    def is_empty() -> bool:
        return not [
            path for place in folder.glob("heronderzoek-intake-*") for path in place.iterdir()
        ]

    until(is_empty, 30, "no workbook left in the working folder")
