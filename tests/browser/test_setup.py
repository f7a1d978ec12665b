"""Setting up a bin: the page follows what arrives, without a reload."""

from playwright.async_api import expect

from app import keys
from tests.conftest import Running

from .conftest import Watched
from .test_live_page import bin_page

OUTSIDE = {"X-Forwarded-For": "54.172.60.1"}


async def test_the_steps_are_ticked_while_the_page_is_open(server: Running, watched: Watched) -> None:
    page = watched.page
    await page.goto(f"{bin_page(server)}/setup")
    await expect(page.locator("#step-request")).to_contain_text("No request received yet")
    await page.evaluate("window.same = true")
    copy = page.get_by_role("button", name="Copy primary URL", exact=True).last
    await copy.focus()
    async with server.client.post(server.capture_url, data={"Text": "hi"}, headers=OUTSIDE):
        pass
    await expect(page.locator("#step-request.ok")).to_contain_text("#1")
    await expect(page.locator("#reach")).to_contain_text("Answered from outside")
    await expect(page.locator("#done")).to_have_text("1 of 3 steps done")
    await expect(copy).to_be_focused()
    assert await page.evaluate("window.same"), "the page was loaded again"
    async with server.client.post(server.capture_url + "/status", data={"MessageSid": "SM1"}, headers=OUTSIDE):
        pass
    await expect(page.locator("#step-callback.ok")).to_contain_text("#2")


async def test_the_page_is_in_the_navigation_and_two_keys_away(server: Running, watched: Watched) -> None:
    page = watched.page
    await page.goto(f"{bin_page(server)}/messages")
    await page.get_by_role("link", name="Set up").first.click()
    await expect(page.get_by_role("heading", name="Set up")).to_be_visible()
    await page.goto(f"{bin_page(server)}/messages")
    await page.keyboard.press("g")
    await page.keyboard.press("u")
    await expect(page.get_by_role("heading", name="Set up")).to_be_visible()


async def test_the_sign_in_link_leads_to_the_first_steps_of_an_empty_bin(server: Running, watched: Watched) -> None:
    page = watched.page
    await page.context.clear_cookies()
    link = f"{server.url}/sign-in#code={server.app[keys.ACCESS].codes.make()}"
    await page.goto(link)
    await expect(page.get_by_role("heading", name="Waiting for the first request")).to_be_visible()
    await expect(page.get_by_role("img", name=f"QR code: {bin_page(server)}")).to_be_visible()
    # A connection that is being opened without the cookie would be refused.
    await expect(page.locator("[data-live-state] b").last).to_have_text("Live")
    await page.context.clear_cookies()
    await page.goto(link)
    await expect(page.get_by_role("alert")).to_contain_text("This link was used already")
    assert page.url == f"{server.url}/sign-in"
    watched.complaints = [one for one in watched.complaints if "401" not in one]


async def test_a_finished_drill_says_its_result_without_a_reload(server: Running, watched: Watched) -> None:
    page = watched.page
    await page.goto(f"{bin_page(server)}/setup")
    await page.get_by_role("button", name="Fail the primary, watch the fallback").click()
    await expect(page.locator("#drill")).to_contain_text("Send an SMS to your number")
    lists = await page.context.new_page()
    await lists.goto(f"{bin_page(server)}/drills")
    await expect(lists.locator("#cards")).to_contain_text("running")
    await page.get_by_role("button", name="Copy report").focus()
    sms = {"From": "+14155550123", "To": "+19495550142", "Text": "hi", "MessageSid": "SM1"}
    for path in ("", "/fallback"):
        async with server.client.post(server.capture_url + path, data=sms):
            pass
    for shown in (page.locator("#drill"), lists.locator("#cards")):
        await expect(shown).to_contain_text("Nothing lost")
        await expect(shown).to_contain_text("done")
    await expect(page.get_by_role("button", name="Stop the drill")).to_have_count(0)
    assert await lists.locator("[data-again]").count() == 0


async def test_back_shows_the_provider_of_the_page(server: Running, watched: Watched) -> None:
    page = watched.page
    await page.goto(f"{bin_page(server)}/setup")
    choice = page.locator("[data-go-on-change]")
    first = await choice.input_value()
    await choice.select_option("twilio")
    await page.wait_for_url("**provider=twilio")
    assert first != "twilio"
    await page.go_back()
    await page.wait_for_url("**/setup")
    await expect(page.locator("[data-go-button]")).to_be_hidden()
    await expect(choice).to_have_value(first)
