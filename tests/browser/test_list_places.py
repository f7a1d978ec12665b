"""Places in the live list: its two ends, "Go to", and the address of a request, which opens the list around its row."""

import asyncio
import re
from datetime import timedelta
from itertools import groupby

import pytest
from playwright.async_api import Page, Route, expect

from app import clock
from tests.conftest import Running

from .conftest import PHONE, Watched, sign_in, watch
from .listing import fill, middle, numbers, record, scroll, time_keys, time_opening
from .test_list_window import focused, is_live
from .test_live_page import bin_page, post


async def go_to(page: Page, text: str) -> None:
    await page.keyboard.press("g")
    await expect(page.get_by_label("Number or time")).to_be_focused()
    await page.keyboard.type(text)
    await page.keyboard.press("Enter")


async def is_selected(page: Page, n: int) -> None:
    """Its row is marked as the open one and on the screen, and the detail is open."""
    await expect(page.locator("[data-detail] h2")).to_contain_text(f"#{n}")
    row = page.locator(f"#capture-{n} .row")
    await expect(row).to_have_attribute("aria-current", "true")
    await expect(row).to_be_in_viewport(ratio=1)


async def test_end_loads_the_oldest_part_and_home_the_newest(server: Running, watched: Watched) -> None:
    await fill(server, 1_500)
    page = watched.page
    pressed = asyncio.Event()

    async def hold(route: Route) -> None:
        await pressed.wait()
        await route.continue_()

    await page.route("**/js/live/live.js", hold)
    await page.goto(bin_page(server))
    # A key that comes before its script is not lost.
    await page.keyboard.press("End")
    pressed.set()
    await expect(page.locator("#capture-1 .row")).to_be_focused()
    await expect(page.locator("#capture-1")).to_be_in_viewport(ratio=1)
    assert await numbers(page) == list(range(100, 0, -1))
    await page.keyboard.press("k")
    assert await focused(page) == 2
    await post(server, "newest")
    await page.keyboard.press("Home")
    await expect(page.locator("#capture-1501 .row")).to_be_focused()
    assert (await numbers(page))[:2] == [1501, 1500]
    assert len([url for url in watched.requests if "/rows" in url]) <= 3


@pytest.mark.parametrize("text", ["700", "#700"])
async def test_a_number_shows_the_rows_around_it(server: Running, watched: Watched, text: str) -> None:
    await fill(server, 1_500)
    page = watched.page
    await page.goto(bin_page(server))
    await go_to(page, text)
    await expect(page.locator("#capture-700 .row")).to_be_focused()
    await expect(page.locator("#capture-700")).to_be_in_viewport(ratio=1)
    shown = await numbers(page)
    assert shown == list(range(shown[0], shown[-1] - 1, -1))
    assert shown[0] >= 750
    await page.keyboard.press("j")
    assert await focused(page) == 699


async def test_a_number_without_a_row_says_why_and_chooses_the_nearest(server: Running, watched: Watched) -> None:
    await fill(server, 300)
    for n in (150, 151):
        await (await server.client.delete(f"{server.bin_api}/captures/{n}")).read()
    page = watched.page
    await page.goto(bin_page(server))
    for text, n, words in (
        ("150", 149, "#150 was deleted. The nearest is #149."),
        ("151", 152, "#151 was deleted. The nearest is #152."),
        ("9000", 300, "There is no #9000 yet. The nearest is #300."),
        ("0", 1, "Numbers begin at #1. The nearest is #1."),
    ):
        await go_to(page, text)
        await expect(page.locator(f"#capture-{n} .row")).to_be_focused()
        await expect(page.locator("[data-place]")).to_have_text(words)
        await expect(page.locator("[data-say]")).to_have_text(words)
    await page.goto(f"{bin_page(server)}?q=even")
    await go_to(page, "99")
    await expect(page.locator("#capture-100 .row")).to_be_focused()
    await expect(page.locator("[data-place]")).to_have_text("#99 does not match the filter. The nearest is #100.")


async def test_a_time_is_in_the_zone_of_the_reader(server: Running, watched: Watched) -> None:
    """The browser of the tests is in Los Angeles; requests arrived each ten minutes, from 20:04 UTC two days ago."""
    began = (clock.now() - timedelta(days=2)).replace(hour=20, minute=4, second=0, microsecond=0)
    await fill(server, 250, began=began, gap_s=600)
    page = watched.page
    await page.goto(bin_page(server))
    local = await page.evaluate("(at) => new Date(at).toLocaleString('sv-SE').slice(0, 16)", began.isoformat())
    later = await page.evaluate(
        "(at) => new Date(at).toLocaleString('sv-SE').slice(0, 16)", (began + timedelta(minutes=1_001)).isoformat()
    )
    await go_to(page, local)
    await expect(page.locator("#capture-1 .row")).to_be_focused()
    await go_to(page, later)
    await expect(page.locator("#capture-102 .row")).to_be_focused()
    await expect(page.locator("#capture-102 + [data-place]")).to_have_text(
        re.compile(r"^\d\d? \w+, \d\d:\d\d:00 P[SD]T$")
    )
    await page.get_by_role("button", name="Time: local").click()
    await go_to(page, began.strftime("%Y-%m-%d %H:%M"))
    await expect(page.locator("#capture-1 .row")).to_be_focused()


