"""What happens to letters after sending, for tests at the gateway."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.support.caseworker import Caseworker
from tests.support.waiting import until


def today() -> str:
    """The date in the Netherlands."""
    return str(datetime.now(UTC).astimezone(ZoneInfo("Europe/Amsterdam")).date())


def returning(worker: Caseworker, case: str, reason: str = "verhuisd") -> dict[str, Any]:
    """What is said of the letter of a case that came back."""
    number = worker.get(f"/zaken/{case}")["zaaknummer"]
    return {"zaaknummer": number, "reden": reason, "retourDatum": today()}


def ids(worker: Caseworker, ids: dict[str, str]) -> dict[str, str]:
    """A letter that came back, of a print file that is ready."""
    file = ids["afdrukbestanden"]
    until(
        lambda: worker.get(f"/afdrukbestanden/{file}")["status"] == "gereed", 60, "print file ready"
    )
    answer = worker.post("/retourpost", returning(worker, ids["zaken"]))
    assert answer.status_code == 201, answer.text
    return {"retourpost": answer.json()["id"]}


def bodies(worker: Caseworker, ids: dict[str, str]) -> dict[str, Callable[[], dict[str, Any]]]:
    """What each of these changes says."""
    return {
        "POST /afdrukbestanden": lambda: {"json": {}},
        "POST /afdrukbestanden/{}/gepost": lambda: {"json": {"gepostDatum": today()}},
        "PUT /afdrukopties": lambda: {"json": {"volgorde": "postcode"}},
        "PUT /batches/{}/afdrukopties": lambda: {"json": {"scheidingsbladElke": 25}},
        "POST /batches/{}/opnieuw": lambda: {"json": {}},
        "POST /batches/{}/opnieuw/terugzending": lambda: {"json": {"reden": "Andere brief"}},
        "POST /batches/{}/niet-bezorgd/brieven": lambda: {"json": {}},
        "POST /retourmail/{}/afhandeling": lambda: {"json": {"reden": "Reclame"}},
        "POST /retourpost": lambda: {"json": returning(worker, ids["zaken"])},
        "POST /retourpost/{}/intrekking": lambda: {"json": {"reden": "Verkeerd nummer"}},
    }
