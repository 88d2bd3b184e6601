"""What a campaign looks like from outside: at the gateway, in the mailboxes, in the print files."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import openpyxl
import pikepdf

from deploy.local.clocks import move_clocks
from services.cases.domain.working_days import ZONE
from tests.support.campaign_cast import Cast, Fate, Resident
from tests.support.caseworker import Caseworker
from tests.support.system import System
from tests.support.waiting import until

#: As many colleagues work at the same time.
COLLEAGUES = 8
PAGE = 200

T = TypeVar("T")
U = TypeVar("U")
Json = dict[str, Any]


def did(answer: Any, status: int = 200) -> Json:
    """The JSON of an answer that must have this status."""
    assert answer.status_code == status, answer.text
    found: Json = answer.json()
    return found


def at_once(work: Callable[[T], U], things: Iterable[T]) -> list[U]:
    """Do it for each, several at a time."""
    with ThreadPoolExecutor(COLLEAGUES) as colleagues:
        return list(colleagues.map(work, things))


def listed(worker: Caseworker, path: str, **query: Any) -> list[Json]:
    """Everything on a paged list; what the pages hold is what the list says that there is."""
    first = worker.get(path, perPagina=PAGE, **query)
    rows: list[Json] = first["resultaten"]
    for page in range(2, -(-first["aantal"] // PAGE) + 1):
        rows += worker.get(path, perPagina=PAGE, pagina=page, **query)["resultaten"]
    assert len(rows) == first["aantal"], f"{path}: {len(rows)} of {first['aantal']}"
    return rows


def go_to(system: System, day: date) -> None:
    """It is ten o'clock on this day, everywhere."""
    _, now = move_clocks(system.stack, "show")["cases"]
    minutes = (datetime.combine(day, time(10), ZoneInfo(ZONE)) - now) // timedelta(minutes=1)
    move_clocks(system.stack, f"{'+' if minutes >= 0 else '-'}{abs(minutes)}m")


def today(system: System) -> date:
    """The date that the system goes by."""
    _, now = move_clocks(system.stack, "show")["cases"]
    return now.astimezone(ZoneInfo(ZONE)).date()


@dataclass(frozen=True)
class Printed:
    """A print file as it was downloaded: what stands in it, not what is said about it."""

    number: int
    id: str
    cases: tuple[str, ...]
    pages: int


def print_files(worker: Caseworker, count: int, **query: Any) -> list[Printed]:
    """So many print files, by number, when all are ready; each is downloaded and looked into."""

    def ready() -> list[Json] | None:
        found = worker.get("/afdrukbestanden", **query)["resultaten"]
        made = [one for one in found if one["status"] == "gereed"]
        return made if len(made) == len(found) == count else None

    found = until(ready, 240, f"{count} print files ready")
    return [_looked_into(worker, one) for one in sorted(found, key=lambda one: one["nummer"])]


def _looked_into(worker: Caseworker, told: Json) -> Printed:
    """Hold PDF, ZIP and manifest against each other and against what the gateway says."""
    path = f"/afdrukbestanden/{told['id']}"
    manifest = worker.http.get(f"{path}/manifest").text
    lines = list(csv.DictReader(io.StringIO(manifest), delimiter=";"))
    with zipfile.ZipFile(io.BytesIO(worker.http.get(f"{path}/zip").content)) as archive:
        hashes = [hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist()]
    assert hashes == [line["sha256"] for line in lines]
    with pikepdf.open(io.BytesIO(worker.http.get(f"{path}/pdf").content)) as pdf:
        pages = len(pdf.pages)
    assert pages == told["aantalPaginas"]
    assert pages == sum(int(line["paginas"]) for line in lines) + told["aantalBlanco"]
    assert [int(line["volgnummer"]) for line in lines] == list(range(1, len(lines) + 1))
    assert told["aantalBrieven"] == len(lines)
    return Printed(told["nummer"], told["id"], tuple(line["zaaknummer"] for line in lines), pages)


@dataclass(frozen=True)
class Arrived:
    """A mail that lies in a mailbox."""

    subject: str
    message_id: str


