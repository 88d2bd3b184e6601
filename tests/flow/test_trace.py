"""What a collector of traces sees of a whole round: one trace that follows one row everywhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.contracts.topics import TOPICS
from tests.support.broker import Broker
from tests.support.caseworker import Caseworker
from tests.support.collector import Collector, Seen, collecting
from tests.support.leaks import Piece, leaks
from tests.support.people import Row, people, write
from tests.support.system import System
from tests.support.waiting import until

ROWS = 6
#: A case's own trace: two orders, their work and everybody who hears of it. A batch's would grow.
LONGEST_TRACE = 60
TYPE = "nl.heronderzoek"
#: Steps of the trace of a case that gets a letter and a mail: service and name of the span.
ROW = {
    ("intake", f"record {TYPE}.intake.rij-aangeboden.v1"),
    ("intake", "publish intake.rijen"),
    ("cases", f"handle {TYPE}.intake.rij-aangeboden.v1"),
    ("cases", "publish zaken.zaken"),
    ("cases", "publish zaken.personen"),
    ("communications", f"handle {TYPE}.zaken.persoon-vastgelegd.v1"),
}
LETTER = {
    ("cases", f"record {TYPE}.zaken.brief-gevraagd.v1"),
    ("cases", "publish zaken.opdrachten"),
    ("documents", f"handle {TYPE}.zaken.brief-gevraagd.v1"),
    ("documents", "work letters"),
    ("documents", "publish documenten.documenten"),
    ("cases", f"handle {TYPE}.documenten.document-opgeslagen.v1"),
    ("communications", f"handle {TYPE}.documenten.document-opgeslagen.v1"),
}
MAIL = {
    ("cases", f"record {TYPE}.zaken.email-gevraagd.v1"),
    ("mailer", f"handle {TYPE}.zaken.email-gevraagd.v1"),
    ("mailer", "work mails"),
    ("mailer", "publish berichten.bezorging"),
    ("cases", f"handle {TYPE}.berichten.email-verzonden.v1"),
    ("communications", f"handle {TYPE}.berichten.email-verzonden.v1"),
}


@dataclass(frozen=True)
class Traced:
    """A round that was followed, with the trace of each of the user's acts."""

    system: System
    collector: Collector
    people: list[Row]
    cases: list[UUID]
    upload: str
    confirmation: str
    approval: str


@contextmanager
def tracing_as(worker: Caseworker) -> Iterator[str]:
    """The user's client begins a trace, as a browser with tracing would; its id."""
    trace = uuid4().hex
    worker.http.headers["traceparent"] = f"00-{trace}-{trace[:16]}-01"
    try:
        yield trace
    finally:
        del worker.http.headers["traceparent"]


@pytest.fixture(scope="module")
def traced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Traced]:
    """Six residents with a letter and a mail each, from file to print file."""
    with collecting() as collector, pytest.MonkeyPatch.context() as environment:
        environment.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.address)
        environment.setenv("OTEL_BSP_SCHEDULE_DELAY", "300")
        running = System(tmp_path_factory.mktemp("traced"))
        try:
            running.start()
            yield followed(running, collector, tmp_path_factory.mktemp("file"))
        finally:
            running.stop()


def followed(system: System, collector: Collector, folder: Path) -> Traced:
    """Do the round, and wait until its last spans came in."""
    residents, worker = people(ROWS, ("BEIDE",)), system.caseworker()
    with tracing_as(worker) as upload:
        checked = worker.checked(write(folder / "inwoners.xlsx", residents))
    with tracing_as(worker) as confirmation:
        batch = worker.confirm(checked["id"])
    worker.opened(batch)
    with tracing_as(worker) as approval:
        worker.approve(batch)
    worker.reaches(batch, "afgerond", 180)
    found = system.query("cases", "select id from cases where batch_id = %s order by row", batch)
    cases = [row["id"] for row in found]
    wanted = ROW | LETTER | MAIL
    until(
        lambda: all(wanted <= steps(collector.of_trace(case.hex)) for case in cases),
        60,
        "the spans of every case",
    )
    until(lambda: named(collector, "work print-files"), 60, "the print file's span")
    return Traced(system, collector, residents, cases, upload, confirmation, approval)


def steps(spans: list[Seen]) -> set[tuple[str, str]]:
    """Who did what."""
    return {(span.service, span.name) for span in spans}


def named(collector: Collector, name: str) -> list[Seen]:
    """The spans of one name."""
    return [span for span in collector.spans if span.name == name]


