"""A trace follows what happened from one service into the next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from uuid import uuid4

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider

from shared.chassis.telemetry import in_trace_of, span, start_tracing
from shared.contracts.events import ZaakGeopend, ZaakstatusGewijzigd
from tests.support.collector import Collector, Seen, collecting
from tests.support.parts import Bench, event_of

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = f"00-{TRACE}-b7ad6b7169203331-01"


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    """A running collector. Tracing is on from its first use: a process starts it once."""
    with collecting() as kept:
        start_tracing("ledger", kept.address)
        yield kept
        provider = trace.get_tracer_provider()
        assert isinstance(provider, TracerProvider)
        provider.shutdown()


def sent(collector: Collector) -> list[Seen]:
    """All spans, also those that still waited to be sent."""
    provider = trace.get_tracer_provider()
    assert isinstance(provider, TracerProvider)
    assert provider.force_flush()
    return collector.spans


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
    assert in_trace_of(uuid4(), "record", PARENT) == PARENT


async def test_with_an_endpoint_each_step_is_a_span_of_the_same_trace(
    collector: Collector, book: Bench, gemeente: str
) -> None:
    """The span of handling is sent, and what follows hangs below it."""
    found = await traceparent_after(book, gemeente)
    assert found.split("-")[1] == TRACE
    assert found != PARENT
    handled = [one for one in sent(collector) if one.id == found.split("-")[2]]
    assert [one.name for one in handled] == [f"handle {ZaakGeopend.type}"]
    assert collector.paths == {"/v1/traces"}


def test_one_of_thousands_goes_on_in_its_own_trace(collector: Collector) -> None:
    """The trace has the thing's id, twice the same one, and is linked with what caused it."""
    case = uuid4()
    first, again = (in_trace_of(case, "record order", PARENT) for _ in range(2))
    assert first is not None
    assert again is not None
    assert first.split("-")[1] == again.split("-")[1] == case.hex
    assert first != again
    begun = [one for one in sent(collector) if one.trace == case.hex]
    assert [one.links for one in begun] == [(TRACE,), (TRACE,)]
    assert [one.parent for one in begun] == ["", ""]


def test_a_span_that_fails_tells_the_error_by_its_class_alone(collector: Collector) -> None:
    """The message of an error may quote a person; so may a traceback."""
    with pytest.raises(ValueError, match="999990019"), span("step", None, trace.SpanKind.INTERNAL):
        raise ValueError("geen geldig BSN: 999990019")
    failed = [one for one in sent(collector) if one.name == "step"]
    assert [(one.has_failed, one.events) for one in failed] == [(True, 0)]
    assert b"999990019" not in b"".join(collector.bodies)
