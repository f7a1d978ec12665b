"""The live list as a window over a long bin: its order, its ends, and what it does while requests arrive."""

import asyncio

from playwright.async_api import Page, Route, expect

from tests.conftest import Running

from .conftest import PHONE, Watched, sign_in, watch
from .listing import fill, numbers, record, recorded, scroll
from .test_live_page import bin_page, post

MOST = 420
# Frames are kept until 20 have come, or a tenth of a second has passed, and are delivered in another order.
SHUFFLED = """
const Plain = window.WebSocket;
window.WebSocket = class extends Plain {
  set onmessage(take) {
    let kept = [];
    let state = 7;
    const next = () => (state = (state * 1103515245 + 12345) % 2147483648) / 2147483648;
    const deliver = () => {
      const edits = kept.flatMap((frame) => frame.edits.map((edit) => ({ after: frame.after, edits: [edit] })));
      kept = [];
      for (let at = edits.length - 1; at > 0; at -= 1) {
        const other = Math.floor(next() * (at + 1));
        [edits[at], edits[other]] = [edits[other], edits[at]];
      }
      for (const frame of edits) take({ data: JSON.stringify(frame) });
    };
    setInterval(deliver, 100);
    this.addEventListener("message", (event) => {
      const frame = JSON.parse(event.data);
      if (!frame.edits) return take(event);
      kept.push(frame);
      if (kept.length >= 20) deliver();
    });
  }
};
"""


async def is_live(page: Page) -> None:
    await expect(page.locator("[data-live-state] b").last).to_have_text("Live")


async def focused(page: Page) -> int:
    return await page.evaluate("Number(document.activeElement.closest('[data-n]')?.dataset.n ?? 0)")


async def top_of(page: Page, n: int) -> float:
    box = await page.locator(f"#capture-{n}").bounding_box()
    assert box is not None
    return box["y"]


async def test_scrolled_end_to_end_nothing_is_skipped_and_few_rows_are_in_the_page(
    server: Running, watched: Watched
) -> None:
    await fill(server, 2_000)
    page = watched.page
    await page.goto(bin_page(server))
    await record(page)
    down = await scroll(page, "older")
    assert down.seen == list(range(1, 2_001))
    assert (await numbers(page))[-1] == 1
    await record(page)
    up = await scroll(page, "newer")
    assert up.seen == list(range(1, 2_001))
    assert (await numbers(page))[0] == 2_000
    assert down.wrong == up.wrong == []
    assert max(down.most, up.most) <= MOST


async def test_rows_that_arrive_in_any_order_are_in_the_order_of_their_numbers(server: Running, context) -> None:
    await context.add_init_script(SHUFFLED)
    page = (await watch(context)).page
    await post(server, "first")
    await page.goto(bin_page(server))
    await is_live(page)
    await record(page)
    await asyncio.gather(*(post(server, "shuffled", count=25) for _ in range(10)))
    await expect(page.locator("[data-rows] [data-n]")).to_have_count(251)
    assert await numbers(page) == list(range(251, 0, -1))
    assert (await recorded(page)).wrong == []
    await page.locator("[data-scroller]").evaluate("list => { list.scrollTop = 400 }")
    await asyncio.gather(*(post(server, "held", count=10) for _ in range(5)))
    await expect(page.locator("[data-held]")).to_contain_text("50 new requests")
    await page.locator("[data-held]").click()
    await expect(page.locator("[data-rows] [data-n]")).to_have_count(301)
    assert await numbers(page) == list(range(301, 0, -1))
    assert (await recorded(page)).wrong == []


async def test_what_is_read_stays_where_it_is_while_the_window_moves(server: Running, watched: Watched) -> None:
    await fill(server, 900)
    page = watched.page
    await page.goto(f"{bin_page(server)}?before=500")
    await expect(page.locator("[data-rows] > [data-newer]")).to_be_attached()
    await page.locator("#capture-495").scroll_into_view_if_needed()
    await expect(page.locator("#capture-599")).to_be_attached()
    top = await top_of(page, 495)
    for step, by in 3 * (("older", -1), ("newer", 1)):
        edge = (await numbers(page))[0 if step == "newer" else -1]
        await page.locator(f"[data-rows] > [data-{step}]").evaluate("item => item.click()")
        await expect(page.locator(f"#capture-{edge + by}")).to_be_attached()
        assert abs(await top_of(page, 495) - top) < 1
    assert len(await numbers(page)) == 400


