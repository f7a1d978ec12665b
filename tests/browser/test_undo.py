"""Deleting offers ten seconds to think, says what it did, and is really done in the end (P10)."""

from playwright.async_api import expect

from tests.conftest import Running

from .conftest import Watched
from .test_live_page import bin_page, post


async def test_undo_brings_the_row_back_and_nothing_was_sent(server: Running, watched: Watched) -> None:
    await post(server, "row", count=3)
    page = watched.page
    await page.goto(f"{bin_page(server)}/captures/2")
    await page.get_by_role("button", name="Delete").click()
    await expect(page.locator("#capture-2")).to_be_hidden()
    await expect(page.locator("[data-detail]")).to_be_hidden()
    line = page.locator("[data-undo-place] li")
    await expect(line).to_contain_text("Deleted #2.")
    await expect(page.locator("[data-say]")).to_have_text("Deleted #2. You can undo this for 10 seconds.")
    await line.get_by_role("button", name="Undo").click()
    await expect(page.locator("#capture-2")).to_be_visible()
    await expect(line).to_have_count(0)
    assert len(await server.captures()) == 3
    assert not [url for url in watched.requests if url.endswith("/delete")]


async def test_what_was_opened_from_the_list_can_be_deleted_too(server: Running, watched: Watched) -> None:
    """The pane came by fetch then, and the question for browsers without scripts must not come with it."""
    await post(server, "row", count=2)
    page = watched.page
    await page.goto(bin_page(server))
    await page.locator("#capture-2 .row").click()
    await expect(page.locator("[data-detail] [data-open='capture-2']")).to_be_visible()
    await page.get_by_role("button", name="Delete").click()
    await expect(page.locator("[data-undo-place] li")).to_contain_text("Deleted #2.")
    await expect(page.locator("#capture-2")).to_be_hidden()


async def test_after_ten_seconds_it_is_deleted(server: Running, watched: Watched) -> None:
    await post(server, "row", count=2)
    page = watched.page
    await page.clock.install()
    await page.goto(f"{bin_page(server)}/captures/1")
    await page.get_by_role("button", name="Delete").click()
    await expect(page.get_by_role("button", name="Undo")).to_be_visible()
    await page.clock.fast_forward(9_000)
    await expect(page.get_by_role("button", name="Undo")).to_be_visible()
    await page.clock.fast_forward(2_000)
    await expect(page.locator("#capture-1")).to_have_count(0)
    await expect(page.locator("[data-undo-place] li")).to_have_count(0)
    assert [item["n"] for item in await server.captures()] == [2]


async def test_leaving_the_page_sends_what_was_held(server: Running, watched: Watched) -> None:
    await post(server, "row", count=2)
    page = watched.page
    await page.goto(f"{bin_page(server)}/captures/2")
    await page.get_by_role("button", name="Delete").click()
    await expect(page.get_by_role("button", name="Undo")).to_be_visible()
    await page.goto(f"{server.url}/")
    await page.goto(bin_page(server))
    await expect(page.locator("[data-rows] [data-n]")).to_have_count(1)
    assert [item["n"] for item in await server.captures()] == [1]


async def test_when_it_cannot_be_deleted_the_row_comes_back_with_the_reason(server: Running, watched: Watched) -> None:
    await post(server, "row")
    page = watched.page
    await page.route("**/captures/1/delete", lambda route: route.abort())
    await page.clock.install()
    await page.goto(f"{bin_page(server)}/captures/1")
    await page.get_by_role("button", name="Delete").click()
    await expect(page.get_by_role("button", name="Undo")).to_be_visible()
    await page.clock.fast_forward(11_000)
    await expect(page.locator("[data-undo-place]")).to_contain_text("Not deleted")
    await expect(page.locator("#capture-1")).to_be_visible()
    # The browser's own word about the request that this test broke.
    watched.complaints[:] = [text for text in watched.complaints if "ERR_FAILED" not in text]


async def test_clearing_says_the_count_and_can_be_undone(server: Running, watched: Watched) -> None:
    await post(server, "row", count=3)
    page = watched.page
    await page.clock.install()
    await page.goto(f"{bin_page(server)}/settings")
    await page.get_by_role("button", name="Delete 3 requests").click()
    await expect(page.locator("[data-undo-place]")).to_contain_text("Deleted 3 requests.")
    await page.get_by_role("button", name="Undo").click()
    assert len(await server.captures()) == 3
    await page.get_by_role("button", name="Delete 3 requests").click()
    await expect(page.get_by_role("button", name="Undo")).to_be_visible()
    async with page.expect_response("**/clear"):
        await page.clock.fast_forward(11_000)
    await expect(page.get_by_role("button", name="Undo")).to_be_hidden()
    assert await server.captures() == []


async def test_what_is_not_deleted_without_a_session_comes_back(server: Running, watched: Watched) -> None:
    await post(server, "row")
    page = watched.page
    await page.clock.install()
    await page.goto(f"{bin_page(server)}/captures/1")
    await page.get_by_role("button", name="Delete").click()
    await expect(page.locator("#capture-1")).to_be_hidden()
    await page.context.clear_cookies()
    await page.clock.fast_forward(11_000)
    await expect(page.locator("[data-undo-place]")).to_have_text("Not deleted: you are signed out. #1 is still here.")
    await expect(page.locator("#capture-1")).to_be_visible()
    # The browser logs the failure.
    assert len(watched.complaints) == 1
    watched.complaints.clear()


async def test_the_focus_stays_in_the_list_when_a_request_is_deleted_and_brought_back(
    server: Running, watched: Watched
) -> None:
    await post(server, "row", count=3)
    page = watched.page
    await page.goto(f"{bin_page(server)}/captures/2")
    for n, near in ((2, 1), (1, 3)):
        await page.locator(f"#capture-{n} .row").click()
        await expect(page.locator(f"[data-open='capture-{n}']")).to_be_visible()
        await page.get_by_role("button", name="Delete").press("Enter")
        await expect(page.locator(f"#capture-{n}")).to_be_hidden()
        await expect(page.locator(f"#capture-{near} .row")).to_be_focused()
    await page.get_by_role("button", name="Undo").last.press("Enter")
    await expect(page.locator("#capture-1 .row")).to_be_focused()
