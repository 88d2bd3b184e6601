"""A letter that failed: corrected, offered with a newer template, agreed with by another, made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.flow.test_before_sending import did
from tests.support import rounds, templates
from tests.support.caseworker import agreement
from tests.support.people import people
from tests.support.system import System
from tests.support.waiting import until


def test_a_failed_letter_is_corrected_and_made_with_a_newer_template(
    system: System, tmp_path: Path
) -> None:
    """Its data named a BSN; two colleagues look at the newer letter before it is made."""
    rows = people(2, ("BRIEF",), partners=False)
    rows[0]["AANSCHRIJFNAAM"] = f"Familie {rows[0]['BSN']}"
    with (
        rounds.signed_in(system) as worker,
        rounds.signed_in(system, "coordinator") as second,
        rounds.signed_in(system, "beheerder") as administrator,
    ):
        rounds.settings(administrator, vierOgen=True)
        batch = rounds.opened(worker, tmp_path, rows)
        rounds.settings(administrator, vierOgen=False)
        shown = rounds.planned(worker, batch)
        did(worker.post(f"/batches/{batch}/aanbieding", agreement(shown)))
        did(second.post(f"/batches/{batch}/akkoord", agreement(shown)), 202)
        worker.reaches(batch, "afgerond", 120)
        (failure,) = worker.get(f"/batches/{batch}/mislukt")["resultaten"]
        assert "BSN" in failure["reden"]

        contact = f"/zaken/{failure['zaakId']}/contactgegevens"
        wish = {"versie": 1, "reden": "BSN in de naam", "aanschrijfnaam": "Familie Beter"}
        did(worker.post(contact, wish))
        newer = templates.place(
            administrator, "briefsjablonen", templates.letter_template("Nieuwere brief")
        )
        agreed: dict[str, Any] = {
            "akkoord": {
                "aantalEmails": 0,
                "aantalBrieven": 1,
                "briefSjabloonVersieId": newer,
                "emailSjabloonVersieId": None,
            }
        }
        path = f"/batches/{batch}/opnieuw"
        old = shown["briefSjabloon"]["id"]
        outdated = {"akkoord": {**agreed["akkoord"], "briefSjabloonVersieId": old}}
        assert did(worker.post(path, outdated), 409)["briefSjabloonVersieId"] == newer
        assert did(worker.post(path, agreed), 202)["aangeboden"] is True
        back = did(second.post(f"{path}/terugzending", {"reden": "Bel eerst"}))["herkansing"]
        assert (back["wachtOpAkkoord"], back["terugzending"]["reden"]) == (False, "Bel eerst")
        assert did(worker.post(path, agreed), 202)["aangeboden"] is True
        assert did(second.post(path, agreed), 202)["aangeboden"] is False

        ended = until(
            lambda: (
                (now := worker.get(f"/batches/{batch}"))["status"] == "afgerond"
                and now["brieven"]["gemaakt"] == 2
                and now
            ),
            120,
            "the letter is made",
        )
        assert (ended["brieven"]["mislukt"], ended["herkansing"]) == (0, None)
        (letter,) = worker.get(f"/zaken/{failure['zaakId']}/communicatie")["brieven"]
        assert letter["sjabloonVersieId"] == newer
