"""The page as people use it: captures arrive, nothing moves, nothing is lost."""

import asyncio
import re
from pathlib import Path

from playwright.async_api import expect

from tests.conftest import Running, run_server

from .conftest import Watched, sign_in, watch


async def post(server: Running, text: str, role: str = "", count: int = 1) -> None:
    for _ in range(count):
        data = {"From": "+14155550123", "To": "+19495550142", "Text": text, "MessageSid": "SM1"}
        async with server.client.post(server.capture_url + role, data=data) as answer:
            assert answer.status == 200


def bin_page(server: Running) -> str:
    return f"{server.url}/bins/{server.bin.id}"


async def test_the_first_request_turns_the_empty_page_into_the_list(server: Running, watched: Watched) -> None:
    page = watched.page
    await page.goto(bin_page(server))
    await expect(page.get_by_role("heading", name="Waiting for the first request")).to_be_visible()
    await expect(page.locator("code", has_text=f"/{server.bin.key}/fallback").first).to_be_visible()
    await expect(page.get_by_text("SMS Request URL", exact=True)).to_be_visible()
    await expect(page.locator("main [data-live-state]")).to_contain_text("Live")
    await expect(page.locator("main [data-live-state]")).to_contain_text("connected for 0:0")
    await post(server, "the first")
    await expect(page.locator("#capture-1")).to_contain_text("the first")


async def test_a_capture_arrives_with_its_answer_while_watching(server: Running, watched: Watched) -> None:
    await post(server, "before")
    page = watched.page
    await page.goto(bin_page(server))
    await expect(page.locator("[data-live-state] b").last).to_have_text("Live")
    await post(server, "while watching", "/fallback")
    row = page.locator("#capture-2")
    await expect(row).to_contain_text("while watching")
    await expect(row).to_contain_text("+1 415-555-0123")
    await expect(row).to_contain_text("200 in")
    await expect(row.locator(".role")).to_have_text("F")
    await expect(page.locator("#counts")).to_contain_text("All")
    await expect(page.locator("#counts a", has_text="Fallback")).to_contain_text("1")
    await expect(page).to_have_title(f"(1) {server.bin.name} · smsbin")
    assert await page.locator("[data-rows] [data-n]").count() == 2


async def test_a_link_beside_the_list_keeps_the_focus_when_its_number_changes(
    server: Running, watched: Watched
) -> None:
    await post(server, "row")
    page = watched.page
    await page.goto(bin_page(server))
    await expect(page.locator("[data-live-state] b").last).to_have_text("Live")
    for name, total in (("Primary", 2), ("Failed", 3)):
        link = page.locator("#counts a", has_text=name)
        await link.focus()
        await post(server, "row")
        await expect(page.locator("#counts")).to_have_attribute("data-total", str(total))
        await expect(link).to_be_focused()


async def test_opening_shows_every_tab_and_the_back_button_works(server: Running, watched: Watched) -> None:
    await post(server, "Grüße ☂")
    page = watched.page
    await page.goto(bin_page(server))
    await page.locator("#capture-1 .row").click()
    await expect(page.locator(".sms-text")).to_contain_text("Grüße ☂")
    await expect(page.locator(".sms")).to_contain_text("UCS-2")
    for tab, name, words in (
        ("Fields", "fields", "MessageSid"),
        ("Headers", "headers", "Content-Type"),
        ("Raw", "raw", "SHA-256"),
        ("Timing", "timing", "Request received"),
        ("Response", "answer", "text/xml"),
    ):
        await page.locator("[data-tab]:visible", has_text=tab).click()
        await expect(page.locator(f'[data-panel="{name}"]')).to_contain_text(words)
        assert page.url.endswith(f"?tab={name}")
    await page.reload()
    await expect(page.locator('[data-panel="answer"]')).to_be_visible()
    await page.get_by_role("link", name="Close").click()
    await expect(page.locator("[data-detail]")).to_be_hidden()


