"""What happens to letters after sending: print options, posted, returned, and what is exported."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import openpyxl

from tests.support import after_sending, rounds
from tests.support.caseworker import Caseworker
from tests.support.people import people
from tests.support.system import System
from tests.support.waiting import until


def test_letters_are_printed_posted_returned_and_accounted_for(
    system: System, tmp_path: Path
) -> None:
    """Every count adds up from the print file to the workbook; the case says what happened."""
    with rounds.signed_in(system) as worker:
        batch = rounds.opened(worker, tmp_path, people(5, ("BRIEF", "BEIDE")))
        options = {"volgorde": "postcode", "scheidingsbladElke": 2}
        chosen = worker.http.put(f"/batches/{batch}/afdrukopties", json=options)
        assert (chosen.status_code, chosen.json()["eigenKeuze"]) == (200, True)
        approved = worker.approve(batch)
        worker.reaches(batch, "afgerond", 180)
        (file,) = worker.get("/afdrukbestanden", batchId=batch)["resultaten"]
        assert (file["aantalBrieven"], file["aantalScheidingsbladen"]) == (approved.letters, 3)
        address = f"/afdrukbestanden/{file['id']}"
        manifest = worker.http.get(f"{address}/manifest").text
        numbers = [
            line["zaaknummer"] for line in csv.DictReader(io.StringIO(manifest), delimiter=";")
        ]

        posted = worker.post(f"{address}/gepost", {"gepostDatum": after_sending.today()})
        assert posted.status_code == 200, posted.text
        typed = {"reden": "onbekend", "retourDatum": after_sending.today()}
        wrong = worker.post("/retourpost", {**typed, "zaaknummer": "HO-1999-000001"})
        back = worker.post("/retourpost", {**typed, "zaaknummer": numbers[0].lower()})
        assert (wrong.status_code, back.status_code) == (404, 201), back.text
        figures = until(
            lambda: (
                (now := worker.get(f"/batches/{batch}")["brieven"])["retour"]
                and now["gepost"] == approved.letters
                and now
            ),
            60,
            "posted and returned in the figures",
        )
        assert figures["gemaakt"] + figures["mislukt"] + figures["uitgesloten"] == approved.letters
        listed = worker.get("/retourpost", batchId=batch)["resultaten"]
        assert [(one["zaaknummer"], one["reden"]) for one in listed] == [(numbers[0], "onbekend")]

        case = back.json()["zaakId"]
        shown = worker.get(f"/zaken/{case}")
        letter = next(one for one in shown["bezorgingen"] if one["kanaal"] == "brief")
        assert (letter["status"], letter["gepostDatum"]) == ("retour", after_sending.today())
        assert {"Brief gepost", "Brief retour"} <= {one["wat"] for one in shown["tijdlijn"]}
        tasks = worker.get("/taken", zaakId=case)["resultaten"]
        assert "adres-nakijken" in {one["soort"] for one in tasks}

        sheet = openpyxl.load_workbook(
            io.BytesIO(worker.http.get(f"/batches/{batch}/resultaten").content)
        ).active
        assert sheet is not None
        rows = list(sheet.iter_rows(values_only=True))
        assert len(rows) == 1 + 5
        assert [row[8] for row in rows[1:]].count("retour") == figures["retour"]
        both = next(each["zaak"] for each in cases_with_both(worker, batch))
        content = worker.http.get(f"/zaken/{both}/communicatie/zip").content
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            assert archive.testzip() is None
            heads = sorted((name[-4:], archive.read(name)[:5]) for name in archive.namelist())
        assert [kind for kind, _ in heads] == [".eml", ".pdf"]
        assert heads[1][1] == b"%PDF-"


def cases_with_both(worker: Caseworker, batch: str) -> list[dict[str, str]]:
    """The cases that got a letter and a mail."""
    cases = [one["id"] for one in worker.get("/zaken", batchId=batch)["resultaten"]]
    found = [(case, worker.get(f"/zaken/{case}")["bezorgingen"]) for case in cases]
    return [{"zaak": case} for case, sent in found if len(sent) == 2]
