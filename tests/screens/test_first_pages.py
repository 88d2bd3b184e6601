"""Each of the first pages in each of its states, as a browser shows it."""

from __future__ import annotations

from uuid import uuid4

from playwright.async_api import expect

from shared.contracts.codes import Role
from tests.support.site import Site, batch, look, sign_in

EMPTY = {"aantal": 0, "pagina": 1, "resultaten": []}
LONG = "Bartholomeus-Alexander van Nieuwkerken-Oosterwolde"


async def test_the_page_to_sign_in(site: Site) -> None:
    """Empty, with a wrong password, and locked."""
    name = await site.user(Role.BEHANDELAAR)
    async with site.desk() as desk:
        await desk.page.goto("/")
        await expect(desk.page).to_have_url("/inloggen")
        await look(desk, "inloggen")
        desk.expect(401)
        await sign_in(desk, name, "helemaal verkeerd")
        await expect(desk.page.get_by_text("horen niet bij elkaar")).to_be_visible()
        await look(desk, "inloggen-fout")
        for _ in range(4):
            await sign_in(desk, name, "helemaal verkeerd")
        desk.expect(429)
        await sign_in(desk, name, "helemaal verkeerd")
        await expect(desk.page.get_by_text("U kunt nu even niet inloggen")).to_be_visible()
        await look(desk, "inloggen-te-vaak")


async def test_an_empty_dashboard(site: Site) -> None:
    """Somebody who has nothing to do sees that, and how to begin."""
    async with site.desk(await site.user(Role.BEHANDELAAR)) as desk:
        await expect(desk.page.get_by_role("heading", level=1)).to_contain_text(", Mirjam")
        await expect(desk.page.get_by_text("Er ligt niets op u te wachten")).to_be_visible()
        await look(desk, "dashboard-leeg")


async def test_a_full_dashboard(site: Site) -> None:
    """Tasks, terms, letters to print, batches in every state, and cases to scale."""
    name = await site.user(Role.BEHANDELAAR)
    async with site.desk(name) as desk:
        user_id = (await (await desk.page.request.get("/v1/sessies/huidige")).json())["gebruiker"]
        fill(site, user_id["id"])
        await desk.page.goto("/")
        await expect(desk.page.get_by_text("2.839").first).to_be_visible()
        await look(desk, "dashboard")
        await desk.page.locator(".user-menu > summary").click()
        await look(desk, "dashboard-menu", ".user-menu")


def fill(site: Site, user_id: str) -> None:
    """A working day at the services."""
    kinds = {"bericht-beantwoorden": 3, "adres-nakijken": 1, "e-mailadres-nakijken": 2}
    tell = site.services.tell
    tell("cases", "GET", "/taken", EMPTY | {"aantal": 6, "aantalPerSoort": kinds})
    statuses = {
        "aangemaakt": 2839,
        "uitnodiging verzonden": 904,
        "gegevens aangeleverd": 388,
        "in onderzoek": 171,
        "in afwachting": 43,
        "besloten": 63,
        "afgesloten": 8000,
    }
    case = {"naam": "J. Klaassen", "reactieDatum": "2026-11-12"}
    cases = {"aantal": 2, "resultaten": [case, case | {"naam": LONG}]}
    counts = {"aantalPerStatus": statuses, "aantalTermijnVoorbij": 17, "aantalBezwaar": 0}
    tell("cases", "GET", "/zaken", EMPTY | cases | counts)
    waiting = {"aantal": 17, "oudsteOp": "2026-11-09T10:00:00Z", "perDoel": []}
    tell("documents", "GET", "/te-printen", EMPTY | waiting)
    sending = {"gepland": 500, "gevraagd": 420, "gemaakt": 510, "mislukt": 0}
    failed = {"gepland": 0, "gevraagd": 0, "gemaakt": 617, "mislukt": 3}
    mails = {"gepland": 0, "gevraagd": 0, "verzonden": 1812, "mislukt": 0, "nietBezorgd": 0}
    bounced = {"gepland": 0, "gevraagd": 0, "verzonden": 500, "mislukt": 0, "nietBezorgd": 4}
    rows = [
        batch(user_id, status="verzenden", aantalZaken=2839, brieven=sending, emails=mails),
        batch(user_id, status="open", aantalZaken=12, reactieDatum=None),
        batch(user_id, status="openen", aantalZaken=200, reactieDatum=None),
        batch(user_id, brieven=failed, emails=bounced, aantalZaken=1120),
        batch(user_id, bestandsnaam="Bijzondere doelgroep met een heel lange bestandsnaam.xlsx"),
        batch(str(uuid4()), status="wacht op akkoord"),
    ]
    tell("cases", "GET", "/batches", EMPTY | {"aantal": 6, "resultaten": rows})
    tell("communications", "GET", "/meldingen", EMPTY | {"ongelezen": 5, "aantal": 5})


