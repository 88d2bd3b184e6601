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
from tests.support.waiting import until


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


def settings(administrator: Caseworker, **changes: Any) -> None:
    """The settings of a gemeente with these changes, from the version that stands now."""
    seen = {k: v for k, v in administrator.get("/instellingen").items() if k != "code"}
    answer = administrator.http.put("/instellingen", json={**seen, **changes})
    assert answer.status_code == 200, answer.text


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


def ids_of(worker: Caseworker, done: Round) -> dict[str, str]:
    """One id of each kind of thing; the case has a letter and a mail."""
    case = worker.get("/zaken", batchId=done.batch)["resultaten"][0]["id"]
    sent = worker.get(f"/zaken/{case}/communicatie")
    letter, mail = sent["brieven"][0]["id"], sent["emails"][0]["id"]
    notice = until(lambda: worker.get("/meldingen")["resultaten"], 60, "notice")
    prints = until(
        lambda: worker.get("/afdrukbestanden", batchId=done.batch)["resultaten"], 60, "print file"
    )
    return {
        "uploads": done.upload,
        "batches": done.batch,
        "zaken": case,
        "documenten": letter,
        "emails": mail,
        "afdrukbestanden": prints[0]["id"],
        "meldingen": notice[0]["id"],
        "briefsjablonen": worker.get("/briefsjablonen/actief", doel="uitnodiging")["id"],
        "emailsjablonen": worker.get("/emailsjablonen/actief", doel="uitnodiging")["id"],
    }


def marked_copy(worker: Caseworker, folder: Path, rows: list[Row]) -> tuple[str, str]:
    """A file with a wrong row, and the copy in which that is marked; both ids."""
    rows[0]["ACHTERNAAM"] = None
    upload = worker.checked(write(folder / "fout.xlsx", rows))["id"]
    copy = worker.post(f"/uploads/{upload}/kopieen", {"soort": "gemarkeerd"}).json()["id"]
    until(lambda: worker.get(f"/kopieen/{copy}")["status"] == "gereed", 60, "copy made")
    return upload, copy
