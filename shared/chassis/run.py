"""The processes of a service: api, worker, jobs; and its commands for ops.

A service's `__main__` says how its parts are built; this module runs them, the same for all six.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
import uvicorn
import uvloop
from fastapi import APIRouter, FastAPI
from pydantic import ValidationError

from shared.chassis import problems, web
from shared.chassis.clock import USAGE, clock_command
from shared.chassis.commands import Commands
from shared.chassis.consumer import Consumer
from shared.chassis.database import Database
from shared.chassis.dead_letters import brakes
from shared.chassis.health import Check, Health, database_answers
from shared.chassis.identity import Signer, Verifier
from shared.chassis.jobs import Jobs
from shared.chassis.log import start_logging
from shared.chassis.mapper import Mapper
from shared.chassis.ops import dead_letters_command, rotate_keys_command, sweep_command
from shared.chassis.relay import Relay
from shared.chassis.scratch import Scratch
from shared.chassis.sealing import KeyRing
from shared.chassis.service import Service
from shared.chassis.settings import ChassisSettings
from shared.chassis.shelves import Shelves
from shared.chassis.subjects import Subjects, SubjectsOf
from shared.chassis.telemetry import METRICS, start_tracing
from shared.contracts.envelope import source
from shared.contracts.events import EVENTS

if TYPE_CHECKING:
    from shared.chassis.stream import Stream

log = structlog.get_logger()

#: Those that go on until they are stopped; the others are commands.
PROCESSES = ("api", "worker", "jobs")
GAUGE_SECONDS = 5.0
STOP_SECONDS = 20
#: Longer than any client of ours keeps an idle connection: who closes first must be the client,
#: or a request leaves on a connection that is just being closed.
KEEP_ALIVE_SECONDS = 75
#: A micro-batch makes some thousands of objects that live as long as the batch. Python's own 700
#: has them looked through again and again, for cycles that are hardly ever there.
COLLECT_AFTER = 20_000


@dataclass(frozen=True)
class Parts:
    """What the chassis gives a service to build itself with."""

    settings: Any
    keys: KeyRing
    mapper: Mapper
    database: Database
    signer: Signer | None
    source: str


@dataclass(frozen=True)
class Built:
    """A service, built: its table of reactions, its doors, its checks, and what to close."""

    service: Service
    routers: Sequence[APIRouter] = ()
    state: Mapping[str, Any] = field(default_factory=dict)
    checks: Mapping[str, Check] = field(default_factory=dict)
    close: Sequence[Callable[[], Any]] = ()
    scratch: Scratch | None = None
    shelves: Shelves | None = None
    title: str = ""
    #: What users of its API read: its `api.toml`.
    words: Path | None = None
    #: Whom an answer of its API is about, by its path and its JSON.
    subjects: SubjectsOf | None = None
    #: What stands before the API and answers other addresses: ASGI middleware.
    front: Callable[[Any], Any] | None = None


Build = Callable[[Parts], Built]


def parts_of(name: str, settings: ChassisSettings) -> Parts:
    """The parts that follow from the settings; nothing connects yet."""
    keys = KeyRing.of(settings.seal_keys.get_secret_value(), settings.index_keys.get_secret_value())
    own = settings.identity_key
    return Parts(
        settings=settings,
        keys=keys,
        mapper=Mapper(keys),
        database=Database.of(settings),
        signer=Signer(own.get_secret_value(), name) if own else None,
        source=source(settings.oin, name),
    )


def main(name: str, settings_class: type[ChassisSettings], build: Build, package: str) -> int:
    """Run one process of a service; answers the exit code."""
    arguments = _parser(name).parse_args()
    try:
        settings = settings_class()
    except ValidationError as error:
        sys.stderr.write(_what_is_wrong(error) + "\n")
        return 2
    # What a command says stands on standard output by itself, for who reads it with a program.
    stream = sys.stdout if arguments.process in PROCESSES else sys.stderr
    start_logging(name, arguments.process, settings.log_level, stream)
    start_tracing(name, settings.otel_exporter_otlp_endpoint)
    if arguments.process == "migrate":
        return _migrate(settings, package)
    if arguments.process == "clock":
        return clock_command(settings, arguments.act, arguments.by)
    return _run(arguments, parts_of(name, settings), build)


def _run(arguments: argparse.Namespace, parts: Parts, build: Build) -> int:
    """What needs the service as it is built."""
    built = build(parts)
    _spare_collecting()
    if arguments.process == "api":
        return _serve_api(parts, built)
    if arguments.process not in {"worker", "jobs"}:
        return asyncio.run(_for_ops(arguments, parts, built))
    follows = arguments.process == "worker"
    works = arguments.process == "jobs" or arguments.with_jobs
    return uvloop.run(Process(parts, built).run(follows=follows, works=works))


def _spare_collecting() -> None:
    """Leave what lives as long as the process out of every collection, and collect less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER, 10, 10)


