"""Zaken and Zaak: lists, filters, acts and what is refused, with made-up services behind them."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import httpx
import pytest
from playwright.async_api import expect

from services.gateway.pages.searching import understood
from shared.contracts.codes import Role
from tests.support.site import PASSWORD, Site, batch, look

NASTY = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'
EMPTY: dict[str, Any] = {"aantal": 0, "pagina": 1, "resultaten": []}
COUNTS = {"aantalTermijnVoorbij": 0, "aantalBezwaar": 0, "aantalPerStatus": {}}
BOTH = (Role.BEHANDELAAR,)


def line(number: int, **changes: Any) -> dict[str, Any]:
    """A case as the list has it."""
    return {
        "id": str(uuid4()),
        "zaaknummer": f"HO-2026-{number:06}",
        "batchId": str(uuid4()),
        "rij": number,
        "status": "uitnodiging verzonden",
        "naam": "J. Klaassen",
        "woonplaats": "Lindeveld",
        "geopendOp": "2026-11-01T09:00:00Z",
        "gewijzigdOp": "2026-11-01T09:00:00Z",
        "teamId": None,
        "behandelaar": None,
        "behandelaarNaam": None,
        "reactieDatum": "2099-12-04",
        "wachtTotDatum": None,
        "bezwaarDatum": None,
    } | changes


def person(**changes: Any) -> dict[str, Any]:
    """Somebody in a case."""
    return {
        "naam": "J. de Vries",
        "bsn": "*****1234",
        "geboortedatum": "1968-03-00",
        "voorletters": "J.",
        "voornaam": None,
        "tussenvoegsel": "de",
        "achternaam": "Vries",
        "email": "j.devries@example.nl",
        "telefoon": "+31600000000",
        "straat": "Molenkade",
        "huisnummer": "27",
        "postcode": "1234 AB",
        "woonplaats": "Lindeveld",
    } | changes


def case(**changes: Any) -> dict[str, Any]:
    """A case as its page gets it."""
    return {
        **line(4127),
        "versie": 3,
        "communicatievoorkeur": "BEIDE",
        "indicatie": None,
        "retourOp": None,
        "overledenOp": None,
        "volgendeStap": "De gegevens zijn ontvangen op 20 november 2026.",
        "mogelijk": ["in onderzoek nemen", "afwachten", "uitstel geven", "besluiten", "stoppen"],
        "status": "gegevens aangeleverd",
        "wachtReden": None,
        "aanleverKanaal": "post",
        "aanleverDatum": "2026-11-20",
        "stopReden": None,
        "afgeslotenOp": None,
        "besluiten": [],
        "inwoner": person(),
        "partner": person(naam="P. Jansen", bsn="*****4321"),
        "bezorgingen": [{"id": str(uuid4())}],
        "tijdlijn": [
            {
                "op": "2026-11-20T09:12:00Z",
                "door": "systeem:supply",
                "wat": "Gegevens aangeleverd",
                "toelichting": "Per post",
            }
        ],
    } | changes


def tell_case(site: Site, **changes: Any) -> str:
    """One case with all that is around it; the address of its page."""
    one = case(**changes)
    tell, path = site.services.tell, f"/zaken/{one['id']}"
    tell("cases", "GET", path, one)
    letter = {
        "id": str(uuid4()),
        "zaakId": one["id"],
        "doel": "uitnodiging",
        "status": "gemaakt",
        "gevraagdOp": "2026-11-06T08:00:00Z",
        "afgerondOp": "2026-11-06T08:00:00Z",
        "reden": None,
    }
    mail = letter | {
        "id": str(uuid4()),
        "status": "niet bezorgd",
        "verzondenOp": None,
        "messageId": "x@example.nl",
        "aan": "j.devries@example.nl",
        "reden": "De mailbox bestaat niet.",
    }
    tell("documents", "GET", "/documenten", EMPTY | {"aantal": 1, "resultaten": [letter]})
    tell("mailer", "GET", "/emails", EMPTY | {"aantal": 1, "resultaten": [mail]})
    tell("cases", "GET", "/teams", EMPTY)
    tell("cases", "GET", f"{path}/verwante-zaken", EMPTY)
    switch = {"aan": True, "reden": None, "door": None, "doorNaam": None, "op": None}
    explained = {"status": "geen", "uitleg": "Er gaan geen herinneringen.", "volgendeDatum": None}
    tell("cases", "GET", f"{path}/herinneringen", explained | {"schakelaar": switch, "stappen": []})
    tell("cases", "GET", f"/batches/{one['batchId']}", batch("iemand"))
    history = EMPTY | {"aantal": 1, "resultaten": one["tijdlijn"]}
    tell("cases", "GET", f"{path}/tijdlijn", history)
    return path


@asynccontextmanager
async def entered(site: Site, *roles: Role) -> AsyncIterator[httpx.AsyncClient]:
    """A browser without script of somebody who signed in."""
    typed = {"gebruikersnaam": await site.user(*roles), "wachtwoord": PASSWORD}
    async with httpx.AsyncClient(base_url=site.address, timeout=60) as client:
        answer = await client.post("/inloggen", data=typed)
        assert answer.status_code == 303, answer.text
        yield client


def csrf(page: httpx.Response) -> dict[str, str]:
    """The hidden fields that each form has."""
    found = re.search(r'name="csrf" value="([^"]*)"', page.text)
    assert found is not None, page.text
    return {"csrf": html.unescape(found[1]), "sleutel": str(uuid4())}


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("HO-2026-004127", {"zaaknummer": "HO-2026-004127"}),
        ("999990019", {"bsn": "999990019"}),
        ("j@example.nl", {"email": "j@example.nl"}),
        ("1234ab 27", {"postcode": "1234 AB", "huisnummer": "27", "achternaam": ""}),
        ("06 00000000", {"telefoon": "06 00000000"}),
        ("de Vries 14-3-1968", {"achternaam": "de Vries", "geboortedatum": "1968-03-14"}),
        ("Vries", {"achternaam": "Vries"}),
    ],
)
def test_one_box_understands_what_is_typed(text: str, parts: dict[str, str]) -> None:
    """A number, a name with a day, an address, a telephone or a mail address."""
    assert understood(text) == parts


async def test_filters_stand_in_the_address_and_reach_the_api(site: Site) -> None:
    """Each as the API names it; the size of a page is remembered."""
    site.services.tell("cases", "GET", "/zaken", EMPTY | COUNTS | {"aantal": 230, "resultaten": []})
    async with entered(site, *BOTH) as browser:
        address = "/zaken?status=in+onderzoek&behandelaar=niemand&termijnVoorbij=true&perPagina=100"
        page = await browser.get(address)
        assert page.status_code == 200, page.text
        asked = [one.query for one in site.services.seen if one.path == "/zaken"]
        wanted = "status=in%20onderzoek&termijnVoorbij=true&onverdeeld=true&pagina=1&perPagina=100"
        assert wanted in [query.replace("+", "%20") for query in asked]
        await browser.get("/zaken?mijn=true&pagina=2")
        asked = [one.query for one in site.services.seen if one.path == "/zaken"]
        assert "mijn=true&pagina=2&perPagina=100" in asked


async def test_a_reader_sees_cases_and_no_acts(site: Site) -> None:
    """No boxes to tick, no forms but a note, and the addresses of acts are closed."""
    path = tell_case(site)
    full = EMPTY | COUNTS | {"aantal": 1, "resultaten": [line(1)]}
    site.services.tell("cases", "GET", "/zaken", full)
    async with entered(site, Role.RAADPLEGER) as browser:
        work = await browser.get("/zaken")
        assert work.status_code == 200
        assert 'type="checkbox"' not in work.text
        shown = await browser.get(path)
        assert shown.status_code == 200, shown.text
        for act in ("besluit", "uitstel", "onderzoek", "stoppen", "overnemen", "bsn"):
            assert f"{path}/{act}" not in shown.text, act
            assert (await browser.get(f"{path}/{act}")).status_code == 403, act
        answer = await browser.post(f"{path}/onderzoek", data={**csrf(shown), "versie": "3"})
        assert answer.status_code == 403
        assert (await browser.get(f"{path}/documenten")).status_code == 403
    assert not [one for one in site.services.seen if one.method == "POST"]


async def test_a_case_of_another_gemeente_is_not_there(site: Site) -> None:
    """The page says so in words."""
    path = f"/zaken/{uuid4()}"
    problem = {"type": "x", "title": "x", "status": 404, "detail": "Deze zaak kennen wij niet."}
    site.services.tell("cases", "GET", path, problem, 404)
    async with entered(site, *BOTH) as browser:
        for address in (path, f"{path}/tijdlijn", f"{path}/besluit"):
            answer = await browser.get(address)
            assert answer.status_code == 404
            assert "Deze zaak kennen wij niet." in answer.text


async def test_names_and_notes_are_never_run(site: Site) -> None:
    """Whatever came out of a file or was typed, is text."""
    entry = {"op": "2026-11-20T09:12:00Z", "door": NASTY, "wat": NASTY, "toelichting": NASTY}
    path = tell_case(site, inwoner=person(naam=NASTY), tijdlijn=[entry], volgendeStap=NASTY)
    full = EMPTY | COUNTS | {"aantal": 1, "resultaten": [line(1, naam=NASTY, woonplaats=NASTY)]}
    site.services.tell("cases", "GET", "/zaken", full)
    async with entered(site, *BOTH) as browser:
        for address in ("/zaken", path, f"{path}/tijdlijn", f"{path}/documenten"):
            page = await browser.get(address)
            assert page.status_code == 200, page.text
            assert "<script>alert" not in page.text
            assert "<img src=x" not in page.text


async def test_only_what_is_possible_is_offered(site: Site) -> None:
    """The API says what goes now; the next step is the filled button."""
    path = tell_case(site)
    async with entered(site, *BOTH) as browser:
        page = await browser.get(path)
        assert f'action="{path}/onderzoek"' in page.text
        assert f"{path}/besluit" in page.text
        assert f"{path}/heropenen" not in page.text
        assert "U bent aan zet." in page.text
        answer = await browser.get(f"{path}/heropenen")
        assert (answer.status_code, "Dit kan nu niet" in answer.text) == (409, True)


async def test_a_case_that_changed_meanwhile_keeps_what_was_typed(site: Site) -> None:
    """The form stands there with the new version."""
    path = tell_case(site, versie=4)
    problem = {
        "type": "urn:x:zaak-gewijzigd",
        "title": "De zaak is intussen veranderd",
        "status": 409,
        "detail": "De zaak staat nu op 'in onderzoek' (versie 4).",
    }
    site.services.tell("cases", "POST", f"{path}/stoppen", problem, 409)
    async with entered(site, *BOTH) as browser:
        form = csrf(await browser.get(f"{path}/stoppen"))
        answer = await browser.post(
            f"{path}/stoppen", data={**form, "versie": "3", "reden": "Verhuisd naar elders"}
        )
        assert answer.status_code == 409
        assert "De zaak is intussen veranderd" in answer.text
        assert "Verhuisd naar elders</textarea>" in answer.text
        assert 'name="versie" value="4"' in answer.text


async def test_a_bsn_is_looked_for_and_shown_by_post_alone(site: Site) -> None:
    """One hit leads to its case; no address holds the number, and no browser keeps the page."""
    path = tell_case(site)
    hit = {"zaakId": path.rpartition("/")[2]}
    found = {"aantal": 1, "isAfgekapt": False, "melding": None, "resultaten": [hit]}
    site.services.tell("cases", "POST", "/zaken/zoeken", found)
    site.services.tell("cases", "POST", f"{path}/bsn-inzage", {"bsn": "999990019"})
    async with entered(site, *BOTH, Role.PERSOONSVERWERKER) as browser:
        form = csrf(await browser.get("/zoeken"))
        answer = await browser.post("/zoeken", data={**form, "zoek": "999990019"})
        assert (answer.status_code, answer.headers["location"]) == (303, path)
        form = csrf(await browser.get(f"{path}/bsn"))
        body = {**form, "wie": "partner", "reden": "Inkomen opvragen"}
        answer = await browser.post(f"{path}/bsn", data=body)
        assert "999990019" in answer.text
        assert answer.headers["cache-control"] == "no-store"
    assert not [one for one in site.services.seen if "999990019" in one.path + one.query]


async def test_selected_cases_are_given_away(site: Site) -> None:
    """First to whom, then done; without a selection the page says what to do."""
    members = [{"gebruikerId": "u-1", "naam": "S. Groen"}]
    team = {"id": str(uuid4()), "naam": "Noord", "leden": members}
    site.services.tell("cases", "GET", "/teams", EMPTY | {"aantal": 1, "resultaten": [team]})
    site.services.tell("cases", "POST", "/toewijzingen", {"aantalZaken": 2})
    chosen = [str(uuid4()), str(uuid4())]
    async with entered(site, *BOTH) as browser:
        form = csrf(await browser.get("/zaken"))
        assert "U koos geen zaken" in (await browser.post("/zaken/toewijzen", data=form)).text
        page = await browser.post("/zaken/toewijzen", data={**form, "zaak": chosen})
        assert "S. Groen" in page.text
        assert page.text.count('name="zaak"') == 2
        body = {**form, "zaak": chosen, "gekozen": "ja", "behandelaar": "u-1"}
        answer = await browser.post("/zaken/toewijzen", data=body)
        assert (answer.status_code, answer.headers["location"]) == (303, "/zaken")
        assert (await browser.post("/zaken/verdelen", data=form)).status_code == 403
    assert [one.path for one in site.services.seen if one.method == "POST"] == ["/toewijzingen"]


async def test_how_the_list_looks(site: Site) -> None:
    """Full, with a selection, with filters that leave nothing, and before the first batch."""
    statuses = ("aangemaakt", "gegevens aangeleverd", "in onderzoek", "in afwachting", "besloten")
    lines = [line(3970, reactieDatum="2026-11-12", behandelaarNaam="S. Groen", behandelaar="x")]
    lines += [line(3980 + at, status=status) for at, status in enumerate(statuses)]
    lines.append(line(4000, naam="Bartholomeus-Alexander van Nieuwkerken-Oosterwolde-Achterberg"))
    lines.append(line(4001, status="afgesloten", bezwaarDatum="2026-11-20"))
    by_status = {"uitnodiging verzonden": 2839, "in onderzoek": 12}
    full = {"aantal": 4345, "aantalPerStatus": by_status, "aantalTermijnVoorbij": 17}
    tell = site.services.tell
    async with site.desk(await site.user(Role.COORDINATOR)) as desk:
        await desk.page.goto("/zaken")
        await look(desk, "zaken-eerste-keer")
        tell("cases", "GET", "/zaken", EMPTY | COUNTS | full | {"resultaten": lines})
        await desk.page.goto("/zaken?status=in+onderzoek")
        await look(desk, "zaken")
        await desk.page.get_by_label("Selecteer J. Klaassen").first.check()
        await expect(desk.page.get_by_role("button", name="Eerlijk verdelen")).to_be_visible()
        await look(desk, "zaken-selectie")
        desk.expect(404)
        tell("cases", "GET", "/zaken", EMPTY | COUNTS | {"aantal": 9})
        await desk.page.goto("/zaken?pagina=9")
        await look(desk, "zaken-te-ver")


async def test_how_a_case_looks(site: Site) -> None:
    """In a status where it is the colleague's turn, its tabs, its forms, and the search page."""
    path = tell_case(site, indicatie="bewind", bezwaarDatum="2026-11-20")
    task = {
        "id": str(uuid4()),
        "titel": "Bericht beantwoorden",
        "toelichting": "Vraag over de loonstrook",
        "geopendOp": "2026-11-20T09:12:00Z",
        "uiterlijkDatum": "2026-11-21",
        "isTeLaat": True,
        "behandelaarNaam": "M. Bakker",
    }
    tasks = {"aantal": 1, "resultaten": [task], "aantalPerSoort": {}}
    site.services.tell("cases", "GET", "/taken", EMPTY | tasks)
    roles = (Role.BEHANDELAAR, Role.PERSOONSVERWERKER)
    async with site.desk(await site.user(*roles)) as desk:
        for place, name in (
            ("", "zaak"),
            ("/documenten", "zaak-documenten"),
            ("/tijdlijn", "zaak-tijdlijn"),
            ("/besluit", "zaak-besluit"),
            ("/uitstel", "zaak-uitstel"),
            ("/bsn", "zaak-bsn"),
            ("/taak", "zaak-taak"),
        ):
            await desk.page.goto(f"{path}{place}")
            await look(desk, name)
        await desk.page.goto("/zoeken")
        await look(desk, "zoeken")
