"""The filter of the live list: applied, corrected and cleared without loading the page again."""

from collections.abc import Sequence
from typing import Literal

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, ViewportSize, expect

from tests.conftest import Running

from .axe import violations
from .conftest import PHONE, WIDE, Watched
from .late import Late
from .listing import fill, numbers, scroll
from .listing import record as record_list
from .test_list_window import is_live
from .test_live_page import bin_page, post


def box(page: Page) -> Locator:
    return page.locator("[data-filter-box]")


async def apply(page: Page, text: str) -> None:
    await box(page).fill(text)
    await page.keyboard.press("Enter")


async def shows(page: Page, wanted: Sequence[int]) -> None:
    """These rows and no others, in this page: it was not loaded again."""
    rows = page.locator("[data-rows] [data-n]")
    await expect(rows).to_have_count(len(wanted))
    if wanted:
        await expect(rows.first).to_have_id(f"capture-{wanted[0]}")
    assert await numbers(page) == list(wanted)
    assert await page.evaluate("window.loaded")


@pytest_asyncio.fixture(loop_scope="package")
async def ten(server: Running, watched: Watched) -> Page:
    """The live list of ten requests, of which every second has the word "even" in its text."""
    await fill(server, 10)
    page = watched.page
    await page.goto(bin_page(server))
    await is_live(page)
    await page.evaluate("window.loaded = true")
    return page


async def test_enter_applies_the_filter_in_place_and_keeps_the_focus_in_the_box(server: Running, ten: Page) -> None:
    await apply(ten, "even")
    await shows(ten, [10, 8, 6, 4, 2])
    await expect(box(ten)).to_be_focused()
    await expect(ten.get_by_role("search").first.get_by_role("status")).to_have_text("5 match")
    assert ten.url == f"{bin_page(server)}?q=even"
    await expect(ten.get_by_role("region", name="Export")).to_contain_text("Export filtered")


async def test_new_requests_follow_the_new_filter(server: Running, ten: Page) -> None:
    await apply(ten, "text~even")
    await shows(ten, [10, 8, 6, 4, 2])
    await is_live(ten)
    await post(server, "odd as well")
    await post(server, "even as well")
    await shows(ten, [12, 10, 8, 6, 4, 2])
    await box(ten).press("Escape")
    await expect(ten.locator("#capture-11")).to_be_visible()
    await post(server, "odd again")
    await expect(ten.locator("#capture-13")).to_be_visible()


async def test_escape_clears_the_filter(server: Running, ten: Page) -> None:
    await apply(ten, "even")
    await shows(ten, [10, 8, 6, 4, 2])
    await ten.keyboard.press("Escape")
    await shows(ten, range(10, 0, -1))
    await expect(box(ten)).to_have_value("")
    await expect(box(ten)).to_be_focused()
    assert ten.url == bin_page(server)


async def test_the_button_clears_the_filter(ten: Page) -> None:
    clear = ten.locator("[data-filter] .line").get_by_text("Clear")
    await expect(clear).to_be_hidden()
    await apply(ten, "even")
    await shows(ten, [10, 8, 6, 4, 2])
    await clear.click()
    await shows(ten, range(10, 0, -1))
    await expect(clear).to_be_hidden()
    await expect(box(ten)).to_be_focused()


async def test_a_wrong_filter_shows_no_rows_old_or_new_until_it_is_corrected(server: Running, ten: Page) -> None:
    await apply(ten, "txt:even")
    await shows(ten, [])
    await expect(ten.get_by_role("alert").filter(has_text="Unknown filter")).to_contain_text("Did you mean text~?")
    await expect(ten.get_by_text("No request is shown until the filter is corrected")).to_be_visible()
    await expect(box(ten)).to_have_attribute("aria-invalid", "true")
    await is_live(ten)
    await post(server, "even as well")
    await apply(ten, "text~even")
    await shows(ten, [11, 10, 8, 6, 4, 2])
    await expect(box(ten)).to_have_attribute("aria-invalid", "false")
    await expect(ten.get_by_role("alert").filter(has_text="Unknown filter")).to_have_count(0)


