"""Many requests at once, and what a user writes about them."""

import json

from playwright.async_api import expect

from app import keys
from tests.conftest import Running

from .conftest import PHONE, Watched, sign_in, watch
from .late import Late
from .listing import fill
from .test_filter import apply, shows
from .test_list_window import is_live
from .test_live_page import bin_page, post


async def _pinned(server: Running, q: str) -> int:
    async with server.client.get(f"{server.bin_api}/captures/count", params={"q": q}) as answer:
        return (await answer.json())["count"]


async def test_requests_are_selected_one_by_one_in_ranges_and_all(server: Running, watched: Watched) -> None:
    await fill(server, 250)
    page = watched.page
    await page.goto(bin_page(server))
    await is_live(page)
    bar = page.get_by_role("region", name="Selected requests")
    say = bar.locator("[data-selection-say]")
    await expect(bar).to_be_hidden()
    # By the box, to another box, by the key, and by Shift and the key.
    await page.locator("#capture-250 .pick").click()
    await page.locator("#capture-245 .pick").click(modifiers=["Shift"])
    await expect(say).to_have_text("6 requests selected")
    await page.locator("#capture-240 .row").focus()
    await page.keyboard.press("x")
    await page.locator("#capture-238 .row").focus()
    await page.keyboard.press("Shift+X")
    await expect(say).to_have_text("9 requests selected")
    assert page.url == bin_page(server)
    # What arrives is held, and what is scrolled out of the page stays selected.
    await post(server, "while selecting")
    await expect(page.locator("[data-held]")).to_contain_text("1 new request")
    await page.evaluate("document.dispatchEvent(new CustomEvent('smsbin:go', { detail: 'oldest', cancelable: true }))")
    await expect(page.locator("#capture-1")).to_be_visible()
    await expect(page.locator("#capture-250")).to_have_count(0)
    await expect(say).to_have_text("9 requests selected")
    await bar.get_by_role("button", name="Export").click()
    async with page.expect_download() as download:
        await page.get_by_role("link", name="JSON Lines").and_(page.locator("[data-export]")).click()
    lines = (await (await download.value).path()).read_text().splitlines()
    assert [json.loads(line)["n"] for line in lines] == [238, 239, 240, 245, 246, 247, 248, 249, 250]
    await page.keyboard.press("Escape")
    await page.locator("#capture-1 .row").focus()
    await page.keyboard.press("Escape")
    await expect(bar).to_be_hidden()
    await expect(page.locator(".pick:checked")).to_have_count(0)
    # All that match, without one; the one that arrived does not match.
    await page.goto(f"{bin_page(server)}?q=text~even")
    await page.locator("#capture-250 .pick").click()
    await bar.get_by_role("button", name="Select all 125 that match").click()
    await expect(say).to_have_text("125 requests selected")
    await page.locator("#capture-248 .pick").click()
    await expect(say).to_have_text("124 requests selected")
    await bar.get_by_role("button", name="Tag…").click()
    await bar.locator("[name=tags]").fill("Late, even")
    await page.get_by_role("button", name="Add", exact=True).click()
    await expect(bar).to_contain_text("Tagged 124 requests")
    await expect(page.locator("#capture-250 .tag")).to_have_text(["even", "late"])
    await expect(page.locator("#capture-248 .tag")).to_have_count(0)
    assert await _pinned(server, "tag:late text~even") == 124
    await bar.get_by_role("button", name="Pin", exact=True).click()
    await expect(bar).to_contain_text("Pinned 124 requests")
    await expect(page.locator("#capture-250 [data-pinned]")).to_have_count(1)
    await expect(bar.get_by_role("button", name="Unpin")).to_be_visible()


async def test_all_that_match_an_earlier_filter_are_not_selected_late(server: Running, watched: Watched) -> None:
    await fill(server, 10)
    page, late = watched.page, Late()
    await page.goto(f"{bin_page(server)}?q=text~even")
    await is_live(page)
    await page.evaluate("window.loaded = true")
    bar = page.get_by_role("region", name="Selected requests")
    await page.locator("#capture-10 .pick").click()
    await page.route("**/captures/count?**", late.delay)
    await bar.get_by_role("button", name="Select all 5 that match").click()
    await late.read.wait()
    await apply(page, "")
    await shows(page, range(10, 0, -1))
    await expect(bar).to_be_hidden()
    late.released.set()
    # When the answer has been handled, the button can be used again.
    await expect(page.locator("[data-select-all]")).to_be_enabled()
    await expect(page.locator(".pick:checked")).to_have_count(0)
    await expect(bar).to_be_hidden()


