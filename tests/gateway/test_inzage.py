"""Everything of one resident, put together from made-up services."""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from deploy.local.stack import Stack
from services.gateway.inzage import ending
from services.gateway.inzage.asking import INZAGEN
from shared.contracts.codes import Role
from tests.gateway.conftest import Gateway
from tests.gateway.fake_services import FakeServices
from tests.support import parts

OWN, OTHER = "999990019", "999990020"
WHY = {"wie": "inwoner", "reden": "Verzoek van de inwoner, kenmerk 12"}
EMPTY: dict[str, Any] = {"onderdelen": [], "bestanden": []}
LETTERS = 200


class Resident:
    """Somebody whom the made-up services know, in two cases."""

    def __init__(self, services: FakeServices) -> None:
        self.services = services
        self.case, self.other_case = str(uuid4()), str(uuid4())
        self.person = {
            "naam": "J. Bos",
            "bsn": OWN,
            "zaken": [
                _case(self.case, "HO-2026-000001", "inwoner"),
                _case(self.other_case, "HO-2025-000007", "partner"),
            ],
        }
        services.tell("cases", "POST", "/inzage-personen", self.person)
        self.destroyed()
        self.share("cases", [{"door": "collega-1", "wat": f"Notitie over {OTHER}", "bsn": OWN}])
        for service in ("intake", "mailer", "communications"):
            services.tell(service, "POST", "/inzage-delen", EMPTY)
        services.tell("mailer", "POST", "/inzage-meldingen", {}, 202)
        self.letters(1)

    def share(self, service: str, lines: list[dict[str, Any]], **more: Any) -> None:
        """What a service hands over."""
        part = {"titel": "Wat er gebeurde", "uitleg": None, "regels": lines}
        self.services.tell(service, "POST", "/inzage-delen", {"onderdelen": [part], **more})

    def letters(self, count: int) -> None:
        """So many letters, of a thousand bytes each."""
        files = [
            {"naam": f"brief-{nr}.pdf", "pad": f"/documenten/{nr}/inhoud"} for nr in range(count)
        ]
        for file in files:
            self.services.tell("documents", "GET", file["pad"], 1000)
        self.share("documents", [], bestanden=files)

    def destroyed(self, *cases: str) -> None:
        """These cases are no more."""
        there = [one for one in (self.case, self.other_case) if one not in cases]
        self.services.tell("cases", "POST", "/bestaande-zaken", {"zaakIds": there})


def _case(case: str, number: str, who: str) -> dict[str, Any]:
    return {
        "zaakId": case,
        "zaaknummer": number,
        "batchId": str(uuid4()),
        "volgnummer": 3,
        "wie": who,
        "geopendOp": "2026-11-01T10:00:00Z",
    }


@pytest.fixture
def resident(services: FakeServices) -> Resident:
    """A resident whom all services know."""
    return Resident(services)


@pytest.fixture
async def bench(stack: Stack, gateway: Gateway, fakes: FakeServices) -> AsyncIterator[parts.Bench]:
    """The gateway's queues and timers, to run one round of them now."""
    assert gateway.app
    settings, build = parts.build_of("gateway")
    changes: dict[str, Any] = {**fakes.urls()}
    made = parts.bench_of(stack, "gateway", settings, build, **changes)
    yield made
    for close in made.built.close:
        if (answer := close()) is not None:
            await answer
    await made.database.close()


async def _asked(client: httpx.AsyncClient, case: str, **more: Any) -> httpx.Response:
    return await client.post(f"/v1/zaken/{case}/inzagen", json=WHY, **more)


async def _becomes(client: httpx.AsyncClient, inzage: str, status: str) -> dict[str, Any]:
    async with asyncio.timeout(30):
        while True:
            found: dict[str, Any] = (await client.get(f"/v1/inzagen/{inzage}")).json()
            if found["status"] == status:
                return found
            await asyncio.sleep(0.05)


async def _made(client: httpx.AsyncClient, case: str) -> dict[str, Any]:
    answer = await _asked(client, case)
    assert answer.status_code == 202, answer.text
    return await _becomes(client, answer.json()["id"], "gereed")


