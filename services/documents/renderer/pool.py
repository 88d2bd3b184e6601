"""Letters drawn by a few processes, so that a hanging or dying PDF library costs one letter.

Started when the first letter comes, gone when none has come for a while. A process gets letters in
small chunks of one template and the template itself only once. A letter that hangs is failed and
its process killed; a letter whose process dies is tried once more in a new one; the others of the
chunk go back to the front of the queue untouched.
"""

from __future__ import annotations

import asyncio
import multiprocessing
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import TypeVar

from services.documents.renderer.child import Answer, Chunk, serve
from services.documents.renderer.letter import (
    FAILURES,
    LetterTemplate,
    RenderCrashed,
    RenderedLetter,
    RenderTimedOut,
)
from shared.chassis.confinement import tell_shared_network

RENDER_TIMEOUT = timedelta(seconds=60)  # a letter takes 60 ms; a minute means the library hangs
IDLE_TIMEOUT = timedelta(minutes=3)  # between two batches; 100 MB per process is worth freeing
CHUNK = 8  # letters sent at once: the pipe never runs dry, and little is redone after a crash
RECYCLE_AFTER = 2000  # letters per process; the libraries' memory creeps up slowly
TEMPLATES_PER_PROCESS = 16  # versions kept in one process before it is replaced
_START_TIMEOUT = 120.0  # seconds; a start takes 1, on a machine that swaps far more
_MAX_ATTEMPTS = 2
_STOPPING = "de dienst stopt"

T = TypeVar("T")


@dataclass
class _Job:
    """One letter that somebody waits for."""

    template: LetterTemplate
    values: dict[str, str]
    result: asyncio.Future[RenderedLetter]
    attempts: int = 0

    def settle(self, answer: Answer) -> None:
        """Hand over the letter or its failure, unless the caller has gone."""
        if self.result.done():
            return
        if isinstance(answer, RenderedLetter):
            self.result.set_result(answer)
        else:
            kind, reason = answer
            self.result.set_exception(FAILURES[kind](reason))


@dataclass(eq=False)
class _Child:
    """A running process with its pipe and what it already knows."""

    process: SpawnProcess
    pipe: Connection
    known: set[str] = field(default_factory=set)
    drawn: int = 0
    is_ready: bool = False

    @property
    def is_worn_out(self) -> bool:
        """Say whether it has done enough to be replaced."""
        return self.drawn >= RECYCLE_AFTER or len(self.known) > TEMPLATES_PER_PROCESS

    def end(self) -> None:
        """Kill the process; it holds nothing worth saving."""
        self.process.kill()
        self.process.join()
        self.pipe.close()
        self.process.close()


