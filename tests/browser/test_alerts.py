"""Alerts: the form, the notice on an open page, and notifications of the browser."""

from playwright.async_api import expect

from tests.conftest import Running

from .conftest import Watched

# A browser without a window never allows notifications, so this class is used instead. Permission and notifications are
# kept over all pages, and the document has them where a test can wait for them.
RECORD = """
window.Notification = class {
  static get permission() { return localStorage.getItem("permission") ?? "default"; }
  static async requestPermission() { localStorage.setItem("permission", "granted"); }
  constructor(title, { body, tag }) {
    const line = `${title}|${body.slice(0, 9)}|${tag.split(".")[1]};`;
    localStorage.setItem("shown", (localStorage.getItem("shown") ?? "") + line);
    show();
  }
};
const show = () => { document.documentElement.dataset.shown = localStorage.getItem("shown") ?? ""; };
addEventListener("DOMContentLoaded", show);
"""

ALERT, TEST = "Alert: Failed deliveries|A request|1;", "Test: Failed deliveries|This is a|2;"


async def _report(server: Running, status: str) -> None:
    form = {"MessageSid": "SM1", "MessageStatus": status, "AccountSid": "AC1", "To": "+14155550107"}
    async with server.client.post(server.capture_url + "/status", data=form) as answer:
        assert answer.status == 200


async def test_an_alert_is_added_and_the_browser_shows_its_notices_once(server: Running, watched: Watched) -> None:
    page = watched.page
    await page.add_init_script(RECORD)
    await page.goto(f"{server.url}/bins/{server.bin.id}/alerts")
    await page.get_by_role("link", name="Requests that match a filter").click()
    await page.get_by_role("button", name="Allow notifications").click()
    await expect(page.get_by_text("This browser shows notices while a page of smsbin is open.")).to_be_visible()
    await page.get_by_label("Name").fill("Failed deliveries")
    await page.get_by_label("Only requests that match").fill("status:failed")
    await page.get_by_label("More than so many requests").fill("0")
    await page.get_by_role("button", name="Add").click()
    await expect(page.get_by_role("status").first).to_have_text("Added. It looks at what arrives from now on.")

    # A page without requests is loaded again with the first one.
    await _report(server, "sent")
    await page.goto(f"{server.url}/bins/{server.bin.id}")
    await expect(page.locator("[data-live-state] b").first).to_have_text("Live")
    await _report(server, "failed")
    await expect(page.locator("#alerts")).to_contain_text("Alert “Failed deliveries” fires: a request that matches")
    await expect(page.locator("html")).to_have_attribute("data-shown", ALERT)

    await page.locator("#alerts a").click()
    await expect(page.get_by_role("heading", name="History")).to_be_visible()
    await page.get_by_role("button", name="Test Failed deliveries").click()
    await expect(page.get_by_text("The test was made.")).to_be_visible()
    await expect(page.locator("html")).to_have_attribute("data-shown", ALERT + TEST)
    await expect(page.locator("main li")).to_have_count(2)


async def test_alerts_are_shown_by_a_browser_whose_storage_is_full(server: Running, watched: Watched) -> None:
    page = watched.page
    await page.add_init_script("Storage.prototype.setItem = () => { throw new Error('full'); }")
    await page.goto(f"{server.url}/bins/{server.bin.id}/alerts?kind=matches")
    await expect(page.locator("[data-alert-permission]")).to_contain_text("This browser")
    await page.wait_for_load_state("networkidle")
    await expect(page.locator("[data-unreachable]")).to_have_count(0)
