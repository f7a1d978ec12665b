"""The frame around the list: bins, zones, the live panel, the head of a request, the phone's menus, print."""

import json
import re

from playwright.async_api import expect

from tests.conftest import Running

from .conftest import PHONE, Watched, sign_in
from .test_live_page import bin_page, post


async def test_the_menu_beside_the_name_switches_bins(server: Running, watched: Watched) -> None:
    async with server.client.post(f"{server.api}/bins", json={"name": "Second <b>bin</b>"}) as answer:
        other = await answer.json()
    page = watched.page
    await page.goto(bin_page(server))
    await page.get_by_role("button", name="Switch bin").click()
    menu = page.get_by_role("navigation", name="Bins")
    await expect(menu.locator("[aria-current]")).to_contain_text(server.bin.name)
    await menu.get_by_role("link", name="Second <b>bin</b>").click()
    await expect(page).to_have_url(f"{server.url}/bins/{other['id']}")


async def test_home_tells_what_came_last(server: Running, watched: Watched) -> None:
    await post(server, "inbound")
    data = {"From": "+19495550142", "To": "+14155550188", "MessageSid": "SM1", "MessageStatus": "delivered"}
    page = watched.page
    await page.goto(f"{server.url}/")
    await expect(page.locator("main tbody tr")).to_contain_text("Inbound SMS, from +1 415-555-0123")
    async with server.client.post(server.capture_url + "/status", data=data) as answer:
        assert answer.status == 200
    await page.reload()
    await expect(page.locator("main tbody tr")).to_contain_text("Delivered, to +1 415-555-0188")


async def test_one_switch_tells_every_time_in_utc_and_is_remembered(server: Running, watched: Watched) -> None:
    await post(server, "when")
    stamp = (await server.captures())[0]["received_at"]
    page = watched.page
    await page.goto(f"{bin_page(server)}/captures/1")
    head = page.locator(".detail-head time")
    await expect(head).to_have_text(re.compile(r"^\d\d:\d\d:\d\d P[SD]T$"))
    await page.get_by_role("button", name="Time: local").click()
    await expect(head).to_have_text(f"{stamp[11:19]} UTC")
    await expect(head).to_have_attribute("title", stamp)
    await page.reload()
    await expect(page.get_by_role("button", name="Time: UTC")).to_be_visible()
    await expect(head).to_have_text(f"{stamp[11:19]} UTC")


async def test_the_live_state_tells_its_last_request_and_opens_a_panel(server: Running, watched: Watched) -> None:
    await post(server, "first")
    page = watched.page
    await page.goto(bin_page(server))
    state = page.locator("[data-live-state]").last
    await expect(state).to_have_text(re.compile(r"^Live\s*last request \d+ s ago$"))
    await state.click()
    panel = page.get_by_role("region", name="Live connection")
    await expect(panel).to_contain_text("WebSocket")
    await expect(panel.locator("[data-panel-last]")).to_have_text(re.compile(r"^\d+ s ago$"))
    await expect(panel.locator("[data-panel-heard]")).to_have_text(re.compile(r"^\d+ s ago$"))
    await panel.get_by_role("button", name="Retry now").click()
    await page.keyboard.press("Escape")
    await expect(panel).to_be_hidden()
    await expect(page.locator("[data-live-state] b").last).to_have_text("Live")
    await post(server, "after the retry")
    await expect(page.locator("#capture-2")).to_be_visible()
    assert await page.locator("[data-rows] [data-n]").count() == 2


async def test_arrows_in_the_head_step_and_stay_on_the_tab(server: Running, watched: Watched) -> None:
    await post(server, "row", count=3)
    page = watched.page
    await page.goto(f"{bin_page(server)}/captures/2?tab=headers")
    newer, older = page.get_by_label("Newer request"), page.get_by_label("Older request")
    await newer.click()
    await expect(page.locator("[data-detail] h2")).to_contain_text("#3")
    await expect(page.locator('[data-panel="headers"]')).to_be_visible()
    await expect(newer).to_have_attribute("aria-disabled", "true")
    await post(server, "later")
    await expect(page.locator("#capture-4")).to_be_visible()
    await expect(newer).not_to_have_attribute("aria-disabled", "true")
    await older.click()
    await expect(page.locator("[data-detail] h2")).to_contain_text("#2")
    await older.press("Enter")
    await expect(page.locator("[data-detail] h2")).to_contain_text("#1")
    await expect(page).to_have_url(f"{bin_page(server)}/captures/1?tab=headers")


async def test_open_newest_follows_until_a_row_is_picked(server: Running, watched: Watched) -> None:
    await post(server, "row", count=2)
    page = watched.page
    await page.goto(bin_page(server))
    await expect(page.locator("[data-live-state] b").last).to_have_text("Live")
    switch = page.get_by_label("Open newest")
    await expect(switch).not_to_be_checked()
    await switch.check()
    await expect(page.locator("[data-detail] h2")).to_contain_text("#2")
    await post(server, "newest")
    await expect(page.locator("[data-detail] h2")).to_contain_text("#3")
    await page.locator("#capture-1 .row").click()
    await expect(page.locator("[data-detail] h2")).to_contain_text("#1")
    await expect(switch).not_to_be_checked()
    await page.locator("[data-detail]").focus()
    await post(server, "another")
    await expect(page.locator("#capture-4")).to_be_visible()
    await expect(page.locator("[data-detail] h2")).to_contain_text("#1")


