"""Reconciling in a browser: a file is dropped, followed, filtered and deleted without a reload by hand."""

import re

import pytest
from playwright.async_api import expect

from tests.conftest import Running
from tests.reconciling import arrive, get, here, row, sid, table

from .conftest import PHONE, Watched
from .test_live_page import bin_page

__all__ = ["here"]
DROP = """async ([place, text]) => {
  const data = new DataTransfer();
  data.items.add(new File([text], "log.csv"));
  for (const name of ["dragover", "drop"]) {
    const event = new DragEvent(name, { dataTransfer: data, bubbles: true, cancelable: true });
    document.querySelector(place).dispatchEvent(event);
  }
}"""


@pytest.mark.usefixtures("here")
async def test_a_dropped_file_says_what_was_lost_and_can_be_deleted(server: Running, watched: Watched) -> None:
    await arrive(server, 1)
    page = watched.page
    await page.goto(f"{bin_page(server)}/reconcile", wait_until="networkidle")
    await page.evaluate(DROP, ["[data-drop]", " \n"])
    await expect(page.get_by_text("The file is empty")).to_be_visible()
    await page.goto(f"{bin_page(server)}/reconcile", wait_until="networkidle")
    await page.get_by_text("Options").click()
    await page.get_by_label(re.compile("Time zone")).fill("Mars")
    await page.evaluate(DROP, ["[data-drop]", table([row(1), row(2)]).decode()])
    await expect(page.get_by_role("alert")).to_contain_text("is not a time zone")
    await page.get_by_label(re.compile("Time zone")).fill("")
    await page.get_by_role("button", name="Compare", exact=True).click()
    await expect(page.locator(".verdict.lead")).to_contain_text("1 did not: 1 without a known reason.")
    await page.get_by_role("link", name=re.compile("^no webhook")).click()
    await expect(page.locator(".records tbody tr")).to_have_count(1)
    await expect(page.locator(".records")).to_contain_text(sid(2))
    for size in (PHONE, {"width": 320, "height": 700}):
        await page.set_viewport_size(size)  # type: ignore[arg-type]
        assert await page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    await page.get_by_role("button", name="Delete this result").click()
    await expect(page.get_by_text("The result is deleted.", exact=True)).to_be_visible()
    await page.get_by_role("button", name="Undo").click()
    await page.reload()
    await expect(page.locator(".records")).to_be_visible()
    await page.get_by_role("button", name="Delete this result").click()
    await expect(page.get_by_role("button", name="Undo")).to_be_visible()
    # Leaving the page ends the time to undo it.
    await page.goto(f"{bin_page(server)}/reconcile")

    async def is_gone() -> bool:
        return not (await get(server, "reconciliations"))["items"]

    await server.until(is_gone)
    watched.complaints = [one for one in watched.complaints if "422" not in one]


async def test_an_upload_that_is_not_answered_by_smsbin_is_told(server: Running, watched: Watched) -> None:
    page, statuses = watched.page, [503, 502]
    await page.goto(f"{bin_page(server)}/reconcile", wait_until="networkidle")
    await page.route("**/reconcile?*", lambda route: route.fulfill(status=statuses.pop(), body="<h1>No</h1>"))
    for told in ("Cannot reach smsbin", "smsbin could not read the file"):
        await page.evaluate(DROP, ["[data-drop]", "a,b"])
        await expect(page.get_by_role("alert")).to_contain_text(told)
    # The browser logs each failure.
    assert len(watched.complaints) == 2
    watched.complaints.clear()
