"""One case from its invitation to its end and back, at the gateway, with the clock moved."""

from __future__ import annotations

import io
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pypdf

from deploy.local.clocks import move_clocks
from tests.support import rounds
from tests.support.caseworker import Caseworker
from tests.support.people import people
from tests.support.system import System
from tests.support.waiting import until

MOTIVATION = "Uw inkomen is in het afgelopen jaar gestegen tot boven de grens."


class Case:
    """A case that a colleague leads from status to status."""

    def __init__(self, worker: Caseworker, case_id: str) -> None:
        self.worker, self.id = worker, case_id

    @property
    def page(self) -> dict[str, Any]:
        """How it is now."""
        found: dict[str, Any] = self.worker.get(f"/zaken/{self.id}")
        return found

    def did(self, act: str, **body: Any) -> dict[str, Any]:
        """Do something that must be allowed; how it is then."""
        body = {"versie": self.page["versie"], **body}
        answer = self.worker.post(f"/zaken/{self.id}/{act}", body)
        assert answer.status_code == 200, f"{act}: {answer.text}"
        found: dict[str, Any] = answer.json()
        return found

    def reaches(self, status: str) -> dict[str, Any]:
        """Wait until it has a status by itself."""
        until(lambda: self.page["status"] == status, 60, f"case {status}")
        return self.page

    def letter(self, purpose: str) -> str:
        """The text of the PDF that was made for a purpose."""
        path = f"/zaken/{self.id}/communicatie"

        def there() -> str | None:
            made = self.worker.get(path)["brieven"]
            about = (one for one in made if one["doel"] == purpose)
            return next((one["id"] for one in about if one["status"] == "gemaakt"), None)

        found = until(there, 60, f"letter {purpose}")
        answer = self.worker.http.get(f"/documenten/{found}/inhoud")
        assert answer.status_code == 200, answer.text
        pages = pypdf.PdfReader(io.BytesIO(answer.content)).pages
        return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_a_case_lives_from_its_invitation_to_its_end_and_back(
    system: System, tmp_path: Path
) -> None:
    """Supplied, examined, waiting, decided, objected to, revised, closed and opened again."""
    with rounds.signed_in(system) as worker:
        done = rounds.sent(worker, tmp_path, people(1, ("BEIDE",)))
        case = Case(worker, worker.get("/zaken", batchId=done.batch)["resultaten"][0]["id"])
        page = case.reaches("uitnodiging verzonden")
        assert page["volgendeStap"].startswith("De inwoner kan reageren tot en met")
        try:
            examined(case, system)
            decided(case)
            ended(case)
        finally:
            move_clocks(system.stack, "reset")


def examined(case: Case, system: System) -> None:
    """Its data came in, and it waited a week for more."""
    today = date.today()  # noqa: DTZ011 - a week from it is ahead everywhere
    received = str(case.page["geopendOp"][:10])
    page = case.did(
        "aanleveringen", bron="post", ontvangstDatum=received, ontvangstbevestiging=True
    )
    assert page["status"] == "gegevens aangeleverd"
    case.did("onderzoeken")
    case.did("afwachten", totDatum=str(today + timedelta(days=7)), reden="Afschriften van de bank")
    move_clocks(system.stack, "+8d")
    page = case.reaches("in onderzoek")
    assert "systeem:end_waiting" in {one["door"] for one in page["tijdlijn"]}
    assert page["zaaknummer"] in case.letter("ontvangstbevestiging")


def decided(case: Case) -> None:
    """The letter says what and why, to both partners, and how to object."""
    page = case.did(
        "besluiten", resultaat="afwijzen", reden="inkomen-te-hoog", motivering=MOTIVATION
    )
    text = case.letter("besluit-afwijzen")
    assert "omdat uw inkomen te hoog is" in text
    assert MOTIVATION in text
    assert "U maakt bezwaar met een brief" in text
    assert "P. Meeuwenlaar" in text
    page = case.did("bezwaar", ontvangstDatum=page["besluiten"][0]["besluitDatum"])
    page = case.did(
        "herzieningen",
        herzietBesluitId=page["besluiten"][0]["id"],
        redenHerziening="Het bezwaar is gegrond",
        resultaat="toekennen",
        motivering="Uw inkomen ligt toch onder de grens.",
    )
    assert [one["resultaat"] for one in page["besluiten"]] == ["toekennen", "afwijzen"]
    assert "U houdt recht op de regeling." in case.letter("besluit-toekennen")


def ended(case: Case) -> None:
    """Closed and opened again; every act stands in the timeline with who did it."""
    page = case.did("sluiten", bevestigd=True, redenBevestiging="Meegegeven aan de balie")
    assert (page["status"], page["bezwaarDatum"] is not None) == ("afgesloten", True)
    page = case.did("heropenen", reden="Nieuwe gegevens")
    assert page["status"] == "in onderzoek"
    told = {one["wat"]: one["door"] for one in page["tijdlijn"]}
    acts = {
        "Gegevens aangeleverd",
        "In afwachting gezet",
        "Besluit genomen",
        "Bezwaar ontvangen",
        "Besluit herzien",
        "Zaak afgesloten",
        "Zaak heropend",
    }
    assert acts <= set(told)
    assert len({told[act] for act in acts}) == 1
