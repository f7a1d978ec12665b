"""The simulator in a browser: a first try, what will be sent, a run with its true progress, and a replay."""

import asyncio
import re

from playwright.async_api import Page, Route, expect

from app import keys
from tests.conftest import Running, run_server
from tests.web.replays.test_api import listening

from .conftest import Watched, sign_in, watch
from .late import Late
from .test_live_page import bin_page, post


async def test_a_try_on_the_empty_page_arrives_there_live(server: Running, watched: Watched) -> None:
    page = watched.page
    await page.goto(bin_page(server))
    await page.get_by_role("button", name="Send test status callbacks").click()
    await expect(page.locator("[data-rows] [data-row]")).to_have_count(2)
    await expect(page).to_have_url(bin_page(server))
    newest, first = page.locator("[data-row]").nth(0), page.locator("[data-row]").nth(1)
    await expect(newest).to_contain_text("Handed over")
    await expect(first).to_contain_text("Queued")
    for row in (newest, first):
        await expect(row).to_contain_text("simulated")


async def test_what_will_be_sent_follows_the_form(server: Running, watched: Watched) -> None:
    page = watched.page
    await page.goto(f"{bin_page(server)}/simulate")
    request = page.get_by_label("The first request")
    await page.locator("[name=text]").fill("☂ hello")
    await expect(request).to_contain_text("Text=%E2%98%82+hello")
    await expect(page.locator("[data-part=facts]")).to_contain_text("7 characters · UCS-2")
    await page.locator("[name=provider]").select_option("telnyx")
    await expect(request).to_contain_text('"record_type": "event"'.replace(": ", ":"))
    await expect(page.locator("[data-part=rule]")).to_contain_text("Telnyx waits 2 s")
    await page.locator("[name=count]").fill("0")
    await expect(page.locator("[data-part=preview]")).to_contain_text("Messages must be a whole number from 1")
    await expect(page.locator("[name=primary]")).to_be_hidden()
    await page.get_by_label("My own URLs").check()
    await expect(page.locator("[name=primary]")).to_be_visible()


async def test_what_was_typed_before_the_script_was_loaded_is_shown(server: Running, watched: Watched) -> None:
    page, script = watched.page, Late()
    await page.route("**/js/pages/simulate.js", script.hold)
    await page.goto(f"{bin_page(server)}/simulate")
    await page.locator("[name=text]").fill("early")
    script.released.set()
    await expect(page.get_by_label("The first request")).to_contain_text("Text=early")


async def _shown(page: Page) -> int:
    return int(await page.locator("progress").get_attribute("value") or -1)


async def test_the_progress_is_true_and_a_run_can_be_stopped(server: Running, watched: Watched) -> None:
    page = watched.page
    # More than any machine plays while this test runs.
    await page.goto(f"{bin_page(server)}/simulate?count=50000&rate=50")
    await page.get_by_role("button", name="Send").click()
    await expect(page.locator("progress")).to_be_visible()
    run = server.app[keys.SIMULATING].of_bin(server.bin.id)[0]
    for _ in range(3):
        before = run.progress.sent
        while (shown := await _shown(page)) <= before:
            assert shown <= run.progress.sent
        assert shown <= run.progress.sent < 50_000
    await page.get_by_role("button", name="Stop").click()
    await expect(page.locator("[data-told]")).to_contain_text("Stopped: ")
    assert await _shown(page) == run.progress.sent
    await expect(page.get_by_role("button", name="Stop")).to_be_hidden()
    await page.get_by_role("link", name="Show the simulated requests").click()
    await expect(page).to_have_url(re.compile(r"\?q=is%3Asimulated$"))
    await expect(page.locator("[data-row]").first).to_contain_text("simulated")


async def test_attempts_come_one_below_the_other_each_once(server: Running, watched: Watched) -> None:
    page = watched.page
    await page.goto(f"{bin_page(server)}/simulate?count=60&rate=60")
    await page.get_by_role("button", name="Send").click()
    await expect(page.locator("[data-told]")).to_contain_text("Done: 60 messages, 60 requests")
    numbers = await page.locator("[data-run-rows] a").all_inner_texts()
    assert sorted(numbers, key=lambda text: int(text[1:])) == [f"#{n}" for n in range(1, 61)]
    await expect(page.locator("[data-say]")).to_contain_text("Done: 60 messages")