async def test_nothing_moves_while_somebody_reads(server: Running, watched: Watched) -> None:
    await post(server, "old", count=40)
    page = watched.page
    await page.goto(bin_page(server))
    await expect(page.locator("[data-live-state] b").last).to_have_text("Live")
    scroller = page.locator("[data-scroller]")
    await scroller.evaluate("list => { list.scrollTop = 300 }")
    box = await page.locator("#capture-30").bounding_box()
    await post(server, "new", count=3)
    pill = page.locator("[data-held]")
    await expect(pill).to_contain_text("3 new requests, show them")
    assert await page.locator("#capture-43").count() == 0
    moved = await page.locator("#capture-30").bounding_box()
    assert box is not None
    assert moved is not None
    await pill.click()
    await expect(page.locator("#capture-43")).to_be_visible()
    await expect(pill).to_be_hidden()


async def test_opening_a_row_far_down_keeps_the_list_where_it_is(server: Running, watched: Watched) -> None:
    await post(server, "row", count=60)
    page = watched.page
    await page.goto(bin_page(server))
    row = page.locator("#capture-10 .row")
    await row.scroll_into_view_if_needed()
    await row.click()
    await expect(page.locator("[data-detail] h2")).to_contain_text("#10")
    await expect(row).to_be_in_viewport()


async def test_pausing_holds_and_resuming_shows(server: Running, watched: Watched) -> None:
    await post(server, "one")
    page = watched.page
    await page.goto(bin_page(server))
    await page.get_by_role("button", name="Pause").click()
    await expect(page.locator("[data-live-state] b").last).to_have_text("Paused")
    await post(server, "two")
    await expect(page.locator("[data-live-state]").last).to_contain_text("1 held")
    await page.get_by_role("button", name="Resume").click()
    await expect(page.locator("#capture-2")).to_be_visible()


async def test_older_rows_load_while_scrolling(server: Running, watched: Watched) -> None:
    await post(server, "row", count=130)
    page = watched.page
    await page.goto(bin_page(server))
    assert await page.locator("[data-rows] [data-n]").count() == 100
    await page.locator("[data-scroller]").evaluate("list => { list.scrollTop = list.scrollHeight }")
    await expect(page.locator("#capture-1")).to_be_attached()
    numbers = await page.locator("[data-rows] [data-n]").evaluate_all(
        "rows => rows.map((row) => Number(row.dataset.n))"
    )
    assert numbers == list(range(130, 0, -1))


async def test_a_deleted_capture_leaves_the_open_page(server: Running, watched: Watched) -> None:
    await post(server, "row", count=3)
    page = watched.page
    await page.goto(bin_page(server))
    await expect(page.locator("[data-live-state] b").last).to_have_text("Live")
    await (await server.client.delete(f"{server.bin_api}/captures/2")).read()
    await expect(page.locator("#capture-2")).to_have_count(0)
    await (await server.client.delete(f"{server.bin_api}/captures")).read()
    await expect(page.locator("[data-rows] [data-n]")).to_have_count(0)
    await expect(page.get_by_text("No requests. New requests continue at #")).to_be_visible()


async def test_the_way_back_to_a_deleted_request_says_so_and_stays_where_it_is(
    server: Running, watched: Watched
) -> None:
    await post(server, "row", count=3)
    page = watched.page
    told = page.locator("[data-unreachable]")
    await page.goto(bin_page(server))
    await expect(page.locator("[data-live-state] b").last).to_have_text("Live")
    for n in (3, 2):
        await page.locator(f"#capture-{n} .row").click()
        await expect(page.locator("[data-open]")).to_have_attribute("data-n", str(n))
    await (await server.client.delete(f"{server.bin_api}/captures/3")).read()
    await expect(page.locator("#capture-3")).to_have_count(0)
    await page.go_back()
    await expect(told).to_have_text("This was deleted.")
    await expect(page).to_have_url(f"{bin_page(server)}/captures/2")
    await expect(page.locator("[data-open]")).to_have_attribute("data-n", "2")
    # The same with nothing open.
    await page.get_by_role("link", name="Close", exact=True).click()
    await (await server.client.delete(f"{server.bin_api}/captures/2")).read()
    await expect(page.locator("#capture-2")).to_have_count(0)
    async with page.expect_response("**/captures/2"):
        await page.go_back()
    await expect(page).to_have_url(bin_page(server))
    await expect(page.locator("[data-detail]")).to_be_hidden()
    watched.complaints[:] = [text for text in watched.complaints if "404" not in text]