async def test_requests_beyond_the_window_are_counted_and_shown_on_demand(server: Running, watched: Watched) -> None:
    await fill(server, 700)
    page = watched.page
    await page.goto(f"{bin_page(server)}/captures/200")
    await is_live(page)
    top = await top_of(page, 200)
    await post(server, "beyond", count=3)
    pill = page.locator("[data-held]")
    await expect(pill).to_contain_text("3 new requests, show them")
    shown = await numbers(page)
    assert max(shown) < 300
    assert shown == sorted(shown, reverse=True)
    assert abs(await top_of(page, 200) - top) < 1
    await expect(pill).to_be_in_viewport()
    await pill.click()
    await expect(page.locator("#capture-703")).to_be_in_viewport()
    await expect(pill).to_be_hidden()
    assert await numbers(page) == list(range(703, 603, -1))
    await post(server, "at the top again")
    await expect(page.locator("#capture-704")).to_be_visible()


async def test_scrolling_back_to_the_top_shows_what_was_counted(server: Running, watched: Watched) -> None:
    await fill(server, 250)
    page = watched.page
    await page.goto(f"{bin_page(server)}?at=30")
    await is_live(page)
    await post(server, "counted", count=5)
    await expect(page.locator("[data-held]")).to_contain_text("5 new requests")
    await record(page)
    await scroll(page, "newer")
    assert (await numbers(page))[0] == 255
    await expect(page.locator("[data-held]")).to_be_hidden()


async def test_more_than_a_window_arrives_while_somebody_reads(server: Running, watched: Watched) -> None:
    await fill(server, 120)
    page = watched.page
    await page.goto(bin_page(server))
    await is_live(page)
    await page.locator("[data-scroller]").evaluate("list => { list.scrollTop = 500 }")
    await asyncio.gather(*(post(server, "many", count=50) for _ in range(9)))
    await expect(page.locator("[data-held]")).to_contain_text("450 new requests")
    await page.locator("[data-held]").click()
    await expect(page.locator("#capture-570")).to_be_in_viewport()
    assert await numbers(page) == list(range(570, 470, -1))


async def test_a_part_that_was_read_before_a_change_shows_the_change(server: Running, watched: Watched) -> None:
    await fill(server, 150)
    page = watched.page
    was_read, changed = asyncio.Event(), asyncio.Event()

    async def late(route: Route) -> None:
        answer = await route.fetch()
        was_read.set()
        await changed.wait()
        await route.fulfill(response=answer)

    await page.route("**/rows?**", late)
    await page.goto(bin_page(server))
    await is_live(page)
    await page.locator("[data-scroller]").evaluate("list => { list.scrollTop = list.scrollHeight }")
    await was_read.wait()
    await (await server.client.delete(f"{server.bin_api}/captures/20")).read()
    await post(server, "after the deletion")
    await expect(page.locator("[data-held]")).to_contain_text("1 new request")
    changed.set()
    await expect(page.locator("#capture-1")).to_be_attached()
    assert await numbers(page) == [n for n in range(150, 0, -1) if n != 20]


async def test_rows_that_leave_while_the_next_ones_load_are_loaded_again(server: Running, watched: Watched) -> None:
    await fill(server, 560)
    page = watched.page
    await page.goto(bin_page(server))
    await is_live(page)
    await record(page)
    while len(await numbers(page)) < 400:
        await page.locator("[data-rows] > [data-older]").evaluate("item => item.click()")
        await expect(page.locator("[data-rows] [data-n]")).not_to_have_count(0)
    await page.locator("[data-scroller]").evaluate("list => { list.scrollTop = 200 }")
    await post(server, "new", count=30)
    await expect(page.locator("[data-held]")).to_contain_text("30 new requests")
    free = asyncio.Event()

    async def late(route: Route) -> None:
        answer = await route.fetch()
        await free.wait()
        await route.fulfill(response=answer)

    await page.route("**/rows?**before=161**", late)
    async with page.expect_request("**/rows?**before=161**"):
        await page.locator("[data-rows] > [data-older]").evaluate("item => item.click()")
    await page.locator("[data-held]").click()
    await expect(page.locator("#capture-590")).to_be_attached()
    free.set()
    down = await scroll(page, "older")
    assert down.seen == list(range(1, 591))
    assert down.wrong == []


