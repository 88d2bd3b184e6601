"""Metrics (Prometheus) and traces (OTLP, off without an endpoint).

Labels are names of services, topics, queues and routes: never an id of a person or a case.
A trace follows one row: an event carries the traceparent of the step that made it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from prometheus_client import Counter, Gauge, Histogram

from shared.contracts.envelope import Event

_PROPAGATOR = TraceContextTextMapPropagator()
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


def start_tracing(service: str, endpoint: str | None) -> None:
    """Send spans to an OTLP endpoint; without one, nothing is made or sent."""
    if endpoint:
        # The exporter is half of the import time of telemetry; without an endpoint it stays out.
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
            OTLPSpanExporter,
        )
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

        provider = TracerProvider(
            resource=Resource.create({"service.name": f"heronderzoek-{service}"})
        )
        exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")
        provider.add_span_processor(BatchSpanProcessor(exporter))
        trace.set_tracer_provider(provider)


@contextmanager
def span(name: str, parent: str | None, kind: trace.SpanKind) -> Iterator[str | None]:
    """A span under `parent` (a traceparent); gives the traceparent for what follows from it.

    With tracing off the parent is handed on as it came.
    """
    provider = trace.get_tracer_provider()
    if not isinstance(provider, TracerProvider):
        yield parent
        return
    above = _PROPAGATOR.extract({"traceparent": parent}) if parent else None
    tracer = provider.get_tracer("heronderzoek")
    with tracer.start_as_current_span(name, context=above, kind=kind):
        carrier: dict[str, str] = {}
        _PROPAGATOR.inject(carrier)
        yield carrier.get("traceparent", parent)


@contextmanager
def handling(event: Event[Any]) -> Iterator[str | None]:
    """The span of handling one event."""
    with span(f"handle {event.type}", event.traceparent, trace.SpanKind.CONSUMER) as traceparent:
        yield traceparent
