"""Clicks while the server is stopped: the page says so, tries again, and shows what was asked for once it is back."""

from collections.abc import Callable
from typing import Any

from playwright.async_api import BrowserContext, Page, expect

from app.settings import Settings
from tests.conftest import Running, run_server

from .conftest import sign_in
from .test_live_page import bin_page, post

NOTICE = "[data-unreachable]"


def _errors_of(page: Page) -> list[str]:
    """What the scripts did not catch. That a connection was refused is logged by the browser itself."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda told: told.type == "error" and "ERR_" not in told.text and errors.append(told.text))
    return errors


async def _open(chromium: Any, server: Running) -> tuple[BrowserContext, Page, list[str]]:
    context = await chromium.new_context()
    context.set_default_timeout(15_000)
    await sign_in(context, server)
    page = await context.new_page()
    return context, page, _errors_of(page)


async def test_a_click_is_done_when_the_server_is_back(
    chromium: Any, make_settings: Callable[..., Settings], free_port: int
) -> None:
    async with run_server(make_settings(), port=free_port) as server:
        await post(server, "row", count=3)
        context, page, errors = await _open(chromium, server)
        await page.goto(f"{bin_page(server)}/captures/1")
        await expect(page.locator("[data-live-state] b").last).to_have_text("Live")
    for name in ("Headers", "Timing"):
        await page.locator(".tabs [data-tab]", has_text=name).first.click()
    await expect(page.locator(NOTICE)).to_have_text("Cannot reach smsbin, retrying…")
    await page.get_by_role("button", name="Switch bin").click()
    await page.keyboard.press("Escape")
    await page.locator("#capture-2 .row").click()
    assert await page.locator(NOTICE).count() == 1
    async with run_server(make_settings(), port=free_port):
        await expect(page.locator("[data-detail] [data-open]")).to_have_attribute("data-open", "capture-2")
        await expect(page.locator(NOTICE)).to_have_count(0)
    await context.close()
    assert errors == []


async def test_what_is_not_tried_again_says_so(
    chromium: Any, make_settings: Callable[..., Settings], free_port: int
) -> None:
    async with run_server(make_settings(), port=free_port) as server:
        await post(server, "row")
        fault = {"kind": "status", "status": 500, "count": 2}
        async with server.client.put(f"{server.bin_api}/faults/primary", json=fault):
            pass
        context, page, errors = await _open(chromium, server)
        await page.goto(f"{bin_page(server)}/captures/1?tab=replay")
        await expect(page.locator("[data-live-state] b").last).to_have_text("Live")
    await page.get_by_role("button", name="Stop failing now").first.click()
    await expect(page.locator(NOTICE)).to_contain_text("nothing was changed")
    await page.locator("[data-replay] [name=url]").fill("http://127.0.0.1:9/")
    await page.locator("[data-replay] button").first.click()
    await expect(page.locator(NOTICE)).to_contain_text("nothing was sent")
    await context.close()
    assert errors == []


async def test_pages_that_ask_by_themselves_stay_silent_and_go_on(
    chromium: Any, make_settings: Callable[..., Settings], free_port: int
) -> None:
    async with run_server(make_settings(), port=free_port) as server:
        await post(server, "row")
        context, page, errors = await _open(chromium, server)
        await page.goto(f"{bin_page(server)}/setup")
        await expect(page.locator("#step-callback")).to_contain_text("No status callback")
    await expect(page.locator("[data-live-state] b").last).to_have_text("Reconnecting")
    async with run_server(make_settings(), port=free_port) as server:
        async with server.client.post(server.capture_url + "/status", data={"MessageSid": "SM1"}):
            pass
        await expect(page.locator("#step-callback")).to_contain_text("#2")
    await context.close()
    assert errors == []


async def test_what_was_closed_while_the_server_is_down_does_not_open_again(
    chromium: Any, make_settings: Callable[..., Settings], free_port: int
) -> None:
    async with run_server(make_settings(), port=free_port) as server:
        await post(server, "row", count=2)
        context, page, errors = await _open(chromium, server)
        await page.goto(f"{bin_page(server)}/captures/1")
        await expect(page.locator("[data-live-state] b").last).to_have_text("Live")
    await page.locator("#capture-2 .row").click()
    await expect(page.locator(NOTICE)).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.locator(NOTICE)).to_have_count(0)
    async with run_server(make_settings(), port=free_port):
        await expect(page.locator("[data-live-state] b").last).to_have_text("Live")
        await expect(page.locator("[data-detail]")).to_be_hidden()
    await context.close()
    assert errors == []


async def test_no_page_has_an_error_while_the_server_is_down(
    chromium: Any, make_settings: Callable[..., Settings], free_port: int
) -> None:
    paths = (
        "",
        "/captures/1",
        "/messages",
        "/conversations",
        "/compare",
        "/simulate",
        "/settings",
        "/faults",
        "/drills",
    )
    pages = []
    async with run_server(make_settings(), port=free_port) as server:
        await post(server, "row")
        context, page, errors = await _open(chromium, server)
        await page.goto(f"{server.url}/")
        for path in paths:
            page = await context.new_page()
            errors_of_page = _errors_of(page)
            await page.goto(bin_page(server) + path)
            await page.keyboard.press("Control+k")
            await expect(page.get_by_role("combobox", name="Go to")).to_be_focused()
            pages.append((page, errors_of_page))
    for page, found in pages:
        await page.keyboard.type("set")
        await expect(page.get_by_role("dialog", name="Go to")).to_contain_text("Cannot reach smsbin")
        if await page.locator("[data-live-state]").count():
            await expect(page.locator("[data-live-state] b").last).to_have_text("Reconnecting")
        errors += found
    await context.close()
    assert errors == []
