"""Scripts are loaded when a page shows their hook, or when the user needs it, and no event is lost meanwhile."""

import asyncio

from playwright.async_api import Page, Route, expect

from tests.conftest import Running

from .conftest import PHONE, Watched
from .late import Late
from .listing import fill
from .test_filter import apply, shows
from .test_live_page import bin_page, post

MOST_BYTES = 70_000
SIZES = """() => Object.fromEntries(performance.getEntriesByType("resource")
  .filter(({ name }) => name.endsWith(".js"))
  .map(({ name, decodedBodySize }) => [name.split("/js/")[1], decodedBodySize]))"""


async def _is_live(page: Page) -> None:
    await expect(page.locator("[data-live-state] b").last).to_have_text("Live")


async def test_the_live_page_with_an_open_request_loads_little_javascript(server: Running, watched: Watched) -> None:
    await post(server, "row", count=3)
    page = watched.page
    await page.goto(f"{bin_page(server)}/captures/2")
    await _is_live(page)
    await page.wait_for_load_state("networkidle")
    sizes = await page.evaluate(SIZES)
    assert sizes.keys() >= {"live/list.js", "core/detail.js", "core/copy.js"}
    assert sizes.keys().isdisjoint({"live/ledger.js", "live/goto.js", "core/undo.js", "pages/simulate.js"})
    assert 40_000 < sum(sizes.values()) <= MOST_BYTES, sizes


async def test_events_wait_for_their_script(server: Running, watched: Watched) -> None:
    await fill(server, 10)
    page = watched.page
    late = asyncio.Event()
    held = []

    async def hold(route: Route) -> None:
        held.append(route.request.url.split("/js/")[1])
        await late.wait()
        await route.continue_()

    for name in ("core/copy", "core/undo", "live/filter", "pages/raw"):
        await page.route(f"**/js/{name}.js", hold)
    await page.goto(f"{bin_page(server)}/captures/2")
    await _is_live(page)
    await page.evaluate("window.loaded = true")
    await page.get_by_role("link", name="Raw", exact=True).click()
    # The hook of this one came with the tab.
    await page.get_by_label("percent-decoded").check()
    await page.get_by_role("button", name="Copy link to this request").click()
    late.set()
    await expect(page.get_by_label("Body as text")).to_contain_text("To=+19495550142")
    await expect(page.locator("[data-say]")).to_contain_text("link to this request")
    late.clear()
    await apply(page, "even")
    late.set()
    await shows(page, [10, 8, 6, 4, 2])
    await page.locator("#capture-2 .row").click()
    late.clear()
    await page.get_by_role("button", name="Delete").click()
    late.set()
    await expect(page.locator("[data-undo-place] li")).to_contain_text("Deleted #2.")
    await page.get_by_role("button", name="Undo").click()
    assert set(held) == {"core/copy.js", "pages/raw.js", "live/filter.js", "core/undo.js"}


async def test_a_script_that_is_missing_is_told(server: Running, watched: Watched) -> None:
    """As after an update of smsbin, when an open page asks for a script of its own release."""
    page = watched.page
    await page.route("**/js/live/live.js", lambda route: route.fulfill(status=404))
    await page.goto(f"{bin_page(server)}/settings")
    await expect(page.get_by_role("alert")).to_have_text("A part of this page could not be loaded. Reload the page.")
    # The browser says it, and we do.
    assert len(watched.complaints) == 2
    watched.complaints.clear()


async def _open_before(page: Page, server: Running, script: str, path: str = "") -> Late:
    """The page, without the script, which comes when the result is released."""
    late = Late()
    await page.route(f"**/js/{script}.js", late.hold)
    await page.goto(f"{bin_page(server)}{path}")
    # app.js listens.
    await expect(page.locator("[data-zone-switch]").first).not_to_have_attribute("hidden", "")
    return late


async def test_select_waits_for_the_script_of_the_list(server: Running, watched: Watched) -> None:
    await post(server, "row")
    page = watched.page
    late = await _open_before(page, server, "live/live", "/captures/1")
    await page.get_by_role("button", name="Select", exact=True).click()
    late.released.set()
    await expect(page.get_by_label("Select #1")).to_be_checked()
    await page.set_viewport_size(PHONE)
    late = await _open_before(page, server, "live/live")
    await page.get_by_role("button", name="Select", exact=True).click()
    late.released.set()
    await expect(page.locator("[data-selection]")).to_be_visible()


async def test_a_panel_of_the_connection_that_was_opened_early_is_filled_in(server: Running, watched: Watched) -> None:
    await post(server, "row")
    page = watched.page
    late = await _open_before(page, server, "live/live")
    await page.locator("[data-live-state]:visible").click()
    await expect(page.locator("[data-panel-state]")).to_contain_text("still loading")
    late.released.set()
    await expect(page.locator("[data-panel-state]")).to_contain_text("Live")


async def test_an_axis_that_is_folded_or_unfolded_early_stays_so(server: Running, watched: Watched) -> None:
    await post(server, "row")
    page = watched.page
    plot, summary = page.locator("[data-axis-plot]"), page.locator("[data-axis] > summary")
    for is_open in (False, True):
        late = await _open_before(page, server, "live/axis")
        await summary.click()
        late.released.set()
        await expect(plot).to_have_role("slider")
        await expect(plot).to_be_visible(visible=is_open)


async def test_numbers_of_the_axis_that_were_opened_early_come(server: Running, watched: Watched) -> None:
    await post(server, "row")
    page = watched.page
    late = await _open_before(page, server, "live/axis")
    await page.get_by_text("Numbers", exact=True).click()
    await expect(page.locator("[data-axis-numbers]")).to_contain_text("Overview")
    late.released.set()
    await expect(page.locator("[data-axis-numbers] tbody tr")).to_have_count(1)


async def test_a_file_can_be_dropped_when_the_page_says_so(server: Running, watched: Watched) -> None:
    page = watched.page
    hint = page.get_by_text("Or drop it here.")
    late = await _open_before(page, server, "pages/reconcile", "/reconcile")
    await expect(hint).to_be_hidden()
    late.released.set()
    await expect(hint).to_be_visible()
