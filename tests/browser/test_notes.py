"""The note of the open request: what is being written stays, whatever happens around it meanwhile."""

import asyncio

import aiohttp
from playwright.async_api import Locator, Page, expect

from tests.conftest import Running

from .conftest import Watched
from .late import Late
from .test_list_window import is_live
from .test_live_page import bin_page, post


def _note(page: Page) -> Locator:
    return page.locator("#annotation textarea")


async def _begin(page: Page, text: str) -> None:
    """Type into the note of the open request."""
    await page.get_by_text("Add a note or tags").click()
    await _note(page).click()
    await page.keyboard.type(text)


async def _goes_on(page: Page, text: str) -> None:
    """The caret is still behind the text."""
    await expect(_note(page)).to_be_focused()
    await page.keyboard.type(" Next line.")
    await expect(_note(page)).to_have_value(f"{text} Next line.")


async def _annotate(server: Running, values: dict[str, object]) -> None:
    async with server.client.post(f"{server.bin_api}/captures/annotate", json={"numbers": [1], **values}) as answer:
        assert answer.status == 200


async def _open(server: Running, page: Page, query: str = "") -> None:
    await post(server, "row")
    await server.settled(1)
    await page.goto(f"{bin_page(server)}/captures/1{query}")
    await is_live(page)


async def test_a_note_stays_when_the_outcome_becomes_known(server: Running, watched: Watched) -> None:
    page = watched.page
    async with server.client.put(f"{server.bin_api}/faults/primary", json={"kind": "hold", "seconds": 60, "count": 1}):
        pass
    async with aiohttp.ClientSession() as sender:
        sending = asyncio.ensure_future(sender.post(server.capture_url, data={"Text": "hello"}))
        await page.goto(bin_page(server))
        await page.locator("#capture-1 .row").click()
        await expect(page.locator("[data-detail] [data-waiting]")).to_have_count(1)
        await _begin(page, "Called back.")
        sending.cancel()
        await expect(page.locator("[data-detail] [data-waiting]")).to_have_count(0)
    await _goes_on(page, "Called back.")


async def test_the_pin_beside_a_note_leaves_it_as_it_is(server: Running, watched: Watched) -> None:
    page = watched.page
    await _open(server, page)
    await _begin(page, "Called back.")
    await page.get_by_role("button", name="Pin", exact=True).click()
    await expect(page.get_by_role("button", name="Pinned")).to_be_focused()
    await expect(_note(page)).to_have_value("Called back.")
    await _note(page).focus()
    await _goes_on(page, "Called back.")


async def test_a_change_by_somebody_else_takes_neither_the_caret_nor_the_note(
    server: Running, watched: Watched
) -> None:
    page = watched.page
    await _open(server, page)
    await _begin(page, "")
    await _annotate(server, {"pinned": True})
    await expect(page.get_by_role("button", name="Pinned")).to_be_visible()
    await page.keyboard.type("Called back.")
    await _annotate(server, {"add": ["late"]})
    await expect(page.locator("#annotation .tag")).to_have_text(["late"])
    await _goes_on(page, "Called back.")
    # The tag is in the form, too, so that saving the note does not remove it.
    await expect(page.locator("#annotation [name=tags]")).to_have_value("late")


async def test_what_is_typed_while_a_note_is_being_saved_is_kept(server: Running, watched: Watched) -> None:
    page, late = watched.page, Late()
    await _open(server, page)
    await page.route("**/captures/1/annotation", late.delay)
    await _begin(page, "Called back.")
    await page.get_by_role("button", name="Save").click()
    await late.read.wait()
    await _note(page).press_sequentially(" Ticket 4711.")
    late.released.set()
    await expect(page.locator("[data-say]")).to_have_text("Saved")
    await expect(page.locator("#annotation .note")).to_have_text("Called back.")
    await _goes_on(page, "Called back. Ticket 4711.")
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator("#annotation .note")).to_have_text("Called back. Ticket 4711. Next line.")
    await expect(page.locator("#annotation summary")).to_be_focused()
    await expect(_note(page)).to_be_hidden()


async def test_what_is_typed_while_tags_are_being_refused_is_kept(server: Running, watched: Watched) -> None:
    page, late = watched.page, Late()
    await _open(server, page)
    await page.route("**/captures/1/annotation", late.delay, times=1)
    await _begin(page, "Called back.")
    await page.locator("#annotation [name=tags]").fill("no!good")
    await page.get_by_role("button", name="Save").click()
    await late.read.wait()
    await _note(page).press_sequentially(" Ticket 4711.")
    late.released.set()
    await expect(page.locator("#annotation [role=alert]")).to_contain_text("“no!good”")
    await expect(page.locator("#annotation [name=tags]")).to_be_focused()
    watched.complaints[:] = [text for text in watched.complaints if "422" not in text]
    # Neither the problem nor what was refused is lost.
    await _annotate(server, {"pinned": True})
    await expect(page.get_by_role("button", name="Pinned")).to_be_visible()
    await expect(page.locator("#annotation [role=alert]")).to_contain_text("“no!good”")
    await expect(_note(page)).to_have_value("Called back. Ticket 4711.")


async def test_a_note_stays_when_a_replay_is_answered_and_when_the_tab_changes(
    server: Running, watched: Watched
) -> None:
    page, late = watched.page, Late()
    await _open(server, page, "?tab=replay")
    await page.route("**/captures/1/replay", late.delay)
    await page.locator("[data-replay] [name=url]").fill("http://127.0.0.1:9/")
    await page.locator("[data-replay] [name=url]").press("Enter")
    await late.read.wait()
    await _begin(page, "Called back.")
    late.released.set()
    await expect(page.locator("#url-problem")).to_be_visible()
    await _goes_on(page, "Called back.")
    watched.complaints[:] = [text for text in watched.complaints if "422" not in text]
    await page.get_by_role("link", name="Headers", exact=False).first.click()
    await expect(page.locator('[data-panel="headers"]')).to_be_visible()
    await expect(_note(page)).to_have_value("Called back. Next line.")
