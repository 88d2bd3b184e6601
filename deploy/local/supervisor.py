"""Starts the stack and all services, keeps them running, and stops them together.

Everything that can go at the same time does: a service's tables are made while Kafka still
starts, its API starts before the topics are there, its worker after. On two cores nearly all
of the start is Python importing, so waiting in line would double it.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait

from deploy.local.environment import SERVICES
from deploy.local.migration import migrate
from deploy.local.part import Part
from deploy.local.screen import tell
from deploy.local.service_process import ServiceProcess, roles, run_to_end
from deploy.local.stack import PartFailedError, PortTakenError, Stack, create_bucket

WATCH_SECONDS = 0.5


class StoppedError(Exception):
    """Somebody stopped the system while it was still starting."""


class Supervisor:
    """The whole system of one installation."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.processes = {role.name: ServiceProcess(stack, role) for role in roles(stack)}
        self.stopping = threading.Event()
        #: Parts that somebody took away on purpose; they are not revived.
        self.absent: set[str] = set()

    def start(self) -> None:
        """Return when every process says it is ready; raise what went wrong first."""
        for part in self.stack.parts:
            part.check_ports()
        with ThreadPoolExecutor(16, thread_name_prefix="start") as threads:
            started = {
                part.name: threads.submit(self._start_part, part) for part in self.stack.parts
            }
            topics = threads.submit(self._make_topics, started["kafka"])
            bucket = threads.submit(self._make_bucket, started["s3"])
            needs = [started["mail"], topics, bucket]
            work = [threads.submit(self._start_service, name, started, needs) for name in SERVICES]
            work.append(threads.submit(self._start_gateway, started))
            self._finish([*started.values(), topics, bucket, *work])

    def _finish(self, steps: list[Future[None]]) -> None:
        """Wait for all steps; the first that fails ends the waiting of the others."""
        wait(steps, return_when=FIRST_EXCEPTION)
        failures = [error for step in steps if step.done() and (error := step.exception())]
        if failures:
            self.stopping.set()
            # What was stopped on purpose is not the reason.
            reasons = [error for error in failures if not isinstance(error, StoppedError)]
            raise (reasons or failures)[0]
        if self.stopping.is_set():
            raise StoppedError

    def _start_part(self, part: Part) -> None:
        started = time.monotonic()
        part.start()
        tell(f"{part.name} staat klaar ({time.monotonic() - started:.1f} s)")

    def _make_topics(self, kafka: Future[None]) -> None:
        kafka.result()
        run_to_end(self.stack, "topics", "shared.chassis.topics", service=None)

    def _make_bucket(self, s3: Future[None]) -> None:
        s3.result()
        create_bucket(self.stack)

    def _start_service(
        self, service: str, parts: dict[str, Future[None]], needs: list[Future[None]]
    ) -> None:
        parts["postgres"].result()
        migrate(self.stack, service)
        api, worker = self.processes[f"{service}-api"], self.processes[f"{service}-worker"]
        self._launch(api)
        for need in needs:
            need.result()
        self._launch(worker)
        api.wait_ready(self.stopping)
        worker.wait_ready(self.stopping)
        tell(f"{service} staat klaar")

    def _start_gateway(self, parts: dict[str, Future[None]]) -> None:
        gateway = self.processes["gateway-api"]
        parts["postgres"].result()
        migrate(self.stack, "gateway")
        self._launch(gateway)
        gateway.wait_ready(self.stopping)
        tell("gateway staat klaar")

    def _launch(self, process: ServiceProcess) -> None:
        if self.stopping.is_set():
            raise StoppedError
        process.start()

    def watch(self) -> None:
        """Start again what falls, until somebody stops the system."""
        while not self.stopping.wait(WATCH_SECONDS):
            for part in self.stack.parts:
                if not part.is_running and part.name not in self.absent:
                    self._revive(part)
            for process in self.processes.values():
                news = process.revive()
                if news:
                    tell(news)

    def _revive(self, part: Part) -> None:
        tell(f"{part.name} viel om; wij starten het opnieuw. Zie {part.log}.")
        try:
            part.start()
        except (PartFailedError, PortTakenError) as error:
            tell(str(error))  # the next look tries again
        else:
            tell(f"{part.name} staat weer klaar.")

    def stop(self) -> None:
        """Stop the services at once, then what they rest on."""
        self.stopping.set()
        with ThreadPoolExecutor(len(self.processes)) as threads:
            list(threads.map(lambda each: each.process.stop(), self.processes.values()))
        self.stack.stop()

    def resident_bytes(self) -> int:
        """Memory of all processes together, this one not counted."""
        services = sum(each.process.resident_bytes() for each in self.processes.values())
        return services + sum(part.resident_bytes() for part in self.stack.parts)
