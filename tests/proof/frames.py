"""The live list in Chromium while requests arrive: frames a second, and how busy the main thread of the page is."""

import asyncio
import itertools
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import CDPSession, Page, async_playwright, expect

from app import keys
from app.settings import read_settings
from tests.browser.conftest import WIDE, sign_in
from tests.browser.find import FLAGS, on_path
from tests.browser.listing import FORM, fill
from tests.conftest import TOKEN, Running, run_server

RATE = 100
# A list that has its full number of rows, so that one leaves for each that comes.
ROWS = 1_000
FEWEST_FRAMES = 45
# Of a processor: on a machine that is busy with other work, the frames that the main thread has time for are counted.
MOST_BUSY = 0.75
WATCH = """(ms) => new Promise((done) => {
  const tasks = [];
  const observer = new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration)));
  observer.observe({ type: "longtask" });
  const began = performance.now();
  let frames = 0;
  requestAnimationFrame(function frame(now) {
    frames += 1;
    if (now - began < ms) return requestAnimationFrame(frame);
    observer.disconnect();
    return done({ frames: frames * 1000 / (now - began), tasks });
  });
})"""
# A page that is too busy, which must be noticed: each frame takes a twentieth of a second or more of a processor.
TOO_BUSY = """() => requestAnimationFrame(function burn() {
  window.burnt = 1;
  for (let step = 0; step < 30_000_000; step += 1) window.burnt = (window.burnt * 16807) % 2147483647;
  requestAnimationFrame(burn);
})"""


@dataclass(frozen=True, slots=True, kw_only=True)
class MainThread:
    """Frames a second; the share of a processor that the main thread used, and that of its scripts, and of layout with
    styles; and the long tasks (50 ms and more by the clock), in milliseconds."""

    frames: float
    busy: float
    scripts: float
    layout: float
    long_tasks: list[float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Frames:
    """The same page without requests, and with them. `arrived`: how many came in that time."""

    idle: MainThread
    loaded: MainThread
    arrived: int
    seconds: float

    @property
    def needed(self) -> float:
        """The share of a processor that the main thread needs for the fewest frames. Rather too high: when there are
        fewer frames, each has more rows."""
        return self.loaded.busy * FEWEST_FRAMES / self.loaded.frames

    @property
    def is_good(self) -> bool:
        """There were enough frames, or only other processes were in their way."""
        return self.loaded.frames >= FEWEST_FRAMES or self.needed <= MOST_BUSY


async def watch_frames(seconds: float, *, too_busy: bool = False) -> Frames:
    """The list with 100 requests a second for so long. `too_busy`: a page that works too much, to be noticed."""
    with tempfile.TemporaryDirectory(prefix="smsbin-proof-") as folder:
        settings = read_settings({"data_dir": str(Path(folder) / "data"), "access_token": TOKEN})
        async with run_server(settings) as server:
            await fill(server, ROWS)
            return await _watch(server, seconds, too_busy)


async def _watch(server: Running, seconds: float, too_busy: bool) -> Frames:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=on_path(), args=list(FLAGS))
        context = await browser.new_context(viewport=WIDE)
        await sign_in(context, server)
        page = await context.new_page()
        await page.goto(f"{server.url}/bins/{server.bin.id}")
        await expect(page.locator("[data-live-state] b").last).to_have_text("Live")
        session = await context.new_cdp_session(page)
        # Processor time, because other processes make tasks longer.
        await session.send("Performance.enable", {"timeDomain": "threadTicks"})
        idle = await _measure(page, session, min(seconds, 5))
        if too_busy:
            await page.evaluate(TOO_BUSY)
        before = await _last(server)
        sending = asyncio.create_task(_send(server))
        try:
            loaded = await _measure(page, session, seconds)
        finally:
            sending.cancel()
        await asyncio.wait([sending])
        arrived = await _last(server) - before
        await browser.close()
    return Frames(idle=idle, loaded=loaded, arrived=arrived, seconds=seconds)


async def _measure(page: Page, session: CDPSession, seconds: float) -> MainThread:
    before = await _metrics(session)
    seen = await page.evaluate(WATCH, seconds * 1000)
    after = await _metrics(session)
    used = {name: (after[name] - before[name]) / (after["Timestamp"] - before["Timestamp"]) for name in after}
    return MainThread(
        frames=seen["frames"],
        busy=used["TaskDuration"],
        scripts=used["ScriptDuration"],
        layout=used["LayoutDuration"] + used["RecalcStyleDuration"],
        long_tasks=seen["tasks"],
    )


async def _last(server: Running) -> int:
    return (await server.app[keys.STORE].get_bin(server.bin.id, wait=False)).last_n


async def _metrics(session: CDPSession) -> dict[str, float]:
    found: dict[str, Any] = await session.send("Performance.getMetrics")
    return {each["name"]: each["value"] for each in found["metrics"]}


async def _send(server: Running) -> None:
    """At an even rate, whether the answers come or not."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    headers = {name.decode(): value.decode() for name, value in FORM}
    async with asyncio.TaskGroup() as group:
        for n in itertools.count():
            await asyncio.sleep(max(0, began + n / RATE - loop.time()))
            group.create_task(_post(server, n, headers))


async def _post(server: Running, n: int, headers: dict[str, str]) -> None:
    body = f"From=%2B1415555{n % 10_000:04}&To=%2B19495550142&Text=hello+number+{n}&MessageSid=SM{n}"
    async with server.client.post(server.capture_url, data=body, headers=headers) as answer:
        assert answer.status == 200
