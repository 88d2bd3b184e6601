"""A caseworker at the gateway's JSON API: does the main job as a user would."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from tests.support.waiting import until

PASSWORD = "Welkom-in-de-demo-1"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Approved:
    """What was agreed to."""

    batch: str
    letters: int
    mails: int


class Caseworker:
    """A signed-in user. Every call fails loudly unless the answer is as asked."""

    def __init__(self, address: str, user: str = "behandelaar") -> None:
        self.http = httpx.Client(base_url=f"{address}/v1", timeout=60)
        answer = self.http.post("/sessies", json={"gebruikersnaam": user, "wachtwoord": PASSWORD})
        assert answer.status_code == 201, answer.text
        self.gemeente: str = answer.json()["gemeente"]
        self.http.headers["Authorization"] = f"Bearer {answer.json()['token']}"

    def get(self, path: str, **query: Any) -> Any:
        """The JSON of a page."""
        answer = self.http.get(path, params=query)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()

    def patient_get(self, path: str) -> Any | None:
        """The JSON of a page, or None while the system cannot answer."""
        try:
            answer = self.http.get(path)
        except httpx.TransportError:
            return None
        return answer.json() if answer.status_code == 200 else None

    def post(self, path: str, body: Any = None, *, key: str | None = None) -> httpx.Response:
        """Send JSON; the answer as it is."""
        headers = {"Idempotency-Key": key or str(uuid4())}
        return self.http.post(path, json=body, headers=headers)

    def upload(
        self, file: Path, *, name: str | None = None, key: str | None = None
    ) -> httpx.Response:
        """Send a workbook; the answer as it is."""
        with file.open("rb") as content:
            return self.http.post(
                "/uploads",
                files={"bestand": (name or file.name, content, XLSX)},
                headers={"Idempotency-Key": key or str(uuid4())},
            )

    def checked(self, file: Path, seconds: float = 90) -> dict[str, Any]:
        """Upload and wait for the check; the upload with its counts and groups."""
        answer = self.upload(file)
        assert answer.status_code == 202, answer.text
        path = f"/uploads/{answer.json()['id']}"

        def ended() -> dict[str, Any] | None:
            found = self.patient_get(path)
            busy = {"ontvangen", "controleren"}
            return found if found and found["status"] not in busy else None

        return until(ended, seconds, "check ended")

    def confirm(self, upload: str) -> str:
        """Agree with a checked file; the batch's id."""
        answer = self.post(f"/uploads/{upload}/bevestiging", {"akkoord": True})
        assert answer.status_code == 202, answer.text
        batch: str = answer.json()["batchId"]
        return batch

    def opened(self, batch: str, seconds: float = 120) -> dict[str, Any]:
        """Wait until every case of a batch is open."""
        return self.reaches(batch, "open", seconds)

    def reaches(self, batch: str, status: str, seconds: float) -> dict[str, Any]:
        """Wait until a batch has a status."""

        def there() -> dict[str, Any] | None:
            found = self.patient_get(f"/batches/{batch}")
            return found if found and found["status"] == status else None

        return until(there, seconds, f"batch {status}")

    def approve(self, batch: str) -> Approved:
        """Set the plan as proposed and agree with exactly what is shown."""
        plan = self.get(f"/batches/{batch}/plan")
        wish = {
            "verzendDatum": plan["verzendDatum"],
            "reactietermijnDagen": plan["reactietermijnDagen"],
            "verklaring": "Deze inwoners hebben e-mail gekozen (aanvraagformulier 2025).",
        }
        answer = self.http.put(
            f"/batches/{batch}/plan", json=wish, headers={"Idempotency-Key": str(uuid4())}
        )
        assert answer.status_code == 200, answer.text
        shown = self.get(f"/batches/{batch}/voorstel")
        assert shown["ontbreekt"] == []
        answer = self.post(f"/batches/{batch}/akkoord", agreement(shown))
        assert answer.status_code == 202, answer.text
        return Approved(batch, shown["plan"]["aantalBrieven"], shown["plan"]["aantalEmails"])


def agreement(shown: dict[str, Any]) -> dict[str, Any]:
    """The approval of a proposal as it was shown."""
    return {
        "aantalEmails": shown["plan"]["aantalEmails"],
        "aantalBrieven": shown["plan"]["aantalBrieven"],
        "briefSjabloonVersieId": (shown["briefSjabloon"] or {}).get("id"),
        "emailSjabloonVersieId": (shown["emailSjabloon"] or {}).get("id"),
    }
