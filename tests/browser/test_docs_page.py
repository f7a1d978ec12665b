"""The API's page works offline, under the policy."""

from playwright.async_api import expect

from tests.conftest import Running

from .conftest import Watched


async def test_it_shows_the_document_and_loads_nothing_from_elsewhere(server: Running, watched: Watched) -> None:
    page = watched.page
    answer = await page.goto(f"{server.url}/docs")
    assert answer is not None
    assert "unsafe" not in (await answer.all_headers())["content-security-policy"]
    await expect(page.get_by_text("/api/v1/bins", exact=True).first).to_be_visible()
    await page.get_by_text("List bins, newest first").click()
    await expect(page.get_by_role("button", name="Try it out")).to_be_visible()
