"""Heronderzoek starten, steps 1 to 4, in a browser on the running system."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

from openpyxl import load_workbook
from playwright.async_api import Browser, Page, expect

from tests.support.browser import Window, window
from tests.support.caseworker import PASSWORD
from tests.support.people import people, write
from tests.support.site import look, sign_in
from tests.support.system import System

#: A check or the making of a few cases, on a busy machine.
SLOW = 60_000
HOSTILE = '<script>document.title="gekaapt"</script><img src=x onerror=alert(1)>'


async def send(page: Page, file: Path) -> None:
    """Choose a file and upload it, from any page with that form."""
    await page.get_by_label("Excelbestand", exact=True).set_input_files(file)
    await page.get_by_role("button", name="Uploaden en controleren").click()


async def test_from_a_file_with_errors_to_cases(
    system: System, browser: Browser, tmp_path: Path
) -> None:
    """Wrong kind of file, errors, marked copy, corrected file, akkoord, cases; a second tab too."""
    rows = people(6)
    right = write(tmp_path / "goed.xlsx", rows)
    wrong = write(
        tmp_path / "fout.xlsx",
        [rows[0] | {"BSN": "999999999"}, rows[1] | {"EMAIL": "geen-adres"}, *rows[2:]],
    )
    async with window(browser, system.address) as desk:
        page = desk.page
        await sign_in(desk, "behandelaar", PASSWORD)
        await page.get_by_role("link", name="Heronderzoek starten").click()
        await look(desk, "start-1-voorbereiden")
        await page.get_by_role("link", name="Bekijk wat er in elke kolom hoort").click()
        await expect(page.get_by_role("rowheader", name="BSN", exact=True)).to_be_visible()
        await look(desk, "start-1-kolommen")
        await page.go_back()
        await page.get_by_role("link", name="Verder naar uploaden").click()
        await expect(page.get_by_role("button", name="Uploaden en controleren")).to_be_disabled()
        await look(desk, "start-2-uploaden")
        await refuse_a_text(desk, tmp_path)
        await send(page, wrong)
        await expect(page.get_by_text("2 fouten in 2 van de 6 rijen")).to_be_visible(timeout=SLOW)
        await look(desk, "start-3-fouten")
        await find_in_the_list(page)
        await mark(desk, tmp_path)
        await page.get_by_role("link", name="Verbeterd bestand uploaden").click()
        await send(page, right)
        await expect(page.get_by_text("Uw bestand heeft geen fouten")).to_be_visible(timeout=SLOW)
        await expect(page.get_by_text("2 opgelost")).to_be_visible()
        await look(desk, "start-3-goed")
        await agree_twice(desk)
        await look(desk, "start-4-zaken")
        await page.goto("/batches")
        await expect(page.get_by_role("link", name="goed.xlsx").first).to_be_visible()
        await look(desk, "batches")
        await page.get_by_role("link", name="Bestanden om na te kijken").click()
        await expect(page.get_by_role("link", name="fout.xlsx").first).to_be_visible()
        await look(desk, "batches-bestanden")
        assert not desk.complaints


async def refuse_a_text(desk: Window, folder: Path) -> None:
    """What is no workbook is said at the field, and the form can be used again at once."""
    text = folder / "lijst.xlsx"
    text.write_text("BSN;NAAM\n", encoding="utf-8")
    desk.expect(400)
    await send(desk.page, text)
    field = desk.page.get_by_label("Excelbestand", exact=True)
    await expect(field).to_have_attribute("aria-invalid", "true")
    await expect(desk.page.locator("#fouten")).to_be_visible()
    await look(desk, "start-2-geen-excel")


async def find_in_the_list(page: Page) -> None:
    """By kind, by row, past the end, and by severity; each is an address of its own."""
    table = page.get_by_role("group", name="Uw bestand")
    await expect(table.get_by_role("row")).to_have_count(3)
    await page.get_by_label("Ga naar rij").fill("3")
    await page.get_by_role("button", name="Ga", exact=True).click()
    await expect(table.get_by_role("row")).to_have_count(2)
    await expect(table.get_by_role("rowheader", name="3", exact=True)).to_be_visible()
    await page.get_by_label("Ga naar rij").fill("999")
    await page.get_by_role("button", name="Ga", exact=True).click()
    await expect(page.get_by_text("Hier staat niets meer")).to_be_visible()
    await page.get_by_role("link", name="Naar de eerste rijen").click()
    kinds = page.get_by_role("group", name="Soorten fouten")
    await kinds.get_by_role("link").first.click()
    await expect(table.get_by_role("row")).to_have_count(2)
    await page.get_by_role("link", name="verwijder dit filter").click()
    await expect(table.get_by_role("row")).to_have_count(3)


async def mark(desk: Window, folder: Path) -> None:
    """The copy with errors marked is asked for, waited for, and opens."""
    page = desk.page
    await page.get_by_role("button", name="Download met fouten gemarkeerd").click()
    ready = page.get_by_role("link", name="Bestand downloaden")
    await expect(ready).to_be_visible(timeout=SLOW)
    await look(desk, "start-3-kopie")
    async with page.expect_download() as download:
        await ready.click()
    kept = folder / "gemarkeerd.xlsx"
    await (await download.value).save_as(kept)
    assert load_workbook(kept).active is not None
    await page.get_by_role("link", name="Terug naar de fouten").click()


async def agree_twice(desk: Window) -> None:
    """Two tabs with the same file: both end at the same batch, with each case made once."""
    page = desk.page
    second = await page.context.new_page()
    await second.goto(page.url)
    await second.get_by_label("Ik heb de controle gezien").check()
    await page.get_by_label("Ik heb de controle gezien").check()
    await page.get_by_role("button", name="Ga verder").dblclick()
    await expect(page.get_by_text("6 zaken aangemaakt")).to_be_visible(timeout=SLOW)
    await second.get_by_role("button", name="Ga verder").click()
    await expect(second.get_by_text("6 zaken aangemaakt")).to_be_visible(timeout=SLOW)
    assert second.url == page.url
    await second.close()


async def test_without_script_and_without_the_wrong_rows(
    system: System, browser: Browser, tmp_path: Path
) -> None:
    """Plain forms are enough; hostile text in every cell is text; a wrong row is left out."""
    rows = people(3)
    hostile = {name: f"{HOSTILE}{place}" for place, name in enumerate(rows[0])}
    file = write(tmp_path / "<img src=x onerror=alert(1)>.xlsx", [hostile, *rows[1:]])
    context = await browser.new_context(base_url=system.address, java_script_enabled=False)
    desk = Window(await context.new_page())
    page = desk.page
    await sign_in(desk, "behandelaar", PASSWORD)
    await page.goto("/heronderzoek/bestand")
    await send(page, file)
    await expect(page.get_by_text("van de 3 rijen")).to_be_visible(timeout=SLOW)
    assert await page.locator("main script, main img").count() == 0
    await page.get_by_label("Ik ben akkoord en laat 1 rij").check()
    await page.get_by_role("button", name="Ga verder zonder deze rijen").click()
    await expect(page.get_by_text("2 zaken aangemaakt")).to_be_visible(timeout=SLOW)
    await expect(page.get_by_text("weggelaten om een fout")).to_be_visible()
    assert not desk.complaints
    await context.close()
    async with window(browser, system.address) as lively:
        await sign_in(lively, "behandelaar", PASSWORD)
        await lively.page.goto("/batches?toon=gecontroleerd")
        await lively.page.goto("/batches")
        await look(lively, "batches-vijandig")
        assert (await lively.page.title()).startswith("Batches")
        assert not lively.complaints


async def test_who_may_not_and_what_is_not_there(system: System, browser: Browser) -> None:
    """Without the right there is no page and no link; an id of nobody here is not there."""
    async with window(browser, system.address) as desk:
        desk.expect(403)
        await sign_in(desk, "auditor", PASSWORD)
        for address in ("/heronderzoek", "/heronderzoek/bestand", "/batches"):
            answer = await desk.page.goto(address)
            assert answer is not None
            assert answer.status == 403, address
        assert await desk.page.get_by_role("link", name="Batches").count() == 0
    async with window(browser, system.address) as desk:
        desk.expect(404)
        await sign_in(desk, "behandelaar", PASSWORD)
        for place in ("bestanden", "batches", "kopieen"):
            answer = await desk.page.goto(f"/heronderzoek/{place}/{uuid4()}")
            assert answer is not None
            assert answer.status == 404, place
