"""A trace follows what happened from one service into the next."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from dataclasses import replace
from uuid import uuid4

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider

from shared.chassis.telemetry import start_tracing
from shared.contracts.events import ZaakGeopend, ZaakstatusGewijzigd
from tests.support.parts import Bench, event_of

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = f"00-{TRACE}-b7ad6b7169203331-01"


class Collector(http.server.BaseHTTPRequestHandler):
    """An OTLP endpoint that counts what it gets."""

    got: list[tuple[str, bytes]] = []  # noqa: RUF012 - one collector per run

    def do_POST(self) -> None:
        """Take spans."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append((self.path, body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def collector() -> Iterator[str]:
    """The address of a running collector."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


async def traceparent_after(book: Bench, gemeente: str) -> str:
    """What an event that follows from a traced one carries."""
    data = ZaakGeopend(zaakId=uuid4(), zaaknummer="Z1", batchId=uuid4(), rij=2)
    await book.feed(replace(event_of(data, gemeente), traceparent=PARENT))
    told = [
        one
        for one in await book.recorded(ZaakstatusGewijzigd)
        if one["subject"] == str(data.zaakId)
    ]
    found: str = told[0]["traceparent"]
    return found


async def test_without_an_endpoint_the_trace_is_handed_on_as_it_came(
    book: Bench, gemeente: str
) -> None:
    """Tracing that is off does not cut the trace of others."""
    assert await traceparent_after(book, gemeente) == PARENT


async def test_with_an_endpoint_each_step_is_a_span_of_the_same_trace(
    collector: str, book: Bench, gemeente: str
) -> None:
    """The span of handling is sent, and what follows hangs below it."""
    start_tracing("ledger", collector)
    found = await traceparent_after(book, gemeente)
    assert found.split("-")[1] == TRACE
    assert found != PARENT
    provider = trace.get_tracer_provider()
    assert isinstance(provider, TracerProvider)
    assert provider.force_flush()
    paths, bodies = zip(*Collector.got, strict=True)
    assert set(paths) == {"/v1/traces"}
    assert bytes.fromhex(TRACE) in b"".join(bodies)
    provider.shutdown()