class Post:
    """The mailboxes of everybody; each is looked into again only when asked for."""

    def __init__(self, system: System) -> None:
        self._server = system.stack.mail

    def at(self, address: str) -> list[Arrived]:
        """What lies in one mailbox."""
        return [_arrived(raw) for raw in self._server.messages_to(address)]

    def everywhere(self) -> dict[str, list[Arrived]]:
        """What lies in every mailbox that has something."""
        boxes = self._server.messages()
        return {address: [_arrived(raw) for raw in mails] for address, mails in boxes.items()}


def _arrived(raw: bytes) -> Arrived:
    head = message_from_bytes(raw.split(b"\r\n\r\n", 1)[0] + b"\r\n\r\n")
    subject = str(make_header(decode_header(str(head["Subject"]))))
    return Arrived(" ".join(subject.split()), str(head["Message-ID"]))


@dataclass(frozen=True)
class Result:
    """A line of the workbook of results."""

    status: str
    mail: str
    letter: str
    is_posted: bool
    is_returned: bool


def results(worker: Caseworker, batch: str) -> dict[str, Result]:
    """The workbook of results, by case number."""
    answer = worker.http.get(f"/batches/{batch}/resultaten")
    assert answer.status_code == 200, answer.text
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content), read_only=True).worksheets[0]
    head, *rows = sheet.iter_rows(values_only=True)
    place = {name: at for at, name in enumerate(head)}

    def line(row: Sequence[Any]) -> Result:
        return Result(
            row[place["Status van de zaak"]],
            row[place["E-mail"]] or "",
            row[place["Brief"]] or "",
            bool(row[place["Brief gepost op"]]),
            bool(row[place["Brief retour op"]]),
        )

    return {str(row[place["Zaaknummer"]]): line(row) for row in rows}


@dataclass
class Campaign:
    """A campaign as far as it is: its batch, that batch's print files, and the one before it."""

    system: System
    worker: Caseworker
    folder: Path
    cast: Cast
    taken_back: str = ""
    batch: str = ""
    printed: list[Printed] = field(default_factory=list)

    @property
    def post(self) -> Post:
        """The mailboxes of everybody."""
        return Post(self.system)

    @property
    def figures(self) -> Json:
        """The batch as the gateway tells it."""
        found: Json = self.worker.get(f"/batches/{self.batch}")
        return found

    @property
    def in_print(self) -> list[str]:
        """The case numbers in the print files of the batch, one per letter."""
        return [number for file in self.printed for number in file.cases]

    @property
    def sent_on(self) -> date:
        """The day on which it was sent."""
        began = datetime.fromisoformat(self.figures["begonnenOp"])
        return began.astimezone(ZoneInfo(ZONE)).date()

    def mails(self, about: str) -> dict[str, int]:
        """How many mails with these words in their subject lie in whose mailbox."""
        counts = {
            address: sum(about in mail.subject for mail in mails)
            for address, mails in self.post.everywhere().items()
        }
        return {address: many for address, many in counts.items() if many}

    def invitations(self) -> dict[str, int]:
        """How many invitations lie in whose mailbox."""
        return self.mails("Uitnodiging voor een heronderzoek")

    def has(self, address: str, about: str, times: int = 1) -> bool:
        """Whether so many mails with these words in their subject lie in a mailbox."""
        return sum(about in mail.subject for mail in self.post.at(address)) >= times

    def reminders_ended(self, *fates: Fate) -> bool:
        """Whether no reminder will come to these residents any more."""
        paths = [f"/zaken/{one.case}/herinneringen" for one in self.cast.of(*fates)]
        return all(told["status"] == "afgelopen" for told in at_once(self.worker.get, paths))

    def act(self, one: Resident, act: str, **body: Any) -> None:
        """Do something with the case of a resident, as it is now."""
        path = f"/zaken/{one.case}"
        version = self.worker.get(path)["versie"]
        did(self.worker.post(f"{path}/{act}", {"versie": version, **body}))

    def by_post(self, fate: Fate) -> None:
        """These residents send in by post what was asked."""
        body = {"ontvangstDatum": str(today(self.system)), "bron": "post"}
        for one in self.cast.of(fate):
            self.act(one, "aanleveringen", **body, ontvangstbevestiging=False)
