"""A service is a table: which events it follows, which slow work it does, which timers it has."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from shared.chassis.loads import Load
from shared.chassis.work import Work
from shared.contracts.envelope import Event, EventData

Handler = Callable[[Event[Any], Work], Awaitable[None]]
TimerHandler = Callable[[Work], Awaitable[None]]


@dataclass(frozen=True)
class Subscription:
    """What happens when an event of one class arrives, and when handling it fails for good."""

    handler: Handler
    loads: tuple[Load, ...] = ()
    set_aside: Handler | None = None
    even_destroyed: bool = False


def on(
    handler: Handler,
    *,
    loads: Sequence[Load] = (),
    set_aside: Handler | None = None,
    even_destroyed: bool = False,
) -> Subscription:
    """Handle an event with `handler`, after loading what it declares.

    `set_aside` is for an event that something waits for. It says, in the transaction that keeps the
    event as a dead letter, what that means for users; nothing is loaded for it. A replay runs
    `handler` again, which takes that back.

    `even_destroyed`: also when what the event is about was destroyed, see destruction.py.
    """
    return Subscription(handler, tuple(loads), set_aside, even_destroyed)


@dataclass(frozen=True, slots=True)
class Item:
    """A claimed piece of slow work. `attempts` counts this one; `age` is by the business clock."""

    id: Any
    gemeente: str
    payload: dict[str, Any]
    attempts: int
    claim: Any
    actor: str
    correlation_id: Any
    traceparent: str | None
    age: timedelta


@dataclass(frozen=True)
class Queue:
    """Slow work of one kind.

    `prepare` runs in a transaction and reads what the items need (id -> anything); an item that
    is missing in its answer is dropped as no longer wanted. `perform` does the work outside a
    transaction. `record` writes its outcome and the events that follow, in the transaction that
    ends the item. `failed` does so when the work failed for good: attempts ran out, or it was
    tried longer than `give_up_after`.
    """

    perform: Callable[[Item, Any], Awaitable[Any]]
    record: Callable[[Item, Any, Work], Awaitable[None]]
    failed: Callable[[Item, str, Work], Awaitable[None]]
    prepare: Callable[[Sequence[Item], Work], Awaitable[Mapping[Any, Any]]] | None = None
    #: Record each outcome as soon as it is there, not with its chunk: for what cannot be taken
    #: back. A crash then repeats at most what was between the act and its own commit.
    at_once: bool = False
    chunk: int = 20
    concurrency: int = 20
    #: Prolonged while the work goes on; after a crash others wait this long before they redo it.
    lease: timedelta = timedelta(minutes=1)
    give_up_after: timedelta = timedelta(hours=48)
    #: An unexpected error is tried this often, then it is a failure: it would not heal by itself.
    attempts: int = 5


@dataclass(frozen=True)
class Timer:
    """Runs per gemeente, in one process at a time, each `every` of real time."""

    handler: TimerHandler
    every: timedelta


def every(interval: timedelta, handler: TimerHandler) -> Timer:
    """Run `handler` for each gemeente, once an interval."""
    return Timer(handler, interval)


@dataclass(frozen=True)
class Service:
    """Everything the chassis must know to run a service."""

    name: str
    metadata: sa.MetaData
    subscriptions: Mapping[type[EventData], Subscription] = field(default_factory=dict)
    queues: Mapping[str, Queue] = field(default_factory=dict)
    timers: Sequence[Timer] = ()
    #: Which thing an event is about, so that none is handled after that thing was destroyed.
    about: Callable[[Event[Any]], UUID | None] | None = None

    @property
    def topics(self) -> tuple[str, ...]:
        """The topics that the subscriptions travel on."""
        return tuple(sorted({event.topic for event in self.subscriptions}))

    @property
    def types(self) -> frozenset[str]:
        """The CloudEvents types that have a handler."""
        return frozenset(event.type for event in self.subscriptions)
