"""What a visitor without a token sees of a share."""

from playwright.async_api import Browser, expect

from tests.conftest import Running
from tests.web.shares.conftest import make_share

from .conftest import WIDE, watch
from .test_live_page import post


async def test_a_shared_list_is_live_without_a_cookie_and_ends_when_it_is_revoked(
    chromium: Browser, server: Running
) -> None:
    share = await make_share(server, q="kind:inbound")
    context = await chromium.new_context(viewport=WIDE)
    try:
        watched = await watch(context)
        page = watched.page
        await page.goto(share["url"])
        await expect(page.locator("[data-live-state]")).to_contain_text("Live")
        await post(server, "Your code is 482913")
        await expect(page.locator("[data-row]")).to_contain_text("Your code is ••••••")
        assert await context.cookies() == []
        await page.locator("[data-row] a").click()
        await expect(page.get_by_role("heading", name="Request #1")).to_be_visible()
        assert watched.complaints == []
        async with server.client.delete(f"{server.bin_api}/shares/{share['id']}") as answer:
            assert answer.status == 204
        await expect(page.get_by_role("heading", name="No longer there")).to_be_visible()
    finally:
        await context.close()