async def test_a_deletion_above_does_not_move_what_is_read(server: Running, watched: Watched) -> None:
    await fill(server, 100)
    page = watched.page
    await page.goto(bin_page(server))
    await is_live(page)
    await page.locator("#capture-40").scroll_into_view_if_needed()
    top = await top_of(page, 50)
    await (await server.client.delete(f"{server.bin_api}/captures/95")).read()
    await expect(page.locator("#capture-95")).to_have_count(0)
    assert abs(await top_of(page, 50) - top) < 1


async def test_a_window_in_the_middle_becomes_empty_when_everything_is_deleted(
    server: Running, watched: Watched
) -> None:
    await fill(server, 620)
    page = watched.page
    await page.goto(bin_page(server))
    await is_live(page)
    await record(page)
    await scroll(page, "older")
    await expect(page.locator("[data-rows] > [data-newer]")).to_be_attached()
    await (await server.client.delete(f"{server.bin_api}/captures")).read()
    await expect(page.locator("[data-rows] > li")).to_have_count(0)
    await expect(page.get_by_text("No requests. New requests continue at #621")).to_be_visible()
    await post(server, "after it")
    await expect(page.locator("#capture-621")).to_be_visible()


async def test_a_part_that_did_not_come_can_be_loaded_again(server: Running, context) -> None:
    await fill(server, 150)
    watched = await watch(context)
    page = watched.page
    await page.route("**/rows?**", lambda route: route.abort())
    await page.goto(bin_page(server))
    await page.locator("[data-scroller]").evaluate("list => { list.scrollTop = list.scrollHeight }")
    again = page.get_by_text("Older requests: not loaded. Try again")
    await expect(again).to_be_visible()
    await page.unroute("**/rows?**")
    last = (await numbers(page))[-1]
    await again.press("Enter")
    await expect(page.locator("#capture-1")).to_be_attached()
    assert await focused(page) == last - 1
    assert await numbers(page) == list(range(150, 0, -1))
    assert ["ERR_FAILED" in complaint for complaint in watched.complaints] == [True]


async def test_the_window_works_on_a_phone_where_the_page_scrolls(server: Running, context) -> None:
    await fill(server, 700)
    watched = await watch(context)
    page = watched.page
    await page.set_viewport_size(PHONE)
    await page.goto(bin_page(server))
    await record(page)
    down = await scroll(page, "older")
    assert down.seen == list(range(1, 701))
    assert (down.wrong, down.most <= MOST) == ([], True)
    await page.locator("#capture-30 .row").click()
    await expect(page.locator("[data-detail] h2")).to_contain_text("#30")
    await expect(page.locator(".detail-head")).to_be_in_viewport()
    await page.get_by_label("Back to the list").click()
    await expect(page.locator("#capture-30")).to_be_in_viewport()
    assert watched.complaints == []


async def test_a_filtered_list_is_a_window_too(server: Running, watched: Watched) -> None:
    await fill(server, 1_000)
    page = watched.page
    await page.goto(f"{bin_page(server)}?q=even")
    await record(page)
    down = await scroll(page, "older")
    assert down.seen == list(range(2, 1_001, 2))
    assert (down.wrong, down.most <= MOST) == ([], True)
    await page.keyboard.press("Home")
    await expect(page.locator("#capture-1000 .row")).to_be_focused()
    await page.keyboard.press("End")
    await expect(page.locator("#capture-2 .row")).to_be_focused()


async def test_without_scripts_both_ends_are_links(chromium, server: Running) -> None:
    context = await chromium.new_context(java_script_enabled=False)
    await sign_in(context, server)
    await fill(server, 250)
    page = await context.new_page()
    await page.goto(bin_page(server))
    await page.get_by_role("link", name="Older requests").click()
    await expect(page.locator("#capture-150")).to_be_visible()
    await page.get_by_role("link", name="Older requests").click()
    await expect(page.locator("#capture-1")).to_be_attached()
    await page.get_by_role("link", name="Newer requests").click()
    await expect(page.locator("#capture-51")).to_be_attached()
    await expect(page.locator("#capture-150")).to_be_attached()
    await context.close()
