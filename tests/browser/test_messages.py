"""Messages and conversations while they happen: the verdict moves, the reader does not."""

import asyncio
import re
from urllib.parse import quote

from playwright.async_api import Route, expect

from tests.conftest import Running

from .conftest import PHONE, Watched, sign_in, watch
from .late import Late
from .test_live_page import bin_page

OURS, THEIRS = "+19495550142", "+14155550123"
SID = "SM" + "0" * 31


async def callback(server: Running, status: str, sid: str = SID + "1", to: str = THEIRS) -> None:
    account = "AC" + "0" * 32
    data = {"MessageSid": sid, "MessageStatus": status, "From": OURS, "To": to, "AccountSid": account}
    async with server.client.post(server.capture_url + "/status", data=data | {"ApiVersion": "x"}) as answer:
        assert answer.status == 200


async def inbound(server: Running, text: str, sid: str, sender: str = THEIRS) -> None:
    data = {"From": sender, "To": OURS, "Text": text, "MessageSid": sid}
    async with server.client.post(server.capture_url, data=data) as answer:
        assert answer.status == 200


async def live(page) -> None:
    await expect(page.locator("[data-live-state] b").last).to_have_text("Live")


def talk_page(server: Running) -> str:
    return f"{bin_page(server)}/conversations/{quote(THEIRS)}/{quote(OURS)}"


async def test_a_callback_moves_the_verdict_of_the_open_message(server: Running, watched: Watched) -> None:
    await callback(server, "queued")
    page = watched.page
    await page.goto(f"{bin_page(server)}/messages")
    await page.locator("[data-rows] .row").click()
    await expect(page.locator("[data-verdict]")).to_contain_text("In progress: queued")
    assert page.url.endswith(f"/messages/twilio/{SID}1")
    await live(page)
    await callback(server, "sent")
    await expect(page.locator("[data-verdict]")).to_contain_text("Handed to the carrier")
    await callback(server, "delivered")
    await expect(page.locator("[data-verdict]")).to_contain_text("Delivered in")
    await expect(page.locator("[data-say]")).to_contain_text("Delivered in")
    await expect(page.locator("[data-rows] .row[aria-current]")).to_contain_text("Delivered")
    assert await page.locator("[data-rows] [data-row]").count() == 1
    await expect(page.locator("#views a", has_text="Delivered")).to_have_text(re.compile(r"Delivered\s*1"))


async def test_an_open_message_changes_without_taking_focus_or_place(server: Running, watched: Watched) -> None:
    await callback(server, "queued")
    page = watched.page
    await page.set_viewport_size({"width": 1440, "height": 420})
    await page.goto(f"{bin_page(server)}/messages/twilio/{SID}1")
    await live(page)
    button = page.get_by_role("button", name="Copy timeline")
    await button.focus()
    before = await page.locator("[data-detail]").evaluate("(pane) => pane.scrollTop")
    assert before > 0
    await callback(server, "sent")
    await expect(page.locator("[data-verdict]")).to_contain_text("Handed to the carrier")
    await expect(button).to_be_focused()
    assert await page.locator("[data-detail]").evaluate("(pane) => pane.scrollTop") == before


async def test_what_changes_while_its_pane_is_on_its_way_is_shown(server: Running, watched: Watched) -> None:
    await callback(server, "queued")
    page, late = watched.page, Late()
    await page.goto(f"{bin_page(server)}/messages")
    await live(page)
    await page.route(f"**/messages/twilio/{SID}1", late.delay, times=1)
    await page.locator("[data-rows] .row").click()
    await late.read.wait()
    await callback(server, "delivered")
    await expect(page.locator("[data-rows] .row")).to_contain_text("Delivered")
    late.released.set()
    await expect(page.locator("[data-verdict]")).to_contain_text("Delivered in")


async def test_a_message_that_changes_does_not_come_back_for_the_one_that_was_chosen(
    server: Running, watched: Watched
) -> None:
    for sid in (SID + "1", SID + "2"):
        await callback(server, "queued", sid)
    page, late = watched.page, Late()
    await page.goto(f"{bin_page(server)}/messages/twilio/{SID}1")
    await live(page)
    await page.route(f"**/messages/twilio/{SID}2", late.hold)
    async with page.expect_request(f"**/messages/twilio/{SID}2"):
        await page.locator(f"[data-rows] .row[href*='{SID}2']").click()
    await callback(server, "delivered")
    await expect(page.locator(f"[data-rows] .row[href*='{SID}1']")).to_contain_text("Delivered")
    late.released.set()
    await expect(page).to_have_url(f"{bin_page(server)}/messages/twilio/{SID}2")
    await expect(page.locator("[data-verdict]")).to_contain_text("In progress: queued")


async def test_a_new_message_is_held_while_somebody_reads(server: Running, watched: Watched) -> None:
    for number in range(30):
        await inbound(server, f"text {number}", f"in-{number}")
    page = watched.page
    await page.goto(f"{bin_page(server)}/messages")
    await live(page)
    scroller = page.locator("[data-scroller]")
    await scroller.evaluate("(list) => list.scrollTo(0, 300)")
    await inbound(server, "while reading", "in-new")
    pill = page.get_by_role("button", name="1 new message, show it")
    await expect(pill).to_be_visible()
    assert await scroller.evaluate("(list) => list.scrollTop") >= 300
    await expect(page.get_by_text("while reading")).to_have_count(0)
    await pill.click()
    await expect(page.locator("[data-rows] [data-row]").first).to_contain_text("while reading")