async def _opened(client: httpx.AsyncClient, inzage: dict[str, Any]) -> zipfile.ZipFile:
    answer = await client.get(f"/v1/inzagen/{inzage['id']}/bestand")
    assert answer.status_code == 200, answer.text
    assert len(answer.content) == inzage["grootte"]
    return zipfile.ZipFile(io.BytesIO(answer.content))


async def test_the_file_holds_every_part_of_every_case(
    gateway: Gateway, resident: Resident
) -> None:
    """Front page, data per service, files, and the logboek with the reading itself in it."""
    gemeente = parts.new_gemeente()
    client = await gateway.signed_in(Role.PERSOONSVERWERKER, gemeente=gemeente)
    inzage = await _made(client, resident.case)
    assert inzage["klaar"] == inzage["totaal"] == 5
    with await _opened(client, inzage) as archive:
        assert archive.testzip() is None
        names = set(archive.namelist())
        page = archive.read("lees-mij.html").decode()
        told = json.loads(archive.read("gegevens/HO-2026-000001-inwoner/cases.json"))
        (log,) = json.loads(archive.read("gegevens/logboek.json"))
        assert len(archive.read("bestanden/HO-2026-000001-inwoner/brief-0.pdf")) == 1000
    services = ("cases", "intake", "documents", "mailer", "communications")
    for place in ("HO-2026-000001-inwoner", "HO-2025-000007-partner"):
        assert {f"gegevens/{place}/{service}.json" for service in services} <= names
    line = told[0]["regels"][0]
    assert line == {"door": "medewerker 1", "wat": "Notitie over *****0020", "bsn": OWN}
    assert OTHER not in page
    assert OWN in page
    reads = [one for one in log["regels"] if one["handeling"].startswith("Lees alles")]
    assert {one["zaaknummer"] for one in reads} == {"HO-2026-000001", "HO-2025-000007"}
    assert all(one["door"].startswith("medewerker") for one in log["regels"])
    assert WHY["reden"] in page


async def test_each_download_is_a_line_of_every_case(gateway: Gateway, resident: Resident) -> None:
    """Asking, reading and each download stand in the logboek; refusals too."""
    gemeente = parts.new_gemeente()
    client = await gateway.signed_in(Role.PERSOONSVERWERKER, gemeente=gemeente)
    inzage = await _made(client, resident.case)
    for _ in range(2):
        await _opened(client, inzage)
    colleague = await gateway.signed_in(Role.BEHANDELAAR, Role.COORDINATOR, gemeente=gemeente)
    for path in ("", f"/{inzage['id']}", f"/{inzage['id']}/bestand"):
        assert (await colleague.get(f"/v1/inzagen{path}")).status_code == 403
    assert (await _asked(colleague, resident.case)).status_code == 403
    lines = await gateway.rows("select * from audit_log order by id", gemeente)
    downloads = [line for line in lines if line["action"] == "inzageDownloaden"]
    cases = [str(line["case_id"]) for line in downloads if line["result"] == 200]
    assert sorted(cases) == sorted([resident.case, resident.other_case] * 2)
    assert {line["reason"] for line in downloads if line["result"] == 200} == {WHY["reden"]}
    assert [line["result"] for line in downloads].count(403) == 1
    (asked,) = [x for x in lines if x["action"] == "inzageAanvragen" and x["result"] == 202]
    assert (str(asked["case_id"]), asked["reason"]) == (resident.case, WHY["reden"])


async def test_who_asked_is_mailed_once(gateway: Gateway, resident: Resident) -> None:
    """In the name of who asked, with a key of its own; the mail names nobody."""
    client = await gateway.signed_in(Role.PERSOONSVERWERKER)
    inzage = await _made(client, resident.case)
    async with asyncio.timeout(20):
        while not (mails := _mails(resident)):
            await asyncio.sleep(0.05)
    assert mails[0].headers["idempotency-key"] == inzage["id"]
    assert mails[0].identity.email == "sam@example.nl"
    assert mails[0].identity.roles == {Role.SYSTEEM}
    await _opened(client, inzage)
    assert len(_mails(resident)) == 1


def _mails(resident: Resident) -> list[Any]:
    return [seen for seen in resident.services.seen if seen.path == "/inzage-meldingen"]