async def test_a_dashboard_without_one_of_its_parts(site: Site) -> None:
    """What is there is shown, and what is missing is named."""
    problem = {"type": "x", "title": "Even niet bereikbaar", "status": 503, "detail": "x"}
    site.services.tell("documents", "GET", "/te-printen", problem, 503)
    async with site.desk(await site.user(Role.BEHANDELAAR)) as desk:
        await expect(desk.page.get_by_text("Niet bereikbaar: Brieven")).to_be_visible()
        await look(desk, "dashboard-deel-weg")


async def test_the_dashboard_of_who_does_no_cases(site: Site) -> None:
    """An auditor hears why there is nothing."""
    async with site.desk(await site.user(Role.AUDITOR, name=LONG, gemeenten=("9001", "9002"))) as d:
        await expect(d.page.get_by_text("Hier staat voor u nog niets")).to_be_visible()
        await look(d, "dashboard-zonder-zaken")
        await d.page.locator(".user-menu > summary").click()
        choice = d.page.get_by_label("Gemeente")
        assert (await choice.inner_text()).split("\n") == ["Waterdam aan Zee", "Heidelo"]
        await look(d, "menu-gemeenten", ".user-menu")


async def test_notices(site: Site) -> None:
    """None, some with new ones, and a page further than there are."""
    async with site.desk(await site.user(Role.BEHANDELAAR)) as desk:
        await desk.page.goto("/meldingen")
        await expect(desk.page.get_by_text("Nog geen meldingen")).to_be_visible()
        await look(desk, "meldingen-leeg")
        notices = [
            {
                "id": str(uuid4()),
                "soort": "batch-afgerond",
                "titel": f"Batch gemeentepolis-najaar-{number}.xlsx is klaar",
                "tekst": "Er zijn 1.117 van 1.120 brieven en e-mails gemaakt. 3 zijn mislukt.",
                "batchId": str(uuid4()),
                "zaakId": None,
                "voorGebruikerId": None,
                "voorNaam": None,
                "afdrukbestandId": None,
                "geplaatstOp": "2026-11-13T09:41:00Z",
                "gelezenOp": None if number < 3 else "2026-11-13T10:00:00Z",
            }
            for number in range(1, 6)
        ]
        full = {"aantal": 130, "ongelezen": 2, "pagina": 2, "resultaten": notices}
        site.services.tell("communications", "GET", "/meldingen", full)
        await desk.page.goto("/meldingen?pagina=2")
        await look(desk, "meldingen")


async def test_the_own_password(site: Site) -> None:
    """Typed wrong in every way; each mistake stands at its field and on top."""
    async with site.desk(await site.user(Role.BEHANDELAAR)) as desk:
        await desk.page.goto("/wachtwoord")
        await look(desk, "wachtwoord")
        desk.expect(400)
        await desk.page.get_by_label("Uw wachtwoord van nu").fill("kort")
        await desk.page.get_by_label("Nieuw wachtwoord", exact=True).fill("kort")
        await desk.page.get_by_label("Nieuw wachtwoord, nog een keer").fill("kort")
        await desk.page.get_by_role("button", name="Wachtwoord bewaren").click()
        await expect(desk.page.get_by_role("link", name="Nieuw wachtwoord").first).to_be_visible()
        await look(desk, "wachtwoord-fout")


async def test_pages_of_errors(site: Site) -> None:
    """Not there, not allowed, and a part that is away; with and without a session."""
    async with site.desk() as desk:
        desk.expect(404)
        await desk.page.goto("/bestaat-niet")
        await look(desk, "fout-404-buiten")
    async with site.desk(await site.user(Role.AUDITOR)) as desk:
        desk.expect(403)
        desk.expect(404)
        desk.expect(405)
        await desk.page.goto("/meldingen")
        await look(desk, "fout-403")
        await desk.page.goto("/bestaat-niet")
        await look(desk, "fout-404")
        await desk.page.goto("/uitloggen")
        await look(desk, "fout-405")
    problem = {"type": "x", "title": "x", "status": 503, "detail": ""}
    async with site.desk(await site.user(Role.BEHANDELAAR)) as desk:
        desk.expect(503)
        site.services.tell("communications", "GET", "/meldingen", problem, 503)
        await desk.page.goto("/meldingen")
        await look(desk, "fout-503")
        desk.expect(500)
        site.services.tell("communications", "GET", "/meldingen", {"aantal": 1, "ongelezen": 0})
        await desk.page.goto("/meldingen")
        await look(desk, "fout-500")
