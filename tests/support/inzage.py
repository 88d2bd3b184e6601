"""Inzagen: asked for, waited for and opened, for tests of the whole system."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from tests.support.caseworker import Caseworker
from tests.support.waiting import until

ASKED = {"wie": "inwoner", "reden": "Verzoek om inzage, kenmerk 2026-12"}


def asked(worker: Caseworker, case: str, who: str = "inwoner") -> dict[str, Any]:
    """An inzage whose file is there."""
    answer = worker.post(f"/zaken/{case}/inzagen", {**ASKED, "wie": who})
    assert answer.status_code == 202, answer.text
    path = f"/inzagen/{answer.json()['id']}"

    def ready() -> dict[str, Any] | None:
        found: dict[str, Any] = worker.get(path)
        assert found["status"] != "mislukt", found
        return found if found["status"] == "gereed" else None

    return until(ready, 60, "inzage ready")


def opened(worker: Caseworker, inzage: str) -> dict[str, bytes]:
    """The content of the file, by name."""
    answer = worker.http.get(f"/inzagen/{inzage}/bestand")
    assert answer.status_code == 200, answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def at_rest(worker: Caseworker) -> bool:
    """Whether none is being made."""
    found = worker.get("/inzagen", perPagina=200)["resultaten"]
    return all(each["status"] not in {"aangevraagd", "bezig"} for each in found)
