"""The API reference at /docs, as somebody reads it."""

from __future__ import annotations

import pytest

from tests.support.browser import DESK, NARROW, Window, assert_accessible

HEADING = "API van Heronderzoek"


@pytest.mark.parametrize("size", [DESK, NARROW])
async def test_the_page_fits_every_window_and_axe_finds_nothing(
    desk: Window, size: tuple[int, int]
) -> None:
    """On a laptop, and at 320 pixels."""
    await desk.resize(size)
    await desk.page.goto("/docs")
    assert await desk.page.get_by_role("heading", level=1).inner_text() == HEADING
    assert await desk.sticking_out() == []
    await assert_accessible(desk.page)


async def test_every_operation_has_a_heading_in_the_order_of_the_topics(desk: Window) -> None:
    """Each topic of the contents leads to its operations."""
    await desk.page.goto("/docs")
    document = await (await desk.page.request.get("/v1/openapi.json")).json()
    links = desk.page.get_by_role("navigation", name="Onderwerpen").get_by_role("link")
    topics = [tag["name"] for tag in document["tags"]]
    shown = [(await link.inner_text()).split("\n")[0].strip() for link in await links.all()]
    assert shown == ["Fouten", *topics]
    for path, item in document["paths"].items():
        for method, operation in item.items():
            article = desk.page.locator(f"#{operation['operationId']}")
            assert (
                await article.get_by_role("heading", level=3).inner_text() == (operation["summary"])
            )
            address = await article.locator(".address").inner_text()
            assert address.split() == [method.upper(), f"/v1{path}"]


async def test_the_keyboard_leads_past_the_contents_and_into_a_topic(desk: Window) -> None:
    """The first tab stop goes to the text; a link of the contents goes to its topic."""
    await desk.page.goto("/docs")
    await desk.page.keyboard.press("Tab")
    skip = desk.page.get_by_role("link", name="Naar de inhoud")
    assert await skip.evaluate("link => link === document.activeElement")
    assert await skip.evaluate("link => link.getBoundingClientRect().top >= 0")
    await desk.page.keyboard.press("Enter")
    assert await desk.page.evaluate("document.activeElement.id") == "inhoud"
    await desk.page.get_by_role("link", name="Zaken").focus()
    await desk.page.keyboard.press("Enter")
    topic = desk.page.get_by_role("heading", name="Zaken", level=2)
    await topic.wait_for()
    assert await topic.evaluate("heading => heading.getBoundingClientRect().top") < DESK[1]
    assert desk.page.url.endswith("#onderwerp-zaken")


async def test_what_has_the_focus_can_be_seen(desk: Window) -> None:
    """Each link gets an outline."""
    await desk.page.goto("/docs")
    for link in await desk.page.get_by_role("link").all():
        await link.focus()
        await desk.page.keyboard.press("Shift+Tab")
        await desk.page.keyboard.press("Tab")
        outline = "link => getComputedStyle(link).outlineStyle"
        assert await link.evaluate(outline) == "solid"


async def test_paper_shows_the_text_and_not_the_contents(desk: Window) -> None:
    """Who prints it gets what can be read."""
    await desk.page.goto("/docs")
    await desk.page.emulate_media(media="print")
    assert not await desk.page.get_by_role("navigation", name="Onderwerpen").is_visible()
    assert await desk.page.get_by_role("heading", level=1).is_visible()


async def test_the_page_runs_nothing_and_asks_no_other_host(desk: Window) -> None:
    """Its policy allows its own style sheet only."""
    asked: list[str] = []
    desk.page.on("request", lambda request: asked.append(request.url))
    answer = await desk.page.goto("/docs")
    assert answer is not None
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert {url.split("/", 3)[3] for url in asked} == {"docs", "docs/stijl.css"}
    assert await desk.page.locator("script, [style]").count() == 0