async def test_back_and_forward_step_through_the_filters(ten: Page) -> None:
    await apply(ten, "even")
    await shows(ten, [10, 8, 6, 4, 2])
    await apply(ten, "odd")
    await shows(ten, [9, 7, 5, 3, 1])
    await ten.go_back()
    await shows(ten, [10, 8, 6, 4, 2])
    await expect(box(ten)).to_have_value("even")
    await ten.go_back()
    await shows(ten, range(10, 0, -1))
    await expect(box(ten)).to_have_value("")
    await ten.go_forward()
    await shows(ten, [10, 8, 6, 4, 2])


async def test_back_and_forward_step_through_the_filters_after_a_reload(ten: Page) -> None:
    await apply(ten, "even")
    await shows(ten, [10, 8, 6, 4, 2])
    for step, text, wanted in ((ten.go_back, "", range(10, 0, -1)), (ten.go_forward, "even", [10, 8, 6, 4, 2])):
        await ten.reload()
        await is_live(ten)
        await ten.evaluate("window.loaded = true")
        await step()
        await shows(ten, wanted)
        await expect(box(ten)).to_have_value(text)


async def test_a_filter_closes_the_open_request_and_back_opens_it_again(ten: Page) -> None:
    await ten.locator("#capture-7 .row").click()
    await expect(ten.locator("[data-detail] h2")).to_contain_text("#7")
    await apply(ten, "even")
    await shows(ten, [10, 8, 6, 4, 2])
    await expect(ten.locator("[data-detail]")).to_be_hidden()
    await expect(box(ten)).to_be_focused()
    await ten.go_back()
    await shows(ten, range(10, 0, -1))
    await expect(ten.locator("[data-detail] h2")).to_contain_text("#7")
    await expect(ten.locator("#capture-7 .row")).to_have_attribute("aria-current", "true")


async def test_the_filtered_list_goes_on_loading_with_its_filter(server: Running, watched: Watched) -> None:
    await fill(server, 500)
    page = watched.page
    await page.goto(bin_page(server))
    await is_live(page)
    await apply(page, "even")
    await expect(page.locator("[data-rows] [data-n]").first).to_have_id("capture-500")
    await expect(page.locator("#capture-499")).to_have_count(0)
    await record_list(page)
    down = await scroll(page, "older")
    assert down.seen == list(range(2, 501, 2))
    assert down.wrong == []


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_syntax_opens_beside_the_box_without_a_violation(
    server: Running, watched: Watched, size: ViewportSize, scheme: Literal["light", "dark"]
) -> None:
    await fill(server, 10)
    page = watched.page
    await page.set_viewport_size(size)
    await page.emulate_media(color_scheme=scheme)
    await page.goto(f"{bin_page(server)}?q=even")
    await page.get_by_role("button", name="Filter syntax").click()
    help = page.get_by_role("region", name="Filter syntax")
    await expect(help.get_by_text("status:failed,undelivered")).to_be_visible()
    edges = await help.bounding_box()
    assert edges is not None
    assert edges["x"] >= 0
    assert edges["x"] + edges["width"] <= size["width"]
    assert await violations(page) == {}
    overflow = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0
    await page.keyboard.press("Escape")
    await expect(help).to_be_hidden()


async def test_counts_of_saved_filters_that_come_late_do_not_change_which_is_current(
    server: Running, watched: Watched
) -> None:
    await post(server, "hello")
    async with server.client.put(f"{server.bin_api}/filters/f1", json={"name": "Greetings", "q": "hello"}) as answer:
        assert answer.status < 300
    page, late = watched.page, Late()
    await page.route("**/filters?*", late.delay, times=1)
    await page.goto(bin_page(server))
    await late.read.wait()
    await page.locator("[data-filter-box]").fill("hello")
    await page.keyboard.press("Enter")
    current = page.locator("[data-saved] [aria-current]")
    await expect(page).to_have_url(f"{bin_page(server)}?q=hello")
    await expect(current.first).to_contain_text("Greetings")
    async with page.expect_response("**/filters?*q=hello*"):
        late.released.set()
    await expect(current.first).to_contain_text("Greetings")
