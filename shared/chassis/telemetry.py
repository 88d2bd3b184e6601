"""Metrics (Prometheus) and traces (OTLP, off without an endpoint).

Labels are names of services, topics, queues and routes: never an id of a person or a case.
A trace follows one row: an event carries the traceparent of the step that made it. What one step
does to thousands of things at once (offering rows, ordering letters) goes on in the trace of each
thing, linked with that step: a trace of a whole batch would be too large to open. Spans hold
names and ids; of an error only its class, because its message may quote a person.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from prometheus_client import Counter, Gauge, Histogram

from shared.contracts.envelope import Event

_PROPAGATOR = TraceContextTextMapPropagator()
#: The trace that the span which is being started belongs to, when it is not a random one.
_TRACE: ContextVar[int | None] = ContextVar("trace", default=None)
#: From a few milliseconds to the minutes of a large batch.
SECONDS = (0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300)


class Metrics:
    """Every metric of the chassis; the names are the same in each service."""

    def __init__(self) -> None:
        label = ["service"]
        self.handled = Counter("events_handled", "Events that were handled", label)
        self.retried = Counter("event_batches_retried", "Batches tried again (transient)", label)
        self.dead_lettered = Counter(
            "events_dead_lettered", "Events that were set aside", ["service", "topic"]
        )
        self.batch_seconds = Histogram(
            "event_batch_seconds", "One transaction of events", label, buckets=SECONDS
        )
        self.age_seconds = Histogram(
            "event_age_seconds", "From an event's time to its handling", label, buckets=SECONDS
        )
        self.lag = Gauge("consumer_lag", "Records behind the end of a topic", ["service", "topic"])
        self.unacked_seconds = Gauge(
            "consumer_oldest_unacked_seconds", "Age of the oldest un-acked record", label
        )
        self.outbox_rows = Gauge("outbox_rows", "Events that wait for Kafka", label)
        self.outbox_seconds = Gauge("outbox_oldest_seconds", "Age of the oldest of them", label)
        self.published = Counter("events_published", "Events that Kafka acknowledged", label)
        self.queue_rows = Gauge("queue_items", "Work that waits", ["service", "queue"])
        self.queue_seconds = Gauge(
            "queue_oldest_seconds", "Age of the oldest work that may start", ["service", "queue"]
        )
        self.worked = Counter(
            "queue_items_done", "Work that ended", ["service", "queue", "outcome"]
        )
        self.work_seconds = Histogram(
            "queue_item_seconds", "Doing one piece of work", ["service", "queue"], buckets=SECONDS
        )
        self.requests = Counter(
            "http_requests", "Requests answered", ["service", "route", "method", "status"]
        )
        self.request_seconds = Histogram(
            "http_request_seconds", "Answering a request", ["service", "route"], buckets=SECONDS
        )

    def observe_age(self, service: str, events: Sequence[Event[Any]]) -> None:
        """Note how old events were when they were handled; one look at the clock a batch."""
        now = datetime.now(UTC)
        for event in events:
            self.age_seconds.labels(service).observe(max(0.0, (now - event.time).total_seconds()))


METRICS = Metrics()


class _Ids(RandomIdGenerator):
    """Random ids, unless the trace is that of a known thing."""

    def generate_trace_id(self) -> int:
        """The id of a trace that begins."""
        return _TRACE.get() or super().generate_trace_id()


def start_tracing(service: str, endpoint: str | None) -> None:
    """Send spans to an OTLP endpoint; without one, nothing is made or sent.

    How many are kept is OpenTelemetry's own setting, OTEL_TRACES_SAMPLER.
    """
    if endpoint:
        # The exporter is half of the import time of telemetry; without an endpoint it stays out.
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
            OTLPSpanExporter,
        )
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

        provider = TracerProvider(
            resource=Resource.create({"service.name": f"heronderzoek-{service}"}),
            id_generator=_Ids(),
        )
        exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")
        provider.add_span_processor(BatchSpanProcessor(exporter))
        trace.set_tracer_provider(provider)


@contextmanager
def span(
    name: str,
    parent: str | None,
    kind: trace.SpanKind,
    attributes: Mapping[str, str] | None = None,
) -> Iterator[str | None]:
    """A span under `parent` (a traceparent); gives the traceparent for what follows from it.

    With tracing off the parent is handed on as it came.
    """
    tracer = _tracer()
    if tracer is None:
        yield parent
        return
    with tracer.start_as_current_span(
        name,
        context=_above(parent) if parent else None,
        kind=kind,
        attributes=attributes,
        record_exception=False,
        set_status_on_exception=False,
    ) as made:
        try:
            yield _traceparent_in(None) or parent
        except BaseException as error:
            made.set_status(trace.StatusCode.ERROR, type(error).__name__)
            raise


@contextmanager
def handling(event: Event[Any]) -> Iterator[str | None]:
    """The span of handling one event."""
    told = {
        "event.id": str(event.id),
        "event.subject": event.subject,
        "correlation.id": str(event.correlation_id),
    }
    name = f"handle {event.type}"
    with span(name, event.traceparent, trace.SpanKind.CONSUMER, told) as traceparent:
        yield traceparent


def note(name: str | None = None, **attributes: str | int) -> None:
    """Say more about the span that is under way: its name when that is only known now."""
    current = trace.get_current_span()
    if name is not None:
        current.update_name(name)
    for key, value in attributes.items():
        current.set_attribute(key.replace("_", "."), value)


def traceparent() -> str | None:
    """The span that is under way, for a request to another service; None with tracing off."""
    return _traceparent_in(None) if _tracer() else None


def in_trace_of(thing: UUID, name: str, cause: str | None) -> str | None:
    """The traceparent of a step in a thing's own trace, whose id is the thing's.

    The step's span begins there and is linked with its cause. With tracing off the cause is
    handed on as it came.
    """
    tracer = _tracer()
    if tracer is None:
        return cause
    links = []
    if cause is not None:
        links.append(trace.Link(trace.get_current_span(_above(cause)).get_span_context()))
    token = _TRACE.set(thing.int)
    try:
        made = tracer.start_span(name, Context(), trace.SpanKind.PRODUCER, links=links)
    finally:
        _TRACE.reset(token)
    made.end()
    return _traceparent_in(trace.set_span_in_context(made, Context()))


def published(topic: str, parent: str | None, recorded_at: datetime) -> None:
    """The span of an event's way from its transaction to the broker's yes."""
    tracer = _tracer()
    if tracer is not None and parent is not None:
        start = int(recorded_at.timestamp() * 1e9)
        name, kind = f"publish {topic}", trace.SpanKind.PRODUCER
        tracer.start_span(name, _above(parent), kind, start_time=start).end()


def is_tracing() -> bool:
    """Whether spans are sent anywhere."""
    return _tracer() is not None


def _tracer() -> trace.Tracer | None:
    provider = trace.get_tracer_provider()
    if isinstance(provider, TracerProvider):
        return provider.get_tracer("heronderzoek")
    return None


def _above(parent: str) -> Context:
    return _PROPAGATOR.extract({"traceparent": parent})


def _traceparent_in(context: Context | None) -> str | None:
    carrier: dict[str, str] = {}
    _PROPAGATOR.inject(carrier, context)
    return carrier.get("traceparent")
