"""Failing on purpose and answering otherwise, as somebody does it in a browser while another page is open."""

import asyncio
import re

import aiohttp
from playwright.async_api import Page, expect

from app import keys
from app.domain.roles import Role
from tests.conftest import Running

from .conftest import Watched, sign_in, watch
from .test_live_page import bin_page, post


async def heard(page: Page) -> None:
    """The page is live."""
    await expect(page.locator("[data-live-state]:visible b").first).to_have_text("Live")


async def hit(server: Running, status: int) -> None:
    """A provider that gets this."""
    async with server.client.post(server.capture_url, data={"Text": "hello"}) as answer:
        assert answer.status == status


async def test_a_fault_shows_on_another_open_page_and_goes_when_it_is_healed_there(
    server: Running, watched: Watched, context
) -> None:
    await post(server, "row")
    other = (await watch(context)).page
    await other.goto(bin_page(server))
    await heard(other)
    banner = other.get_by_role("region", name="Active faults")
    await expect(banner).to_be_hidden()
    page = watched.page
    await page.goto(bin_page(server) + "/faults")
    await page.get_by_role("button", name="Hold the next response for 16 s").click()
    await expect(banner).to_contain_text("Primary fault: hold 16 s for the next request. Stops within")
    await expect(page.locator("#faults-now")).to_contain_text("hold 16 s")
    await other.get_by_role("button", name="Stop failing now: primary").click()
    await expect(banner).to_be_hidden()
    await expect(page.locator("#faults-now")).not_to_contain_text("hold 16 s")
    assert other.url == bin_page(server)
    assert server.app[keys.FAULTS].of(server.bin.id, Role.PRIMARY) is None


async def test_every_page_hears_of_a_fault_that_is_set_while_it_is_open(server: Running, watched: Watched) -> None:
    async with server.client.patch(server.bin_api, json={"provider": "ytel"}):
        pass
    page = watched.page
    for path in ("", "/messages", "/conversations", "/settings", "/answers", "/faults", "/delete"):
        async with page.expect_websocket():
            await page.goto(bin_page(server) + path)
        async with server.client.put(f"{server.bin_api}/faults/status", json={"kind": "drop"}):
            pass
        await expect(page.locator("#faults")).to_contain_text("Status fault: drop the connection")
        async with server.client.delete(f"{server.bin_api}/faults/status"):
            pass
        await expect(page.locator("#faults")).to_be_hidden()


async def test_the_time_that_is_left_counts_down_and_the_hits_too(server: Running, watched: Watched) -> None:
    page = watched.page
    async with server.client.put(f"{server.bin_api}/faults/primary", json={"kind": "status", "count": 2}):
        pass
    await hit(server, 503)
    await page.goto(bin_page(server))
    left = page.locator("#faults time")
    first = await left.inner_text()
    await expect(left).not_to_have_text(first)
    await expect(page.locator("#faults")).to_contain_text("for the next request.")
    await expect(page.locator(".row-answer").first).to_have_text("503 (fault)")
    await hit(server, 503)
    await expect(page.locator("#faults")).to_be_hidden()


async def test_a_row_says_that_it_is_held_and_then_that_the_sender_left(server: Running, watched: Watched) -> None:
    page = watched.page
    await post(server, "first")
    await page.goto(bin_page(server))
    await heard(page)
    async with server.client.put(f"{server.bin_api}/faults/primary", json={"kind": "hold", "seconds": 60, "count": 1}):
        pass
    async with aiohttp.ClientSession() as sender:
        sending = asyncio.ensure_future(sender.post(server.capture_url, data={"Text": "hello"}))
        newest = page.locator("[data-row]").first
        await expect(newest).to_contain_text("holding (fault)…")
        await newest.locator(".row").click()
        await page.get_by_role("link", name="Response", exact=True).first.click()
        await expect(page.locator("[data-panel=answer]")).to_contain_text("Primary fault: hold 60 s")
        # A sender that closes at once may have closed only its own half of the connection, and is answered.
        await expect(newest).to_contain_text(re.compile("[1-9] s"))
        sending.cancel()
        await expect(newest).to_contain_text("held, disconnected at")
        await expect(page.locator("[data-panel=answer]")).to_contain_text("before a response was sent")