async def test_a_replay_shows_its_answer_in_place_and_remembers_the_address(chromium, make_settings) -> None:
    hostile = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<img src=x onerror=alert(1)><b>hi</b>"
    async with run_server(make_settings(allow_targets="127.0.0.0/8")) as server, listening(hostile) as handler:
        await post(server, "again", count=2)
        context = await chromium.new_context()
        await sign_in(context, server)
        watched = await watch(context)
        page = watched.page
        await page.goto(bin_page(server))
        await page.locator("#capture-1 .row").click()
        await page.locator(".tabs [data-tab=replay]").click()
        await page.get_by_label("Send this request again to").fill(handler.url + "/sms")
        await page.get_by_label("Include credentials").check()
        await page.get_by_role("button", name="Send", exact=True).click()
        await expect(page.locator("[data-attempts] tbody tr")).to_have_count(2)
        await expect(page.locator("[data-say]")).to_have_text("Response: 200")
        await expect(page.get_by_label("Include credentials")).to_be_checked()
        await page.get_by_text("Body", exact=True).click()
        await expect(page.get_by_label("Response body of attempt 1")).to_have_text(
            "<img src=x onerror=alert(1)><b>hi</b>"
        )
        await page.goto(f"{bin_page(server)}/captures/2?tab=replay")
        await expect(page.get_by_label("Send this request again to")).to_have_value(handler.url + "/sms")
        await context.close()
        assert watched.complaints == []
        assert len(handler.seen) == 1


async def test_a_run_is_followed_over_failures_of_a_proxy_or_the_server(server: Running, watched: Watched) -> None:
    page, failures, failed = watched.page, [500, 502, 503], asyncio.Event()
    await page.goto(f"{bin_page(server)}/simulate?count=50000&rate=50")
    await page.get_by_role("button", name="Send").click()
    await expect(page.locator("progress")).to_be_visible()

    async def fail(route: Route) -> None:
        if failures:
            return await route.fulfill(status=failures.pop())
        failed.set()
        return await route.continue_()

    await page.route("**/simulate/*?after=*", fail)
    await failed.wait()
    before = await _shown(page)
    await expect(page.get_by_role("button", name="Stop")).to_be_visible()
    await page.wait_for_function("(before) => document.querySelector('progress').value > before", arg=before)
    await page.get_by_role("button", name="Stop").click()
    await expect(page.locator("[data-told]")).to_contain_text("Stopped: ")
    # The browser logs each failure.
    assert len(watched.complaints) == 3
    watched.complaints.clear()


async def test_who_signed_out_in_another_tab_is_asked_to_sign_in_while_a_run_goes_on(
    server: Running, watched: Watched
) -> None:
    page = watched.page
    await page.goto(f"{bin_page(server)}/simulate?count=50000&rate=50")
    await page.get_by_role("button", name="Send").click()
    await expect(page.locator("progress")).to_be_visible()
    await page.context.clear_cookies()
    await expect(page).to_have_url(re.compile("/sign-in"))


async def test_on_plain_http_a_refused_form_is_previewed_as_the_first_one(server: Running, watched: Watched) -> None:
    page = watched.page
    # As under a name without TLS, where forms are sent by fetch and the page stays.
    await page.add_init_script("Object.defineProperty(window, 'isSecureContext', { value: false })")
    await page.goto(f"{bin_page(server)}/simulate")
    await page.evaluate("window.same = true")
    await page.locator("[name=count]").fill("abc")
    await page.get_by_role("button", name="Send").click()
    await expect(page.locator("form [role=alert]")).to_contain_text("Nothing was sent.")
    await page.locator("[name=count]").fill("3")
    await page.locator("[name=text]").fill("again")
    await expect(page.get_by_label("The first request")).to_contain_text("Text=again")
    await expect(page.get_by_role("button", name="Preview")).to_have_count(0)
    assert await page.evaluate("window.same")
    # The browser logs the refusal.
    assert len(watched.complaints) == 1
    watched.complaints.clear()


async def test_what_back_brings_back_is_previewed(server: Running, watched: Watched) -> None:
    page = watched.page
    await page.goto(f"{bin_page(server)}/simulate")
    await page.locator("[name=text]").fill("kept")
    await page.locator("[name=provider]").select_option("telnyx")
    await page.goto(f"{bin_page(server)}/settings")
    await page.go_back()
    await expect(page.locator("[name=text]")).to_have_value("kept")
    await expect(page.locator("[name=provider]")).to_have_value("telnyx")
    await expect(page.get_by_label("The first request")).to_contain_text('"text":"kept"')


async def test_a_page_that_is_opened_asks_for_no_preview(server: Running, watched: Watched) -> None:
    page = watched.page
    for path in ("simulate", "mapping", "answers"):
        await page.goto(f"{bin_page(server)}/{path}")
        await page.wait_for_load_state("networkidle")
    assert not [url for url in watched.requests if url.endswith("/preview") or "/simulate?" in url]


async def test_a_preview_that_does_not_come_is_told(server: Running, watched: Watched) -> None:
    page = watched.page
    await page.goto(f"{bin_page(server)}/simulate")
    await page.route("**/simulate?*", lambda route: route.fulfill(status=502))
    await page.locator("[name=text]").fill("lost")
    await expect(page.locator("[data-unreachable]")).to_contain_text("The preview is not up to date")
    # The browser logs the failure.
    assert len(watched.complaints) == 1
    watched.complaints.clear()