async def test_a_part_that_is_away_for_a_while_is_waited_for(
    gateway: Gateway, resident: Resident
) -> None:
    """Meanwhile nothing can be opened; then the file is whole, and begun anew."""
    resident.services.tell("documents", "POST", "/inzage-delen", {}, 500)
    client = await gateway.signed_in(Role.PERSOONSVERWERKER)
    made = (await _asked(client, resident.case)).json()["id"]
    await _becomes(client, made, "bezig")
    early = await client.get(f"/v1/inzagen/{made}/bestand")
    assert (early.status_code, early.json()["type"].rpartition(":")[2]) == (
        409,
        "inzage-niet-gereed",
    )
    resident.letters(1)
    with await _opened(client, await _becomes(client, made, "gereed")) as archive:
        assert len(archive.namelist()) == len(set(archive.namelist())) == 14


async def test_what_a_kill_broke_off_another_process_begins_anew(
    gateway: Gateway, resident: Resident, bench: parts.Bench
) -> None:
    """Its lease passes on; what the first one still does changes nothing, and one mail goes out."""
    resident.services.hang.add("/inzage-delen")
    client = await gateway.signed_in(Role.PERSOONSVERWERKER)
    made = (await _asked(client, resident.case)).json()["id"]
    await _becomes(client, made, "bezig")
    resident.services.hang.clear()
    passed = "update work_items set leased_until = now() where id = :item returning id"
    assert await gateway.rows(passed, item=made)
    assert await bench.work(INZAGEN) == 1
    inzage = (await client.get(f"/v1/inzagen/{made}")).json()
    assert inzage["status"] == "gereed"
    # the queue takes this one when it is done with the one that hung
    other = await _made(client, resident.other_case)
    assert (await client.get(f"/v1/inzagen/{made}")).json() == inzage
    with await _opened(client, inzage) as archive:
        assert archive.testzip() is None
    async with asyncio.timeout(20):
        while len(mails := _mails(resident)) < len({made, other["id"]}):
            await asyncio.sleep(0.05)
    assert len({mail.headers["idempotency-key"] for mail in mails}) == len(mails)