async def test_a_held_message_that_an_older_part_has_too_is_listed_once(server: Running, watched: Watched) -> None:
    for number in range(101):
        await callback(server, "queued", f"{SID}{number}")
    page, late = watched.page, Late()
    rows = page.locator("[data-rows] [data-row]")
    await page.goto(f"{bin_page(server)}/messages")
    await live(page)
    await page.route("**/messages/rows*", late.delay, times=1)
    await page.locator("[data-older]").scroll_into_view_if_needed()
    await late.read.wait()
    await callback(server, "delivered", f"{SID}0")
    await expect(page.locator("[data-held]")).to_contain_text("1 new message")
    late.released.set()
    await expect(rows).to_have_count(101)
    await page.locator("[data-held]").click()
    await expect(rows.first).to_contain_text("Delivered")
    await expect(rows).to_have_count(101)


async def test_a_filtered_list_takes_in_what_matches_and_lets_go(server: Running, watched: Watched) -> None:
    await callback(server, "queued")
    page = watched.page
    await page.goto(f"{bin_page(server)}/messages")
    await page.locator("#views a", has_text="In progress").click()
    await expect(page.get_by_role("searchbox")).to_have_value("status:queued,sending,unknown -has:stuck")
    await live(page)
    rows = page.locator("[data-rows] [data-row]")
    await callback(server, "queued", SID + "2")
    await expect(rows).to_have_count(2)
    await inbound(server, "not in flight", "in-1")
    await callback(server, "delivered")
    await expect(rows).to_have_count(1)
    await expect(page.get_by_text("not in flight")).to_have_count(0)


async def test_the_live_list_is_filtered_by_its_box_from_the_keyboard(server: Running, watched: Watched) -> None:
    await inbound(server, "your code is 1", "in-1")
    await inbound(server, "nothing of the kind", "in-2")
    page = watched.page
    await page.goto(bin_page(server))
    await page.locator("#capture-2 .row").focus()
    await page.keyboard.press("/")
    await page.keyboard.type("text~code")
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-rows] [data-n]")).to_have_count(1)
    await live(page)
    await inbound(server, "no match", "in-3")
    await inbound(server, "your code is 2", "in-4")
    await expect(page.locator("#capture-4")).to_be_visible()
    await expect(page.locator("#capture-3")).to_have_count(0)
    await page.locator("#capture-1 .row").click()
    await expect(page.locator("[data-detail] h2")).to_contain_text("#1")
    assert page.url.endswith("/captures/1?q=text~code")
    await page.get_by_label("Newer request").click()
    await expect(page.locator("[data-detail] h2")).to_contain_text("#4")


async def test_deleted_requests_take_their_messages_along(server: Running, watched: Watched) -> None:
    await inbound(server, "to be cleared", "in-1")
    page = watched.page
    await page.goto(f"{bin_page(server)}/messages")
    await live(page)
    async with server.client.delete(f"{server.bin_api}/captures") as answer:
        assert answer.status == 204
    await expect(page.locator("[data-rows] [data-row]")).to_have_count(0)
    await expect(page.locator("[data-no-rows]")).to_be_visible()


async def test_a_conversation_grows_at_the_bottom_and_its_states_move(server: Running, watched: Watched) -> None:
    await inbound(server, "hello", "in-1")
    page = watched.page
    await page.goto(talk_page(server))
    await live(page)
    log = page.get_by_role("log")
    await expect(log.locator(".day")).to_have_count(1)
    await callback(server, "queued")
    await expect(log.locator(".bubble.mine")).to_contain_text("Queued")
    await callback(server, "delivered")
    await expect(log.locator(".bubble.mine")).to_contain_text("Delivered")
    await inbound(server, "STOP", "in-2")
    await expect(log.locator(".bubble").last).to_contain_text("opt-out word STOP")
    await expect(log.locator(".bubble")).to_have_count(3)
    await expect(page.locator("[data-rows] [data-row]")).to_contain_text("opted out")


async def test_a_link_of_a_conversation_keeps_the_focus_when_its_message_changes(
    server: Running, watched: Watched
) -> None:
    await callback(server, "queued")
    page = watched.page
    await page.goto(talk_page(server))
    await live(page)
    bubble = page.get_by_role("log").locator(".bubble.mine")
    await bubble.get_by_role("link").first.focus()
    await callback(server, "delivered")
    await expect(bubble).to_contain_text("Delivered")
    await expect(bubble.get_by_role("link").first).to_be_focused()