async def test_a_switch_whose_script_cannot_be_loaded_stays_as_it_was(server: Running, watched: Watched) -> None:
    await post(server, "row")
    page = watched.page
    await page.goto(bin_page(server))
    await page.route("**/js/live/follow.js", lambda route: route.fulfill(status=502))
    switch = page.get_by_label("Open newest")
    await switch.click()
    await expect(page.locator("[data-unreachable]")).to_contain_text("nothing was changed")
    await expect(switch).not_to_be_checked()
    # The browser logs the failure.
    assert len(watched.complaints) == 1
    watched.complaints.clear()


async def test_a_line_stands_where_the_last_visit_ended(server: Running, watched: Watched) -> None:
    await post(server, "before", count=2)
    page = watched.page
    await page.goto(bin_page(server))
    await expect(page.locator("#capture-2")).to_be_visible()
    await page.goto(f"{server.url}/")
    await post(server, "meanwhile")
    await page.goto(bin_page(server))
    mark = page.locator("[data-rows] .mark")
    await expect(mark).to_have_text(re.compile(r"New since your last visit, \d\d:\d\d$"))
    assert await mark.evaluate("mark => mark.nextElementSibling.id") == "capture-2"


async def test_a_copy_button_says_so_for_two_seconds(server: Running, watched: Watched) -> None:
    await post(server, "copy me")
    page = watched.page
    # Pages may write to the clipboard, never read it; so the test looks at what is written.
    await page.add_init_script(
        "const write = navigator.clipboard.writeText.bind(navigator.clipboard);"
        " navigator.clipboard.writeText = (text) => { window.written = text; return write(text) }"
    )
    await page.goto(f"{bin_page(server)}/captures/1")
    button = page.get_by_role("button", name="Copy as JSON")
    await button.click()
    await expect(button).to_have_text("Copied")
    await expect(page.locator("[data-say]")).to_have_text("Copied: as JSON")
    assert json.loads(await page.evaluate("written"))["text"] == "copy me"
    await expect(button).to_have_text("Copy as JSON")
    await page.get_by_role("button", name="Copy link to this request").click()
    await expect(page.locator("[data-say]")).to_contain_text("link to this request")
    assert await page.evaluate("written") == f"{bin_page(server)}/captures/1"


async def test_what_cannot_be_copied_says_why_and_is_not_copied(server: Running, watched: Watched) -> None:
    await post(server, "copy me")
    page = watched.page
    await page.goto(f"{bin_page(server)}/captures/1")
    await page.get_by_role("button", name="Copy as code").click()
    button, notice = page.locator("[data-key-copy]"), page.locator("[data-unreachable]")
    refusals = {
        409: "Not copied: use curl, this request cannot be written otherwise.",
        404: "Not copied: this was deleted.",
        502: "Cannot reach smsbin, nothing was copied. Try again.",
    }
    statuses = iter(refusals)
    await page.route("**/copy/curl", lambda route: route.fulfill(status=next(statuses)))
    for told in refusals.values():
        await button.click()
        await expect(notice).to_have_text(told)
        await expect(button).to_have_text("curl")
    # The browser logs each failure.
    assert len(watched.complaints) == 3
    watched.complaints.clear()


async def test_a_copy_without_a_session_leads_to_the_sign_in_page(server: Running, watched: Watched) -> None:
    await post(server, "copy me")
    page = watched.page
    await page.goto(f"{bin_page(server)}/captures/1")
    await page.get_by_role("button", name="Copy as code").click()
    await page.context.clear_cookies()
    await page.locator("[data-key-copy]").click()
    await expect(page).to_have_url(re.compile("/sign-in"))


async def test_raw_shows_bytes_and_what_the_eye_misses(server: Running, watched: Watched) -> None:
    body = "Text=a b\u200bc&Snow=%E2%98%82"
    async with server.client.post(server.capture_url, data=body.encode()) as answer:
        assert answer.status == 200
    page = watched.page
    await page.goto(f"{bin_page(server)}/captures/1?tab=raw")
    panel = page.locator('[data-panel="raw"]')
    text, hexdump = panel.get_by_label("Body as text"), panel.get_by_label("Body as bytes")
    await expect(hexdump).to_be_hidden()
    await panel.get_by_label("invisible characters").check()
    await expect(text).to_have_text("Text=a bU+200Bc&Snow=%E2%98%82")
    await panel.get_by_label("spaces").check()
    await panel.get_by_label("percent-decoded").check()
    await expect(text).to_have_text("Text=a·bU+200Bc&Snow=☂")
    await panel.get_by_label("invisible characters").uncheck()
    await panel.get_by_label("spaces").uncheck()
    await panel.get_by_label("percent-decoded").uncheck()
    await expect(text).to_have_text(body)
    await panel.get_by_text("Hex", exact=True).click()
    await expect(text).to_be_hidden()
    await expect(hexdump).to_contain_text("54 65 78 74 3d")