async def _for_ops(arguments: argparse.Namespace, parts: Parts, built: Built) -> int:
    """A command that does one thing and ends."""
    if arguments.process == "dead-letters":
        return await dead_letters_command(_consumer(parts, built), arguments)
    if arguments.process == "rotate-keys":
        return await rotate_keys_command(parts.database, parts.mapper, built.service, built.shelves)
    return await sweep_command(parts.database, built.shelves, really=arguments.really)


def _migrate(settings: ChassisSettings, package: str) -> int:
    from shared.chassis.migrate import migrate  # noqa: PLC0415 - only this process needs alembic

    return migrate(settings, package)


def _parser(name: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"python -m services.{name}")
    processes = parser.add_subparsers(dest="process", required=True)
    processes.add_parser("api", help="HTTP")
    worker = processes.add_parser("worker", help="follow the topics")
    worker.add_argument("--with-jobs", action="store_true", help="also do the work of jobs")
    processes.add_parser("jobs", help="queues, timers and the relay").set_defaults(with_jobs=True)
    processes.add_parser("migrate", help="bring the database up to date")
    processes.add_parser("rotate-keys", help="seal everything with the newest keys")
    # Without options of its own, so that -2h is not taken for one.
    clock = processes.add_parser(
        "clock", help="move business time (development only)", prefix_chars="/", add_help=False
    )
    clock.add_argument("act", choices=["show", "shift", "reset"])
    clock.add_argument("by", nargs="?", help=USAGE)
    sweep = processes.add_parser("sweep-objects", help="files in the store that no row names")
    sweep.add_argument("--really", action="store_true", help="remove them; without it, list them")
    letters = processes.add_parser("dead-letters", help="what could not be handled")
    letters.add_argument("act", choices=["list", "show", "replay", "resume"])
    letters.add_argument("which", nargs="*", help="numbers (show, replay) or topics (resume)")
    return parser


def _what_is_wrong(error: ValidationError) -> str:
    lines = [
        f"  {'.'.join(map(str, item['loc'])).upper() or '-'}: {item['msg']}"
        for item in error.errors(include_input=False, include_url=False)
    ]
    return "\n".join(["These settings are missing or wrong:", *lines])


def make_web(parts: Parts, built: Built) -> FastAPI:
    """The api process' app."""
    name = built.service.name

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        sweeping = []
        if built.scratch is not None:
            built.scratch.sweep()  # a root that is not private must stop the process now
            sweeping.append(asyncio.create_task(built.scratch.keep_swept()))
        yield
        for task in sweeping:
            task.cancel()
        await _close(parts, built)

    health = Health({"database": database_answers(parts.database), **built.checks})
    title = built.title or name
    app = web.make_app(name, title, built.routers, health, lifespan, built.words, built.front)
    if built.subjects is not None:
        app.add_middleware(Subjects, subjects_of=built.subjects)
    app.state.doors = web.Doors(
        parts.database,
        parts.mapper,
        Commands(parts.database, parts.mapper, parts.source),
        Verifier(parts.settings.identity_keys, name),
    )
    for key, value in built.state.items():
        setattr(app.state, key, value)
    return app


def _serve_api(parts: Parts, built: Built) -> int:
    config = uvicorn.Config(
        make_web(parts, built),
        host=parts.settings.host,
        port=parts.settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=STOP_SECONDS,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
    )
    return uvloop.run(_serve(_QuietServer(config)))


async def _serve(server: _QuietServer) -> int:
    """Serve until a signal; answers the exit code."""
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, server.leave)
    await server.serve()
    return 0 if server.started else 1


def _consumer(parts: Parts, built: Built) -> Consumer:
    return Consumer(
        built.service,
        parts.database,
        parts.mapper,
        parts.source,
        brake_after=parts.settings.brake_after,
    )


