"""What colleagues do between the cases of a batch and its last letter, at the gateway."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.support import rounds
from tests.support.caseworker import Caseworker, agreement
from tests.support.people import people
from tests.support.system import System
from tests.support.waiting import until


def did(answer: Any, status: int = 200) -> dict[str, Any]:
    """The JSON of an answer that must have this status."""
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_wrong_file_is_withdrawn_and_a_better_one_comes_in(
    system: System, tmp_path: Path
) -> None:
    """The same residents, one of them excluded; at the end every letter and mail is counted."""
    with rounds.signed_in(system) as worker:
        rows = people(6)
        wrong = rounds.opened(worker, tmp_path, rows)
        body = {"reden": "Verkeerd bestand", "wordtVervangen": True}
        did(worker.post(f"/batches/{wrong}/intrekking", body), 202)
        gone = worker.reaches(wrong, "ingetrokken", 60)
        assert (gone["aantalGestopt"], gone["wordtVervangen"]) == (6, True)
        case = worker.get("/zaken", batchId=wrong)["resultaten"][0]
        assert case["status"] == "gestopt"

        better = rounds.opened(worker, tmp_path, rows)
        left_out = worker.get("/zaken", batchId=better)["resultaten"][0]["id"]
        out = {"zaakIds": [left_out], "reden": "Woont in het buitenland"}
        did(worker.post(f"/batches/{better}/uitsluitingen", out))
        approved = worker.approve(better)
        ended = worker.reaches(better, "afgerond", 180)
        letters, mails = ended["brieven"], ended["emails"]
        assert letters["gemaakt"] + letters["mislukt"] == approved.letters
        assert mails["verzonden"] + mails["mislukt"] == approved.mails
        assert letters["uitgesloten"] + mails["uitgesloten"] >= 1
        deliveries = worker.get(f"/zaken/{left_out}")["bezorgingen"]
        assert {one["status"] for one in deliveries} == {"uitgesloten"}


def test_four_eyes_of_two_colleagues(system: System, tmp_path: Path) -> None:
    """One offers, sees who must agree; a coordinator sends back, and then agrees."""
    with (
        rounds.signed_in(system) as worker,
        rounds.signed_in(system, "coordinator") as second,
        rounds.signed_in(system, "beheerder") as administrator,
    ):
        batch = guarded(worker, administrator, tmp_path)
        shown = rounds.planned(worker, batch)
        did(worker.post(f"/batches/{batch}/akkoord", agreement(shown)), 409)
        did(worker.post(f"/batches/{batch}/aanbieding", agreement(shown)))
        did(worker.post(f"/batches/{batch}/akkoord", agreement(shown)), 403)
        sent_back = did(second.post(f"/batches/{batch}/terugzending", {"reden": "Kies morgen"}))
        assert (sent_back["status"], sent_back["terugzending"]["reden"]) == ("open", "Kies morgen")
        did(second.post(f"/batches/{batch}/akkoord", agreement(shown)), 409)
        did(worker.post(f"/batches/{batch}/aanbieding", agreement(shown)))
        did(second.post(f"/batches/{batch}/akkoord", agreement(shown)), 202)
        worker.reaches(batch, "afgerond", 180)


def test_a_batch_is_paused_and_its_rest_withdrawn(system: System, tmp_path: Path) -> None:
    """Nothing left yet: all of it ends as withdrawn, and the batch comes to its end."""
    with rounds.signed_in(system) as worker:
        batch = rounds.waiting(worker, tmp_path, people(4))
        paused = did(worker.post(f"/batches/{batch}/pauze"))
        assert paused["pauze"]["doorNaam"]
        resumed = did(worker.post(f"/batches/{batch}/hervatting"))
        assert (resumed["pauze"], resumed["begonnenOp"]) == (None, None)
        did(worker.post(f"/batches/{batch}/beeindiging"))
        ended = until(lambda: is_closed(worker, batch), 60, "batch closed")
        counts = [*ended["brieven"].values(), *ended["emails"].values()]
        withdrawn = ended["brieven"]["ingetrokken"] + ended["emails"]["ingetrokken"]
        assert withdrawn == sum(counts) > 0


def is_closed(worker: Caseworker, batch: str) -> dict[str, Any] | None:
    """The batch, when it is closed."""
    found: dict[str, Any] = worker.get(f"/batches/{batch}")
    return found if found["status"] == "afgerond" else None


def guarded(worker: Caseworker, administrator: Caseworker, folder: Path) -> str:
    """A batch that came in while the gemeente worked with four eyes; afterwards it does not."""
    rounds.settings(administrator, vierOgen=True)
    batch = rounds.opened(worker, folder, people(4))
    rounds.settings(administrator, vierOgen=False)
    return batch
