"""Primary against fallback while it happens, and two requests picked by hand."""

import re
from datetime import timedelta

from playwright.async_api import expect

from app import clock
from app.domain.pairings.model import FALLBACK_WITHIN
from app.domain.roles import Role
from tests.conftest import Running
from tests.pairs import FAILED, HOLD, HUNG_UP, TAKEN, failed, hit, settle, taken, timed_out

from .conftest import PHONE, Watched, sign_in, watch
from .test_live_page import bin_page, post
from .test_messages import live


async def test_a_primary_that_fails_is_followed_to_its_fallback(server: Running, watched: Watched) -> None:
    page = watched.page
    await page.goto(f"{bin_page(server)}/compare")
    await live(page)
    n = await hit(server, Role.PRIMARY, None, at=clock.now(), fault=HOLD)
    row = page.locator("[data-rows] [data-row]")
    await expect(row).to_contain_text("waiting")
    await row.locator(".row").click()
    verdict = page.locator("[data-verdict]")
    await expect(verdict).to_contain_text("The primary has not answered yet.")
    assert page.url.endswith(f"/compare/{n}")
    await settle(server, n, HUNG_UP)
    await expect(verdict).to_contain_text("The primary failed, and no request has come to the fallback so far.")
    await hit(server, Role.FALLBACK, TAKEN, at=clock.now())
    await expect(verdict).to_contain_text("The primary timed out, the fallback accepted it.")
    await expect(page.locator("[data-say]")).to_contain_text("the fallback accepted it")
    await expect(row).to_have_count(1)
    await expect(row).to_contain_text("no response → F 200")
    await expect(page.locator("#views a", has_text="Fallback used")).to_have_text(re.compile(r"Fallback used\s*1"))


async def test_one_press_makes_the_primary_fail_and_the_pair_is_seen(server: Running, watched: Watched) -> None:
    page = watched.page
    await page.goto(f"{bin_page(server)}/compare")
    await live(page)
    await page.get_by_role("button", name="Answer 500 to the next 3 requests").click()
    await expect(page.locator("#faults")).to_contain_text("500")
    await expect(page).to_have_url(f"{bin_page(server)}/compare")
    data = {"From": "+14155550123", "To": "+19495550142", "Text": "is anybody there?", "MessageSid": "SM1"}
    for role, status in (("", 500), ("/fallback", 200)):
        async with server.client.post(server.capture_url + role, data=data) as answer:
            assert answer.status == status
    row = page.locator("[data-rows] [data-row]")
    await expect(row).to_contain_text("is anybody there?")
    await expect(row).to_contain_text("P 500 → F 200")
    await row.locator(".row").click()
    await expect(page.locator("[data-verdict]")).to_contain_text("The primary answered 500, the fallback accepted it.")
    await expect(page.locator(".diff").first).to_contain_text("fault “status 500”")


async def test_what_is_taken_by_the_primary_leaves_the_problems(server: Running, watched: Watched) -> None:
    page = watched.page
    await page.goto(f"{bin_page(server)}/compare")
    await live(page)
    rows = page.locator("[data-rows] [data-row]")
    n = await hit(server, Role.PRIMARY, None, at=clock.now())
    await expect(rows).to_have_count(1)
    await settle(server, n, TAKEN)
    await expect(rows).to_have_count(0)
    await expect(page.locator("[data-no-rows]")).to_be_visible()
    await page.locator("#views a", has_text="All pairs").click()
    await live(page)
    await taken(server, sid="second")
    await expect(rows).to_have_count(2)


async def test_what_is_unfolded_stays_so_and_the_report_is_copied(server: Running, watched: Watched) -> None:
    primary, _ = await failed(server)
    page = watched.page
    await page.goto(f"{bin_page(server)}/compare/{primary}")
    await live(page)
    await page.get_by_text("Raw bodies").click()
    await expect(page.get_by_label("Bodies line by line")).to_be_visible()
    await hit(server, Role.FALLBACK, FAILED, at=clock.now())
    await expect(page.get_by_text("All 3 requests")).to_be_visible()
    await expect(page.get_by_label("Bodies line by line")).to_be_visible()
    # Pages may write to the clipboard, never read it; so the test looks at what is written.
    await page.evaluate("navigator.clipboard.writeText = async (text) => { window.written = text; }")
    button = page.get_by_role("button", name="Copy report")
    await button.click()
    await expect(button).to_contain_text("Copied")
    text = await page.evaluate("window.written")
    assert text.startswith(f"## Primary #{primary} and fallback")
    assert server.bin.key not in text


async def test_two_rows_are_selected_and_compared_from_the_keyboard(server: Running, watched: Watched) -> None:
    await post(server, "row", count=3)
    page = watched.page
    await page.goto(bin_page(server))
    await page.locator("#capture-3 .row").focus()
    await page.keyboard.press("d")
    await expect(page.locator("[data-say]")).to_have_text("Select two requests with x first")
    bar = page.get_by_role("region", name="Selected requests")
    for selected in ("1 request selected", "2 requests selected", "3 requests selected"):
        await page.keyboard.press("x")
        await expect(bar).to_contain_text(selected)
        await expect(bar.get_by_role("link", name="Compare")).to_have_count(1 if "2" in selected else 0)
        if "3" not in selected:
            await page.keyboard.press("j")
    await page.keyboard.press("x")
    await page.keyboard.press("d")
    await expect(page).to_have_url(f"{bin_page(server)}/compare/2/3")
    await expect(page.locator("[data-verdict]")).to_contain_text("Two requests you picked")