async def test_the_link_that_skips_the_navigation_does_not_load_the_open_request_again(
    server: Running, watched: Watched
) -> None:
    await post(server, "row")
    page = watched.page
    await page.goto(f"{bin_page(server)}/captures/1?tab=headers")
    await expect(page.locator("[data-live-state] b").last).to_have_text("Live")
    asked = await page.evaluate(
        """() => new Promise((done) => {
          const asked = [];
          const { fetch } = window;
          window.fetch = (address, options) => { asked.push(String(address)); return fetch(address, options); };
          addEventListener("hashchange", () => done(asked), { once: true });
          document.querySelector("a.skip").click();
        })"""
    )
    assert page.url.endswith("/captures/1?tab=headers#main")
    assert [address for address in asked if "/captures/1" in address] == []
    # An address is followed as before.
    await page.go_back()
    await page.get_by_role("link", name="Timing", exact=True).first.click()
    await expect(page.locator('[data-panel="timing"]')).to_be_visible()
    await page.go_back()
    await expect(page.locator('[data-panel="headers"]')).to_be_visible()


async def test_the_keyboard_alone_is_enough(server: Running, watched: Watched) -> None:
    await post(server, "row", count=3)
    page = watched.page
    await page.goto(bin_page(server))
    await page.keyboard.press("j")
    await expect(page.locator("#capture-3 .row")).to_be_focused()
    await page.keyboard.press("j")
    await expect(page.locator("#capture-2 .row")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-detail] h2")).to_contain_text("#2")
    await page.keyboard.press("3")
    await expect(page.locator('[data-panel="headers"]')).to_be_visible()
    await page.keyboard.press("]")
    await expect(page.locator('[data-panel="raw"]')).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.locator("[data-detail]")).to_be_hidden()
    await expect(page.locator("#capture-2 .row")).to_be_focused()
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog")).to_be_visible()
    await page.get_by_label("Use single-key shortcuts").uncheck()
    await page.keyboard.press("Escape")
    await page.keyboard.press("s")
    await expect(page.locator("[data-live-state] b").last).to_have_text("Live")


async def test_credentials_are_masked_until_asked_for(server: Running, watched: Watched) -> None:
    headers = {"Authorization": "Bearer top-secret", "Cookie": "session=crumbs"}
    async with server.client.post(server.capture_url, data=b"x", headers=headers) as answer:
        assert answer.status == 200
    page = watched.page
    await page.goto(f"{bin_page(server)}/captures/1?tab=headers")
    panel = page.locator('[data-panel="headers"]')
    assert "top-secret" not in await panel.inner_text()
    assert "crumbs" not in await panel.inner_text()
    await page.get_by_role("link", name="Show Authorization").click()
    await expect(panel).to_contain_text("top-secret")


