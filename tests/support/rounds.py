"""A round of work at the gateway, done with people whom the test knows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.support.caseworker import Approved, Caseworker, agreement
from tests.support.people import Row, write
from tests.support.system import System


@dataclass(frozen=True)
class Round:
    """A batch that was sent and closed, with the people in it."""

    people: Sequence[Row]
    upload: str
    batch: str
    approved: Approved
    closed: dict[str, Any]


@contextmanager
def signed_in(system: System, user: str = "behandelaar") -> Iterator[Caseworker]:
    """A signed-in user, whose connections are closed afterwards."""
    worker = system.caseworker(user)
    try:
        yield worker
    finally:
        worker.http.close()


def checked(worker: Caseworker, folder: Path, rows: Sequence[Row]) -> str:
    """A file without errors that waits for confirmation; the upload's id."""
    upload = worker.checked(write(folder / "inwoners.xlsx", rows))
    assert upload["status"] == "gecontroleerd", upload
    assert upload["aantalFouten"] == 0, upload["groepen"]
    found: str = upload["id"]
    return found


def opened(worker: Caseworker, folder: Path, rows: Sequence[Row]) -> str:
    """A batch whose cases are open, to be planned and approved; its id."""
    batch = worker.confirm(checked(worker, folder, rows))
    assert worker.opened(batch)["aantalZaken"] == len(rows)
    return batch


def sent(worker: Caseworker, folder: Path, rows: Sequence[Row]) -> Round:
    """The whole round: uploaded, opened, approved, sent and closed."""
    upload = checked(worker, folder, rows)
    batch = worker.confirm(upload)
    worker.opened(batch)
    approved = worker.approve(batch)
    closed = worker.reaches(batch, "afgerond", 180)
    return Round(rows, upload, batch, approved, closed)


def planned(worker: Caseworker, batch: str) -> dict[str, Any]:
    """Keep the plan as proposed; what is shown for approval."""
    plan = worker.get(f"/batches/{batch}/plan")
    answer = worker.http.put(f"/batches/{batch}/plan", json=plan_of(plan))
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = worker.get(f"/batches/{batch}/voorstel")
    assert shown["ontbreekt"] == []
    return shown


def tomorrow() -> str:
    """A moment that does not come during a test."""
    return (datetime.now(UTC) + timedelta(days=1)).isoformat()


def waiting(worker: Caseworker, folder: Path, rows: Sequence[Row], **wish: Any) -> str:
    """A batch that was approved and begins to be sent tomorrow, unless told otherwise; its id."""
    batch = opened(worker, folder, rows)
    plan = {**plan_of(worker.get(f"/batches/{batch}/plan")), "verzendenOp": tomorrow(), **wish}
    answer = worker.http.put(f"/batches/{batch}/plan", json=plan)
    assert answer.status_code == 200, answer.text
    shown = worker.get(f"/batches/{batch}/voorstel")
    answer = worker.post(f"/batches/{batch}/akkoord", agreement(shown))
    assert answer.status_code == 202, answer.text
    return batch


def plan_of(plan: dict[str, Any]) -> dict[str, Any]:
    """The plan that a proposed one becomes when it is kept."""
    return {
        "verzendDatum": plan["verzendDatum"],
        "reactietermijnDagen": plan["reactietermijnDagen"],
        "verklaring": "Deze inwoners kozen e-mail op het aanvraagformulier.",
    }
