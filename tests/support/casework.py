"""What colleagues have to do in cases, for the test of isolation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.support.caseworker import Caseworker

ADDRESS = {"soort": "adres-nakijken", "toelichting": "De brief kwam terug"}
CALL = {"soort": "terugbellen", "toelichting": "Wil weten welke stukken nodig zijn"}


def ids(worker: Caseworker, case: str) -> dict[str, str]:
    """A task in a case, and one to finish and open again."""
    lasting, passing = (made(worker, case, body) for body in (ADDRESS, CALL))
    return {
        "taken": lasting,
        "POST /taken/{}/afronding": passing,
        "POST /taken/{}/heropening": passing,
    }


def made(worker: Caseworker, case: str, body: Mapping[str, Any]) -> str:
    """A task made by hand; its id."""
    answer = worker.post(f"/zaken/{case}/taken", dict(body))
    assert answer.status_code == 201, answer.text
    found: str = answer.json()["id"]
    return found


def bodies() -> dict[str, Callable[[], dict[str, Any]]]:
    """What each of these changes says."""
    return {
        "POST /zaken/{}/taken": lambda: {"json": CALL},
        "POST /taken/{}/afronding": lambda: {"json": {"uitkomst": "Gesproken"}},
        "POST /taken/{}/heropening": lambda: {"json": {"reden": "Toch nog een vraag"}},
    }
