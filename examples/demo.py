"""One heronderzoek from file to letters and mails, through the gateway's public API.

    python -m examples.demo [--rows 500] [--file eigen.xlsx]

It does what a behandelaar does, with nothing but HTTP: upload, look at what was found, confirm,
plan, approve, and fetch what was made. PUBLIC_URL and DEMO_PASSWORD say where and how to sign in.
"""

from __future__ import annotations

import argparse
import itertools
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from openpyxl import Workbook

from examples.residents import COLUMNS, bsns, residents

USER = "behandelaar"
DEFAULT_URL = "http://127.0.0.1:8080"
DEFAULT_PASSWORD = "Welkom-in-de-demo-1"  # noqa: S105 - the development default of the gateway
FOLDER = Path(".local/demo")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
POLL_SECONDS = 0.5
#: Nothing moved for this long: something is wrong, and the user should hear it.
STUCK_SECONDS = 180.0
#: An upload and a download of a large batch take their time.
TIMEOUT = httpx.Timeout(60.0, read=300.0)

Json = dict[str, Any]


class DemoFailedError(Exception):
    """The demo cannot go on; the message says why and what to do."""


@dataclass
class Demo:
    """One run: the API, and how long each step took."""

    api: httpx.Client
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time a step and say that it began."""
        print(f"\n{name}", flush=True)
        started = time.monotonic()
        yield
        self.seconds[name] = time.monotonic() - started

    def get(self, path: str, **query: Any) -> Json:
        """Read JSON."""
        return self._json(self.api.get(f"/v1{path}", params=query or None))

    def change(self, method: str, path: str, body: Json) -> Json:
        """Change something, once however often it is sent."""
        headers = {"Idempotency-Key": str(uuid4())}
        return self._json(self.api.request(method, f"/v1{path}", json=body, headers=headers))

    def upload(self, file: Path) -> Json:
        """Send a workbook."""
        with file.open("rb") as content:
            answer = self.api.post(
                "/v1/uploads",
                files={"bestand": (file.name, content, XLSX)},
                headers={"Idempotency-Key": str(uuid4())},
            )
        return self._json(answer)

    def save(self, path: str, name: str) -> Path:
        """Fetch a file in pieces."""
        target = FOLDER / name
        with self.api.stream("GET", f"/v1{path}") as answer, target.open("wb") as file:
            if answer.is_error:
                answer.read()
                raise _refusal(answer)
            for piece in answer.iter_bytes():
                file.write(piece)
        return target

    def _json(self, answer: httpx.Response) -> Json:
        if answer.is_error:
            raise _refusal(answer)
        found: Json = answer.json()
        return found


def _refusal(answer: httpx.Response) -> DemoFailedError:
    """What the API said, in its own words."""
    where = f"{answer.request.method} {answer.request.url.path}"
    try:
        problem = answer.json()
    except ValueError:
        return DemoFailedError(f"{where}: antwoord {answer.status_code}")
    wrong = "".join(f"\n  {p['name']}: {p['reason']}" for p in problem.get("invalidParams") or [])
    return DemoFailedError(f"{where}: {problem.get('title')}. {problem.get('detail')}{wrong}")


def wait(what: str, look: Callable[[], tuple[str, bool]]) -> None:
    """Show progress until `look` says that it is done; give up when nothing moves."""
    shown, moved = "", time.monotonic()
    while True:
        line, done = look()
        if line != shown:
            print(f"  {line}", flush=True)
            shown, moved = line, time.monotonic()
        if done:
            return
        if time.monotonic() - moved > STUCK_SECONDS:
            raise DemoFailedError(
                f"{what} staat al {STUCK_SECONDS:.0f} s stil bij: {shown}. Kijk in .local/log."
            )
        time.sleep(POLL_SECONDS)


def run(demo: Demo, file: Path | None, rows: int) -> None:
    """Do the whole job, and end with a table."""
    session = _sign_in(demo)
    print(f"Aangemeld als {session['gebruiker']['naam']}, gemeente {session['gemeente']}.")
    FOLDER.mkdir(parents=True, exist_ok=True)
    if file is None:
        with demo.step(f"Bestand maken met {rows} verzonnen inwoners"):
            file = _made_up_file(FOLDER / "heronderzoek-demo.xlsx", rows, _people_in_cases(demo))
    with demo.step("Bestand uploaden en controleren"):
        upload = _checked(demo, file)
    with demo.step("Zaken openen"):
        batch_id = _opened(demo, upload)
    with demo.step("Plan vastleggen en akkoord geven"):
        _approved(demo, batch_id)
    with demo.step("Brieven maken en e-mails versturen"):
        batch = _sent(demo, batch_id)
    if batch["brieven"]["gemaakt"]:
        with demo.step("Afdrukbestand maken"):
            _printed(demo, batch_id)
    with demo.step("Resultaat ophalen"):
        saved = _saved(demo, batch_id)
    _show(demo, batch, saved)


def _sign_in(demo: Demo) -> Json:
    password = os.environ.get("DEMO_PASSWORD", DEFAULT_PASSWORD)
    session = demo.change("POST", "/sessies", {"gebruikersnaam": USER, "wachtwoord": password})
    demo.api.cookies.clear()
    demo.api.headers["Authorization"] = f"Bearer {session['token']}"
    return session


def _people_in_cases(demo: Demo) -> int:
    """At most so many people had a case in earlier runs: one or two a case."""
    return 2 * int(demo.get("/zaken", perPagina=1)["aantal"])


def _made_up_file(path: Path, rows: int, used: int) -> Path:
    """Write residents whose BSNs no earlier run used: a person can have one open case."""
    numbers = itertools.islice(bsns(), used, None)
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Heronderzoek")
    sheet.append(COLUMNS)
    chance = random.Random(used + 1)  # noqa: S311 - made-up people, not secrets
    for row in residents(rows, chance):
        for column in ("BSN", "PARTNER_BSN"):
            if row.get(column):
                row[column] = next(numbers)
        sheet.append([row.get(name) for name in COLUMNS])
    book.save(path)
    print(f"  {path}")
    return path


def _checked(demo: Demo, file: Path) -> Json:
    """Upload a file and wait for its check; findings are shown, errors end the demo."""
    upload_id = demo.upload(file)["id"]
    upload: Json = {}

    def look() -> tuple[str, bool]:
        nonlocal upload
        upload = demo.get(f"/uploads/{upload_id}")
        line = f"{upload['status']}: {upload.get('voortgangRijen') or 0} rijen gelezen"
        return line, upload["status"] not in {"ontvangen", "controleren"}

    wait("De controle", look)
    if upload["status"] == "geweigerd":
        raise DemoFailedError(f"Het bestand is geweigerd: {upload['reden']}")
    _show_findings(demo, upload)
    if upload["aantalFouten"]:
        raise DemoFailedError(
            f"{upload['aantalFouten']} fouten in {upload['aantalFout']} rijen. Verbeter het"
            " bestand en start de demo opnieuw."
        )
    return upload


def _show_findings(demo: Demo, upload: Json) -> None:
    for group in upload["groepen"]:
        kind = "FOUT" if group["ernst"] == "fout" else "let op"
        print(f"  {kind}: {group['aantal']} x {group['soort']} ({group['kolom'] or 'bestand'})")
    if upload["aantalFouten"]:
        page = demo.get(f"/uploads/{upload['id']}/bevindingen", ernst="fout", perPagina=20)
        for finding in page["resultaten"]:
            where = f"rij {finding['rij']}, {finding['kolom']}"
            print(f"    {where}: {finding['uitleg']} (gevonden: {finding['gevonden']})")


def _opened(demo: Demo, upload: Json) -> str:
    """Confirm, and wait until every row has its case or was refused."""
    confirmed = demo.change("POST", f"/uploads/{upload['id']}/bevestiging", {"akkoord": True})
    batch_id = str(confirmed["batchId"])

    def look() -> tuple[str, bool]:
        batch = demo.get(f"/batches/{batch_id}/voortgang")["zaken"]
        if batch is None:
            return "de rijen zijn onderweg", False
        line = f"{batch['aantalZaken']} van {batch['aantalRijen']} zaken open"
        return line, batch["status"] != "openen"

    wait("Het openen van zaken", look)
    return batch_id


def _approved(demo: Demo, batch_id: str) -> None:
    """Set the plan as it was proposed, and approve what is shown."""
    plan = demo.get(f"/batches/{batch_id}/plan")
    demo.change(
        "PUT",
        f"/batches/{batch_id}/plan",
        {
            "verzendDatum": plan["verzendDatum"],
            "reactietermijnDagen": plan["reactietermijnDagen"],
            "verklaring": "Demo: deze verzonnen inwoners kozen zelf voor e-mail.",
        },
    )
    proposal = demo.get(f"/batches/{batch_id}/voorstel")
    for missing in proposal["ontbreekt"]:
        raise DemoFailedError(missing["uitleg"])
    plan = proposal["plan"]
    print(f"  {plan['aantalEmails']} e-mails en {plan['aantalBrieven']} brieven,")
    print(f"  verzenddatum {plan['verzendDatum']}, reageren tot {plan['reactieDatum']}")
    approval: Json = {key: plan[key] for key in ("aantalEmails", "aantalBrieven")}
    for channel, count in (("brief", "aantalBrieven"), ("email", "aantalEmails")):
        if plan[count]:
            approval[f"{channel}SjabloonVersieId"] = proposal[f"{channel}Sjabloon"]["id"]
    demo.change("POST", f"/batches/{batch_id}/akkoord", approval)


def _sent(demo: Demo, batch_id: str) -> Json:
    """Wait until every letter and mail is done or has failed."""
    batch: Json = {}

    def look() -> tuple[str, bool]:
        nonlocal batch
        batch = demo.get(f"/batches/{batch_id}")
        letters, mails = batch["brieven"], batch["emails"]
        line = (
            f"{letters['gemaakt']} van {sum(letters.values())} brieven,"
            f" {mails['verzonden']} van {sum(mails.values())} e-mails"
        )
        failed = letters["mislukt"] + mails["mislukt"]
        return f"{line}, {failed} mislukt" if failed else line, batch["status"] == "afgerond"

    wait("Het versturen", look)
    return batch


def _printed(demo: Demo, batch_id: str) -> None:
    """Wait until the letters stand together in one file for the printer."""

    def look() -> tuple[str, bool]:
        found = demo.get("/afdrukbestanden", batchId=batch_id)["resultaten"]
        if not found or found[0]["gereedOp"] is None:
            return "de brieven worden samengevoegd", False
        file = found[0]
        line = f"Afdrukbestand {file['nummer']}: {file['aantalBrieven']} brieven,"
        return f"{line} {file['aantalVellen']} vellen", True

    wait("Het afdrukbestand", look)


def _saved(demo: Demo, batch_id: str) -> dict[str, Path]:
    """Fetch the print file with its manifest, and one letter and one mail."""
    saved: dict[str, Path] = {}
    for print_file in demo.get("/afdrukbestanden", batchId=batch_id)["resultaten"][:1]:
        address = f"/afdrukbestanden/{print_file['id']}"
        saved["Afdrukbestand"] = demo.save(f"{address}/pdf", "afdrukbestand-1.pdf")
        saved["Manifest"] = demo.save(f"{address}/manifest", "afdrukbestand-1-manifest.json")
    for case in demo.get("/zaken", batchId=batch_id, perPagina=50)["resultaten"]:
        sent = demo.get(f"/zaken/{case['id']}/communicatie")
        if sent["brieven"] and "Een brief" not in saved:
            saved["Een brief"] = demo.save(
                f"/documenten/{sent['brieven'][0]['id']}/inhoud", "brief.pdf"
            )
        if sent["emails"] and "Een e-mail" not in saved:
            saved["Een e-mail"] = demo.save(f"/emails/{sent['emails'][0]['id']}/bron", "email.eml")
        if {"Een brief", "Een e-mail"} <= saved.keys():
            break
    return saved


def _show(demo: Demo, batch: Json, saved: dict[str, Path]) -> None:
    letters, mails = batch["brieven"], batch["emails"]
    rows = [
        ("Rijen", str(batch["aantalRijen"])),
        ("Zaken", f"{batch['aantalZaken']} ({batch['aantalGeweigerd']} geweigerd)"),
        ("Brieven", f"{letters['gemaakt']} ({letters['mislukt']} mislukt)"),
        ("E-mails", f"{mails['verzonden']} ({mails['mislukt']} mislukt)"),
        *((f"{name} (s)", f"{seconds:.1f}") for name, seconds in demo.seconds.items()),
        ("Samen (s)", f"{sum(demo.seconds.values()):.1f}"),
        *((name, str(path)) for name, path in saved.items()),
        ("API-documentatie", str(demo.api.base_url.join("/docs"))),
        ("Zelf aanmelden", f"{USER} / {os.environ.get('DEMO_PASSWORD', DEFAULT_PASSWORD)}"),
    ]
    width = max(len(name) for name, _ in rows)
    print("\n" + "-" * (width + 40))
    for name, value in rows:
        print(f"{name:<{width}}  {value}")
    print("-" * (width + 40), flush=True)


def main() -> int:
    """Run the demo; every expected error is one message and exit code 1."""
    parser = argparse.ArgumentParser(prog="python -m examples.demo", description=__doc__)
    parser.add_argument("--rows", type=int, default=500, help="aantal verzonnen inwoners")
    parser.add_argument("--file", type=Path, help="eigen XLSX-bestand")
    options = parser.parse_args()
    if options.file and not options.file.is_file():
        print(f"{options.file} is geen bestand. Geef een XLSX-bestand op.", file=sys.stderr)
        return 1
    url = os.environ.get("PUBLIC_URL", DEFAULT_URL)
    with httpx.Client(base_url=url, timeout=TIMEOUT) as api:
        try:
            run(Demo(api), options.file, options.rows)
        except DemoFailedError as error:
            print(f"\nDe demo stopt. {error}", file=sys.stderr)
            return 1
        except httpx.TransportError as error:
            print(
                f"\n{url} antwoordt niet ({type(error).__name__}). Start: make up", file=sys.stderr
            )
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
