"""A colleague to be changed by the beheerder of a gemeente, and what each change says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from tests.support.caseworker import Caseworker


def newcomer() -> dict[str, Any]:
    """A colleague nobody made yet."""
    return {
        "gebruikersnaam": f"gebruiker-{uuid4()}",
        "naam": "Noor Nieuw",
        "email": "noor@example.nl",
        "rollen": ["raadpleger"],
    }


def ids(administrator: Caseworker) -> dict[str, str]:
    """A colleague of the gemeente who does nothing else."""
    answer = administrator.post("/gebruikers", newcomer())
    assert answer.status_code == 201, answer.text
    return {"gebruikers": answer.json()["id"]}


def bodies(
    administrator: Caseworker, ids: dict[str, str]
) -> dict[str, Callable[[], dict[str, Any]]]:
    """What each change says, about the colleague as it is now."""

    def seen() -> dict[str, Any]:
        found: dict[str, Any] = administrator.get(f"/gebruikers/{ids['gebruikers']}")
        return found

    def version() -> dict[str, Any]:
        return {"json": {"versie": seen()["versie"]}}

    def whole() -> dict[str, Any]:
        kept = ("versie", "naam", "email", "rollen")
        return {"json": {name: value for name, value in seen().items() if name in kept}}

    return {
        "POST /gebruikers": lambda: {"json": newcomer()},
        "PUT /gebruikers/{}": whole,
        "POST /gebruikers/{}/deactivering": version,
        "POST /gebruikers/{}/activering": version,
    }