def test_the_trace_of_a_case_follows_its_row_through_all_services(traced: Traced) -> None:
    """Every step of opening, letter and mail, each done once, under the case's own id."""
    for case in traced.cases:
        spans = traced.collector.of_trace(case.hex)
        assert {span.service for span in spans} == {
            "intake",
            "cases",
            "documents",
            "mailer",
            "communications",
        }
        once = [
            (span.service, span.name) for span in spans if span.name[:7] in {"handle ", "work "}
        ]
        assert len(once) == len(set(once))
        assert len(spans) < LONGEST_TRACE


def test_each_step_hangs_below_the_one_that_caused_it(traced: Traced) -> None:
    """Only the offer and the two orders begin; they are linked with what the user did."""
    for case in traced.cases:
        spans = traced.collector.of_trace(case.hex)
        ids = {span.id for span in spans}
        begun = {span.name: span.links for span in spans if not span.parent}
        assert begun == {
            f"record {TYPE}.intake.rij-aangeboden.v1": (traced.confirmation,),
            f"record {TYPE}.zaken.brief-gevraagd.v1": (traced.approval,),
            f"record {TYPE}.zaken.email-gevraagd.v1": (traced.approval,),
        }
        assert {span.parent for span in spans if span.parent} <= ids


def test_what_a_user_did_is_a_trace_from_the_gateway_on(traced: Traced) -> None:
    """Upload with its check and its question to cases, confirmation, approval."""
    found = {
        name: steps(traced.collector.of_trace(getattr(traced, name)))
        for name in ("upload", "confirmation", "approval")
    }
    assert {
        ("gateway", "POST /v1/uploads"),
        ("intake", "POST /v1/uploads"),
        ("intake", "work checks"),
        ("cases", "POST /v1/open-zaken"),
    } <= found["upload"]
    assert {
        ("gateway", "POST /v1/uploads/{id}/bevestiging"),
        ("intake", "POST /v1/uploads/{uploadId}/bevestiging"),
        ("intake", "work frames"),
        ("intake", "publish intake.batches"),
        ("cases", f"handle {TYPE}.intake.batch-bevestigd.v1"),
    } <= found["confirmation"]
    assert {
        ("gateway", "POST /v1/batches/{id}/akkoord"),
        ("cases", "POST /v1/batches/{batch_id}/akkoord"),
        ("cases", "work orders"),
        ("documents", f"handle {TYPE}.zaken.batch-verzonden.v1"),
    } <= found["approval"]


def test_the_trace_of_a_batch_does_not_grow_with_its_rows(traced: Traced) -> None:
    """No row is handled in the traces of confirmation and approval."""
    for trace in (traced.confirmation, traced.approval):
        names = {span.name for span in traced.collector.of_trace(trace)}
        assert f"handle {TYPE}.intake.rij-aangeboden.v1" not in names
        assert not {"work letters", "work mails"} & names


def test_an_event_names_the_trace_and_the_act_that_it_belongs_to(traced: Traced) -> None:
    """Of every case's event: its trace is the case's, its handling tells its correlation id."""
    plain = [name for name, topic in TOPICS.items() if not topic.sealed]
    bootstrap = traced.system.stack.environment()["KAFKA_BOOTSTRAP"]
    events = [json.loads(record.value) for record in Broker(bootstrap).read(plain)]
    handled = {span.attributes.get("event.id"): span for span in traced.collector.spans}
    for case in traced.cases:
        about: list[dict[str, Any]] = [
            event for event in events if event["data"].get("zaakId") == str(case)
        ]
        assert len(about) >= 4
        assert {event["traceparent"].split("-")[1] for event in about} == {case.hex}
        assert len({event["correlationid"] for event in about}) == 2
        told = [(event, handled[event["id"]]) for event in about if event["id"] in handled]
        assert told
        for event, span in told:
            assert span.attributes["correlation.id"] == event["correlationid"]
            assert span.attributes["event.subject"] == event["subject"]


def test_no_span_holds_personal_data(traced: Traced) -> None:
    """Everything that was sent, searched for everything that the file said of these people."""
    needles = {
        str(row[name])
        for row in traced.people
        for name in ("BSN", "PARTNER_BSN", "ACHTERNAAM", "EMAIL", "STRAAT", "GEBOORTEDATUM")
        if row.get(name)
    }
    assert len(needles) > ROWS
    pieces = [Piece("spans", body) for body in traced.collector.bodies]
    assert leaks([Piece("planted", min(needles).encode())], needles)
    assert leaks(pieces, needles) == []
