"""Each state of steps 1 to 4 of Heronderzoek starten, and of the list, as a browser shows it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from playwright.async_api import expect

from shared.contracts.codes import Role
from tests.support.site import Site, batch, look

EMPTY = {"aantal": 0, "pagina": 1, "resultaten": []}
LONG = "Gemeentepolis_najaar_" + "heel_lang_" * 12 + ".xlsx"
HOSTILE = "<script>document.title='gekaapt'</script>"


def upload(**changes: Any) -> dict[str, Any]:
    """A file as intake tells it."""
    return {
        "id": str(uuid4()),
        "bestandsnaam": "gemeentepolis_najaar_2_v2.xlsx",
        "status": "gecontroleerd",
        "voortgangRijen": 2839,
        "aantalRijen": 2839,
        "aantalGoed": 2826,
        "aantalFout": 13,
        "aantalFouten": 14,
        "aantalWaarschuwingen": 9,
        "reden": None,
        "batchId": None,
        "ontvangenOp": "2026-11-22T09:08:00Z",
        "ontvangenDoor": "Mirjam Bakker",
        "werkblad": "Heronderzoek",
        "andereWerkbladen": ["Oud"],
        "kolommen": [{"letter": "Z", "kop": HOSTILE, "kolom": None, "herkendAan": "onbekend"}],
        "aantalVerborgenRijen": 2,
        "vervangt": None,
        "vergelijking": None,
        "groepen": [],
    } | changes


def group(kind: str, title: str, column: str | None, what: str, count: int) -> dict[str, Any]:
    """Findings of one kind."""
    return {
        "soort": kind,
        "ernst": "fout",
        "titel": title,
        "aantal": count,
        "kolom": column,
        "uitleg": what,
        "verwacht": "",
        "rijen": [[70, 70], [201, 205], [974, 974]],
        "rijenVolledig": False,
        "bijnaAlleRijen": count > 100,
    }


def finding(row: int, column: str | None, found: str, what: str, **changes: Any) -> dict[str, Any]:
    """One finding."""
    return {
        "rij": row,
        "kolom": column,
        "soort": "x",
        "ernst": "fout",
        "gevonden": found,
        "verwacht": "",
        "uitleg": what,
        "verwanteRijen": [],
    } | changes


def told(site: Site, file: dict[str, Any], findings: list[dict[str, Any]] | None = None) -> str:
    """Intake knows this file; answers the address of its page."""
    page = EMPTY | {"aantal": len(findings or ()), "resultaten": findings or []}
    site.services.tell("intake", "GET", f"/uploads/{file['id']}", file)
    site.services.tell("intake", "GET", f"/uploads/{file['id']}/bevindingen", page)
    return f"/heronderzoek/bestanden/{file['id']}"


async def test_a_check_with_errors(site: Site) -> None:
    """Sums, kinds, red cells, rows that belong together, and what was not read."""
    before = {"vorigeUploadId": str(uuid4()), "opgelost": 12, "over": 11, "nieuw": 3}
    groups = [
        group("bsn", "Dit BSN bestaat niet", "BSN", "Kijk of alle cijfers kloppen.", 5),
        group("datum", "Deze datum bestaat niet", "GEBOORTEDATUM", "Schrijf dd-mm-jjjj.", 3),
        group("partners", "Partners in twee rijen", None, "Verwijder een van de twee.", 200),
    ]
    findings = [
        finding(14, None, "", "Partner van een andere rij.", verwanteRijen=[208]),
        finding(70, "BSN", "9 cijfers, eindigt op 8002", "Dit BSN bestaat niet."),
        finding(201, "BSN", "8 cijfers, eindigt op 1234", "Dit BSN bestaat niet."),
        finding(201, "GEBOORTEDATUM", HOSTILE, "30 februari bestaat niet."),
        finding(412, "HUISNUMMER", "12A", "Zet de letter in de kolom HUISLETTER."),
    ]
    async with site.desk(await site.user(Role.BEHANDELAAR)) as desk:
        await desk.page.goto(told(site, upload(vergelijking=before, groepen=groups), findings))
        await expect(desk.page.get_by_text("14 fouten in 13 van de 2.839 rijen")).to_be_visible()
        assert not (await desk.page.title()).startswith("gekaapt")
        await look(desk, "start-3-controleren")


async def test_a_check_in_its_other_states(site: Site) -> None:
    """Right, empty, all wrong, busy, refused, agreed, and a refusal after the tick."""
    right = upload(aantalFout=0, aantalFouten=0, aantalGoed=2839, bestandsnaam=LONG)
    none = {"aantalRijen": 0, "aantalGoed": 0, "aantalFout": 0, "aantalFouten": 0}
    reason = "Dit bestand heeft een wachtwoord. Haal het wachtwoord eraf en upload het opnieuw."
    async with site.desk(await site.user(Role.BEHANDELAAR)) as desk:
        page = desk.page
        await page.goto(told(site, right))
        await look(desk, "start-3-zonder-fouten")
        await page.goto(told(site, upload(**none)))
        await look(desk, "start-3-zonder-rijen")
        await page.goto(told(site, upload(aantalGoed=0, aantalFout=2839)))
        assert await page.get_by_role("button", name="Ga verder").count() == 0
        await page.goto(told(site, upload(status="geweigerd", reden=reason)))
        await look(desk, "start-3-geweigerd")
        await page.goto(told(site, upload(status="bevestigd", batchId=str(uuid4()))))
        await look(desk, "start-3-bevestigd")
        problem = {
            "type": "urn:x:niet-gecontroleerd",
            "title": "Dit bestand is niet gecontroleerd",
            "status": 409,
            "detail": "Dit bestand is intussen verlopen. Upload het opnieuw.",
        }
        address = f"/uploads/{right['id']}/bevestiging"
        site.services.tell("intake", "POST", address, problem, 409)
        desk.expect(409)
        await page.goto(told(site, right))
        await page.get_by_label("Ik heb de controle gezien").check()
        await page.get_by_role("button", name="Ga verder").click()
        await expect(page.get_by_text("intussen verlopen")).to_be_visible()
        await look(desk, "start-3-409")


async def test_a_check_that_is_busy_goes_on_by_itself(site: Site) -> None:
    """The count moves, and the page of the outcome comes without a click."""
    busy = upload(status="controleren", voortgangRijen=1200, aantalRijen=0)
    async with site.desk(await site.user(Role.BEHANDELAAR)) as desk:
        await desk.page.goto(told(site, busy))
        await expect(desk.page.get_by_text("1.200 rijen gecontroleerd")).to_be_visible()
        await look(desk, "start-3-bezig")
        told(site, busy | {"voortgangRijen": 2400})
        await expect(desk.page.get_by_text("2.400 rijen gecontroleerd")).to_be_visible()
        told(site, upload(id=busy["id"], aantalFout=0, aantalFouten=0))
        await expect(desk.page.get_by_text("Uw bestand heeft geen fouten")).to_be_visible()


async def test_cases_that_are_made(site: Site) -> None:
    """Busy, done with refused rows, and further on."""
    made = batch(str(uuid4()), status="openen", aantalRijen=2839, aantalZaken=0)
    made["aantalWachtOpBeheerder"] = 0
    file = {
        "bestandsnaam": "gemeentepolis_najaar_2_v2.xlsx",
        "aantalRijen": 2839,
        "aantalWeggelaten": 13,
        "aangeboden": 1000,
        "eersteZaaknummer": "HO-2026-000001",
        "laatsteZaaknummer": "HO-2026-002839",
        "bevestigdOp": "2026-11-22T09:08:00Z",
        "storing": None,
    }
    path = f"/batches/{made['id']}"
    site.services.tell("intake", "GET", path, file)
    site.services.tell("cases", "GET", path, made)
    site.services.tell("documents", "GET", path, {})
    site.services.tell("cases", "GET", f"{path}/geweigerd", EMPTY)
    async with site.desk(await site.user(Role.BEHANDELAAR)) as desk:
        await desk.page.goto(f"/heronderzoek{path}")
        await expect(desk.page.get_by_text("1.000 van 2.839 rijen")).to_be_visible()
        await look(desk, "start-4-bezig")
        refused = {
            "rij": 310,
            "reden": "Er loopt al een zaak voor deze inwoner.",
            "lopendeZaak": "HO-2026-003981",
            "wachtOpBeheerder": False,
        }
        ended = made | {"status": "open", "aantalZaken": 2838, "aantalGeweigerd": 1}
        site.services.tell("cases", "GET", path, ended)
        page = EMPTY | {"aantal": 1, "resultaten": [refused]}
        site.services.tell("cases", "GET", f"{path}/geweigerd", page)
        await expect(desk.page.get_by_text("2.838 zaken aangemaakt")).to_be_visible()
        await look(desk, "start-4-klaar")


async def test_the_list_and_the_first_step(site: Site) -> None:
    """Empty, filled, files that wait, and a missing template."""
    site.services.tell("intake", "GET", "/uploads", EMPTY)
    async with site.desk(await site.user(Role.BEHANDELAAR)) as desk:
        page = desk.page
        await page.goto("/batches")
        await look(desk, "batches-leeg")
        rows = [
            batch("x", status=status, gestartDoorNaam="Mirjam Bakker", bestandsnaam=name)
            for status, name in (("openen", "a.xlsx"), ("open", LONG), ("afgerond", "c.xlsx"))
        ]
        full = EMPTY | {"aantal": 130, "resultaten": rows}
        site.services.tell("cases", "GET", "/batches", full)
        files = [upload(), upload(aantalFouten=0, aantalFout=0, bestandsnaam=HOSTILE)]
        site.services.tell("intake", "GET", "/uploads", EMPTY | {"aantal": 2, "resultaten": files})
        await page.goto("/batches")
        await look(desk, "batches-vol")
        await page.goto("/batches?toon=gecontroleerd")
        await look(desk, "batches-na-te-kijken")
        missing = {"type": "x", "title": "x", "status": 404, "detail": "x"}
        for part in ("documents", "mailer"):
            site.services.tell(part, "GET", "/sjablonen/actief", missing, 404)
        await page.goto("/heronderzoek")
        await expect(page.get_by_text("Er is nog geen brief")).to_be_visible()
        await look(desk, "start-1-zonder-sjabloon")
