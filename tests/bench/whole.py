"""The whole system, as `make up` starts it."""

from __future__ import annotations

import re
import time
import urllib.request
from pathlib import Path

from examples.residents import write_workbook
from tests.bench.figures import Figure
from tests.support.system import System

#: A small batch to see how fast one event goes when nothing presses.
CALM_ROWS = 40
BUCKET = re.compile(
    r'^event_age_seconds_bucket\{le="([^"]+)",service="[^"]+"\} (\S+)$', re.MULTILINE
)


def whole(folder: Path, rows: int) -> list[Figure]:
    """Start-up, memory, calm event times, and from confirmed to all cases open."""
    system = System(folder / "system")
    started = time.perf_counter()
    system.start()
    again = time.perf_counter()
    try:
        figures = [
            Figure("first start, ready", again - started, "s", "stack and 11 processes"),
            Figure(
                "memory, idle", system.supervisor.resident_bytes() / 2**20, "MiB", "all processes"
            ),
        ]
        figures += _per_process(system)
        figures += _calm(system, folder)
        return figures + _open(system, folder, rows)
    finally:
        system.stop()


def _per_process(system: System) -> list[Figure]:
    return [
        Figure(f"memory of {name}", each.process.resident_bytes() / 2**20, "MiB")
        for name, each in system.supervisor.processes.items()
    ]


def _calm(system: System, folder: Path) -> list[Figure]:
    """A small batch from upload to closed; the ages of events when handled."""
    file = folder / "klein.xlsx"
    write_workbook(file, rows=CALM_ROWS, wrong=0, seed=3)
    worker = system.caseworker("behandelaar-9002")
    before = _ages(system)  # the settings that waited for the first start are not the question
    begin = time.perf_counter()
    batch = worker.confirm(worker.checked(file)["id"])
    worker.opened(batch)
    approved = worker.approve(batch)
    sending = time.perf_counter()
    worker.reaches(batch, "afgerond", 300)
    end = time.perf_counter()
    ages = {bound: count - before.get(bound, 0.0) for bound, count in _ages(system).items()}
    return [
        Figure("small batch, upload to closed", end - begin, "s", f"{CALM_ROWS} rows"),
        Figure("letters made, whole system", approved.letters / (end - sending), "letters/s"),
        Figure("mails sent, whole system", approved.mails / (end - sending), "mails/s"),
        Figure("event to handled, p50", _quantile(ages, 0.5), "s", "upper bound of its bucket"),
        Figure("event to handled, p99", _quantile(ages, 0.99), "s", "upper bound of its bucket"),
    ]


def _ages(system: System) -> dict[float, float]:
    """Counts per bucket, over all workers."""
    total: dict[float, float] = {}
    for name, each in system.supervisor.processes.items():
        if name.endswith("-worker"):
            address = f"http://127.0.0.1:{each.role.port}/metrics"
            with urllib.request.urlopen(address, timeout=10) as answer:
                for bound, count in BUCKET.findall(answer.read().decode()):
                    total[float(bound)] = total.get(float(bound), 0.0) + float(count)
    return total


def _quantile(buckets: dict[float, float], share: float) -> float:
    everything = max(buckets.values(), default=0.0)
    return min(
        (bound for bound, count in buckets.items() if count >= share * everything), default=0.0
    )


def _open(system: System, folder: Path, rows: int) -> list[Figure]:
    """From confirmed to every case open, while all services run."""
    file = folder / "groot.xlsx"
    write_workbook(file, rows=rows, wrong=0, seed=5)
    worker = system.caseworker("behandelaar")
    begin = time.perf_counter()
    upload = worker.checked(file, 600)
    confirmed = time.perf_counter()
    batch = worker.confirm(upload["id"])
    worker.opened(batch, 900)
    end = time.perf_counter()
    return [
        Figure("upload to checked", confirmed - begin, "s", f"{rows:,} rows"),
        Figure("confirmed to all cases open", end - confirmed, "s", f"{rows:,} rows"),
        Figure(
            "cases opened, end to end", rows / (end - confirmed), "cases/s", "everything running"
        ),
    ]