async def test_all_that_match_are_deleted_after_time_to_undo(server: Running, watched: Watched, monkeypatch) -> None:
    monkeypatch.setattr("app.services.selections.AT_ONCE", 50)
    await fill(server, 120)
    page = watched.page
    await page.clock.install()
    await page.goto(f"{bin_page(server)}?q=text~odd")
    bar = page.get_by_role("region", name="Selected requests")
    line = page.locator("[data-undo-place] li")

    async def delete() -> None:
        await page.locator("#capture-119 .pick").click()
        await bar.get_by_role("button", name="Select all 60 that match").click()
        await expect(bar).to_contain_text("60 requests selected")
        await bar.get_by_role("button", name="Delete").click()
        await expect(line).to_contain_text("Deleted 60 requests.")
        await expect(page.locator("[data-rows] [data-n]:not([hidden])")).to_have_count(0)
        await expect(bar).to_be_hidden()

    await delete()
    await line.get_by_role("button", name="Undo").click()
    await expect(page.locator("#capture-119")).to_be_visible()
    assert not [url for url in watched.requests if url.endswith("/captures/delete")]
    await delete()
    # What matches and arrives later stays.
    await server.app[keys.STORE].get_bin(server.bin.id)
    await post(server, "odd and late")
    await page.clock.fast_forward(11_000)
    await expect(line).to_have_count(0)
    assert len([url for url in watched.requests if url.endswith("/captures/delete")]) > 1
    assert [item["n"] for item in await server.captures()] == [*range(2, 121, 2), 121]
    await expect(page.locator("[data-rows] [data-n]:not([hidden])")).to_have_count(1)
    # Leaving the page deletes what was held.
    await page.goto(bin_page(server))
    await page.locator("#capture-120 .pick").click()
    await page.locator("#capture-110 .pick").click(modifiers=["Shift"])
    await bar.get_by_role("button", name="Delete").click()
    await expect(line).to_contain_text("Deleted 6 requests.")
    await page.goto("about:blank")

    async def is_done() -> bool:
        return len(await server.captures()) == 55

    await server.until(is_done)


async def test_a_request_that_is_pinned_while_it_is_opened_is_shown_as_pinned(
    server: Running, watched: Watched
) -> None:
    await post(server, "row", count=2)
    page, late = watched.page, Late()
    await page.goto(bin_page(server))
    await is_live(page)
    await page.route("**/captures/2", late.delay, times=1)
    await page.locator("#capture-2 .row").click()
    await late.read.wait()
    async with server.client.put(f"{server.bin_api}/captures/2/annotation", json={"pinned": True}) as answer:
        assert answer.status == 200
    await expect(page.locator("#capture-2 [data-pinned]")).to_have_count(1)
    late.released.set()
    await expect(page.locator("#annotation")).to_have_attribute("data-pinned", "1")


async def test_a_note_that_is_saved_after_its_pane_was_left_is_confirmed(server: Running, watched: Watched) -> None:
    await post(server, "row", count=2)
    page, late = watched.page, Late()
    await page.goto(f"{bin_page(server)}/captures/2")
    await is_live(page)
    await page.route("**/captures/2/annotation", late.hold)
    await page.get_by_text("Add a note or tags").click()
    await page.get_by_label("Note", exact=True).fill("Called back.")
    async with page.expect_request("**/captures/2/annotation"):
        await page.get_by_role("button", name="Save").click()
    await page.get_by_role("link", name="Close", exact=True).click()
    await expect(page).to_have_url(bin_page(server))
    late.released.set()
    await expect(page.locator("[data-say]")).to_have_text("Saved")
    assert (await server.capture(2))["note"] == "Called back."


async def test_pin_note_and_tags_are_changed_in_place_and_other_tabs_follow(server: Running, watched: Watched) -> None:
    await post(server, "row", count=3)
    page = watched.page
    other = (await watch(page.context)).page
    await other.goto(f"{bin_page(server)}/captures/2")
    await is_live(other)
    await page.goto(bin_page(server))
    await is_live(page)
    await page.locator("#capture-2 .row").focus()
    await page.keyboard.press("p")
    await expect(page.locator("#capture-2 [data-pinned]")).to_have_count(1)
    await expect(other.locator("#annotation")).to_have_attribute("data-pinned", "1")
    await page.keyboard.press("Enter")
    await page.get_by_text("Add a note or tags").click()
    await page.get_by_label("Note", exact=True).fill("Called back.\nTicket 4711")
    await page.locator("#annotation [name=tags]").fill("late, no!good")
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator("#annotation [role=alert]")).to_contain_text("“no!good”: a tag has letters")
    watched.complaints[:] = [text for text in watched.complaints if "422" not in text]
    await page.locator("#annotation [name=tags]").fill("late, good")
    await page.get_by_role("button", name="Save").click()
    for each in (page, other):
        await expect(each.locator("#annotation .note")).to_have_text("Called back.\nTicket 4711")
        await expect(each.locator("#annotation .tag")).to_have_text(["good", "late"])
        await expect(each.locator("#capture-2 .tag")).to_have_text(["good", "late"])
    await expect(page.locator("#annotation summary")).to_be_focused()
    assert page.url == f"{bin_page(server)}/captures/2"
    await page.locator("#annotation").get_by_role("button", name="Pinned").click()
    await expect(page.locator("#annotation").get_by_role("button", name="Pin", exact=True)).to_be_focused()
    await expect(other.locator("#capture-2 [data-pinned]")).to_have_count(0)


async def test_on_a_phone_a_button_begins_the_selection(server: Running, chromium) -> None:
    await post(server, "row", count=3)
    context = await chromium.new_context(viewport=PHONE, has_touch=True)
    await sign_in(context, server)
    watched = await watch(context)
    page = watched.page
    await page.goto(bin_page(server))
    await expect(page.locator("#capture-3 .pick")).to_be_hidden()
    await page.get_by_role("button", name="Select", exact=True).tap()
    bar = page.get_by_role("region", name="Selected requests")
    for n in (3, 1):
        await page.locator(f"#capture-{n} .row").tap()
    await expect(bar).to_contain_text("2 requests selected")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await bar.get_by_role("button", name="Clear").tap()
    await expect(bar).to_be_hidden()
    await page.locator("#capture-1 .row").tap()
    await expect(page.locator("[data-open='capture-1']")).to_be_visible()
    assert watched.complaints == []
    await context.close()
