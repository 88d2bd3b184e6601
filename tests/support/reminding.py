"""Reminders, corrections and writing again, for the test of isolation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from tests.support.caseworker import Caseworker

SWITCH = {"json": {"aan": False, "reden": "Op verzoek van de inwoner"}}


def bodies(
    worker: Caseworker, administrator: Caseworker, ids: Mapping[str, str]
) -> dict[str, Callable[[], dict[str, Any]]]:
    """What each of these changes says."""
    case = ids["zaken"]

    def correction() -> dict[str, Any]:
        seen = worker.get(f"/zaken/{case}/contactgegevens")["versie"]
        body = {"versie": seen, "reden": "Doorgegeven aan de balie", "telefoon": "0612345678"}
        return {"json": body}

    return {
        "POST /zaken/{}/contactgegevens": correction,
        "POST /zaken/{}/uitnodigingen": lambda: {"json": {"reden": "Brief niet ontvangen"}},
        "POST /zaken/{}/laatste-oproep": lambda: {"json": {"reden": "Nog niets ontvangen"}},
        "PUT /zaken/{}/herinneringen": lambda: SWITCH,
        "PUT /batches/{}/herinneringen": lambda: SWITCH,
        "PUT /herinneringen": partial(settings, administrator),
    }


def settings(administrator: Caseworker) -> dict[str, Any]:
    """How a gemeente reminds, as it stands now."""
    return {"json": administrator.get("/herinneringen")}
