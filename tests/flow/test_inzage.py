"""Everything of one resident in a ZIP: every part is in it, and nothing of anybody else."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.support import destruction, inzage, rounds
from tests.support.caseworker import Caseworker
from tests.support.leaks import stored_objects
from tests.support.people import Row, people
from tests.support.system import System

#: As if the case was closed seven years ago.
CLOSE = (
    "update cases set status = 'afgesloten', result = 'toegekend',"
    " closed_at = now() - interval '7 years' where id = %s returning id"
)
NEW_ADDRESS = "nieuw.adres@mail.example.nl"


def test_everything_of_one_resident_and_nothing_of_another(system: System, tmp_path: Path) -> None:
    """The resident's file, the partner's file; and both are gone when the case is."""
    began = datetime.now(UTC) - timedelta(seconds=2)
    rows = people(2, ["BEIDE"])
    with (
        rounds.signed_in(system) as worker,
        rounds.signed_in(system, "persoonsverwerker") as privacy,
    ):
        done = rounds.sent(worker, tmp_path, rows)
        first, second = worker.get("/zaken", batchId=done.batch)["resultaten"]
        assert first["zaaknummer"] < second["zaaknummer"]
        case = first["id"]
        _worked_on(worker, case, rows)
        assert privacy.post(f"/zaken/{second['id']}/inzagen", _partner()).status_code == 404
        made = inzage.asked(privacy, case)
        _check_resident(inzage.opened(privacy, made["id"]), worker, case, rows)
        theirs = inzage.asked(privacy, case, "partner")
        _check_partner(inzage.opened(privacy, theirs["id"]), rows)
        assert worker.http.get(f"/inzagen/{made['id']}/bestand").status_code == 403
        _destroy(system, case)
        for each in (made, theirs):
            assert privacy.http.get(f"/inzagen/{each['id']}/bestand").status_code == 410
    sealed = [one for one in stored_objects(system, began) if "/inzagen/" in one.where]
    assert not [one for one in sealed if rows[0]["BSN"].encode() in one.content]


def _partner() -> dict[str, str]:
    return {**inzage.ASKED, "wie": "partner"}


def _worked_on(worker: Caseworker, case: str, rows: list[Row]) -> None:
    """A note about two others, corrected contact data, a task."""
    note = f"Belde, ook over buurman {rows[1]['BSN']} en partner {rows[0]['PARTNER_BSN']}"
    version = worker.get(f"/zaken/{case}/contactgegevens")["versie"]
    correction = {"versie": version, "reden": "Belde een nieuw adres door", "email": NEW_ADDRESS}
    task = {"soort": "terugbellen", "toelichting": "Wil weten welke stukken nodig zijn"}
    for path, body in (
        ("notities", {"tekst": note}),
        ("contactgegevens", correction),
        ("taken", task),
    ):
        answer = worker.post(f"/zaken/{case}/{path}", body)
        assert answer.is_success, answer.text


def _check_resident(
    found: dict[str, bytes], worker: Caseworker, case: str, rows: list[Row]
) -> None:
    me, other = rows
    parts = _parts(found)
    assert parts["Uw gegevens"][0]["bsn"] == me["BSN"]
    assert parts["Uw gegevens"][0]["partner"]["achternaam"] == me["PARTNER_ACHTERNAAM"]
    (change,) = parts["Verbeterde contactgegevens"]
    assert (change["was"]["email"], change["werd"]["email"]) == (me["EMAIL"], NEW_ADDRESS)
    assert parts["De rij zoals die is aangeleverd"][0]["persoon"]["email"] == me["EMAIL"]
    assert parts["Taken"][0]["taak"] == "terugbellen"
    assert {"Zaak aangemaakt", "Notitie"} <= {line["wat"] for line in parts["Wat er gebeurde"]}
    assert parts["Brieven"][0]["status"] == "gemaakt"
    assert parts["E-mails"][0]["status"] == "verzonden"
    assert len(parts["Berichten in de zaak"]) == 2
    actions = [line["handeling"] for line in parts["Wie keek of iets deed"]]
    assert "Een zaak" in actions or any(
        action.startswith("Zaken die u zoekt") for action in actions
    )
    assert any(action.startswith("Lees alles") for action in actions)
    sent = worker.get(f"/zaken/{case}/communicatie")
    (letter,) = sent["brieven"]
    (pdf,) = [content for name, content in found.items() if name.endswith(".pdf")]
    (mail,) = [content for name, content in found.items() if name.endswith(".eml")]
    assert pdf == worker.http.get(f"/documenten/{letter['id']}/inhoud").content
    assert mail == worker.http.get(f"/emails/{sent['emails'][0]['id']}/bron").content
    page = found["lees-mij.html"].decode()
    for name in set(found) - {"lees-mij.html"}:
        assert f'href="{name}"' in page
    _nothing_of(found, other["BSN"], me["PARTNER_BSN"], "1961-05-07", other["EMAIL"], "Sam Bakker")


def _check_partner(found: dict[str, bytes], rows: list[Row]) -> None:
    me, other = rows
    parts = _parts(found)
    assert parts["Uw gegevens"][0]["bsn"] == me["PARTNER_BSN"]
    assert "weggelaten" in str(parts["Wat er gebeurde"])
    assert not [name for name in found if name.startswith("bestanden/")]
    _nothing_of(found, me["BSN"], other["BSN"], me["EMAIL"], NEW_ADDRESS)


def _parts(found: dict[str, bytes]) -> dict[str, list[dict[str, Any]]]:
    """The entries of every part, by title."""
    data = [json.loads(content) for name, content in found.items() if name.endswith(".json")]
    return {part["titel"]: part["regels"] for share in data for part in share}


def _nothing_of(found: dict[str, bytes], *needles: str) -> None:
    readable = [name for name in found if not name.endswith(".pdf")]
    assert not [(name, one) for name in readable for one in needles if one.encode() in found[name]]


def _destroy(system: System, case: str) -> None:
    assert system.query("cases", CLOSE, case)
    with (
        rounds.signed_in(system, "beheerder") as administrator,
        rounds.signed_in(system, "coordinator") as second,
    ):
        made = destruction.asked(administrator)
        assert second.post(f"/vernietigingen/{made}/akkoord").status_code == 202
        destruction.done(administrator, made)
