"""Files that are no workbook, mean harm or are wrong: through the gateway, as users send them."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from deploy.local.ports import HOST
from examples.residents import write_workbook
from services.intake.workbook.refusals import MESSAGES
from tests.support import rounds
from tests.support.caseworker import Caseworker
from tests.support.people import people, write
from tests.support.system import System
from tests.support.waiting import until
from tests.unit.intake.hostile import HOSTILE, write_hostile

SECONDS = 5
BUSY = {"ontvangen", "controleren"}
#: The kinds that must be told apart, by the name of the file that shows them.
KINDS = (
    "csv",
    "xls",
    "docx",
    "encrypted",
    "truncated",
    "html named xlsx",
    "zip bomb",
    "slow zip bomb",
    "entity bomb",
    "million rows",
    "16,384 columns",
    "macros",
    "external relation",
)
MEBIBYTE = 1 << 20


@pytest.fixture(scope="module")
def worker(system: System) -> Iterator[Caseworker]:
    """A caseworker of the first gemeente."""
    with rounds.signed_in(system) as found:
        yield found


@pytest.fixture(scope="module")
def wrong(worker: Caseworker, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A checked file with 22 mistakes, one of each kind."""
    file = tmp_path_factory.mktemp("wrong") / "fouten.xlsx"
    planted = write_workbook(file, rows=60, wrong=22, seed=77)
    return {"upload": worker.checked(file), "planted": planted}


def outcome(worker: Caseworker, file: Path, name: str) -> tuple[str, str]:
    """Where a file was refused, `upload` or `check`, and what its sender reads."""
    answer = worker.upload(file, name=name)
    if answer.status_code == 400:
        assert answer.headers["content-type"].startswith("application/problem+json")
        return "upload", answer.json()["detail"]
    assert answer.status_code == 202, answer.text
    path = f"/uploads/{answer.json()['id']}"

    def ended() -> dict[str, Any] | None:
        found: dict[str, Any] = worker.get(path)
        return None if found["status"] in BUSY else found

    upload = until(ended, 60, f"check of {name} ended", pause=0.1)
    assert upload["status"] == "geweigerd", upload
    assert upload["batchId"] is None
    refused = worker.post(f"{path}/bevestiging", {"akkoord": True})
    assert refused.status_code == 409, refused.text
    return "check", upload["reden"]


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_harmless_workbook_is_refused_by_name_within_five_seconds(
    worker: Caseworker, tmp_path: Path, kind: str
) -> None:
    """Whatever its name says; the message tells which of the many ways it is."""
    file = tmp_path / "bewoners.xlsx"
    code = write_hostile(kind, file)
    started = time.monotonic()
    _, message = outcome(worker, file, "bewoners.xlsx")
    assert message == MESSAGES[code]
    assert time.monotonic() - started <= SECONDS


def test_after_all_that_the_system_is_well(
    system: System, worker: Caseworker, tmp_path: Path
) -> None:
    """Every process is ready and a good file is checked as always."""
    hostile = tmp_path / "bom.xlsx"
    for kind in ("entity bomb", "million rows", "zip bomb"):
        write_hostile(kind, hostile)
        worker.upload(hostile)
    assert rounds.checked(worker, tmp_path, people(3))
    until(system.all_ready, 30, "every process ready")
    assert set(KINDS) <= set(HOSTILE)


@pytest.mark.parametrize("over", [1, MEBIBYTE])
def test_a_file_over_50_mb_is_refused_at_the_door(
    worker: Caseworker, tmp_path: Path, over: int
) -> None:
    """By intake or, further out, by the gateway: the same limit in the same words."""
    file = tmp_path / "groot.xlsx"
    with file.open("wb") as content:
        content.write(b"PK\x03\x04")
        content.truncate(50 * MEBIBYTE + over)
    before = worker.get("/uploads")["aantal"]
    answer = worker.upload(file)
    assert answer.status_code == 413
    assert answer.headers["content-type"].startswith("application/problem+json")
    problem = answer.json()
    assert problem["detail"] == MESSAGES["te-groot"]
    assert (problem["type"], problem["title"]) == (
        "urn:heronderzoek:fout:te-groot",
        "Het bestand is te groot",
    )
    assert worker.get("/uploads")["aantal"] == before


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("../../etc/bewoners.xlsx", "bewoners.xlsx"),
        ("C:\\Documenten\\bewoners.xlsx", "bewoners.xlsx"),
        ("bewoners & <b>'partners'</b>.xlsx", "b>.xlsx"),
        ("bewoners.csv", "bewoners.csv"),
        ("zonder einde", "zonder einde"),
        ("Ümit Çelik 🏠.xlsx", "Ümit Çelik 🏠.xlsx"),
        ("bewoner 999990019.xlsx", "bewoner *****.xlsx"),
        ("a" * 400 + ".xlsx", "a" * 195 + ".xlsx"),
    ],
)
def test_a_good_file_is_taken_whatever_its_name(
    worker: Caseworker, tmp_path: Path, sent: str, shown: str
) -> None:
    """By content and not by name; what is shown is no path, no BSN and not endless."""
    answer = worker.upload(write(tmp_path / "goed.xlsx", people(1)), name=sent)
    assert answer.status_code == 202, answer.text
    assert answer.json()["bestandsnaam"] == shown


