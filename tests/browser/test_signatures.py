"""Signatures in a browser: a secret is entered, the verdict appears, and the box names the mistake of the code."""

from playwright.async_api import Browser, expect

from app import keys
from tests.conftest import Running
from tests.signed import FIELDS, SECRET, twilio_headers, twilio_signature

from .conftest import Watched, sign_in
from .test_live_page import bin_page


async def _send(server: Running) -> None:
    headers = twilio_headers(server.capture_url)
    async with server.client.post(server.capture_url, data=FIELDS, headers=headers) as answer:
        assert answer.status == 200
    await server.app[keys.STORE].get_bin(server.bin.id)


async def test_from_the_secret_to_the_mistake(server: Running, watched: Watched) -> None:
    await _send(server)
    page = watched.page
    await page.goto(f"{bin_page(server)}/captures/1?tab=signature")
    await expect(page.locator("[data-panel] .verdict")).to_contain_text("Cannot say")
    await page.get_by_role("link", name="Enter the secret").click()
    await page.locator("input[name=label]").fill("primary")
    await page.locator("[name=secret]").fill(SECRET)
    await page.get_by_role("button", name="Store").click()
    await expect(page.get_by_role("status").first).to_contain_text("Stored.")
    await page.goto(bin_page(server))
    row = page.locator("[data-row]").first
    await expect(row).to_contain_text("signed")
    await row.click()
    await page.locator(".tabs [data-tab=signature]").click()
    await expect(page.locator("[data-panel] .verdict")).to_contain_text("Genuine")
    box = page.get_by_label("Paste the signature that your code computed")
    await box.fill(twilio_signature(server.capture_url + "/"))
    await box.press("Enter")
    await expect(page.locator("[data-result]")).to_contain_text("slash")
    await expect(box).to_be_focused()
    # The list is still there: nothing was loaded again.
    await expect(row).to_be_visible()


async def test_all_of_it_works_without_scripts(server: Running, chromium: Browser) -> None:
    await _send(server)
    context = await chromium.new_context(java_script_enabled=False)
    await sign_in(context, server)
    page = await context.new_page()
    await page.goto(f"{bin_page(server)}/signatures")
    await page.locator("input[name=label]").fill("primary")
    await page.locator("[name=secret]").fill(SECRET)
    await page.get_by_role("button", name="Store").click()
    await expect(page.get_by_text("Stored.")).to_be_visible()
    await page.goto(f"{bin_page(server)}/captures/1?tab=signature")
    await page.locator("[name=pasted]").fill(twilio_signature(server.capture_url + "/"))
    await page.get_by_role("button", name="Explain").click()
    await expect(page.locator("[data-result]")).to_contain_text("slash")
    await page.goto(f"{bin_page(server)}/signatures")
    await page.get_by_role("button", name="Remove primary").click()
    await expect(page.get_by_text("There are none yet.")).to_be_visible()
    await context.close()
