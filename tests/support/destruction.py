"""Cases past their term, and lists to destroy them by, for tests of the whole system."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.support import rounds
from tests.support.caseworker import Caseworker
from tests.support.people import people
from tests.support.system import System
from tests.support.waiting import until

AGE = "update cases set closed_at = closed_at - interval '2 years' where batch_id = %s returning id"


def due(system: System, worker: Caseworker, folder: Path) -> str:
    """A batch that was taken back two years ago; its id."""
    batch = rounds.opened(worker, folder, people(2))
    answer = worker.post(f"/batches/{batch}/intrekking", {"reden": "Verkeerd bestand"})
    assert answer.is_success, answer.text
    worker.reaches(batch, "ingetrokken", 60)
    assert system.query("cases", AGE, batch)
    return batch


def asked(administrator: Caseworker) -> str:
    """A list of all that may go now; its id."""
    answer = administrator.post("/vernietigingen", {})
    assert answer.status_code == 201, answer.text
    found: str = answer.json()["id"]
    return found


def done(administrator: Caseworker, made: str) -> dict[str, Any]:
    """A list of which every service said that all is gone."""

    def ended() -> dict[str, Any] | None:
        found: dict[str, Any] = administrator.get(f"/vernietigingen/{made}")
        return found if found["status"] == "klaar" else None

    return until(ended, 60, "destruction done")


def ids(system: System, worker: Caseworker, folder: Path) -> dict[str, str]:
    """A list to agree with and one to refuse, by somebody of all gemeenten; and more to ask for."""
    with rounds.signed_in(system, "beheer") as administrator:
        made = []
        for _ in range(2):
            due(system, worker, folder)
            made.append(asked(administrator))
    due(system, worker, folder)
    refused, agreed = made
    return {"vernietigingen": agreed, "POST /vernietigingen/{}/afwijzing": refused}


def bodies(administrator: Caseworker) -> dict[str, Callable[[], dict[str, Any]]]:
    """What each change says."""

    def terms() -> dict[str, Any]:
        version = administrator.get("/bewaartermijnen")["versie"]
        return {"json": {"versie": version, "termijnen": {"afgesloten": 84}}}

    def why() -> dict[str, Any]:
        return {"json": {"reden": "Er loopt een onderzoek"}}

    return {
        "PUT /bewaartermijnen": terms,
        "POST /vernietigingen": lambda: {"json": {}},
        "POST /vernietigingen/{}/afwijzing": why,
        "POST /zaken/{}/bewaarblokkade": why,
        "POST /zaken/{}/bewaarblokkade/opheffing": why,
    }