async def test_two_hundred_letters_and_none(gateway: Gateway, resident: Resident) -> None:
    """All of them are in it, counted as they come; without any it is a file as well."""
    client = await gateway.signed_in(Role.PERSOONSVERWERKER)
    for count in (LETTERS, 0):  # in each of two cases
        resident.letters(count // 2)
        inzage = await _made(client, resident.case)
        assert inzage["totaal"] == 3 + count
        with await _opened(client, inzage) as archive:
            assert sum(name.endswith(".pdf") for name in archive.namelist()) == count


async def test_a_letter_that_is_not_in_the_store_is_named(
    gateway: Gateway, resident: Resident
) -> None:
    """The rest is there, and the front page says what is not."""
    resident.services.tell("documents", "GET", "/documenten/0/inhoud", {}, 404)
    client = await gateway.signed_in(Role.PERSOONSVERWERKER)
    with await _opened(client, await _made(client, resident.case)) as archive:
        page = archive.read("lees-mij.html").decode()
    assert page.count("maar staat niet meer in de opslag") == 2


async def test_asking_twice_gives_the_same(gateway: Gateway, resident: Resident) -> None:
    """With the same key always; with another as long as it is being made, also at once."""
    resident.services.tell("documents", "POST", "/inzage-delen", {}, 500)
    client = await gateway.signed_in(Role.PERSOONSVERWERKER)
    key = {"Idempotency-Key": str(uuid4())}
    first = await _asked(client, resident.case, headers=key)
    others = await asyncio.gather(*(_asked(client, resident.case) for _ in range(4)))
    assert {one.json()["id"] for one in others} == {first.json()["id"]}
    resident.letters(0)
    await _becomes(client, first.json()["id"], "gereed")
    again = await _asked(client, resident.case, headers=key)
    assert again.json()["id"] == first.json()["id"]
    assert (await _asked(client, resident.case)).json()["id"] != first.json()["id"]


async def test_who_is_not_there_is_not_found(gateway: Gateway, resident: Resident) -> None:
    """An unknown case; and what another gemeente asked for."""
    client = await gateway.signed_in(Role.PERSOONSVERWERKER)
    inzage = await _made(client, resident.case)
    stranger = await gateway.signed_in(Role.PERSOONSVERWERKER)
    for path in (f"/v1/inzagen/{inzage['id']}", f"/v1/inzagen/{inzage['id']}/bestand"):
        assert (await stranger.get(path)).status_code == 404
    assert (await stranger.get("/v1/inzagen")).json()["aantal"] == 0
    resident.services.tell("cases", "POST", "/inzage-personen", {}, 404)
    assert (await _asked(client, str(uuid4()))).status_code == 404
    resident.services.tell("cases", "POST", "/inzage-personen", {}, 500)
    assert (await _asked(client, resident.case)).status_code == 503


async def test_a_file_goes_when_its_time_is_over(
    gateway: Gateway, resident: Resident, bench: parts.Bench
) -> None:
    """At that moment nobody opens it any more; then the timer removes it, and again is harmless."""
    gemeente = parts.new_gemeente()
    client = await gateway.signed_in(Role.PERSOONSVERWERKER, gemeente=gemeente)
    inzage = await _made(client, resident.case)
    past = "update inzagen set expires_at = now() - interval '1 second' where gemeente = :of"
    await gateway.rows(past, gemeente, of=gemeente)
    gone = await client.get(f"/v1/inzagen/{inzage['id']}/bestand")
    assert (gone.status_code, gone.json()["title"]) == (410, "Dit bestand is er niet meer")
    await _ended(bench, client, inzage)
    assert await gateway.app.state.bucket.keys(f"{gemeente}/inzagen/") == []


async def test_a_file_goes_when_a_case_in_it_is_destroyed(
    gateway: Gateway, resident: Resident, bench: parts.Bench
) -> None:
    """Any of them, at once; while cases does not say, nobody opens it."""
    gemeente = parts.new_gemeente()
    client = await gateway.signed_in(Role.PERSOONSVERWERKER, gemeente=gemeente)
    inzage = await _made(client, resident.case)
    path = f"/v1/inzagen/{inzage['id']}/bestand"
    resident.services.tell("cases", "POST", "/bestaande-zaken", {}, 500)
    assert (await client.get(path)).status_code == 503
    resident.destroyed(resident.other_case)
    gone = await client.get(path)
    assert (gone.status_code, "vernietigd" in gone.json()["detail"]) == (410, True)
    ended = await _ended(bench, client, inzage)
    assert ended["reden"] is None
    assert await gateway.app.state.bucket.keys(f"{gemeente}/inzagen/") == []


async def _ended(
    bench: parts.Bench, client: httpx.AsyncClient, inzage: dict[str, Any]
) -> dict[str, Any]:
    """The inzage after a round of the timer; the gateway's own may be doing it."""
    await bench.tick(ending.look)
    await bench.work_all(ending.ENDS)
    return await _becomes(client, inzage["id"], "verwijderd")


async def test_what_was_destroyed_before_it_was_made_fails_with_the_reason(
    gateway: Gateway, resident: Resident
) -> None:
    """It does not go on for two days, and may be asked for again."""
    resident.services.tell("cases", "POST", "/inzage-delen", {}, 404)
    client = await gateway.signed_in(Role.PERSOONSVERWERKER)
    made = (await _asked(client, resident.case)).json()["id"]
    failed = await _becomes(client, made, "mislukt")
    assert "intussen vernietigd" in failed["uitleg"]
    assert (await client.get(f"/v1/inzagen/{made}/bestand")).status_code == 409
    (line,) = (await client.get("/v1/inzagen")).json()["resultaten"]
    assert line["id"] == made


@pytest.mark.parametrize(
    "body", [{}, {"reden": "x"}, {**WHY, "wie": "buurman"}, {**WHY, "bsn": OWN}]
)
async def test_a_request_without_a_reason_or_with_more_is_refused(
    gateway: Gateway, resident: Resident, body: dict[str, Any]
) -> None:
    """With the field that is wrong."""
    client = await gateway.signed_in(Role.PERSOONSVERWERKER)
    answer = await client.post(f"/v1/zaken/{resident.case}/inzagen", json=body)
    assert answer.status_code == 400
    assert answer.json()["invalidParams"]