async def test_a_selected_row_stays_selected_when_it_changes(server: Running, watched: Watched) -> None:
    n = await hit(server, Role.PRIMARY, None, at=clock.now())
    page = watched.page
    await page.goto(bin_page(server))
    await live(page)
    await page.locator(f"#capture-{n} .row").focus()
    await page.keyboard.press("x")
    await settle(server, n, TAKEN)
    await expect(page.locator(f"#capture-{n}")).to_contain_text("200 in 4 ms")
    await expect(page.locator(f"#capture-{n} .row")).to_have_class(re.compile("picked"))
    await page.get_by_role("button", name="Clear").click()
    await expect(page.locator(".picked")).to_have_count(0)


async def test_two_are_selected_by_touch(server: Running, chromium) -> None:
    await post(server, "row", count=2)
    context = await chromium.new_context(viewport=PHONE, has_touch=True)
    await sign_in(context, server)
    watched = await watch(context)
    page = watched.page
    await page.goto(bin_page(server))
    await page.locator("#capture-1 .row").tap()
    button = page.locator("[data-detail]").get_by_role("button", name="Select")
    await button.tap()
    await expect(button).to_have_attribute("aria-pressed", "true")
    await page.get_by_role("link", name="Back to the list").tap()
    # While requests are selected, a tap selects another one.
    await page.locator("#capture-2 .row").tap()
    await page.locator("[data-compare]").tap()
    await expect(page.locator("[data-verdict]")).to_contain_text("Two requests you picked")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert watched.complaints == []
    await context.close()


async def test_the_keyboard_goes_to_the_pairs_and_through_them(server: Running, watched: Watched) -> None:
    await timed_out(server, sid="a", text="older")
    await failed(server, sid="b", text="newer")
    page = watched.page
    await page.goto(bin_page(server))
    await page.locator("#capture-1 .row").focus()
    await page.keyboard.press("g")
    await page.keyboard.press("c")
    await expect(page).to_have_url(f"{bin_page(server)}/compare")
    await page.locator("[data-rows] .row").first.focus()
    await page.keyboard.press("Enter")
    await expect(page.locator(".sms-text")).to_have_text("newer")
    await page.locator("[data-rows] .row").first.focus()
    await page.keyboard.press("j")
    await expect(page.locator(".sms-text")).to_have_text("older")
    await page.keyboard.press("Escape")
    await expect(page.locator("[data-detail]")).to_be_hidden()
    await page.go_back()
    await expect(page.locator(".sms-text")).to_have_text("older")


async def test_a_fallback_that_never_came_turns_red_by_itself(server: Running, watched: Watched) -> None:
    page = watched.page
    await page.goto(f"{bin_page(server)}/compare")
    await live(page)
    # It is missed in four seconds, and marked a second later at most.
    n = await hit(server, Role.PRIMARY, FAILED, at=clock.now() - FALLBACK_WITHIN + timedelta(seconds=4))
    await page.locator("[data-rows] .row").click()
    await expect(page.locator("[data-verdict]")).to_contain_text("so far")
    await expect(page.locator("[data-verdict]")).not_to_contain_text("so far", timeout=20_000)
    assert page.url.endswith(f"/compare/{n}")


async def test_a_print_shows_no_capture_key(server: Running, watched: Watched) -> None:
    primary, _ = await timed_out(server)
    page = watched.page
    await page.goto(f"{bin_page(server)}/compare/{primary}")
    await page.emulate_media(media="print")
    shown = await page.evaluate("document.body.innerText")
    assert "The primary timed out" in shown
    assert "/fallback" in shown
    assert server.bin.key not in shown


async def test_a_fallback_that_comes_just_before_its_primary_contradicts_nothing(
    server: Running, watched: Watched
) -> None:
    page = watched.page
    await page.goto(f"{bin_page(server)}/compare?show=all")
    await live(page)
    now = clock.now()
    await hit(server, Role.FALLBACK, TAKEN, at=now)
    row = page.locator("[data-rows] [data-row]")
    await expect(row).to_contain_text("no primary")
    await hit(server, Role.PRIMARY, TAKEN, at=now + timedelta(milliseconds=1))
    await expect(row).not_to_contain_text("no primary")
    await expect(page.locator("#views")).to_contain_text("Fallback used0")
    pace = page.locator("#pace")
    await expect(pace).to_contain_text("the fallback accepted 1, 1 of them although the primary had not failed.")
    await expect(pace).not_to_contain_text("No fallback requests yet")
    assert await page.get_by_text("p50").count() == 0


async def test_a_button_fails_the_primary_once_and_follows_the_message(server: Running, watched: Watched) -> None:
    page = watched.page
    await page.goto(f"{bin_page(server)}/compare")
    await page.get_by_role("button", name="Fail the primary, watch the fallback").click()
    await expect(page.locator("#drill")).to_contain_text("Send an SMS to your number")
    sms = {"From": "+14155550123", "To": "+19495550142", "Text": "hi", "MessageSid": "SM1"}
    async with server.client.post(server.capture_url, data=sms) as answer:
        assert answer.status == 500
    async with server.client.post(f"{server.capture_url}/fallback", data=sms) as answer:
        assert answer.status == 200
    await expect(page.locator("#drill")).to_contain_text("Nothing lost")
