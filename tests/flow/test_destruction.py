"""A destroyed case is nowhere: not in a database, not in the store, not on a page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.support import destruction, rounds
from tests.support.leaks import leaks, stored_objects, table_rows
from tests.support.people import people
from tests.support.system import System

#: As if the cases of a batch were closed seven years ago, but for the last one.
CLOSE = (
    "update cases set status = 'afgesloten', result = 'toegekend',"
    " closed_at = now() - interval '7 years' where batch_id = %s and number <> %s returning id"
)


def test_a_destroyed_case_is_nowhere(system: System, tmp_path: Path) -> None:
    """Its names, letters and mails are gone from every service; the other case has all of it."""
    began = datetime.now(UTC) - timedelta(seconds=2)
    with (
        rounds.signed_in(system) as worker,
        rounds.signed_in(system, "beheerder") as administrator,
        rounds.signed_in(system, "coordinator") as second,
    ):
        rows = people(2)
        rows[0]["ACHTERNAAM"], rows[1]["ACHTERNAAM"] = "Vernietigdaal", "Bewaardaal"
        done = rounds.sent(worker, tmp_path, rows)
        first, last = worker.get("/zaken", batchId=done.batch)["resultaten"]
        sent = worker.get(f"/zaken/{first['id']}/communicatie")
        files = [each["id"] for each in (*sent["brieven"], *sent["emails"])]
        assert files
        prints = worker.get("/afdrukbestanden", batchId=done.batch)["resultaten"]
        system.query("cases", CLOSE, done.batch, last["zaaknummer"])
        plan = administrator.get("/vernietigbare-zaken", soort="toegekend")
        assert first["zaaknummer"] in {each["zaaknummer"] for each in plan["resultaten"]}
        made = destruction.asked(administrator)
        assert administrator.post(f"/vernietigingen/{made}/akkoord").status_code == 403
        assert second.post(f"/vernietigingen/{made}/akkoord").status_code == 202
        destruction.done(administrator, made)
        assert worker.http.get(f"/zaken/{first['id']}").status_code == 404
        assert worker.get(f"/zaken/{last['id']}")["id"] == last["id"]
        register = administrator.get(f"/vernietigingen/{made}/zaken", perPagina=200)["resultaten"]
        (line,) = [each for each in register if each["zaakId"] == first["id"]]
        assert all(line[f"{name}GewistOp"] for name in ("brieven", "emails", "berichten", "rij"))
    rest = list(table_rows(system))
    assert leaks(rest, ["Vernietigdaal"]) == []
    assert leaks(rest, ["Bewaardaal"]), "looking finds what is there"
    keys = " ".join(piece.where for piece in stored_objects(system, began))
    assert not [each for each in (*files, done.upload, prints[0]["id"]) if each in keys]
