"""From the empty file to a batch: wrong rows marked, mended, compared, left out."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from openpyxl import Workbook, load_workbook

from examples.residents import COLUMNS
from tests.support import rounds
from tests.support.caseworker import XLSX, Caseworker
from tests.support.people import people, write
from tests.support.system import System
from tests.support.waiting import until

COPY_SECONDS = 60
ROWS = 100_000


@pytest.fixture(scope="module")
def worker(system: System) -> Iterator[Caseworker]:
    """A caseworker of the first gemeente."""
    with rounds.signed_in(system) as found:
        yield found


@pytest.fixture(scope="module")
def administrator(system: System) -> Iterator[Caseworker]:
    """Who sets the own column names."""
    with rounds.signed_in(system, "beheerder") as found:
        yield found


def copied(worker: Caseworker, upload: str, kind: str, seconds: float = COPY_SECONDS) -> bytes:
    """A copy of an upload, as its sender downloads it."""
    asked = worker.post(f"/uploads/{upload}/kopieen", {"soort": kind})
    assert asked.status_code == 202, asked.text
    path = f"/kopieen/{asked.json()['id']}"
    until(lambda: worker.get(path)["status"] == "gereed", seconds, f"copy {kind}")
    answer = worker.http.get(f"{path}/inhoud")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == XLSX
    return answer.content


def cells_of(content: bytes) -> list[dict[str, Any]]:
    """The rows of the first sheet of a workbook, by their header."""
    rows = list(load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True))
    return [dict(zip(map(str, rows[0]), row, strict=True)) for row in rows[1:]]


def spoiled(count: int, *places: int) -> list[dict[str, Any]]:
    """New people, some of them with a date that cannot be read."""
    rows = people(count)
    for place in places:
        rows[place]["GEBOORTEDATUM"] = "1970-01-31"
    return rows


def test_the_empty_file_is_filled_in_and_becomes_a_batch(
    worker: Caseworker, tmp_path: Path
) -> None:
    """Downloaded, filled in below its example, uploaded, confirmed: every resident has a case."""
    found = worker.get("/startvoorwaarden")
    there = {"brief": found["briefSjabloon"], "email": found["emailSjabloon"]}
    warned = {warning["kanaal"] for warning in found["waarschuwingen"]}
    assert warned == {channel for channel, template in there.items() if template is None}
    answer = worker.http.get("/leeg-bestand")
    assert answer.headers["content-type"] == XLSX
    book = load_workbook(io.BytesIO(answer.content))
    sheet = book["Heronderzoek"]
    names = [cell.value for cell in sheet[1]]
    for row in people(3):
        sheet.append([row.get(str(name)) for name in names])
    path = tmp_path / "ingevuld.xlsx"
    book.save(path)
    upload = worker.checked(path)
    assert (upload["aantalRijen"], upload["aantalFouten"]) == (3, 0)
    assert worker.opened(worker.confirm(upload["id"]))["aantalZaken"] == 3


def test_errors_are_marked_mended_and_counted_down(worker: Caseworker, tmp_path: Path) -> None:
    """The workbook comes back marked; the mended one says what was solved, left and new."""
    rows = spoiled(8, 1, 2, 5)
    first = worker.checked(write(tmp_path / "fout.xlsx", rows))
    marked = cells_of(copied(worker, first["id"], "gemarkeerd"))
    assert [place for place, row in enumerate(marked) if row["FOUTEN"]] == [1, 2, 5]
    rows[1]["GEBOORTEDATUM"] = rows[2]["GEBOORTEDATUM"] = "31-01-1970"
    rows[7]["COMM_VOORK"] = "FAX"
    file = write(tmp_path / "beter.xlsx", list(reversed(rows)))
    with file.open("rb") as content:
        sent = worker.http.post(
            "/uploads",
            params={"vervangt": first["id"]},
            files={"bestand": ("beter.xlsx", content, XLSX)},
            headers={"Idempotency-Key": str(uuid4())},
        )
    assert sent.status_code == 202, sent.text
    path = f"/uploads/{sent.json()['id']}"
    until(lambda: worker.get(path)["status"] == "gecontroleerd", 60, "check ended")
    found = worker.get(path)["vergelijking"]
    assert (found["opgelost"], found["over"], found["nieuw"]) == (2, 1, 1)


def test_going_on_without_the_wrong_rows(worker: Caseworker, tmp_path: Path) -> None:
    """Refused without the switch; with it the good rows become cases, the rest can be mended."""
    rows = spoiled(6, 0, 4)
    upload = worker.checked(write(tmp_path / "fout.xlsx", rows))
    path = f"/uploads/{upload['id']}/bevestiging"
    assert worker.post(path, {"akkoord": True}).status_code == 409
    answer = worker.post(path, {"akkoord": True, "zonderFouteRijen": True})
    assert answer.status_code == 202, answer.text
    batch = answer.json()
    assert (batch["aantalRijen"], batch["aantalWeggelaten"]) == (4, 2)
    assert worker.opened(batch["batchId"])["aantalZaken"] == 4
    progress = worker.get(f"/batches/{batch['batchId']}/voortgang")["bestand"]
    assert (progress["aantalRijen"], progress["aantalWeggelaten"]) == (4, 2)
    left = cells_of(copied(worker, upload["id"], "foute-rijen"))
    assert [row["RIJ IN BESTAND"] for row in left] == [2, 6]
    assert [row["BSN"] for row in left] == [rows[0]["BSN"], rows[4]["BSN"]]
    mended = [{**row, "GEBOORTEDATUM": "31-01-1970"} for row in left]
    again = worker.checked(write(tmp_path / "rest.xlsx", mended))
    assert again["aantalFouten"] == 0
    assert worker.opened(worker.confirm(again["id"]))["aantalZaken"] == 2


def test_a_copy_goes_to_its_sender_alone_and_is_in_the_logboek(
    system: System, worker: Caseworker, tmp_path: Path
) -> None:
    """Another colleague reads why not; every download is a line, with who and what."""
    upload = worker.checked(write(tmp_path / "fout.xlsx", spoiled(3, 1)))
    copied(worker, upload["id"], "gemarkeerd")
    (copy,) = worker.get(f"/uploads/{upload['id']}/kopieen")["resultaten"]
    with rounds.signed_in(system, "coordinator") as colleague:
        for path in (f"/kopieen/{copy['id']}", f"/kopieen/{copy['id']}/inhoud"):
            answer = colleague.http.get(path)
            assert answer.status_code == 403
            assert answer.json()["title"] == "Alleen wie het bestand heeft geüpload mag dit"
        asked = colleague.post(f"/uploads/{upload['id']}/kopieen", {"soort": "gemarkeerd"})
        assert asked.status_code == 403
    with rounds.signed_in(system, "coordinator-9002") as stranger:
        assert stranger.http.get(f"/kopieen/{copy['id']}/inhoud").status_code == 404
    with rounds.signed_in(system, "auditor") as auditor:
        lines = auditor.get("/logboek", perPagina=200)["resultaten"]
    looks = [line for line in lines if copy["id"] in line["object"]]
    opened = [line["resultaat"] for line in looks if line["actie"] == "kopieOpenen"]
    assert sorted(opened) == [200, 403]


def test_own_column_names_work_from_the_next_check_on(
    worker: Caseworker, administrator: Caseworker, tmp_path: Path
) -> None:
    """Set by an administrator; what was matched is shown to who uploads."""
    seen = administrator.get("/kolommen")["versie"]
    body = {"versie": seen, "aliassen": [{"kop": "Klant nr", "kolom": "CONTRACTNUMMER"}]}
    headers = {"Idempotency-Key": str(uuid4())}
    assert worker.http.put("/kolomaliassen", json=body, headers=headers).status_code == 403
    answer = administrator.http.put("/kolomaliassen", json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append([{"CONTRACTNUMMER": "KLANTNR"}.get(name, name) for name in COLUMNS])
    for row in people(2):
        sheet.append([row.get(name) for name in COLUMNS])
    path = tmp_path / "eigen.xlsx"
    book.save(path)
    upload = worker.checked(path)
    assert upload["aantalFouten"] == 0
    (matched,) = [c for c in upload["kolommen"] if c["kop"] == "KLANTNR"]
    assert (matched["kolom"], matched["herkendAan"]) == ("CONTRACTNUMMER", "alias")


def test_a_refused_file_has_nothing_to_give_back(worker: Caseworker, tmp_path: Path) -> None:
    """It was never read: the answer says so, and what to do."""
    path = write(tmp_path / "stuk.xlsx", people(3))
    path.write_bytes(path.read_bytes()[:-300])
    upload = worker.checked(path)
    assert upload["status"] == "geweigerd"
    answer = worker.post(f"/uploads/{upload['id']}/kopieen", {"soort": "gemarkeerd"})
    assert answer.status_code == 409
    assert "geweigerd" in answer.json()["detail"]
    missing: httpx.Response = worker.http.get(f"/kopieen/{uuid4()}")
    assert missing.status_code == 404


def test_a_mistake_on_each_of_a_hundred_thousand_rows(worker: Caseworker, tmp_path: Path) -> None:
    """One grouped line with the true count; the copy is made within the child's limits."""
    path = tmp_path / "systematisch.xlsx"
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Heronderzoek")
    names = ("BSN", "VOORLETTERS", "ACHTERNAAM", "GEBOORTEDATUM", "EMAIL", "COMM_VOORK")
    sheet.append(names)
    for number in range(ROWS):
        row = (f"{number:07d}", "A.", "Voorbeeld", "31-01-1970", f"b{number}@example.nl", "EMAIL")
        sheet.append(row)
    book.save(path)
    upload = worker.checked(path, 180)
    errors = [group for group in upload["groepen"] if group["ernst"] == "fout"]
    assert [(g["soort"], g["aantal"], g["rijen"]) for g in errors] == [
        ("bsn-vorm", ROWS, [[2, ROWS + 1]])
    ]
    assert errors[0]["bijnaAlleRijen"]
    content = copied(worker, upload["id"], "gemarkeerd", 180)
    book = load_workbook(io.BytesIO(content), read_only=True)
    sheet = book.worksheets[0]
    sheet.reset_dimensions()
    last = None
    for last in sheet.iter_rows(values_only=True):  # noqa: B007 - the last one is looked at
        pass
    assert last is not None
    assert str(last[len(names)]).startswith("✖ BSN: ")
