"""Each state of steps 5 and 6 of Heronderzoek starten, and of a batch, as a browser shows it."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from playwright.async_api import expect

from shared.contracts.codes import Role
from tests.support.site import Site, batch, look

EMPTY = {"aantal": 0, "pagina": 1, "resultaten": []}
HOSTILE = "<script>document.title='gekaapt'</script>"
LETTER, MAIL = str(uuid4()), str(uuid4())
AT = "2026-11-13T09:41:00Z"
TEMPLATES = {
    "documents": {"id": LETTER, "naam": "Uitnodiging brief", "versie": 6},
    "mailer": {"id": MAIL, "naam": "Uitnodiging e-mail", "versie": 4},
}
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>"


def someone(who: str = "Een collega", why: str | None = None) -> dict[str, Any]:
    """Who did something, when and why."""
    return {"door": str(uuid4()), "doorNaam": who, "op": AT, "reden": why}


def whole(user: str = "iemand", **changes: Any) -> dict[str, Any]:
    """A batch with all that cases tells of it."""
    nothing = dict.fromkeys(
        ("aanbieding", "terugzending", "intrekking", "pauze", "beeindiging", "herkansing")
    )
    more = {
        "gestartDoorNaam": "Mirjam Bakker",
        "aantalWachtOpBeheerder": 0,
        "aantalGestopt": 0,
        "akkoordDoor": None,
        "akkoordDoorNaam": None,
        "akkoordOp": None,
        "afgerondOp": None,
        "begonnenOp": None,
        "verzendenOp": None,
        "emailsPerWerkdag": None,
        "vierOgen": False,
    }
    told = batch(user, **{**nothing, **more, **changes})
    counts = {"ingetrokken": 0, "uitgesloten": 0}
    told["brieven"] = counts | {"gepost": 0, "retour": 0} | told["brieven"]
    told["emails"] = counts | told["emails"]
    return told


def plan(**changes: Any) -> dict[str, Any]:
    """A communication plan."""
    return {
        "aantalAlleenEmail": 1406,
        "aantalAlleenBrief": 1024,
        "aantalBeide": 406,
        "aantalEmails": 1812,
        "aantalBrieven": 1430,
        "zonderAdres": 38,
        "aantalUitgesloten": 3,
        "indicaties": {"bewind": 21},
        "verzendDatum": "2026-11-23",
        "reactietermijnDagen": 28,
        "reactieDatum": "2026-12-21",
        "verklaring": "Deze inwoners kozen zelf voor berichten per e-mail.",
        "verklaringBron": "Aanvraagformulier 2025",
        "verzendenOp": None,
        "emailsPerWerkdag": None,
    } | changes


def case(preference: str = "BEIDE", name: str = "J. de Vries") -> dict[str, Any]:
    """As much of a case as an example shows."""
    return {
        "id": str(uuid4()),
        "zaaknummer": "HO-2026-006412",
        "batchId": str(uuid4()),
        "communicatievoorkeur": preference,
        "inwoner": {"naam": name},
        "naam": name,
        "reactieDatum": "2099-12-04",
        "wachtTotDatum": None,
        "status": "aangemaakt",
    }


def told(site: Site, one: dict[str, Any], **changes: Any) -> str:
    """Cases knows this batch, its plan and its first resident; answers the address of step 5."""
    here, shown = (
        f"/batches/{one['id']}",
        case(changes.pop("preference", "BEIDE"), changes.pop("name", "J. de Vries")),
    )
    tell = site.services.tell
    tell("cases", "GET", here, one)
    tell("cases", "GET", f"{here}/plan", plan(**changes))
    for part, template in TEMPLATES.items():
        tell(part, "GET", "/sjablonen/actief", template)
    counts = {"aantalPerStatus": {}, "aantalTermijnVoorbij": 0, "aantalBezwaar": 0}
    page = {"aantal": 2836, "pagina": 1, "resultaten": [shown]}
    tell("cases", "GET", "/zaken", page | counts)
    tell("cases", "GET", f"/zaken/{shown['id']}", shown)
    kinds = [("langste naam", case()), ("met partner", case()), ("bijzondere tekens", case())]
    hardest = [
        {"soort": kind, "zaakId": who["id"], "zaaknummer": who["zaaknummer"], "rij": 2, "naam": "X"}
        for kind, who in kinds
    ]
    tell("cases", "GET", f"{here}/voorbeelden", EMPTY | {"aantal": 3, "resultaten": hardest})
    values = {
        "zaakId": shown["id"],
        "zaaknummer": shown["zaaknummer"],
        "doel": "uitnodiging",
        "sjabloonVersieId": None,
        "aan": "j.devries@example.nl",
        "aanNaam": "J. de Vries",
        "velden": {},
        "krijgtBrief": True,
        "vorigeZaakId": None,
        "volgendeZaakId": None,
    }
    tell("cases", "POST", "/samenvoegwaarden", values)
    mail = {
        "van": "heronderzoek@example.nl",
        "vanNaam": "Gemeente Lindeveld",
        "onderwerp": "Stuur ons uw stukken voor 22 december 2026",
        "tekst": "Geachte mevrouw De Vries",
        "html": "<p>Geachte mevrouw De Vries,</p><p>U hebt de gemeentepolis.</p>",
    }
    tell("mailer", "POST", "/voorbeelden", mail)
    tell("cases", "GET", f"{here}/uitsluitingen", EMPTY)
    for name in ("mislukt", "niet-bezorgd"):
        tell("cases", "GET", f"{here}/{name}", EMPTY)
    tell("intake", "GET", here, {"id": one["id"]})
    tell("documents", "GET", here, {"id": one["id"]})
    tell("documents", "GET", "/afdrukbestanden", EMPTY)
    options = {"volgorde": "postcode", "dubbelzijdig": True, "splitsenBij": 1000}
    tell(
        "documents",
        "GET",
        f"{here}/afdrukopties",
        options | {"scheidingsbladElke": 50, "eigenKeuze": True},
    )
    on = {"aan": True, "reden": None, "door": None, "doorNaam": None, "op": None}
    tell("cases", "GET", f"{here}/herinneringen", on)
    return f"{here}/communicatie"


async def test_who_gets_what_and_the_word_to_send_it(site: Site) -> None:
    """The whole of step 5, and what a button says that sends 1.812 mails."""
    async with site.desk(await site.user(Role.BEHANDELAAR)) as desk:
        page = desk.page
        await page.goto(told(site, whole(status="open")))
        button = page.get_by_role("button", name="Akkoord: verstuur 1.812 e-mails")
        await expect(button).to_be_visible()
        await expect(page.get_by_text("maandag 21 december 2026")).to_be_visible()
        await look(desk, "start-5-communicatie")


async def test_what_keeps_a_batch_from_being_sent(site: Site) -> None:
    """No template, no declaration, somebody who died, nobody at all: each is said."""
    async with site.desk(await site.user(Role.BEHANDELAAR)) as desk:
        page, one = desk.page, whole(status="open", bestandsnaam="heel_lang_" * 20 + ".xlsx")
        nothing = {"verklaring": None, "indicaties": {"overleden": 2}}
        address = told(site, one, name="Ä" * 60, **nothing)
        site.services.tell("documents", "GET", "/sjablonen/actief", {}, 404)
        await page.goto(address)
        await expect(page.get_by_text("Er staan 2 overleden inwoners")).to_be_visible()
        assert await page.get_by_role("button", name="Akkoord").count() == 0
        await look(desk, "start-5-kan-niet")
        nobody = dict.fromkeys(
            ("aantalAlleenEmail", "aantalAlleenBrief", "aantalBeide", "aantalEmails"), 0
        )
        await page.goto(told(site, one, aantalBrieven=0, **nobody))
        await expect(page.get_by_text("Niemand krijgt een e-mail of brief.")).to_be_visible()


async def test_choices_that_were_not_kept_are_kept_first(site: Site) -> None:
    """Akkoord with another date sends nothing: the page shows what it would mean."""
    async with site.desk(await site.user(Role.BEHANDELAAR)) as desk:
        page, one = desk.page, whole(status="open")
        address = told(site, one)
        await page.goto(address)
        await page.get_by_label("Verzenddatum").fill("2026-11-30")
        await page.get_by_label("Ik heb de aantallen").press("Space")
        site.services.seen.clear()
        await page.get_by_role("button", name="Akkoord").click()
        await expect(page.get_by_text("Wij bewaarden wat u veranderde")).to_be_visible()
        sent = [seen.path for seen in site.services.seen if seen.method != "GET"]
        assert f"/batches/{one['id']}/plan" in sent
        assert f"/batches/{one['id']}/akkoord" not in sent
        await page.get_by_label("Reactietermijn in dagen").fill("veel")
        desk.expect(400)
        await page.get_by_role("button", name="Keuzes bewaren").click()
        await expect(page.get_by_label("Reactietermijn in dagen")).to_have_value("veel")
        await look(desk, "start-5-fout")


async def test_a_batch_that_waits_for_a_second_person(site: Site) -> None:
    """Who offered it waits; a coordinator agrees or sends it back."""
    one = whole(status="wacht op akkoord", vierOgen=True, aanbieding=someone("Henk Verweij"))
    async with site.desk(await site.user(Role.COORDINATOR)) as desk:
        await desk.page.goto(told(site, one))
        await expect(desk.page.get_by_role("button", name="Akkoord: verstuur")).to_be_visible()
        await expect(desk.page.get_by_role("button", name="Terugsturen")).to_be_visible()
        await look(desk, "start-5-tweede-persoon")
    async with site.desk(await site.user(Role.BEHANDELAAR)) as desk:
        await desk.page.goto(told(site, one))
        assert await desk.page.get_by_role("button", name="Akkoord").count() == 0
        back = whole(
            status="open", vierOgen=True, terugzending=someone("Henk", "De datum klopt niet")
        )
        await desk.page.goto(told(site, back))
        await expect(desk.page.get_by_text("De datum klopt niet")).to_be_visible()
        await expect(desk.page.get_by_role("button", name="Ter goedkeuring")).to_be_visible()
        await look(desk, "start-5-teruggestuurd")


async def test_who_gets_nothing_and_a_batch_taken_back(site: Site) -> None:
    """Each with numbers and a reason."""
    one = whole(status="open")
    rows = [
        {"zaakId": str(uuid4()), "zaaknummer": "HO-2026-000012", "rij": 3, "naam": HOSTILE}
        | {"reden": "Verhuisd naar het buitenland", "door": "Mirjam Bakker", "op": AT}
    ]
    async with site.desk(await site.user(Role.BEHANDELAAR)) as desk:
        page, here = desk.page, f"/batches/{one['id']}"
        told(site, one)
        await page.goto(f"{here}/niet-versturen")
        await look(desk, "start-5-niemand-uitgesloten")
        found = EMPTY | {"aantal": 1, "resultaten": rows}
        site.services.tell("cases", "GET", f"{here}/uitsluitingen", found)
        await page.goto(f"{here}/niet-versturen")
        assert not (await page.title()).startswith("gekaapt")
        await look(desk, "start-5-niet-versturen")
        desk.expect(400)
        await page.get_by_role("button", name="Toch versturen").click()
        await expect(page.get_by_text("Zet een vinkje bij wie toch")).to_be_visible()
        await page.goto(f"{here}/intrekken")
        await expect(page.get_by_role("button", name="Stop 386 zaken")).to_be_visible()
        await look(desk, "start-5-intrekken")


async def test_sending_moves_by_itself(site: Site) -> None:
    """The numbers follow by the stream, and at its end the page of the batch comes."""
    mails = {"gepland": 604, "gevraagd": 0, "verzonden": 1204, "mislukt": 4, "nietBezorgd": 0}
    letters = {"gepland": 310, "gevraagd": 0, "gemaakt": 1118, "mislukt": 2, "gepost": 0}
    one = whole(status="verzenden", emails=mails, brieven=letters, begonnenOp=AT)
    failed = [failure("email", "Dit e-mailadres bestaat niet"), failure("brief", HOSTILE)]
    async with site.desk(await site.user(Role.BEHANDELAAR)) as desk:
        page, here = desk.page, f"/batches/{one['id']}"
        told(site, one)
        found = EMPTY | {"aantal": 6, "resultaten": failed}
        site.services.tell("cases", "GET", f"{here}/mislukt", found)
        await page.goto(f"{here}/verzenden")
        await expect(page.get_by_text("1.204")).to_be_visible()
        await look(desk, "start-6-verzenden")
        later = {**one, "emails": one["emails"] | {"gepland": 4, "verzonden": 1804}}
        site.services.tell("cases", "GET", here, later)
        await expect(page.get_by_text("1.804")).to_be_visible()
        paused = {**later, "pauze": someone("Mirjam Bakker")}
        site.services.tell("cases", "GET", here, paused)
        await page.reload()
        await look(desk, "start-6-gepauzeerd")
        await page.get_by_role("link", name="De rest intrekken").click()
        await look(desk, "start-6-rest-intrekken")
        await page.goto(f"{here}/verzenden")
        site.services.tell("cases", "GET", here, {**later, "status": "afgerond"})
        await expect(page.get_by_text("Wat is er verstuurd?")).to_be_visible()
        planned = {**later, "verzendenOp": "2026-11-30T08:00:00Z", "begonnenOp": None}
        site.services.tell("cases", "GET", here, planned)
        await page.goto(f"{here}/verzenden")
        await look(desk, "start-6-gepland")


def failure(channel: str, why: str) -> dict[str, Any]:
    """A letter or mail that could not be made or sent."""
    return {
        "bezorgingId": str(uuid4()),
        "zaakId": str(uuid4()),
        "zaaknummer": "HO-2026-007120",
        "rij": 4,
        "naam": "P. van Loon",
        "kanaal": channel,
        "reden": why,
        "misluktOp": AT,
    }


def print_file(number: int, **changes: Any) -> dict[str, Any]:
    """A print file as documents tells it."""
    return {
        "id": str(UUID(int=number)),
        "naam": str(number),
        "status": "gereed",
        "aantalBrieven": 1000,
        "aantalPaginas": 1764,
        "aantalVellen": 1000,
        "gepostDatum": None,
        "nietPosten": None,
        "reden": None,
    } | changes


async def test_a_batch_after_it_was_sent(site: Site) -> None:
    """Counts that add up, what failed and bounced, print files, reminders."""
    mails = {"gepland": 0, "gevraagd": 0, "verzonden": 1786, "mislukt": 4, "nietBezorgd": 22}
    letters = {"gepland": 0, "gevraagd": 0, "gemaakt": 1428, "mislukt": 2, "gepost": 1000}
    agreed = {"akkoordDoorNaam": "Henk Verweij", "akkoordOp": AT, "afgerondOp": AT}
    one = whole(emails=mails, brieven=letters | {"retour": 3}, aantalGeweigerd=3, **agreed)
    here = f"/batches/{one['id']}"
    told(site, one)
    failed = [failure("email", "Dit e-mailadres bestaat niet"), failure("brief", HOSTILE)]
    bounced = [
        failure("email", "Het postvak is vol") | {"adresIsVolledig": True, "brief": None},
        failure("email", "Het adres bestaat niet") | {"adresIsVolledig": False, "brief": None},
    ]
    files = [
        print_file(1, gepostDatum="2026-11-13"),
        print_file(2, aantalBrieven=428, nietPosten=[{"zaaknummer": "HO-2026-1"}]),
        print_file(3, status="mislukt", reden="Brief 7 is niet te lezen", aantalPaginas=None),
    ]
    for path, found in (("mislukt", failed), ("niet-bezorgd", bounced)):
        page_ = EMPTY | {"aantal": len(found), "resultaten": found}
        site.services.tell("cases", "GET", f"{here}/{path}", page_)
    many = EMPTY | {"aantal": 3, "resultaten": files}
    site.services.tell("documents", "GET", "/afdrukbestanden", many)
    site.services.tell("documents", "GET", f"/afdrukbestanden/{files[1]['id']}", files[1])
    async with site.desk(await site.user(Role.COORDINATOR)) as desk:
        page = desk.page
        await page.goto(here)
        await expect(page.get_by_text("22 niet bezorgd")).to_be_visible()
        await look(desk, "batch-verzonden")
        await page.get_by_role("link", name="Gepost op").click()
        await look(desk, "batch-gepost")
        await page.goto(f"{here}/herinneringen")
        await look(desk, "batch-herinneringen")
        desk.expect(400)
        await page.goto(here)
        for box in await page.get_by_role("checkbox").all():
            await box.uncheck()
        await page.get_by_role("button", name="Mislukte opnieuw proberen").click()
        await expect(page.get_by_text("Zet een vinkje bij wat u opnieuw")).to_be_visible()
        offer = {
            "aangebodenDoor": "x",
            "aangebodenDoorNaam": "Mirjam Bakker",
            "aangebodenOp": AT,
            "aantalBrieven": 2,
            "aantalEmails": 4,
            "briefSjabloonVersieId": LETTER,
            "emailSjabloonVersieId": MAIL,
            "wachtOpAkkoord": True,
            "terugzending": None,
        }
        site.services.tell("cases", "GET", here, {**one, "herkansing": offer})
        await page.goto(here)
        await look(desk, "batch-herkansing")
        gone = {"status": "ingetrokken", "intrekking": someone("Mirjam", "Verkeerde lijst")}
        site.services.tell("cases", "GET", here, {**one, **gone, "aantalGestopt": 386})
        await page.goto(here)
        await look(desk, "batch-ingetrokken")
