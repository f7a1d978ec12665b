"""The time axis above the live list: it tells numbers, chooses a time, and follows new requests."""

import re
from datetime import timedelta

from playwright.async_api import Page, expect

from app import clock, keys
from app.web.captures import axis
from tests.conftest import Running
from tests.storage.builders import a_capture

from .conftest import PHONE, Watched
from .test_list_window import is_live
from .test_live_page import bin_page, post

MINUTE = timedelta(minutes=1)
ALL = "3 ok"


async def _three(server: Running) -> None:
    """Requests of 50 and 20 minutes ago, and of now."""
    now = clock.now()
    for age in (50, 20, 0):
        await server.app[keys.STORE].add_capture(a_capture(server.bin, received_at=now - age * MINUTE))


async def _point_at(page: Page, bar: int) -> None:
    """Move the pointer to the bar with this number among those of intervals with requests."""
    counts = await page.locator("[data-axis]").get_attribute("data-axis-counts")
    box = await page.locator("[data-axis-plot]").bounding_box()
    assert counts is not None
    assert box is not None
    intervals = counts.split(",")
    index = [index for index, numbers in enumerate(intervals) if numbers != "0 0 0"][bar]
    await page.mouse.move(box["x"] + box["width"] * (index + 0.5) / len(intervals), box["y"] + box["height"] / 2)


async def test_a_bar_or_several_put_their_time_into_the_filter(server: Running, watched: Watched) -> None:
    await _three(server)
    page = watched.page
    await page.goto(bin_page(server))
    await is_live(page)
    await page.evaluate("window.loaded = true")
    says, box, rows = page.locator("[data-axis-says]"), page.locator("[data-filter-box]"), page.locator("[data-n]")
    await expect(says).to_have_text(ALL)
    await _point_at(page, 1)
    await expect(says).to_contain_text("1 request")
    await page.mouse.move(5, 5)
    await expect(says).to_have_text(ALL)
    # A drag over the first two bars keeps what else is in the filter.
    await box.fill("method:POST after:3h")
    await _point_at(page, 0)
    await page.mouse.down()
    await _point_at(page, 1)
    await page.mouse.up()
    await expect(rows).to_have_count(2)
    text = await box.input_value()
    assert text.startswith("method:POST after:20")
    assert text.count("after:") == text.count("before:") == 1
    # The same with the keys: from the last interval to the one before it.
    await page.get_by_role("link", name="All", exact=True).first.click()
    await expect(rows).to_have_count(3)
    plot = page.get_by_role("slider", name="Time of requests")
    await plot.focus()
    await page.keyboard.press("Home")
    await page.keyboard.press("Shift+End")
    await page.keyboard.press("Enter")
    await expect(box).to_have_value("method:POST after:" + await _begin(page))
    # The answer has another axis.
    await expect(page).to_have_url(re.compile("after"))
    await expect(plot).to_be_focused()
    assert await page.evaluate("window.loaded")
    await page.locator(".axis-numbers > summary").click()
    await expect(page.get_by_role("region", name="Requests per minute").locator("tbody tr")).to_have_count(3)


async def _begin(page: Page) -> str:
    """The beginning of the axis, as a filter has it."""
    since = await page.locator("[data-axis]").get_attribute("data-axis-since")
    assert since is not None
    return f"{since[:16]}Z"


async def test_it_follows_new_requests_but_not_while_it_is_read_and_stays_folded(
    server: Running, watched: Watched, monkeypatch
) -> None:
    monkeypatch.setattr(axis, "SHORTEST", timedelta(milliseconds=50))
    await _three(server)
    page = watched.page
    await page.goto(bin_page(server))
    await is_live(page)
    says = page.locator("[data-axis-says]")
    await expect(says).to_have_text(ALL)
    await post(server, "hello")
    await expect(says).to_have_text("4 ok")
    await _point_at(page, 0)
    await post(server, "hello again")
    await expect(page.locator("#capture-5")).to_be_attached()
    await expect(says).to_contain_text("1 request")
    await page.mouse.move(5, 5)
    await expect(says).to_have_text("4 ok")
    await post(server, "and again")
    await expect(says).to_have_text("6 ok")
    await page.locator("[data-axis] > summary").click()
    await expect(page.locator("[data-axis-plot]")).to_be_hidden()
    await page.reload()
    await expect(page.locator("[data-axis-plot]")).to_be_hidden()
    # On a phone the bars are there and nothing is wider than the screen.
    await page.locator("[data-axis] > summary").click()
    await page.set_viewport_size(PHONE)
    await expect(page.locator("[data-axis-plot]")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_a_time_that_is_chosen_by_key_keeps_the_focus(server: Running, watched: Watched) -> None:
    await _three(server)
    page = watched.page
    await page.goto(bin_page(server))
    await is_live(page)
    chip = page.locator("[data-axis] nav").get_by_role("link", name="1 h", exact=True)
    await chip.press("Enter")
    await expect(chip).to_have_attribute("aria-current", "true")
    await expect(chip).to_be_focused()
    # The axis is not read where the mouse has only passed.
    other = page.locator("[data-axis] nav").get_by_role("link", name="7 d", exact=True)
    await other.click()
    await expect(other).to_have_attribute("aria-current", "true")
    await expect(other).not_to_be_focused()