async def test_a_time_without_a_date_is_the_last_one_of_that_name(server: Running, watched: Watched) -> None:
    await fill(server, 400, gap_s=600)
    page = watched.page
    await page.goto(bin_page(server))
    shown = await page.locator("#capture-350 time").get_attribute("datetime")
    text = await page.evaluate("(at) => new Date(at).toTimeString().slice(0, 8)", shown)
    await go_to(page, text)
    await expect(page.locator("#capture-350 .row")).to_be_focused()
    await page.reload()
    future = await page.evaluate("new Date(Date.now() + 600000).toTimeString().slice(0, 5)")
    await go_to(page, future)
    await expect(page.locator("[data-place]")).to_be_attached()
    await expect(page.locator("[data-rows] .row:focus")).to_be_attached()
    # 24 hours less ten minutes ago, of requests each ten minutes.
    assert 255 <= await focused(page) <= 259
    await page.reload()
    await go_to(page, "2200-01-01 00:00")
    await expect(page.locator("[data-place]")).to_contain_text("No request since then.")
    await expect(page.locator("#capture-400 .row")).to_be_focused()


async def test_what_is_not_a_place_is_refused_with_the_cure(server: Running, watched: Watched) -> None:
    await fill(server, 3)
    page = watched.page
    await page.goto(bin_page(server))
    for text in ("ten past nine", "25:00", "2026-02-30 10:00"):
        await page.locator("[data-goto-button]").click()
        await page.get_by_label("Number or time").fill(text)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("alert")).to_contain_text("Write a number like 39798")
        await page.keyboard.press("Escape")
    await page.goto(f"{bin_page(server)}?at=ten")
    await expect(page.get_by_role("alert").first).to_contain_text("write a number like 39798")
    await expect(page.locator("#capture-3")).to_be_visible()


async def test_a_letter_after_g_leads_to_a_page(server: Running, watched: Watched) -> None:
    await fill(server, 3)
    page = watched.page
    await page.goto(bin_page(server))
    await page.keyboard.press("g")
    await page.keyboard.press("m")
    await expect(page).to_have_url(f"{bin_page(server)}/messages")
    await page.wait_for_load_state()
    await page.keyboard.press("g")
    await page.keyboard.press("l")
    await expect(page).to_have_url(bin_page(server))


async def test_an_address_a_reload_and_back_open_the_list_around_the_row(server: Running, watched: Watched) -> None:
    await fill(server, 1_200)
    page = watched.page
    await page.goto(f"{bin_page(server)}/captures/300")
    await is_selected(page, 300)
    shown = await numbers(page)
    assert shown == list(range(shown[0], shown[-1] - 1, -1))
    assert await focused(page) == 300
    await go_to(page, "900")
    await is_selected(page, 900)
    await page.reload()
    await is_selected(page, 900)
    await page.go_back()
    await is_selected(page, 300)
    await page.go_forward()
    await is_selected(page, 900)
    await page.keyboard.press("Escape")
    await page.keyboard.press("End")
    await expect(page.locator("#capture-1 .row")).to_be_focused()
    await page.go_back()
    await is_selected(page, 900)


async def test_an_address_works_before_scripts_run_and_with_a_filter(chromium, server: Running) -> None:
    context = await chromium.new_context(java_script_enabled=False)
    await sign_in(context, server)
    await fill(server, 700)
    page = await context.new_page()
    await page.goto(f"{bin_page(server)}/captures/300")
    await is_selected(page, 300)
    await page.goto(f"{bin_page(server)}/captures/300?q=even")
    await is_selected(page, 300)
    await expect(page.locator("#capture-299")).to_have_count(0)
    await page.goto(f"{bin_page(server)}/captures/301?q=even")
    await expect(page.locator("[data-detail] h2")).to_contain_text("#301")
    await expect(page.locator("#capture-302")).to_be_attached()
    await page.goto(bin_page(server))
    await page.locator("[data-goto-button]").click()
    await page.get_by_label("Number or time").fill("#123")
    await page.get_by_role("button", name="Go", exact=True).click()
    await expect(page.locator("#capture-123 .row")).to_be_focused()
    await expect(page.locator("#capture-123")).to_be_in_viewport(ratio=1)
    await page.locator("[data-goto-button]").click()
    await page.get_by_role("link", name="Oldest").click()
    await expect(page.locator("#capture-1")).to_be_attached()
    await context.close()


