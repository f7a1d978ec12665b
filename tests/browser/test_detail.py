"""The open request and the open message: finding, folding, copying, by hand and by key."""

from playwright.async_api import Page, expect

from tests.conftest import Running

from .conftest import Watched
from .late import Late
from .test_live_page import bin_page


async def _open(server: Running, page: Page, body: object, query: str) -> None:
    # Pages may write to the clipboard, never read it; so the test looks at what is written.
    await page.add_init_script("Clipboard.prototype.writeText = async (text) => { window.copied = text; };")
    async with server.client.post(server.capture_url, json=body) as answer:
        assert answer.status == 200
    await server.settled(1)
    await page.goto(f"{bin_page(server)}/captures/1?{query}")


async def _clipboard(page: Page) -> str:
    return await page.evaluate("window.copied")


async def test_typing_finds_fields_at_once(server: Running, watched: Watched) -> None:
    page = watched.page
    await _open(server, page, {f"field{n}": f"value {n}" for n in range(800)}, "tab=fields")
    rows = page.locator("[data-found]:visible")
    assert await rows.count() == 800
    await page.get_by_placeholder("Find in names and values").fill("value 79")
    await expect(page.locator("[data-find-count]")).to_have_text("11 found")
    assert await rows.count() == 11
    await page.get_by_placeholder("Find in names and values").fill("")
    assert await rows.count() == 800


async def test_a_tree_opens_what_is_found_and_copies_a_path(server: Running, watched: Watched) -> None:
    page = watched.page
    await _open(server, page, {"a": {"b": {"c": {"d": {"needle": "in the hay"}}}}, "z": [1, 2]}, "tab=raw")
    await page.get_by_text("Tree", exact=True).click()
    leaf = page.locator(".leaf", has_text="in the hay")
    await expect(leaf).to_be_hidden()
    await page.get_by_placeholder("Find in names and values").fill("HAY")
    await expect(leaf).to_be_visible()
    assert await page.locator(".leaf:visible").count() == 1
    await page.get_by_role("button", name="Copy path a.b.c.d.needle").click()
    assert await _clipboard(page) == "a.b.c.d.needle"


async def test_y_copies_on_every_tab(server: Running, watched: Watched) -> None:
    page = watched.page
    await _open(server, page, {"a": "b"}, "tab=headers")
    await page.locator("[data-detail]").focus()
    await page.keyboard.press("y")
    await expect(page.locator("[data-say]")).to_contain_text("Copied: as curl")
    assert (await _clipboard(page)).startswith("curl ")


async def test_the_menu_copies_as_code(server: Running, watched: Watched) -> None:
    page = watched.page
    await _open(server, page, {"a": "b"}, "tab=raw")
    await page.get_by_role("button", name="Copy as code").click()
    await page.get_by_role("button", name="Copy as Python").click()
    await expect(page.locator("[data-say]")).to_contain_text("Copied: as Python")
    assert (await _clipboard(page)).startswith("import http.client")


async def test_the_response_of_a_replay_does_not_replace_what_was_opened_meanwhile(
    server: Running, watched: Watched
) -> None:
    page, late = watched.page, Late()
    for _ in range(2):
        await _open(server, page, {"a": "b"}, "tab=replay")
    await page.route("**/captures/1/replay", late.hold)
    await page.locator("[data-replay] [name=url]").fill("http://127.0.0.1:9/")
    async with page.expect_request("**/captures/1/replay"):
        await page.locator("[data-replay] [name=url]").press("Enter")
    await page.locator("#capture-2 .row").click()
    await expect(page.locator('[data-open="capture-2"]')).to_be_visible()
    late.released.set()
    await expect(page.get_by_role("alert")).to_have_text("Not sent: the form has errors.")
    watched.complaints[:] = [text for text in watched.complaints if "422" not in text]
    await expect(page.locator('[data-open="capture-2"]')).to_be_visible()


async def test_an_edit_is_shown_and_then_sent(server: Running, watched: Watched) -> None:
    page = watched.page
    await _open(server, page, {"id": "abc-1", "text": "hi"}, "tab=replay")
    await page.get_by_text("Edit before sending").click()
    await page.get_by_role("textbox", name="Body", exact=True).fill('{"text": "changed"}')
    await page.get_by_role("button", name="Show changes").click()
    await expect(page.locator("[data-changes]")).to_contain_text('{"text": "changed"}')
    await expect(page.locator("[data-say]")).to_contain_text("Changes shown")
    await expect(page.get_by_role("textbox", name="Body", exact=True)).to_have_value('{"text": "changed"}')
    assert await page.locator("[data-attempts] tbody tr").count() == 1