async def test_the_preview_follows_what_is_typed(server: Running, watched: Watched) -> None:
    await post(server, "STOP")
    page = watched.page
    await page.goto(bin_page(server) + "/answers")
    body, shown = page.get_by_label("Body"), page.get_by_label("The complete response")
    await body.fill("<Response><Sms>Got: {{text}}</Sms>")
    await expect(page.locator("#about-body")).to_contain_text("XML is not well formed")
    await expect(page.get_by_role("button", name="Save anyway")).to_be_visible()
    await body.press_sequentially("</Response>")
    await expect(page.locator("#about-body")).to_contain_text("Well-formed XML")
    await expect(shown).to_contain_text("<Response><Sms>Got: STOP")
    await expect(body).to_be_focused()
    await page.get_by_label("Status").fill("99")
    await expect(page.locator("#about-status")).to_have_text("Must be a whole number from 200 to 599.")
    assert not server.app[keys.ANSWERS].is_set(server.bin.id, Role.PRIMARY)


async def test_rules_are_made_by_keyboard_and_saved(server: Running, watched: Watched) -> None:
    page = watched.page
    await page.goto(bin_page(server) + "/answers")
    await page.get_by_role("button", name="Add rule").press("Enter")
    match = page.get_by_label("If the request matches")
    await expect(match).to_be_focused()
    await page.keyboard.type("text~stop")
    await page.get_by_label("Body").nth(1).fill("<Response></Response>")
    await page.get_by_role("button", name="Add header of rule 1").click()
    await expect(page.get_by_label("Name of header 2 of rule 1")).to_be_focused()
    await page.keyboard.type("X-Rule")
    await page.keyboard.press("Tab")
    await page.keyboard.type("one")
    await page.get_by_role("button", name="Add rule").click()
    await match.nth(1).fill("from:+1415*")
    await page.get_by_role("button", name="Move rule 2 up").click()
    await expect(match.first).to_have_value("from:+1415*")
    await page.get_by_role("button", name="Remove rule 1").click()
    await expect(match).to_have_count(1)
    await page.get_by_role("button", name="Save").click()
    await page.wait_for_url("**/answers?role=primary&saved")
    (rule,) = server.app[keys.ANSWERS].of(server.bin.id, Role.PRIMARY).rules
    assert rule.match == "text~stop"
    assert ("X-Rule", "one") in rule.answer.headers


async def test_a_draft_stays_when_a_proxy_cannot_reach_the_server(server: Running, watched: Watched) -> None:
    page = watched.page
    await page.goto(bin_page(server) + "/answers")
    body = page.get_by_label("Body")
    await body.fill("<Response>my draft</Response>")
    await page.route(
        "**/answers*",
        lambda route: route.fulfill(
            status=502, content_type="text/html", body="<html><body><main>502 Bad Gateway</main></body></html>"
        ),
    )
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator("[data-unreachable]")).to_contain_text("Cannot reach smsbin, nothing was changed.")
    await expect(body).to_have_value("<Response>my draft</Response>")
    await page.unroute("**/answers*")
    await page.get_by_role("button", name="Save").click()
    await page.wait_for_url("**/answers?role=primary&saved")
    watched.complaints[:] = [text for text in watched.complaints if "502" not in text]


async def test_what_is_wrong_is_summed_up_with_links_to_its_fields(server: Running, watched: Watched) -> None:
    page = watched.page
    await page.goto(bin_page(server) + "/answers")
    await page.get_by_label("Status").fill("1000")
    await page.get_by_label("Name of header 1").fill("Set-Cookie")
    await page.get_by_role("button", name="Save").click()
    alert = page.get_by_role("alert")
    await expect(alert).to_contain_text("2 errors to fix")
    await alert.get_by_role("link", name="Header 1").click()
    await expect(page.get_by_label("Name of header 1")).to_be_focused()
    watched.complaints = [one for one in watched.complaints if "422" not in one]


async def test_without_scripts_a_fault_is_set_told_and_healed(server: Running, chromium) -> None:
    context = await chromium.new_context(java_script_enabled=False)
    await sign_in(context, server)
    page = await context.new_page()
    await post(server, "row")
    await page.goto(bin_page(server) + "/faults?role=fallback")
    await page.get_by_role("radio", name="Drop the connection").check()
    await page.get_by_role("button", name="Start fault on fallback").click()
    await page.goto(bin_page(server) + "/messages")
    await expect(page.locator("#faults")).to_contain_text("Fallback fault: drop the connection for the next request")
    await page.get_by_role("button", name="Stop failing now: fallback").click()
    assert page.url == bin_page(server) + "/messages"
    await expect(page.locator("#faults")).to_be_hidden()
    await page.goto(bin_page(server) + "/answers")
    await page.get_by_label("Body").fill("OK")
    await page.get_by_label("Value of header 1").fill("text/plain")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("alert")).to_contain_text("Check these warnings")
    await page.get_by_role("button", name="Save anyway").click()
    await expect(page.locator("#draft-state")).to_contain_text("Saved")
    await context.close()