async def test_the_keys_cross_the_ends_of_what_is_loaded(server: Running, watched: Watched) -> None:
    await fill(server, 450)
    page = watched.page
    await page.goto(f"{bin_page(server)}?at=250")
    await expect(page.locator("#capture-250 .row")).to_be_focused()
    await page.evaluate("""window.walked = [];
        addEventListener('focusin', ({ target }) => walked.push(Number(target.closest('[data-n]').dataset.n)));""")
    for key, last in (("j", 1), ("k", 450)):
        while await focused(page) != last:
            for _ in range(20):
                await page.keyboard.press(key)
    # A row that is replaced gets the focus again.
    walked = [n for n, _ in groupby(await page.evaluate("walked"))]
    assert walked == [*range(249, 0, -1), *range(2, 451)]
    assert len(await numbers(page)) <= 420


async def test_a_row_with_the_focus_that_leaves_gives_it_to_the_list(server: Running, watched: Watched) -> None:
    await fill(server, 800)
    page = watched.page
    await page.goto(bin_page(server))
    await page.keyboard.press("j")
    assert await focused(page) == 800
    await record(page)
    await scroll(page, "older")
    await expect(page.locator("[data-scroller]")).to_be_focused()
    await page.keyboard.press("j")
    n = await focused(page)
    assert 10 < n < 60
    await expect(page.locator(f"#capture-{n}")).to_be_in_viewport(ratio=1)


async def test_open_newest_goes_to_the_newest_from_anywhere(server: Running, watched: Watched) -> None:
    await fill(server, 700)
    page = watched.page
    await page.goto(f"{bin_page(server)}?at=200")
    await is_live(page)
    await page.get_by_label("Open newest").check()
    await is_selected(page, 700)
    await post(server, "newest")
    await is_selected(page, 701)


async def test_on_a_phone_the_way_back_leads_to_the_row(server: Running, context) -> None:
    await fill(server, 600)
    watched = await watch(context)
    page = watched.page
    await page.set_viewport_size(PHONE)
    await page.goto(f"{bin_page(server)}/captures/300")
    await expect(page.locator("[data-detail] h2")).to_contain_text("#300")
    await page.get_by_label("Back to the list").click()
    await expect(page.locator("#capture-300")).to_be_in_viewport(ratio=1)
    await page.locator("[data-goto-button]").click()
    await page.get_by_role("link", name="Oldest").click()
    await expect(page.locator("#capture-1")).to_be_in_viewport()
    await page.locator("[data-goto-button]").click()
    await page.get_by_role("link", name="Newest").click()
    await expect(page.locator("#capture-600")).to_be_in_viewport()
    assert watched.complaints == []


async def test_of_two_requests_that_are_opened_quickly_the_last_one_is_shown(server: Running, watched: Watched) -> None:
    await fill(server, 20)
    page = watched.page
    await page.goto(f"{bin_page(server)}/captures/15")
    await is_live(page)
    free = asyncio.Event()

    async def late(route: Route) -> None:
        answer = await route.fetch()
        await free.wait()
        await route.fulfill(response=answer)

    await page.route("**/captures/14", late)
    await expect(page.locator("#capture-15 .row")).to_be_focused()
    await page.keyboard.press("j")
    await page.keyboard.press("j")
    await is_selected(page, 13)
    async with page.expect_response("**/captures/14"):
        free.set()
    await page.evaluate("new Promise(requestAnimationFrame)")
    await is_selected(page, 13)
    assert page.url.endswith("/captures/13")


async def test_keys_and_opening_are_timed(server: Running, watched: Watched) -> None:
    """Printed and not compared with a limit: a busy machine is not a slow page. `make proof` prints them, too."""
    await fill(server, 400)
    page = watched.page
    await page.goto(f"{bin_page(server)}?at=300")
    await expect(page.locator("#capture-300 .row")).to_be_focused()
    keys, opened = await time_keys(page, 50), await time_opening(page, 10)
    print(f"key j: {middle(keys):.0f} ms, opening one: {middle(opened):.0f} ms (medians)")
    await expect(page.locator("[data-rows] [aria-current]")).to_have_count(1)


async def test_a_place_that_cannot_be_loaded_is_told(server: Running, watched: Watched) -> None:
    await fill(server, 3)
    page = watched.page
    await page.goto(bin_page(server))
    await is_live(page)
    await page.route("**/rows?*", lambda route: route.fulfill(status=502))
    await page.locator("[data-goto-button]").click()
    await page.locator("[data-goto] [name=at]").fill("2")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_have_text("The list could not be loaded. Try again.")
    # The browser logs the failure.
    assert len(watched.complaints) == 1
    watched.complaints.clear()
