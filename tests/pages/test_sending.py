"""Heronderzoek starten, steps 5 and 6, and the batch after that, on the running system."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path
from zipfile import ZipFile

from openpyxl import load_workbook
from playwright.async_api import Page, expect
from pypdf import PdfReader

from tests.support import rounds
from tests.support.browser import Window
from tests.support.caseworker import PASSWORD
from tests.support.people import people
from tests.support.site import SCREENSHOTS, look, sign_in
from tests.support.system import System

#: Until some letters and mails are made, on a busy machine.
SLOW = 90_000


def opened(system: System, folder: Path) -> str:
    """A batch of six residents whose cases are open."""
    with rounds.signed_in(system) as worker:
        return rounds.opened(worker, folder, people(6))


async def test_a_batch_is_looked_at_sent_and_accounted_for(
    system: System, desk: Window, tmp_path: Path
) -> None:
    """Plan, example, trial, nobody forgotten, akkoord, progress, print file, posted."""
    batch = await asyncio.to_thread(opened, system, tmp_path)
    page = desk.page
    await sign_in(desk, "behandelaar", PASSWORD)
    await page.goto(f"/heronderzoek/batches/{batch}")
    await page.get_by_role("link", name="Verder naar communicatie").click()
    await expect(page.get_by_text("Verklaar bij 3")).to_be_visible()
    await page.get_by_label("Ik verklaar dat deze").check()
    await page.get_by_label("Waar staat die keuze?").fill("Aanvraagformulier 2025")
    await page.get_by_role("button", name="Keuzes bewaren").click()
    await expect(page.get_by_role("status")).to_contain_text("Uw keuzes zijn bewaard")
    await an_example(page)
    await look(desk, "echt-5-communicatie")
    await nobody_of_row_one(page)
    await page.get_by_label("Ik heb de aantallen").check()
    await page.get_by_role("button", name="Akkoord: verstuur").dblclick()
    await expect(page.get_by_role("heading", name="Verzenden")).to_be_visible()
    await expect(page.get_by_text("Wat is er verstuurd?")).to_be_visible(timeout=SLOW)
    await look(desk, "echt-batch")
    await what_was_printed(page, tmp_path)
    assert not desk.complaints


async def an_example(page: Page) -> None:
    """The letter is a PDF, the mail stands in a frame of its own, and a trial goes to oneself."""
    mail = page.frame_locator('iframe[title^="De e-mail aan"]')
    await expect(mail.locator("body")).to_contain_text("Geachte")
    await page.locator("#voorbeeld").scroll_into_view_if_needed()
    await page.screenshot(path=SCREENSHOTS / "echt-5-voorbeeld.png")
    source = await page.locator('iframe[title^="De brief aan"]').get_attribute("src")
    assert source is not None
    letter = await page.request.get(source.partition("#")[0])
    assert letter.headers["content-type"] == "application/pdf"
    assert "Geachte" in PdfReader(io.BytesIO(await letter.body())).pages[0].extract_text()
    await page.get_by_role("link", name="Volgende").click()
    await expect(page.get_by_text("Inwoner 2 van 6")).to_be_visible(timeout=SLOW)
    await page.get_by_role("link", name="Langste naam").click()
    await expect(page.get_by_text("Dit is")).to_be_visible(timeout=SLOW)
    await page.get_by_role("link", name="Vanaf de eerste").click()
    await page.get_by_role("button", name="Proef naar mijzelf").click()
    await expect(page.get_by_text("De proef is verstuurd")).to_be_visible(timeout=SLOW)
    await page.get_by_role("link", name="Terug naar communicatie").click()


async def nobody_of_row_one(page: Page) -> None:
    """Somebody is left out and written to after all."""
    number = await page.get_by_role("link", name="HO-").first.inner_text()
    await page.get_by_role("link", name="Niet versturen aan").click()
    await page.get_by_label("Zaaknummers").fill(f"{number}\n")
    await page.get_by_label("Reden").fill("Staat op de verkeerde lijst")
    await page.get_by_role("button", name="Geen bericht sturen").click()
    await expect(page.get_by_text("Krijgen geen bericht (1)")).to_be_visible()
    await page.get_by_role("checkbox").first.check()
    await page.get_by_role("button", name="Toch versturen").click()
    await expect(page.get_by_text("Alle inwoners van deze batch krijgen bericht")).to_be_visible()
    await page.get_by_role("link", name="Terug naar communicatie").click()


async def what_was_printed(page: Page, folder: Path) -> None:
    """The print file, the single letters and the results open, and say what the page says."""
    row = page.get_by_role("row").filter(has_text="Afdrukbestand 1")
    letters = int(await row.get_by_role("cell").nth(0).inner_text())
    async with page.expect_download() as download:
        await row.get_by_role("link", name="Losse brieven").click()
    with ZipFile(await (await download.value).path()) as archive:
        pdfs = [name for name in archive.namelist() if name.endswith(".pdf")]
    assert len(pdfs) == letters
    async with page.expect_download() as download:
        await page.get_by_role("link", name="Resultaten als XLSX").click()
    kept = folder / "resultaten.xlsx"
    await (await download.value).save_as(kept)
    sheet = load_workbook(kept).active
    assert sheet is not None
    assert sheet.max_row == 7
    await row.get_by_role("link", name="Gepost op").click()
    await page.get_by_role("button", name="Vastleggen").click()
    await expect(page.get_by_role("status")).to_contain_text("gepost")
    await expect(row.get_by_role("link", name="Gepost op")).to_have_count(0)