class LetterPool:
    """Draws letters in `processes` child processes. Belongs to one event loop."""

    def __init__(
        self,
        processes: int = 1,
        *,
        render_timeout: timedelta = RENDER_TIMEOUT,
        idle_timeout: timedelta = IDLE_TIMEOUT,
    ) -> None:
        """Start nothing yet."""
        self._size = processes
        self._render_timeout = render_timeout.total_seconds()
        self._idle_timeout = idle_timeout.total_seconds()
        self._waiting: deque[_Job] = deque()
        self._arrived = asyncio.Condition()
        self._workers: set[asyncio.Task[None]] = set()
        self._active = 0
        self._children: set[_Child] = set()
        self._idle = 0
        self._threads: ThreadPoolExecutor | None = None
        self._closed = False

    @property
    def process_ids(self) -> frozenset[int]:
        """The processes that run now; empty when the pool is idle."""
        return frozenset(child.process.pid for child in self._children if child.process.pid)

    async def render(self, template: LetterTemplate, values: Mapping[str, str]) -> RenderedLetter:
        """Return the drawn letter. Raises LetterFailed with a reason for this letter only."""
        if self._closed:
            raise RenderCrashed(f"De brief is niet gemaakt: {_STOPPING}. Probeer het opnieuw.")
        job = _Job(template, dict(values), asyncio.get_running_loop().create_future())
        async with self._arrived:
            self._waiting.append(job)
            if self._idle < len(self._waiting) and self._active < self._size:
                self._start_worker()
            self._arrived.notify()
        return await job.result

    async def close(self) -> None:
        """Stop all processes; letters still waiting fail with a reason."""
        self._closed = True
        while self._workers:
            for child in self._children:
                child.process.kill()  # its pipe closes, which ends the thread that reads it
            for worker in self._workers:
                worker.cancel()
            await asyncio.wait(self._workers, timeout=1)
        _fail(self._waiting, _STOPPING)
        if self._threads is not None:
            await asyncio.to_thread(self._threads.shutdown)

    def _start_worker(self) -> None:
        if self._threads is None:
            self._threads = ThreadPoolExecutor(self._size, thread_name_prefix="letter-pipe")
        self._active += 1
        worker = asyncio.get_running_loop().create_task(self._work())
        self._workers.add(worker)
        worker.add_done_callback(self._worker_ended)

    def _worker_ended(self, worker: asyncio.Task[None]) -> None:
        """Let nobody wait for a worker that broke down."""
        self._workers.discard(worker)
        if worker.cancelled() or (error := worker.exception()) is None:
            return
        self._active -= 1
        _fail(self._waiting, "het programma is gestopt")
        context = {"message": "a letter worker broke down", "exception": error}
        worker.get_loop().call_exception_handler(context)

    async def _work(self) -> None:
        """Feed one process until no letter comes any more."""
        child: _Child | None = None
        try:
            while jobs := await self._next_jobs():
                child = await self._feed(child, jobs)
        finally:
            if child is not None:
                self._drop(child)

    async def _next_jobs(self) -> list[_Job]:
        """Return letters of one template, or nothing after a long silence."""
        async with self._arrived:
            self._idle += 1
            try:
                waiting = self._arrived.wait_for(lambda: bool(self._waiting))
                await asyncio.wait_for(waiting, self._idle_timeout)
            except TimeoutError:
                if not self._waiting:  # one may have come while the lock was taken back
                    self._active -= 1
                    return []
            finally:
                self._idle -= 1
            share = max(1, min(CHUNK, len(self._waiting) // self._size))
            version = self._waiting[0].template.version_id
            jobs: list[_Job] = []
            while self._waiting and len(jobs) < share:
                if self._waiting[0].template.version_id != version:
                    break
                jobs.append(self._waiting.popleft())
            return jobs

    async def _feed(self, child: _Child | None, jobs: list[_Job]) -> _Child | None:
        """Draw a chunk and return the process if it can go on.

        Whatever happens, each letter is settled or back in the queue afterwards.
        """
        try:
            if child is None or child.is_worn_out or not child.process.is_alive():
                child = await self._replace(child)
            if await self._draw(child, jobs):
                return child
            self._drop(child)
        except OSError:
            _fail(jobs, "er kon geen proces worden gestart")
        except BaseException:
            if child is not None:
                self._drop(child)
            raise
        finally:
            while jobs:
                self._waiting.appendleft(jobs.pop())
        return None

    async def _replace(self, old: _Child | None) -> _Child:
        if old is not None:
            self._drop(old)
        starting = asyncio.ensure_future(self._in_thread(_start_child))
        try:
            child = await asyncio.shield(starting)
        except asyncio.CancelledError:
            (await starting).end()  # or it would run on without an owner
            raise
        self._children.add(child)
        return child

    def _drop(self, child: _Child) -> None:
        if child in self._children:
            self._children.remove(child)
            child.end()

    async def _draw(self, child: _Child, jobs: list[_Job]) -> bool:
        """Draw a chunk; return False when the process is lost. `jobs` keeps what is not done."""
        version, template = jobs[0].template.version_id, jobs[0].template
        chunk = Chunk(
            version,
            None if version in child.known else template,
            tuple(job.values for job in jobs),
        )
        child.known.add(version)
        try:
            if not await self._is_ready(child):
                _fail(jobs, "het proces startte niet op tijd")
                return False
            await self._in_thread(child.pipe.send, chunk)
            while jobs:
                if not await self._in_thread(child.pipe.poll, self._render_timeout):
                    _settle_timeout(jobs.pop(0))
                    return False
                answer: Answer = await self._in_thread(child.pipe.recv)
                jobs.pop(0).settle(answer)
                child.drawn += 1
        except (EOFError, OSError):
            self._count_crash(jobs)
            return False
        return True

    async def _is_ready(self, child: _Child) -> bool:
        """Wait until a new process has loaded its libraries; no letter is blamed for that."""
        if not child.is_ready and await self._in_thread(child.pipe.poll, _START_TIMEOUT):
            if not await self._in_thread(child.pipe.recv):
                tell_shared_network("letters")
            child.is_ready = True
        return child.is_ready

    def _count_crash(self, jobs: list[_Job]) -> None:
        """Blame the letter that was being drawn; the second time it fails."""
        jobs[0].attempts += 1
        if jobs[0].attempts >= _MAX_ATTEMPTS:
            _fail([jobs.pop(0)], "het programma stopte twee keer. Controleer het sjabloon")

    async def _in_thread(self, call: Callable[..., T], *args: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, call, *args)


def _fail(jobs: deque[_Job] | list[_Job], because: str) -> None:
    """Settle letters that no process will draw; `jobs` is empty afterwards."""
    reason = f"De brief is niet gemaakt: {because}. Probeer het opnieuw."
    while jobs:
        jobs.pop().settle((RenderCrashed.kind, reason))


def _settle_timeout(job: _Job) -> None:
    reason = "De brief is gestopt: het maken duurde te lang. Controleer het sjabloon."
    job.settle((RenderTimedOut.kind, reason))


def _start_child() -> _Child:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=serve, args=(theirs,), daemon=True, name="letter-renderer")
    process.start()
    theirs.close()
    return _Child(process, ours)
