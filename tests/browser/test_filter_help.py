"""Completion in the filter box, by keys, mouse and touch; and saved filters, whose counts follow the bin."""

import re

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from app import keys
from tests.conftest import Running

from .axe import violations
from .conftest import Watched, sign_in, watch
from .late import Late
from .listing import fill
from .test_accessibility import TINY
from .test_filter import apply, box, shows
from .test_list_window import is_live
from .test_live_page import bin_page, post


def options(page: Page) -> Locator:
    return page.get_by_role("listbox", name="Completions").get_by_role("option")


async def has_caret_at(page: Page, text: str, caret: int) -> None:
    await expect(box(page)).to_have_value(text)
    assert await box(page).evaluate("(input) => input.selectionStart") == caret


async def obeys_the_rules(page: Page) -> None:
    assert await violations(page) == {}
    assert await page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


async def test_keys_and_values_are_completed_with_the_keyboard(server: Running, watched: Watched) -> None:
    await fill(server, 4)
    page = watched.page
    await page.goto(bin_page(server))
    await is_live(page)
    await page.evaluate("window.loaded = true")
    await box(page).press_sequentially("-to")
    await expect(options(page).first).to_contain_text("to:recipient")
    combobox = page.get_by_role("combobox", name="Filter")
    await expect(combobox).to_have_attribute("aria-expanded", "true")
    await page.keyboard.press("Tab")
    await expect(options(page)).to_have_text(["+19495550142+1 949-555-01424"])
    await has_caret_at(page, "-to:", 4)
    await page.keyboard.press("ArrowDown")
    active = await combobox.get_attribute("aria-activedescendant")
    await expect(page.locator(f"#{active}")).to_have_attribute("aria-selected", "true")
    await obeys_the_rules(page)
    await page.keyboard.press("Enter")
    await expect(options(page)).to_have_count(0)
    await has_caret_at(page, "-to:+19495550142", 16)
    # In front of another term, behind a comma, and behind a character of two code units.
    await box(page).fill("😀 status:sent, even")
    await box(page).evaluate("(input) => input.setSelectionRange(15, 15)")
    await box(page).press_sequentially("fa")
    await expect(options(page)).to_have_text(["failed"])
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("Tab")
    await has_caret_at(page, "😀 status:sent,failed even", 21)
    # The first Escape closes the list, the second clears the box; without a choice, Enter searches for what is typed.
    await box(page).fill("")
    await box(page).press_sequentially("fro")
    await expect(options(page)).to_have_count(1)
    await page.keyboard.press("Escape")
    await expect(options(page)).to_have_count(0)
    await expect(combobox).to_have_attribute("aria-expanded", "false")
    await expect(box(page)).to_have_value("fro")
    await page.keyboard.press("Escape")
    await expect(box(page)).to_have_value("")
    await box(page).press_sequentially("eve")
    await apply(page, "even")
    await shows(page, [4, 2])
    await expect(box(page)).to_be_focused()


async def test_what_was_typed_since_the_list_was_made_is_replaced_too(server: Running, watched: Watched) -> None:
    await fill(server, 4)
    page, late = watched.page, Late()
    await page.goto(bin_page(server))
    await is_live(page)
    await box(page).press_sequentially("-fro")
    await expect(options(page)).to_have_text([re.compile("^from:")])
    await page.route("**/completions?*", late.hold)
    await box(page).press_sequentially("m")
    await page.keyboard.press("Tab")
    await has_caret_at(page, "-from:", 6)
    late.released.set()


async def test_completions_are_tapped_on_the_smallest_phone(chromium: Browser, server: Running) -> None:
    await fill(server, 4)
    context = await chromium.new_context(viewport=TINY, has_touch=True, is_mobile=True, color_scheme="dark")
    await sign_in(context, server)
    watched = await watch(context)
    page = watched.page
    await page.goto(f"{bin_page(server)}/messages")
    await is_live(page)
    await box(page).tap()
    await box(page).press_sequentially("fr")
    await options(page).filter(has_text="from:").tap()
    await expect(options(page).first).to_contain_text("+14155550")
    await obeys_the_rules(page)
    edges = await page.locator("[data-completions]").bounding_box()
    assert edges is not None
    assert edges["x"] >= 0
    assert edges["x"] + edges["width"] <= TINY["width"]
    await options(page).first.tap()
    await expect(box(page)).to_be_focused()
    await expect(box(page)).to_have_value("from:+14155550001")
    assert watched.complaints == []
    await context.close()


async def test_a_filter_is_saved_counted_renamed_and_deleted_with_undo(
    server: Running, watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The clock of the page is moved by hand, that of the server is not.
    monkeypatch.setattr("app.services.saved_filters.FRESH_S", 0.0)
    await fill(server, 4)
    page = watched.page
    await page.clock.install()
    await page.goto(bin_page(server))
    await is_live(page)
    await page.evaluate("window.loaded = true")
    await apply(page, "even")
    await shows(page, [4, 2])
    await page.get_by_role("button", name="Save this filter").click()
    form = page.get_by_role("region", name="Save this filter")
    await expect(form.get_by_label("Name")).to_have_value("even")
    await form.get_by_label("Name").fill("")
    await form.get_by_label("Name").press_sequentially("All even")
    await page.keyboard.press("Enter")
    saved = page.get_by_role("navigation", name="Saved filters").get_by_role("link")
    await expect(saved).to_have_text(["All even2"])
    await expect(saved).to_have_attribute("aria-current", "true")
    await expect(form).to_be_hidden()
    await expect(page.get_by_role("button", name="Saved as All even")).to_be_focused()
    await shows(page, [4, 2])
    await obeys_the_rules(page)
    # The count follows the bin, after some seconds.
    await post(server, "even as well")
    await expect(page.locator("#capture-5")).to_be_visible()
    await page.clock.run_for(5_000)
    await expect(saved).to_have_text(["All even3"])
    await expect(page.get_by_role("button", name="Saved as All even")).to_be_focused()
    await page.get_by_role("button", name="Saved as All even").click()
    form = page.get_by_role("region", name="Saved filter")
    await form.get_by_label("Name").fill("Even")
    await form.get_by_role("button", name="Rename").click()
    await expect(saved).to_have_text(["Even3"])
    await page.get_by_role("button", name="Saved as Even").click()
    await form.get_by_role("button", name="Delete this filter").click()
    await expect(saved).to_have_count(0)
    await page.get_by_role("button", name="Undo").click()
    await expect(saved).to_have_text(["Even3"])
    await page.get_by_role("button", name="Saved as Even").click()
    await form.get_by_role("button", name="Delete this filter").click()
    async with page.expect_request_finished(lambda request: request.url.endswith("/delete")):
        await page.clock.run_for(10_000)
    assert await server.app[keys.STORE].list_filters(server.bin.id) == []


async def test_a_filter_is_not_told_as_saved_without_a_session(server: Running, watched: Watched) -> None:
    await fill(server, 4)
    page = watched.page
    await page.goto(f"{bin_page(server)}?q=even")
    await is_live(page)
    await page.get_by_role("button", name="Save this filter").click()
    await page.context.clear_cookies()
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page).to_have_url(re.compile("/sign-in"))
    # The browser logs the failure.
    assert len(watched.complaints) == 1
    watched.complaints.clear()
