"""A token is made on the page and shown once. Who signs in with it may only read, and sees so, until it is revoked."""

from playwright.async_api import Browser, expect

from app import keys
from app.services.tokens import PREFIX
from tests.conftest import Running

from .conftest import WIDE, Watched, watch
from .test_list_window import is_live
from .test_live_page import bin_page, post


async def test_a_reader_sees_what_there_is_and_can_change_nothing(
    server: Running, watched: Watched, chromium: Browser
) -> None:
    page = watched.page
    await post(server, "hello reader")
    await page.goto(f"{server.url}/settings/tokens")
    await page.get_by_label("Name").fill("Support desk")
    await page.get_by_label("Only these").check()
    await page.get_by_label(server.bin.name).check()
    await page.get_by_role("button", name="Create token").click()
    await expect(page.get_by_role("status").filter(has_text="Support desk")).to_be_visible()
    text = await page.locator("code.secret").inner_text()
    assert text.startswith(PREFIX)
    context = await chromium.new_context(viewport=WIDE)
    reader = await watch(context)
    await reader.page.goto(f"{server.url}/sign-in?next=/bins/{server.bin.id}/captures/1")
    await reader.page.get_by_label("Access token").fill(text)
    await reader.page.get_by_role("button", name="Sign in").click()
    await expect(reader.page.get_by_text("Read only with “Support desk”")).to_be_visible()
    await expect(reader.page.locator(".sms")).to_contain_text("hello reader")
    for name in ("Delete", "Pin"):
        await expect(reader.page.get_by_role("button", name=name)).to_have_count(0)
    await reader.page.goto(bin_page(server) + "/settings")
    await expect(reader.page.get_by_label("Name")).to_be_disabled()
    await expect(reader.page.get_by_label("Name")).to_have_value(server.bin.name)
    await expect(reader.page.get_by_role("button", name="Save")).to_have_count(0)
    await reader.page.goto(bin_page(server))
    await is_live(reader.page)
    # The same of a request that is opened from the list.
    await reader.page.locator("#capture-1 .row").click()
    await expect(reader.page.locator("#annotation")).to_have_count(1)
    await expect(reader.page.locator("#annotation summary")).to_be_hidden()
    await reader.page.get_by_role("link", name="Replay").first.click()
    await expect(reader.page.locator("[data-replay] [name=url]")).to_be_disabled()
    await reader.page.locator("[data-detail]").press("p")
    await expect(reader.page.locator("[data-unreachable]")).to_have_text("Not pinned: you may only read here.")
    reader.complaints[:] = [text for text in reader.complaints if "403" not in text]
    (token,) = server.app[keys.ACCESS].tokens.all
    await server.app[keys.ACCESS].revoke(token.id)
    # The open page notices by itself.
    await expect(reader.page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert reader.complaints == []
    await context.close()
