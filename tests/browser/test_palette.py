"""The palette by keyboard and by touch: pages, actions, bins, numbers and requests by their words."""

import re

from playwright.async_api import Browser, Locator, Page, expect

from tests.conftest import Running

from .axe import violations
from .conftest import Watched, sign_in
from .test_accessibility import TINY
from .test_live_page import bin_page, post


def _rows(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Go to").get_by_role("option")


async def _type(page: Page, text: str) -> None:
    await page.keyboard.press("Control+k")
    await page.keyboard.type(text)


async def test_the_palette_by_keyboard(server: Running, watched: Watched) -> None:
    async with server.client.post(f"{server.api}/bins", json={"name": "Acme staging"}) as answer:
        acme = (await answer.json())["id"]
    await post(server, "row", count=3)
    page = watched.page
    await page.goto(bin_page(server))
    await expect(page.locator("[data-live-state] b").last).to_have_text("Live")
    box = page.get_by_role("combobox", name="Go to")
    await page.locator("[data-filter-box]").focus()
    await page.keyboard.press("Control+k")
    await expect(box).to_be_focused()
    await expect(_rows(page).first).to_have_attribute("aria-selected", "true")
    await page.keyboard.press("ArrowUp")
    await expect(page.get_by_role("option", selected=True)).to_have_text(re.compile("Sign out"))
    assert await box.get_attribute("aria-activedescendant") == await _rows(page).last.get_attribute("id")
    await page.keyboard.press("Escape")
    await expect(page.locator("[data-filter-box]")).to_be_focused()
    # The letters of a word in their order, then words of more than one.
    await _type(page, "cnvrstns")
    await expect(_rows(page)).to_have_text([re.compile("Conversations")])
    await box.fill("url fall copy")
    await expect(_rows(page)).to_have_text([re.compile("Copy fallback URL"), re.compile("Copy voice fallback URL")])
    await page.keyboard.press("Enter")
    await expect(_rows(page).first).to_contain_text("Copied")
    await expect(box).to_be_focused()
    await box.fill("theme")
    await page.keyboard.press("Enter")
    await expect(box).to_be_hidden()
    await expect(page.locator("html")).to_have_attribute("data-theme", "light")
    # Enter waits for what is on its way.
    await _type(page, "#2")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(f"{bin_page(server)}/captures/2")
    await expect(page.locator("[data-live-state] b").last).to_have_text("Live")
    await _type(page, "+1 (415) 555")
    await expect(_rows(page)).to_have_text([re.compile(r"\+1 415-555-0123\s*Requests from")])
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(f"{bin_page(server)}?q=from%3A%2B14155550123")
    await expect(page.locator("[data-live-state] b").last).to_have_text("Live")
    await _type(page, "acme stag")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(f"{server.url}/bins/{acme}")


async def test_the_palette_says_what_is_missing(server: Running, watched: Watched) -> None:
    page = watched.page
    await page.goto(f"{server.url}/")
    # Its script is still on its way.
    await _type(page, "nothing like this")
    await expect(page.get_by_role("dialog", name="Go to")).to_contain_text("Nothing found")
    await page.route("**/palette?*", lambda route: route.abort())
    await page.get_by_role("combobox", name="Go to").fill("guide")
    await expect(page.get_by_role("dialog", name="Go to")).to_contain_text("Cannot reach smsbin")
    await expect(_rows(page)).to_have_text([re.compile("Guide")])
    assert [text for text in watched.complaints if "ERR_FAILED" not in text] == []
    watched.complaints.clear()


async def test_the_palette_on_a_phone(server: Running, chromium: Browser) -> None:
    context = await chromium.new_context(viewport=TINY, has_touch=True, color_scheme="dark", reduced_motion="reduce")
    await sign_in(context, server)
    page = await context.new_page()
    await page.goto(f"{bin_page(server)}/settings")
    await page.get_by_role("button", name="More").tap()
    await page.get_by_role("button", name="Go to…").tap()
    for _ in range(2):
        assert await violations(page) == {}
        assert await page.evaluate("document.documentElement.scrollWidth") == TINY["width"]
        small = await _rows(page).evaluate_all(
            "rows => rows.filter((row) => row.clientHeight < 44).map((row) => row.textContent)"
        )
        assert small == []
        await page.emulate_media(color_scheme="light")
    await page.get_by_role("combobox", name="Go to").fill("send test")
    await page.get_by_role("option", name="Send a test SMS").tap()
    await expect(page).to_have_url(bin_page(server))
    await expect(page.locator("#capture-1")).to_be_visible()
    await context.close()


async def test_a_search_that_fails_does_not_say_that_nothing_was_found(server: Running, watched: Watched) -> None:
    page, statuses = watched.page, [503, 502]
    await page.goto(f"{bin_page(server)}/settings")
    await page.keyboard.press("Control+k")
    box = page.get_by_role("combobox", name="Go to")
    await expect(box).to_be_focused()
    await page.route("**/palette?*", lambda route: route.fulfill(status=statuses.pop()))
    for text in ("14155550123", "14155550124"):
        await box.fill(text)
        await expect(page.locator("[data-palette-count]")).to_contain_text("Cannot reach smsbin")
    # The browser logs each failure.
    assert len(watched.complaints) == 2
    watched.complaints.clear()