async def test_after_a_restart_nothing_is_missing(make_settings, context, free_port: int, tmp_path: Path) -> None:
    """The server goes, captures come in where the page does not see them, and then it has them all, once."""
    settings = make_settings(port=str(free_port), data_dir=str(tmp_path / "restarted"))
    async with run_server(settings, port=free_port) as server:
        await sign_in(context, server)
        await post(server, "before")
        watched = await watch(context)
        page = watched.page
        await page.goto(bin_page(server))
        await expect(page.locator("[data-live-state] b").last).to_have_text("Live")
    await expect(page.locator("[data-live-state] b").last).to_have_text("Reconnecting")
    async with run_server(settings) as server:
        await post(server, "meanwhile", count=12)
    async with run_server(settings, port=free_port):
        await expect(page.locator("#capture-13")).to_be_visible(timeout=30_000)
        await expect(page.locator("[data-live-state] b").last).to_have_text("Live")
        await expect(page.locator("[data-away]")).to_contain_text("arrived in that time")
        assert await page.locator("[data-rows] [data-n]").count() == 13


async def test_where_websockets_are_blocked_the_page_polls(server: Running, context) -> None:
    await post(server, "before")
    await context.add_init_script(
        "window.WebSocket = class { static OPEN = 1; readyState = 3;"
        " constructor() { setTimeout(() => this.onclose({ code: 1006 })) }"
        " close() {} }"
    )
    page = (await watch(context)).page
    await page.goto(bin_page(server))
    await expect(page.locator("[data-live-state] b").last).to_have_text("Polling", timeout=15_000)
    await post(server, "by polling")
    await expect(page.locator("#capture-2")).to_be_visible()


async def test_without_javascript_every_step_is_a_page(chromium, server: Running) -> None:
    context = await chromium.new_context(java_script_enabled=False)
    await sign_in(context, server)
    await post(server, "plain", count=3)
    page = await context.new_page()
    await page.goto(f"{server.url}/")
    await page.get_by_role("link", name=server.bin.name).click()
    await page.locator("#capture-2 .row").click()
    await expect(page.locator(".sms-text")).to_contain_text("plain")
    await page.get_by_role("link", name="Raw").click()
    await expect(page.locator('[data-panel="raw"]')).to_be_visible()
    await page.goto(f"{bin_page(server)}/captures/2")
    await page.get_by_role("button", name="Delete").click()
    await expect(page).to_have_url(f"{bin_page(server)}/captures/2")
    await page.get_by_label("Delete permanently").check()
    await page.get_by_role("button", name="Delete").click()
    await expect(page.locator("[data-rows] [data-n]")).to_have_count(2)
    await page.goto(f"{server.url}/")
    await page.get_by_label("Name").fill("Made by hand")
    await page.get_by_role("button", name="Create bin").click()
    await expect(page.get_by_role("heading", name="Made by hand").last).to_be_visible()
    await context.close()


async def test_a_burst_leaves_the_page_usable(server: Running, watched: Watched) -> None:
    await post(server, "first")
    page = watched.page
    await page.goto(bin_page(server))
    await expect(page.locator("[data-live-state] b").last).to_have_text("Live")
    await asyncio.gather(*(post(server, f"burst {index}", count=50) for index in range(10)))
    await expect(page.locator("#capture-501")).to_be_visible()
    assert await page.locator("[data-rows] [data-n]").count() <= 400


async def test_an_age_counts_each_second(server: Running, watched: Watched) -> None:
    await post(server, "row")
    page = watched.page
    await page.goto(bin_page(server))
    age = page.locator('#capture-1 time[data-time="age"]')
    await expect(age).to_have_text(re.compile("^[2-5] s$"))


async def test_the_row_of_a_status_leads_with_the_status_and_the_number(server: Running, watched: Watched) -> None:
    sid = "SM" + "0" * 32
    callback = {"From": "+19495550142", "To": "+14155550123", "MessageSid": sid, "MessageStatus": "delivered"}
    async with server.client.post(server.capture_url + "/status", data={"AccountSid": "AC1", **callback}):
        pass
    page = watched.page
    await page.goto(bin_page(server))
    text = page.locator("#capture-1 .row-text")
    await expect(text).to_contain_text(re.compile(r"Delivered\s*to \+1 415-555-0123"))
    await expect(text).not_to_contain_text(sid)