async def test_repeated_fields_are_told_apart(server: Running, watched: Watched) -> None:
    async with server.client.post(server.capture_url, data=[("Tag", "a"), ("Tag", "b"), ("Blank", "")]):
        pass
    page = watched.page
    await page.goto(f"{bin_page(server)}/captures/1?tab=fields")
    rows = page.locator('[data-panel="fields"] .kv > div')
    await expect(rows.nth(0)).to_contain_text("1 of 2 with this name")
    await expect(rows.nth(1)).to_contain_text("2 of 2 with this name")
    await expect(rows.nth(2)).to_contain_text("empty")


async def test_more_keys(server: Running, watched: Watched) -> None:
    await post(server, "row", count=60)
    page = watched.page
    await page.goto(bin_page(server))
    await page.keyboard.press("End")
    await expect(page.locator("#capture-1 .row")).to_be_focused()
    await page.keyboard.press("PageUp")
    n = int(await page.evaluate("document.activeElement.closest('[data-n]').dataset.n"))
    assert 5 < n < 60
    await page.keyboard.press("Home")
    await expect(page.locator("#capture-60 .row")).to_be_focused()
    # One row is a stop of the Tab key: the next one is past the list.
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.closest('[data-rows]')") is None
    await page.keyboard.press("g")
    await page.keyboard.press("s")
    await expect(page).to_have_url(f"{bin_page(server)}/settings")


async def test_on_a_phone_tabs_are_a_menu_and_the_switches_are_under_more(server: Running, chromium) -> None:
    await post(server, "in hand")
    context = await chromium.new_context(viewport=PHONE, has_touch=True)
    await sign_in(context, server)
    page = await context.new_page()
    await page.goto(f"{bin_page(server)}/captures/1")
    await page.get_by_text("1 of 9").click()
    await page.get_by_role("link", name="Headers").click()
    await expect(page.locator('[data-panel="headers"]')).to_be_visible()
    await expect(page.get_by_text("3 of 9")).to_be_visible()
    await page.get_by_role("button", name="More").click()
    await page.get_by_role("button", name="Time: local").click()
    await expect(page.get_by_role("button", name="Time: UTC")).to_be_visible()
    await page.keyboard.press("Escape")
    await page.get_by_role("link", name="Back to the list").click()
    await expect(page.locator("#capture-1 .row")).to_be_visible()
    await context.close()


async def test_paper_gets_the_request_without_chrome_and_without_the_key(server: Running, watched: Watched) -> None:
    await post(server, "on paper")
    page = watched.page
    await page.emulate_media(media="print")
    for tab in ("", "?tab=raw"):
        await page.goto(f"{bin_page(server)}/captures/1{tab}")
        await expect(page.locator(".sms-text")).to_be_visible()
        words = await page.locator("body").inner_text()
        assert server.bin.name in words
        assert server.bin.key not in words
        assert "Theme" not in words
        await expect(page.locator(".rows")).to_be_hidden()


async def test_a_bar_that_is_too_full_cuts_only_the_address_of_the_server(server: Running, watched: Watched) -> None:
    page = watched.page
    await post(server, "seen")
    for width in (1200, 1280):
        await page.set_viewport_size({"width": width, "height": 800})
        await page.goto(bin_page(server))
        await expect(page.locator("[data-live-state] b").last).to_have_text("Live")
        await post(server, "new")
        await expect(page.get_by_role("button", name="Mark all read")).to_be_visible()
        bar = page.get_by_role("region", name="URLs and live state")
        assert await bar.evaluate("bar => bar.scrollWidth <= bar.clientWidth")
        cut = "parts => parts.filter((part) => part.scrollWidth > part.clientWidth + 1).map((part) => part.textContent)"
        assert await bar.locator(":scope > :not([data-primary])").evaluate_all(cut) == []
        assert await bar.locator("[data-primary] b, [data-primary] .icon").evaluate_all(cut) == []
        one_line = "parts => parts.every((part) => part.clientHeight < 32)"
        assert await bar.locator(":scope > *").evaluate_all(one_line)


async def test_on_a_small_laptop_all_tabs_are_seen_and_the_switches_are_in_the_menu(
    server: Running, watched: Watched
) -> None:
    page = watched.page
    await page.set_viewport_size({"width": 1280, "height": 800})
    await page.goto(f"{server.url}/")
    await expect(page.locator("main tbody").get_by_role("link", name=server.bin.name)).to_be_visible()
    await page.goto(bin_page(server))
    tabs = page.get_by_role("navigation", name="Bin", exact=True)
    assert await tabs.evaluate("tabs => tabs.scrollWidth <= tabs.clientWidth")
    switch = page.get_by_role("button", name="Time: local")
    await expect(switch).to_be_hidden()
    await page.get_by_role("button", name="More").click()
    await switch.click()
    await expect(page.get_by_role("button", name="Time: UTC")).to_be_visible()