async def test_who_reads_further_up_is_told_what_is_new_below(server: Running, watched: Watched) -> None:
    for number in range(60):
        await inbound(server, f"text {number:02}", f"in-{number}")
    page = watched.page
    await page.goto(talk_page(server))
    await live(page)
    log = page.get_by_role("log")
    await expect(page.get_by_text("text 59").last).to_be_in_viewport()
    await log.evaluate("(list) => list.scrollTo(0, 0)")
    await page.get_by_role("link", name="Earlier messages").press("Enter")
    await expect(log.locator(".bubble")).to_have_count(60)
    await expect(log.get_by_text("text 10")).to_be_in_viewport()
    await expect(log.locator(".bubble").first.get_by_role("link")).to_be_focused()
    await expect(page.locator("[data-say]")).to_have_text("10 earlier messages")
    top = await log.evaluate("(list) => list.scrollTop")
    await inbound(server, "the newest", "in-new")
    below = page.get_by_role("button", name="1 new message below, show it")
    await expect(below).to_be_visible()
    assert await log.evaluate("(list) => list.scrollTop") == top
    await below.click()
    await expect(log.get_by_text("the newest")).to_be_in_viewport()


async def test_a_phone_shows_one_pane_and_goes_back(server: Running, chromium) -> None:
    await callback(server, "delivered")
    await inbound(server, "hello", "in-1")
    context = await chromium.new_context(viewport=PHONE, has_touch=True)
    await sign_in(context, server)
    watched = await watch(context)
    page = watched.page
    await page.goto(bin_page(server))
    await page.get_by_role("link", name="Messages").tap()
    await page.locator("[data-rows] .row", has_text=SID).tap()
    await expect(page.locator("[data-verdict]")).to_contain_text("Delivered")
    await expect(page.locator("[data-rows]")).to_be_hidden()
    await page.get_by_role("link", name="Back to the list").tap()
    await expect(page.locator("[data-rows]")).to_be_visible()
    await page.get_by_role("link", name="Chats").tap()
    await page.locator("[data-rows] .row").first.tap()
    await expect(page.get_by_role("log")).to_contain_text("hello")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert watched.complaints == []
    await context.close()


async def test_choosing_a_provider_shows_its_fields(server: Running, watched: Watched) -> None:
    page = watched.page
    await page.goto(bin_page(server))
    await page.get_by_label("Provider").select_option("telnyx")
    await expect(page.get_by_text("Failover URL", exact=True)).to_be_visible()
    await expect(page.get_by_text("2 seconds")).to_be_visible()


async def test_counts_of_an_earlier_filter_that_come_late_are_not_shown(server: Running, watched: Watched) -> None:
    await inbound(server, "one", "SM1")
    page, released = watched.page, asyncio.Event()
    held: asyncio.Queue[str] = asyncio.Queue()

    async def hold(route: Route) -> None:
        held.put_nowait(route.request.url)
        await released.wait()
        await route.continue_()

    await page.route("**/messages/side*", hold)
    await page.goto(f"{bin_page(server)}/messages")
    await live(page)
    await inbound(server, "one more", "SM2")
    current = page.locator("#views [aria-current]")
    await expect(current).to_have_count(1)
    async with asyncio.timeout(60):
        assert (await held.get()).endswith("/side")
        await page.locator("[data-filter-box]").fill("text~more")
        await page.keyboard.press("Enter")
        await expect(current).to_have_count(0)
        released.set()
        # When the late ones have been left out, those of the filter are asked for.
        assert (await held.get()).endswith("/side?q=text%7Emore")
    await expect(current).to_have_count(0)


async def test_the_filter_of_messages_applies_in_place_and_follows(server: Running, watched: Watched) -> None:
    for n in range(1, 121):
        await inbound(server, f"{'even' if n % 2 == 0 else 'odd'} {n}", f"SM{n}", sender=f"+1415555{n:04}")
    page = watched.page
    rows = page.locator("[data-rows] [data-row]")
    box = page.locator("[data-filter-box]")
    await page.goto(f"{bin_page(server)}/messages")
    await live(page)
    await page.evaluate("window.loaded = true")
    await box.fill("text~even")
    await page.keyboard.press("Enter")
    await expect(page.locator('[data-filtered="count"]')).to_have_text("60 match")
    await expect(rows).to_have_count(60)
    await expect(box).to_be_focused()
    await expect(page).to_have_url(f"{bin_page(server)}/messages?q=text%7Eeven")
    await expect(page.locator("#views [aria-current]")).to_have_count(0)
    await inbound(server, "odd and new", "SM121")
    await inbound(server, "even and new", "SM122")
    await expect(rows).to_have_count(61)
    await expect(rows.first).to_contain_text("even and new")
    # A wrong term shows no rows and says so, Esc clears, and the rest is loaded without the filter.
    await box.fill("fro:x")
    await page.keyboard.press("Enter")
    await expect(page.locator("#filter-problem")).to_contain_text("fro")
    await expect(rows).to_have_count(0)
    await expect(page.locator("[data-no-rows]")).to_have_text(
        "No message is shown until the filter is corrected or cleared."
    )
    await page.keyboard.press("Escape")
    await expect(rows).to_have_count(100)
    await page.locator("[data-rows] [data-older] a").click()
    await expect(rows).to_have_count(122)
    await expect(page.locator("#views [aria-current]")).to_contain_text("Both directions")
    assert await page.evaluate("window.loaded")
