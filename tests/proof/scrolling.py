"""The list of a long bin in Chromium: scrolled end to end, with its memory, and the time of a key and of opening."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Page, Route, async_playwright

from app.settings import read_settings
from tests.browser.conftest import WIDE, sign_in
from tests.browser.find import FLAGS, on_path
from tests.browser.listing import fill, record, scroll, time_keys, time_opening
from tests.conftest import TOKEN, Running, run_server

MOST_ROWS = 420
MOST_HEAP = 150 << 20
MOST_NODES = 20_000
KEYS = 200
OPENED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Scrolled:
    """What one pass down and one up have shown. `heap` is in bytes, times are in milliseconds. The memory of the whole
    process is not measured: Playwright makes the browser keep the bodies of all responses."""

    missing: int
    disordered: int
    most_rows: int
    heap: int
    nodes: int
    keys: list[float]
    opened: list[float]

    @property
    def is_good(self) -> bool:
        """Everything was on the screen, in order, with few rows and little memory."""
        is_small = self.most_rows <= MOST_ROWS and self.heap <= MOST_HEAP and self.nodes <= MOST_NODES
        return is_small and not self.missing and not self.disordered


async def scroll_long_list(count: int, *, without_window: bool = False) -> Scrolled:
    """Scroll a bin with so many requests. `without_window`: a list from which no row leaves, which must be noticed."""
    with tempfile.TemporaryDirectory(prefix="smsbin-proof-") as folder:
        settings = read_settings({"data_dir": str(Path(folder) / "data"), "access_token": TOKEN})
        async with run_server(settings) as server:
            await fill(server, count)
            return await _scroll(server, count, without_window)


async def _scroll(server: Running, count: int, without_window: bool) -> Scrolled:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=on_path(), args=list(FLAGS))
        context = await browser.new_context(viewport=WIDE)
        context.set_default_timeout(3_600_000)
        await sign_in(context, server)
        page = await context.new_page()
        if without_window:
            await page.route("**/live/window.js", _never_trim)
        await page.goto(f"{server.url}/bins/{server.bin.id}")
        await record(page)
        down = await scroll(page, "older")
        used = [await _used(page)]
        await record(page)
        up = await scroll(page, "newer")
        used.append(await _used(page))
        keys, opened = await time_keys(page, KEYS), await time_opening(page, OPENED)
        await browser.close()
    return Scrolled(
        missing=2 * count - len(down.seen) - len(up.seen),
        disordered=len(down.wrong) + len(up.wrong),
        most_rows=max(down.most, up.most),
        heap=max(heap for heap, _ in used),
        nodes=max(nodes for _, nodes in used),
        keys=keys,
        opened=opened,
    )


async def _never_trim(route: Route) -> None:
    answer = await route.fetch()
    text = await answer.text()
    assert "MOST_ROWS = 400" in text
    await route.fulfill(response=answer, body=text.replace("MOST_ROWS = 400", "MOST_ROWS = 1e9"))


async def _used(page: Page) -> tuple[int, int]:
    """The heap of the page, and its nodes, after a collection."""
    session = await page.context.new_cdp_session(page)
    await session.send("HeapProfiler.collectGarbage")
    await session.send("Performance.enable")
    metrics = {each["name"]: int(each["value"]) for each in (await session.send("Performance.getMetrics"))["metrics"]}
    await session.detach()
    return metrics["JSHeapUsedSize"], metrics["Nodes"]
