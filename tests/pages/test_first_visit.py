"""The first pages on the running system: real services, a real browser."""

from __future__ import annotations

from playwright.async_api import Browser, expect

from tests.support.browser import Window, window
from tests.support.caseworker import PASSWORD
from tests.support.site import look, sign_in
from tests.support.system import System


async def test_somebody_with_a_keyboard_alone_signs_in_works_and_leaves(desk: Window) -> None:
    """Tab, type and Enter: to the dashboard, past the menu to the text, and out again."""
    page = desk.page
    await page.goto("/meldingen")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await page.keyboard.type("behandelaar")
    await page.keyboard.press("Tab")
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page).to_have_url("/meldingen")
    await page.goto("/")
    await expect(page.get_by_role("heading", level=1)).to_contain_text(", Sam")
    await expect(page.get_by_text("Gemeente Waterdam aan Zee")).to_be_visible()
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Naar de inhoud")).to_be_focused()
    await page.keyboard.press("Enter")
    assert await page.evaluate("document.activeElement.id") == "inhoud"
    await look(desk, "dashboard-echt")
    await page.locator(".user-menu > summary").focus()
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Uitloggen").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("U kunt dit venster sluiten")).to_be_visible()
    await look(desk, "uitgelogd")
    await page.goto("/")
    await expect(page).to_have_url("/inloggen")


async def test_without_script_everything_works(system: System, browser: Browser) -> None:
    """Links and forms are enough to sign in, look around and sign out."""
    context = await browser.new_context(base_url=system.address, java_script_enabled=False)
    opened = Window(await context.new_page())
    await sign_in(opened, "coordinator", PASSWORD)
    await expect(opened.page.get_by_role("heading", level=1)).to_contain_text(", Chris")
    await opened.page.get_by_role("link", name="Meldingen, geen nieuwe").click()
    await expect(opened.page.get_by_role("heading", level=1)).to_have_text("Meldingen")
    await opened.page.locator(".user-menu > summary").click()
    await opened.page.get_by_role("button", name="Uitloggen").click()
    await expect(opened.page).to_have_url("/inloggen?reden=uitgelogd")
    assert not opened.complaints
    await context.close()


async def test_the_pages_ask_nothing_of_anybody_else(system: System, browser: Browser) -> None:
    """Every address is ours, htmx runs under the policy, and a first visit weighs little."""
    async with window(browser, system.address) as desk:
        asked: list[tuple[str, int]] = []
        desk.page.on("response", lambda one: asked.append((one.url, _weight(one.headers))))
        await sign_in(desk, "behandelaar", PASSWORD)
        assert {url.startswith(f"{system.address}/") for url, _ in asked} == {True}
        assert await desk.page.evaluate("typeof htmx.ajax") == "function"
        own = {url: size for url, size in asked if url.endswith((".css", ".js"))}
        assert 5_000 < sum(own.values()) < 100_000
        assert not desk.complaints


def _weight(headers: dict[str, str]) -> int:
    return int(headers.get("content-length", 0))
