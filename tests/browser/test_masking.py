"""Masked values in a browser: a click loads them, and a row that arrives is masked."""

from playwright.async_api import expect

from app import keys
from app.domain.privacy import Privacy
from tests.conftest import Running

from .conftest import Watched
from .test_live_page import bin_page

FORM = {"MessageSid": "SM1", "From": "+12065550148", "To": "+13125550199", "Text": "code 482913"}


async def test_a_click_shows_the_values_of_one_request_and_the_list_stays_masked(
    server: Running, watched: Watched
) -> None:
    page = watched.page
    await server.app[keys.PRIVACY].set(server.bin.id, Privacy(mask=True))
    async with server.client.post(server.capture_url, data=FORM, headers={"Authorization": "Bearer opensesame"}):
        pass
    await server.settled(1)
    await page.goto(bin_page(server))
    row = page.locator("[data-rows] .row").first
    await expect(row).to_contain_text("code ••••••")
    async with server.client.post(server.capture_url, data=FORM | {"MessageSid": "SM2", "Text": "pin 5577"}):
        pass
    await expect(page.locator("#capture-2")).to_contain_text("pin ••••")
    await page.locator("#capture-1 .row").click()
    pane = page.locator("[data-detail]")
    await expect(pane.locator(".sms-text")).to_contain_text("code ••••••")
    await pane.get_by_role("link", name="Show masked values").click()
    await expect(pane.locator(".sms-text")).to_contain_text("code 482913")
    await pane.get_by_role("navigation", name="Request").get_by_role("link", name="Headers").click()
    await expect(pane.get_by_text("Bearer opensesame")).to_be_visible()
    await expect(page.locator("#capture-1")).to_contain_text("code ••••••")
    await page.goto(f"{bin_page(server)}/captures/1?tab=headers")
    await pane.get_by_role("link", name="Show Authorization").click()
    await expect(pane.get_by_text("Bearer opensesame")).to_be_visible()