def test_an_upload_that_is_cut_off_leaves_nothing(
    system: System, worker: Caseworker, tmp_path: Path
) -> None:
    """Half a body and then silence: no upload, and the next one goes well."""
    before = worker.get("/uploads")["aantal"]
    boundary = uuid4().hex
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="bestand";'
        ' filename="half.xlsx"\r\n\r\n'
    ).encode()
    request = (
        "POST /v1/uploads HTTP/1.1\r\nHost: heronderzoek\r\n"
        f"Authorization: {worker.http.headers['Authorization']}\r\n"
        f"Content-Type: multipart/form-data; boundary={boundary}\r\n"
        f"Content-Length: {MEBIBYTE}\r\n\r\n"
    ).encode()
    for _ in range(3):
        with socket.create_connection((HOST, system.stack.ports.gateway), 10) as line:
            line.sendall(request + head + b"PK\x03\x04" + b"x" * (MEBIBYTE // 2))
    assert rounds.checked(worker, tmp_path, people(2))
    assert worker.get("/uploads")["aantal"] == before + 1
    until(system.all_ready, 30, "every process ready")


def test_every_mistake_is_found_with_row_column_and_what_is_expected(
    worker: Caseworker, wrong: dict[str, Any]
) -> None:
    """All of them at once, masked; and a wrong file cannot be confirmed."""
    upload = wrong["upload"]
    found = worker.get(f"/uploads/{upload['id']}/bevindingen", ernst="fout", perPagina=200)
    at = {(each["rij"], each["kolom"], each["soort"]) for each in found["resultaten"]}
    missing = [each for each in wrong["planted"] if (each.row, each.column, each.kind) not in at]
    assert missing == []
    for each in found["resultaten"]:
        assert each["gevonden"]
        assert each["verwacht"]
        assert each["uitleg"]
    assert upload["aantalFout"] >= len(wrong["planted"])
    assert upload["aantalGoed"] + upload["aantalFout"] == upload["aantalRijen"] == 60
    answer = worker.post(f"/uploads/{upload['id']}/bevestiging", {"akkoord": True})
    assert answer.status_code == 409
    assert "fouten" in answer.json()["detail"]


def test_findings_are_paged_and_filtered(worker: Caseworker, wrong: dict[str, Any]) -> None:
    """Pages follow each other without gap or overlap; a filter keeps its own total."""
    path = f"/uploads/{wrong['upload']['id']}/bevindingen"
    whole = worker.get(path, perPagina=200)
    pages = [
        worker.get(path, perPagina=7, pagina=page) for page in range(1, whole["aantal"] // 7 + 2)
    ]
    assert [each for page in pages for each in page["resultaten"]] == whole["resultaten"]
    assert {page["aantal"] for page in pages} == {whole["aantal"]}
    kind = wrong["planted"][0].kind
    for name, value in (("soort", kind), ("ernst", "waarschuwing")):
        wanted = [each for each in whole["resultaten"] if each[name] == value]
        filtered = worker.get(path, perPagina=200, **{name: value})
        assert filtered["resultaten"] == wanted
        assert filtered["aantal"] == len(wanted)
    groups = worker.get(f"/uploads/{wrong['upload']['id']}")["groepen"]
    assert sum(group["aantal"] for group in groups) == whole["aantal"]


@pytest.mark.parametrize(
    "query", [{"pagina": 0}, {"perPagina": 100_000}, {"ernst": "erg"}, {"pagina": "een"}]
)
def test_a_wrong_question_about_findings_is_a_problem(
    worker: Caseworker, wrong: dict[str, Any], query: dict[str, Any]
) -> None:
    """400 that names the field, never 422 or 500."""
    answer = worker.http.get(f"/uploads/{wrong['upload']['id']}/bevindingen", params=query)
    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert next(iter(query)) in answer.text