async def _close(parts: Parts, built: Built) -> None:
    for close in built.close:
        answer = close()
        if asyncio.iscoroutine(answer):
            await answer
    await parts.database.close()


class _QuietServer(uvicorn.Server):
    """A server that leaves signals to the process."""

    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        """Capture none."""
        yield

    def leave(self) -> None:
        """Stop taking requests, finish those in hand, and end."""
        self.should_exit = True


class Process:
    """A worker or jobs process: what it does, its small HTTP side for ops, and its end."""

    def __init__(self, parts: Parts, built: Built) -> None:
        self.parts = parts
        self.built = built
        self.name = built.service.name
        self.stop = asyncio.Event()
        self.stream: Stream | None = None
        self.server: _QuietServer | None = None

    async def run(self, *, follows: bool, works: bool) -> int:
        """Run until a signal; answers the exit code. A broken part ends the process."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop.set)
        tasks = self._tasks(follows=follows, works=works)
        log.info("process_started", follows=follows, works=works)
        stopping = asyncio.create_task(self.stop.wait())
        try:
            await asyncio.wait([*tasks, stopping], return_when=asyncio.FIRST_COMPLETED)
            self.stop.set()
            await self._end(tasks)
        finally:
            stopping.cancel()
            await _close(self.parts, self.built)
        broken = [task for task in tasks if not task.cancelled() and task.exception()]
        for task in broken:
            log.error("process_broken", part=task.get_name(), exc_info=task.exception())
        return 1 if broken else 0

    def _tasks(self, *, follows: bool, works: bool) -> list[asyncio.Task[Any]]:
        settings, service = self.parts.settings, self.built.service
        dsn = settings.dsn
        tasks = [asyncio.create_task(self._ops(), name="ops")]
        if (scratch := self.built.scratch) is not None:
            tasks.append(asyncio.create_task(scratch.keep_swept(), name="scratch"))
        if follows and service.topics:
            from shared.chassis.stream import Stream  # noqa: PLC0415 - only a worker needs Faust

            consumer = _consumer(self.parts, self.built)
            unwanted = EVENTS.keys() - service.types
            self.stream = Stream(
                self.name, settings.kafka_bootstrap, service.topics, consumer.handle, unwanted
            )
            tasks.append(asyncio.create_task(self.stream.run(self.stop), name="stream"))
            tasks.append(asyncio.create_task(self._gauges(self.stream), name="gauges"))
        if works:
            relay = Relay(self.name, dsn, settings.kafka_bootstrap)
            jobs = Jobs(service, self.parts.database, self.parts.mapper, self.parts.source)
            tasks.append(asyncio.create_task(relay.run(), name="relay"))
            tasks.append(asyncio.create_task(jobs.run(dsn, self.stop), name="jobs"))
        return tasks

    async def _end(self, tasks: Sequence[asyncio.Task[Any]]) -> None:
        """Stream, jobs and server finish what is in hand; the rest is cancelled."""
        for task in tasks:
            if task.get_name() not in {"stream", "ops", "jobs"}:
                task.cancel()
        if self.server is not None:
            self.server.leave()
        _, late = await asyncio.wait(tasks, timeout=STOP_SECONDS)
        for task in late:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _ops(self) -> None:
        app = FastAPI(openapi_url=None, redirect_slashes=False)
        app.include_router(web.operations(Health(self._checks())))
        problems.install(app)
        config = uvicorn.Config(
            app,
            host=self.parts.settings.host,
            port=self.parts.settings.metrics_port,
            log_config=None,
            access_log=False,
        )
        self.server = _QuietServer(config)
        await self.server.serve()

    def _checks(self) -> dict[str, Check]:
        checks: dict[str, Check] = {"database": database_answers(self.parts.database)}
        if self.stream is not None:
            stream = self.stream

            async def member() -> bool:
                return stream.is_member

            async def running() -> bool:
                return not await brakes(self.parts.database)

            checks |= {"kafka": member, "rem": running}
        return {**checks, **self.built.checks}

    async def _gauges(self, stream: Stream) -> None:
        while True:
            METRICS.unacked_seconds.labels(self.name).set(stream.oldest_unacked_seconds)
            for topic, behind in stream.lag().items():
                METRICS.lag.labels(self.name, topic).set(behind)
            await asyncio.sleep(GAUGE_SECONDS)
