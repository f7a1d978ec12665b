"""The list of a long bin in Chromium: scrolled end to end, with its memory, and the time of a key and of opening."""

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import psutil
from playwright.async_api import Page, Route, async_playwright

from app.settings import read_settings
from tests.browser.conftest import WIDE, sign_in
from tests.browser.find import FLAGS, on_path
from tests.browser.listing import fill, record, scroll
from tests.conftest import TOKEN, Running, run_server

MOST_ROWS = 420
MOST_MEMORY = 150 << 20
KEYS = 200
OPENED = 20
# Milliseconds from the event to the frame that shows its result, in the page itself.
TIMED_KEYS = """async (count) => {
  const frame = () => new Promise(requestAnimationFrame);
  const times = [];
  for (let press = 0; press < count; press += 1) {
    const from = document.activeElement.closest("[data-n]") ?? document.body;
    const began = performance.now();
    from.dispatchEvent(new KeyboardEvent("keydown", { key: "j", bubbles: true, cancelable: true }));
    await frame();
    times.push(performance.now() - began);
  }
  return times;
}"""
TIMED_OPENING = """async (count) => {
  const times = [];
  for (const row of [...document.querySelectorAll("[data-rows] .row")].slice(0, count)) {
    const shown = new Promise((done) => { document.addEventListener("smsbin:shown", done, { once: true }); });
    const began = performance.now();
    row.click();
    await shown;
    await new Promise(requestAnimationFrame);
    times.push(performance.now() - began);
  }
  return times;
}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scrolled:
    """What one pass down and one up have shown. `memory` is what the process of the page has for itself, in bytes;
    times are in milliseconds."""

    missing: int
    disordered: int
    most_rows: int
    memory: int
    keys: list[float]
    opened: list[float]

    @property
    def is_good(self) -> bool:
        """Everything was on the screen, in order, with few rows and little memory."""
        return not self.missing and not self.disordered and self.most_rows <= MOST_ROWS and self.memory <= MOST_MEMORY


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
        memory = await _memory(page)
        await record(page)
        up = await scroll(page, "newer")
        memory = max(memory, await _memory(page))
        keys = await page.evaluate(TIMED_KEYS, KEYS)
        opened = await page.evaluate(TIMED_OPENING, OPENED)
        await browser.close()
    return Scrolled(
        missing=2 * count - len(down.seen) - len(up.seen),
        disordered=len(down.wrong) + len(up.wrong),
        most_rows=max(down.most, up.most),
        memory=memory,
        keys=keys,
        opened=opened,
    )


async def _never_trim(route: Route) -> None:
    answer = await route.fetch()
    text = await answer.text()
    assert "MOST_ROWS = 400" in text
    await route.fulfill(response=answer, body=text.replace("MOST_ROWS = 400", "MOST_ROWS = 1e9"))


async def _memory(page: Page) -> int:
    """The memory that the process of the page shares with no other one, after a collection."""
    session = await page.context.new_cdp_session(page)
    await session.send("HeapProfiler.collectGarbage")
    await session.detach()
    ours = psutil.Process().children(recursive=True)
    return max(each.memory_full_info().uss for each in ours if "--type=renderer" in " ".join(each.cmdline()))


def middle(times: list[float]) -> float:
    """The median."""
    return sorted(times)[len(times) // 2]


if __name__ == "__main__":
    import asyncio

    found = asyncio.run(scroll_long_list(int(sys.argv[1]), without_window="--without-window" in sys.argv))
    print(found.is_good, found.missing, found.disordered, found.most_rows, found.memory >> 20, "MiB")
    print(
        "j", f"{middle(found.keys):.0f} ms", "open", f"{middle(found.opened):.0f} ms", [round(x) for x in found.opened]
    )
