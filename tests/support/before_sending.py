"""Batches in every state between their cases and their end, for the test of isolation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.support import rounds
from tests.support.caseworker import Caseworker, agreement
from tests.support.people import people


def ids(worker: Caseworker, administrator: Caseworker, folder: Path) -> dict[str, str]:
    """A batch to offer and send back, one to withdraw, and two that wait for their moment."""
    for four_eyes in (True, False):
        rounds.settings(administrator, vierOgen=four_eyes)
        if four_eyes:
            offered = rounds.opened(worker, folder, people(2))
            rounds.planned(worker, offered)
    taken_back = rounds.opened(worker, folder, people(2))
    excluded = worker.get("/zaken", batchId=taken_back)["resultaten"][0]["id"]
    stopped, waiting = (rounds.waiting(worker, folder, people(2)) for _ in range(2))
    return {
        "proeven": trial(worker, taken_back, excluded),
        "a case to exclude": excluded,
        "POST /batches/{}/aanbieding": offered,
        "POST /batches/{}/terugzending": offered,
        "POST /batches/{}/uitsluitingen": taken_back,
        "POST /batches/{}/insluitingen": taken_back,
        "POST /batches/{}/intrekking": rounds.opened(worker, folder, people(2)),
        "POST /batches/{}/beeindiging": stopped,
        "POST /batches/{}/pauze": waiting,
        "POST /batches/{}/hervatting": waiting,
        "PUT /batches/{}/verzendmoment": waiting,
    }


def trial(worker: Caseworker, batch: str, case: str) -> str:
    """A trial of a resident's mail to oneself; its id."""
    answer = worker.post(f"/batches/{batch}/zaken/{case}/proef")
    assert answer.status_code == 202, answer.text
    found: str = answer.json()["id"]
    return found


def bodies(worker: Caseworker, given: Mapping[str, str]) -> dict[str, Callable[[], dict[str, Any]]]:
    """What each of these changes says."""
    cases = {"zaakIds": [given["a case to exclude"]]}
    offered = given["POST /batches/{}/aanbieding"]
    return {
        "POST /batches/{}/aanbieding": lambda: {
            "json": agreement(worker.get(f"/batches/{offered}/voorstel"))
        },
        "POST /batches/{}/terugzending": lambda: {"json": {"reden": "Andere datum"}},
        "POST /batches/{}/uitsluitingen": lambda: {"json": {**cases, "reden": "In het buitenland"}},
        "POST /batches/{}/insluitingen": lambda: {"json": cases},
        "POST /batches/{}/intrekking": lambda: {"json": {"reden": "Verkeerd bestand"}},
        "PUT /batches/{}/verzendmoment": lambda: {"json": {"verzendenOp": rounds.tomorrow()}},
    }


def rests(batch: Mapping[str, Any]) -> bool:
    """Whether nothing of a batch moves by itself: at an end, or before its moment."""
    waits = batch["verzendenOp"] and not batch["begonnenOp"]
    return batch["status"] in {"open", "afgerond", "ingetrokken"} or bool(waits)
