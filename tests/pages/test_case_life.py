"""A case in the browser on the running system: from its invitation to a decision."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, expect

from tests.support import rounds
from tests.support.browser import Window, window
from tests.support.caseworker import PASSWORD
from tests.support.people import people
from tests.support.site import look, sign_in
from tests.support.system import System
from tests.support.waiting import until

MOTIVATION = "Uw inkomen is in het afgelopen jaar gestegen tot boven de grens."


def invited(system: System, folder: Path) -> dict[str, Any]:
    """A case whose resident was written to."""
    with rounds.signed_in(system) as worker:
        batch = rounds.sent(worker, folder, people(1, ("BEIDE",))).batch

        def there() -> dict[str, Any] | None:
            case: dict[str, Any] = worker.get("/zaken", batchId=batch)["resultaten"][0]
            return case if case["status"] == "uitnodiging verzonden" else None

        return until(there, 60, "case invited")


async def test_a_case_goes_from_its_invitation_to_a_decision(
    system: System, desk: Window, browser: Browser, tmp_path: Path
) -> None:
    """Found, taken over, supplied, examined, decided; a second window is told it was late."""
    case = await asyncio.to_thread(invited, system, tmp_path)
    page = desk.page
    await sign_in(desk, "behandelaar", PASSWORD)
    await page.get_by_label("Zoek een zaak of inwoner").fill(case["zaaknummer"])
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(f"/zaken/{case['id']}")
    await page.get_by_role("button", name="Overnemen").click()
    await expect(page.get_by_role("status")).to_contain_text("De zaak staat nu op uw naam.")
    await supplied(page)
    async with window(browser, system.address) as other:
        await sign_in(other, "coordinator", PASSWORD)
        await other.page.goto(f"/zaken/{case['id']}/stoppen")
        await page.get_by_role("button", name="In onderzoek nemen").click()
        await expect(page.locator(".pill").first).to_have_text("In onderzoek")
        other.expect(409)
        await other.page.get_by_label("Reden").fill("Ingetrokken op verzoek")
        await other.page.get_by_role("button", name="Zaak stoppen").click()
        await expect(other.page.get_by_text("De zaak is intussen veranderd")).to_be_visible()
        await expect(other.page.get_by_label("Reden")).to_have_value("Ingetrokken op verzoek")
        await look(other, "zaak-intussen-veranderd")
        assert not other.complaints
    await decided(page, desk)
    await look(desk, "zaak-besloten-echt")
    await page.get_by_role("link", name="Documenten", exact=True).click()
    letter = page.locator("a", has_text="Besluit: afwijzen").filter(has_text="brief als PDF")
    async with asyncio.timeout(60):
        while not await letter.count():
            await page.reload()
    opened = await page.request.get(str(await letter.get_attribute("href")))
    assert (await opened.body()).startswith(b"%PDF")
    await look(desk, "zaak-documenten-echt")
    await page.goto("/zaken?behandelaar=ik")
    await expect(page.get_by_role("link", name=case["zaaknummer"])).to_be_visible()
    await look(desk, "zaken-echt")


async def supplied(page: Page) -> None:
    """The data came in by post, and a note says so."""
    await page.get_by_role("link", name="Gegevens aangeleverd").click()
    await page.get_by_label("Toelichting").fill("Drie loonstroken")
    await page.get_by_role("button", name="Gegevens aangeleverd").click()
    await expect(page.locator(".pill").first).to_have_text("Gegevens aangeleverd")
    await page.get_by_text("Notitie schrijven").click()
    await page.get_by_label("Notitie").fill("<b>Belde</b> over de post")
    await page.get_by_role("button", name="Notitie bewaren").click()
    await expect(page.get_by_text("<b>Belde</b> over de post")).to_be_visible()


async def decided(page: Page, desk: Window) -> None:
    """What is missing is told at its field and stays typed; then it is decided."""
    desk.expect(400)
    await page.get_by_role("link", name="Besluit nemen").click()
    await page.get_by_label("Besluit", exact=True).select_option("afwijzen")
    await page.get_by_label("Motivering").fill(MOTIVATION)
    await page.get_by_role("button", name="Besluit nemen").click()
    await expect(page.locator("#fouten")).to_be_visible()
    await expect(page.get_by_label("Motivering")).to_have_value(MOTIVATION)
    await look(desk, "zaak-besluit-fout")
    await page.get_by_label("Reden").select_option("inkomen-te-hoog")
    await page.get_by_role("button", name="Besluit nemen").click()
    await expect(page.locator(".pill").first).to_have_text("Besloten")
